/** How events change the agents that were registered beside those of the file. The registry is replaced, never mutated. */
import type { AgentConfig } from "../model/config-agent.ts";
import type { EventOf } from "../model/event.ts";
import { toAgentId } from "../model/ids.ts";
import type { Registry } from "../model/registry.ts";
import type { State } from "./state.ts";

const empty: Registry = { agents: [], leaving: [], capacities: [] };

/** Sessions that the agent has, those on their way included. */
export function sessionsOf(state: State, agent: string): number {
  return state.slots.get(toAgentId(agent))?.busyCount ?? 0;
}

function revise(state: State, change: (registry: Registry) => Partial<Registry>): void {
  const registry = state.registry ?? empty;
  const revised = { ...registry, ...change(registry) };
  // Whoever has nothing left is forgotten here, and not with the end of the last session: nobody looks for it before.
  state.registry = { ...revised, leaving: revised.leaving.filter(({ id }) => sessionsOf(state, id) > 0) };
}

export function foldAgentRegistered(state: State, { definition }: EventOf<"AgentRegistered">): void {
  revise(state, ({ agents, leaving }) => ({
    agents: [...without(agents, definition.id), definition],
    leaving: without(leaving, definition.id),
  }));
}

export function foldAgentRevised(state: State, { definition }: EventOf<"AgentRevised">): void {
  revise(state, ({ agents }) => ({ agents: agents.map((agent) => (agent.id === definition.id ? definition : agent)) }));
}

export function foldAgentRemoved(state: State, { agent, isReplaced }: EventOf<"AgentRemoved">): void {
  revise(state, ({ agents, leaving }) => ({
    agents: without(agents, agent),
    // What takes its place looks after its sessions.
    leaving: isReplaced === true ? leaving : [...leaving, ...agents.filter(({ id }) => id === agent)],
  }));
}

export function foldCapacityOverridden(state: State, { agent, capacity }: EventOf<"CapacityOverridden">): void {
  revise(state, ({ capacities }) => {
    const others = capacities.filter((each) => each.agent !== agent);
    return { capacities: capacity === null ? others : [...others, { agent, capacity }] };
  });
}

function without(agents: readonly AgentConfig[], id: string): readonly AgentConfig[] {
  return agents.filter((agent) => agent.id !== id);
}
