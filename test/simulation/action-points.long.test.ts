/** The same hour with jobs of the agent workflow, which cost points of the same budget: a minute of real time. */
import { expect, test } from "vitest";
import { busyScenario, measure, pointsOfSecondHour } from "./points.ts";

test("with 50 agents in flight and 500 open issues an hour takes less than 500 points (dispatch: workflow)", async () => {
  const points = pointsOfSecondHour(await measure(busyScenario("workflow")));
  process.stdout.write(`dispatch workflow: ${points} points in the second hour\n`);
  expect(points).toBeGreaterThan(10);
  expect(points).toBeLessThan(500);
}, 120_000);
