import { describe, expect, test } from "vitest";
import { runHeadless, type HeadlessOptions } from "../../src/sandbox/headless.ts";
import { Report, ReportTask } from "../../src/sandbox/report.ts";
import { parseScenario, type Scenario } from "../../src/sandbox/scenario.ts";
import { renderSummary } from "../../src/sandbox/summary.ts";
import { startStub } from "./stub-app.ts";

const agents = "config: { agents: [{ id: jules, type: jules, capacity: 5 }] }\n";
const diamond = `${agents}
issues:
  - { key: a, title: First }
  - { key: b, title: Left, blockedBy: [a] }
  - { key: c, title: Right, blockedBy: [a] }
  - { key: d, title: Last, blockedBy: [b, c] }
`;

function run(scenario: Scenario | string, options: Partial<HeadlessOptions> = {}): Promise<Report> {
  return runHeadless({
    scenario: typeof scenario === "string" ? parseScenario(scenario) : scenario,
    startReplica: (parts) => startStub(parts),
    playJob: async () => "success",
    ...options,
  });
}

test("a small graph is merged in order, and the report has exactly the fields of its schema", async () => {
  const report = await run(diamond);
  expect(Report.parse(report)).toEqual(report);
  expect(report).toMatchObject({ outcome: "done", violations: [] });
  const task = (key: string): ReportTask => ReportTask.parse(report.tasks[key]);
  const doneAt = (key: string): number => task(key).completedAt ?? 0;
  expect(task("a").attempts).toMatchObject([{ agent: "jules", worker: "jules/1", result: "success" }]);
  expect(task("b").readyAt).toBe(doneAt("a"));
  expect(task("d").readyAt).toBe(Math.max(doneAt("b"), doneAt("c")));
  const merged = report.timeline.filter((entry) => entry.action === "merged");
  expect(merged.map((entry) => entry.detail["task"])).toHaveLength(4);
  expect(merged.at(-1)?.detail["task"]).toBe("d");
  const started = report.timeline.find((entry) => entry.action === "session_started");
  expect(started?.detail).toMatchObject({
    task: "a",
    agent: "jules",
    worker: "jules/1",
    session: task("a").attempts[0]?.session,
  });
  expect(renderSummary(report)).toMatch(/^Outcome +done: 4 of 4 tasks completed/);
});

test("two runs of one seed differ in nothing but the time on the wall, and another seed differs", async () => {
  const [first, second, other] = [await run(diamond), await run(diamond), await run(diamond, { seed: 2 })];
  expect({ ...second, wallMs: 0 }).toEqual({ ...first, wallMs: 0 });
  expect(JSON.stringify({ ...second, wallMs: 0 })).toBe(JSON.stringify({ ...first, wallMs: 0 }));
  expect(other.timeline).not.toEqual(first.timeline);
});

test("an App that ignores blockers is found out", async () => {
  const report = await run(diamond, { startReplica: (parts) => startStub(parts, { eager: true }) });
  expect(report.violations.map((violation) => violation.rule)).toContain("blocker_open");
});

test("a capacity that an event raises counts, although the event leaves other keys empty", async () => {
  const report = await run(
    "config: { agents: [{ id: jules, type: jules }] }\nissues: [{ key: a, title: A }, { key: b, title: B }]\n" +
      "events: [{ at: 1s, config: { agents: [{ id: jules, type: jules, capacity: 2 }], schedule: null } }]",
  );
  expect(report.tasks["b"]?.attempts).toHaveLength(1);
  expect(report).toMatchObject({ outcome: "done", violations: [] });
});

test("when nobody merges and nothing is in flight the run is stuck", async () => {
  const report = await run(`${diamond}people: { merge: never }`);
  expect(report.outcome).toBe("stuck");
  expect(report.tasks["b"]?.readyAt).toBeNull();
});

test("a merge that the scenario asks for happens although people merge nothing by themselves", async () => {
  const report = await run(
    `${agents}issues: [{ key: a, title: A }]\npeople: { merge: never }\nevents: [{ at: 1m, merge: a }]`,
  );
  expect(report.outcome).toBe("done");
});

test("a run that is not over at its end is a timeout, at exactly that time", async () => {
  const report = await run(`${diamond}until: 3m`);
  expect(report).toMatchObject({ outcome: "timeout", virtualMs: 180_000 });
});

test("an issue closed as not planned counts as cancelled, and the run is done", async () => {
  const report = await run(
    `${agents}issues: [{ key: a, title: A }]\nagents: { jules: { outcomes: { no_pr: 1 } } }\nevents: [{ at: 1h, close: a, reason: not_planned }]`,
  );
  expect(report.outcome).toBe("done");
  expect(report.tasks["a"]).toMatchObject({ status: "cancelled", completedAt: null, attempts: [{ result: "no_pr" }] });
});

describe("what waits for a blocker that was closed without a receipt", () => {
  const pair = `${agents}issues: [{ key: a, title: A, by: stranger-x }, { key: b, title: B, blockedBy: [a] }]\nagents: { jules: { outcomes: { no_pr: 1 } } }\nuntil: 2h\n`;

  test.each([
    ["as not planned", "{ at: 1m, close: a, reason: not_planned }"],
    ["by its author, whose word does not count", "{ at: 1m, by: stranger-x, close: a }"],
    ["by somebody with triage", "{ at: 1m, by: tina, close: a }"],
  ])("%s is blocked, and was never ready", async (_, close) => {
    const report = await run(`${pair}actors: { tina: triage }\nevents: [${close}]`, {
      startReplica: (parts) => startStub(parts, { idle: true }),
    });
    expect(report.tasks["b"]).toMatchObject({ status: "blocked", readyAt: null });
  });

  test("is ready from the moment on that somebody with write declares it complete", async () => {
    const report = await run(
      `${pair}events: [{ at: 1m, by: stranger-x, close: a }, { at: 5m, comment: /orchestrate complete, issue: a }]`,
      { startReplica: (parts) => startStub(parts, { idle: true }) },
    );
    expect(report.tasks["b"]).toMatchObject({ status: "ready", readyAt: 300_000 });
    expect(report.tasks["a"]).toMatchObject({ status: "completed", completedAt: 300_000 });
  });

  test("is ready without it when a person has waived the blocker", async () => {
    const report = await run(
      `${pair}events: [{ at: 1m, by: stranger-x, close: a }, { at: 5m, comment: "/orchestrate unblock #1", issue: b }]`,
      { startReplica: (parts) => startStub(parts, { idle: true }) },
    );
    expect(report.tasks["b"]).toMatchObject({ status: "ready", readyAt: 0 });
  });
});

test("a silent session is ended by its vendor two hours after the start", async () => {
  const report = await run(`${agents}issues: [{ key: a, title: A }]\nagents: { jules: { outcomes: { timeout: 1 } } }`);
  const [attempt] = report.tasks["a"]?.attempts ?? [];
  expect(attempt?.result).toBe("timeout");
  expect((attempt?.endedAt ?? 0) - (attempt?.startedAt ?? 0)).toBe(7_200_000);
});

test("a session that needs input waits for 30 minutes, and goes on at once when a person answers", async () => {
  const scenario = `${agents}issues: [{ key: a, title: A }]\nagents: { jules: { duration: [10m, 10m], outcomes: { needs_input: 1 } } }\n`;
  const length = (report: Report): number => {
    const [attempt] = report.tasks["a"]?.attempts ?? [];
    return (attempt?.endedAt ?? 0) - (attempt?.startedAt ?? 0);
  };
  expect(length(await run(scenario))).toBeGreaterThanOrEqual(40 * 60_000);
  const answered = await run(`${scenario}events: [{ at: 8m, comment: "The first one.", issue: a }]`);
  expect(length(answered)).toBeLessThan(15 * 60_000);
  const ignored = await run(`${scenario}events: [{ at: 8m, by: stranger, comment: "The second one.", issue: a }]`);
  expect(length(ignored)).toBeGreaterThanOrEqual(40 * 60_000);
});

test("a replica that crashes is back after five seconds, with a new name", async () => {
  const owners: string[] = [];
  const report = await run(`${diamond}faults: { crash: { rate: 0.3 } }\nuntil: 1h`, {
    startReplica: (parts) => {
      owners.push(parts.owner);
      return startStub(parts);
    },
  });
  const crash = report.timeline.find((entry) => entry.action === "crash");
  const restart = report.timeline.find((entry) => entry.action === "restart");
  expect((restart?.at ?? 0) - (crash?.at ?? 0)).toBe(5_000);
  expect(owners.slice(0, 2)).toEqual(["replica-1.1", "replica-1.2"]);
});

test("what the last look at the state finds is a violation, and its events are counted", async () => {
  const report = await run(diamond, { auditFinal: async () => ({ problems: ["#1 differs"], events: 17 }) });
  expect(report.violations).toMatchObject([{ rule: "stale_state" }]);
  expect(report.events).toBe(17);
});
