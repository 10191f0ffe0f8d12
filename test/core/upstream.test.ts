/** Failure goes on over hard edges and comes back over them: nobody stays failed by a task that has not failed, and nobody is blamed for another one. */
import { describe, expect, test } from "vitest";
import { waitingReasons } from "../../src/core/waiting.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

/** Each task with what it waits for; those that are named as failed are failed in turn. */
function failing(waits: Readonly<Record<number, readonly number[]>>, failed: readonly number[]): Story {
  const it = story();
  it.tell(
    observe({
      issues: Object.entries(waits).map(([number, on]) =>
        issue(Number(number), { blockedBy: on.map((each) => blocker(each)) }),
      ),
    }),
  );
  for (const number of failed) it.tell(instruct(number, { verb: "fail", reason: "No way." }));
  return it;
}

const deselected: Partial<IssueFacts> = { labels: [], selectedBy: null, updatedAt: 5 };
const notPlanned: Partial<IssueFacts> = {
  state: "closed",
  stateReason: "not_planned",
  closedBy: writer,
  updatedAt: 5,
};

/** Whom people are told to blame. */
function blame(it: Story, number: number): readonly string[] {
  const reasons = waitingReasons(it.state, taskAt(it, number), { now: it.now, config: it.config });
  return reasons.flatMap(({ code, detail }) => (code === "upstream_failed" ? [detail] : []));
}

describe("a task behind a failed one", () => {
  test("comes back when the failed one is no task any more, and goes on when that issue is closed", () => {
    const it = failing({ 1: [], 2: [1], 3: [2] }, [1]);
    expect([it.status(2), it.status(3)]).toEqual(["upstream_failed", "upstream_failed"]);
    expect(types(it.tell(observe({ issues: [issue(1, deselected)] })))).toEqual([
      "TaskUntracked",
      "ExternalObserved",
      "UpstreamRecovered",
      "UpstreamRecovered",
    ]);
    expect([it.status(2), it.status(3)]).toEqual(["blocked", "blocked"]);
    it.tell(
      observe({
        issues: [
          issue(1, { ...deselected, state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 9 }),
        ],
      }),
    );
    expect([it.status(2), it.status(3)]).toEqual(["ready", "blocked"]);
  });

  test("comes back when the failed one is deleted: what is missing has not failed", () => {
    const it = failing({ 1: [], 2: [1] }, [1]);
    it.tell(observe({ gone: [{ id: taskId(1), reason: "deleted" }] }));
    expect([it.status(2), blame(it, 2)]).toEqual(["blocked", []]);
  });

  test("is blocked by a cancelled one, and by no failed one, once that is closed as not planned", () => {
    const it = failing({ 1: [], 2: [1] }, [1]);
    it.tell(observe({ issues: [issue(1, notPlanned)] }));
    const reasons = waitingReasons(it.state, taskAt(it, 2), { now: it.now, config: it.config });
    expect(reasons).toEqual([{ code: "blocker_cancelled", detail: "#1 is cancelled." }]);
  });

  test("comes back when the one between is called off, although the failed one is as it was", () => {
    const it = failing({ 1: [], 2: [1], 3: [2] }, [1]);
    it.tell(instruct(2, { verb: "cancel" }));
    expect([it.status(3), blame(it, 3)]).toEqual(["blocked", []]);
    it.tell(instruct(1, { verb: "complete" }));
    expect(blame(it, 3)).toEqual([]);
  });

  test("comes back when the one between is no task any more", () => {
    const it = failing({ 1: [], 2: [1], 3: [2] }, [1]);
    it.tell(observe({ issues: [issue(2, deselected)] }));
    expect([it.status(3), blame(it, 3)]).toEqual(["blocked", []]);
  });

  test("comes back with the session of the one between that ends well, where that is enough", () => {
    const it = story(configOf({ done: "reported" }));
    it.tell(observe({ issues: [issue(2), issue(3, { blockedBy: [blocker(2)] }), issue(1)] }));
    it.tell(schedule());
    it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(1)], updatedAt: 2 })] }));
    it.tell(instruct(1, { verb: "fail", reason: "No way." }));
    expect(blame(it, 3)).toEqual(["#1 has failed."]);
    it.tell(say(2, taskAt(it, 2).assignment?.fence ?? 0, report("succeeded")));
    expect([it.status(2), it.status(3)]).toEqual(["completed", "ready"]);
  });

  test("bears the name of the other one that has failed, when the first is done, and those behind it do too", () => {
    const it = failing({ 1: [], 2: [], 3: [1, 2], 4: [3] }, [1, 2]);
    expect([blame(it, 3), blame(it, 4)]).toEqual([["#1 has failed."], ["#1 has failed."]]);
    expect(it.tell(instruct(1, { verb: "complete" })).slice(1, -1)).toEqual([
      { type: "UpstreamFailed", task: taskId(3), upstream: taskId(2) },
      { type: "UpstreamFailed", task: taskId(4), upstream: taskId(2) },
    ]);
    expect([blame(it, 3), blame(it, 4)]).toEqual([["#2 has failed."], ["#2 has failed."]]);
    it.tell(instruct(2, { verb: "retry" }));
    expect([it.status(3), it.status(4)]).toEqual(["blocked", "blocked"]);
  });

  test("bears the name of the one between once that has failed by itself", () => {
    const it = failing({ 1: [], 2: [1], 3: [2] }, [1, 2]);
    expect(blame(it, 3)).toEqual(["#2 has failed."]);
    it.tell(instruct(1, { verb: "complete" }));
    expect(blame(it, 3)).toEqual(["#2 has failed."]);
    it.tell(instruct(2, { verb: "retry" }));
    expect([it.status(2), it.status(3)]).toEqual(["ready", "blocked"]);
  });

  test("comes back also where it and another one wait for each other", () => {
    const it = failing({ 1: [], 2: [1, 3], 3: [2] }, [1]);
    expect([it.status(2), it.status(3)]).toEqual(["upstream_failed", "upstream_failed"]);
    it.tell(instruct(1, { verb: "retry" }));
    expect([it.status(2), it.status(3)]).toEqual(["blocked", "blocked"]);
  });

  test("stays as it is, without a word, when another one that it waits for is done", () => {
    const it = failing({ 1: [], 2: [], 3: [1, 2] }, [1]);
    expect(types(it.tell(instruct(2, { verb: "complete" })))).toEqual(["TaskCompleted", "CommandAnswered"]);
    expect(blame(it, 3)).toEqual(["#1 has failed."]);
  });

  test("fails with it again when its own merge is taken back", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2), issue(3, { blockedBy: [blocker(2)] })] }));
    it.tell(schedule());
    it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(1)], updatedAt: 2 })] }));
    it.tell(instruct(1, { verb: "fail", reason: "No way." }));
    const change = pull(31, { branch: "orchestrate/2-work" });
    it.tell(observe({ pulls: [change] }));
    it.tell(observe({ pulls: [{ ...change, state: "merged", mergedBy: writer, mergedAt: it.now, updatedAt: 2 }] }));
    it.tell(say(2, taskAt(it, 2).assignment?.fence ?? 0, report("succeeded", { pullUrl: change.url })));
    expect([it.status(2), it.status(3)]).toEqual(["completed", "ready"]);
    const revert = pull(40, {
      branch: "undo",
      author: writer,
      state: "merged",
      mergedBy: writer,
      mergedAt: it.now,
      reverts: [31],
    });
    expect(types(it.tell(observe({ pulls: [revert] })))).toEqual([
      "ReceiptRevoked",
      "UpstreamFailed",
      "UpstreamFailed",
    ]);
    it.tell(instruct(1, { verb: "complete" }));
    expect([it.status(2), it.status(3)]).toEqual(["manual_review", "blocked"]);
  });
});
