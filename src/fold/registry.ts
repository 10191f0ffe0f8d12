/** How events change the agents that were registered beside those of the file. The registry is replaced, never mutated. */
import type { AgentConfig } from "../model/config-agent.ts";
import type { EventOf } from "../model/event.ts";
import { toAgentId, toWorkerId } from "../model/ids.ts";
import { leftBehind, type LeavingAgent, type Registry } from "../model/registry.ts";
import { busySlots } from "../state/slots.ts";
import type { State } from "../state/state.ts";

const empty: Registry = { agents: [], leaving: [], capacities: [] };

/** Sessions that the agent has, those on their way included. */
export function sessionsOf(state: State, agent: string): number {
  return state.slots.get(toAgentId(agent))?.busyCount ?? 0;
}

function revise(state: State, change: (registry: Registry) => Partial<Registry>): void {
  const registry = state.registry ?? empty;
  const revised = { ...registry, ...change(registry) };
  // Whoever has nothing left is forgotten here, and not with the end of the last session: nobody looks for it before.
  const { leaving } = revised;
  state.registry = { ...revised, leaving: leaving.filter((agent) => sessionsLeftTo(state, agent, leaving) > 0) };
}

/** Sessions that were given to `agent` while it was in force as this entry, one of `leaving`, says. */
export function sessionsLeftTo(state: State, agent: LeavingAgent, leaving: readonly LeavingAgent[]): number {
  const id = toAgentId(agent.id);
  const slots = state.slots.get(id);
  if (slots === undefined) return 0;
  return busySlots(slots).filter((slot) => {
    const task = state.occupied.get(toWorkerId(id, slot));
    const assignment = task === undefined ? undefined : state.tasks.get(task)?.assignment;
    return assignment !== null && assignment !== undefined && leftBehind(leaving, assignment) === agent;
  }).length;
}

export function foldAgentRegistered(state: State, { definition }: EventOf<"AgentRegistered">): void {
  revise(state, ({ agents }) => ({ agents: [...without(agents, definition.id), definition] }));
}

export function foldAgentRevised(state: State, { definition }: EventOf<"AgentRevised">): void {
  revise(state, ({ agents }) => ({ agents: agents.map((agent) => (agent.id === definition.id ? definition : agent)) }));
}

export function foldAgentRemoved(state: State, { agent, definition }: EventOf<"AgentRemoved">): void {
  revise(state, ({ agents, leaving }) => {
    const gone = definition ?? agents.find(({ id }) => id === agent);
    return {
      agents: without(agents, agent),
      leaving: gone === undefined ? leaving : [...leaving, { ...gone, lastFence: state.fence }],
    };
  });
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
