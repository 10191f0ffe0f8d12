/** How what is kept of a task for its agents changes: what checks and reviewers said, and what the approved text asks for. */
import type { EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { dossiersMax } from "../model/limits.ts";
import type { Dossier } from "../state/records.ts";
import { ownTask, type State } from "../state/state.ts";

const emptyDossier: Omit<Dossier, "at"> = { criteria: [], feedback: null };

/** The reviews that are in it are answered by the attempt that comes next. */
export function foldFeedbackCollected(state: State, event: EventOf<"FeedbackCollected">): void {
  const { feedback } = event;
  keep(state, event.task, { feedback });
  if (feedback.reviewedAt !== null) noteAnsweredReview(ownTask(state, event.task), feedback.reviewedAt);
}

/** Only what is newer moves it. */
export function noteAnsweredReview(task: Task, at: number): void {
  task.answeredReview = Math.max(task.answeredReview ?? 0, at);
}

/** What the text asks for as it was when the session was started. */
export function noteCriteria(state: State, task: TaskId, criteria: readonly string[]): void {
  const known = state.dossiers.get(task)?.criteria ?? [];
  if (known.length === 0 && criteria.length === 0) return;
  keep(state, task, { criteria });
}

function keep(state: State, task: TaskId, change: Partial<Omit<Dossier, "at">>): void {
  const known = state.dossiers.get(task) ?? emptyDossier;
  state.dossiers.set(task, { ...known, ...change, at: state.at });
  if (state.dossiers.size > dossiersMax) state.dossiers.delete(oldest(state));
}

/** By time and then by id: the order of a table is another one after a snapshot. */
function oldest(state: State): TaskId {
  const [first, ...others] = [...state.dossiers.entries()].map(([id, { at }]) => ({ id, at }));
  if (first === undefined) throw new Error("There is no dossier, and there are too many.");
  return others.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.id < a.id) ? b : a), first).id;
}
