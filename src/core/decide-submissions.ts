/** Work that is submitted from outside: an issue is asked for, once for each submission, while there is room for another task. */
import type { Command } from "../model/command.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { describeFull, refusalNow } from "./intake.ts";
import { sameSubmissionMs } from "../model/limits.ts";
import type { State } from "../state/state.ts";

type SubmitTask = Extract<Command, { readonly type: "SubmitTask" }>;

/** What is asked for and cannot be let in leaves nothing behind: whoever asks is told, and asks again. */
export function decideSubmission(decision: Decision, { submission, alike = [] }: SubmitTask): void {
  const { state, context } = decision;
  if (state.submissions.has(submission.id) || alikeOf(state, alike, context.now) !== null) return;
  if (whyNotTaken(state, context) === null) decision.emit({ type: "TaskSubmitted", submission });
}

/** The one of `alike` that was submitted a moment ago; null where none was. */
export function alikeOf(state: State, alike: readonly string[], now: number): string | null {
  return alike.find((id) => now - (state.submissions.get(id)?.at ?? -Infinity) < sameSubmissionMs) ?? null;
}

/** Why nothing more is taken in now, in a sentence; null while there is room. Issues that are still to be opened take theirs already. */
export function whyNotTaken(state: State, context: Context): string | null {
  const refusal = refusalNow(state, context, openingCount(state));
  return refusal === null ? null : describeFull(refusal, context);
}

/** Work in proportion to the outbox, which is walked in every pass. */
function openingCount(state: State): number {
  let count = 0;
  for (const [, { effect }] of state.outbox.entries()) if (effect.type === "OpenIssue") count += 1;
  return count;
}
