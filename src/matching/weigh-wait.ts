/**
 * Whether a task waits for a better agent that is busy or takes one that is idle: what is compared is the expected time to a
 * success, which is the length of a session over the share of sessions that end well, for which the fit stands.
 */
import type { Contender } from "./contender.ts";
import type { AgentCandidate, MatchingPolicy, Wish } from "./fit.ts";

const minuteMs = 60_000;
/**
 * With more ready tasks than free slots an idle worker is not idle for long, so the better one may take up to this many times as
 * long: it saves a session that is likelier to fail.
 */
const queueSlack = 1.5;

/** What the waiting is judged by. */
export interface Weighing {
  readonly wish: Wish;
  readonly candidates: readonly AgentCandidate[];
  readonly policy: MatchingPolicy;
}

/** `awaited` is null where an idle one is taken; `note` then says why, or is null where nothing was weighed. */
type Verdict =
  | { readonly awaited: Contender; readonly note: string }
  | { readonly awaited: null; readonly note: string | null };

/**
 * Weighs the fittest of the idle agents, of which there is one at least, against every busy one that suits better. At or above
 * the bar an idle one is always good enough, and where tasks never wait nothing is weighed.
 */
export function weighWait(idle: readonly Contender[], busy: readonly Contender[], weighing: Weighing): Verdict {
  const { wish, policy } = weighing;
  const fittest = fittestOf(idle);
  const rival =
    fittest === null || fittest.fit >= policy.bar || policy.waitMax <= 0 ? null : soonest(busy, fittest.fit, weighing);
  if (fittest === null || rival === null) return taken(null);
  const { agent, freeInMs } = rival.candidate;
  if (wish.isUrgent) return taken(`urgent work does not wait for the better ${agent}`);
  if (freeInMs === null) return taken(`nobody can say when the better ${agent} is free`);
  if (!isWithinReach(rival, weighing))
    return taken(`the wait for the better ${agent} is too long: ${inMinutes(wish.waitedMs + Math.max(0, freeInMs))}`);
  const nowMs = sessionsMs(fittest, wish);
  const laterMs = expectedMs(rival, wish);
  if (laterMs < nowMs)
    return { awaited: rival, note: `better and sooner done than ${fittest.candidate.agent}: ${describeRival(rival)}` };
  if (laterMs <= queueSlack * nowMs && wish.readyCount > freeSlotsOf(weighing.candidates)) {
    return {
      awaited: rival,
      note: `other work is there for ${fittest.candidate.agent}, and the better ${describeRival(rival)}`,
    };
  }
  return taken(`idle now is sooner than the better ${agent} in ${inMinutes(freeInMs)}`);
}

/** The agent that is expected to be done first, of those that the task may wait for; null when there is none. */
export function soonestWithinReach(busy: readonly Contender[], weighing: Weighing): Contender | null {
  const rival = soonest(busy, -1, weighing);
  return rival !== null && isWithinReach(rival, weighing) ? rival : null;
}

/** Those within reach go first, then who is expected to be done sooner, then the fitter one. */
function soonest(busy: readonly Contender[], fitAbove: number, weighing: Weighing): Contender | null {
  let best: Contender | null = null;
  for (const contender of busy) {
    if (contender.fit > fitAbove && (best === null || isSooner(contender, best, weighing))) best = contender;
  }
  return best;
}

function isSooner(one: Contender, other: Contender, weighing: Weighing): boolean {
  const reach = Number(isWithinReach(one, weighing)) - Number(isWithinReach(other, weighing));
  if (reach !== 0) return reach > 0;
  const oneMs = expectedMs(one, weighing.wish);
  const otherMs = expectedMs(other, weighing.wish);
  return oneMs === otherMs ? one.fit > other.fit : oneMs < otherMs;
}

function isWithinReach({ candidate }: Contender, { wish, policy }: Weighing): boolean {
  if (candidate.freeInMs === null || policy.waitMax <= 0) return false;
  return wish.waitedMs + Math.max(0, candidate.freeInMs) <= policy.waitMax;
}

/** From now to a success of a busy agent, milliseconds; infinite where nobody can say when it is free. */
function expectedMs(contender: Contender, wish: Wish): number {
  const { freeInMs } = contender.candidate;
  return freeInMs === null ? Infinity : Math.max(0, freeInMs) + sessionsMs(contender, wish);
}

/** As many sessions as it takes until one ends well, on average. */
function sessionsMs({ fit }: Contender, { minutes }: Wish): number {
  return fit === 0 ? Infinity : (minutes * minuteMs) / fit;
}

function taken(note: string | null): Verdict {
  return { awaited: null, note };
}

function fittestOf(idle: readonly Contender[]): Contender | null {
  let fittest: Contender | null = null;
  for (const contender of idle) {
    if (fittest === null || contender.fit > fittest.fit) fittest = contender;
  }
  return fittest;
}

/** Slots that could take some task now, of all agents that take any. */
function freeSlotsOf(candidates: readonly AgentCandidate[]): number {
  let slots = 0;
  for (const { paused, free, quotaLeft } of candidates) {
    if (paused === null) slots += Math.min(free, Math.max(0, quotaLeft ?? free));
  }
  return slots;
}

/** `cursor is free in 22 min`: of a busy agent that is within reach. */
export function describeRival({ candidate }: Contender): string {
  return `${candidate.agent} is free in ${inMinutes(candidate.freeInMs ?? 0)}`;
}

/** `22 min`, rounded up, so that nobody is told 0 of something that takes time. */
function inMinutes(ms: number): string {
  return `${Math.ceil(Math.max(0, ms) / minuteMs)} min`;
}
