/** What must be true of every state, whatever happened. Asserted on the tasks touched in production, on all in tests. */
import type { Event } from "../model/event.ts";
import { agentOf, type TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { slotOf } from "./fold-health.ts";
import { isActive, isMerging, isReady } from "./readiness.ts";
import { isFree } from "./slots.ts";
import type { State } from "./state.ts";

/**
 * The sentences that are not true of the tasks that `events` speak of; `[]` when all is well. The rules about edges are asked of those
 * whose edges have changed.
 */
export function brokenInvariants(state: State, events: readonly Event[]): readonly string[] {
  let broken: readonly string[] = none;
  let last: TaskId | null = null;
  for (const event of events) {
    if (!("task" in event) || event.task === null) continue;
    const isAboutEdges = event.type === "DependenciesChanged";
    // Events in a row are mostly about one task.
    if (event.task === last && !isAboutEdges) continue;
    last = event.task;
    broken = withBroken(broken, rules, { state, id: last });
    if (isAboutEdges) broken = withBroken(broken, edgeRules, { state, id: last });
  }
  return broken;
}

const none: readonly string[] = [];

function withBroken(
  known: readonly string[],
  asked: readonly Rule[],
  { state, id }: { readonly state: State; readonly id: TaskId },
): readonly string[] {
  const task = state.tasks.get(id);
  if (task === undefined) return known;
  let broken = known;
  for (const rule of asked) if (!rule.holds(state, task)) broken = [...broken, `Task ${id}: ${rule.sentence}.`];
  return broken;
}

/** The same over the whole state. */
export function allBrokenInvariants(state: State): readonly string[] {
  const everyRule = [...rules, ...edgeRules];
  const broken = [...state.tasks.keys()].flatMap((id) => withBroken(none, everyRule, { state, id }));
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

interface Rule {
  readonly sentence: string;
  holds(state: State, task: Task): boolean;
}

const rules: readonly Rule[] = [
  {
    sentence: "its worker is not marked as taken by it",
    holds: (state, { id, assignment }) => assignment === null || state.occupied.get(assignment.worker) === id,
  },
  {
    sentence: "its fence was never given out",
    holds: (state, { assignment }) => assignment === null || assignment.fence <= state.fence,
  },
  {
    sentence: "an older attempt has its fence",
    holds: (_, { assignment, attempts }) =>
      assignment === null || attempts.every((attempt) => attempt.fence < assignment.fence),
  },
  {
    sentence: "it is both completed and given up",
    holds: (_, task) => task.receipt === null || task.outcome === null,
  },
  {
    sentence: "the index of ready tasks is wrong about it",
    holds(state, task) {
      const ready = isReady(state, task);
      return state.ready.has(task.id) === ready && (task.readySince !== null) === ready;
    },
  },
  {
    sentence: "the index of active tasks is wrong about it",
    holds: (state, task) => state.active.has(task.id) === isActive(task),
  },
  {
    sentence: "the index of merges on their way is wrong about it",
    holds: (state, task) => state.merging.has(task.id) === isMerging(task),
  },
  {
    sentence: "it counts below zero",
    holds: (_, { failuresInRow, refusals }) => failuresInRow >= 0 && refusals >= 0,
  },
];

const edgeRules: readonly Rule[] = [
  {
    sentence: "a blocker does not know it",
    holds: (state, { id, blockedBy }) =>
      blockedBy.every((edge) => state.dependents.get(edge.on)?.includes(id) === true),
  },
  { sentence: "it waits for itself", holds: (_, { id, blockedBy }) => blockedBy.every((edge) => edge.on !== id) },
];
