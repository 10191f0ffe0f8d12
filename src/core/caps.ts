/** The caps that stop starts: sessions and cost a day, cost a task. A cap says that it is a cap. */
import type { AgentConfig } from "../model/config.ts";
import { toAgentId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "./decision.ts";
import { toMicros, toUsd } from "./fold-figures.ts";
import { dayMs } from "./limits.ts";
import type { State } from "./state.ts";

export interface SpentCap {
  readonly code: "cap_sessions_per_day" | "cap_cost_per_day";
  readonly detail: string;
}

interface Day {
  readonly sessions: number;
  readonly costUsd: number;
}

/** The last 24 hours: what the state counts, less what has grown older since its last entry. */
export function figuresOfTheDay(state: State, now: number): Day {
  let sessions = state.starts.size;
  let micros = state.costMicros;
  for (const start of state.starts.olderThan(now - dayMs)) {
    sessions -= 1;
    micros -= toMicros(start.costUsd);
  }
  return { sessions, costUsd: toUsd(micros) };
}

/** The caps of the whole repository that are reached; nothing starts while there is one. */
export function spentCaps(state: State, context: Context): readonly SpentCap[] {
  const day = figuresOfTheDay(state, context.now);
  const { sessionsPerDay, costPerDay } = context.config.limits;
  const spent: SpentCap[] = [];
  // Sessions that were assigned and have not started yet count as well: a burst must not slip under the cap.
  const sessions = day.sessions + state.unstartedCount;
  if (sessions >= sessionsPerDay) {
    spent.push({
      code: "cap_sessions_per_day",
      detail: `The cap limits.sessionsPerDay is reached: ${sessions} of ${sessionsPerDay} in the last 24 hours.`,
    });
  }
  if (day.costUsd >= costPerDay && day.costUsd > 0) {
    spent.push({
      code: "cap_cost_per_day",
      detail: `The cap limits.costPerDay is reached: ${day.costUsd.toFixed(2)} of ${costPerDay} US dollars in the last 24 hours.`,
    });
  }
  return spent;
}

/** Whether the task has cost as much as one task may. */
export function isCostCapSpent(task: Task, context: Context): boolean {
  const cost = task.attempts.reduce((sum, attempt) => sum + attempt.costUsd, 0);
  return cost > 0 && cost >= context.config.limits.costPerTask;
}

/** Sessions that the agent may still start today; null where it has no quota. */
export function quotaLeft(state: State, context: Context, agent: AgentConfig): number | null {
  return agent.quota === undefined ? null : Math.max(0, agent.quota - sessionsToday(state, context, agent.id));
}

/** Sessions that the agent has started in the last 24 hours. */
export function sessionsToday(state: State, context: Context, agent: string): number {
  let sessions = state.startsOf.get(toAgentId(agent)) ?? 0;
  for (const start of state.starts.olderThan(context.now - dayMs)) if (start.agent === agent) sessions -= 1;
  return sessions;
}
