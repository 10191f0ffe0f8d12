/** How things stand at a place of the log, for who replays it. */
import { modeByLog } from "../fold/mode.ts";
import { statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import type { TaskStatus } from "../model/task.ts";
import type { ReplayEnd } from "../views/replay-page.ts";
import { namesOf } from "./names.ts";

/** The same state gives the same answer, whenever it is asked. */
export function toReplayEnd(state: State, of: Pick<ReplayEnd, "repository" | "head" | "from">): ReplayEnd {
  const counts: Partial<Record<TaskStatus, number>> = {};
  const tasks = [...state.tasks.entries()].map(([, task]) => task);
  for (const task of tasks) {
    const status = statusOf(state, task);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  const names = namesOf(state);
  const live = tasks.toSorted((one, other) => one.definition.number - other.definition.number);
  return {
    ...of,
    version: state.version,
    at: state.at === 0 ? null : new Date(state.at).toISOString(),
    mode: modeByLog(state),
    modeBy: state.modeBy,
    isPaused: state.isPaused,
    counts,
    sessions: live.flatMap(({ id, assignment }) =>
      assignment === null ? [] : [{ task: names.task(id), worker: assignment.worker, fence: assignment.fence }],
    ),
    fence: state.fence,
  };
}
