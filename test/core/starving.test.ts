import { describe, expect, test } from "vitest";
import { evolve } from "../../src/core/evolve.ts";
import { expectedStart } from "../../src/insight/expected-start.ts";
import { toExplainedView } from "../../src/engine/task-views.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event } from "../../src/model/event.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { blocker, configOf, issue, taskId } from "../support/build.ts";
import { observe, schedule, story, taskAt, types, type Story } from "../support/given.ts";
import { complete, startAll } from "./attack-story.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

function jules(capacity: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: "jules", type: "jules", capacity, dispatch: "api", ...more };
}

function labelled(number: number, ...labels: readonly string[]): IssueFacts {
  return issue(number, { labels: ["orchestrate", ...labels] });
}

function high(first: number, count: number): readonly IssueFacts[] {
  return Array.from({ length: count }, (_, index) => labelled(first + index, "priority:high"));
}

/** The issues that were started, in order; those that were for their wait are negative. */
function started(it: Story, events: readonly Event[]): readonly number[] {
  return events.flatMap((event) => {
    if (event.type !== "TaskAssigned") return [];
    const number = it.state.tasks.get(event.task)?.definition.number ?? 0;
    return [event.reasons.starvedMs === undefined ? number : -number];
  });
}

/** The issues, ready for eight days, and ten of high priority that have just come. */
function waited(issues: readonly IssueFacts[], config: Config): Story {
  const it = story(config);
  it.tell(observe({ issues }));
  it.now += 8 * day;
  it.tell(observe({ issues: high(100, 10) }));
  return it;
}

/** One after another is started and done, as often as said. */
function worked(it: Story, times: number): readonly number[] {
  const all: number[] = [];
  for (let each = 0; each < times; each += 1) {
    const numbers = started(it, it.tell(schedule()));
    all.push(...numbers);
    startAll(it);
    it.now += minute;
    complete(it, ...numbers.map(Math.abs));
  }
  return all;
}

describe("a task that has been ready for longer than ageing.starvingAfter", () => {
  test("is given every fourth start, the longest wait first, and the others go by the mode", () => {
    const it = waited([issue(1), issue(2, { createdAt: 1 })], configOf({ agents: [jules(1)] }));
    // Three starts lie between two, and there was none before the first.
    it.tell(observe({ issues: high(200, 1) }));
    expect(worked(it, 9)).toEqual([100, 101, 102, -1, 103, 104, 105, -2, 106]);
  });

  test("says so in its event, with how long it had been ready", () => {
    const it = waited([issue(1)], configOf({ agents: [jules(1)], ageing: { everyNthStart: 1 } }));
    const [event] = it.tell(schedule());
    expect(event).toMatchObject({
      task: taskId(1),
      reasons: { algorithm: "priority", starvedMs: 8 * day, rank: 1, readyCount: 11 },
    });
    expect(it.state.starvingFence).toBe(1);
  });

  test("is given none before", () => {
    const it = story(configOf({ agents: [jules(1)], ageing: { everyNthStart: 1 } }));
    it.tell(observe({ issues: [issue(1)] }));
    it.now += 7 * day;
    it.tell(observe({ issues: high(100, 3) }));
    expect(started(it, it.tell(schedule()))).toEqual([100]);
  });

  test("is started once in a pass that starts many, and the next start for a wait comes when its time has come", () => {
    const it = waited(
      [1, 2, 3].map((number) => issue(number)),
      configOf({ agents: [jules(9)], ageing: { everyNthStart: 3 } }),
    );
    expect(started(it, it.tell(schedule()))).toEqual([100, 101, -1, 102, 103, -2, 104, 105, -3]);
  });

  test("is in attack mode one of those that the idle workers get", () => {
    const it = story(configOf({ mode: "attack", agents: [jules(1)], ageing: { everyNthStart: 2 } }));
    it.tell(observe({ issues: [labelled(1, "estimate:8h")] }));
    it.now += 8 * day;
    it.tell(observe({ issues: [2, 3, 4, 5].map((number) => labelled(number, "quick-win")) }));
    expect(worked(it, 3)).toEqual([2, -1, 3]);
  });

  test("that nobody free can take leaves its start to the mode in the same pass, and is offered the next one", () => {
    const agents = [jules(1), { id: "cursor", type: "cursor", capacity: 1, dispatch: "api" }];
    const it = story(configOf({ agents, ageing: { everyNthStart: 1 } }));
    it.tell(observe({ issues: [labelled(1, "agent:cursor")] }));
    it.tell(schedule());
    startAll(it);
    it.tell(observe({ issues: [labelled(2, "agent:cursor")] }));
    it.now += 8 * day;
    it.tell(observe({ issues: high(100, 3) }));
    expect(started(it, it.tell(schedule()))).toEqual([100]);
    startAll(it);
    complete(it, 1);
    expect(started(it, it.tell(schedule()))).toEqual([-2]);
  });

  test("that nobody can take does not stand before those that have waited for less", () => {
    const nobodys = [1, 2, 3].map((number) => labelled(number, "agent:nobody"));
    const it = waited(
      [...nobodys, issue(4, { createdAt: 1 })],
      configOf({ agents: [jules(1)], ageing: { everyNthStart: 1 } }),
    );
    expect(started(it, it.tell(schedule()))).toEqual([-4]);
  });

  test("is looked for no further than matching.lookAhead says", () => {
    const asking = [1, 2, 3].map((number) => labelled(number, `agent:nobody-${number}`));
    const config = { agents: [jules(1)], ageing: { everyNthStart: 1 } };
    const issues = [...asking, issue(4)];
    const near = waited(issues, configOf({ ...config, matching: { lookAhead: 3 } }));
    expect(started(near, near.tell(schedule()))).toEqual([100]);
    const far = waited(issues, configOf({ ...config, matching: { lookAhead: 4 } }));
    expect(started(far, far.tell(schedule()))).toEqual([-4]);
  });

  test("is reached although those that go first fit nobody, as many as they are", () => {
    const config = { agents: [jules(1)], ageing: { everyNthStart: 1 }, matching: { lookAhead: 2 } };
    const it = story(configOf(config));
    it.tell(observe({ issues: [issue(1)] }));
    it.now += 8 * day;
    const urgent = [2, 3, 4, 5].map((number) => labelled(number, "priority:urgent", `agent:nobody-${number}`));
    it.tell(observe({ issues: urgent }));
    expect(started(it, it.tell(schedule()))).toEqual([-1]);
  });
});

describe("before a starving task go", () => {
  const always = { ageing: { everyNthStart: 1 } };

  test("what is urgent, also because of what waits for it", () => {
    const it = waited([issue(1)], configOf({ agents: [jules(1)], ...always }));
    it.tell(
      observe({
        issues: [
          labelled(200, "priority:urgent"),
          issue(201),
          issue(202, { labels: ["orchestrate", "priority:urgent"], blockedBy: [blocker(201)] }),
        ],
      }),
    );
    expect(worked(it, 4)).toEqual([200, 201, 202, -1]);
  });

  test("the retry that holds up the critical path", () => {
    const it = waited([issue(1)], configOf({ agents: [jules(1)], ...always }));
    it.tell(observe({ issues: [issue(2), labelled(3, "estimate:8h")] }));
    it.tell(observe({ issues: [issue(3, { labels: ["orchestrate", "estimate:8h"], blockedBy: [blocker(2)] })] }));
    const failed = { reason: "timeout", detail: "d", retryAt: it.now, answers: null, counts: true } as const;
    evolve(it.state, { type: "RetryScheduled", task: taskId(2), ...failed });
    expect(worked(it, 2)).toEqual([2, -1]);
  });
});

describe("a starving task takes nobody's start while it may not be started itself", () => {
  const always = { ageing: { everyNthStart: 1 } };

  test("behind an earlier stage", () => {
    const it = story(configOf({ agents: [jules(2)], ...always }));
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] }), issue(3)] }));
    it.tell(schedule());
    startAll(it);
    complete(it, 1);
    it.now += 8 * day;
    it.config = configOf({ agents: [jules(2)], strictStages: true, ...always });
    expect(it.tell(schedule())).toEqual([]);
    complete(it, 3);
    expect(started(it, it.tell(schedule()))).toEqual([-2]);
  });

  test("beyond a limit on work in progress", () => {
    const limits = { labels: { ui: 1 } };
    const it = waited([labelled(1, "ui"), labelled(2, "ui")], configOf({ agents: [jules(3)], limits, ...always }));
    expect(started(it, it.tell(schedule()))).toEqual([-1, 100, 101]);
  });

  test("beyond the share of its milestone, while another one that holds less waits", () => {
    const of = (number: number, title: string): IssueFacts => issue(number, { milestone: { title, labels: [] } });
    const it = story(configOf({ agents: [jules(2)], limits: { fairShare: true }, ...always }));
    it.tell(observe({ issues: [of(1, "one"), of(2, "one")] }));
    it.now += 8 * day;
    it.tell(observe({ issues: [of(3, "two")] }));
    expect(started(it, it.tell(schedule()))).toEqual([-1, 3]);
    expect(it.status(2)).toBe("ready");
  });

  test("while its vendor has not recovered", () => {
    const agents = [jules(1), { id: "cursor", type: "cursor", capacity: 1, dispatch: "api" }];
    const health = { refusals: 1, pause: "30d", pauseMax: "30d" };
    const it = story(configOf({ agents, health, ...always }));
    it.tell(observe({ issues: [labelled(1, "agent:cursor"), issue(2, { labels: ["orchestrate", "hold"] })] }));
    it.tell(schedule());
    const outcome = { kind: "refused", reason: "503", retryAfterMs: null } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    it.now += 8 * day;
    expect(taskAt(it, 1).refusedBy).not.toBeNull();
    expect(started(it, it.tell(schedule()))).toEqual([-2]);
  });

  test("while everything is paused, or nobody is free", () => {
    const it = waited([issue(1), issue(2)], configOf({ agents: [jules(1)], ...always }));
    it.tell(schedule());
    startAll(it);
    expect(types(it.tell(schedule()))).toEqual([]);
  });
});

describe("what is said of a starving task", () => {
  test("is how long it has waited, how many have for longer, and which starts are its own", () => {
    const it = waited([issue(1), issue(2, { createdAt: 1 }), issue(3)], configOf({ agents: [jules(1)] }));
    const text = renderExplain(toExplainedView(it.state, taskAt(it, 3), it));
    expect(text).toContain(
      "- Starving: it has been ready for 8 d, and 2 starving tasks for longer; one start in 4 is offered to the longest wait first, whatever the mode",
    );
    expect(text).toMatch(/- Expected to start about .*; sooner where it is started because it is starving$/m);
    const fresh = renderExplain(toExplainedView(it.state, taskAt(it, 100), it));
    expect(fresh).not.toContain("tarving");
  });

  test("is from when on it is starving, where the mode alone would let it wait for longer", () => {
    const it = story(configOf({ agents: [jules(1)], ageing: { starvingAfter: "1h" } }));
    it.tell(observe({ issues: [issue(1), ...high(100, 10)] }));
    const expected = expectedStart(it.state, taskAt(it, 1), it) ?? 0;
    expect(expected).toBeGreaterThan(it.now + 60 * minute);
    expect(renderExplain(toExplainedView(it.state, taskAt(it, 1), it))).toContain(
      "; sooner where it is starving by then, from 1970-01-01 01:16 UTC on: one start in 4 is offered to the longest wait first",
    );
  });

  test("is once it is started why", () => {
    const it = waited([issue(1)], configOf({ agents: [jules(1)], ageing: { everyNthStart: 1 } }));
    it.tell(schedule());
    expect(renderExplain(toExplainedView(it.state, taskAt(it, 1), it))).toContain(
      "- Started because it was starving after 8 d, whatever its rank among 11 ready tasks, ranked by priority (most urgent first)",
    );
  });
});
