/** The commands that print pages on the whole: how things stand, and how they went. */
import type { Command } from "commander";

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
}
