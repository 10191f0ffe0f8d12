/**
 * A swarm: up to so many workers at once on the sub-issues of one issue, before other work but what is urgent. Nobody is taken from what runs, no task gets
 * two sessions, and every cap and limit holds.
 */
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Swarm } from "../state/records.ts";
import { dependentsOf, type State } from "../state/state.ts";

/** How many workers were asked for on the sub-issues of the task; 0: it has no swarm. */
export function workersAsked(state: State, task: TaskId): number {
  return state.swarms.get(task)?.workers ?? 0;
}

/** The sub-issues that are tasks here, in the order of their edges. */
export function partsOf(state: State, task: Task): readonly Task[] {
  return task.blockedBy.flatMap(({ on, source }) => (source === "sub_issue" ? (state.tasks.get(on) ?? []) : []));
}

/** How many workers are at the sub-issues now. */
export function workersAt(parts: readonly Task[]): number {
  return parts.filter(({ assignment }) => assignment !== null).length;
}

/** The issues that have a swarm, by their numbers: the oldest first. */
export function swarming(state: State): readonly Task[] {
  if (state.swarms.size === 0) return [];
  return [...state.swarms.keys()]
    .flatMap((id) => state.tasks.get(id) ?? [])
    .toSorted((one, other) => one.definition.number - other.definition.number);
}

/** The ready sub-issues, as many as there are workers still missing from the swarm may be started of them. */
export function missingFrom(state: State, task: Task): { readonly workers: number; readonly ready: readonly Task[] } {
  const parts = partsOf(state, task);
  const workers = Math.max(0, workersAsked(state, task.id) - workersAt(parts));
  return { workers, ready: workers === 0 ? [] : parts.filter(({ id }) => state.ready.has(id)) };
}

/** The issue whose swarm the task belongs to; null where there is none. */
export function parentInSwarm(state: State, task: Task): Task | null {
  if (state.swarms.size === 0) return null;
  const parent = dependentsOf(state, task.id).find(
    (id) => state.swarms.has(id) && partsOf(state, state.tasks.get(id) as Task).includes(task),
  );
  return parent === undefined ? null : (state.tasks.get(parent) ?? null);
}

/** The swarm of the task and how many workers are at its sub-issues now; null where it has none. */
export function swarmFor(state: State, task: Task): (Swarm & { readonly busy: number }) | null {
  const swarm = state.swarms.get(task.id);
  return swarm === undefined ? null : { ...swarm, busy: workersAt(partsOf(state, task)) };
}
