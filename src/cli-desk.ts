/** The commands of whoever works on a task at a desk: claim it, say that it goes on, have it looked at; and of whoever prepares it. */
import { InvalidArgumentError, type Command } from "commander";
import { say } from "./cli/answer.ts";

/** Adds them to the program; `credentials` ends the help of each. */
export function addDeskCommands(program: Command, credentials: string): void {
  addPreparation(program, credentials);
  addClaims(program, credentials);
  addReviews(program, credentials);
  addMcp(program, credentials);
}

function addPreparation(program: Command, credentials: string): void {
  program
    .command("prep")
    .description(
      "Writes into an issue what is to be done and its acceptance criteria, in the name of the person whose token it is.",
    )
    .argument("<task>", "the number of its issue, or its id; takes write permission")
    .option("--body-file <file>", "goal and criteria as Markdown; - reads standard input")
    .option("--goal <text>", "what is to be done")
    .option("--criterion <text>", "by what it is known to be done; may be said again", addTo)
    .option("--estimate <duration>", "such as 30m, 2h or 1d")
    .option("--needs <capability>", "what whoever does it has to be good at; may be said again", addTo)
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `${credentials}\n  orchestrate prep 12 --goal "Search orders" --criterion "Finds by number" --repository acme/shop`,
    )
    .action(async (task, options) => {
      const { prep } = await import("./cli/prep.ts");
      await say(prep(task, options), options);
    });
}

function addClaims(program: Command, credentials: string): void {
  program
    .command("claim")
    .description("Takes a task, or the best one that fits, for an agent of the type pull, and prints what it is told.")
    .argument("[task]", "the number of its issue, or its id; without, the best that fits")
    .requiredOption("--agent <agent>", "the agent, or one of its workers; takes write permission")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON, with the prompt as a field")
    .addHelpText("after", `${credentials}\n  orchestrate claim --agent desk --repository acme/shop | my-agent`)
    .action(async (task, options) => {
      const { claim } = await import("./cli/desk.ts");
      await say(claim(task, options), options);
    });

  program
    .command("heartbeat")
    .description("Says that the agent is still at the task it has claimed, and prints whether it is to go on.")
    .argument("<task>", "the number of its issue, or its id")
    .requiredOption("--agent <agent>", "the agent, or its worker; takes write permission")
    .option("--fence <n>", "only if its live session has this fence", parseWhole)
    .option("--note <text>", "a line for the log")
    .option("--stopped", "it has stopped, and goes on no more")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate heartbeat 12 --agent desk --repository acme/shop`)
    .action(async (task, options) => {
      const { beat } = await import("./cli/desk.ts");
      await say(beat(task, options), options);
    });
}

function addReviews(program: Command, credentials: string): void {
  program
    .command("review")
    .description(
      "The work is there to be looked at: finds its pull request, marks it as ready, and asks the reviewers.",
    )
    .argument("<task>", "the number of its issue, or its id; takes write permission")
    .option("--pull <n>", "the number of its pull request, where it is not found by itself", parseWhole)
    .option("--reviewer <login>", "who is asked to look; may be said again", addTo)
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate review 12 --reviewer octocat --repository acme/shop`)
    .action(async (task, options) => {
      const { review } = await import("./cli/review.ts");
      await say(review(task, options), options);
    });
}

function addMcp(program: Command, credentials: string): void {
  program
    .command("mcp")
    .description("Serves the commands of an agent at a desk as tools to an MCP client, on standard input and output.")
    .option("--agent <agent>", "the agent of the type pull that claims and reports, or one of its workers")
    .option("--read-only", "only the tools that change nothing")
    .option("--repository <name>", "owner/name")
    .addHelpText("after", `${credentials}\n  orchestrate mcp --agent desk --repository acme/shop`)
    .action(async (options) => {
      const { serveMcp } = await import("./cli/mcp.ts");
      await serveMcp(options);
    });
}

function parseWhole(text: string): number {
  const whole = Number(text);
  if (!Number.isSafeInteger(whole) || whole < 1) throw new InvalidArgumentError("Write a whole number from 1 on.");
  return whole;
}

function addTo(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
