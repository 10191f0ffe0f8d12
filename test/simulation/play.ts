/** Plays the scenarios of docs/scenarios headless, with the real App and the real jobs, and says in one value how it went. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { auditFinal, playJob, startReplica } from "../../src/embed.ts";
import { agentWorkflowPath } from "../../src/github/runs.ts";
import type { Faults } from "../../src/sandbox/faults.ts";
import { runHeadless } from "../../src/sandbox/headless.ts";
import type { Report } from "../../src/sandbox/report.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";

const root = resolve(import.meta.dirname, "..", "..");
const folder = join(root, "docs", "scenarios");

/** Every scenario by its name, without the ending. */
export const scenarioNames: readonly string[] = (await readdir(folder))
  .filter((file) => file.endsWith(".yml"))
  .map((file) => basename(file, ".yml"))
  .toSorted();

/** Plays `name` from `seed` to its end; with the scenario's own faults unless others are given. */
export async function play(name: string, how: { readonly seed: number; readonly faults?: Faults }): Promise<Report> {
  const file = join(folder, `${name}.yml`);
  return runHeadless({
    scenario: parseScenario(await readFile(file, "utf8"), file),
    seed: how.seed,
    ...(how.faults === undefined ? {} : { faultsOverride: how.faults }),
    startReplica,
    playJob,
    auditFinal,
    files: {
      [agentWorkflowPath]: await readFile(join(root, agentWorkflowPath), "utf8"),
      ".github/workflows/custom-agent.yml": await readFile(join(root, "docs/examples/custom-agent.yml"), "utf8"),
    },
  });
}

/** What a good run has none of: tasks left over, rules broken. Small, so that a failure is read at a glance. */
export function shortcomings(report: Report): {
  readonly outcome: Report["outcome"];
  readonly open: readonly string[];
  readonly violations: readonly string[];
} {
  return {
    outcome: report.outcome,
    open: Object.entries(report.tasks)
      .filter(([, task]) => task.status !== "completed" && task.status !== "cancelled")
      .map(([key, task]) => `${key} is ${task.status}`),
    violations: report.violations.map(({ rule, at, target, detail }) => `${rule} at ${at} on ${target}: ${detail}`),
  };
}

/** What `shortcomings` is of a run that has none. */
export const flawless: ReturnType<typeof shortcomings> = { outcome: "done", open: [], violations: [] };
