/** How submissions change the state: the text is kept until its issue is there, the answer for whoever asks again. */
import type { EventOf } from "../model/event.ts";
import { submissionsMax } from "../model/limits.ts";
import type { State } from "../state/state.ts";

export function foldTaskSubmitted(state: State, { submission }: EventOf<"TaskSubmitted">): void {
  const { id, by } = submission;
  state.submissions.set(id, { at: state.at, by, asked: submission });
  if (state.submissions.size > submissionsMax) forgetOldest(state);
}

/** Its issue is there, or will never be. */
export function noteSubmissionEnd(
  state: State,
  id: string,
  end: { readonly issue: number } | { readonly refusal: string },
): void {
  const record = state.submissions.get(id);
  if (record !== undefined) state.submissions.set(id, { at: record.at, by: record.by, ...end });
}

/** Of those that are over: by time and then by id, because the order of a table is another one after a snapshot. */
function forgetOldest(state: State): void {
  const over = [...state.submissions.entries()].flatMap(([id, { at, asked }]) => (asked ? [] : [{ id, at }]));
  const [first, ...others] = over;
  if (first === undefined) return;
  const oldest = others.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.id < a.id) ? b : a), first);
  state.submissions.delete(oldest.id);
}
