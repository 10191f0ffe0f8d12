/** How many slots an agent has. */
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import type { State } from "./state.ts";

/** Slots of the agent now: the configuration's, or what scaling or the vendor has made of them. */
export function capacityOf(state: State, agent: AgentConfig): number {
  return state.agents.get(toAgentId(agent.id))?.capacity ?? agent.capacity;
}
