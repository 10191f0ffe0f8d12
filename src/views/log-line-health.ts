/** The log lines of workers that rest and come back, of agents that are paused because of their vendor, and of who is behind them. */
import { describeAway, toAway } from "../model/operator.ts";
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
      return renderOperators(event);
  }
}

function renderOperators({
  agent,
  operators,
}: Extract<EventIn<"health">, { readonly type: "OperatorsChanged" }>): string {
  const away = operators.flatMap((each) => toAway(each) ?? []);
  const count = `${operators.length - away.length} of ${operators.length} operators of agent ${agent} are available`;
  return away.length === 0 ? count : `${count}: ${away.map(describeAway).join(", ")}`;
}
