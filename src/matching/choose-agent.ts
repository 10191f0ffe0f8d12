/**
 * Which agent takes a task: of those that may and can, the one with the best score; or the task waits for a better one that is
 * soon free. Every slot that was passed over is accounted for, so that "why not that one?" has an answer.
 */
import type { Contender } from "./contender.ts";
import { accountFor, accountForAll, type Field, surveyField } from "./field.ts";
import type { AgentCandidate, Choice, MatchingPolicy, Wish } from "./fit.ts";
import { describeRival, soonestWithinReach, type Weighing, weighWait } from "./weigh-wait.ts";

/**
 * Takes the candidates in the order of the configuration, each agent once. `assign` names the agent with the best score; of
 * equal ones the one with the larger free share, then the earlier one. `wait` names the agent to wait for although another
 * one is idle, and `none` says that nobody able has a free slot; `rejectedCount` then says why.
 */
export function chooseAgent(wish: Wish, candidates: readonly AgentCandidate[], policy: MatchingPolicy): Choice {
  const field = surveyField(wish, candidates, policy);
  const weighing = { wish, candidates, policy };
  if (wish.avoidedAgents.length === 0) return settle(field, field, weighing);
  const untried = { idle: field.idle.filter(isUntried), busy: field.busy.filter(isUntried) };
  if (untried.idle.length > 0) return settle(field, untried, weighing);
  const [failed] = field.idle;
  const other = failed === undefined || wish.isUrgent ? null : soonestWithinReach(untried.busy, weighing);
  if (failed === undefined || other === null) return settle(field, field, weighing);
  return waitFor(field, other, `${failed.candidate.agent} has failed at it, and ${describeRival(other)}`);
}

function isUntried({ isAvoided }: Contender): boolean {
  return !isAvoided;
}

/** Takes the best of the idle agents, or waits for one of the busy ones; nobody where none is idle. */
function settle(field: Field, { idle, busy }: Pick<Field, "idle" | "busy">, weighing: Weighing): Choice {
  const [best] = idle;
  if (best === undefined) return { kind: "none", ...accountForAll(field) };
  const { awaited, note } = weighWait(idle, busy, weighing);
  if (awaited !== null) return waitFor(field, awaited, note);
  const { candidate, score, fit, parts, isAvoided } = best;
  const again = isAvoided ? `${candidate.agent} has failed at it, and nobody else can be had` : null;
  const account = accountFor(field, { contender: best, isAwaited: false });
  return { kind: "assign", agent: candidate.agent, score, fit, parts, note: again ?? note, ...account };
}

function waitFor(field: Field, awaited: Contender, note: string): Choice {
  const { agent, freeInMs } = awaited.candidate;
  const account = accountFor(field, { contender: awaited, isAwaited: true });
  return { kind: "wait", agent, score: awaited.score, forMs: Math.max(0, freeInMs ?? 0), note, ...account };
}
