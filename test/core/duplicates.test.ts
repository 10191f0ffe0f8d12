/** Two open issues that say the same: one goes on, the other is held until somebody says what is meant, or the first one ends. */
import { expect, test } from "vitest";
import { findConflicts } from "../../src/core/conflicts.ts";
import { decide } from "../../src/core/decide.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import type { Command } from "../../src/model/command.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, configOf, issue, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const same = { title: "Fix the login", hash: "same" };
const found = { type: "DuplicateFound", task: taskId(2), of: taskId(1) };
const lifted = { type: "DuplicateLifted", task: taskId(2) };

function given(config: Record<string, unknown> = {}, ...facts: readonly Partial<IssueFacts>[]): Story {
  const it = story(configOf(config));
  const all = facts.length === 0 ? [same, same] : facts;
  it.tell(observe({ issues: all.map((each, index) => issue(index + 1, each)) }));
  return it;
}

function statuses(it: Story, count = 2): readonly unknown[] {
  return Array.from({ length: count }, (_, index) => it.status(index + 1));
}

function conflictsIn(it: Story) {
  return findConflicts(it.state, { now: it.now, config: it.config });
}

test("the younger of two is held and says of which it looks like the same, and never both", () => {
  const it = given();
  expect(it.entries.at(-1)?.events.at(-1)).toEqual(found);
  expect(statuses(it)).toEqual(["ready", "pending"]);
  expect(waitingReasons(it.state, taskAt(it, 2), { now: it.now, config: it.config })).toEqual([
    { code: "duplicate", detail: "It says the same as #1." },
  ]);
  expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
});

test("another text with the same title is another task, unless titles are what is compared", () => {
  const two = [{ title: "Fix the login" }, { title: "Fix the logout" }, { title: " fix: the  LOGIN!" }];
  expect(statuses(given({}, ...two), 3)).toEqual(["ready", "ready", "ready"]);
  expect(statuses(given({ ready: { duplicates: "title" } }, ...two), 3)).toEqual(["ready", "ready", "pending"]);
});

test("nothing is held where duplicates are allowed", () => {
  expect(statuses(given({ ready: { duplicates: "allow" } }))).toEqual(["ready", "ready"]);
});

test("the second goes on by itself when the first has ended, in whatever way", () => {
  for (const instruction of [
    { verb: "complete" } as const,
    { verb: "cancel" } as const,
    { verb: "fail", reason: "no" } as const,
  ]) {
    const it = given();
    expect(it.tell(instruct(1, instruction))).toContainEqual(lifted);
    expect(it.status(2)).toBe("ready");
  }
});

test("the second goes on when the first is deselected, deleted or says something else", () => {
  const deselected = given();
  expect(deselected.tell(observe({ issues: [issue(1, { ...same, selectedBy: null, updatedAt: 2 })] }))).toContainEqual(
    lifted,
  );
  const gone = given();
  expect(gone.tell(observe({ gone: [{ id: taskId(1), reason: "deleted" }] }))).toContainEqual(lifted);
  const edited = given();
  const other = { title: "Other", hash: "other", updatedAt: 2, editedBy: writer, editedAt: 9 };
  expect(edited.tell(observe({ issues: [issue(1, other)] }))).toContainEqual(lifted);
  expect(statuses(edited)).toEqual(["ready", "ready"]);
});

test("of three the next one goes on when the first has ended, and the third is held for that one", () => {
  const it = given({}, same, same, same);
  expect(statuses(it, 3)).toEqual(["ready", "pending", "pending"]);
  const events = it.tell(instruct(1, { verb: "complete" }));
  expect(events.filter(({ type }) => type.startsWith("Duplicate"))).toEqual([
    lifted,
    { type: "DuplicateFound", task: taskId(3), of: taskId(2) },
  ]);
});

test("what has begun goes on, also when an older issue turns up that says the same", () => {
  const it = story(configOf());
  it.tell(observe({ issues: [issue(2, same)] }));
  it.tell(schedule());
  it.tell(observe({ issues: [issue(1, same)] }));
  expect(statuses(it)).toEqual(["pending", "assigned"]);
});

test("an issue that nobody has allowed holds back none that somebody has", () => {
  const it = given({}, { ...same, selectedBy: { actor: stranger, at: 1 } }, same);
  expect(statuses(it)).toEqual(["pending", "ready"]);
  expect(taskAt(it, 1).duplicateOf).toBe(taskId(2));
});

test("a person who approves it means both: neither holds the other from then on, and a third copy is held again", () => {
  const it = given();
  const [approved] = it.tell(instruct(2, { verb: "approve" }));
  expect(approved).toMatchObject({ type: "TaskTrusted", isWaiver: true });
  expect(statuses(it)).toEqual(["ready", "ready"]);
  it.tell(observe({ issues: [issue(3, same)] }));
  expect(statuses(it, 3)).toEqual(["ready", "ready", "pending"]);
});

test("one that waits for the other is meant", () => {
  const it = given({}, same, { ...same, blockedBy: [blocker(1)] });
  expect(statuses(it)).toEqual(["ready", "blocked"]);
});

test("an issue that stands for its sub-issues holds none of them", () => {
  const it = given({}, { ...same, children: [blocker(2, { source: "sub_issue" })] }, same);
  expect(statuses(it)).toEqual(["blocked", "ready"]);
});

test("one that ended and is opened again while the other is at work is held in its turn", () => {
  const it = given();
  it.tell(instruct(1, { verb: "cancel" }));
  it.tell(schedule());
  it.tell(instruct(1, { verb: "retry" }));
  expect(statuses(it)).toEqual(["pending", "assigned"]);
});

test("another configuration lifts what it allows, and finds what it does not", () => {
  const it = given();
  const accept = (sha: string, duplicates: string) => {
    const config = configOf({ ready: { duplicates } });
    const events = it.tell({ type: "Configure", sha, config, problems: [] });
    it.config = config;
    return events;
  };
  expect(accept("one", "allow")).toContainEqual(lifted);
  expect(accept("two", "title")).toContainEqual(found);
  expect(types(accept("three", "text"))).not.toContain("DuplicateLifted");
});

test("it is a conflict as long as it lasts, and is resolved by letting it wait for the other", () => {
  const it = given();
  expect(conflictsIn(it)).toEqual([
    {
      id: `duplicate:${taskId(2)}`,
      kind: "duplicate",
      task: taskId(2),
      with: [taskId(1)],
      files: [],
      since: null,
      detail:
        "It says the same as #1, which goes on; it is held until one of them is closed or it is approved as well.",
      resolutions: ["queue", "escalate"],
    },
  ]);
  const resolve = { type: "ResolveConflict", task: taskId(2), kind: "duplicate", by: "http:wanda" } as const;
  const ask = { ...resolve, target: null, after: null, reason: null };
  expect(it.tell({ ...ask, resolution: "reassign" })).toEqual([]);
  expect(types(it.tell({ ...ask, resolution: "queue" }))).toEqual([
    "ConflictResolved",
    "DependenciesChanged",
    "DuplicateLifted",
  ]);
  expect(statuses(it)).toEqual(["ready", "blocked"]);
  expect(conflictsIn(it)).toEqual([]);
  it.tell(instruct(1, { verb: "complete" }));
  expect(it.status(2)).toBe("ready");
});

test("a process that has read a snapshot decides the same as one that has folded the log", () => {
  const it = given();
  const lines = toSnapshot(it.state);
  const read = fromSnapshot(lines);
  expect(toSnapshot(read)).toEqual(lines);
  const command = { ...instruct(1, { verb: "complete" }), id: toCommandId("~same") } as Command;
  const context = { now: it.now, config: it.config };
  const events = decide(read, command, context);
  expect(events).toContainEqual(lifted);
  expect(events).toEqual(decide(it.state, command, context));
});
