/** The commands of whoever works on a task at a desk: claim it, say that it goes on, have it looked at; and of whoever prepares it. */
import { InvalidArgumentError, type Command } from "commander";

/** Adds them to the program; `credentials` ends the help of each. */
export function addDeskCommands(program: Command, credentials: string): void {
  program
    .command("claim")
    .description("Takes a task, or the best one that fits, for an agent of the type pull, and prints what it is told.")
    .argument("[task]", "the number of its issue, or its id; without, the best that fits")
    .requiredOption("--agent <agent>", "the agent, or one of its workers; takes write permission")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON, with the prompt as a field")
    .addHelpText("after", `${credentials}\n  orchestrate claim --agent desk --repository acme/shop | my-agent`)
    .action(async (task, options) => {
      const { runClaim } = await import("./cli/desk.ts");
      process.exitCode = await runClaim(task, options);
    });

  program
    .command("heartbeat")
    .description("Says that the agent is still at the task it has claimed, and prints whether it is to go on.")
    .argument("<task>", "the number of its issue, or its id")
    .requiredOption("--agent <agent>", "the agent, or its worker; takes write permission")
    .option("--fence <n>", "only if its live session has this fence", parseFence)
    .option("--note <text>", "a line for the log")
    .option("--stopped", "it has stopped, and goes on no more")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate heartbeat 12 --agent desk --repository acme/shop`)
    .action(async (task, options) => {
      const { runHeartbeat } = await import("./cli/desk.ts");
      process.exitCode = await runHeartbeat(task, options);
    });
}

function parseFence(text: string): number {
  const fence = Number(text);
  if (!Number.isSafeInteger(fence) || fence < 1) throw new InvalidArgumentError("Write a whole number from 1 on.");
  return fence;
}
