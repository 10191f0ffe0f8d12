/** Random histories of tasks that are split: what people, GitHub and agents could say of them in any order. Each is played and judged like every other. */
import fc from "fast-check";
import type { EffectOutcome } from "../../src/model/command.ts";
import { byRecording } from "../../src/model/effect.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import type { SlashCommand } from "../../src/model/slash.ts";
import { blocker, issue, observation, report, stranger, taskId, writer } from "../support/build.ts";
import type { PlannedPass, Step } from "./histories.ts";

/** Two issues that are split, and the issues of their pieces from 30 and from 60 on. */
const parent = fc.constantFrom(1, 2);

function numberOf(of: number, piece: number): number {
  return of * 30 + piece;
}

const bodies = ["1. One\n2. Two", "- [ ] One\n- [ ] Two\n- [ ] Three", "1. One (after step 2)\n2. Two", "Nothing"];
const hash = fc.constantFrom("text", "text", "text", "other");

/** Read from the text as a look has shown it, or as nobody has seen it yet. */
const splitting: fc.Arbitrary<Step> = fc
  .record({
    number: parent,
    by: fc.constantFrom(writer, writer, writer, stranger),
    verb: fc.constantFrom("split", "split", "approve", "approve", "approve", "undo"),
    body: fc.constantFrom(...bodies),
    hash,
  })
  .map((draw) => () => ({
    type: "Instruct",
    by: draw.by,
    task: taskId(draw.number),
    comment: `IC_${draw.number}`,
    problem: null,
    instruction: { verb: draw.verb } as SlashCommand,
    text: { body: draw.body, hash: draw.hash, milestone: null },
  }));

/** What became of pieces that were asked for: their issues, a refusal, or nothing yet. */
const opening: fc.Arbitrary<Step> = fc
  .array(fc.constantFrom("created", "created", "created", "dropped", "delayed"), { minLength: 1, maxLength: 4 })
  .map((kinds) => ({ state }) => {
    const waiting = [...state.outbox.entries()].map(([, recorded]) => recorded).toSorted(byRecording);
    const asked = waiting.flatMap(({ id, effect }) => (effect.type === "OpenPiece" ? [{ id, effect }] : []));
    const settled = asked.slice(0, kinds.length).map(({ id, effect: { task, piece } }, at) => {
      const number = numberOf(state.tasks.get(task)?.definition.number ?? 2, piece);
      const reason = "It is what it is.";
      const outcomes: Readonly<Record<string, EffectOutcome>> = {
        created: { kind: "created", number, id: taskId(number) },
        dropped: { kind: "dropped", reason },
        delayed: { kind: "delayed", reason, retryAfterMs: 1 },
      };
      return { effect: id, outcome: outcomes[kinds[at] ?? ""] ?? { kind: "done" } };
    });
    return { type: "SettleEffects", settled };
  });

const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;

/** The parent with the first of its pieces below it, and some of those, as a look shows them, late or not. */
const look: fc.Arbitrary<Step> = fc
  .record({ number: parent, seen: fc.integer({ min: 0, max: 3 }), below: fc.integer({ min: 0, max: 3 }), hash })
  .map((draw) => ({ state, now }) => {
    const children = Array.from({ length: draw.below }, (_, piece) =>
      blocker(numberOf(draw.number, piece), { source: "sub_issue" }),
    );
    const facts = { updatedAt: now, selectedBy: { actor: writer, at: 1 } };
    const edited = draw.hash === "text" ? {} : { editedBy: writer, editedAt: now };
    const task = taskId(draw.number);
    const proposed = state.splits.get(task)?.proposal.hash ?? "text";
    const pieces = Array.from({ length: draw.seen }, (_, piece): IssueFacts => {
      const madeFor = { task, hash: proposed, piece };
      return issue(numberOf(draw.number, piece), { author: "orchestrate", selectedBy: { actor: bot, at: 1 }, madeFor });
    });
    const whole = issue(draw.number, { ...facts, ...edited, hash: draw.hash, children });
    return { type: "Observe", observation: observation({ issues: [whole, ...pieces] }) };
  });

const command: fc.Arbitrary<Step> = fc
  .record({
    number: fc.constantFrom(1, 2, 30, 31, 32, 60, 61),
    verb: fc.constantFrom("hold", "cancel", "retry", "complete", "complete", "approve"),
  })
  .map(({ number, verb }) => () => ({
    type: "Instruct",
    by: writer,
    task: taskId(number),
    comment: `IC_${number}`,
    problem: null,
    instruction: { verb } as SlashCommand,
  }));

/** The session of whoever is at work ends. */
const ending: fc.Arbitrary<Step> = fc.record({ at: fc.nat(3), isGood: fc.boolean() }).map((draw) => ({ state }) => {
  const live = [...state.occupied.entries()].map(([, task]) => task).toSorted();
  const task = live[draw.at] ?? taskId(1);
  const fence = state.tasks.get(task)?.assignment?.fence ?? 0;
  return { type: "ReportSession", task, fence, report: report(draw.isGood ? "succeeded" : "cancelled") };
});

const step = fc.oneof(
  { weight: 5, arbitrary: splitting },
  { weight: 5, arbitrary: opening },
  { weight: 3, arbitrary: look },
  { weight: 2, arbitrary: command },
  { weight: 2, arbitrary: ending },
);

/** A history: it begins with two issues on hold, or ready. */
export const splitHistories: fc.Arbitrary<readonly PlannedPass[]> = fc
  .record({
    labels: fc.constantFrom(["orchestrate"], ["orchestrate", "hold"]),
    passes: fc.array(
      fc.record({
        waitMs: fc.constantFrom(0, 1_000, 60_000, 11 * 60_000),
        steps: fc.array(step, { minLength: 1, maxLength: 4 }),
        isFull: fc.constantFrom(true, true, false),
        repeats: fc.constantFrom(0, 0, 1, 3),
      }),
      { minLength: 1, maxLength: 16, size: "max" },
    ),
  })
  .map(({ labels, passes }) => [
    {
      waitMs: 0,
      steps: [
        () => ({
          type: "Observe",
          observation: observation({ issues: [1, 2].map((number) => issue(number, { labels, hash: "text" })) }),
        }),
      ],
      isFull: false,
      repeats: 0,
    },
    ...passes,
  ]);
