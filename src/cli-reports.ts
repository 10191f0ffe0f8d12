/** The commands that print pages on the whole: how things stand, and how they went. */
import { InvalidArgumentError, type Command } from "commander";
import { retrospectiveTasksMax } from "./model/config-reports.ts";

/** Adds them to the program. */
export function addReportCommands(program: Command, credentials: string): void {
  program
    .command("report")
    .description(
      "The health of the system, the tasks, the figures of the day, bottlenecks and what can be done. Reads only.",
    )
    .argument("[repository]", "owner/name")
    .option("--json", "print what GET /orchestrator/report answers")
    .option("--markdown", "print the page as it is written to the state branch")
    .addHelpText("after", `${credentials}\n  orchestrate report acme/shop`)
    .action(async (repository, options) => {
      const { runReport } = await import("./cli/report.ts");
      process.exitCode = await runReport(repository, options);
    });

  program
    .command("retrospective")
    .description(
      "A look back at the last completed tasks: how they went, what went well, what to improve, and what is next. Reads only.",
    )
    .argument("[repository]", "owner/name")
    .option("--last <n>", "so many tasks; as many as reports.retrospective says, else 3", parseCount)
    .option("--json", "print it as JSON")
    .option("--markdown", "print the page as it is written to the state branch")
    .addHelpText("after", `${credentials}\n  orchestrate retrospective acme/shop --last 10`)
    .action(async (repository, options) => {
      const { runRetrospective } = await import("./cli/retrospective.ts");
      process.exitCode = await runRetrospective(repository, options);
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1 || count > retrospectiveTasksMax)
    throw new InvalidArgumentError(`Write a whole number from 1 to ${retrospectiveTasksMax}.`);
  return count;
}
