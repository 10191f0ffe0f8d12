/** How a task's end, and its return, change the state. */
import type { EventOf } from "../model/event.ts";
import type { Task } from "../model/task.ts";
import { withoutFiles } from "./attempt.ts";
import { forgetLastCommand } from "./command.ts";
import { noteCompletion, noteLateFailure } from "./figures.ts";
import { noteProgress } from "./alerts.ts";
import { forgetDoneTask, noteDoneTask } from "./retrospective.ts";
import { endSwarm } from "./swarm.ts";
import { forgetSplit } from "./splits.ts";
import { ownTask, type State } from "../state/state.ts";

/** What an end of any kind leaves behind: nothing to wait for. */
function settle(state: State, task: Task): void {
  task.retryAt = null;
  task.pullDueAt = null;
  task.manualReview = null;
  task.upstreamFailed = null;
  task.escalated = null;
  task.mergeWait = null;
  task.isReopening = false;
  endSwarm(state, task.id);
  if (task.mergeAsked !== null) task.mergeAsked = withoutFiles(task.mergeAsked);
}

export function foldTaskCompleted(state: State, event: EventOf<"TaskCompleted">): void {
  const task = ownTask(state, event.task);
  settle(state, task);
  forgetSplit(state, event.task);
  task.receipt = event.receipt;
  forgetLastCommand(state, event.task, event.receipt);
  task.outcome = null;
  task.outcomeReason = null;
  state.dossiers.delete(event.task);
  noteCompletion(state, task);
  noteDoneTask(state, event.task, event.receipt);
  noteProgress(state, "completed");
  notePatterns(state, task, 1);
}

export function foldReceiptRevoked(state: State, event: EventOf<"ReceiptRevoked">): void {
  const task = ownTask(state, event.task);
  notePatterns(state, task, -1);
  forgetDoneTask(state, event.task);
  task.receipt = null;
  task.failuresInRow = 0;
  task.answeredFailure = null;
  task.manualReview = event.reason;
  discardPull(state, task);
}

export function foldTaskFailed(state: State, event: EventOf<"TaskFailed">): void {
  const task = ownTask(state, event.task);
  settle(state, task);
  forgetSplit(state, event.task);
  if (event.cause !== undefined) noteLateFailure(state, task, event.cause);
  noteProgress(state, "failed");
  task.outcome = "failed";
  task.outcomeReason = event.reason;
}

export function foldTaskCancelled(state: State, event: EventOf<"TaskCancelled">): void {
  const task = ownTask(state, event.task);
  settle(state, task);
  forgetSplit(state, event.task);
  state.dossiers.delete(event.task);
  task.outcome = "cancelled";
  task.outcomeReason = event.reason;
}

/** Back in the running: failures are forgiven, the history stays. */
export function foldTaskReopened(state: State, event: EventOf<"TaskReopened">): void {
  const task = ownTask(state, event.task);
  settle(state, task);
  forgetDoneTask(state, event.task);
  task.receipt = null;
  task.isReopening = event.opensIssue === true;
  task.outcome = null;
  task.outcomeReason = null;
  task.failuresInRow = 0;
  task.refusals = 0;
  task.refusedBy = null;
  if (task.pull?.state !== "open") discardPull(state, task);
  // An open red pull request is gone on with at once, so `retryAt` marks it as not under review.
  task.retryAt = task.pull?.state === "open" ? state.at : null;
  task.answeredFailure = null;
}

export function foldManualReviewRequired(state: State, event: EventOf<"ManualReviewRequired">): void {
  const task = ownTask(state, event.task);
  task.manualReview = event.reason;
  task.retryAt = null;
  task.pullDueAt = null;
}

export function foldUpstreamFailed(state: State, event: EventOf<"UpstreamFailed">): void {
  ownTask(state, event.task).upstreamFailed = event.upstream;
}

export function foldUpstreamRecovered(state: State, event: EventOf<"UpstreamRecovered">): void {
  ownTask(state, event.task).upstreamFailed = null;
}

/** A pull request that has ended speaks for the task no more; the number stays known so that it is not matched again. */
function discardPull(state: State, task: Task): void {
  if (task.pull !== null) {
    // One is remembered: the index must be what a snapshot can derive.
    if (task.discardedPull !== null) state.pulls.delete(task.discardedPull);
    task.discardedPull = task.pull.number;
  }
  task.pull = null;
  task.vendorPull = null;
}

/** Merged work with the label of a pattern counts towards its next series, and no more when the merge was reverted: it is merged again. */
function notePatterns(state: State, task: Task, by: 1 | -1): void {
  const patterns = state.configuration?.config.patterns ?? [];
  if (patterns.length === 0 || task.receipt?.kind !== "merge") return;
  for (const pattern of patterns) {
    const wanted = pattern.label.toLowerCase();
    if (!task.definition.labels.some((label) => label.toLowerCase() === wanted)) continue;
    const known = state.patterns.own(pattern.id);
    if (known !== undefined) known.merged = Math.max(0, known.merged + by);
    else if (by === 1) state.patterns.set(pattern.id, { merged: 1, series: 0 });
  }
}
