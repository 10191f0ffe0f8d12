/** How agents have done their work: what was learned of each since the log began, and what the last day says. Pure reads of the state. */
import { toAgentId, type AgentId } from "../model/ids.ts";
import type { Context } from "../model/context.ts";
import { toMicros, toUsd } from "../fold/figures.ts";
import { newLearned } from "../state/records.ts";
import type { State } from "../state/state.ts";
import { keptBy } from "../state/windows.ts";

interface Outcomes {
  /** Tasks completed with its work. */
  readonly completed: number;
  /** Attempts that failed, those included whose failure showed only later. */
  readonly failed: number;
  /** The completed among both, 0 to 1; null without any. */
  readonly successRate: number | null;
  /** Mean minutes of agent work, all attempts together, of the completed tasks; null without any. */
  readonly meanMinutes: number | null;
}

export interface AgentPerformance {
  /** Since the log began. */
  readonly overall: Outcomes;
  /** Of the last `windowMinutes`. */
  readonly recent: Outcomes & {
    readonly windowMinutes: number;
    /** Sessions that ended, however. */
    readonly sessions: number;
    readonly costUsd: number;
  };
}

const dayMs = 24 * 60 * 60_000;

interface Tally {
  completed: number;
  failed: number;
  minutes: number;
  sessions: number;
  micros: number;
}

/** Of all agents in force. Looks at the sessions and completions of the last day once: for people who ask. */
export function performanceOf(state: State, { now, config }: Context): ReadonlyMap<AgentId, AgentPerformance> {
  const { ends, completions } = keptBy(state);
  const windowMs = Math.min(dayMs, ends, completions);
  const tallies = tallyOf(state, now - windowMs);
  return new Map(
    config.agents.map((agent) => {
      const id = toAgentId(agent.id);
      const { completed, failed, minutes, sessions, micros } = tallies.get(id) ?? newTally();
      const learned = state.agents.get(id)?.learned ?? newLearned();
      const overall = outcomesOf({ completed: learned.successes, failed: learned.failures, minutes: learned.minutes });
      const recent = {
        windowMinutes: windowMs / 60_000,
        ...outcomesOf({ completed, failed, minutes }),
        sessions,
        costUsd: toUsd(micros),
      };
      return [id, { overall, recent }];
    }),
  );
}

function newTally(): Tally {
  return { completed: 0, failed: 0, minutes: 0, sessions: 0, micros: 0 };
}

function tallyOf(state: State, since: number): ReadonlyMap<AgentId, Tally> {
  const tallies = new Map<AgentId, Tally>();
  const of = (agent: AgentId): Tally => {
    const known = tallies.get(agent);
    if (known !== undefined) return known;
    const tally = newTally();
    tallies.set(agent, tally);
    return tally;
  };
  for (const end of state.ends.since(since)) {
    const tally = of(end.agent);
    if (!end.isSecondThought) tally.sessions += 1;
    if (end.isGood === false) tally.failed += 1;
    tally.micros += toMicros(end.costUsd);
  }
  for (const { agent, minutes } of state.completions.since(since)) {
    if (agent === null) continue;
    const tally = of(agent);
    tally.completed += 1;
    tally.minutes += minutes;
  }
  return tallies;
}

function outcomesOf({ completed, failed, minutes }: Pick<Tally, "completed" | "failed" | "minutes">): Outcomes {
  const attempts = completed + failed;
  return {
    completed,
    failed,
    successRate: attempts === 0 ? null : completed / attempts,
    meanMinutes: completed === 0 ? null : minutes / completed,
  };
}
