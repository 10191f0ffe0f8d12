/**
 * What waits behind each open task, kept in proportion to the change: a completion touches only itself, a new edge the tasks
 * before it. The result is a function of the graph alone, whichever way it was found, so replicas and replays agree.
 */
import { impactUpTo } from "../graph/impact.ts";
import { tails } from "../graph/critical-path.ts";
import { at, buildGraph, successorsOf, type Graph } from "../graph/graph.ts";
import { topologicalOrder, type Order } from "../graph/order.ts";
import { unestimatedMinutes } from "../graph/task-graph.ts";
import type { TaskId } from "../model/ids.ts";
import type { Dependency, Priority, Task } from "../model/task.ts";
import { impactMax } from "../model/limits.ts";
import { isEnded } from "./readiness.ts";
import type { Reach } from "./records.ts";
import type { State } from "./state.ts";

/**
 * Beyond this many tasks to look at again, or this share of all, or so many steps to count what is behind them, finding
 * everything anew is cheaper.
 */
const localTasksMin = 256;
const localShare = 1 / 8;
const localStepsMax = 50_000;

/** What a task is taken to need: what a person said, what the issue says, what its kind has taken, or 30 minutes. */
export function effortOf(task: Task): number {
  return estimateOf(task) ?? unestimatedMinutes;
}

/** The same, null where nothing but the default is known. */
export function estimateOf(task: Task): number | null {
  return task.estimateOverride ?? task.definition.estimateMinutes ?? task.definition.learnedMinutes;
}

export function priorityOf(task: Task): Priority {
  return task.priorityOverride ?? task.definition.priority;
}

/** What waits behind an open task; null when there is no such open task. */
export function reachOf(state: State, id: TaskId): Reach | null {
  settleReach(state);
  return state.reach.get(id) ?? null;
}

/** Brings the index up to date. Costs nothing when the graph has not changed. */
export function settleReach(state: State): void {
  if (state.unsettled.length === 0) return;
  const changed = takeUnsettled(state);
  if (changed.length === 0) return;
  if (state.cyclicCount > 0 || !settleNearby(state, changed)) settleAll(state);
}

/** What has changed, but for tasks that have ended after everything that they waited for: those only drop out. */
function takeUnsettled(state: State): readonly TaskId[] {
  const { unsettled } = state;
  state.unsettled = [];
  const changed: TaskId[] = [];
  // Nearly always one task has ended.
  for (const id of unsettled.length === 1 ? unsettled : new Set(unsettled)) {
    const task = state.tasks.get(id);
    if (task !== undefined && isEnded(task) && !waitsForOpen(state, task)) write(state, id, null);
    else changed.push(id);
  }
  return changed;
}

function waitsForOpen(state: State, task: Task): boolean {
  if (task.blockedBy.length === 0) return false;
  const numbers = state.blockers.get(task.id) as readonly number[];
  for (let at = 0; at < numbers.length; at += 1) {
    const blocker = state.tasks.at(numbers[at] as number);
    if (blocker === undefined || isEnded(blocker)) continue;
    const { kind, on } = task.blockedBy[at] as Dependency;
    if (kind === "hard" && !task.unblocked.includes(on)) return true;
  }
  return false;
}

/** Finds the changed tasks and those before them anew; false when that is too much, and nothing was written. */
function settleNearby(state: State, changed: readonly TaskId[]): boolean {
  const affected = tasksBefore(state, changed);
  if (affected === null) return false;
  const found = new Map<TaskId, Reach>();
  const budget = { steps: localStepsMax };
  for (const id of dependentsFirst(state, affected)) {
    const task = state.tasks.get(id);
    if (task === undefined || isEnded(task)) continue;
    const reach = lookBehind(state, task, { found, budget });
    if (budget.steps < 0) return false;
    found.set(id, reach);
  }
  for (const id of affected) write(state, id, found.get(id) ?? null);
  return true;
}

/** The changed tasks and every open task that they wait for, directly or not; null when there are too many. */
function tasksBefore(state: State, changed: readonly TaskId[]): ReadonlySet<TaskId> | null {
  const localMax = Math.max(localTasksMin, state.openCount * localShare);
  const affected = new Set(changed);
  for (const id of affected) {
    if (affected.size > localMax) return null;
    const task = state.tasks.get(id);
    if (task === undefined) continue;
    for (const edge of task.blockedBy) {
      if (edge.kind === "hard" && !task.unblocked.includes(edge.on) && isOpen(state, edge.on)) affected.add(edge.on);
    }
  }
  return affected;
}

/** So that what a task is found from has been found before it. There are no cycles here. */
function dependentsFirst(state: State, affected: ReadonlySet<TaskId>): readonly TaskId[] {
  const ordered: TaskId[] = [];
  const entered = new Set<TaskId>();
  const stack = [...affected].toReversed();
  const isDone = new Set<TaskId>();
  for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
    if (entered.has(id)) {
      stack.pop();
      if (!isDone.has(id)) ordered.push(id);
      isDone.add(id);
      continue;
    }
    entered.add(id);
    for (const waiter of openWaiters(state, id)) if (affected.has(waiter) && !entered.has(waiter)) stack.push(waiter);
  }
  return ordered;
}

function lookBehind(
  state: State,
  task: Task,
  own: { readonly found: ReadonlyMap<TaskId, Reach>; readonly budget: { steps: number } },
): Reach {
  const minutes = effortOf(task);
  let tail = 0;
  let priority = priorityOf(task);
  let direct = 0;
  for (const waiter of openWaiters(state, task.id)) {
    direct += 1;
    const behind = own.found.get(waiter) ?? state.reach.get(waiter);
    if (behind === undefined) continue;
    if (behind.tailMinutes > tail) tail = behind.tailMinutes;
    if (behind.priority < priority) priority = behind.priority;
  }
  const transitive = countBehind(state, task.id, own.budget);
  return { direct, transitive, tailMinutes: whole(minutes + tail), minutes: whole(minutes), priority };
}

/** Open tasks behind `start`, counted up to `impactMax`. */
function countBehind(state: State, start: TaskId, budget: { steps: number }): number {
  const reached = new Set<TaskId>([start]);
  for (const id of reached) {
    for (const waiter of openWaiters(state, id)) {
      budget.steps -= 1;
      reached.add(waiter);
      if (reached.size > impactMax) return impactMax;
    }
    if (budget.steps < 0) return 0;
  }
  return reached.size - 1;
}

const nobody: readonly TaskId[] = [];

/** Open tasks that wait for `id` over a hard edge. */
function openWaiters(state: State, id: TaskId): readonly TaskId[] {
  const waiters = state.dependents.get(id);
  if (waiters === undefined) return nobody;
  const open: TaskId[] = [];
  for (const number of waiters) {
    const task = state.tasks.at(number);
    if (task !== undefined && !isEnded(task) && isHardEdge(task, id)) open.push(task.id);
  }
  return open;
}

function isHardEdge(task: Task, on: TaskId): boolean {
  for (const edge of task.blockedBy) if (edge.on === on) return edge.kind === "hard" && !task.unblocked.includes(on);
  return false;
}

function isOpen(state: State, id: TaskId): boolean {
  const task = state.tasks.get(id);
  return task !== undefined && !isEnded(task);
}

function write(state: State, id: TaskId, reach: Reach | null): void {
  const before = state.reach.get(id);
  if (before !== undefined && reach !== null && isSame(before, reach)) return;
  if (before !== undefined) state.scale.count(before, -1);
  if (reach === null) state.reach.delete(id);
  else {
    state.reach.set(id, reach);
    state.scale.count(reach, 1);
  }
  const number = state.numbering.find(id);
  state.queue.touch(number);
  state.urgent.touch(number);
  state.waits.touch(number);
}

function isSame(a: Reach, b: Reach): boolean {
  return (
    a.direct === b.direct &&
    a.transitive === b.transitive &&
    a.tailMinutes === b.tailMinutes &&
    a.minutes === b.minutes &&
    a.priority === b.priority
  );
}

/** Everything anew, over integers. */
function settleAll(state: State): void {
  const open: Task[] = [];
  const indexOf = new Map<TaskId, number>();
  for (const [id, task] of state.tasks.entries()) {
    if (isEnded(task)) continue;
    indexOf.set(id, open.length);
    open.push(task);
  }
  const graph = buildGraph(open.length, hardEdges(open, indexOf));
  const order = topologicalOrder(graph);
  const tail = tails(
    graph,
    order,
    Float64Array.from(open, (task) => effortOf(task)),
  );
  const transitive = impactUpTo(graph, order, impactMax);
  const priorities = inherit(graph, order, open);
  for (const id of state.reach.keys()) if (!indexOf.has(id)) write(state, id, null);
  for (const [node, task] of open.entries()) {
    write(state, task.id, {
      direct: at(graph.successorStart, node + 1) - at(graph.successorStart, node),
      transitive: at(transitive, node),
      tailMinutes: whole(tail[node] ?? 0),
      minutes: whole(effortOf(task)),
      priority: at(priorities, node) as Priority,
    });
  }
}

/** The same number; the engine keeps one that it knows to be whole without a box of its own: three megabytes at a hundred thousand tasks. */
function whole(minutes: number): number {
  const integer = minutes | 0;
  return integer === minutes ? integer : minutes;
}

function hardEdges(open: readonly Task[], indexOf: ReadonlyMap<TaskId, number>): readonly number[] {
  const edges: number[] = [];
  for (const [node, task] of open.entries()) {
    for (const edge of task.blockedBy) {
      const blocker = edge.kind === "hard" ? indexOf.get(edge.on) : undefined;
      if (blocker !== undefined && !task.unblocked.includes(edge.on)) edges.push(blocker, node);
    }
  }
  return edges;
}

/** The most urgent priority of each node and of what waits for it; what is in or behind a cycle passes nothing on. */
function inherit(graph: Graph, order: Order, open: readonly Task[]): Int32Array {
  const priorities = Int32Array.from(open, priorityOf);
  for (let place = order.nodes.length - 1; place >= 0; place -= 1) {
    const node = at(order.nodes, place);
    for (const next of successorsOf(graph, node)) {
      if (at(order.stageOf, next) === -1) continue;
      priorities[node] = Math.min(at(priorities, node), at(priorities, next));
    }
  }
  return priorities;
}
