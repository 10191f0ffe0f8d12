import { describe, expect, test } from "vitest";
import { isMergeWanted } from "../../src/core/decide-merge.ts";
import type { Effect } from "../../src/model/effect.ts";
import { blocker, issue, pull, report, stranger, taskId } from "../support/build.ts";
import { instruct, observe, schedule, say, taskAt, types, type Story } from "../support/given.ts";
import { a, b, mergeOf, merged, merging, reviewed, see, settle, why } from "./merge-story.ts";

const hour = 60 * 60_000;
const behind = { isBehind: true } as const;
/** The new commit, of which the checks still run. */
const updated = { sha: b, checks: "pending", requiredChecks: "pending" } as const;

function updateOf(number: number, sha = a): Effect & { readonly type: "UpdateBranch" } {
  return { type: "UpdateBranch", task: taskId(number), pull: 20 + number, sha };
}

function effects(it: Story): readonly Effect[] {
  return [...it.state.outbox.entries()].map(([, { effect }]) => effect);
}

describe("a pull request that is green and behind its base", () => {
  test("has its branch brought up to date, once, and is merged when the new commit is green", () => {
    const it = reviewed(merging("auto"));
    const files = ["1.ts"];
    expect(see(it, 1, behind)).toEqual([{ type: "BranchUpdateRequested", task: taskId(1), pull: 21, sha: a, files }]);
    expect(effects(it)).toContainEqual(updateOf(1));
    expect(effects(it)).not.toContainEqual(mergeOf(1));
    expect(see(it, 1, behind)).toEqual([]);
    settle(it, 1, { kind: "done" });
    // GitHub takes a moment: the old head is looked at once more.
    expect(see(it, 1, behind)).toEqual([]);
    expect(see(it, 1, updated)).toEqual([]);
    expect(see(it, 1, { sha: b })).toEqual([{ type: "MergeRequested", task: taskId(1), pull: 21, sha: b, files }]);
  });

  test("says so, until it is merged", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    expect(why(it, 1)).toEqual([
      {
        code: "merge_updating",
        detail:
          "Commit aaaaaaa is behind the default branch: its branch is brought up to date with the default branch, and merged once the checks of the new commit are green.",
      },
    ]);
    expect(effects(it)).toContainEqual({ type: "UpdateIssue", task: taskId(1) });
    see(it, 1, { sha: b });
    expect(why(it, 1)).toEqual([{ code: "merge_asked", detail: "GitHub was asked to merge commit bbbbbbb." }]);
  });

  test("is no news of its agent's, nor a person's: the new commit changes nothing of what is known of the task", () => {
    const it = reviewed(merging("auto"), [issue(1)]);
    see(it, 1, behind);
    settle(it, 1, { kind: "done" });
    const known = structuredClone(taskAt(it, 1));
    expect(see(it, 1, updated)).toEqual([]);
    expect(taskAt(it, 1)).toEqual(known);
    expect(it.status(1)).toBe("review");
  });

  test("goes back to its agent when it is red together with its base, and gives up its turn", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    settle(it, 1, { kind: "done" });
    expect(types(see(it, 2, behind))).toEqual(["MergePutOff"]);
    const red = { sha: b, checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] } as const;
    expect(types(see(it, 1, red))).toEqual(["PullRequestChanged", "RetryScheduled"]);
    expect(types(see(it, 2, behind))).toEqual(["BranchUpdateRequested"]);
  });

  test("whose base moves again meanwhile is brought up to date again, and keeps its turn", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    settle(it, 1, { kind: "done" });
    see(it, 2, behind);
    expect(see(it, 1, { sha: b, ...behind })).toMatchObject([{ type: "BranchUpdateRequested", sha: b }]);
    expect(see(it, 2, behind)).toEqual([]);
  });

  test("waits while its agent has still to bring a commit, and while it is red, a draft or objected to", () => {
    const it = reviewed(merging("auto"), [issue(1)]);
    see(it, 1, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    it.now += hour;
    it.tell({ type: "Tick" });
    it.tell(schedule());
    const fence = taskAt(it, 1).assignment?.fence ?? 0;
    it.tell(say(1, fence, report("succeeded", { pullUrl: pull(21).url, branch: "orchestrate/1-work" })));
    // The same commit, green after another run of its checks.
    expect(types(see(it, 1, behind))).not.toContain("BranchUpdateRequested");
    expect(types(see(it, 1, { ...behind, sha: b, isDraft: true }))).not.toContain("BranchUpdateRequested");
    expect(types(see(it, 1, { ...behind, sha: b }))).toContain("BranchUpdateRequested");
  });

  test("waits for a review that GitHub demands: the update would be for nothing", () => {
    const it = reviewed(merging("auto"));
    expect(see(it, 1, { ...behind, isUnreviewed: true })).toEqual([]);
    expect(types(see(it, 1, { ...behind, isUnreviewed: false }))).toEqual(["BranchUpdateRequested"]);
  });

  test("is left alone where people merge, and where a merge queue brings it up to date by itself", () => {
    expect(see(reviewed(merging("person")), 1, behind)).toEqual([]);
    const queue = reviewed(merging("queue"));
    expect(see(queue, 1, { ...behind, hasQueue: true })).toMatchObject([{ type: "MergeRequested", way: "queue" }]);
    // Where `queue` merges at once, because there is none.
    expect(types(see(reviewed(merging("queue")), 1, behind))).toEqual(["BranchUpdateRequested"]);
  });

  test("is updated by the rules of attack mode too", () => {
    const quick = { labels: ["orchestrate", "quick-win"] };
    const it = reviewed(merging("person", { mode: "attack" }), [issue(1, quick), issue(2)]);
    expect(types(see(it, 1, behind))).toEqual(["BranchUpdateRequested"]);
    expect(see(it, 2, behind)).toEqual([]);
  });

  test("is merged as it is when nothing demands the update any more", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    expect(see(it, 1)).toMatchObject([{ type: "MergeRequested", sha: a }]);
    expect(isMergeWanted(it.state, updateOf(1), it.config)).toBe(false);
    expect(isMergeWanted(it.state, mergeOf(1), it.config)).toBe(true);
    // What is heard late of the update says nothing of the merge.
    const [id] = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "UpdateBranch") ?? [];
    if (id === undefined) throw new Error("There is no update in the outbox.");
    it.tell({ type: "SettleEffects", settled: [{ effect: id, outcome: { kind: "withdrawn" } }] });
    expect(taskAt(it, 1).mergeAsked?.over).toBeUndefined();
  });

  test("is not ours when somebody without write merges the commit that we only asked to update", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    expect(types(merged(it, 1, { mergedBy: stranger }))).toContain("ManualReviewRequired");
  });
});

describe("an update that is about to be done", () => {
  test("is withdrawn after a hold, another commit or another configuration, and asked for again", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    expect(isMergeWanted(it.state, updateOf(1), it.config)).toBe(true);
    expect(isMergeWanted(it.state, mergeOf(1), it.config)).toBe(false);
    expect(isMergeWanted(it.state, updateOf(1, b), it.config)).toBe(false);
    expect(isMergeWanted(it.state, updateOf(1), merging("person"))).toBe(false);
    it.tell(instruct(1, { verb: "hold" }));
    expect(isMergeWanted(it.state, updateOf(1), it.config)).toBe(false);
    settle(it, 1, { kind: "withdrawn" });
    it.tell(instruct(1, { verb: "resume", number: 1 }));
    expect(types(see(it, 1, behind))).toEqual(["BranchUpdateRequested"]);
  });

  test("and is refused is told once, and left to a person; the commit that a person makes of it is merged", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    const reason = "Resource not accessible by integration";
    expect(settle(it, 1, { kind: "dropped", reason })).toMatchObject([
      { type: "EffectDropped" },
      { type: "TaskEscalated", task: taskId(1), reason },
    ]);
    expect(see(it, 1, behind)).toEqual([]);
    expect(why(it, 1)).toEqual([
      { code: "merge_behind", detail: "Commit aaaaaaa is behind the default branch, and was not brought up to date." },
    ]);
    expect(types(see(it, 2, behind))).toEqual(["BranchUpdateRequested"]);
    settle(it, 2, { kind: "dropped", reason });
    expect(types(see(it, 1, { sha: b }))).toEqual(["MergeRequested"]);
  });
});

describe("an update that GitHub has taken on", () => {
  test("and does not do is given up after some minutes: a person is told once, and the others go on", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    see(it, 2, behind);
    it.now += hour;
    // It could not be asked for as long: an outage says nothing of the branch.
    expect(see(it, 1, behind)).toEqual([]);
    settle(it, 1, { kind: "done" });
    expect(see(it, 1, behind)).toMatchObject([
      { type: "BranchUpdateFailed", task: taskId(1), pull: 21, sha: a },
      { type: "TaskEscalated", reason: expect.stringContaining("Update the branch yourself.") as unknown },
    ]);
    expect(see(it, 1, behind)).toEqual([]);
    expect(why(it, 1)).toMatchObject([{ code: "merge_behind" }]);
    expect(types(see(it, 2, behind))).toEqual(["BranchUpdateRequested"]);
  });

  test("is not taken for lost when another commit is in a queue: nobody is told to update what was updated", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    settle(it, 1, { kind: "done" });
    it.now += hour;
    expect(see(it, 1, { sha: b, isInQueue: true })).toEqual([]);
    expect(see(it, 1, { ...behind, isInQueue: true })).toEqual([]);
    expect(see(it, 1, { sha: b, ...behind })).toMatchObject([{ type: "BranchUpdateRequested", sha: b }]);
  });

  test("is not taken for lost while the checks of the new commit run, however long", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    settle(it, 1, { kind: "done" });
    it.now += hour;
    expect(see(it, 1, updated)).toEqual([]);
    expect(types(see(it, 1, { sha: b }))).toEqual(["MergeRequested"]);
  });
});

describe("of several pull requests that are behind", () => {
  test("one is brought up to date at a time, and the others say for what they wait", () => {
    const it = reviewed(merging("auto"), [issue(1), issue(2), issue(3)]);
    see(it, 1, behind);
    expect(see(it, 2, behind)).toEqual([
      { type: "MergePutOff", task: taskId(2), pull: 22, on: taskId(1), why: "turn", file: null },
    ]);
    expect(types(see(it, 3, behind))).toEqual(["MergePutOff"]);
    expect(why(it, 2)).toMatchObject([{ code: "merge_turn" }]);
    settle(it, 1, { kind: "done" });
    see(it, 1, { sha: b });
    expect(see(it, 2, behind)).toEqual([]);
    merged(it, 1, { sha: b });
    expect(why(it, 2)).toMatchObject([{ code: "merge_when_green" }]);
    expect(types(see(it, 2, behind))).toEqual(["BranchUpdateRequested"]);
    expect(see(it, 3, behind)).toMatchObject([{ type: "MergePutOff", on: taskId(2), why: "turn" }]);
  });

  test("none is brought up to date while any merge is on its way, which would put it behind again", () => {
    const it = reviewed(merging("auto"));
    see(it, 1);
    expect(see(it, 2, behind)).toMatchObject([{ type: "MergePutOff", on: taskId(1), why: "turn" }]);
  });

  test("nothing else is merged while the checks of the updated one run, which would put that behind", () => {
    const it = reviewed(merging("auto"));
    see(it, 1, behind);
    expect(see(it, 2)).toMatchObject([{ type: "MergePutOff", on: taskId(1), why: "turn" }]);
  });

  test("the one that others depend on goes first", () => {
    const it = reviewed(merging("auto"));
    it.tell(observe({ issues: [issue(2, { updatedAt: 2, blockedBy: [blocker(1)] })] }));
    expect(see(it, 2, behind)).toMatchObject([{ type: "MergePutOff", on: taskId(1), why: "blocker" }]);
    expect(types(see(it, 1, behind))).toEqual(["BranchUpdateRequested"]);
  });

  test("those that wait for long are no matter for a person while merges go on, and are where the one before hangs", () => {
    const it = reviewed(merging("auto"), [issue(1), issue(2), issue(3)]);
    see(it, 1, behind);
    see(it, 3, behind);
    it.now += 1.5 * hour;
    see(it, 1, { sha: b });
    merged(it, 1, { sha: b });
    see(it, 2, behind);
    it.now += hour;
    expect(see(it, 3, behind)).toMatchObject([{ type: "MergePutOff", on: taskId(2) }]);
    expect(types(it.tell({ type: "Tick" }))).not.toContain("TaskEscalated");
    it.now += 2 * hour;
    expect(types(it.tell({ type: "Tick" }))).toContain("TaskEscalated");
  });

  test("one that is put on hold, or whose checks hang for hours, keeps no other waiting", () => {
    const held = reviewed(merging("auto"));
    see(held, 1, behind);
    held.tell(instruct(1, { verb: "hold" }));
    expect(types(see(held, 2, behind))).toEqual(["BranchUpdateRequested"]);
    const hung = reviewed(merging("auto"));
    see(hung, 1, behind);
    settle(hung, 1, { kind: "done" });
    expect(types(see(hung, 2))).toEqual(["MergePutOff"]);
    hung.now += 2 * hour;
    expect(why(hung, 2)).toMatchObject([{ code: "merge_when_green" }]);
    expect(types(see(hung, 2))).toEqual(["MergeRequested"]);
  });
});
