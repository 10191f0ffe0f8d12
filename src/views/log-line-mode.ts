/** The log lines of what ranks the work: the mode, the phases of milestones, and what attack mode adjusts while it lasts. */
import type { EventIn } from "./event-families.ts";

/** The line, not yet cleaned. */
export function renderModeEvent(event: EventIn<"mode">): string {
  switch (event.type) {
    case "ModeChanged":
      return event.mode === null
        ? `mode is that of the configuration again, says ${event.by}`
        : `mode is ${event.mode}, says ${event.by}`;
    case "MilestoneModeChanged":
      return event.mode === null
        ? `milestone ${event.milestone} has the mode of the repository again: ${event.reason}`
        : `milestone ${event.milestone} has the mode ${event.mode}: ${event.reason}`;
    case "AttackThresholdChanged":
      return `tasks below ${event.minutes} min are quick wins now: ${event.velocity} an hour were completed`;
    case "CapacityChanged":
      return event.capacity === null
        ? `agent ${event.agent} has the capacity of the configuration again: ${event.reason}`
        : `agent ${event.agent} has a capacity of ${event.capacity}: ${event.reason}`;
  }
}
