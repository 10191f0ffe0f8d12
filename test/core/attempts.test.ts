import { describe, expect, test } from "vitest";
import { blocker, configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { collected, instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

function running(config = configOf()): Story {
  const it = story(config);
  it.tell(
    observe({
      issues: [
        issue(1),
        issue(2, { blockedBy: [blocker(1)] }),
        issue(3, { blockedBy: [blocker(1, { kind: "soft" })] }),
      ],
    }),
  );
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return it;
}

function failOnce(it: Story, fence: number): readonly string[] {
  const events = types(it.tell(say(1, fence, report("failed", { reason: "it broke" }))));
  it.now += 60 * 60_000;
  it.tell(schedule());
  return events;
}

describe("when a session fails", () => {
  test("the slot is free and a retry is due after the backoff, not before", () => {
    const it = running();
    const events = it.tell(say(1, 1, report("failed", { reason: "it broke" })));
    expect(types(events)).toEqual(["SessionEnded", "RetryScheduled"]);
    expect(it.state.occupied.size).toBe(0);
    expect(it.ask(schedule())).toEqual([]);
    it.now += 30_000;
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", attempt: 2, fence: 2 })]);
  });

  test("a report with the old fence changes nothing", () => {
    const it = running();
    failOnce(it, 1);
    expect(it.ask(say(1, 1, report("succeeded")))).toEqual([]);
  });

  test("after three attempts the task fails: hard dependents with it, soft ones go on", () => {
    const it = running();
    failOnce(it, 1);
    failOnce(it, 2);
    const events = it.tell(say(1, 3, report("failed")));
    expect(types(events)).toEqual(["SessionStarted", "SessionEnded", "TaskFailed", "UpstreamFailed"]);
    expect([it.status(1), it.status(2), it.status(3)]).toEqual(["failed", "upstream_failed", "ready"]);
  });

  test("retry forgives, and those who failed with it return", () => {
    const it = running();
    failOnce(it, 1);
    failOnce(it, 2);
    it.tell(say(1, 3, report("failed")));
    const events = it.tell(instruct(1, { verb: "retry" }));
    expect(types(events)).toEqual(["TaskReopened", "UpstreamRecovered", "CommandAnswered"]);
    expect([it.status(1), it.status(2)]).toEqual(["ready", "blocked"]);
  });
});

describe("when the vendor refuses the start", () => {
  test("no attempt is counted, and the wait doubles", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell({ type: "LeaseEffects", owner: "a", until: it.now + 60_000, limit: 10 });
    const [effect] = [...it.state.outbox.keys()];
    if (effect === undefined) throw new Error("no effect was recorded");
    const refusal = { effect, outcome: { kind: "refused", reason: "full", retryAfterMs: null } } as const;
    expect(types(it.tell({ type: "SettleEffects", settled: [refusal] }))).toEqual(["EffectSettled", "SessionRefused"]);
    it.now += 30_000;
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ attempt: 1, fence: 2 })]);
  });
});

describe("when a session is silent past its timeout", () => {
  test("its end is asked for, and nothing else starts until it is seen ended", () => {
    const it = running();
    it.now += 45 * 60_000;
    expect(types(it.tell({ type: "Tick" }))).toEqual(["CancelRequested"]);
    expect(it.tell({ type: "Tick" })).toEqual([]);
    expect(it.tell(schedule())).toEqual([]);
    const events = it.tell(say(1, 1, report("cancelled")));
    expect(events).toEqual([
      expect.objectContaining({ type: "SessionEnded", result: "timeout" }),
      expect.objectContaining({ type: "RetryScheduled", reason: "timeout" }),
    ]);
  });
});

describe("when the pull request is red", () => {
  function red(): Story {
    const it = running();
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] })] }));
    it.tell(collected(it));
    return it;
  }

  test("the retry goes on with the same pull request and session", () => {
    const it = red();
    it.now += 60_000;
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({
        type: "TaskAssigned",
        attempt: 2,
        continues: { session: { id: "sessions/1", url: null }, branch: "orchestrate/1-work" },
      }),
    ]);
  });

  test("the same failure on the same commit is answered once; an attempt that changes nothing counts as one without a result", () => {
    const it = red();
    it.now += 60_000;
    it.tell(schedule());
    it.tell(say(1, 2, report("running")));
    it.tell(say(1, 2, report("succeeded", { pullUrl: pull(9).url })));
    it.now += 5 * 60_000;
    const same = pull(9, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    expect(it.ask(observe({ pulls: [same] }))).toEqual([]);
    expect(it.tell({ type: "Tick" })).toEqual([
      expect.objectContaining({ type: "RetryScheduled", reason: "no_result" }),
    ]);
  });

  test("a merge all the same counts, with a warning", () => {
    const it = red();
    const merged = pull(9, {
      state: "merged",
      mergedBy: writer,
      mergedAt: 5,
      checks: "failure",
      requiredChecks: "failure",
    });
    const events = it.tell(observe({ pulls: [merged] }));
    expect(events.at(-1)).toEqual(
      expect.objectContaining({
        type: "TaskCompleted",
        receipt: expect.objectContaining({ kind: "merge", warning: expect.any(String) }),
      }),
    );
  });
});

describe("when the session ends well without a pull request", () => {
  test("it gets a moment to appear, then the attempt counts as one without a result", () => {
    const it = running();
    expect(types(it.tell(say(1, 1, report("succeeded"))))).toEqual(["SessionEnded"]);
    it.now += 4 * 60_000;
    expect(it.tell({ type: "Tick" })).toEqual([
      expect.objectContaining({ type: "RetryScheduled", reason: "no_result" }),
    ]);
  });
});

test("two runs claim one fence: the first has it, the second decides nothing", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  const claim = { type: "ClaimAssignment", task: taskId(1), fence: 1 } as const;
  expect(types(it.tell({ ...claim, run: "100" }))).toEqual(["AssignmentClaimed", "EffectSettled"]);
  expect(it.tell({ ...claim, run: "200" })).toEqual([]);
  expect(it.state.tasks.get(taskId(1))?.assignment?.claimedBy).toBe("100");
});

test("of two pull requests that were merged for a task the newer one stays its own, however often both are looked at", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
  const merged = { state: "merged", mergedBy: writer, mergedAt: 5 } as const;
  const marker = { task: taskId(1), fence: 1 };
  const first = pull(9, { ...merged, updatedAt: 5, marker });
  const second = pull(10, {
    ...merged,
    updatedAt: 7,
    branch: "orchestrate/1-work-2",
    marker: { task: taskId(1), fence: 1 },
  });
  it.tell(observe({ pulls: [first] }));
  it.tell(observe({ pulls: [second] }));
  expect(it.state.tasks.get(taskId(1))?.pull?.number).toBe(10);
  for (const pulls of [[first, second], [second, first], [first]])
    expect(types(it.tell(observe({ pulls })))).toEqual([]);
  expect(it.state.tasks.get(taskId(1))?.pull?.number).toBe(10);
});
