import { describe, expect, test } from "vitest";
import { isMergeWanted, isReviewRelaxed } from "../../src/core/decide-merge.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event } from "../../src/model/event.ts";
import { toCommandId, type EffectId } from "../../src/model/ids.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import { configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const on = instruct(1, { verb: "attack", to: "on" });
const off = instruct(1, { verb: "attack", to: "off" });
const sha = "a".repeat(40);
const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;

/** Issue 1 with a session that has ended well and left pull request #20, which nobody has looked at yet. */
function reviewed(how: { readonly labels?: readonly string[]; readonly config?: Record<string, unknown> } = {}): Story {
  const it = story(configOf(how.config));
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...(how.labels ?? ["quick-win"])] })] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  it.tell(say(1, 1, report("succeeded", { pullUrl: pull(20).url, branch: "orchestrate/1-work" })));
  return it;
}

function see(it: Story, facts: Partial<PullFacts> = {}): readonly Event[] {
  return it.tell(observe({ pulls: [pull(20, facts)] }));
}

const merge = { type: "MergeRequested", task: taskId(1), pull: 20, sha };

describe("in attack mode the green pull request of a task labelled quick-win", () => {
  test("is merged without a person, by one effect, asked for once", () => {
    const it = reviewed();
    it.tell(on);
    expect(see(it)).toEqual([merge]);
    expect([...it.state.outbox.entries()].map(([, each]) => each.effect)).toContainEqual({
      type: "MergePull",
      task: taskId(1),
      pull: 20,
      sha,
    });
    expect(see(it)).toEqual([]);
  });

  test("is the receipt when it was merged in the App's own name, which has no permission of its own", () => {
    const it = reviewed();
    it.tell(on);
    see(it);
    const events = see(it, { state: "merged", mergedBy: bot, mergedAt: it.now });
    expect(events).toMatchObject([
      { type: "PullRequestChanged" },
      { type: "TaskCompleted", receipt: { kind: "merge", by: "orchestrate[bot]", warning: null } },
    ]);
  });

  test("is merged again on a newer commit, and a commit that nobody asked for is no receipt", () => {
    const it = reviewed();
    it.tell(on);
    see(it);
    const newer = "b".repeat(40);
    expect(see(it, { sha: newer })).toMatchObject([{ type: "MergeRequested", sha: newer }]);
    const other = see(it, { sha: "c".repeat(40), state: "merged", mergedBy: bot, mergedAt: it.now });
    expect(types(other)).toContain("ManualReviewRequired");
  });

  const held = instruct(1, { verb: "hold" });
  test.each<[string, Partial<PullFacts>]>([
    ["while a required check is red", { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] }],
    ["while a required check has not reported", { checks: "pending", requiredChecks: "pending" }],
    [
      "while any check is red where none is required",
      { checks: "failure", requiredChecks: "none", failedChecks: ["ci"] },
    ],
    ["while any check runs where none is required", { checks: "pending", requiredChecks: "none" }],
    ["as a draft", { isDraft: true }],
    ["when somebody asks for changes", { isObjectedTo: true }],
    ["in conflict with its base", { mergeable: "conflict" }],
    ["before GitHub knows whether it can be merged", { mergeable: "unknown" }],
    ["into another branch than the default one", { baseIsDefault: false }],
  ])("is not merged %s", (_, facts) => {
    const it = reviewed();
    it.tell(on);
    expect(types(see(it, facts))).not.toContain("MergeRequested");
  });

  test("counts as green without any check only once checks had time to appear", () => {
    const it = reviewed();
    it.tell(on);
    const facts = { checks: "none", requiredChecks: "none", updatedAt: it.now } as const;
    expect(see(it, facts)).toEqual([]);
    it.now += 5 * minute;
    expect(types(see(it, facts))).toEqual(["MergeRequested"]);
  });

  test("is not merged while the task is on hold, everything is paused, or its session still runs", () => {
    const onHold = reviewed();
    onHold.tell(on);
    onHold.tell(held);
    expect(see(onHold)).toEqual([]);
    const paused = reviewed();
    paused.tell(on);
    paused.tell(instruct(1, { verb: "pause" }));
    expect(see(paused)).toEqual([]);
    const running = story();
    running.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "quick-win"] })] }));
    running.tell(on);
    running.tell(schedule());
    running.tell(say(1, 1, report("running")));
    expect(types(see(running))).not.toContain("MergeRequested");
  });

  test("is not merged after an edit by somebody who may not start work", () => {
    const it = reviewed();
    it.tell(on);
    const edit = { updatedAt: 2, hash: "other", editedBy: stranger, editedAt: 2, labels: ["orchestrate", "quick-win"] };
    it.tell(observe({ issues: [issue(1, edit)] }));
    expect(see(it)).toEqual([]);
  });
});

describe("a review is not relaxed", () => {
  test("without the label, however small the task is", () => {
    const it = reviewed({ labels: ["estimate:5m"] });
    it.tell(on);
    expect(see(it)).toEqual([]);
  });

  test("by a label on the issue alone: only the mode of the repository counts", () => {
    const it = reviewed({ labels: ["quick-win", "mode:attack"] });
    expect(see(it)).toEqual([]);
    expect(isReviewRelaxed(it.state, taskAt(it, 1), it.config)).toBe(false);
  });

  test("any more once attack mode has ended, for what was asked before neither; and is again with the next one", () => {
    const it = reviewed();
    it.tell(on);
    see(it);
    const effect: Effect & { type: "MergePull" } = { type: "MergePull", task: taskId(1), pull: 20, sha };
    expect(isMergeWanted(it.state, effect, it.config)).toBe(true);
    it.tell(off);
    expect(isMergeWanted(it.state, effect, it.config)).toBe(false);
    expect(see(it)).toEqual([]);
    it.now += minute;
    it.tell(on);
    expect(see(it)).toEqual([merge]);
  });

  test("for a merge that was asked for when a check has turned red since", () => {
    const it = reviewed();
    it.tell(on);
    see(it);
    see(it, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    const effect: Effect & { type: "MergePull" } = { type: "MergePull", task: taskId(1), pull: 20, sha };
    expect(isMergeWanted(it.state, effect, it.config)).toBe(false);
  });

  test("where a task is done when its checks are green: there is nothing left to merge for", () => {
    const it = reviewed({ config: { done: "checks" } });
    it.tell(on);
    expect(types(see(it))).toEqual(["TaskCompleted"]);
  });
});

test("a merge that GitHub refuses is given up with the reason, and a person is told once", () => {
  const it = reviewed();
  it.tell(on);
  see(it);
  const effect = [...it.state.outbox.entries()].find(([, each]) => each.effect.type === "MergePull")?.[0] as EffectId;
  const outcome = { kind: "dropped", reason: "At least 1 approving review is required." } as const;
  const events = it.tell({ type: "SettleEffects", settled: [{ effect, outcome }] }, toCommandId("~settle"));
  expect(events).toEqual([
    { type: "EffectDropped", effect, reason: outcome.reason },
    { type: "TaskEscalated", task: taskId(1), reason: outcome.reason },
  ]);
  expect(see(it)).toEqual([]);
  expect(types(see(it, { state: "merged", mergedBy: writer, mergedAt: it.now }))).toContain("TaskCompleted");
});
