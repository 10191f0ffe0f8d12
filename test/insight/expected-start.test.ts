import { describe, expect, test } from "vitest";
import { expectedStart } from "../../src/insight/expected-start.ts";
import { blocker, configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;

/** Two tasks and one worker; in how many minutes the second is expected to start. */
function given(limits: Record<string, unknown> = {}): Story {
  const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }];
  const it = story(configOf({ agents, limits, health: { refusals: 1 } }));
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  return it;
}

function inMinutes(it: Story, number: number): number | null {
  const at = expectedStart(it.state, taskAt(it, number), { now: it.now, config: it.config });
  return at === null ? null : (at - it.now) / minute;
}

describe("a waiting task is expected to start", () => {
  test("when the session before it is expected to end", () => {
    const it = given();
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.now += 10 * minute;
    expect(inMinutes(it, 2)).toBe(20);
  });

  test("not before the pause of the only agent is over", () => {
    const it = given();
    it.tell(schedule());
    const outcome = { kind: "refused", reason: "503", retryAfterMs: null } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
    expect(inMinutes(it, 2)).toBe(5);
  });

  test("at no time that can be said while every worker is disabled, or a cap is reached", () => {
    const off = given();
    off.tell(instruct(1, { verb: "disable", worker: "jules/1" }));
    expect(inMinutes(off, 1)).toBeNull();
    const capped = given({ sessionsPerDay: 2 });
    expect(inMinutes(capped, 2)).toBe(30);
    const spent = given({ sessionsPerDay: 1 });
    expect(inMinutes(spent, 1)).toBe(0);
    // The cap is reached before its turn comes.
    expect(inMinutes(spent, 2)).toBeNull();
    spent.tell(schedule());
    expect(inMinutes(spent, 2)).toBeNull();
  });
});

const jules = { id: "jules", type: "jules", capacity: 1, dispatch: "api" };
const bifrost = { id: "bifrost", type: "bifrost", capacity: 9, dispatch: "api" };

/** Issues with labels, by number; the first schedule has been, and what it started runs. */
function begun(config: Record<string, unknown>, issues: Readonly<Record<number, readonly string[]>>): Story {
  const it = story(configOf(config));
  const all = Object.entries(issues).map(([number, labels]) =>
    issue(Number(number), { labels: ["orchestrate", ...labels] }),
  );
  it.tell(observe({ issues: all }));
  it.tell(schedule());
  for (const [, id] of it.state.occupied.entries()) {
    const task = it.state.tasks.get(id);
    if (task !== undefined) it.tell(say(task.definition.number, task.assignment?.fence ?? 0, report("running")));
  }
  return it;
}

describe("only those count who may and can take it: it is expected to start", () => {
  test("when the agent that it asks for is free, though others are free now; and those in line after it wait longer", () => {
    const pinned = ["agent:jules"];
    const it = begun({ agents: [jules, bifrost] }, { 1: pinned, 2: pinned, 3: pinned });
    it.now += minute;
    expect([inMinutes(it, 2), inMinutes(it, 3)]).toEqual([29, 59]);
    it.tell(observe({ issues: [issue(4)] }));
    expect(inMinutes(it, 4)).toBe(0);
  });

  test("when the worker is free that a person asked for", () => {
    const it = begun({ agents: [{ ...jules, capacity: 3 }] }, { 1: ["estimate:90m"] });
    const worker = taskAt(it, 1).assignment?.worker ?? "";
    it.tell(observe({ issues: [issue(2)] }));
    it.tell(instruct(2, { verb: "assign", target: worker }));
    expect(inMinutes(it, 2)).toBe(90);
  });

  test("when one is free that can do what it needs", () => {
    const agents = [
      { ...jules, capabilities: { rust: 1 } },
      { ...bifrost, capabilities: { go: 1 } },
    ];
    const it = begun({ agents }, { 1: ["needs:rust"], 2: ["needs:Rust"], 3: ["needs:go"] });
    expect([inMinutes(it, 2), inMinutes(it, 3)]).toEqual([30, null]);
    expect(it.status(3)).toBe("in_progress");
  });

  test("never where nobody can, nor does what waits for it; nor what nobody can, when its turn would come", () => {
    const it = story(configOf({ agents: [{ ...jules, capabilities: { go: 1 } }] }));
    const rust = { labels: ["orchestrate", "needs:rust"] };
    it.tell(
      observe({
        issues: [
          issue(1),
          issue(2, rust),
          issue(3, { blockedBy: [blocker(2)] }),
          issue(4, { ...rust, blockedBy: [blocker(1)] }),
          issue(5, { blockedBy: [blocker(1)] }),
          issue(6),
        ],
      }),
    );
    it.tell(schedule());
    expect([2, 3, 4, 5, 6].map((number) => inMinutes(it, number))).toEqual([null, null, null, 30, 30]);
  });

  test("not while its agent is paused, though another goes on; what waits for a blocker waits for the agent as well", () => {
    const it = story(configOf({ agents: [jules, bifrost], health: { refusals: 1 } }));
    const pinned = { labels: ["orchestrate", "agent:jules"] };
    it.tell(
      observe({
        issues: [
          issue(1, pinned),
          issue(2, { blockedBy: [blocker(3)] }),
          issue(3, { labels: ["orchestrate", "estimate:1m"] }),
        ],
      }),
    );
    it.tell(observe({ issues: [issue(2, { ...pinned, blockedBy: [blocker(3)], updatedAt: 2 })] }));
    it.tell(schedule());
    const outcome = { kind: "refused", reason: "503", retryAfterMs: null } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: taskAt(it, 1).assignment?.fence ?? 0, outcome });
    expect([inMinutes(it, 1), inMinutes(it, 2)]).toEqual([5, 5]);
  });

  test("when a session no longer counts for the quota of its agent", () => {
    const it = begun({ agents: [{ ...jules, quota: 1 }] }, { 1: [], 2: [], 3: [] });
    it.now += minute;
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(4).url })));
    const day = 24 * 60;
    expect([inMinutes(it, 2), inMinutes(it, 3)]).toEqual([day - 1, 2 * day - 1]);
  });
});

describe("only as much is started as the limits allow", () => {
  test("with a label: each waits for the end of one before it, and others go on", () => {
    const limits = { labels: { Database: 1 } };
    const database = ["database"];
    const it = begun({ limits, agents: [{ ...jules, capacity: 5 }] }, { 1: database, 2: database, 3: database });
    it.tell(observe({ issues: [issue(4)] }));
    expect([2, 3, 4].map((number) => inMinutes(it, number))).toEqual([30, 60, 0]);
  });

  test("in the whole repository", () => {
    const it = begun({ limits: { inProgress: 2 }, agents: [bifrost] }, { 1: ["estimate:10m"], 2: [], 3: [], 4: [] });
    expect([inMinutes(it, 3), inMinutes(it, 4)]).toEqual([10, 30]);
  });

  test("in one pass", () => {
    const it = story(configOf({ limits: { batch: 2 }, cycle: { every: "1m" }, agents: [bifrost] }));
    it.tell(observe({ issues: [1, 2, 3, 4, 5].map((number) => issue(number)) }));
    expect([1, 2, 3, 4, 5].map((number) => inMinutes(it, number))).toEqual([0, 0, 1, 1, 2]);
  });

  test("and what waits for its next attempt keeps no slot from others until then", () => {
    const it = begun(
      { agents: [jules], retry: { backoff: { initial: "10m", max: "10m" } } },
      { 1: ["priority:urgent"] },
    );
    it.tell(say(1, 1, report("failed", { failure: "timeout" })));
    it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "estimate:20m"] }), issue(3)] }));
    expect([1, 2, 3].map((number) => inMinutes(it, number))).toEqual([20, 0, 50]);
  });
});

test("of a queue and a fleet of thousands the start of everybody within reach is known", () => {
  const agents = ["a", "b", "c", "d", "e"].map((id) => ({ id, type: "bifrost", capacity: 1_000, dispatch: "api" }));
  const it = story(
    configOf({ agents, limits: { batch: 1_000, queue: 3_000, sessionsPerDay: 10_000, labels: { x: 3 } } }),
  );
  const labels = (number: number): string[] => [
    "orchestrate",
    `agent:${"abcde"[number % 5] ?? ""}`,
    number % 7 === 0 ? "x" : `l${number}`,
  ];
  it.tell(
    observe({ issues: Array.from({ length: 2_500 }, (_, index) => issue(index + 1, { labels: labels(index) })) }),
  );
  expect(inMinutes(it, 3)).toBe(0);
  expect(inMinutes(it, 2_500)).toBeNull();
});
