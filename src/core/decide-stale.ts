/**
 * When a session takes longer than expected: it is stale, which ends nothing. Its vendor is asked at once, people see that it
 * takes long, and it goes on until it is seen ended or runs into its timeout.
 */
import type { Config } from "../model/config.ts";
import type { TaskId } from "../model/ids.ts";
import type { Assignment, Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { reachOf } from "../state/reach.ts";
import type { State } from "../state/state.ts";

/** Priority 2, high: what waits for so important work, or for more important, is looked after earlier. */
const importantPriority = 2;

/** Work that others wait for, itself or one of them at least high: it is given half the time before it is looked into. */
export function holdsUpImportantWork(state: State, id: TaskId): boolean {
  const reach = reachOf(state, id);
  return reach !== null && reach.direct > 0 && reach.priority <= importantPriority;
}

/**
 * How long a session may take before it is stale: `stale.factor` times what is expected; where nobody has estimated the task, what such
 * sessions usually take at most, once enough is known of them. Half of that where important work waits for it, but of what is usual no
 * less than is expected. Never under `stale.min`.
 */
export function staleAfterMs(
  assignment: Pick<Assignment, "expectedMs" | "usualMs">,
  stale: Config["stale"],
  isHoldingUp: boolean,
): number {
  const { expectedMs, usualMs = null } = assignment;
  const wholeMs = usualMs ?? stale.factor * expectedMs;
  const halfMs = usualMs === null ? wholeMs / 2 : Math.max(usualMs / 2, Math.min(usualMs, expectedMs));
  return Math.max(stale.min, isHoldingUp ? halfMs : wholeMs);
}

/** When the live assignment of `task` is or was stale; null while it waits for a person, ends already, or there is none. */
export function staleAt(state: State, task: Task, config: Config): number | null {
  const { assignment } = task;
  if (assignment === null || assignment.phase === "waiting" || assignment.phase === "ending") return null;
  const since = assignment.startedAt ?? assignment.assignedAt;
  return since + staleAfterMs(assignment, config.stale, holdsUpImportantWork(state, task.id));
}

/** True from the instant on at which the vendor is to be asked for the session of `task`. */
export function isStale(state: State, task: Task, context: Context): boolean {
  const at = staleAt(state, task, context.config);
  return at !== null && at <= context.now;
}

/** The stale tasks by id. Work in proportion to what is in flight. */
export function detectStaleAssignments(state: State, context: Context): readonly TaskId[] {
  const stale: TaskId[] = [];
  for (const [, id] of state.occupied.entries()) {
    const task = state.tasks.get(id);
    if (task !== undefined && isStale(state, task, context)) stale.push(id);
  }
  return stale.toSorted();
}
