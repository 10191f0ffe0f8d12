/**
 * Which merge comes first: what a task depends on before the task, of those that change one file only one at a time, and of branches that
 * have to be brought up to date one before all others.
 */
import type { TaskId } from "../model/ids.ts";
import type { MergeWait } from "../model/merge.ts";
import type { Dependency, Task } from "../model/task.ts";
import { branchTurnMs } from "../model/limits.ts";
import { blockerState, isWorkable } from "../state/readiness.ts";
import type { State } from "../state/state.ts";

/** What is about to be merged. */
interface Wish {
  readonly files: readonly string[] | null;
  /** Its branch has to be brought up to date first. */
  readonly isBehind: boolean;
  readonly now: number;
}

/** What has to be merged before the pull request of the task; null where nothing has to. */
export function findMergeWait(state: State, task: Task, wish: Wish): MergeWait | null {
  return findBlocker(state, task) ?? findTurn(state, task, wish) ?? findOverlap(state, task, wish.files);
}

/** What the task depends on and is not there yet. A pull request that is enough to begin on is not enough to merge on. */
export function findBlocker(state: State, task: Task): MergeWait | null {
  const open = task.blockedBy.find((edge) => !task.unblocked.includes(edge.on) && !isThere(state, edge));
  return open === undefined ? null : { on: open.on, why: "blocker", file: null };
}

function isThere(state: State, edge: Dependency): boolean {
  const blocker = blockerState(state, edge);
  return edge.kind === "hard" ? blocker === "completed" : blocker !== "open";
}

/** By id, because the order of a table is another one after a snapshot. */
function othersOnTheirWay(state: State, { id }: Task): readonly Task[] {
  const ids = [...state.merging.keys()].toSorted();
  return ids.flatMap((other) => (other === id ? [] : (state.tasks.get(other) ?? [])));
}

/**
 * Where branches have to be up to date, each merge puts all others behind, whatever they change: while one is brought up to date nothing
 * else is merged, and while anything is merged nothing is brought up to date. So each merge costs one run of the checks, and not as many
 * as there are pull requests.
 */
function findTurn(state: State, task: Task, { isBehind, now }: Wish): MergeWait | null {
  const first = othersOnTheirWay(state, task).find((other) => (isUpdating(other) ? hasTurn(other, now) : isBehind));
  return first === undefined ? null : { on: first.id, why: "turn", file: null };
}

function isUpdating({ mergeAsked }: Task): boolean {
  return mergeAsked?.isBehind === true;
}

/** What was put on hold, or whose checks hang, keeps nobody waiting. */
function hasTurn(task: Task, now: number): boolean {
  return isWorkable(task) && now - (task.mergeAsked?.at ?? 0) < branchTurnMs;
}

/** Whether the merge that others wait for is still on its way. */
export function isOnItsWay(state: State, id: TaskId, now: number): boolean {
  const task = state.merging.has(id) ? state.tasks.get(id) : undefined;
  return task !== undefined && (!isUpdating(task) || hasTurn(task, now));
}

function findOverlap(state: State, task: Task, files: readonly string[] | null): MergeWait | null {
  for (const other of othersOnTheirWay(state, task)) {
    if (isUpdating(other)) continue;
    const { id } = other;
    const others = other.mergeAsked?.files ?? null;
    if (files === null || others === null) return { on: id, why: "overlap", file: null };
    const file = sharedFile(files, others);
    if (file !== null) return { on: id, why: "overlap", file };
  }
  return null;
}

function sharedFile(files: readonly string[], others: readonly string[]): string | null {
  const changed = new Set(others);
  return files.find((file) => changed.has(file)) ?? null;
}
