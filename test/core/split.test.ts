/** `/orchestrate split`: pieces are proposed from the text, opened once when they are approved, and their parent ends with the last of them. */
import { describe, expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { pieceSeenMs } from "../../src/model/limits.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { ReadText } from "../../src/model/command.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event } from "../../src/model/event.ts";
import type { EffectId } from "../../src/model/ids.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const mona: Actor = { ...writer, login: "mona" };
const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;
const steps = "1. Table\n2. Endpoint\n3. Button (after step 1)";

function textOf(body = steps, facts: Partial<ReadText> = {}): ReadText {
  return { body, hash: "hash-1", milestone: null, ...facts };
}

function split(it: Story, text: ReadText | null = textOf(), by: Actor = mona): readonly Event[] {
  return it.tell({ ...instruct(1, { verb: "split" }, by), text } as Parameters<Story["tell"]>[0]);
}

function approve(it: Story, text: ReadText = textOf()): readonly Event[] {
  return it.tell({ ...instruct(1, { verb: "approve" }, mona), text } as Parameters<Story["tell"]>[0]);
}

function answerOf(events: readonly Event[]): string {
  const answered = events.at(-1);
  return answered?.type === "CommandAnswered" ? `${answered.reaction} ${answered.answer}` : "";
}

/** #1 is ready. */
function given(facts: Partial<IssueFacts> = {}): Story {
  const it = story();
  it.tell(observe({ issues: [issue(1, facts)] }));
  return it;
}

function givenApproved(body = steps): Story {
  const it = given();
  split(it, textOf(body));
  approve(it, textOf(body));
  return it;
}

function pieceEffects(it: Story): readonly { readonly id: EffectId; readonly piece: number }[] {
  return [...it.state.outbox.entries()].flatMap(([id, { effect }]) =>
    effect.type === "OpenPiece" ? [{ id, piece: effect.piece }] : [],
  );
}

/** The issues of all pieces that were asked for are there: 11, 12, …. */
function open(it: Story): readonly Event[] {
  const settled = pieceEffects(it).map(({ id, piece }) => ({
    effect: id,
    outcome: { kind: "created" as const, number: 11 + piece, id: taskId(11 + piece) },
  }));
  return it.tell({ type: "SettleEffects", settled });
}

function child(piece: number, facts: Partial<IssueFacts> = {}): IssueFacts {
  const madeFor = { task: taskId(1), hash: "hash-1", piece };
  return issue(11 + piece, { author: "orchestrate", selectedBy: { actor: bot, at: 1 }, madeFor, ...facts });
}

function below(count: number): IssueFacts {
  const children = Array.from({ length: count }, (_, piece) => blocker(11 + piece, { source: "sub_issue" }));
  return issue(1, { children });
}

function completes(it: Story, number: number): readonly Event[] {
  return it.tell(instruct(number, { verb: "complete" }));
}

describe("a split that is proposed", () => {
  test("names the pieces of the very text, and nothing starts meanwhile", () => {
    const it = given({ labels: ["orchestrate", "estimate:90m"] });
    expect(split(it)).toEqual([
      {
        type: "SplitProposed",
        task: taskId(1),
        by: "mona",
        proposal: {
          hash: "hash-1",
          source: "steps",
          pieces: [
            { title: "Table", text: "", minutes: 30, after: [] },
            { title: "Endpoint", text: "", minutes: 30, after: [0] },
            { title: "Button (after step 1)", text: "", minutes: 30, after: [0] },
          ],
          complexity: {
            level: "high",
            reasons: [
              "it is estimated at 90 min, and more than 30 are long for one go",
              "it is several kinds of work (backend, data)",
              "its parts build on each other, 2 in a row",
            ],
          },
          milestone: null,
        },
      },
      expect.objectContaining({ type: "CommandAnswered", reaction: "+1", answer: null }),
    ]);
    expect([it.status(1), types(it.tell(schedule()))]).toEqual(["pending", []]);
    expect(pieceEffects(it)).toEqual([]);
  });

  test("is proposed once, and another one takes its place", () => {
    const it = given();
    split(it);
    expect(types(split(it))).toEqual(["CommandAnswered"]);
    expect(types(split(it, textOf("- [ ] One\n- [ ] Two", { hash: "new" })))).toEqual([
      "SplitProposed",
      "CommandAnswered",
    ]);
    expect(it.state.splits.get(taskId(1))?.proposal).toMatchObject({ hash: "new", source: "checklist" });
  });

  test("is known after a snapshot, as it was", () => {
    const it = given();
    split(it);
    const reloaded = fromSnapshot(toSnapshot(it.state));
    expect(reloaded.splits.get(taskId(1))).toEqual(it.state.splits.get(taskId(1)));
    expect([reloaded.tasks.get(taskId(1))?.split, reloaded.ready.size]).toEqual(["proposed", 0]);
  });

  test("is taken back by undo, also when other commands came after it, and the task goes on as a whole", () => {
    const it = given();
    split(it);
    const undo = () => it.tell(instruct(1, { verb: "undo" }));
    expect(types(undo())).toEqual(["SplitWithdrawn", "CommandAnswered"]);
    expect([it.status(1), it.state.splits.size]).toEqual(["ready", 0]);
    split(it);
    it.tell(instruct(1, { verb: "hold" }));
    undo();
    expect(answerOf(undo())).toBe("+1 The proposed split is taken back.");
    expect(it.status(1)).toBe("ready");
  });

  test("goes when the task ends", () => {
    const it = given();
    split(it);
    it.tell(instruct(1, { verb: "cancel" }));
    expect([it.state.splits.size, taskAt(it, 1).split]).toEqual([0, null]);
  });
});

describe("a split is refused, with what to do", () => {
  test("to whoever may not start work", () => {
    expect(answerOf(split(given(), textOf(), stranger))).toMatch(/^-1 .*needs write permission/);
  });

  test("where the text names too little, or could not be read", () => {
    expect(answerOf(split(given(), textOf("Just do it.")))).toMatch(/^-1 .*names no parts.*numbered steps/);
    expect(answerOf(split(given(), null))).toMatch(/^-1 .*could not be read/);
  });

  test("while a session is live, and while its pull request is open", () => {
    const it = given();
    it.tell(schedule());
    expect(answerOf(split(it))).toMatch(/^-1 `jules\/1` is at work on it.*`\/orchestrate hold`/);
    it.tell(say(1, 1, report("succeeded", { pullUrl: "https://github.test/o/r/pull/9" })));
    it.tell(observe({ pulls: [pull(9)] }));
    expect(answerOf(split(it))).toMatch(/^-1 Pull request #9 is open for it/);
  });

  test("where it has ended, or has sub-issues of its own", () => {
    const it = given();
    it.tell(instruct(1, { verb: "cancel" }));
    expect(answerOf(split(it))).toMatch(/^-1 It has ended/);
    expect(answerOf(split(given({ children: [blocker(2, { source: "sub_issue" })] })))).toMatch(
      /^-1 It has sub-issues already/,
    );
  });

  test("on an issue that nobody has selected, where it says more what its text lacks", () => {
    const it = story();
    expect(answerOf(split(it))).toMatch(/^-1 This issue is not a task/);
    expect(answerOf(split(it, textOf("Nothing")))).toMatch(/^-1 The text names no parts/);
  });
});

describe("a split that is approved", () => {
  test("asks for an issue for each piece, those first that others come after", () => {
    const it = given();
    split(it, textOf("1. Ship (after step 2)\n2. Build"));
    expect(types(approve(it))).toEqual(["SplitApproved", "CommandAnswered"]);
    const effects: readonly Effect[] = [...it.state.outbox.entries()].map(([, { effect }]) => effect);
    expect(effects.filter(({ type }) => type === "OpenPiece")).toEqual([
      { type: "OpenPiece", task: taskId(1), piece: 1 },
      { type: "OpenPiece", task: taskId(1), piece: 0 },
    ]);
    expect([it.status(1), types(it.tell(schedule()))]).toEqual(["blocked", []]);
  });

  test("is approved with its text, which is trusted with that", () => {
    const it = given({ selectedBy: { actor: stranger, at: 1 } });
    split(it);
    expect(approve(it)[0]).toEqual({ type: "TaskTrusted", task: taskId(1), by: "mona", hash: "hash-1" });
  });

  test("is refused where the text is another one by now, whether a look has shown it or not", () => {
    const it = given();
    split(it);
    expect(answerOf(approve(it, textOf(steps, { hash: "changed" })))).toMatch(
      /^-1 The text has changed.*`\/orchestrate split`/,
    );
    it.tell(observe({ issues: [issue(1, { hash: "changed", editedBy: writer, editedAt: 2, updatedAt: 2 })] }));
    expect(answerOf(it.tell(instruct(1, { verb: "approve" })))).toMatch(/^-1 The text has changed/);
    expect([it.status(1), pieceEffects(it).length]).toEqual(["pending", 0]);
  });

  test("opens a few at a time, each once", () => {
    const it = givenApproved(Array.from({ length: 12 }, (_, at) => `- [ ] Piece ${at}`).join("\n"));
    const asked: number[][] = [];
    for (let round = 0; round < 3; round += 1) {
      asked.push(pieceEffects(it).map(({ piece }) => piece));
      open(it);
    }
    expect(asked).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [10, 11],
    ]);
    expect(pieceEffects(it)).toEqual([]);
  });

  test("says what there is when it is asked for again, and undo says what to do by hand", () => {
    const it = givenApproved();
    open(it);
    expect(answerOf(split(it))).toBe(
      "-1 It is split already, into #11, #12, #13. Write another issue below it for what is missing.",
    );
    expect(answerOf(it.tell(instruct(1, { verb: "undo" })))).toBe(
      "-1 `approve` by `mona` cannot be taken back: its pieces are issues of their own (#11, #12, #13). Close those that are not wanted as not planned.",
    );
  });

  test("tells a person of a piece that GitHub does not take, and tries that one again when it is approved again", () => {
    const it = givenApproved();
    const [first, second, third] = pieceEffects(it);
    const created = (at: number) => ({ kind: "created" as const, number: 11 + at, id: taskId(11 + at) });
    const dropped = { kind: "dropped" as const, reason: "Issues are disabled." };
    it.tell({
      type: "SettleEffects",
      settled: [
        { effect: first?.id as EffectId, outcome: created(0) },
        { effect: second?.id as EffectId, outcome: dropped },
        { effect: third?.id as EffectId, outcome: created(2) },
      ],
    });
    expect(taskAt(it, 1).escalated).toMatch(/^Piece 2 could not be opened as an issue: Issues are disabled/);
    expect([it.status(1), pieceEffects(it)]).toEqual(["blocked", []]);
    expect(types(it.tell(instruct(1, { verb: "approve" })))).toEqual([
      "EscalationLifted",
      "SplitApproved",
      "CommandAnswered",
    ]);
    expect(pieceEffects(it).map(({ piece }) => piece)).toEqual([1]);
  });

  test("opens nothing more once its task was called off", () => {
    const it = givenApproved();
    it.tell(instruct(1, { verb: "cancel" }));
    expect(types(open(it))).toEqual(["EffectSettled", "EffectSettled", "EffectSettled"]);
  });
});

describe("the issue of a piece", () => {
  test("may be worked on at once, in the name of whoever approved the split", () => {
    const it = givenApproved();
    expect(it.tell(observe({ issues: [child(0)] }))).toContainEqual({
      type: "TaskTrusted",
      task: taskId(11),
      by: "mona",
      hash: "hash-11",
    });
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test.each<[string, IssueFacts]>([
    ["of another proposal", child(0, { madeFor: { task: taskId(1), hash: "other", piece: 0 } })],
    ["that the proposal does not have", child(0, { madeFor: { task: taskId(1), hash: "hash-1", piece: 7 } })],
    ["of a task that is not split", child(0, { madeFor: { task: taskId(2), hash: "hash-1", piece: 0 } })],
    ["that says nothing of its proposal", child(0, { madeFor: { task: taskId(1), hash: "", piece: 0 } })],
    ["that was edited before it was read", child(0, { madeFor: null })],
    [
      "that is there already as another issue",
      child(0, {
        ...issue(40),
        id: taskId(40),
        madeFor: { task: taskId(1), hash: "hash-1", piece: 0 },
        selectedBy: { actor: bot, at: 1 },
        author: "orchestrate",
      }),
    ],
  ])("waits for approval where it is one %s", (_what, facts) => {
    const it = givenApproved();
    open(it);
    it.tell(observe({ issues: [facts] }));
    expect(it.status(facts.number)).toBe("pending");
  });

  test("waits for approval while the split does", () => {
    const it = given();
    split(it);
    it.tell(observe({ issues: [child(0)] }));
    expect(it.status(11)).toBe("pending");
  });
});

describe("the parent of pieces", () => {
  test("ends with the last of them, and not while one of them is not seen below it", () => {
    const it = givenApproved();
    open(it);
    it.tell(observe({ issues: [child(0), child(1), child(2), below(2)] }));
    completes(it, 11);
    completes(it, 12);
    expect([it.status(1), taskAt(it, 1).split]).toEqual(["blocked", "opening"]);
    expect(types(it.tell(observe({ issues: [below(3)] })))).toEqual(["DependenciesChanged", "SplitSettled"]);
    expect(it.state.splits.get(taskId(1))?.proposal.pieces.map(({ text }) => text)).toEqual(["", "", ""]);
    expect(types(completes(it, 13))).toContain("TaskCompleted");
    expect([it.status(1), taskAt(it, 1).receipt?.kind, it.state.splits.size]).toEqual(["completed", "children", 0]);
  });

  test("does not wait for ever for a piece that somebody has taken away", () => {
    const it = givenApproved();
    open(it);
    it.tell(observe({ issues: [child(0), child(1), below(2)] }));
    it.now += pieceSeenMs + 1;
    expect(types(it.tell(observe({ issues: [below(2)] })))).toEqual(["SplitSettled"]);
  });
});
