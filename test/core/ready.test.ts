/** The definition of ready: what says too little is not started, says why, and goes on when somebody edits it or says that it may. */
import { expect, test } from "vitest";
import { waitingReasons } from "../../src/core/waiting.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { EffectId } from "../../src/model/ids.ts";
import type { TextFacts } from "../../src/model/issue-text.ts";
import { configOf, issue, pull, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const ready = { criteria: true };
const bare: TextFacts = { hasGoal: false, criteria: 0, characters: 6 };
const full: TextFacts = { hasGoal: false, criteria: 2, characters: 60 };
const sentence =
  "It does not meet the definition of ready: it lacks acceptance criteria (a list below that heading, or a checklist).";

function given(facts: Partial<Parameters<typeof issue>[1]> = {}, config: Record<string, unknown> = { ready }): Story {
  const it = story(configOf(config));
  it.tell(observe({ issues: [issue(1, { text: bare, ...facts })] }));
  return it;
}

function reasonsOf(it: Story): readonly unknown[] {
  return waitingReasons(it.state, taskAt(it, 1), { now: it.now, config: it.config });
}

test("an issue without criteria is pending and not started, and says what it lacks", () => {
  const it = given();
  expect(it.status(1)).toBe("pending");
  expect(reasonsOf(it)).toEqual([{ code: "not_ready", detail: sentence }]);
  expect(it.tell(schedule())).toEqual([]);
});

test("without a definition of ready nothing is asked of it", () => {
  const it = given({}, {});
  expect(it.status(1)).toBe("ready");
  expect(taskAt(it, 1).definition.lacks).toEqual([]);
});

test("it goes on by itself when the text is edited by somebody who may", () => {
  const it = given();
  const edited = issue(1, { text: full, hash: "fuller", updatedAt: 2, editedBy: writer, editedAt: 50 });
  expect(types(it.tell(observe({ issues: [edited] })))).toEqual(["TaskRevised", "TaskTrusted"]);
  expect(it.status(1)).toBe("ready");
  expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
});

test("an edit by a stranger that adds them asks for approval of the text as ever", () => {
  const it = given();
  it.tell(observe({ issues: [issue(1, { text: full, hash: "x", updatedAt: 2, editedBy: stranger, editedAt: 50 })] }));
  expect(it.status(1)).toBe("pending");
  expect(reasonsOf(it)).toMatchObject([{ code: "needs_approval" }]);
});

test("a person who approves it lets this very text be worked on, and another one is judged again", () => {
  const it = given();
  const approved = it.tell(instruct(1, { verb: "approve" }));
  expect(approved[0]).toEqual({ type: "TaskTrusted", task: taskId(1), by: "wanda", hash: "hash-1", isWaiver: true });
  expect(it.status(1)).toBe("ready");
  it.tell(observe({ issues: [issue(1, { text: bare, updatedAt: 2 })] }));
  expect(it.status(1)).toBe("ready");
  it.tell(observe({ issues: [issue(1, { text: bare, hash: "other", updatedAt: 3, editedBy: writer, editedAt: 50 })] }));
  expect(it.status(1)).toBe("pending");
});

test("one approval is enough for a text that is not trusted and lacks something", () => {
  const it = given({ selectedBy: { actor: stranger, at: 1 } });
  expect(reasonsOf(it)).toMatchObject([{ code: "needs_approval" }, { code: "not_ready" }]);
  it.tell(instruct(1, { verb: "approve" }));
  expect(it.status(1)).toBe("ready");
});

test("an approval of it that is taken back makes it pending again", () => {
  const it = given();
  it.tell(instruct(1, { verb: "approve" }), "approve");
  it.tell(instruct(1, { verb: "undo" }), "undo");
  expect(it.status(1)).toBe("pending");
  it.tell(instruct(1, { verb: "approve" }), "again");
  expect(it.status(1)).toBe("ready");
});

test("whoever gives it to an agent in person has seen it as it is", () => {
  const it = given();
  it.tell(instruct(1, { verb: "assign", target: "jules" }));
  expect(it.status(1)).toBe("ready");
});

test("a missing estimate is made up for by a label as by a command, and is missing again when that is taken back", () => {
  const it = given({ text: full }, { ready: { estimate: true } });
  expect(it.status(1)).toBe("pending");
  it.tell(instruct(1, { verb: "estimate", minutes: 30 }), "estimate");
  expect(it.status(1)).toBe("ready");
  it.tell(instruct(1, { verb: "undo" }), "undo");
  expect(it.status(1)).toBe("pending");
  it.tell(observe({ issues: [issue(1, { text: full, updatedAt: 2, labels: ["orchestrate", "estimate:30m"] })] }));
  expect(it.status(1)).toBe("ready");
});

test("a definition of ready that is taken out of the configuration holds back nothing that is read again", () => {
  const it = given();
  it.config = configOf();
  it.tell(observe({ issues: [issue(1, { text: bare, updatedAt: 2 })] }));
  expect(it.status(1)).toBe("ready");
});

test("what runs already goes on, and only its next attempt is held", () => {
  const it = given({}, {});
  it.tell(schedule());
  it.config = configOf({ ready });
  it.tell(observe({ issues: [issue(1, { text: bare, updatedAt: 2 })] }));
  expect(it.status(1)).toBe("assigned");
  expect(reasonsOf(it)).toEqual([]);
});

test("a task that is done without criteria is done, with a warning that nothing says against what", () => {
  const it = given();
  it.tell(instruct(1, { verb: "complete" }));
  expect(it.status(1)).toBe("completed");
  expect(taskAt(it, 1).receipt?.warning).toMatch(/names no acceptance criteria/);
  const other = given({ text: full });
  other.tell(instruct(1, { verb: "complete" }));
  expect(taskAt(other, 1).receipt?.warning).toBeNull();
});

test("the warning stands beside that of a merge that was red", () => {
  const it = given();
  it.tell(instruct(1, { verb: "approve" }));
  it.tell(schedule());
  const merged = pull(9, {
    closes: [taskId(1)],
    state: "merged",
    mergedBy: writer,
    mergedAt: 5,
    requiredChecks: "failure",
  });
  it.tell(
    observe({ issues: [issue(1, { text: bare, updatedAt: 2 })], pulls: [{ ...merged, branch: "orchestrate/1-work" }] }),
  );
  expect(taskAt(it, 1).receipt?.warning).toMatch(/checks.*names no acceptance criteria/);
});

test("a snapshot keeps what was approved, and one of an older version knows of nothing that is missing", () => {
  const it = given();
  it.tell(instruct(1, { verb: "approve" }));
  const lines = toSnapshot(it.state);
  expect(toSnapshot(fromSnapshot(lines))).toEqual(lines);
  const older = lines.map((line) => line.replace(',"waived":"hash-1"', "").replace(',"lacks":["criteria"]', ""));
  expect(older).not.toEqual(lines);
  expect(fromSnapshot(older).ready.has(taskId(1))).toBe(true);
});

test("the issue is written to when it lacks something, and again when it no longer does", () => {
  const it = given();
  const effects = () => it.entries.at(-1)?.effects.map(({ effect }) => effect.type) ?? [];
  expect(effects()).toContain("UpdateIssue");
  const [update] = [...it.state.outbox.entries()].filter(([, { effect }]) => effect.type === "UpdateIssue");
  const surface = { comment: "IC_9", digest: "d", labels: ["status:pending"] };
  it.tell({
    type: "SettleEffects",
    settled: [{ effect: update?.[0] as EffectId, outcome: { kind: "surfaced", surface } }],
  });
  it.tell(observe({ issues: [issue(1, { text: full, hash: "y", updatedAt: 2, editedBy: writer, editedAt: 50 })] }));
  expect(effects()).toContain("UpdateIssue");
});
