/** The state as lines of JSON and back: one line for the whole, one a record. Indexes are not written: they are derived. */
import type { RecordedEffect } from "../model/effect.ts";
import { effectKey } from "../model/effect.ts";
import type { CommandId, TaskId, WorkerId } from "../model/ids.ts";
import type { External, Task } from "../model/task.ts";
import { isActive, isReady } from "./readiness.ts";
import { createState, type State } from "./state.ts";

/** Command ids on one line: long enough to be few, short enough for a person to look at. */
const idsPerLine = 200;

/** Returns the lines of `state`. The same state gives the same lines. */
export function toSnapshot(state: State): readonly string[] {
  const { version, eventCount, at, fence, effectCount, mode, isPaused, configuration, rejectedConfiguration, starts } =
    state;
  const lines = [
    JSON.stringify({
      whole: {
        version,
        eventCount,
        at,
        fence,
        effectCount,
        mode,
        isPaused,
        configuration,
        rejectedConfiguration,
        starts,
      },
    }),
  ];
  for (const [, task] of state.tasks.entries()) lines.push(JSON.stringify({ task }));
  for (const [, external] of state.externals.entries()) lines.push(JSON.stringify({ external }));
  for (const [worker, by] of state.disabledWorkers.entries()) lines.push(JSON.stringify({ disabled: { worker, by } }));
  for (const [, effect] of state.outbox.entries()) lines.push(JSON.stringify({ effect }));
  const ids = [...state.seen.keys()];
  for (let start = 0; start < ids.length; start += idsPerLine) {
    lines.push(JSON.stringify({ seen: ids.slice(start, start + idsPerLine) }));
  }
  return lines;
}

interface Line {
  readonly whole?: Omit<State, "seen" | "tasks" | "externals">;
  readonly task?: Task;
  readonly external?: External;
  readonly disabled?: { readonly worker: WorkerId; readonly by: string };
  readonly effect?: RecordedEffect;
  readonly seen?: readonly CommandId[];
}

/** Builds the state that `toSnapshot` wrote. Throws on a line that is not JSON. */
export function fromSnapshot(lines: readonly string[]): State {
  const state = createState();
  for (const line of lines) readLine(state, JSON.parse(line) as Line);
  index(state);
  return state;
}

function readLine(state: State, line: Line): void {
  if (line.whole !== undefined) Object.assign(state, line.whole);
  if (line.task !== undefined) state.tasks.set(line.task.id, line.task);
  if (line.external !== undefined) state.externals.set(line.external.id, line.external);
  if (line.disabled !== undefined) state.disabledWorkers.set(line.disabled.worker, line.disabled.by);
  if (line.effect !== undefined) readEffect(state, line.effect);
  for (const id of line.seen ?? []) state.seen.set(id, true);
}

function readEffect(state: State, effect: RecordedEffect): void {
  const key = effectKey(effect.effect);
  state.outbox.set(effect.id, effect);
  state.outboxKeys.set(key, [...(state.outboxKeys.get(key) ?? []), effect.id]);
}

function index(state: State): void {
  const waiters = new Map<TaskId, TaskId[]>();
  for (const [id, task] of state.tasks.entries()) {
    for (const edge of task.blockedBy) waiters.set(edge.on, [...(waiters.get(edge.on) ?? []), id]);
    if (task.assignment !== null) state.occupied.set(task.assignment.worker, id);
    if (task.pull !== null) state.pulls.set(task.pull.number, id);
    if (task.discardedPull !== null) state.pulls.set(task.discardedPull, id);
  }
  for (const [id, ids] of waiters) state.dependents.set(id, ids.toSorted());
  for (const [id, task] of state.tasks.entries()) {
    if (isReady(state, task)) state.ready.set(id, true);
    if (isActive(task)) state.active.set(id, true);
  }
}
