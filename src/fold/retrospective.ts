/** How events change which completed tasks the next retrospective is about. */
import { defaultConfig } from "../model/config.ts";
import { retrospectiveTasksMax } from "../model/config-reports.ts";
import type { TaskId } from "../model/ids.ts";
import type { Receipt } from "../model/task.ts";
import type { Retrospection } from "../state/records.ts";
import type { State } from "../state/state.ts";

const none: Retrospection = { count: 0, at: 0, done: [], last: [] };

function everyOf(state: State): number {
  return (state.configuration?.config ?? defaultConfig).reports.retrospective;
}

/** A task whose pieces were done has itself brought no work. */
export function noteDoneTask(state: State, id: TaskId, { kind }: Receipt): void {
  if (kind === "children" || everyOf(state) === 0) return;
  const known = state.watch.retrospection ?? none;
  // Of a thousand that are done in one pass a page is about the first hundred.
  if (known.done.length >= retrospectiveTasksMax || known.done.includes(id)) return;
  state.watch = { ...state.watch, retrospection: { ...known, done: [...known.done, id] } };
}

/** Its receipt was taken back, or it was opened again. */
export function forgetDoneTask(state: State, id: TaskId): void {
  const known = state.watch.retrospection;
  if (known?.done.includes(id) !== true) return;
  const done = known.done.filter((other) => other !== id);
  state.watch = { ...state.watch, retrospection: { ...known, done } };
}

/**
 * At the end of a pass: enough tasks are done, and they are the next retrospective. Once an instant, which is once a pass: whoever writes
 * the page then knows the tasks of each.
 */
export function closeRetrospective(state: State): void {
  const known = state.watch.retrospection;
  const every = everyOf(state);
  if (known === undefined || every === 0 || known.done.length < every || known.at === state.at) return;
  const { count, done } = known;
  state.watch = { ...state.watch, retrospection: { count: count + 1, at: state.at, done: [], last: done } };
}
