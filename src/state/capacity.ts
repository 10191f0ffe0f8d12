/** How many slots an agent has, and what they are at. */
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { attendedSlots } from "./operators.ts";
import { busySlots, countSlots, untouched, type SlotCounts } from "./slots.ts";
import type { State } from "./state.ts";

/** Slots of the agent now: those that it would have, as far as its operators are available to look after them. None where none is. */
export function capacityOf(state: State, agent: AgentConfig): number {
  return Math.min(fullCapacityOf(state, agent), attendedSlots(state, agent));
}

/** Its slots with every operator available: the configuration's, or what scaling or the vendor has made of them. */
export function fullCapacityOf(state: State, agent: AgentConfig): number {
  return state.agents.get(toAgentId(agent.id))?.capacity ?? agent.capacity;
}

/**
 * The slots of `agent` now. A session that runs beyond them counts, because it is one of those that may run at once: with two that run and
 * one slot that is left, nothing is free until both have ended.
 */
export function slotCountsOf(state: State, agent: AgentConfig): SlotCounts & { readonly capacity: number } {
  const capacity = capacityOf(state, agent);
  const slots = state.slots.get(toAgentId(agent.id)) ?? untouched;
  const counts = countSlots(slots, capacity);
  if (slots.busyCount === counts.busy) return { capacity, ...counts };
  const busy = Math.min(capacity, slots.busyCount);
  const free = Math.min(counts.free, capacity - busy);
  return { capacity, busy, off: capacity - busy - free, free };
}

/** More sessions run than its operators can look after: the end of one of them makes room for none. */
export function isOverfull(state: State, agent: AgentConfig): boolean {
  if (agent.operators === undefined) return false;
  return (state.slots.get(toAgentId(agent.id))?.busyCount ?? 0) > attendedSlots(state, agent);
}

/** More sessions run than it has slots for by now, whatever they have been lowered by: the end of one frees none. */
export function isShrunk(state: State, agent: AgentConfig): boolean {
  return (state.slots.get(toAgentId(agent.id))?.busyCount ?? 0) > capacityOf(state, agent);
}

/** The slots to show: those that it has now, and those beyond on which sessions go on after it was given fewer, or operators have left. */
export function shownSlots(state: State, agent: AgentConfig): number {
  const capacity = capacityOf(state, agent);
  return Math.max(capacity, ...busySlots(state.slots.get(toAgentId(agent.id)) ?? untouched));
}
