/** How much agents are used: the time that their slots were taken, over the time that there was. Pure reads of the state. */
import type { AgentType } from "../model/config-agent.ts";
import { toAgentId, type AgentId } from "../model/ids.ts";
import type { Context } from "../model/context.ts";
import { busyMsOf } from "../fold/figures.ts";
import { slotCountsOf } from "../state/capacity.ts";
import type { Reading } from "../state/records.ts";
import type { SlotCounts } from "../state/slots.ts";
import type { State } from "../state/state.ts";

/** The slots of one agent now, and how much they were used. */
export interface AgentUse extends SlotCounts {
  readonly agent: AgentId;
  readonly type: AgentType;
  readonly capacity: number;
  /** Taken slot time over slot time since the window began, 0 to 1; by the slots that there are now. */
  readonly utilisation: number;
}

/** The newest reading that is at least `ms` old at `now`; null when there is none. */
export function readingBefore({ readings }: State, now: number, ms: number): Reading | null {
  for (let number = readings.first + readings.size - 1; number >= readings.first; number -= 1) {
    const reading = readings.get(number);
    if (reading !== undefined && reading.at <= now - ms) return reading;
  }
  return null;
}

/**
 * How much each agent was used since `from`, in the order of the configuration. Without a reading to measure from, or one of
 * this instant, it is the share of slots that are taken now.
 */
export function useOfAgents(
  state: State,
  { now, config }: Pick<Context, "now" | "config">,
  from: Reading | null,
): readonly AgentUse[] {
  return config.agents.map((agent) => {
    const id = toAgentId(agent.id);
    const slots = slotCountsOf(state, agent);
    const elapsed = from === null ? 0 : now - from.at;
    const taken =
      from === null || elapsed <= 0 ? slots.busy : (busyMsOf(state, id, now) - busyMsIn(from, id)) / elapsed;
    // Without slots, because nobody looks after them, nothing is used.
    const share = slots.capacity === 0 ? 0 : taken / slots.capacity;
    return { agent: id, type: agent.type, ...slots, utilisation: Math.min(1, Math.max(0, share)) };
  });
}

/** What the reading says of the agent; an id may be the name of anything that every object has. */
function busyMsIn({ busyMs }: Reading, agent: AgentId): number {
  return Object.hasOwn(busyMs, agent) ? (busyMs[agent] ?? 0) : 0;
}

/** The use of several agents together, weighted by their slots; 0 where there are none. */
export function useTogether(uses: readonly AgentUse[]): number {
  let [capacity, taken] = [0, 0];
  for (const use of uses) {
    capacity += use.capacity;
    taken += use.utilisation * use.capacity;
  }
  return capacity === 0 ? 0 : taken / capacity;
}

const hourMs = 60 * 60_000;

/** What the last hour is measured from: the newest reading of an hour ago, or the oldest that there is. */
export function hourAgo(state: State, now: number): Reading | null {
  return readingBefore(state, now, hourMs) ?? state.readings.get(state.readings.first) ?? null;
}

/**
 * How much each agent system was used in the last hour, 0 to 1: what routing is told, so that it can balance the load. Systems
 * without an agent are left out.
 */
export function utilisationByType(state: State, context: Context): Readonly<Partial<Record<AgentType, number>>> {
  const uses = useOfAgents(state, context, hourAgo(state, context.now));
  const types = [...new Set(uses.map((use) => use.type))].toSorted();
  return Object.fromEntries(types.map((type) => [type, useTogether(uses.filter((use) => use.type === type))]));
}
