/** What must be true of every state, whatever happened. Asserted on the tasks touched in production, on all in tests. */
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { isActive, isReady } from "./readiness.ts";
import type { State } from "./state.ts";

/** The sentences that are not true of the tasks in `ids`; `[]` when all is well. */
export function brokenInvariants(state: State, ids: Iterable<TaskId>): readonly string[] {
  const broken: string[] = [];
  for (const id of ids) {
    const task = state.tasks.get(id);
    if (task !== undefined) for (const sentence of brokenOf(state, task)) broken.push(`Task ${id}: ${sentence}.`);
  }
  return broken;
}

/** The same over the whole state. */
export function allBrokenInvariants(state: State): readonly string[] {
  const broken = [...brokenInvariants(state, state.tasks.keys())];
  for (const [worker, id] of state.occupied.entries()) {
    if (state.tasks.get(id)?.assignment?.worker !== worker) broken.push(`Worker ${worker} is taken by nobody.`);
  }
  for (const id of [...state.ready.keys(), ...state.active.keys()]) {
    if (!state.tasks.has(id)) broken.push(`Task ${id} is indexed and does not exist.`);
  }
  return broken;
}

/** The tasks that `events` speak of. */
export function touchedTasks(events: readonly Event[]): ReadonlySet<TaskId> {
  const touched = new Set<TaskId>();
  for (const event of events) if ("task" in event && event.task !== null) touched.add(event.task);
  return touched;
}

function brokenOf(state: State, task: Task): readonly string[] {
  const { assignment } = task;
  const rules: readonly (readonly [boolean, string])[] = [
    [
      assignment === null || state.occupied.get(assignment.worker) === task.id,
      "its worker is not marked as taken by it",
    ],
    [assignment === null || assignment.fence <= state.fence, "its fence was never given out"],
    [
      assignment === null || task.attempts.every((attempt) => attempt.fence < assignment.fence),
      "an older attempt has its fence",
    ],
    [task.receipt === null || task.outcome === null, "it is both completed and given up"],
    [state.ready.has(task.id) === isReady(state, task), "the index of ready tasks is wrong about it"],
    [state.active.has(task.id) === isActive(task), "the index of active tasks is wrong about it"],
    [
      task.blockedBy.every((edge) => state.dependents.get(edge.on)?.includes(task.id) === true),
      "a blocker does not know it",
    ],
    [task.blockedBy.every((edge) => edge.on !== task.id), "it waits for itself"],
    [task.failuresInRow >= 0 && task.refusals >= 0, "it counts below zero"],
  ];
  return rules.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}
