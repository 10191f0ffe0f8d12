/** Which pull requests are looked at again at once, because what kept them from being merged by us may be gone. */
import { mergesAtAll } from "../core/decide-merge.ts";
import type { State } from "../core/state.ts";
import type { Config } from "../model/config.ts";
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";

/** Numbers; `[]` where nobody merges but people. */
export function pullsToLookAt(state: State, events: readonly Event[], config: Config): readonly number[] {
  if (!mergesAtAll(state, config)) return [];
  const gone = new Set(events.flatMap(endedBy));
  const isOpenAgain = events.some(({ type }) => type === "ConfigurationAccepted" || type === "OrchestrationResumed");
  if (gone.size === 0 && !isOpenAgain) return [];
  const numbers: number[] = [];
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task?.pull?.state !== "open") continue;
    if (isOpenAgain || waitedFor(task, gone)) numbers.push(task.pull.number);
  }
  return numbers;
}

/** Another merge may go on: this one has landed, or has come to nothing. */
function endedBy(event: Event): readonly TaskId[] {
  switch (event.type) {
    case "TaskCompleted":
    case "TaskFailed":
    case "TaskCancelled":
    case "RetryScheduled":
    case "ManualReviewRequired":
    case "TaskEscalated":
    case "TaskUntracked":
      return [event.task];
    default:
      return [];
  }
}

/** Its merge was put off for one of these, or it depends on one of them. */
function waitedFor(task: Task, gone: ReadonlySet<TaskId>): boolean {
  const wait = task.mergeWait ?? null;
  return wait !== null && gone.has(wait.on);
}
