/** Plays scenarios headless with runs of the Action, alone or beside the App. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { auditFinal, playJob, playRun, startReplica } from "../../src/embed.ts";
import { agentWorkflowPath } from "../../src/github/runs.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { orchestrateWorkflowPath } from "../../src/sandbox/actions.ts";
import { runHeadless } from "../../src/sandbox/headless.ts";
import type { Report } from "../../src/sandbox/report.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";

const root = resolve(import.meta.dirname, "..", "..");

/** The workflows that people copy, at their places. */
export const workflowFiles: Readonly<Record<string, string>> = Object.fromEntries(
  await Promise.all(
    [agentWorkflowPath, orchestrateWorkflowPath].map(
      async (path): Promise<[string, string]> => [path, await readFile(join(root, path), "utf8")],
    ),
  ),
);

/** Plays the text of a scenario from a seed. */
export async function playText(text: string, how: { readonly seed: number; readonly journal?: Journal }): Promise<Report> {
  return runHeadless({
    scenario: parseScenario(text),
    seed: how.seed,
    startReplica,
    playJob,
    playRun,
    auditFinal,
    ...(how.journal === undefined ? {} : { journal: how.journal }),
    files: workflowFiles,
  });
}
