/**
 * Tasks that wait for each other: told on each of them when it comes to be so, and taken back from each when it is over, in whatever way.
 * Only a person cuts a cycle.
 */
import { components } from "../graph/components.ts";
import { at, buildGraph } from "../graph/graph.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import { isEnded } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";

/** The edges of the task have changed, or it is open again: others may wait in a circle with it, or no longer. */
export function reportCycles(decision: Decision, id: TaskId): void {
  const { state } = decision;
  const task = state.tasks.get(id);
  if (task === undefined || (task.cycle === null && findCycle(state, id) === null)) return;
  revise(decision, [id, ...cyclicBehind(state, id)]);
}

/** The task has ended, or is a task no more: it waits for nobody. Costs nothing where it was in no cycle. */
export function leaveCycles(decision: Decision, { id, cycle }: Task): void {
  const { state } = decision;
  if (cycle === null) return;
  if (state.tasks.has(id)) decision.emit({ type: "CycleReported", task: id, cycle: null });
  revise(
    decision,
    cyclicBehind(state, id).filter((each) => isCycleOver(state, each)),
  );
}

/** Whether the task is said to be in a cycle that is none any more. */
export function isCycleOver(state: State, id: TaskId): boolean {
  const cycle = state.tasks.get(id)?.cycle ?? null;
  if (cycle === null) return false;
  return !cycle.every((each, place) => blockersLeft(state, each).includes(cycle[(place + 1) % cycle.length] ?? each));
}

/** Tasks that are said to be in a cycle and wait for this one, directly or through others of which it is said. */
function cyclicBehind(state: State, start: TaskId): readonly TaskId[] {
  const behind = new Set([start]);
  for (const id of behind) {
    for (const waiter of dependentsOf(state, id)) {
      if ((state.tasks.get(waiter)?.cycle ?? null) !== null) behind.add(waiter);
    }
  }
  behind.delete(start);
  return [...behind];
}

/** Says of each of these tasks, and of whoever is in a cycle with one before it, in which cycle it is. What still holds is not told again. */
function revise(decision: Decision, ids: readonly TaskId[]): void {
  if (ids.length === 0) return;
  const { state } = decision;
  const knots = knotsBefore(state, ids);
  for (const id of new Set([...ids, ...knots.keys()])) {
    const task = state.tasks.get(id);
    const knot = knots.get(id);
    if (task === undefined || (knot === undefined && task.cycle === null)) continue;
    if (knot !== undefined && task.cycle !== null && !isCycleOver(state, id)) continue;
    const cycle = knot === undefined ? null : findCycle(state, id, knot);
    decision.emit({ type: "CycleReported", task: id, cycle });
  }
}

/** Of the given tasks and all that they wait for, those that wait for themselves, each with everybody that it is knotted with. */
function knotsBefore(state: State, ids: readonly TaskId[]): ReadonlyMap<TaskId, ReadonlySet<TaskId>> {
  const places = new Map(ids.map((id, place) => [id, place]));
  const edges: number[] = [];
  for (const [id, place] of places) {
    for (const on of blockersLeft(state, id)) {
      const known = places.get(on) ?? places.size;
      places.set(on, known);
      edges.push(place, known);
    }
  }
  const { count, of } = components(buildGraph(places.size, edges));
  const members: Set<TaskId>[] = Array.from({ length: count }, () => new Set());
  for (const [id, place] of places) members[at(of, place)]?.add(id);
  const knots = new Map<TaskId, ReadonlySet<TaskId>>();
  for (const knot of members) if (knot.size > 1) for (const id of knot) knots.set(id, knot);
  return knots;
}

/** A way from `start` along its blockers back to itself, shortest first, through nobody but `within`; null when there is none. */
export function findCycle(
  state: State,
  start: TaskId,
  within: ReadonlySet<TaskId> | null = null,
): readonly TaskId[] | null {
  // Where nobody waits for it no way leads back: most tasks are told so without a search.
  if (!state.dependents.has(start)) return null;
  const cameFrom = new Map<TaskId, TaskId>();
  const queue: TaskId[] = [start];
  for (const current of queue) {
    for (const next of blockersLeft(state, current)) {
      if (next === start) return pathTo(cameFrom, start, current);
      if (cameFrom.has(next) || within?.has(next) === false) continue;
      cameFrom.set(next, current);
      queue.push(next);
    }
  }
  return null;
}

function blockersLeft(state: State, id: TaskId): readonly TaskId[] {
  const task = state.tasks.get(id);
  if (task === undefined || isEnded(task)) return [];
  return task.blockedBy.filter((edge) => !task.unblocked.includes(edge.on)).map((edge) => edge.on);
}

function pathTo(cameFrom: ReadonlyMap<TaskId, TaskId>, start: TaskId, end: TaskId): readonly TaskId[] {
  const path: TaskId[] = [];
  for (let id: TaskId | undefined = end; id !== undefined && id !== start; id = cameFrom.get(id)) path.unshift(id);
  return [start, ...path];
}
