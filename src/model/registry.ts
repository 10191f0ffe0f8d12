/** Agents that were registered while the program runs, and how they stand beside those of the configuration file. */
import type { Config } from "./config.ts";
import type { AgentConfig } from "./config-agent.ts";
import type { Assignment } from "./task.ts";

/** All agents together, as in the file alone. */
export const agentsMax = 50;

export interface Registry {
  /** Beside those of the file, in the order in which they were registered. */
  readonly agents: readonly AgentConfig[];
  /** Taken out, or made another system, while they had sessions: what was started is looked after to its end. The earliest come first. */
  readonly leaving: readonly LeavingAgent[];
  /** Slots of agents of the file that were set since, by agent. A list: an id may be the name of anything that every object has. */
  readonly capacities: readonly { readonly agent: string; readonly capacity: number }[];
}

/** The last entry of an agent that is no longer in force, or is in force as another system. */
export type LeavingAgent = AgentConfig & {
  /** Its sessions have this fence at most; left out in logs of earlier versions: all of its id. */
  readonly lastFence?: number;
};

/** The configuration with its agents as they are now. */
export interface ConfigInForce extends Config {
  /** Of these, too, sessions may be running. Left out: of none. */
  readonly leaving?: readonly LeavingAgent[];
}

/** How far an agent of the file may be raised while the program runs. */
export function mostSlotsOf({ capacity, maxCapacity }: Pick<AgentConfig, "capacity" | "maxCapacity">): number {
  return maxCapacity ?? capacity;
}

/** What another agent system, or another way to it, would no longer find. */
const bound = ["type", "dispatch", "workflow"] as const;

/** Whether sessions of the one are found as those of the other. */
export function isSameSystem(one: AgentConfig, other: AgentConfig): boolean {
  return bound.every((key) => one[key] === other[key]);
}

/** Whose session it is. */
export type Held = Pick<Assignment, "agent" | "fence">;

/** The agent behind a session, also where it gets no new work any more, or where its id is that of another system by now. */
export function agentBehind(config: ConfigInForce, held: Held | null | undefined): AgentConfig | undefined {
  if (held === null || held === undefined) return undefined;
  const now = inForce(config, held.agent);
  if (config.leaving === undefined) return now;
  const left = leftBehind(config.leaving, held);
  return left === undefined || (now !== undefined && isSameSystem(left, now)) ? now : left;
}

function inForce(config: ConfigInForce, id: string): AgentConfig | undefined {
  for (const agent of config.agents) if (agent.id === id) return agent;
  return undefined;
}

/** The entry that was in force when the session was given to its agent, where it is so no more. */
export function leftBehind(leaving: readonly LeavingAgent[], { agent, fence }: Held): LeavingAgent | undefined {
  return leaving.find(({ id, lastFence = Infinity }) => id === agent && fence <= lastFence);
}
