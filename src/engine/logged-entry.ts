/** An entry of the log for readers outside: its events as they are there, each with the line for people and the task that it is about. */
import type { State } from "../state/state.ts";
import type { Entry, Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import { taskOfWarning } from "../model/warning.ts";
import { renderEventLine } from "../views/log-line.ts";
import { namesOf } from "./names.ts";

export interface LoggedEvent {
  readonly type: Event["type"];
  /** As the program's own log has it. */
  readonly line: string;
  /** What it is about; null where that is no single task. */
  readonly task: TaskId | null;
  /** `#12`, and the number alone; null where the state has no such task any more. */
  readonly reference: string | null;
  readonly number: number | null;
  readonly event: Event;
}

export interface LoggedEntry {
  readonly version: number;
  /** ISO 8601. */
  readonly at: string;
  /** The type of the command that was decided. */
  readonly command: string;
  readonly events: readonly LoggedEvent[];
}

/** `line` is the entry of that version as the log has it. Tasks are called as they are called in `state`. */
export function toLoggedEntry(version: number, line: string, state: State): LoggedEntry {
  const { at, command, events } = JSON.parse(line) as Entry;
  return {
    version,
    at: new Date(at).toISOString(),
    command,
    events: events.map((event) => toLoggedEvent(event, state)),
  };
}

function toLoggedEvent(event: Event, state: State): LoggedEvent {
  const task = taskOf(event);
  const number = task === null ? null : (state.tasks.get(task)?.definition.number ?? null);
  return {
    type: event.type,
    line: renderEventLine(event, namesOf(state)),
    task,
    reference: number === null ? null : `#${number}`,
    number,
    event,
  };
}

/** The task that an event is about; null where it is about the whole, an agent or a worker. */
export function taskOf(event: Event): TaskId | null {
  if (event.type === "WarningRaised") return taskOfWarning(event.warning);
  if (event.type === "WarningCleared") return taskOfWarning(event);
  return "task" in event ? event.task : null;
}

/** Who has brought an event about, where it says so: a login, or a part of the program. */
export function authorOf(event: Event): string | null {
  if (event.type === "TaskCompleted") return event.receipt.by;
  return "by" in event ? event.by : null;
}
