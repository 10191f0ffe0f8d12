/** What an issue should show: the labels we manage, the sticky comment, open or closed. Level-triggered: derived from the state. */
import type { Context } from "../model/context.ts";
import { waitsInVain } from "../core/react.ts";
import { fallsShort, isEnded, statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { taskStatuses, type Task, type TaskStatus } from "../model/task.ts";
import type { IssueSurface } from "../ports/tracker.ts";
import { renderSticky } from "../views/sticky-comment.ts";
import { digestOf } from "./digest.ts";
import { toTaskView } from "./task-views.ts";

/**
 * Statuses that carry a label. Ready, blocked and in-the-queue are shown by GitHub itself (its own "blocked" mark), and a
 * label for each would be a write for every issue of a backlog.
 */
const labelled: ReadonlySet<TaskStatus> = new Set<TaskStatus>([
  "assigned",
  "in_progress",
  "review",
  "needs_input",
  "manual_review",
  "completed",
  "failed",
  "upstream_failed",
  "cancelled",
]);

export interface Surface {
  readonly wanted: IssueSurface;
  /** A hash of what is wanted; when it was written last, nothing is written. */
  readonly digest: string;
}

/** `isRepeat`: an earlier write may have landed without an answer, so nothing is taken for granted about the labels. */
export function toSurface(
  state: State,
  task: Task,
  { context, isRepeat }: { readonly context: Context; readonly isRepeat: boolean },
): Surface {
  const labels = labelsOf(state, task);
  const comment = hasSomethingToSay(state, task) ? renderSticky(toTaskView(state, task, context)) : null;
  const wanted: IssueSurface = {
    task: task.id,
    node: task.definition.node,
    number: task.definition.number,
    labels,
    labelsBefore: isRepeat ? everyLabel(context).filter((label) => !labels.includes(label)) : task.surface.labels,
    comment,
    commentNode: task.surface.comment,
    state: wantedState(task),
  };
  return { wanted, digest: digestOf(JSON.stringify([labels, comment, wanted.state])) };
}

function everyLabel(context: Context): readonly string[] {
  return [
    ...taskStatuses.map((status) => `status:${status}`),
    ...[...context.config.agents, ...(context.config.leaving ?? [])].map((agent) => `agent:${agent.id}`),
  ];
}

function labelsOf(state: State, task: Task): readonly string[] {
  const status = statusOf(state, task);
  const agent =
    task.assignment?.agent ?? (isEnded(task) || task.pull?.state === "open" ? task.attempts.at(-1)?.agent : undefined);
  const labels = labelled.has(status) || task.pendingReason !== null || fallsShort(task) ? [`status:${status}`] : [];
  return agent === undefined ? labels : [`agent:${agent}`, ...labels];
}

/** A comment is a notification: only once there is work to show, or something for a person to do. */
function hasSomethingToSay(state: State, task: Task): boolean {
  if (task.surface.comment !== null || task.answer !== null) return true;
  if (task.assignment !== null || task.attempts.length > 0 || task.pull !== null) return true;
  if (state.splits.has(task.id)) return true;
  return hasTrouble(task) || (!isEnded(task) && waitsInVain(state, task));
}

function hasTrouble(task: Task): boolean {
  return (
    task.pendingReason !== null ||
    fallsShort(task) ||
    task.cycle !== null ||
    task.manualReview !== null ||
    task.escalated !== null ||
    task.outcome === "failed" ||
    task.definition.problems.length > 0 ||
    (task.refusals > 0 && task.receipt === null)
  );
}

/** A receipt closes an issue that no closing keyword has closed; a revoked one opens it again. */
function wantedState(task: Task): IssueSurface["state"] {
  if (task.receipt !== null && task.definition.isOpen && task.receipt.kind !== "closed") return "closed";
  if (task.isReopening === true && !isEnded(task) && !task.definition.isOpen) return "open";
  return task.receipt === null && task.discardedPull !== null && task.manualReview !== null && !task.definition.isOpen
    ? "open"
    : "leave";
}
