/** The log lines of agents that come, change and go while the program runs. */
import type { EventIn } from "./event-families.ts";
import { count } from "./words.ts";

/** The line, not yet cleaned. */
export function renderRegistryEvent(event: EventIn<"registry">): string {
  switch (event.type) {
    case "AgentRegistered": {
      const { type, dispatch, capacity } = event.definition;
      return `agent ${event.agent} is registered (${type}, dispatch ${dispatch}, ${count(capacity, "worker")}), says ${event.by}`;
    }
    case "AgentRevised":
      return `agent ${event.agent} is changed, says ${event.by}`;
    case "AgentRemoved":
      if (event.isReplaced === true && event.definition !== undefined)
        return `agent ${event.agent} is another system from now on; its sessions go on as ${event.definition.type}, dispatch ${event.definition.dispatch}`;
      return event.isReplaced === true
        ? `agent ${event.agent} was registered and is that of the configuration from now on`
        : `agent ${event.agent} is taken out and gets no new work, says ${event.by}`;
    case "CapacityOverridden":
      return event.capacity === null
        ? `agent ${event.agent} has the capacity of the configuration again, says ${event.by}`
        : `agent ${event.agent} has a capacity of ${event.capacity}, says ${event.by}`;
  }
}
