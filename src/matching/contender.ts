/** How well an agent that may and can take the task suits it: the score that ranks, and the fit that leaves load out. */
import type { AgentCandidate, FitParts, MatchingPolicy, Wish } from "./fit.ts";
import type { WorkerId } from "../model/ids.ts";
import type { RejectedCandidate } from "../model/task.ts";
import { unknownHistory } from "./history.ts";

/** Neither near to nor far from what the agent has just done. */
const unknownCohesion = 0.5;

/** Good until the next task is matched. */
export interface Contender {
  readonly candidate: AgentCandidate;
  readonly capability: number;
  /** Ranks: capability, load, history and cohesion by their weights, 0 to 1, in millionths. */
  readonly score: number;
  /** The same without load, which passes: what the bar and the waiting are judged by. */
  readonly fit: number;
}

/** What is kept with the candidate is the contender: one is asked for of every agent for every assignment. */
class Memo implements Contender {
  readonly candidate: AgentCandidate;
  /** What was told of it when it was passed over last; mostly it is the same the next time. */
  told: RejectedCandidate | null = null;
  capability = 0;
  score = 0;
  fit = 0;

  constructor(candidate: AgentCandidate) {
    this.candidate = candidate;
  }
}

export function toContender(candidate: AgentCandidate, capability: number, { weights }: MatchingPolicy): Contender {
  const suited =
    weights.capability * capability +
    weights.history * (candidate.history ?? unknownHistory) +
    weights.cohesion * (candidate.cohesion ?? unknownCohesion);
  const suitedMax = weights.capability + weights.history + weights.cohesion;
  const memo = memoOf(candidate);
  memo.capability = capability;
  // Weights may all be zero: then nothing tells agents apart.
  memo.score = toMillionths((suited + weights.load * freeShareOf(candidate)) / (suitedMax + weights.load || 1));
  memo.fit = toMillionths(suited / (suitedMax || 1));
  return memo;
}

/** What is told of the candidate: the same record as the last time where it says the same. */
export function tell(candidate: AgentCandidate, worker: WorkerId, { code, score }: Told): RejectedCandidate {
  const memo = memoOf(candidate);
  const { told } = memo;
  if (told !== null && told.worker === worker && told.code === code && told.score === score) return told;
  memo.told = { worker, code, score };
  return memo.told;
}

type Told = Pick<RejectedCandidate, "code" | "score">;

function memoOf(candidate: AgentCandidate): Memo {
  const known = candidate.memo;
  if (known instanceof Memo) return known;
  const memo = new Memo(candidate);
  candidate.memo = memo;
  return memo;
}

const millionths = 1e6;

/** Whole, so that what is equal on paper is equal here, and .49 / .7 reaches a bar of .7. */
function toMillionths(share: number): number {
  return Math.round(share * millionths);
}

/** A score or fit of a contender, 0 to 1. */
export function toShare(inMillionths: number): number {
  return inMillionths / millionths;
}

export function partsOf({ candidate, capability }: Contender): FitParts {
  return {
    capability,
    load: freeShareOf(candidate),
    history: candidate.history ?? unknownHistory,
    cohesion: candidate.cohesion ?? unknownCohesion,
  };
}

/** The share of its slots that could take a task now: what ranks as load. */
function freeShareOf({ capacity, free }: AgentCandidate): number {
  return capacity === 0 ? 0 : free / capacity;
}

/** True when `one` ranks before `other`: by score, then by the larger free share. Neither does when they are alike. */
export function ranksBefore(one: Contender, other: Contender): boolean {
  if (one.score !== other.score) return one.score > other.score;
  return freeShareOf(one.candidate) > freeShareOf(other.candidate);
}

/** The first of those that no other ranks before; null when there is none. */
export function bestOf(contenders: readonly Contender[]): Contender | null {
  let best: Contender | null = null;
  for (const contender of contenders) {
    if (best === null || ranksBefore(contender, best)) best = contender;
  }
  return best;
}

/** True when the agent has failed at the task before. */
export function isAvoided({ avoidedAgents }: Wish, { candidate }: Contender): boolean {
  return avoidedAgents.length > 0 && avoidedAgents.includes(candidate.agent);
}
