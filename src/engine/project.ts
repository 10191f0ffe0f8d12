/** The files for people that follow from a pass: one task file an open task, moved when its status does, and the plan of one that is split. */
import type { Context } from "../model/context.ts";
import { touchedTasks } from "../core/invariants.ts";
import { statusOf } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";
import type { TaskId } from "../model/ids.ts";
import { taskStatuses, type TaskStatus } from "../model/task.ts";
import type { FileChange } from "../ports/store.ts";
import { renderTaskFile, taskFilePath } from "../views/task-file.ts";
import { planFilePath, renderPlanFile } from "../views/split-text.ts";
import type { Pass } from "./pass.ts";
import { toTaskView } from "./task-views.ts";

/** Task files in one commit: GitHub is slow and at last refuses with very many; what is left over goes with the next commit. */
const filesPerCommitMax = 80;

export interface Projection {
  /** The files to change with this pass. */
  files(pass: Pass, context: Context): readonly FileChange[];
  /** The files of the last pass are in the store. */
  landed(): void;
}

export function createProjection(): Projection {
  /** Tasks whose file is behind, with their numbers: a task may be gone. */
  const behind = new Map<TaskId, number>();
  let included: readonly TaskId[] = [];

  return {
    files(pass, context) {
      for (const [id, number] of movedTasks(pass)) behind.set(id, number);
      included = [...behind.keys()].slice(0, filesPerCommitMax);
      return included.flatMap((id) => changesOf(pass.state, { id, number: behind.get(id) ?? 0 }, context));
    },
    landed() {
      for (const id of included) behind.delete(id);
      included = [];
    },
  };
}

/**
 * The file where it belongs, and none of the same task anywhere else: another process may have written it last, so its old
 * place is not for this one to know. The store leaves out deletions of what is not there.
 */
function changesOf(
  state: State,
  { id, number }: { readonly id: TaskId; readonly number: number },
  context: Context,
): readonly FileChange[] {
  const path = pathOf(state, id);
  const elsewhere = taskStatuses.map((status) => taskFilePath(status, number)).filter((other) => other !== path);
  const removals = [...elsewhere, planFilePath(number)].map((other) => ({ path: other, text: null }));
  const task = state.tasks.get(id);
  if (path === null || task === undefined) return removals;
  const view = toTaskView(state, task, context);
  const plan = renderPlanFile(view);
  return [...removals, renderTaskFile(view), ...(plan === null ? [] : [plan])];
}

/** The tasks that the pass speaks of, and those whose readiness it moved, with their numbers. */
function movedTasks({ entries, state, before }: Pass): ReadonlyMap<TaskId, number> {
  const touched = new Set(entries.flatMap((entry) => [...touchedTasks(entry.events)]));
  const waiters = [...touched].flatMap((id) => dependentsOf(state, id)).filter((id) => !touched.has(id));
  const paths = new Map(waiters.map((id) => [id, pathOf(state, id)]));
  const now = numbersOf(state, [...touched, ...waiters]);
  return before((earlier) => {
    const moved = new Map(numbersOf(earlier, [...touched]));
    for (const id of touched) if (now.has(id)) moved.set(id, now.get(id) ?? 0);
    for (const [id, path] of paths) if (pathOf(earlier, id) !== path && now.has(id)) moved.set(id, now.get(id) ?? 0);
    return moved;
  });
}

function numbersOf(state: State, ids: readonly TaskId[]): ReadonlyMap<TaskId, number> {
  return new Map(
    ids.flatMap((id) => {
      const number = state.tasks.get(id)?.definition.number;
      return number === undefined ? [] : [[id, number] as const];
    }),
  );
}

const withoutFile: ReadonlySet<TaskStatus> = new Set<TaskStatus>(["completed", "cancelled"]);

function pathOf(state: State, id: TaskId): string | null {
  const task = state.tasks.get(id);
  if (task === undefined) return null;
  const status = statusOf(state, task);
  return withoutFile.has(status) ? null : taskFilePath(status, task.definition.number);
}
