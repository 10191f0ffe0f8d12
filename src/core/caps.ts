/** The caps that stop starts: sessions and cost a day, attempts and cost a task. A cap says that it is a cap. */
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId, toWorkerId, type AgentId } from "../model/ids.ts";
import { agentBehind, type ConfigInForce } from "../model/registry.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { toMicros, toUsd } from "../fold/figures.ts";
import { attemptsUsed } from "./retry-policy.ts";
import { busySlots } from "../state/slots.ts";
import type { State } from "../state/state.ts";
import { dayOf, windowWords } from "../state/windows.ts";

export interface SpentCap {
  readonly code: "cap_sessions_per_day" | "cap_cost_per_day";
  readonly detail: string;
}

interface Day {
  readonly sessions: number;
  readonly costUsd: number;
}

/** The last `limits.day`: what the state counts, less what has grown older since its last entry. */
export function figuresOfTheDay(state: State, now: number): Day {
  let sessions = state.starts.size;
  let micros = state.costMicros;
  const since = now - dayOf(state);
  // Nearly never: old ones fall off with every entry.
  if (!state.starts.isOlderThan(since)) return { sessions, costUsd: toUsd(micros) };
  for (const start of state.starts.olderThan(since)) {
    sessions -= 1;
    micros -= toMicros(start.costUsd);
  }
  return { sessions, costUsd: toUsd(micros) };
}

const none: readonly SpentCap[] = [];

/** The caps of the whole repository that are reached; nothing starts while there is one. */
export function spentCaps(state: State, context: Context): readonly SpentCap[] {
  const day = figuresOfTheDay(state, context.now);
  const { sessionsPerDay, costPerDay } = context.config.limits;
  const running = costInFlight(state, context.config);
  // Sessions that were assigned and have not started yet count as well: a burst must not slip under the cap.
  const sessions = day.sessions + state.unstartedCount;
  const costUsd = day.costUsd + running;
  const isCostReached = costUsd >= costPerDay && costUsd > 0;
  const least = cheapestOf(context.config);
  const isCostSpent = isCostReached || (least > 0 && toMicros(costUsd) + toMicros(least) > toMicros(costPerDay));
  if (sessions < sessionsPerDay && !isCostSpent) return none;
  const spent: SpentCap[] = [];
  const within = `in the last ${windowWords(dayOf(state))}`;
  if (sessions >= sessionsPerDay) {
    spent.push({
      code: "cap_sessions_per_day",
      detail: `The cap limits.sessionsPerDay is reached: ${sessions} of ${sessionsPerDay} ${within}.`,
    });
  }
  if (isCostSpent) {
    const part = running === 0 ? "" : `, ${running.toFixed(2)} of it for sessions that have not ended`;
    const what = isCostReached ? "is reached" : "has no room for another session";
    const next = isCostReached ? "" : `; the cheapest agent costs ${least.toFixed(2)} a session`;
    spent.push({
      code: "cap_cost_per_day",
      detail: `The cap limits.costPerDay ${what}: ${costUsd.toFixed(2)} of ${costPerDay} US dollars ${within}${part}${next}.`,
    });
  }
  return spent;
}

/** What the sessions in flight cost by the configuration: else as many as there are workers would slip under the cap. */
function costInFlight(state: State, config: ConfigInForce): number {
  return toUsd(config.leaving === undefined ? microsInFlight(state, config.agents) : microsOfEach(state, config));
}

/** One by one: of one id some may cost what its last entry says, and others what the one before it said. */
function microsOfEach(state: State, config: ConfigInForce): number {
  let micros = 0;
  for (const [, id] of state.occupied.entries()) {
    micros += toMicros(agentBehind(config, state.tasks.get(id)?.assignment)?.cost ?? 0);
  }
  return micros;
}

function microsInFlight(state: State, agents: readonly AgentConfig[]): number {
  let micros = 0;
  for (const { id, cost } of agents) {
    if (cost > 0) micros += toMicros(cost) * (state.slots.get(toAgentId(id))?.busyCount ?? 0);
  }
  return micros;
}

const cheapest = new WeakMap<Config, number>();

/** What a session costs at the cheapest agent, US dollars; found once, because every assignment asks. */
function cheapestOf(config: Config): number {
  let cost = cheapest.get(config);
  if (cost === undefined) {
    cost = config.agents.length === 0 ? 0 : Math.min(...config.agents.map((agent) => agent.cost));
    cheapest.set(config, cost);
  }
  return cost;
}

/**
 * What is left of `limits.costPerDay` for sessions that are still to start, millionths of a US dollar; infinite where no agent has a cost. A
 * session that would cost more is not started.
 */
export function roomOfDay(state: State, context: Context): number {
  const { config } = context;
  if (config.agents.every(({ cost }) => cost === 0)) return Infinity;
  const { costUsd } = figuresOfTheDay(state, context.now);
  return toMicros(config.limits.costPerDay) - toMicros(costUsd) - toMicros(costInFlight(state, config));
}

/** What the sessions of the task have cost so far, US dollars. */
export function costOf({ attempts }: Task): number {
  let micros = 0;
  for (const { costUsd } of attempts) micros += toMicros(costUsd);
  return toUsd(micros);
}

/** A cap of one task that is reached: nobody is given it any more, whoever asks, until the cap is raised. */
export interface SpentTaskCap {
  readonly code: "cap_attempts_per_task" | "cap_cost_per_task";
  readonly detail: string;
}

/** The cap that the task has reached, over its whole life; null while there is none. */
export function spentCapOf(task: Task, { config }: Context): SpentTaskCap | null {
  if (task.attempts.length === 0) return null;
  const { attemptsPerTask, costPerTask } = config.limits;
  const used = attemptsUsed(task);
  if (used >= attemptsPerTask) {
    const detail = `The cap limits.attemptsPerTask is reached: ${used} of ${attemptsPerTask} attempts.`;
    return { code: "cap_attempts_per_task", detail };
  }
  const cost = costOf(task);
  if (cost === 0 || cost < costPerTask) return null;
  return { code: "cap_cost_per_task", detail: "The cap limits.costPerTask is reached." };
}

/** Sessions that the agent may still be given today, those on their way counted as started; null where it has no quota. */
export function quotaLeft(state: State, context: Context, agent: AgentConfig): number | null {
  if (agent.quota === undefined) return null;
  const used = sessionsToday(state, context, agent.id) + unstartedOf(state, toAgentId(agent.id));
  return Math.max(0, agent.quota - used);
}

/** When a session that counts for a cap or a quota which is spent counts no longer; null where none is, or where nothing is ready. */
export function capsDueAt(state: State, context: Context): number | null {
  if (state.ready.size === 0) return null;
  const isQuotaSpent = context.config.agents.some((agent) => quotaLeft(state, context, agent) === 0);
  if (!isQuotaSpent && spentCaps(state, context).length === 0) return null;
  const dayMs = dayOf(state);
  for (const { at } of state.starts) if (at + dayMs > context.now) return at + dayMs;
  return null;
}

/** Sessions that were assigned to the agent and have not started yet. */
function unstartedOf(state: State, agent: AgentId): number {
  const slots = state.unstartedCount === 0 ? undefined : state.slots.get(agent);
  if (slots === undefined) return 0;
  let unstarted = 0;
  for (const slot of busySlots(slots)) {
    const task = state.occupied.get(toWorkerId(agent, slot));
    if (task !== undefined && state.tasks.get(task)?.assignment?.startedAt === null) unstarted += 1;
  }
  return unstarted;
}

/** Sessions that the agent has started in the last `limits.day`. */
export function sessionsToday(state: State, context: Context, agent: string): number {
  let sessions = state.startsOf.get(toAgentId(agent)) ?? 0;
  for (const start of state.starts.olderThan(context.now - dayOf(state))) if (start.agent === agent) sessions -= 1;
  return sessions;
}
