/**
 * Performs the creation of issues: that of a pattern once for each series, and not where an open task does as well; that of a submission
 * and that of a piece once.
 */
import { isEnded } from "../state/readiness.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Effect, RecordedEffect } from "../model/effect.ts";
import type { Config } from "../model/config.ts";
import type { Submission } from "../model/submission.ts";
import type { Tracker } from "../ports/tracker.ts";
import { selecting, textOf } from "./new-issue.ts";
import { openPieces, type Pieces } from "./open-pieces.ts";
import type { Settled } from "./settlements.ts";

type Pattern = Config["patterns"][number];

/** Creates the issues of these effects, one after another. */
export async function createIssues(
  tracker: Pick<Tracker, "createIssue">,
  effects: readonly RecordedEffect[],
  ground: Ground,
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  const pieces = openPieces(ground.state);
  for (const recorded of effects) {
    const outcome = await create(tracker, recorded, { ...ground, pieces });
    settled.push({ effect: recorded.id, outcome });
    if (recorded.effect.type === "OpenPiece" && outcome.kind === "created") pieces.note(recorded.effect, outcome);
  }
  return settled;
}

interface Ground {
  readonly state: State;
  readonly context: Context;
}

async function create(
  tracker: Pick<Tracker, "createIssue">,
  { effect, attempts }: RecordedEffect,
  ground: Ground & { readonly pieces: Pieces },
): Promise<EffectOutcome> {
  if (effect.type === "OpenPiece") {
    const wanted = ground.pieces.find(effect, ground.context.config);
    return "kind" in wanted ? wanted : tracker.createIssue(wanted, attempts > 1);
  }
  if (effect.type === "CreateIssue") return createOfPattern(tracker, { effect, attempts }, ground);
  const asked = effect.type === "OpenIssue" ? ground.state.submissions.get(effect.submission)?.asked : undefined;
  if (asked === undefined) return { kind: "dropped", reason: "Nobody asks for this issue any more." };
  const { id: submission, title, labels } = asked;
  const { config } = ground.context;
  const issue = { submission, title, body: bodyOfSubmission(asked), labels: selecting(labels, config) };
  return tracker.createIssue(issue, attempts > 1);
}

function bodyOfSubmission({ blockedBy, body, by }: Submission): string {
  const origin = `<sub>Submitted over HTTP by \`${by.replace(/^http:/, "")}\`; opened by Orchestrate.</sub>`;
  return textOf(blockedBy, body, origin);
}

async function createOfPattern(
  tracker: Pick<Tracker, "createIssue">,
  {
    effect,
    attempts,
  }: Pick<RecordedEffect, "attempts"> & { readonly effect: Effect & { readonly type: "CreateIssue" } },
  { state, context }: Ground,
): Promise<EffectOutcome> {
  const { config } = context;
  const pattern = config.patterns.find((each) => each.id === effect.pattern);
  if (pattern === undefined) {
    return { kind: "dropped", reason: `The configuration no longer has the pattern ${effect.pattern}.` };
  }
  const known = attempts > 1 ? undefined : openTaskTitled(state, pattern.create.title);
  if (known !== undefined) return { kind: "created", number: known };
  const { series } = effect;
  return tracker.createIssue(
    {
      pattern: pattern.id,
      series,
      title: pattern.create.title,
      body: bodyOf(pattern, series),
      labels: selecting(pattern.create.labels, config),
    },
    attempts > 1,
  );
}

/** Somebody has opened it already. Looked for once a series, so that a walk over the tasks is cheap enough. */
function openTaskTitled(state: State, title: string): number | undefined {
  for (const [, task] of state.tasks.entries()) {
    if (!isEnded(task) && task.definition.title.toLowerCase() === title.toLowerCase()) return task.definition.number;
  }
  return undefined;
}

function bodyOf({ id, label, merged, create: { body } }: Pattern, series: number): string {
  const origin = `<sub>Orchestrate opened this issue after ${merged} merged ${merged === 1 ? "task" : "tasks"} with the label ${label} (pattern ${id}, series ${series}).</sub>`;
  return body === "" ? origin : `${body}\n\n${origin}`;
}
