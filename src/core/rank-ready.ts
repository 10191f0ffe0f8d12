/** The ready tasks in the order of the mode in force, with the numbers that put each where it stands. */
import type { TaskId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { Task } from "../model/task.ts";
import { rank, type RankInput } from "../ranking/rank.ts";
import type { Context } from "./decision.ts";
import { isEnded } from "./readiness.ts";
import type { State } from "./state.ts";

/** Where nobody has estimated (design, section 3). */
const defaultEffortMinutes = 30;

export interface RankedTask {
  readonly id: TaskId;
  readonly algorithm: Mode;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** The mode that ranks `task`: its own, else the repository's. */
function modeOf(state: State, task: Task, fallback: Mode): Mode {
  return task.modeOverride ?? task.definition.mode ?? state.mode ?? fallback;
}

/**
 * Ranks within each mode, then takes the heads of the modes in turn, so that scores of different modes are never compared.
 * Nearly always there is one mode, and this is its order.
 */
export function rankReady(state: State, context: Context): readonly RankedTask[] {
  const byMode = new Map<Mode, Task[]>();
  for (const task of readyTasks(state)) {
    const mode = modeOf(state, task, context.config.mode);
    byMode.set(mode, [...(byMode.get(mode) ?? []), task]);
  }
  const queues = [...byMode].toSorted(([a], [b]) => (a < b ? -1 : 1)).map((group) => rankOne(state, context, group));
  return interleave(queues);
}

/** By number: the order of an index is another one after a snapshot was read, and ties must break the same way everywhere. */
function readyTasks(state: State): readonly Task[] {
  const tasks = [...state.ready.keys()].flatMap((id) => state.tasks.get(id) ?? []);
  return tasks.toSorted((a, b) => a.definition.number - b.definition.number);
}

function rankOne(
  state: State,
  context: Context,
  [mode, tasks]: readonly [Mode, readonly Task[]],
): readonly RankedTask[] {
  const paths = new Map<TaskId, number>();
  const inputs = tasks.map((task, position): RankInput => ({
    id: task.id,
    priority: task.priorityOverride ?? task.definition.priority,
    createdAt: task.definition.createdAt,
    estimateMinutes: task.estimateOverride ?? task.definition.estimateMinutes,
    quickWin: task.definition.quickWin,
    position,
    impact: impactOf(state, task.id),
    tailMinutes: tailMinutes(state, task.id, paths),
    ageMs: context.now - task.definition.createdAt,
  }));
  return rank(mode, inputs, { weights: context.config.weights }).map((entry) => ({
    id: entry.id as TaskId,
    algorithm: mode,
    score: entry.score,
    parts: entry.parts,
  }));
}

function interleave(queues: readonly (readonly RankedTask[])[]): readonly RankedTask[] {
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const order: RankedTask[] = [];
  for (let place = 0; place < longest; place += 1) {
    for (const queue of queues) {
      const entry = queue[place];
      if (entry !== undefined) order.push(entry);
    }
  }
  return order;
}

/** Open tasks behind a hard edge: those who wait for `id` itself, and all that follow. */
function impactOf(state: State, id: TaskId): { readonly direct: number; readonly transitive: number } {
  const reached = new Set<TaskId>();
  const queue = [id];
  let direct = 0;
  for (let head = 0; head < queue.length; head += 1) {
    for (const waiter of openHardWaiters(state, queue[head] as TaskId)) {
      if (reached.has(waiter) || waiter === id) continue;
      reached.add(waiter);
      queue.push(waiter);
      if (head === 0) direct += 1;
    }
  }
  return { direct, transitive: reached.size };
}

/**
 * The longest remaining path from `start` to an end, its own effort included; a cycle counts once. Walks with a stack of its
 * own, because a chain may be longer than the call stack.
 */
function tailMinutes(state: State, start: TaskId, known: Map<TaskId, number>): number {
  const stack = [start];
  const entered = new Set<TaskId>();
  for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
    const waiters = openHardWaiters(state, id);
    const unknown = entered.has(id) ? [] : waiters.filter((waiter) => !known.has(waiter) && !entered.has(waiter));
    entered.add(id);
    if (unknown.length > 0) {
      stack.push(...unknown);
      continue;
    }
    stack.pop();
    known.set(id, effortOf(state, id) + Math.max(0, ...waiters.map((waiter) => known.get(waiter) ?? 0)));
  }
  return known.get(start) ?? defaultEffortMinutes;
}

function effortOf(state: State, id: TaskId): number {
  const task = state.tasks.get(id);
  return task?.estimateOverride ?? task?.definition.estimateMinutes ?? defaultEffortMinutes;
}

function openHardWaiters(state: State, id: TaskId): readonly TaskId[] {
  return (state.dependents.get(id) ?? []).filter((waiter) => {
    const task = state.tasks.get(waiter);
    return (
      task !== undefined && !isEnded(task) && task.blockedBy.some((edge) => edge.on === id && edge.kind === "hard")
    );
  });
}
