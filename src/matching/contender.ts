/** An agent that may and can take the task, with how well it suits. */
import { capabilityOf } from "./capability.ts";
import type { AgentCandidate, FitParts, MatchingPolicy, Wish } from "./fit.ts";
import { unknownHistory } from "./history.ts";

/** Neither near to nor far from what the agent has just done. */
const unknownCohesion = 0.5;

export interface Contender {
  readonly candidate: AgentCandidate;
  readonly parts: FitParts;
  /** Ranks: capability, load, history and cohesion by their weights, 0 to 1. */
  readonly score: number;
  /** The same without load, which passes: what the bar and the waiting are judged by. */
  readonly fit: number;
  /** It has failed at the task before. */
  readonly isAvoided: boolean;
}

export function toContender(wish: Wish, candidate: AgentCandidate, { weights }: MatchingPolicy): Contender {
  const parts = {
    capability: capabilityOf(candidate, wish),
    load: candidate.capacity === 0 ? 0 : candidate.free / candidate.capacity,
    history: candidate.history ?? unknownHistory,
    cohesion: candidate.cohesion ?? unknownCohesion,
  };
  const suited =
    weights.capability * parts.capability + weights.history * parts.history + weights.cohesion * parts.cohesion;
  // Weights may all be zero: then nothing but load, or nothing at all, tells agents apart.
  const suitedMax = weights.capability + weights.history + weights.cohesion;
  return {
    candidate,
    parts,
    score: (suited + weights.load * parts.load) / (suitedMax + weights.load || 1),
    fit: suited / (suitedMax || 1),
    isAvoided: wish.avoidedAgents.includes(candidate.agent),
  };
}

/** True when `one` ranks before `other`: by score, then by the larger free share. Neither does when they are alike. */
export function ranksBefore(one: Contender, other: Contender): boolean {
  return one.score === other.score ? one.parts.load > other.parts.load : one.score > other.score;
}
