/** Performs the effects that show the state on the tracker: many issues, or many reactions, in as few requests as it can. */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { Tracker } from "../ports/tracker.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { renderOutside } from "../views/sticky-comment.ts";
import type { Settled } from "./settlements.ts";
import { toSurface, type Surface } from "./surface.ts";

/** Brings issues to what the state says now. What was written last is not written again. */
export async function updateIssues(
  tracker: Pick<Tracker, "write">,
  effects: readonly RecordedEffect[],
  { state, context }: { readonly state: State; readonly context: Context },
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  const news: { readonly effect: RecordedEffect; readonly surface: Surface }[] = [];
  for (const effect of effects) {
    const task = effect.effect.type === "UpdateIssue" ? state.tasks.get(effect.effect.task) : undefined;
    if (task === undefined) {
      settled.push({ effect: effect.id, outcome: { kind: "dropped", reason: "The task is gone." } });
      continue;
    }
    const surface = toSurface(state, task, { context, isRepeat: effect.attempts > 1 });
    if (surface.digest === task.surface.digest) settled.push({ effect: effect.id, outcome: { kind: "done" } });
    else news.push({ effect, surface });
  }
  if (news.length === 0) return settled;
  const outcomes = await tracker.write(news.map(({ surface }) => surface.wanted));
  return [
    ...settled,
    ...news.map(({ effect, surface }, index) => ({ effect: effect.id, outcome: toOutcome(outcomes[index], surface) })),
  ];
}

/** Reacts to comments, and answers on issues that are no tasks. */
export async function acknowledgeComments(
  tracker: Pick<Tracker, "react" | "look" | "write">,
  effects: readonly RecordedEffect[],
): Promise<readonly Settled[]> {
  if (effects.length === 0) return [];
  const reactions = effects.flatMap(({ effect }) => (effect.type === "AcknowledgeComment" ? [effect] : []));
  const outcomes = await tracker.react(reactions);
  const settled: Settled[] = [];
  for (const [index, { id, effect }] of effects.entries()) {
    const answer = effect.type === "AcknowledgeComment" ? effect.answer : undefined;
    const reacted = toPlainOutcome(outcomes[index]);
    const isAnswered = answer === undefined || reacted.kind !== "done";
    settled.push({ effect: id, outcome: isAnswered ? reacted : await answerOn(tracker, answer) });
  }
  return settled;
}

/** Says it in the comment that will be the task's once it is one: found by its marker, so that there is never a second. */
async function answerOn(
  tracker: Pick<Tracker, "look" | "write">,
  answer: { readonly issue: number; readonly text: string },
): Promise<EffectOutcome> {
  const nothing = { everything: false, pulls: [], commits: [], tracked: [] };
  const { issues } = await tracker.look({ ...nothing, issues: [answer.issue] });
  const facts = issues.find(({ number }) => number === answer.issue);
  if (facts === undefined) return { kind: "dropped", reason: "It is a pull request, or the issue is gone." };
  const [outcome] = await tracker.write([
    {
      task: facts.id,
      node: facts.node,
      number: facts.number,
      labels: [],
      labelsBefore: [],
      comment: renderOutside(answer.text),
      commentNode: null,
      state: "leave",
    },
  ]);
  return toPlainOutcome(outcome);
}

function toPlainOutcome(outcome: WriteOutcome | undefined): EffectOutcome {
  if (outcome === undefined) return { kind: "delayed", reason: "No answer came for it.", retryAfterMs: 5_000 };
  return outcome.kind === "written" ? { kind: "done" } : outcome;
}

function toOutcome(outcome: WriteOutcome | undefined, surface: Surface): EffectOutcome {
  if (outcome?.kind !== "written") return toPlainOutcome(outcome);
  const { digest, wanted } = surface;
  return { kind: "surfaced", surface: { comment: outcome.commentNode, digest, labels: wanted.labels } };
}
