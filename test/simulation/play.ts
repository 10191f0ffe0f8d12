/** Plays the scenarios of docs/scenarios headless, with the real App and the real jobs, and says in one value how it went. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { auditFinal, playJob, playRun, startReplica } from "../../src/embed.ts";
import { agentWorkflowPath, toWorkflowPath } from "../../src/model/agent-workflow.ts";
import { orchestrateWorkflowPath } from "../../src/sandbox/actions.ts";
import type { Faults } from "../../src/sandbox/faults.ts";
import { runHeadless } from "../../src/sandbox/headless.ts";
import type { Journal } from "../../src/ports/journal.ts";
import type { Report } from "../../src/sandbox/report.ts";
import { parseScenario, type Scenario } from "../../src/sandbox/scenario.ts";

const root = resolve(import.meta.dirname, "..", "..");
const folder = join(root, "docs", "scenarios");

/** Every scenario by its name, without the ending. */
export const scenarioNames: readonly string[] = (await readdir(folder))
  .filter((file) => file.endsWith(".yml"))
  .map((file) => basename(file, ".yml"))
  .toSorted();

/** The workflows that people copy, at their places. */
export const workflowFiles: Readonly<Record<string, string>> = Object.fromEntries(
  await Promise.all(
    [
      [agentWorkflowPath, agentWorkflowPath],
      [orchestrateWorkflowPath, orchestrateWorkflowPath],
      [toWorkflowPath("custom-agent.yml"), "docs/examples/custom-agent.yml"],
    ].map(async ([path = "", file = ""]): Promise<[string, string]> => [
      path,
      await readFile(join(root, file), "utf8"),
    ]),
  ),
);

export async function readScenario(name: string): Promise<Scenario> {
  const file = join(folder, `${name}.yml`);
  return parseScenario(await readFile(file, "utf8"), file);
}

interface How {
  readonly seed: number;
  readonly faults?: Faults;
  /** Who orchestrates; as the scenario says unless given. */
  readonly runs?: Scenario["runs"];
  readonly journal?: Journal;
}

/** Plays `name` from `seed` to its end; with the scenario's own faults unless others are given. */
export async function play(name: string, how: How): Promise<Report> {
  return playScenario(await readScenario(name), how);
}

export function playScenario(scenario: Scenario, { seed, faults, runs, journal }: How): Promise<Report> {
  return runHeadless({
    scenario: runs === undefined ? scenario : { ...scenario, runs },
    seed,
    ...(faults === undefined ? {} : { faultsOverride: faults }),
    ...(journal === undefined ? {} : { journal }),
    startReplica,
    playJob,
    playRun,
    auditFinal,
    files: workflowFiles,
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
