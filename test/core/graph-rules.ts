/** What holds of the graph after every pass, found from the edges alone: who bears the name of a failed task. */
import type { State } from "../../src/core/state.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { Task } from "../../src/model/task.ts";

/** The sentences that are not true; `[]` when all is well. */
export function wrongInGraph(state: State): readonly string[] {
  return [...state.tasks.entries()].flatMap(([, task]) => wrongBlame(state, task));
}

function wrongBlame(state: State, task: Task): readonly string[] {
  const failed = isOpen(task) ? failedBefore(state, task) : new Set<TaskId>();
  const { upstreamFailed } = task;
  if (upstreamFailed === null) return failed.size === 0 ? [] : [`${task.id} does not know that a blocker has failed`];
  return failed.has(upstreamFailed) ? [] : [`${task.id} bears the name of ${upstreamFailed}, which is not to blame`];
}

/** The failed tasks that it waits for over hard edges, with only open tasks between. */
function failedBefore(state: State, start: Task): ReadonlySet<TaskId> {
  const failed = new Set<TaskId>();
  const open = new Set([start]);
  for (const task of open) {
    for (const { on, kind } of task.blockedBy) {
      const blocker = kind === "hard" && !task.unblocked.includes(on) ? state.tasks.get(on) : undefined;
      if (blocker === undefined) continue;
      if (blocker.outcome === "failed") failed.add(on);
      else if (isOpen(blocker)) open.add(blocker);
    }
  }
  return failed;
}

function isOpen(task: Task): boolean {
  return task.receipt === null && task.outcome === null;
}
