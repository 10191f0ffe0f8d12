/** What runs of the workflow cost at GitHub: nothing but two questions while nothing happens, and little while much does. */
import { expect, test } from "vitest";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { busyScenario, measure, pointsOfSecondHour, type Call } from "./points.ts";

function requestsOfRuns(calls: readonly Call[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const { isRun, run } of calls) if (isRun) counts.set(run, (counts.get(run) ?? 0) + 1);
  return [...counts.values()];
}

test("a run that finds nothing new asks GitHub twice, whatever it might have to do, and writes nothing", async () => {
  const issues = Array.from({ length: 20 }, (_, index) => ({ key: `t${index}`, title: `Task ${index}` }));
  const agents = [{ id: "jules", type: "jules", capacity: 2, timeout: "9h" }];
  const scenario = parseScenario(
    JSON.stringify({
      runs: { app: false, action: true },
      // Nothing is in flight, because nobody may start anything.
      config: { agents, limits: { sessionsPerDay: 1 } },
      issues: issues.map((issue) => ({ ...issue, labels: ["hold"] })),
      until: "3h",
    }),
  );
  const requests = requestsOfRuns(await measure(scenario));
  // The first takes stock, the second sees what the first has written, and one an hour reads everything.
  const idle = requests.slice(2).toSorted((a, b) => a - b);
  expect(idle.slice(0, -3).every((count) => count === 2)).toBe(true);
  expect(idle.length).toBeGreaterThan(10);
}, 60_000);

test("with 50 agents in flight and 500 open issues an hour takes less than 500 points (dispatch: api)", async () => {
  const points = pointsOfSecondHour(await measure(busyScenario("api")));
  process.stdout.write(`dispatch api: ${points} points in the second hour\n`);
  expect(points).toBeGreaterThan(10);
  expect(points).toBeLessThan(500);
}, 120_000);
