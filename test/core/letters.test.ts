/** Dead letters: what is given up is kept until it is done after all or a person has seen to it, and only what is safe is tried again. */
import { expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { lettersMax } from "../../src/model/limits.ts";
import type { EffectType } from "../../src/model/effect.ts";
import type { EffectId } from "../../src/model/ids.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, schedule, story, type Story } from "../support/given.ts";

const handled = { type: "HandleLetter", by: "wanda" } as const;

function waiting(it: Story, type: EffectType): EffectId {
  const found = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === type);
  if (found === undefined) throw new Error(`No ${type} waits.`);
  return found[0];
}

function giveUp(it: Story, type: EffectType): EffectId {
  const effect = waiting(it, type);
  it.tell({ type: "SettleEffects", settled: [{ effect, outcome: { kind: "dropped", reason: "It is locked." } }] });
  return effect;
}

/** #1 is assigned, so that its issue is to be written to. */
function given(): Story {
  const it = story(configOf());
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  return it;
}

test("an effect that is given up is kept with the reason, and is recorded anew when a person tries it again", () => {
  const it = given();
  const id = giveUp(it, "UpdateIssue");
  const effect = { type: "UpdateIssue", task: taskId(1) } as const;
  expect([...it.state.letters.entries()]).toEqual([
    [id, { subject: { kind: "effect", effect }, reason: "It is locked.", at: it.now }],
  ]);
  expect(it.tell({ ...handled, letter: id, act: "retry" })).toEqual([
    { type: "LetterRetried", letter: id, by: "wanda", repeats: effect },
  ]);
  expect(it.entries.at(-1)?.effects.map((each) => each.effect)).toEqual([effect]);
  expect(it.state.letters.size).toBe(0);
});

test("what is done after all is no dead letter any more, and what is given up twice is one", () => {
  const it = given();
  giveUp(it, "UpdateIssue");
  it.tell(instruct(1, { verb: "hold" }), "hold");
  it.tell(instruct(1, { verb: "cancel" }), "cancel");
  const second = giveUp(it, "UpdateIssue");
  expect([...it.state.letters.keys()]).toEqual([second]);
  it.tell(instruct(1, { verb: "retry" }), "retry");
  it.tell({
    type: "SettleEffects",
    settled: [{ effect: waiting(it, "UpdateIssue"), outcome: { kind: "done" } }],
  });
  expect(it.state.letters.size).toBe(0);
});

test("a session is never started again by it, and a letter that is dropped is forgotten", () => {
  const it = given();
  const id = giveUp(it, "StartSession");
  expect(it.tell({ ...handled, letter: id, act: "retry" })).toEqual([]);
  expect(it.state.letters.has(id)).toBe(true);
  expect(it.tell({ ...handled, letter: id, act: "drop" })).toEqual([{ type: "LetterClosed", letter: id, by: "wanda" }]);
  expect(it.state.letters.size).toBe(0);
  expect(it.tell({ ...handled, letter: id, act: "drop" })).toEqual([]);
});

test("what showed a task that is gone is missed by nobody", () => {
  const it = given();
  it.tell(instruct(1, { verb: "cancel" }), "cancel");
  const effect = waiting(it, "UpdateIssue");
  it.tell({ type: "ReportSession", task: taskId(1), fence: 1, report: report("cancelled") });
  it.tell(observe({ gone: [{ id: taskId(1), reason: "deleted" }] }));
  it.tell({ type: "SettleEffects", settled: [{ effect, outcome: { kind: "dropped", reason: "The task is gone." } }] });
  expect(it.state.letters.size).toBe(0);
});

test("an issue that cannot be read is told of once, and is over when it can be", () => {
  const it = story(configOf());
  const unreadable = [{ number: 7, reason: "Its labels are no list." }];
  expect(it.tell(observe({ unreadable }))).toEqual([
    { type: "IssueSetAside", number: 7, reason: "Its labels are no list." },
  ]);
  expect(it.tell(observe({ unreadable }))).toEqual([]);
  expect(it.tell(observe({ issues: [issue(7)] })).at(-1)).toEqual({
    type: "LetterClosed",
    letter: "issue/7",
    by: null,
  });
});

test("an issue that is not there is nothing to see to, also where it could not be read before", () => {
  const it = given();
  it.tell(observe({ unreadable: [{ number: 7, reason: "Its labels are no list." }] }));
  const missing = [7, 8].map((number) => ({ number, reason: "there is none", isAbsent: true }) as const);
  expect(it.tell(observe({ unreadable: missing }))).toEqual([{ type: "LetterClosed", letter: "issue/7", by: null }]);
});

test("trouble that looks different each time is told of once an hour", () => {
  const it = story(configOf());
  const look = (reason: string) => it.tell(observe({ unreadable: [{ number: 7, reason }] }));
  expect(look("at 10:00")).toHaveLength(1);
  it.now += 59 * 60_000;
  expect(look("at 10:59")).toEqual([]);
  it.now += 60_000;
  expect(look("at 11:00")).toHaveLength(1);
});

test("the newest hundred are kept, and a snapshot has them", () => {
  const it = story(configOf());
  for (let number = 1; number <= lettersMax + 2; number += 1) {
    it.now += 1;
    it.tell(observe({ unreadable: [{ number, reason: "no" }] }));
  }
  expect(it.state.letters.size).toBe(lettersMax);
  expect(it.state.letters.has("issue/2")).toBe(false);
  expect(it.state.letters.has("issue/3")).toBe(true);
  const lines = toSnapshot(it.state);
  expect(toSnapshot(fromSnapshot(lines))).toEqual(lines);
});
