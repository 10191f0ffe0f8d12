/**
 * Several vendors fail at once: what they share is more likely amiss than each of them, so nothing new is begun anywhere but the one start
 * or session that tries out each vendor which failed. Derived from the records of the agents, so it is over as soon as fewer of them fail.
 */
import { takesItself, type AgentConfig } from "../model/config-agent.ts";
import { toAgentId, toWorkerId, type AgentId } from "../model/ids.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import type { Context } from "../model/context.ts";
import type { AgentRecord } from "../state/records.ts";
import type { State } from "../state/state.ts";

export interface Cascade {
  /** The agents whose vendors fail, in the order of the configuration. */
  readonly failing: readonly AgentId[];
  /** How many agents are enabled, those included. */
  readonly enabled: number;
}

/**
 * Null where there is none: fewer than `health.cascade.agents` fail, or less than half of the enabled ones. Agents that take their work
 * themselves have no vendor that could fail, and do not count. Work in proportion to the agents.
 */
export function cascadeOf(state: State, context: Context): Cascade | null {
  const { agents, health } = context.config;
  // One agent alone is paused by itself, and that is enough.
  const needed = Math.max(2, health.cascade.agents);
  if (health.cascade.agents === 0 || agents.length < needed) return null;
  let open = 0;
  for (const agent of agents) if (isOpen(state, agent, context)) open += 1;
  if (open < needed) return null;
  const enabled = agents.filter((agent) => isEnabled(state, agent));
  const failing = enabled.filter((agent) => isOpen(state, agent, context)).map(({ id }) => toAgentId(id));
  const isMany = failing.length >= needed && failing.length * 2 >= enabled.length;
  return isMany ? { failing, enabled: enabled.length } : null;
}

function isOpen(state: State, agent: AgentConfig, context: Context): boolean {
  const record = state.agents.get(toAgentId(agent.id));
  return record !== undefined && isBreakerOpen(record, context);
}

/**
 * Whether the agent is paused because of its vendor, or was and nobody knows yet whether it is back. A pause that is over has not passed until a
 * start was accepted; where nothing has been started for as long again as a first pause, it has.
 */
export function isBreakerOpen({ pausedUntil }: AgentRecord, { now, config }: Context): boolean {
  return pausedUntil !== null && now < pausedUntil + config.health.pause;
}

/** It is given work by us, and a person has left it a worker. */
function isEnabled(state: State, agent: AgentConfig): boolean {
  if (takesItself(agent)) return false;
  const capacity = fullCapacityOf(state, agent);
  if (state.disabledWorkers.size === 0) return capacity > 0;
  const id = toAgentId(agent.id);
  for (let slot = 1; slot <= capacity; slot += 1) if (!state.disabledWorkers.has(toWorkerId(id, slot))) return true;
  return false;
}

/** What is so, as a sentence: `2 of 3 agents fail at their vendors at once (jules, cursor).` */
export function describeCascade({ failing, enabled }: Cascade): string {
  return `${failing.length} of ${enabled} agents fail at their vendors at once (${failing.join(", ")}).`;
}
