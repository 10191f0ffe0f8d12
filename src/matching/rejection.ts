/** Why an agent, or a slot of it, was passed over: the stable words, and what stands in the way of a task. */
import { agentOf, toWorkerId, type WorkerId } from "../model/ids.ts";
import type { AgentCandidate, Wish } from "./fit.ts";

/** Counted in assignments and shown to people, so the words are stable. */
export const rejectionCodes = [
  "not_pinned",
  "excluded",
  "disabled",
  "missing_capability",
  "cap_cost_per_task",
  "agent_paused",
  "cascade",
  "quota_spent",
  "cap_cost_per_day",
  "no_operator",
  "resting",
  "at_capacity",
  "takes_itself",
  "avoided",
  "awaited",
  "lower_score",
  "more_loaded",
] as const;
export type RejectionCode = (typeof rejectionCodes)[number];

/** What keeps the whole agent from the task, from a person's wish down to what passes by itself; null when nothing does. */
export function agentRejection(
  wish: Pick<Wish, "pinnedAgent" | "pinnedWorker" | "excludedAgents">,
  candidate: Pick<
    AgentCandidate,
    "agent" | "paused" | "isCascade" | "quotaLeft" | "capacity" | "costCap" | "isUnattended"
  >,
  capability: number | null,
): RejectionCode | null {
  if (!isPinned(wish, candidate)) return "not_pinned";
  if (wish.excludedAgents?.includes(candidate.agent) === true) return "excluded";
  if (capability === null) return "missing_capability";
  if (candidate.costCap === "cap_cost_per_task") return candidate.costCap;
  if (candidate.paused !== null) return pauseCode(candidate);
  if (candidate.quotaLeft !== null && candidate.quotaLeft <= 0) return "quota_spent";
  if (candidate.costCap === "cap_cost_per_day") return candidate.costCap;
  if (candidate.isUnattended === true) return "no_operator";
  return candidate.capacity === 0 ? "at_capacity" : null;
}

function pauseCode({ isCascade }: Pick<AgentCandidate, "isCascade">): RejectionCode {
  return isCascade === true ? "cascade" : "agent_paused";
}

/** It could have the task, and nobody gives it any: it takes its work itself, when it asks. */
export function isLeftToItself(wish: Pick<Wish, "isAskedFor">, { type }: Pick<AgentCandidate, "type">): boolean {
  return type === "pull" && wish.isAskedFor !== true;
}

function isPinned(wish: Pick<Wish, "pinnedAgent" | "pinnedWorker">, { agent }: Pick<AgentCandidate, "agent">): boolean {
  if (wish.pinnedWorker !== null) return agentOf(wish.pinnedWorker) === agent;
  return wish.pinnedAgent === null || wish.pinnedAgent === agent;
}

/** Why an agent that may and can has no free slot: of several reasons the one that is soonest over. */
export function slotRejection(candidate: AgentCandidate): RejectionCode {
  if (candidate.busy > 0) return "at_capacity";
  return candidate.resting > 0 ? "resting" : "disabled";
}

/** The slot that stands for its agent where a rejection is told. */
export function representative(wish: Wish, candidate: AgentCandidate): WorkerId {
  if (candidate.firstFree !== null) return candidate.firstFree;
  if (wish.pinnedWorker !== null && isPinned(wish, candidate)) return wish.pinnedWorker;
  return toWorkerId(candidate.agent, 1);
}
