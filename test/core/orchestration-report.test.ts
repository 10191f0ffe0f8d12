/** The report on the whole: what it counts, over which time, and what it suggests. */
import { expect, test } from "vitest";
import { orchestrationReportOf } from "../../src/insight/orchestration-report.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { blocker, configOf, issue, report } from "../support/build.ts";
import { instruct, observe, say, schedule, story, type Story } from "../support/given.ts";

const minute = 60_000;
const hour = 60 * minute;

function configured(config: Record<string, unknown> = {}): Story {
  const it = story(configOf(config));
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  return it;
}

/** One done in 30 minutes, one failed after 10, one under way, three that wait for the second. */
function busy(): Story {
  const it = configured({ retry: { maxAttempts: 1 } });
  const second = issue(2, { labels: ["orchestrate", "priority:high"] });
  const urgent = issue(3, { labels: ["orchestrate", "priority:urgent"] });
  const waiting = [4, 5, 6].map((number) => issue(number, { blockedBy: [blocker(2)] }));
  it.tell(observe({ issues: [issue(1), second, urgent, ...waiting] }));
  it.tell(schedule());
  for (const number of [3, 2]) it.tell(say(number, number === 3 ? 1 : 2, report("running", { costUsd: 1 })));
  it.now += 10 * minute;
  it.tell(say(2, 2, report("failed", { reason: "no_result", costUsd: 2 })));
  it.now += 20 * minute;
  it.tell(say(3, 1, report("succeeded", { costUsd: 1 })));
  it.tell(instruct(3, { verb: "complete" }));
  it.tell(schedule());
  return it;
}

test("a report counts tasks, agents and what the day has brought", () => {
  const it = busy();
  const { tasks, agents, performance, cost, forecast, systemHealth } = orchestrationReportOf(it.state, it);
  expect(tasks).toEqual({
    total: 6,
    open: 4,
    inProgress: 1,
    inReview: 0,
    ready: 0,
    blocked: 3,
    failed: 1,
    critical: 0,
    completedToday: 1,
  });
  expect(agents).toEqual({ configured: 1, active: 1, paused: 0, workers: 2, workersBusy: 1 });
  expect(performance).toEqual({ averageMinutes: 30, successRate: 0.5, efficiency: 0.75 });
  expect(cost).toEqual({ usd: 3, maxUsd: 200, sessions: 2, sessionsMax: 100, dayMinutes: 1_440 });
  expect(forecast).toMatchObject({ open: 4, completed: 1, criticalMinutes: 30 });
  // Of what is open or has failed.
  expect(systemHealth.parts.tasks).toEqual({ share: 0.8, good: 4, of: 5 });
});

test("what was done the day before is none of today's", () => {
  const it = busy();
  it.now += 25 * hour;
  const { tasks, performance, cost } = orchestrationReportOf(it.state, it);
  expect(tasks.completedToday).toBe(0);
  expect(performance).toEqual({ averageMinutes: null, successRate: null, efficiency: null });
  expect(cost.usd).toBe(0);
});

test("today reaches no further back than figures are kept", () => {
  const it = configured({ alerts: { failureWindow: "2h" } });
  expect(orchestrationReportOf(it.state, it).windowMinutes).toBe(120);
});

test("urgent tasks are critical as long as they are open", () => {
  const it = configured({ agents: [] });
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "priority:urgent"] }), issue(2)] }));
  expect(orchestrationReportOf(it.state, it).tasks.critical).toBe(1);
  it.tell(instruct(1, { verb: "complete" }));
  expect(orchestrationReportOf(it.state, it).tasks.critical).toBe(0);
});

test("bottlenecks and anomalies are named, told or not, and what is suggested for several is said once", () => {
  const it = configured();
  const waiting = [3, 4, 5].map((number) => issue(number, { blockedBy: [blocker(1)] }));
  it.tell(observe({ issues: [issue(1), issue(2), ...waiting] }));
  it.tell(schedule());
  for (const number of [1, 2]) it.tell(say(number, number, report("running")));
  it.now += 2 * hour;
  const { bottlenecks, recommendations, warnings } = orchestrationReportOf(it.state, it);
  expect(warnings).toEqual([]);
  expect(bottlenecks).toMatchObject([
    { reference: "#1", title: "Issue 1", detail: expect.stringMatching(/^3 tasks .*it takes 120 minutes/) },
  ]);
  // Two tasks are overdue, for which the same is to be done.
  expect(recommendations.map(({ code }) => code)).toEqual(["workers_full", "task_overdue", "bottleneck"]);
});

test("the same state gives the same report, read from a snapshot as well, and it changes nothing", () => {
  const it = busy();
  const lines = toSnapshot(it.state);
  const first = orchestrationReportOf(it.state, it);
  expect(orchestrationReportOf(it.state, it)).toEqual(first);
  expect(orchestrationReportOf(fromSnapshot(lines), it)).toEqual(first);
  expect(toSnapshot(it.state)).toEqual(lines);
});
