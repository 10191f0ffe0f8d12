/** What must be true of every state, whatever happened. Asserted on the tasks touched in production, on all in tests. */
import type { Event } from "../model/event.ts";
import { agentOf, slotOf, type TaskId } from "../model/ids.ts";
import type { Assignment, Dependency, Task } from "../model/task.ts";
import { isActive, isMerging, isReady, openBlockers } from "../state/readiness.ts";
import { isFree } from "../state/slots.ts";
import type { State } from "../state/state.ts";

/** The sentences that are not true of the tasks that `events` speak of, one a task; `[]` when all is well. Edges are looked at where they have changed. */
export function brokenInvariants(state: State, events: readonly Event[]): readonly string[] {
  let broken: readonly string[] = none;
  let last: TaskId | null = null;
  for (const event of events) {
    if (!("task" in event) || event.task === null) continue;
    const isAboutEdges = event.type === "DependenciesChanged";
    // Events in a row are mostly about one task.
    if (event.task === last && !isAboutEdges) continue;
    last = event.task;
    const task = state.tasks.get(last);
    if (task === undefined) continue;
    const fault = faultOf(state, task) ?? (isAboutEdges ? faultOfEdges(state, task) : null);
    if (fault !== null) broken = [...broken, `Task ${last}: ${fault}.`];
  }
  return broken;
}

const none: readonly string[] = [];

/** The same over the whole state. */
export function allBrokenInvariants(state: State): readonly string[] {
  const broken: string[] = [];
  for (const [id, task] of state.tasks.entries()) {
    for (const fault of [faultOf(state, task), faultOfEdges(state, task)]) {
      if (fault !== null) broken.push(`Task ${id}: ${fault}.`);
    }
  }
  broken.push(...brokenWorkers(state));
  for (const id of [...state.ready.keys(), ...state.active.keys()]) {
    if (!state.tasks.has(id)) broken.push(`Task ${id} is indexed and does not exist.`);
  }
  return broken;
}

function brokenWorkers(state: State): readonly string[] {
  const broken: string[] = [];
  for (const [worker, id] of state.occupied.entries()) {
    if (state.tasks.get(id)?.assignment?.worker !== worker) broken.push(`Worker ${worker} is taken by nobody.`);
  }
  for (const [worker, { restsUntil }] of state.workers.entries()) {
    const slots = state.slots.get(agentOf(worker));
    if (restsUntil === null || (slots !== undefined && !isFree(slots, slotOf(worker)))) continue;
    broken.push(`Worker ${worker} rests and could be given work.`);
  }
  return broken;
}

/** The tasks that `events` speak of. */
export function touchedTasks(events: readonly Event[]): ReadonlySet<TaskId> {
  const touched = new Set<TaskId>();
  for (const event of events) if ("task" in event && event.task !== null) touched.add(event.task);
  return touched;
}

/** What is not true of the task, in words; null when all is well. */
function faultOf(state: State, task: Task): string | null {
  const { assignment, receipt, outcome, failuresInRow, refusals } = task;
  if (assignment !== null) {
    const fault = faultOfAssignment(state, task, assignment);
    if (fault !== null) return fault;
  }
  if (receipt !== null && outcome !== null) return "it is both completed and given up";
  if (failuresInRow < 0 || refusals < 0) return "it counts below zero";
  return faultOfIndexes(state, task);
}

function faultOfAssignment(state: State, { id, attempts }: Task, { worker, fence }: Assignment): string | null {
  if (state.occupied.get(worker) !== id) return "its worker is not marked as taken by it";
  if (fence > state.fence) return "its fence was never given out";
  const last = attempts.at(-1);
  return last !== undefined && last.fence >= fence ? "an older attempt has its fence" : null;
}

function faultOfIndexes(state: State, task: Task): string | null {
  const number = state.numbering.find(task.id);
  const ready = isReady(state, task);
  if (state.ready.hasNumber(number) !== ready || (task.readySince !== null) !== ready)
    return "the index of ready tasks is wrong about it";
  if (state.failed.hasNumber(number) !== (ready && task.failuresInRow > 0))
    return "the index of tasks that have failed is wrong about it";
  if (state.active.hasNumber(number) !== isActive(task)) return "the index of active tasks is wrong about it";
  return state.merging.hasNumber(number) === isMerging(task)
    ? null
    : "the index of merges on their way is wrong about it";
}

function faultOfEdges(state: State, task: Task): string | null {
  const { id, blockedBy } = task;
  const number = state.numbering.find(id);
  const isKnown = (edge: Dependency): boolean => state.dependents.get(edge.on)?.includes(number) === true;
  if (!blockedBy.every(isKnown)) return "a blocker does not know it";
  if (blockedBy.some((edge) => edge.on === id)) return "it waits for itself";
  const watched = state.watched.at(number);
  const isWatched = (edge: Dependency): boolean => state.numbering.find(edge.on) === watched;
  return watched === undefined || openBlockers(state, task).some(isWatched)
    ? null
    : "the blocker that it watches is not open";
}
