/** Readiness, derived from the graph: which blockers are open, whether a task may start, and what status people see. */
import type { Dependency, External, Task, TaskStatus } from "../model/task.ts";
import { lacksOf } from "../planning/definition-of-ready.ts";
import type { State } from "./state.ts";

export type BlockerState = External["state"] | "failed" | "cancelled";

/** What became of the far end of an edge, whether it is a task or an external fact. */
export function blockerState(state: State, dependency: Dependency): BlockerState {
  return stateOf(state, dependency, state.tasks.get(dependency.on));
}

function stateOf(state: State, dependency: Dependency, task: Task | undefined): BlockerState {
  if (task !== undefined) {
    if (task.receipt !== null) return "completed";
    return task.outcome ?? "open";
  }
  const external: External | undefined = state.externals.get(dependency.on);
  return external?.state ?? "open";
}

/** A hard edge wants a receipt; a soft one only an end of any kind. A waived edge is no edge. */
export function isSatisfied(state: State, task: Task, dependency: Dependency): boolean {
  return isSatisfiedBy(state, { task, dependency }, state.tasks.get(dependency.on));
}

function isSatisfiedBy(
  state: State,
  { task, dependency }: { readonly task: Task; readonly dependency: Dependency },
  blocker: Task | undefined,
): boolean {
  const became = stateOf(state, dependency, blocker);
  if (became === "completed") return true;
  if (task.unblocked.length > 0 && task.unblocked.includes(dependency.on)) return true;
  if (dependency.kind === "hard") return false;
  return became !== "open" || (dependency.partial === true && hasPull(blocker));
}

/** Partial results are there as soon as a pull request is. */
function hasPull(task: Task | undefined): boolean {
  const pull = task?.pull ?? null;
  return pull !== null && pull.state !== "closed";
}

/** The number of the first blocker that still keeps the task with this number from starting; -1 when none does. */
export function openBlockerOf(state: State, task: Task, ownNumber: number): number {
  if (task.blockedBy.length === 0) return -1;
  const numbers = state.blockers.at(ownNumber) as readonly number[];
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at] as number;
    const dependency = task.blockedBy[at] as Dependency;
    if (!isSatisfiedBy(state, { task, dependency }, state.tasks.at(number))) return number;
  }
  return -1;
}

function isUnblocked(state: State, task: Task): boolean {
  return openBlockerOf(state, task, state.numbering.find(task.id)) === -1;
}

export function openBlockers(state: State, task: Task): readonly Dependency[] {
  return task.blockedBy.filter((dependency) => !isSatisfied(state, task, dependency));
}

/** Done, given up or called off. */
export function isEnded(task: Task): boolean {
  return task.receipt !== null || task.outcome !== null;
}

/** A pull request is open and nothing has to be done about it again. */
function isUnderReview(task: Task): boolean {
  return task.pull !== null && task.pull.state === "open" && task.retryAt === null;
}

/** It lacks something, or another task says the same: a person may let it be worked on all the same. */
export function isDoubtful(task: Task): boolean {
  return (task.duplicateOf ?? null) !== null || lacksOf(task).length > 0;
}

/** That keeps it from being started: nothing of it runs or waits for its reviewers, and nobody has let it be worked on all the same. */
export function fallsShort(task: Task): boolean {
  if (!isDoubtful(task) || isEnded(task) || task.assignment !== null) return false;
  return task.pullDueAt === null && !isUnderReview(task);
}

/** Trusted, not held, and without anything that only a person can lift. */
export function isWorkable(task: Task): boolean {
  return (
    task.trust !== null &&
    task.pendingReason === null &&
    !task.isHeld &&
    !task.definition.heldByLabel &&
    !task.definition.isContainer &&
    !isDoubtful(task) &&
    !isSplitUnderWay(task) &&
    task.manualReview === null &&
    task.upstreamFailed === null
  );
}

/** Pieces of it wait for approval, or for their issues. */
export function isSplitUnderWay({ split }: Task): boolean {
  return split === "proposed" || split === "opening";
}

/** Could be assigned now, but for a backoff, the caps and a free worker. */
export function isReady(state: State, task: Task): boolean {
  return isStartable(task) && isUnblocked(state, task);
}

/** The same, but for its blockers. */
export function isStartable(task: Task): boolean {
  return (
    !isEnded(task) && task.assignment === null && task.pullDueAt === null && !isUnderReview(task) && isWorkable(task)
  );
}

/** Everything that the cycle must look after: a session, a pull request, or one that is due. */
export function isActive(task: Task): boolean {
  if (task.assignment !== null) return true;
  return !isEnded(task) && (task.pullDueAt !== null || task.pull?.state === "open");
}

/** A merge of its pull request was asked for, and has neither landed nor come to nothing. */
export function isMerging(task: Task): boolean {
  const { mergeAsked, pull } = task;
  if (mergeAsked === null || mergeAsked.over !== undefined || pull?.state !== "open") return false;
  const isLeft = task.assignment !== null || task.retryAt !== null || task.manualReview !== null;
  return pull.number === mergeAsked.pull && !isEnded(task) && !isLeft;
}

export function statusOf(state: State, task: Task): TaskStatus {
  if (task.receipt !== null) return "completed";
  if (task.outcome !== null) return task.outcome;
  if (task.manualReview !== null) return "manual_review";
  if (task.assignment !== null) return assignedStatus(task.assignment.phase);
  if (task.pullDueAt !== null) return "in_progress";
  if (isUnderReview(task)) return "review";
  return task.upstreamFailed === null ? queuedStatus(state, task) : "upstream_failed";
}

function queuedStatus(state: State, task: Task): TaskStatus {
  if (isPending(task)) return "pending";
  return task.split === "opening" || task.definition.isContainer || !isUnblocked(state, task) ? "blocked" : "ready";
}

function isPending(task: Task): boolean {
  if (task.trust === null || task.pendingReason !== null || task.isHeld) return true;
  return task.definition.heldByLabel || isDoubtful(task) || task.split === "proposed";
}

function assignedStatus(phase: NonNullable<Task["assignment"]>["phase"]): TaskStatus {
  if (phase === "waiting") return "needs_input";
  return phase === "running" || phase === "ending" ? "in_progress" : "assigned";
}
