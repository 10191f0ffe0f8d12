/** Work that nobody wrote down: after so many merged tasks of a kind an issue is asked for, once, and trusted as the configuration is. */
import { describe, expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Config } from "../../src/model/config.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const pattern = { id: "deps", label: "deps", merged: 2, create: { title: "Update monorepo dependencies" } };
const config: Config = configOf({ patterns: [pattern] });
const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;

function withPatterns(): Story {
  const it = story(config);
  it.tell({ type: "Configure", sha: "sha-1", config, problems: [] });
  return it;
}

/** One more task of the kind is merged. */
function merge(it: Story, number: number, labels: readonly string[] = ["orchestrate", "deps"]): void {
  it.tell(observe({ issues: [issue(number, { labels })] }));
  it.tell(schedule());
  const fence = it.state.tasks.get(taskId(number))?.assignment?.fence ?? 0;
  it.tell(say(number, fence, report("succeeded", { pullUrl: pull(100 + number).url })));
  it.tell(observe({ pulls: [pull(100 + number, { state: "merged", mergedBy: writer, mergedAt: it.now })] }));
  expect(it.status(number)).toBe("completed");
}

function tick(it: Story): readonly string[] {
  return types(it.tell({ type: "Tick" }));
}

/** The issue was created under this number. */
function created(it: Story, number: number): void {
  const [id] = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "CreateIssue") ?? [];
  if (id === undefined) throw new Error("No issue was asked for.");
  it.tell({ type: "SettleEffects", settled: [{ effect: id, outcome: { kind: "created", number } }] });
}

function made(number: number, facts: Partial<IssueFacts> = {}): IssueFacts {
  return issue(number, {
    author: "orchestrate",
    selectedBy: { actor: bot, at: 1 },
    madeFor: { pattern: "deps", series: 1 },
    ...facts,
  });
}

describe("a pattern", () => {
  test("asks for its issue once after so many merged tasks with its label", () => {
    const it = withPatterns();
    merge(it, 1);
    merge(it, 2, ["orchestrate", "docs"]);
    expect(tick(it)).toEqual([]);
    merge(it, 3);
    expect(it.tell({ type: "Tick" })).toEqual([{ type: "PatternMatched", pattern: "deps", series: 1 }]);
    expect([...it.state.outbox.entries()].map(([, { effect }]) => effect)).toContainEqual({
      type: "CreateIssue",
      pattern: "deps",
      series: 1,
    });
    expect(tick(it)).toEqual([]);
  });

  test("does not count what was not merged", () => {
    const it = withPatterns();
    merge(it, 1);
    it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "deps"] })] }));
    it.tell(instruct(2, { verb: "complete" }));
    expect(tick(it)).toEqual([]);
  });

  test("asks for nothing while the issue of the series before is to be made or open, and counts on", () => {
    const it = withPatterns();
    for (const number of [1, 2]) merge(it, number);
    tick(it);
    for (const number of [3, 4]) merge(it, number);
    expect(tick(it)).toEqual([]);
    created(it, 40);
    it.tell(observe({ issues: [made(40)] }));
    expect(tick(it)).toEqual([]);
    it.tell(instruct(40, { verb: "complete" }));
    expect(it.tell({ type: "Tick" })).toEqual([{ type: "PatternMatched", pattern: "deps", series: 2 }]);
  });

  test("counts a task once whose merge was reverted and came again", () => {
    const it = withPatterns();
    merge(it, 1);
    const undo = { branch: "undo", author: writer, mergedBy: writer, mergedAt: it.now } as const;
    it.tell(observe({ pulls: [pull(200, { ...undo, state: "merged", reverts: [101] })] }));
    expect(it.status(1)).toBe("manual_review");
    expect(it.state.patterns.get("deps")?.merged).toBe(0);
    it.tell(instruct(1, { verb: "retry" }));
    it.tell(schedule());
    const fence = it.state.tasks.get(taskId(1))?.assignment?.fence ?? 0;
    it.tell(say(1, fence, report("succeeded", { pullUrl: pull(102).url })));
    it.tell(observe({ pulls: [pull(102, { state: "merged", mergedBy: writer, mergedAt: it.now })] }));
    expect([it.status(1), tick(it)]).toEqual(["completed", []]);
    merge(it, 3);
    expect(tick(it)).toEqual(["PatternMatched"]);
  });

  test("is not below nothing when a merge is reverted that an earlier series was asked for with", () => {
    const it = withPatterns();
    for (const number of [1, 2]) merge(it, number);
    tick(it);
    const undo = { branch: "undo", author: writer, mergedBy: writer, mergedAt: it.now } as const;
    it.tell(observe({ pulls: [pull(200, { ...undo, state: "merged", reverts: [101] })] }));
    expect(it.state.patterns.get("deps")).toEqual({ merged: 0, series: 1 });
  });

  test("remembers its count and its issue over a snapshot", () => {
    const it = withPatterns();
    for (const number of [1, 2]) merge(it, number);
    tick(it);
    created(it, 40);
    merge(it, 3);
    const reloaded = fromSnapshot(toSnapshot(it.state));
    expect(reloaded.patterns.get("deps")).toEqual({ merged: 1, series: 1, issue: 40 });
  });

  test("asks for nothing while everything is paused", () => {
    const it = withPatterns();
    for (const number of [1, 2]) merge(it, number);
    it.tell(instruct(1, { verb: "pause" }));
    expect(tick(it)).toEqual([]);
    it.tell(instruct(1, { verb: "resume", number: null }));
    expect(tick(it)).toEqual(["PatternMatched"]);
  });
});

describe("the issue of a pattern", () => {
  function asked(): Story {
    const it = withPatterns();
    for (const number of [1, 2]) merge(it, number);
    tick(it);
    created(it, 40);
    return it;
  }

  test("may be worked on at once: its words are the configuration's", () => {
    const it = asked();
    expect(it.tell(observe({ issues: [made(40)] }))).toContainEqual({
      type: "TaskTrusted",
      task: taskId(40),
      by: "pattern deps",
      hash: "hash-40",
    });
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test.each<[string, Partial<IssueFacts>]>([
    ["that was never asked for", { madeFor: { pattern: "deps", series: 2 } }],
    ["of a pattern that there is not", { madeFor: { pattern: "other", series: 1 } }],
    ["that is not ours, or was edited", { madeFor: null }],
    ["that somebody else selected", { selectedBy: { actor: stranger, at: 1 } }],
    ["that another bot selected", { selectedBy: { actor: { ...bot, login: "evil[bot]" }, at: 1 } }],
    [
      "that a user of our name selected",
      { selectedBy: { actor: { ...bot, login: "orchestrate", kind: "user" }, at: 1 } },
    ],
    ["that was edited after it was selected", { editedBy: stranger, editedAt: 2 }],
  ])("waits for approval where it is one %s", (_what, facts) => {
    const it = asked();
    it.tell(observe({ issues: [made(40, facts)] }));
    expect(it.status(40)).toBe("pending");
  });
});
