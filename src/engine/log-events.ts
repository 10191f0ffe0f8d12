/** One readable line in the log for each event that went into history. */
import type { State } from "../core/state.ts";
import type { Entry } from "../model/event.ts";
import type { Journal } from "../ports/journal.ts";
import { renderEventLine } from "../views/log-line.ts";
import { namesOf } from "./names.ts";

export function logEvents(journal: Journal, entries: readonly Entry[], state: State): void {
  const names = namesOf(state);
  for (const event of entries.flatMap((entry) => entry.events)) {
    journal.info(renderEventLine(event, names), { event: event.type });
  }
}
