/** What must be true of every state, whatever happened. Asserted on the tasks touched in production, on all in tests. */
import type { Event } from "../model/event.ts";
import { agentOf, type TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { slotOf } from "./fold-health.ts";
import { isActive, isReady } from "./readiness.ts";
import { isFree } from "./slots.ts";
import type { State } from "./state.ts";

/** The sentences that are not true of the tasks that `events` speak of; `[]` when all is well. */
export function brokenInvariants(state: State, events: readonly Event[]): readonly string[] {
  const broken: string[] = [];
  let last: TaskId | null = null;
  for (const event of events) {
    // Events in a row are mostly about one task.
    if (!("task" in event) || event.task === null || event.task === last) continue;
    last = event.task;
    broken.push(...brokenOf(state, last));
  }
  return broken;
}

const none: readonly string[] = [];

function brokenOf(state: State, id: TaskId): readonly string[] {
  const task = state.tasks.get(id);
  if (task === undefined || rules.every(([, holds]) => holds(state, task))) return none;
  return rules.filter(([, holds]) => !holds(state, task)).map(([sentence]) => `Task ${id}: ${sentence}.`);
}

/** The same over the whole state. */
export function allBrokenInvariants(state: State): readonly string[] {
  const broken = [...state.tasks.keys()].flatMap((id) => brokenOf(state, id));
  for (const [worker, id] of state.occupied.entries()) {
    if (state.tasks.get(id)?.assignment?.worker !== worker) broken.push(`Worker ${worker} is taken by nobody.`);
  }
  for (const [worker, { restsUntil }] of state.workers.entries()) {
    const slots = state.slots.get(agentOf(worker));
    if (restsUntil === null || (slots !== undefined && !isFree(slots, slotOf(worker)))) continue;
    broken.push(`Worker ${worker} rests and could be given work.`);
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

type Rule = readonly [sentence: string, holds: (state: State, task: Task) => boolean];

const rules: readonly Rule[] = [
  [
    "its worker is not marked as taken by it",
    (state, { id, assignment }) => assignment === null || state.occupied.get(assignment.worker) === id,
  ],
  ["its fence was never given out", (state, { assignment }) => assignment === null || assignment.fence <= state.fence],
  [
    "an older attempt has its fence",
    (_, { assignment, attempts }) =>
      assignment === null || attempts.every((attempt) => attempt.fence < assignment.fence),
  ],
  ["it is both completed and given up", (_, task) => task.receipt === null || task.outcome === null],
  [
    "the index of ready tasks is wrong about it",
    (state, task) => {
      const ready = isReady(state, task);
      return state.ready.has(task.id) === ready && (task.readySince !== null) === ready;
    },
  ],
  ["the index of active tasks is wrong about it", (state, task) => state.active.has(task.id) === isActive(task)],
  [
    "a blocker does not know it",
    (state, { id, blockedBy }) => blockedBy.every((edge) => state.dependents.get(edge.on)?.includes(id) === true),
  ],
  ["it waits for itself", (_, { id, blockedBy }) => blockedBy.every((edge) => edge.on !== id)],
  ["it counts below zero", (_, { failuresInRow, refusals }) => failuresInRow >= 0 && refusals >= 0],
];
