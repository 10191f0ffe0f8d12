/** The log lines of workers that rest and come back, of agents that are paused because of their vendor, and of who is behind them. */
import { describeAway } from "../model/operator.ts";
import type { EventIn } from "./event-families.ts";
import { describeInstant } from "./words.ts";

/** The line, not yet cleaned. */
export function renderHealthEvent(event: EventIn<"health">): string {
  switch (event.type) {
    case "WorkerRested":
      return `worker ${event.worker} rests until ${describeInstant(event.until)}: ${event.reason}`;
    case "WorkerTried":
      return `worker ${event.worker} has rested: one task tries it out`;
    case "WorkerRestored":
      return event.by === "orchestrate"
        ? `worker ${event.worker} is trusted again: the task that tried it out ended well`
        : `worker ${event.worker} is trusted again, says ${event.by}`;
    case "AgentPaused":
      return `agent ${event.agent} is paused until ${describeInstant(event.until)}: ${event.reason}`;
    case "AgentResumed":
      return `agent ${event.agent} goes on, says ${event.by}`;
    case "OperatorsChanged":
      return event.away.length === 0
        ? `every operator of agent ${event.agent} is available`
        : `agent ${event.agent} has to do without some of its operators: ${event.away.map(describeAway).join(", ")}`;
  }
}
