/**
 * Which agent takes a task: of those that may and can, the one with the best score; or the task waits for a better one that is
 * soon free. Every slot that was passed over is accounted for, so that "why not that one?" has an answer.
 */
import { accountFor, accountForAll } from "./account.ts";
import { bestOf, type Contender, isAvoided, partsOf, toShare } from "./contender.ts";
import { type Field, surveyField } from "./field.ts";
import type { AgentCandidate, Choice, MatchingPolicy, Wish } from "./fit.ts";
import { describeRival, type Rival, soonestOf, type Weighing, weighWait } from "./weigh-wait.ts";

/**
 * Takes the candidates in the order of the configuration, each agent once. `assign` names the agent with the best score; of
 * equal ones the one with the larger free share, then the earlier one. `wait` names the agent to wait for although another
 * one is idle, and `none` says that nobody able has a free slot; `rejectedCount` then says why.
 */
export function chooseAgent(wish: Wish, candidates: readonly AgentCandidate[], policy: MatchingPolicy): Choice {
  const field = surveyField(wish, candidates, policy);
  const weighing = { wish: field.wish, candidates, policy };
  if (wish.avoidedAgents.length === 0) return settle(field, field, weighing);
  const isUntried = (contender: Contender): boolean => !isAvoided(wish, contender);
  const untried = { idle: field.idle.filter(isUntried), busy: field.busy.filter(isUntried) };
  if (untried.idle.length > 0) return settle(field, untried, weighing);
  const failed = bestOf(field.idle);
  const other = wish.isUrgent ? null : soonestOf(untried.busy, weighing);
  if (failed === null || other === null || !other.isWithinReach) return settle(field, field, weighing);
  return waitFor(field, other, `${failed.candidate.agent} has failed at it, and ${describeRival(other)}`);
}

/** Takes the best of the idle agents, or waits for one of the busy ones; nobody where none is idle. */
function settle(field: Field, { idle, busy }: Pick<Field, "idle" | "busy">, weighing: Weighing): Choice {
  const best = bestOf(idle);
  if (best === null) return { kind: "none", ...accountForAll(field) };
  const { awaited, note } = weighWait(idle, busy, weighing);
  if (awaited !== null) return waitFor(field, awaited, note);
  const { candidate, score, fit } = best;
  const { rejected, rejectedCount } = accountFor(field, { contender: best, isAwaited: false });
  return {
    kind: "assign",
    agent: candidate.agent,
    score: toShare(score),
    fit: toShare(fit),
    parts: partsOf(best),
    note: isAvoided(field.wish, best) ? `${candidate.agent} has failed at it, but nobody else can be had` : note,
    rejected,
    rejectedCount,
  };
}

function waitFor(field: Field, { contender, freeInMs }: Rival, note: string): Choice {
  const { rejected, rejectedCount } = accountFor(field, { contender, isAwaited: true });
  const { agent } = contender.candidate;
  return { kind: "wait", agent, score: toShare(contender.score), forMs: freeInMs, note, rejected, rejectedCount };
}
