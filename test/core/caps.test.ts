import { describe, expect, test } from "vitest";
import { nextDueAt } from "../../src/core/decide-tick.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { blocker, configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

function reasons(it: Story, number: number): readonly string[] {
  const task = it.state.tasks.get(taskId(number));
  if (task === undefined) return [];
  return waitingReasons(it.state, task, { now: it.now, config: it.config }).map((reason) => reason.code);
}

/** Runs the live session of #1 to a failure that cost so much. Returns how long the next attempt must wait. */
function failAt(it: Story, costUsd: number): number {
  const fence = it.state.tasks.get(taskId(1))?.assignment?.fence ?? 0;
  it.tell(say(1, fence, report("running")));
  it.tell(say(1, fence, report("failed", { costUsd })));
  return (it.state.tasks.get(taskId(1))?.retryAt ?? it.now) - it.now;
}

describe("a cap on cost", () => {
  test("of a day stops every start, says that it is a cap, and lifts when the day is over", () => {
    const it = story(configOf({ limits: { costPerDay: 5 } }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    it.tell(schedule());
    failAt(it, 5);
    it.tell(say(2, 2, report("failed")));
    it.now += 60 * minute;
    expect(it.tell(schedule())).toEqual([]);
    expect(reasons(it, 1)).toEqual(["cap_cost_per_day"]);
    it.now += day;
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned"]);
  });

  test("of a task stops that task alone", () => {
    const it = story(
      configOf({ limits: { costPerTask: 3 }, agents: [{ id: "jules", type: "jules", dispatch: "api" }] }),
    );
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "priority:urgent"] }), issue(2)] }));
    it.tell(schedule());
    failAt(it, 3);
    it.now += 60 * minute;
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({ type: "TaskEscalated", task: taskId(1) }),
      expect.objectContaining({ type: "TaskAssigned", task: taskId(2) }),
    ]);
    expect(reasons(it, 1)).toEqual(["cap_cost_per_task"]);
  });

  test("counts what the configuration says where the vendor says nothing", () => {
    const it = story(
      configOf({
        limits: { costPerDay: 4 },
        agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", cost: 4 }],
      }),
    );
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("failed")));
    it.now += 60 * minute;
    expect(it.tell(schedule())).toEqual([]);
  });
});

describe("a burst", () => {
  const starts = (config: Record<string, unknown>): number => {
    const it = story(configOf(config));
    it.tell(observe({ issues: Array.from({ length: 8 }, (_, index) => issue(index + 1)) }));
    const first = it.tell(schedule()).length;
    return first + it.tell(schedule()).length;
  };

  test("does not slip under the quota of an agent: starts on their way count", () => {
    expect(starts({ agents: [{ id: "jules", type: "jules", capacity: 8, dispatch: "api", quota: 2 }] })).toBe(2);
  });

  test("does not slip under the cap on cost of a day: sessions in flight count with what they are to cost", () => {
    const agents = [{ id: "jules", type: "jules", capacity: 8, dispatch: "api", cost: 8 }];
    expect(starts({ limits: { costPerDay: 20 }, agents })).toBe(2);
    expect(starts({ limits: { costPerDay: 24 }, agents })).toBe(3);
  });
});

test("sessions in flight that reach the cap on cost are named in the reason, and what they cost in the end counts instead", () => {
  const agents = [{ id: "jules", type: "jules", capacity: 2, dispatch: "api", cost: 4 }];
  const it = story(configOf({ limits: { costPerDay: 4 }, agents }));
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  it.tell(schedule());
  const task = it.state.tasks.get(taskId(2));
  const told = task === undefined ? [] : waitingReasons(it.state, task, { now: it.now, config: it.config });
  expect(told.map(({ detail }) => detail)).toEqual([
    "The cap limits.costPerDay is reached: 4.00 of 4 US dollars in the last 24 hours, 4.00 of it for sessions that have not ended.",
  ]);
  failAt(it, 0);
  expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(2) })]);
});

test("an agent whose quota of the day is used up is passed over for another, and takes work again the next day", () => {
  const it = story(
    configOf({
      agents: [
        { id: "jules", type: "jules", dispatch: "api", quota: 1 },
        { id: "cursor", type: "cursor", dispatch: "api" },
      ],
    }),
  );
  it.tell(observe({ issues: [issue(1)] }));
  const agentsOf = (): readonly string[] =>
    it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.agent] : []));
  expect(agentsOf()).toEqual(["jules"]);
  failAt(it, 0);
  it.now += 60 * minute;
  expect(agentsOf()).toEqual(["cursor"]);
  it.tell(observe({ issues: [issue(2)] }));
  expect(agentsOf()).toEqual([]);
  expect(reasons(it, 2)).toContain("quota_spent");
  it.now += day;
  expect(agentsOf()).toEqual(["jules"]);
});

test("what only a spent cap keeps waiting is looked at again the moment the day has moved on", () => {
  const it = story(configOf({ limits: { sessionsPerDay: 1 }, cycle: { every: "1h" } }));
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  it.tell(schedule());
  const dueAt = (): number | null => nextDueAt({ state: it.state, context: { now: it.now, config: it.config } });
  const startedAt = it.now;
  it.tell(say(1, 1, report("running")));
  it.now += minute;
  it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
  it.tell(observe({ pulls: [pull(9, { branch: "b", state: "closed" })] }));
  it.tell(instruct(1, { verb: "cancel" }));
  it.now += 60 * minute;
  expect(it.tell(schedule())).toEqual([]);
  expect(dueAt()).toBe(startedAt + day);
  it.now = startedAt + day;
  expect(dueAt()).toBeNull();
  expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
});

describe("the wait between attempts", () => {
  test("doubles with every failure in a row, up to the longest", () => {
    const it = story(
      configOf({
        retry: { maxAttempts: 20, backoff: { initial: "30s", max: "3m" } },
        limits: { attemptsPerTask: 100 },
      }),
    );
    it.tell(observe({ issues: [issue(1)] }));
    const waits = Array.from({ length: 5 }, () => {
      it.tell(schedule());
      const wait = failAt(it, 0);
      it.now += wait;
      return wait;
    });
    expect(waits).toEqual([30_000, 60_000, 120_000, 180_000, 180_000]);
  });

  test("of refused starts doubles too, and uses up no attempt", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    const waits = Array.from({ length: 6 }, () => {
      const [assigned] = it.tell(schedule());
      expect(assigned).toEqual(expect.objectContaining({ type: "TaskAssigned", attempt: 1 }));
      const outcome = { kind: "refused", reason: "full", retryAfterMs: null } as const;
      it.tell({ type: "ReportOutcome", task: taskId(1), fence: it.state.fence, outcome });
      const wait = (it.state.tasks.get(taskId(1))?.retryAt ?? 0) - it.now;
      it.now += wait;
      return wait;
    });
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000]);
  });

  test("is over the moment a person says retry", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    failAt(it, 0);
    expect(it.tell(schedule())).toEqual([]);
    it.tell(instruct(1, { verb: "retry" }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });
});

describe("a soft edge", () => {
  const soft = blocker(1, { kind: "soft" });

  test("holds back while its blocker is open, and lets go when that fails", () => {
    const it = story(configOf({ retry: { maxAttempts: 1 } }));
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [soft] })] }));
    it.tell(schedule());
    expect(it.status(2)).toBe("blocked");
    failAt(it, 0);
    expect([it.status(1), it.status(2)]).toEqual(["failed", "ready"]);
  });

  test("beside a hard one to the same issue counts as hard", () => {
    const it = story(configOf({ retry: { maxAttempts: 1 } }));
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [soft, blocker(1, { source: "body" })] })] }));
    it.tell(schedule());
    failAt(it, 0);
    expect(it.status(2)).toBe("upstream_failed");
  });

  test("ends with an issue elsewhere that was not planned", () => {
    const it = story();
    it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(9, { kind: "soft" })] })] }));
    expect(it.status(2)).toBe("blocked");
    const ended = blocker(9, { kind: "soft", state: "not_planned" });
    it.tell(observe({ issues: [issue(2, { blockedBy: [ended], updatedAt: 2 })] }));
    expect(it.status(2)).toBe("ready");
  });
});

describe("the labels of an issue", () => {
  test("hold stops a start, and taking it off starts", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "hold"] })] }));
    expect([it.status(1), it.tell(schedule()), reasons(it, 1)]).toEqual(["pending", [], ["held"]]);
    expect(it.tell(instruct(1, { verb: "resume", number: 1 }))).toEqual([
      expect.objectContaining({ reaction: "-1", answer: expect.stringContaining("hold") }),
    ]);
    it.tell(observe({ issues: [issue(1, { updatedAt: 2 })] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("a mode of the milestone ranks its issues, and the issue's own mode wins over it", () => {
    const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 3, dispatch: "api" }] }));
    const milestone = { title: "1.0", labels: ["mode:effort"] };
    it.tell(
      observe({ issues: [issue(1, { milestone }), issue(2, { milestone, labels: ["orchestrate", "mode:critical"] })] }),
    );
    const algorithms = it
      .tell(schedule())
      .map((event) => (event.type === "TaskAssigned" ? `${event.task} ${event.reasons.algorithm}` : event.type));
    expect(algorithms.toSorted()).toEqual([`${taskId(1)} effort`, `${taskId(2)} critical`]);
  });

  test("taking the selecting one off while an agent works asks for the end first, and forgets the task after it", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    const unlabelled = issue(1, { labels: [], selectedBy: null, updatedAt: 2 });
    expect(types(it.tell(observe({ issues: [unlabelled] })))).toEqual(["CancelRequested", "TaskCancelled"]);
    expect([it.status(1), it.state.occupied.size]).toEqual(["cancelled", 1]);
    expect(it.tell(observe({ issues: [unlabelled] }))).toEqual([]);
    it.tell(say(1, 1, report("cancelled")));
    expect(types(it.tell(observe({ issues: [unlabelled] })))).toEqual(["TaskUntracked"]);
    expect([it.status(1), it.state.occupied.size]).toEqual([null, 0]);
  });
});

describe("an issue that is opened again", () => {
  function completed(): Story {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 2 })] }),
    );
    expect(it.status(1)).toBe("completed");
    return it;
  }

  test("by a person who may start work goes on", () => {
    const it = completed();
    it.tell(observe({ issues: [issue(1, { reopenedBy: writer, updatedAt: 3 })] }));
    expect(it.status(1)).toBe("ready");
  });

  test("by somebody who may not waits for approval", () => {
    const it = completed();
    expect(types(it.tell(observe({ issues: [issue(1, { reopenedBy: stranger, updatedAt: 3 })] })))).toEqual([
      "TaskReopened",
      "ApprovalRequired",
      "TaskRevised",
    ]);
    expect([it.status(1), it.tell(schedule())]).toEqual(["pending", []]);
    it.tell(instruct(1, { verb: "approve" }));
    expect(it.status(1)).toBe("ready");
  });

  test("after its merge does not take the old merge for a new one", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    const merged = pull(9, { state: "merged", mergedBy: writer, mergedAt: 5 });
    it.tell(
      observe({
        issues: [issue(1, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 2 })],
        pulls: [merged],
      }),
    );
    expect(it.status(1)).toBe("completed");
    it.tell(observe({ issues: [issue(1, { reopenedBy: writer, updatedAt: 3 })], pulls: [merged] }));
    expect(it.status(1)).toBe("ready");
  });
});
