/** The log lines of the cockpit: what its boxes were ticked for, and what became of the issue itself. */
import type { EventIn } from "./event-families.ts";

/** The line, not yet cleaned. */
export function renderCockpitEvent(event: EventIn<"cockpit">): string {
  switch (event.type) {
    case "BoxTicked":
      return `box ${event.box} of the cockpit was ticked by ${event.by}: ${event.isDone ? "done" : "refused"}${
        event.answer === null ? "" : `. ${event.answer}`
      }`;
    case "CockpitEdited":
      return `the text of the cockpit was changed by ${event.by}: it is written anew`;
    case "CockpitEnded":
      return event.end === "closed"
        ? "the cockpit was closed: it is left alone until somebody reopens it"
        : "the cockpit is gone: commit `cockpit: false` and then `cockpit: true` for another one";
    case "CockpitReopened":
      return "the cockpit was reopened: it is kept up to date again";
  }
}
