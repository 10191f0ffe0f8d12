import { describe, expect, test } from "vitest";
import { isMergeWanted } from "../../src/core/decide-merge.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import { blocker, issue, pull, report, stranger, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types } from "../support/given.ts";
import { a, b, mergeOf, merged, merging, reviewed, see, settle, why } from "./merge-story.ts";

describe("merge: auto", () => {
  test("asks once for the merge of the commit that was seen green", () => {
    const it = reviewed(merging("auto"));
    expect(see(it, 1)).toEqual([{ type: "MergeRequested", task: taskId(1), pull: 21, sha: a, files: ["1.ts"] }]);
    expect([...it.state.outbox.entries()].map(([, { effect }]) => effect)).toContainEqual(mergeOf(1));
    expect(see(it, 1)).toEqual([]);
  });

  test("asks for nothing where people merge", () => {
    const it = reviewed(merging("person"));
    expect(see(it, 1)).toEqual([]);
    expect(why(it, 1)).toEqual([]);
  });

  test.each<[string, Partial<PullFacts>]>([
    ["whose required check is red", { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] }],
    ["whose required check has not reported", { checks: "pending", requiredChecks: "pending" }],
    ["that is a draft", { isDraft: true }],
    ["of which somebody asks for changes", { isObjectedTo: true }],
    ["that conflicts with its base", { mergeable: "conflict" }],
    ["of which GitHub does not know yet whether it conflicts", { mergeable: "unknown" }],
    ["that goes to another branch than the default one", { baseIsDefault: false }],
    ["that is in a merge queue already", { isInQueue: true }],
  ])("leaves a pull request alone %s", (_, more) => {
    const it = reviewed(merging("auto"));
    expect(types(see(it, 1, more))).not.toContain("MergeRequested");
  });

  test("leaves it alone while the task is held, everything is paused, or somebody without permission has edited it", () => {
    const held = reviewed(merging("auto"));
    held.tell(instruct(1, { verb: "hold" }));
    expect(see(held, 1)).toEqual([]);
    const paused = reviewed(merging("auto"));
    paused.tell(instruct(1, { verb: "pause" }));
    expect(see(paused, 1)).toEqual([]);
    expect(why(paused, 1)).toMatchObject([{ code: "merge_paused" }]);
    const edited = reviewed(merging("auto"));
    edited.tell(observe({ issues: [issue(1, { updatedAt: 2, hash: "other", editedBy: stranger, editedAt: 2 })] }));
    expect(see(edited, 1)).toEqual([]);
  });

  test("leaves it alone while a session works on the task", () => {
    const it = story(merging("auto"));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    expect(types(see(it, 1))).not.toContain("MergeRequested");
  });

  test("does not do what is no longer wanted when its turn comes: the configuration, a hold or a check has changed", () => {
    const it = reviewed(merging("auto"));
    see(it, 1);
    expect(isMergeWanted(it.state, mergeOf(1), it.config)).toBe(true);
    expect(isMergeWanted(it.state, mergeOf(1), merging("person"))).toBe(false);
    expect(isMergeWanted(it.state, mergeOf(1, b), it.config)).toBe(false);
    it.tell(instruct(1, { verb: "hold" }));
    expect(isMergeWanted(it.state, mergeOf(1), it.config)).toBe(false);
  });

  test("asks again after a merge that was withdrawn, and for a newer commit", () => {
    const it = reviewed(merging("auto"));
    see(it, 1);
    settle(it, 1, { kind: "withdrawn" });
    expect(types(see(it, 1))).toEqual(["MergeRequested"]);
    settle(it, 1, { kind: "withdrawn" });
    expect(see(it, 1, { sha: b })).toMatchObject([{ type: "MergeRequested", sha: b }]);
  });

  test("tells a person once what GitHub refuses, and asks again when the review is there that was missing", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, { isUnreviewed: true });
    const reason = "At least 1 approving review is required.";
    expect(settle(it, 1, { kind: "dropped", reason })).toMatchObject([
      { type: "EffectDropped" },
      { type: "TaskEscalated", task: taskId(1), reason },
    ]);
    expect(see(it, 1, { isUnreviewed: true })).toEqual([]);
    expect(why(it, 1)).toEqual([{ code: "merge_refused", detail: "GitHub refused to merge commit aaaaaaa." }]);
    expect(types(see(it, 1, { isUnreviewed: false }))).toEqual(["MergeRequested"]);
  });
});

describe("of pull requests that change the same file", () => {
  test("the second waits until the first has landed, and says for what", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, { files: ["a.ts", "shared.ts"] });
    expect(see(it, 2, { files: ["shared.ts"] })).toEqual([
      { type: "MergePutOff", task: taskId(2), pull: 22, on: taskId(1), why: "overlap", file: "shared.ts" },
    ]);
    expect(see(it, 2, { files: ["shared.ts"] })).toEqual([]);
    expect(why(it, 2)).toEqual([
      { code: "merge_overlap", detail: "It waits for #1 to be merged first: both change shared.ts." },
    ]);
    merged(it, 1);
    expect(why(it, 2)).toMatchObject([{ code: "merge_when_green" }]);
    expect(types(see(it, 2, { files: ["shared.ts"] }))).toEqual(["MergeRequested"]);
  });

  test("the second goes on when the first is given up", () => {
    for (const outcome of [{ kind: "withdrawn" }, { kind: "dropped", reason: "no" }] as const) {
      const it = reviewed(merging("auto"));
      see(it, 1, { files: ["shared.ts"] });
      see(it, 2, { files: ["shared.ts"] });
      settle(it, 1, outcome);
      expect(types(see(it, 2, { files: ["shared.ts"] }))).toEqual(["MergeRequested"]);
    }
  });

  test("those that change different files do not wait for each other", () => {
    const it = reviewed(merging("auto"));
    see(it, 1);
    expect(types(see(it, 2))).toEqual(["MergeRequested"]);
  });

  test("one of which not all files are known, or too many, waits for any other, and any other for it", () => {
    const unknown = reviewed(merging("auto"));
    see(unknown, 1, { files: null });
    expect(see(unknown, 2)).toMatchObject([{ type: "MergePutOff", why: "overlap", file: null }]);
    expect(why(unknown, 2)[0]?.detail).toBe("It waits for #1 to be merged first: both may change the same file.");
    const many = reviewed(merging("auto"));
    see(many, 1);
    const files = Array.from({ length: 99 }, (_, index) => `${"deep/".repeat(20)}${index}.ts`);
    expect(types(see(many, 2, { files }))).toEqual(["MergePutOff"]);
    merged(many, 1);
    const [asked] = see(many, 2, { files });
    expect(asked).toEqual({ type: "MergeRequested", task: taskId(2), pull: 22, sha: a });
  });
});

describe("the order of the dependencies", () => {
  const soft = [issue(1), issue(2, { blockedBy: [blocker(1, { kind: "soft", partial: true })] })];

  test("a task that began on the pull request of another is merged after it", () => {
    const it = reviewed(merging("auto"), soft);
    it.tell(schedule());
    const fence = taskAt(it, 2).assignment?.fence ?? 0;
    it.tell(say(2, fence, report("succeeded", { pullUrl: pull(22).url, branch: "orchestrate/2-work" })));
    expect(see(it, 2)).toEqual([
      { type: "MergePutOff", task: taskId(2), pull: 22, on: taskId(1), why: "blocker", file: null },
    ]);
    expect(why(it, 2)).toContainEqual({
      code: "merge_blocked",
      detail: "It waits for #1 to be merged first: it depends on that.",
    });
    merged(it, 1);
    expect(types(see(it, 2))).toEqual(["MergeRequested"]);
  });

  test("a dependency that is added while the merge is on its way withdraws it", () => {
    const it = reviewed(merging("auto"));
    see(it, 2);
    it.tell(observe({ issues: [issue(2, { updatedAt: 2, blockedBy: [blocker(1)] })] }));
    expect(isMergeWanted(it.state, mergeOf(2), it.config)).toBe(false);
    settle(it, 2, { kind: "withdrawn" });
    expect(see(it, 2)).toMatchObject([{ type: "MergePutOff", on: taskId(1), why: "blocker" }]);
  });

  test("what a person has waived is waited for no more", () => {
    const it = reviewed(merging("auto"));
    it.tell(observe({ issues: [issue(2, { updatedAt: 2, blockedBy: [blocker(1)] })] }));
    expect(types(see(it, 2))).toEqual(["MergePutOff"]);
    const waive = instruct(2, { verb: "unblock", number: 1, repository: null });
    it.tell({ ...waive, reference: blocker(1) } as typeof waive);
    expect(types(see(it, 2))).toEqual(["MergeRequested"]);
  });

  test("holds for the merges of attack mode too", () => {
    const quick = { labels: ["orchestrate", "quick-win"] };
    const it = reviewed(merging("person", { mode: "attack" }), [issue(1, quick), issue(2, quick)]);
    see(it, 1, { files: ["shared.ts"] });
    expect(types(see(it, 2, { files: ["shared.ts"] }))).toEqual(["MergePutOff"]);
  });
});

describe("merge: queue", () => {
  test("asks for a place in the queue, and says where it is", () => {
    const it = reviewed(merging("queue"));
    expect(see(it, 1)).toMatchObject([{ type: "MergeRequested", way: "queue" }]);
    expect([...it.state.outbox.entries()].map(([, { effect }]) => effect)).toContainEqual({
      ...mergeOf(1),
      way: "queue",
    });
    expect(why(it, 1)).toEqual([{ code: "merge_asked", detail: "Commit aaaaaaa was sent to the merge queue." }]);
  });

  test("what the queue takes out because it is red goes back to its agent, told, and is not sent there again", () => {
    const it = reviewed(merging("queue"));
    see(it, 1);
    settle(it, 1, { kind: "done" });
    it.now += 60_000;
    const left = { leftQueue: { at: it.now, why: "checks" } } as const;
    expect(see(it, 1, left)).toMatchObject([
      { type: "MergeReturned", task: taskId(1), pull: 21, sha: a, why: "checks" },
      {
        type: "RetryScheduled",
        reason: "checks_failed",
        detail: "The merge queue took pull request #21 out: its checks fail together with what is merged before it.",
      },
    ]);
    it.now += 60_000;
    it.tell({ type: "Tick" });
    it.tell(schedule());
    const fence = taskAt(it, 1).assignment?.fence ?? 0;
    it.tell(say(1, fence, report("succeeded", { pullUrl: pull(21).url, branch: "orchestrate/1-work" })));
    expect(see(it, 1, left)).toEqual([]);
    expect(why(it, 1)).toMatchObject([{ code: "merge_returned" }]);
    expect(see(it, 1, { ...left, sha: b })).toMatchObject([
      { type: "PullRequestChanged", pull: { sha: b } },
      { type: "MergeRequested", sha: b },
    ]);
    // What was awaited is there: nothing more is started for it while it is in the queue.
    it.now += 60 * 60_000;
    expect(types(it.tell({ type: "Tick" }))).not.toContain("RetryScheduled");
  });

  test("what it took out stays so, whatever is heard late of the request", () => {
    const it = reviewed(merging("queue"));
    see(it, 1);
    see(it, 1, { leftQueue: { at: it.now, why: "checks" } });
    settle(it, 1, { kind: "withdrawn" });
    expect(taskAt(it, 1).mergeAsked?.over).toBe("returned");
  });

  test("a conflict with what is before it is a conflict", () => {
    const it = reviewed(merging("queue"));
    see(it, 1);
    expect(see(it, 1, { leftQueue: { at: it.now, why: "conflict" } })).toMatchObject([
      { type: "MergeReturned", why: "conflict" },
      { type: "RetryScheduled", reason: "conflict" },
    ]);
  });

  test("what a person takes out is left to a person, once", () => {
    const it = reviewed(merging("queue"));
    see(it, 1);
    const left = { leftQueue: { at: it.now, why: "person" } } as const;
    expect(types(see(it, 1, left))).toEqual(["MergeReturned", "ManualReviewRequired"]);
    expect(see(it, 1, left)).toEqual([]);
    expect(it.status(1)).toBe("manual_review");
  });

  test("that it left the queue earlier, with another commit, says nothing of this one", () => {
    const it = reviewed(merging("queue"));
    it.now += 60_000;
    const left = { leftQueue: { at: it.now - 30_000, why: "checks" } } as const;
    expect(types(see(it, 1, left))).toEqual(["MergeRequested"]);
    expect(see(it, 1, left)).toEqual([]);
  });
});

test("what is done with the merge keeps no list of files", () => {
  const it = reviewed(merging("auto"));
  see(it, 1);
  expect(taskAt(it, 1).mergeAsked?.files).toEqual(["1.ts"]);
  merged(it, 1);
  expect(taskAt(it, 1).mergeAsked).toEqual({ pull: 21, sha: a, at: it.now });
});
