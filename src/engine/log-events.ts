/** One readable line in the log for each event that went into history, and one for those whom an end has set free. */
import { isEnded, openBlockers } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";
import type { Entry, Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Journal } from "../ports/journal.ts";
import { renderEventLine } from "../views/log-line.ts";
import { namesOf } from "./names.ts";

/** More than this are counted and not named. */
const namedMax = 10;

/** `state` is that after the entries. */
export function logEvents(journal: Journal, entries: readonly Entry[], state: State): void {
  const names = namesOf(state);
  for (const event of entries.flatMap((entry) => entry.events)) {
    journal.info(renderEventLine(event, names), { event: event.type });
    const over = overIn(event);
    const free = over === null ? [] : unblockedBy(state, over);
    if (over === null || free.length === 0) continue;
    const more = free.length > namedMax ? ` and ${free.length - namedMax} more` : "";
    const named = free.slice(0, namedMax).map((id) => names.task(id));
    const line = `${named.join(", ")}${more} waited for ${names.task(over)} and for nothing else that is open`;
    journal.info(line, { unblocked: free.length });
  }
}

/** What is over by the event, whichever way; null where nothing is. */
function overIn(event: Event): TaskId | null {
  switch (event.type) {
    case "TaskCompleted":
    case "TaskFailed":
    case "TaskCancelled":
      return event.task;
    case "ExternalObserved":
      return event.external.state === "open" ? null : event.external.id;
    default:
      return null;
  }
}

/** Those who wait for no other task any more; whoever was let go of it before is not set free by its end. */
function unblockedBy(state: State, over: TaskId): readonly TaskId[] {
  return dependentsOf(state, over).filter((id) => {
    const task = state.tasks.get(id);
    if (task === undefined || isEnded(task) || task.unblocked.includes(over)) return false;
    return openBlockers(state, task).length === 0;
  });
}
