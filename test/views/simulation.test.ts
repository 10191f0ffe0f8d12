/** One mode measured against the one in force: sooner, later, or no difference that estimates could tell. */
import { expect, test } from "vitest";
import type { Mode } from "../../src/model/mode.ts";
import { renderSimulation } from "../../src/views/simulation.ts";

const figures = (mode: Mode, makespanMinutes: number, meanCompletedMinutes: number) => ({
  mode,
  makespanMinutes,
  ratio: 1,
  meanUnblockedMinutes: null,
  meanCompletedMinutes,
});

function said(only: Mode): string {
  const modes = [
    figures("balanced", 100, 50),
    figures("critical", 70, 60),
    figures("effort", 130, 20),
    figures("blocker", 100, 50),
  ];
  const comparison = { tasks: 4, capacity: 2, workMinutes: 200, criticalPathMinutes: 60, lowerBoundMinutes: 60, modes };
  return renderSimulation({ mode: "balanced", comparison, openCount: 4, leftOut: 0, hasWorkers: true, only });
}

test.each<readonly [Mode, string]>([
  [
    "critical",
    "With `/orchestrate mode critical` all is done 30 min sooner than in mode balanced, which is in force. A task is done 10 min later on average.",
  ],
  [
    "effort",
    "With `/orchestrate mode effort` all is done 30 min later than in mode balanced, which is in force. A task is done 30 min sooner on average.",
  ],
  ["blocker", "With `/orchestrate mode blocker` all is done as soon as in mode balanced, which is in force."],
  ["balanced", "Mode balanced is the one in force."],
])("asked for %s alone, it says what that mode changes and nothing of the others", (only, sentence) => {
  expect(said(only).split("\n\n")[2]).toBe(sentence);
});
