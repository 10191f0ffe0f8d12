/** The pages under `reports/` on the state branch of a real run: they are there, and cost no commit. */
import { expect, test } from "vitest";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

async function worked(reports: string): Promise<E2e> {
  const e2e = await givenE2e(`
repository: acme/shop
start: 2026-01-05T23:45:00Z
config: { mode: priority, merge: auto, agents: [{ id: jules, type: jules, capacity: 1, dispatch: api }], reports: ${reports} }
issues: [{ key: a, title: First }, { key: b, title: Second, blockedBy: [a] }, { key: c, title: Third, blockedBy: [b] }, { key: d, title: Fourth, blockedBy: [c] }]
agents: { jules: { duration: 5m } }
people: { merge: 1m }
`);
  await e2e.startApp();
  await e2e.untilDone([1, 2, 3, 4]);
  await e2e.pass(10 * minute);
  return e2e;
}

const branch = "orchestrate/state";

test("the report of the day and a retrospective ride on commits that are made anyway", async () => {
  const e2e = await worked("{ retrospective: 2 }");
  const report = await e2e.world.readFile(branch, "reports/2026-01-06.md");
  expect(report).toMatch(/^# Orchestration report, 2026-01-06\n\nacme\/shop at 2026-01-06 00:\d\d UTC\./);
  expect(report).toMatch(/^- System health: 1\.00$/m);
  expect(report).toMatch(/^- 4 tasks, \d open: /m);
  expect(await e2e.world.readFile(branch, "reports/2026-01-05.md")).toBeNull();
  const retrospective = await e2e.world.readFile(branch, "reports/retrospective-1.md");
  expect(retrospective).toMatch(/^# Retrospective 1, 2026-01-0[56]\n\nacme\/shop: 2 completed tasks, /);
  expect(retrospective).toMatch(/^- \[#1\]\(\S+\) First: 1 attempt by `jules`; \d min of work, not estimated/m);
  // The third is with its worker already.
  expect(retrospective).toMatch(/^1\. \[#4\]\(\S+\) Fourth$/m);
  expect(await e2e.world.readFile(branch, "reports/retrospective-2.md")).toContain("# Retrospective 2");
  const without = await worked("{ daily: false, retrospective: 0 }");
  expect(await without.world.readFile(branch, "reports/2026-01-06.md")).toBeNull();
  expect(e2e.world.counters.stateCommits).toBe(without.world.counters.stateCommits);
});
