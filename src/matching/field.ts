/** All agents, sorted by what they could do for the task. */
import { capabilityOf, foldCase } from "./capability.ts";
import { type Contender, toContender } from "./contender.ts";
import type { AgentCandidate, MatchingPolicy, Wish } from "./fit.ts";
import { agentRejection, isLeftToItself, type RejectionCode } from "./rejection.ts";

export interface Field {
  /** With its capabilities in lower case. */
  readonly wish: Wish;
  /** Able, with a free slot, in the order of the configuration. */
  readonly idle: readonly Contender[];
  /** Able, with none, in the order of the configuration. */
  readonly busy: readonly Contender[];
  /** All but the idle ones, in the order of the configuration. */
  readonly unable: readonly Unable[];
}

interface Unable {
  readonly candidate: AgentCandidate;
  /** Null where only a free slot is missing. */
  readonly code: RejectionCode | null;
}

export function surveyField(wish: Wish, candidates: readonly AgentCandidate[], policy: MatchingPolicy): Field {
  const asked = foldCase(wish);
  const idle: Contender[] = [];
  const busy: Contender[] = [];
  const unable: Unable[] = [];
  for (const candidate of candidates) {
    const capability = capabilityOf(candidate, asked);
    const code =
      agentRejection(asked, candidate, capability) ?? (isLeftToItself(wish, candidate) ? "takes_itself" : null);
    if (code === null && candidate.free > 0) {
      idle.push(toContender(candidate, capability ?? 0, policy));
      continue;
    }
    if (code === null) busy.push(toContender(candidate, capability ?? 0, policy));
    unable.push({ candidate, code });
  }
  return { wish: asked, idle, busy, unable };
}
