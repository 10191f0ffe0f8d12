/** The caps that stop starts: sessions and cost a day, cost a task. A cap says that it is a cap. */
import type { AgentConfig } from "../model/config.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "./decision.ts";
import { dayMs } from "./limits.ts";
import type { SessionStart, State } from "./state.ts";

export interface SpentCap {
  readonly code: "cap_sessions_per_day" | "cap_cost_per_day";
  readonly detail: string;
}

function startsOfTheDay(state: State, now: number): readonly SessionStart[] {
  return state.starts.filter((start) => start.at > now - dayMs);
}

/** Sessions that were assigned and have not started yet count as well: a burst must not slip under the cap. */
function pendingStarts(state: State): number {
  let pending = 0;
  for (const id of state.occupied.keys()) {
    const task = state.tasks.get(state.occupied.get(id) as Task["id"]);
    if (task?.assignment?.startedAt === null) pending += 1;
  }
  return pending;
}

/** The caps of the whole repository that are reached; nothing starts while there is one. */
export function spentCaps(state: State, context: Context): readonly SpentCap[] {
  const starts = startsOfTheDay(state, context.now);
  const { sessionsPerDay, costPerDay } = context.config.limits;
  const spent: SpentCap[] = [];
  const sessions = starts.length + pendingStarts(state);
  if (sessions >= sessionsPerDay) {
    spent.push({
      code: "cap_sessions_per_day",
      detail: `The cap limits.sessionsPerDay is reached: ${sessions} of ${sessionsPerDay} in the last 24 hours.`,
    });
  }
  const cost = starts.reduce((sum, start) => sum + start.costUsd, 0);
  if (cost >= costPerDay && cost > 0) {
    spent.push({
      code: "cap_cost_per_day",
      detail: `The cap limits.costPerDay is reached: ${cost.toFixed(2)} of ${costPerDay} US dollars in the last 24 hours.`,
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
  return startsOfTheDay(state, context.now).filter((start) => start.agent === agent).length;
}
