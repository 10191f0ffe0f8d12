/** Which merge comes first: what a task depends on before the task, and of those that change one file only one at a time. */
import type { MergeWait } from "../model/merge.ts";
import type { Dependency, Task } from "../model/task.ts";
import { blockerState } from "./readiness.ts";
import type { State } from "./state.ts";

/** What has to be merged before the pull request of the task, which changes `files`; null where nothing has to. */
export function findMergeWait(state: State, task: Task, files: readonly string[] | null): MergeWait | null {
  return findBlocker(state, task) ?? findOverlap(state, task, files);
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
function findOverlap(state: State, task: Task, files: readonly string[] | null): MergeWait | null {
  for (const id of [...state.merging.keys()].toSorted()) {
    const other = id === task.id ? undefined : state.tasks.get(id);
    if (other === undefined) continue;
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
