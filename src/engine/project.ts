/** The files for people that follow from a pass: one task file an open task, moved when its status does. */
import type { Context } from "../core/decision.ts";
import { touchedTasks } from "../core/invariants.ts";
import { statusOf } from "../core/readiness.ts";
import type { State } from "../core/state.ts";
import type { TaskId } from "../model/ids.ts";
import type { TaskStatus } from "../model/task.ts";
import type { FileChange } from "../ports/store.ts";
import { renderTaskFile, taskFilePath } from "../views/task-file.ts";
import type { Pass } from "./pass.ts";
import { toTaskView } from "./task-views.ts";

/** Files in one commit: GitHub is slow and at last refuses with very many; what is left over goes with the next commit. */
const filesPerCommitMax = 80;

export interface Projection {
  /** The files to change with this pass; `before` is the state that the pass was decided on. */
  files(pass: Pass, before: State, context: Context): readonly FileChange[];
}

export function createProjection(): Projection {
  /** Tasks whose file is behind. */
  const behind = new Set<TaskId>();
  /** Where the file of a task was last written, by this process. */
  const written = new Map<TaskId, string>();

  function changeOf(
    id: TaskId,
    places: { readonly before: State; readonly draft: State; readonly context: Context },
  ): FileChange[] {
    const path = pathOf(places.draft, id);
    const old = written.get(id) ?? pathOf(places.before, id);
    const changes: FileChange[] = old !== null && old !== path ? [{ path: old, text: null }] : [];
    const task = places.draft.tasks.get(id);
    if (path !== null && task !== undefined) {
      changes.push(renderTaskFile(toTaskView(places.draft, task, places.context)));
      written.set(id, path);
    } else written.delete(id);
    return changes;
  }

  return {
    files(pass, before, context) {
      for (const entry of pass.entries) for (const id of movedTasks(entry, before, pass.draft)) behind.add(id);
      const changes: FileChange[] = [];
      for (const id of behind) {
        if (changes.length >= filesPerCommitMax) break;
        changes.push(...changeOf(id, { before, draft: pass.draft, context }));
        behind.delete(id);
      }
      return changes;
    },
  };
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
