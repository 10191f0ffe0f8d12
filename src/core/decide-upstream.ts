/**
 * Failure is carried on over hard edges to everybody behind a task that has failed, and each of them bears its name. Where one that was
 * to blame is not any more, those behind it come back, or bear the name of another one. Work in proportion to those who wait.
 */
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import { isEnded } from "../state/readiness.ts";
import { dependentsOf, numbersOfWaiters, type State } from "../state/state.ts";

/** The task has failed: those behind it fail with it, unless they bear another one's name already. */
export function carryFailure(decision: Decision, id: TaskId): void {
  // Whoever came by another name only through this task bears its name now.
  reviseWaiters(decision, id);
  markWaiters(decision, id, id);
}

/** The task has not failed any more, or is no task any more: those behind it are told who is to blame now, if anybody is. */
export function reviseWaiters(decision: Decision, id: TaskId): void {
  const { state } = decision;
  const bearing: Task[] = [];
  // Nearly always nobody bears a name, and every completion comes by here: that is seen first.
  for (const number of numbersOfWaiters(state, id)) {
    const waiter = state.tasks.at(number);
    if (waiter !== undefined && waiter.upstreamFailed !== null && isHardEdge(waiter, id)) bearing.push(waiter);
  }
  reviseAll(decision, bearing);
}

/** A task whose edges changed, or that is back, may have gained or lost a failed blocker. */
export function reviseUpstream(decision: Decision, id: TaskId): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  if (task.upstreamFailed !== null) return reviseAll(decision, [task]);
  const [upstream] = blamedBy(decision.state, task, (blocker) => blocker.upstreamFailed);
  if (upstream === undefined) return;
  decision.emit({ type: "UpstreamFailed", task: id, upstream });
  markWaiters(decision, id, upstream);
}

/** Whether the task bears the name of one that has not failed, as a log of an older version may have left it. */
export function isBlameOver(state: State, { upstreamFailed }: Task): boolean {
  return upstreamFailed !== null && !hasFailed(state, upstreamFailed);
}

function markWaiters(decision: Decision, from: TaskId, upstream: TaskId): void {
  const queue = [from];
  for (const id of queue) {
    for (const waiter of hardWaiters(decision.state, id)) {
      if (isEnded(waiter) || waiter.upstreamFailed !== null) continue;
      decision.emit({ type: "UpstreamFailed", task: waiter.id, upstream });
      queue.push(waiter.id);
    }
  }
}

/**
 * First everybody who may bear a name through the first ones, then who is to blame for each, begun anew: in a cycle two tasks would keep
 * each other failed for ever.
 */
function reviseAll(decision: Decision, first: readonly Task[]): void {
  if (first.length === 0) return;
  const doubted = doubtBehind(decision.state, first);
  const found = findUpstreams(decision.state, doubted);
  for (const [id, { upstreamFailed }] of doubted) {
    const upstream = found.get(id);
    if (upstream === upstreamFailed) continue;
    decision.emit(
      upstream === undefined ? { type: "UpstreamRecovered", task: id } : { type: "UpstreamFailed", task: id, upstream },
    );
  }
}

/** Tasks that bear a name which none of their own blockers has, and those who may bear one through them. */
function doubtBehind(state: State, first: readonly Task[]): ReadonlyMap<TaskId, Task> {
  const doubted = new Map<TaskId, Task>();
  const queue = [...first];
  for (const task of queue) {
    const { id, upstreamFailed } = task;
    if (upstreamFailed === null || doubted.has(id) || isBlockedByFailed(state, task, upstreamFailed)) continue;
    doubted.set(id, task);
    for (const waiter of hardWaiters(state, id)) queue.push(waiter);
  }
  return doubted;
}

/** Who is to blame for each of the doubted, by those who are not: it keeps the name it bears where that holds. */
function findUpstreams(state: State, doubted: ReadonlyMap<TaskId, Task>): ReadonlyMap<TaskId, TaskId> {
  const found = new Map<TaskId, TaskId>();
  const nameOf = (blocker: Task): TaskId | null =>
    doubted.has(blocker.id) ? (found.get(blocker.id) ?? null) : blocker.upstreamFailed;
  const queue = [...doubted.values()];
  for (const task of queue) {
    if (found.has(task.id)) continue;
    const blamed = blamedBy(state, task, nameOf);
    const upstream = blamed.find((id) => id === task.upstreamFailed) ?? blamed[0];
    if (upstream === undefined) continue;
    found.set(task.id, upstream);
    for (const waiter of hardWaiters(state, task.id)) if (doubted.has(waiter.id)) queue.push(waiter);
  }
  return found;
}

/** The failed tasks that the blockers of the task are, or whose names they bear, in the order of its edges. */
function blamedBy(state: State, task: Task, nameOf: (blocker: Task) => TaskId | null): readonly TaskId[] {
  const blamed: TaskId[] = [];
  for (const { on, kind } of task.blockedBy) {
    if (kind === "soft" || task.unblocked.includes(on)) continue;
    const blocker = state.tasks.get(on);
    if (blocker === undefined) continue;
    const upstream = blocker.outcome === "failed" ? blocker.id : nameOf(blocker);
    if (upstream !== null && hasFailed(state, upstream)) blamed.push(upstream);
  }
  return blamed;
}

function isBlockedByFailed(state: State, task: Task, upstream: TaskId): boolean {
  return hasFailed(state, upstream) && isHardEdge(task, upstream);
}

function hasFailed(state: State, id: TaskId): boolean {
  return state.tasks.get(id)?.outcome === "failed";
}

function hardWaiters(state: State, upstream: TaskId): readonly Task[] {
  const waiters: Task[] = [];
  for (const id of dependentsOf(state, upstream)) {
    const waiter = state.tasks.get(id);
    if (waiter !== undefined && isHardEdge(waiter, upstream)) waiters.push(waiter);
  }
  return waiters;
}

function isHardEdge(task: Task, on: TaskId): boolean {
  return task.blockedBy.find((edge) => edge.on === on)?.kind === "hard" && !task.unblocked.includes(on);
}
