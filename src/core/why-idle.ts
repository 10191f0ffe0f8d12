/** Why nothing is started: a reason code for each task that could be next, and for those behind it. Silence is a bug. */
import type { Context } from "./context.ts";
import { readyInOrder } from "./rank-ready.ts";
import { isEnded } from "./readiness.ts";
import type { State } from "./state.ts";
import { waitingReasons } from "./waiting.ts";

interface IdleTask {
  readonly number: number;
  /** Most telling first. */
  readonly codes: readonly string[];
}

export interface Idleness {
  /** The best ready tasks, then others in the order in which they came; each with its reasons. */
  readonly tasks: readonly IdleTask[];
  /** Open tasks that are not named. */
  readonly more: number;
}

/** At most `max` tasks are named, and few more looked at, however large the backlog is. */
export function whyIdle(state: State, context: Context, max: number): Idleness {
  const tasks: IdleTask[] = [];
  for (const { id } of readyInOrder(state, context)) {
    if (tasks.length >= max) break;
    name(tasks, state, { context, id });
  }
  for (const id of state.tasks.keys()) {
    if (tasks.length >= max) break;
    if (!state.ready.has(id)) name(tasks, state, { context, id });
  }
  return { tasks, more: state.openCount - state.occupied.size - tasks.length };
}

function name(
  tasks: IdleTask[],
  state: State,
  at: { readonly context: Context; readonly id: Parameters<State["tasks"]["get"]>[0] },
): void {
  const task = state.tasks.get(at.id);
  if (task === undefined || isEnded(task)) return;
  const codes = [...new Set(waitingReasons(state, task, at.context).map((reason) => reason.code))];
  if (codes.length > 0) tasks.push({ number: task.definition.number, codes });
}
