/**
 * Which worker takes a task: of those that may and can, a slot of the agent with the smallest share of its capacity in use.
 * Everybody who was passed over is accounted for, so that "why not that one?" has an answer.
 */
import type { AgentType } from "../model/config.ts";
import type { RejectedCandidate } from "../model/task.ts";
import type { AgentId, WorkerId } from "../model/ids.ts";

export interface WorkerCandidate {
  readonly worker: WorkerId;
  readonly agent: AgentId;
  readonly type: AgentType;
  /** How well the agent does what it is named for, 0 to 1. An agent that names nothing can do anything. */
  readonly capabilities: Readonly<Record<string, number>>;
  readonly load: number;
  readonly capacity: number;
  readonly isDisabled: boolean;
  /** Why the whole agent takes nothing at the moment; null when it does. */
  readonly isPaused: string | null;
  /** Sessions that the agent may still start; null where there is no quota. */
  readonly quotaLeft: number | null;
}

/** What the task asks of a worker. */
export interface WorkerWish {
  readonly needs: readonly string[];
  readonly pinnedAgent: string | null;
  readonly pinnedWorker: WorkerId | null;
  readonly excludedAgents: readonly string[];
}

/** Why a candidate was passed over; counted in assignments and shown to people, so the words are stable. */
export const rejectionCodes = [
  "not_pinned",
  "excluded",
  "disabled",
  "agent_paused",
  "missing_capability",
  "quota_spent",
  "at_capacity",
  "more_loaded",
] as const;
export type RejectionCode = (typeof rejectionCodes)[number];

export type Choice = {
  readonly rejected: readonly RejectedCandidate[];
  readonly rejectedCount: Readonly<Record<string, number>>;
} & (
  | { readonly worker: WorkerId; readonly agent: AgentId; readonly score: number }
  | { readonly worker: null; readonly agent: null; readonly score: null }
);

/** Enough to answer for the near misses without keeping a list of a thousand slots with every assignment. */
const rejectedKeptMax = 5;

/**
 * Takes the candidates in the order of the configuration. Of equally loaded agents the earlier one is taken, and of its slots
 * the least loaded with the lowest number. The worker is null when nobody may or can; `rejectedCount` then says why not.
 */
export function chooseWorker(wish: WorkerWish, workers: readonly WorkerCandidate[]): Choice {
  const free = freeShares(workers);
  const able: Contender[] = [];
  const unable: RejectedCandidate[] = [];
  const rejectedCount: Record<string, number> = {};
  for (const [place, candidate] of workers.entries()) {
    const code = rejectionOf(wish, candidate);
    const agent = free.get(candidate.agent);
    if (code === null && agent !== undefined) {
      able.push({ candidate, place, score: agent.score, agentPlace: agent.place });
      continue;
    }
    const reason = code ?? "at_capacity";
    rejectedCount[reason] = (rejectedCount[reason] ?? 0) + 1;
    if (unable.length < rejectedKeptMax) unable.push({ worker: candidate.worker, code: reason, score: null });
  }
  const [best, ...others] = able.toSorted(compareContenders);
  if (others.length > 0) rejectedCount["more_loaded"] = others.length;
  const near = others
    .slice(0, rejectedKeptMax)
    .map(({ candidate, score }) => ({ worker: candidate.worker, code: "more_loaded", score }));
  const rejected = [...near, ...unable].slice(0, rejectedKeptMax);
  if (best === undefined) return { worker: null, agent: null, score: null, rejected, rejectedCount };
  return { worker: best.candidate.worker, agent: best.candidate.agent, score: best.score, rejected, rejectedCount };
}

interface Contender {
  readonly candidate: WorkerCandidate;
  readonly place: number;
  readonly score: number;
  readonly agentPlace: number;
}

/** The share of each agent's capacity that is free, which is the score of its workers, and the agent's place. */
function freeShares(
  workers: readonly WorkerCandidate[],
): ReadonlyMap<AgentId, { readonly score: number; readonly place: number }> {
  const totals = new Map<AgentId, { load: number; capacity: number }>();
  for (const { agent, load, capacity } of workers) {
    const total = totals.get(agent) ?? { load: 0, capacity: 0 };
    totals.set(agent, { load: total.load + load, capacity: total.capacity + capacity });
  }
  const shares = new Map<AgentId, { score: number; place: number }>();
  for (const [agent, { load, capacity }] of totals) {
    shares.set(agent, { score: capacity === 0 ? 0 : Math.max(0, 1 - load / capacity), place: shares.size });
  }
  return shares;
}

/** The first thing that stands in the way, from a person's wish down to what passes by itself. */
function rejectionOf(wish: WorkerWish, candidate: WorkerCandidate): RejectionCode | null {
  if (!isPinned(wish, candidate)) return "not_pinned";
  if (wish.excludedAgents.includes(candidate.agent)) return "excluded";
  if (candidate.isDisabled) return "disabled";
  if (candidate.isPaused !== null) return "agent_paused";
  if (!wish.needs.every((need) => hasCapability(candidate, need))) return "missing_capability";
  if (candidate.quotaLeft !== null && candidate.quotaLeft <= 0) return "quota_spent";
  return candidate.load >= candidate.capacity ? "at_capacity" : null;
}

function isPinned(wish: WorkerWish, candidate: WorkerCandidate): boolean {
  if (wish.pinnedWorker !== null) return wish.pinnedWorker === candidate.worker;
  return wish.pinnedAgent === null || wish.pinnedAgent === candidate.agent;
}

/** Labels are written by people, so letter case does not count. */
function hasCapability(candidate: WorkerCandidate, need: string): boolean {
  const named = Object.entries(candidate.capabilities);
  const wanted = need.toLowerCase();
  return named.length === 0 || named.some(([name, level]) => level > 0 && name.toLowerCase() === wanted);
}

function compareContenders(a: Contender, b: Contender): number {
  return (
    b.score - a.score ||
    a.agentPlace - b.agentPlace ||
    a.candidate.load / a.candidate.capacity - b.candidate.load / b.candidate.capacity ||
    slotOf(a.candidate.worker) - slotOf(b.candidate.worker) ||
    a.place - b.place
  );
}

function slotOf(worker: WorkerId): number {
  return Number(worker.slice(worker.lastIndexOf("/") + 1)) || 0;
}
