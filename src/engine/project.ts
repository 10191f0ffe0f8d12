/** The files for people that follow from a pass: one task file an open task, moved when its status does. */
import type { Context } from "../core/context.ts";
import { touchedTasks } from "../core/invariants.ts";
import { statusOf } from "../core/readiness.ts";
import type { State } from "../core/state.ts";
import type { TaskId } from "../model/ids.ts";
import { taskStatuses, type TaskStatus } from "../model/task.ts";
import type { FileChange } from "../ports/store.ts";
import { renderTaskFile, taskFilePath } from "../views/task-file.ts";
import type { Pass } from "./pass.ts";
import { toTaskView } from "./task-views.ts";

/** Task files in one commit: GitHub is slow and at last refuses with very many; what is left over goes with the next commit. */
const filesPerCommitMax = 80;

export interface Projection {
  /** The files to change with this pass; `before` is the state that the pass was decided on. */
  files(pass: Pass, before: State, context: Context): readonly FileChange[];
  /** The files of the last pass are in the store. */
  landed(): void;
}

interface Places {
  readonly before: State;
  readonly draft: State;
  readonly context: Context;
}

export function createProjection(): Projection {
  /** Tasks whose file is behind. */
  const behind = new Set<TaskId>();
  let included: readonly TaskId[] = [];

  return {
    files(pass, before, context) {
      for (const entry of pass.entries) for (const id of movedTasks(entry, before, pass.draft)) behind.add(id);
      included = [...behind].slice(0, filesPerCommitMax);
      return included.flatMap((id) => changesOf(id, { before, draft: pass.draft, context }));
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
function changesOf(id: TaskId, { before, draft, context }: Places): readonly FileChange[] {
  const number = (draft.tasks.get(id) ?? before.tasks.get(id))?.definition.number;
  if (number === undefined) return [];
  const path = pathOf(draft, id);
  const elsewhere = taskStatuses.map((status) => taskFilePath(status, number)).filter((other) => other !== path);
  const removals = elsewhere.map((other) => ({ path: other, text: null }));
  const task = draft.tasks.get(id);
  return path === null || task === undefined
    ? removals
    : [...removals, renderTaskFile(toTaskView(draft, task, context))];
}

/** The tasks an entry speaks of, and those whose readiness it moved. */
function movedTasks(entry: Pass["entries"][number], before: State, draft: State): ReadonlySet<TaskId> {
  const touched = touchedTasks(entry.events);
  const moved = new Set(touched);
  for (const id of touched) {
    for (const waiter of draft.dependents.get(id) ?? []) {
      if (pathOf(before, waiter) !== pathOf(draft, waiter)) moved.add(waiter);
    }
  }
  return moved;
}

const withoutFile: ReadonlySet<TaskStatus> = new Set<TaskStatus>(["completed", "cancelled"]);

function pathOf(state: State, id: TaskId): string | null {
  const task = state.tasks.get(id);
  if (task === undefined) return null;
  const status = statusOf(state, task);
  return withoutFile.has(status) ? null : taskFilePath(status, task.definition.number);
}
