/** Work that is submitted from outside: an issue is asked for, once for each submission, while there is room for another task. */
import type { Submission } from "../model/submission.ts";
import type { Context } from "./context.ts";
import type { Decision } from "./decision.ts";
import { describeFull, refusalNow } from "./intake.ts";
import type { State } from "./state.ts";

/** What is asked for and cannot be let in leaves nothing behind: whoever asks is told, and asks again. */
export function decideSubmission(decision: Decision, submission: Submission): void {
  const { state, context } = decision;
  if (state.submissions.has(submission.id) || whyNotTaken(state, context) !== null) return;
  decision.emit({ type: "TaskSubmitted", submission });
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
