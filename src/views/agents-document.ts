/** The agents as data, for programs: instants in ISO 8601, null where there is nothing. */
import type { AgentView, WorkerView } from "./task-view.ts";
import { toIso } from "./words.ts";

/** The slots of an agent now, and the share of their time that was taken lately, 0 to 1. */
export interface AgentLoad {
  readonly agent: string;
  readonly capacity: number;
  readonly busy: number;
  /** Disabled, or resting after failures. */
  readonly off: number;
  readonly free: number;
  readonly utilisation: number;
}

interface Outcomes {
  readonly completed: number;
  readonly failed: number;
  readonly successRate: number | null;
  readonly meanMinutes: number | null;
}

/** What came of its work, since the log began and lately. */
export interface Performance {
  readonly overall: Outcomes;
  readonly recent: Outcomes & { readonly windowMinutes: number; readonly sessions: number; readonly costUsd: number };
}

export const agentStatuses = ["available", "busy", "paused", "disabled"] as const;
/**
 * `available`: a worker could take a task now. `busy`: none could, and at least one works. `paused`: nothing is given to it for a while,
 * because of its vendor, its quota, rests or operators who are away. `disabled`: a person has disabled all of its workers.
 */
export type AgentStatus = (typeof agentStatuses)[number];

export interface WorkerDocument {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly task: string | null;
  readonly url: string | null;
  readonly rest: { readonly until: string | null; readonly reason: string } | null;
  readonly isOnTrial: boolean;
  readonly attempts: number;
  readonly failures: number;
  readonly success: number | null;
}

export interface AgentDocument {
  readonly id: string;
  readonly type: string;
  readonly dispatch: string;
  readonly source: "configuration" | "http";
  readonly status: AgentStatus;
  readonly capabilities: Readonly<Record<string, number>>;
  readonly capacity: number;
  readonly busy: number;
  readonly off: number;
  readonly free: number;
  readonly utilisation: number;
  readonly sessionsToday: number;
  readonly quota: number | null;
  readonly pause: { readonly until: string | null; readonly reason: string } | null;
  readonly performance: Performance;
  readonly workers: readonly WorkerDocument[];
}

/** Of a worker of which nothing is known. */
export const untried: NonNullable<WorkerView["health"]> = {
  until: null,
  reason: null,
  isOnTrial: false,
  failuresOfLast: [0, 0],
};

export function toAgentsDocument(
  agents: readonly AgentView[],
  known: { readonly loads: readonly AgentLoad[]; readonly performances: ReadonlyMap<string, Performance> },
): readonly AgentDocument[] {
  return agents.map((agent) => {
    const { id, type, dispatch, capabilities, sessionsToday, quota, workers } = agent;
    const load = loadOf(agent, known.loads);
    const { capacity, busy, off, free, utilisation } = load;
    const pause = agent.pause ?? null;
    return {
      id,
      type,
      dispatch,
      source: agent.isRegistered === true ? "http" : "configuration",
      status: statusOf(agent, load),
      capabilities,
      capacity,
      busy,
      off,
      free,
      utilisation,
      sessionsToday,
      quota,
      pause: pause === null ? null : { until: toIso(pause.until ?? Infinity), reason: pause.reason },
      performance: known.performances.get(id) ?? unknown,
      workers: workers.map(toWorkerDocument),
    };
  });
}

function statusOf({ workers, pause, quota, sessionsToday }: AgentView, { free, busy }: AgentLoad): AgentStatus {
  if (workers.length > 0 && workers.every(({ isEnabled }) => !isEnabled)) return "disabled";
  if ((pause ?? null) !== null) return "paused";
  const isSpent = quota !== null && sessionsToday >= quota;
  if (free > 0) return isSpent ? "paused" : "available";
  return busy > 0 ? "busy" : "paused";
}

function toWorkerDocument({ id, isEnabled, task, health }: WorkerView): WorkerDocument {
  const { until, reason, isOnTrial, failuresOfLast } = health ?? untried;
  const [failures, attempts] = failuresOfLast;
  return {
    id,
    isEnabled,
    task: task?.reference ?? null,
    url: task?.url ?? null,
    rest: until === null ? null : { until: toIso(until), reason: reason ?? "" },
    isOnTrial,
    attempts,
    failures,
    success: attempts === 0 ? null : (attempts - failures) / attempts,
  };
}

/** Every agent in force has its load; the zeros are for one that is not known by it. */
export function loadOf({ id }: AgentView, loads: readonly AgentLoad[]): AgentLoad {
  return (
    loads.find(({ agent }) => agent === id) ?? { agent: id, capacity: 0, busy: 0, off: 0, free: 0, utilisation: 0 }
  );
}

const nothing: Outcomes = { completed: 0, failed: 0, successRate: null, meanMinutes: null };
const unknown: Performance = { overall: nothing, recent: { ...nothing, windowMinutes: 0, sessions: 0, costUsd: 0 } };
