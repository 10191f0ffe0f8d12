/** When feedback is asked for, who waits for it, and what is taken of it. It costs requests, so it is asked for with a retry alone. */
import { effectKey, type Effect, type RecordedEffect } from "../model/effect.ts";
import type { Feedback } from "../model/feedback.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import { feedbackWaitMs } from "../model/limits.ts";
import { isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";

/** The effect that reads what was said of the open pull request of a task that is tried again; null where nobody said anything new. */
export function feedbackEffect(state: State, id: TaskId): Effect | null {
  const task = state.tasks.get(id);
  if (task === undefined || isEnded(task) || task.pull === null || task.pull.state !== "open") return null;
  const { pull } = task;
  if (pull.checks !== "failure" && pull.mergeable !== "conflict" && pull.objection === undefined) return null;
  return isKnown(state, task, pull) ? null : { type: "CollectFeedback", task: id, pull: pull.number };
}

/** Read already, for this very commit and with the newest request for changes. */
function isKnown(state: State, { id }: Task, pull: NonNullable<Task["pull"]>): boolean {
  const feedback = state.dossiers.get(id)?.feedback ?? null;
  if (feedback === null || feedback.sha !== pull.sha || feedback.pull !== pull.number) return false;
  // The base moves under the same commit: where it conflicts now was not known then.
  if (pull.mergeable === "conflict") return false;
  return pull.objection === undefined || pull.objection.at <= (feedback.reviewedAt ?? 0);
}

/** The next attempt is not started before it can be told, within reason; an effect that fails too often is dropped, and lets it go. */
export function isFeedbackAwaited(state: State, task: Task, now: number): boolean {
  if (task.pull === null || state.outbox.size === 0) return false;
  if (now >= (task.retryAt ?? 0) + feedbackWaitMs) return false;
  return state.outboxKeys.has(effectKey({ type: "CollectFeedback", task: task.id, pull: task.pull.number }));
}

/** What was read counts for a task that still goes on with this pull request. */
export function settleFeedback(decision: Decision, { effect }: RecordedEffect, feedback: Feedback | null): void {
  if (effect.type !== "CollectFeedback" || feedback === null) return;
  const task = decision.state.tasks.get(effect.task);
  if (task === undefined || isEnded(task) || task.pull?.number !== feedback.pull) return;
  decision.emit({ type: "FeedbackCollected", task: task.id, feedback });
}
