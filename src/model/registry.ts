/** Agents that were registered while the program runs, and how they stand beside those of the configuration file. */
import type { Config } from "./config.ts";
import type { AgentConfig } from "./config-agent.ts";

/** All agents together, as in the file alone. */
export const agentsMax = 50;

export interface Registry {
  /** Beside those of the file, in the order in which they were registered. */
  readonly agents: readonly AgentConfig[];
  /** Taken out while they had sessions: they get no work, and what they have is looked after to its end. */
  readonly leaving: readonly AgentConfig[];
  /** Slots of agents of the file that were set since, by agent. A list: an id may be the name of anything that every object has. */
  readonly capacities: readonly { readonly agent: string; readonly capacity: number }[];
}

/** The configuration with its agents as they are now. */
export interface ConfigInForce extends Config {
  /** Of these, too, sessions may be running. Left out: of none. */
  readonly leaving?: readonly AgentConfig[];
}

/** How far an agent of the file may be raised while the program runs. */
export function mostSlotsOf({ capacity, maxCapacity }: Pick<AgentConfig, "capacity" | "maxCapacity">): number {
  return maxCapacity ?? capacity;
}

/** The agent behind a session or a pull request, also where it gets no new work any more. */
export function agentBehind(config: ConfigInForce, id: string | undefined): AgentConfig | undefined {
  for (const agent of config.agents) if (agent.id === id) return agent;
  return config.leaving?.find((agent) => agent.id === id);
}
