/**
 * Whether a task waits for a better agent that is busy or takes one that is idle: what is compared is the expected time to a
 * success, which is the length of a session over the share of sessions that end well, for which the fit stands.
 */
import { toShare, type Contender } from "./contender.ts";
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

/** A busy agent as it is waited for. */
export interface Rival {
  readonly contender: Contender;
  /** Until it could take the task, milliseconds; infinite where nobody can say. */
  readonly freeInMs: number;
  /** From now to a success. */
  readonly doneInMs: number;
  /** The task may wait as long. */
  readonly isWithinReach: boolean;
}

/** `awaited` is null where an idle one is taken; `note` then says why, or is null where nothing was weighed. */
type Verdict =
  | { readonly awaited: Rival; readonly note: string }
  | { readonly awaited: null; readonly note: string | null };

const notWeighed: Verdict = { awaited: null, note: null };

/**
 * Weighs the fittest of the idle agents against every busy one that suits better. At or above the bar an idle one is always
 * good enough, and where tasks never wait nothing is weighed.
 */
export function weighWait(idle: readonly Contender[], busy: readonly Contender[], weighing: Weighing): Verdict {
  const { wish, policy } = weighing;
  const fittest = fittestOf(idle);
  if (fittest === null || toShare(fittest.fit) >= policy.bar || policy.waitMax <= 0) return notWeighed;
  const better = busy.filter(({ fit }) => fit > fittest.fit);
  const rival = soonestOf(better, weighing);
  return rival === null ? notWeighed : weigh({ rival, fittest, nowMs: sessionsMs(fittest, wish) }, weighing);
}

function weigh(
  { rival, fittest, nowMs }: { readonly rival: Rival; readonly fittest: Contender; readonly nowMs: number },
  { wish, candidates }: Weighing,
): Verdict {
  const better = rival.contender.candidate.agent;
  const idle = fittest.candidate.agent;
  if (wish.isUrgent) return taken(`urgent work does not wait for the better ${better}`);
  if (rival.freeInMs === Infinity) return taken(`nobody can say when the better ${better} is free`);
  if (!rival.isWithinReach) {
    return taken(`the wait for the better ${better} would be ${inMinutes(wish.waitedMs + rival.freeInMs)}, too long`);
  }
  if (rival.doneInMs < nowMs) {
    return { awaited: rival, note: `${describeRival(rival)} and is likely done before the idle ${idle}` };
  }
  if (rival.doneInMs <= queueSlack * nowMs && wish.readyCount > freeSlotsOf(candidates)) {
    return { awaited: rival, note: `the better ${describeRival(rival)}, and the idle ${idle} has other work to take` };
  }
  return taken(`idle now is sooner than the better ${better} in ${inMinutes(rival.freeInMs)}`);
}

function taken(note: string): Verdict {
  return { awaited: null, note };
}

function fittestOf(contenders: readonly Contender[]): Contender | null {
  let fittest: Contender | null = null;
  for (const contender of contenders) {
    if (fittest === null || contender.fit > fittest.fit) fittest = contender;
  }
  return fittest;
}

/** Who of the busy agents is likely done first, those within reach before the others; the earlier one when they are alike. */
export function soonestOf(busy: readonly Contender[], weighing: Weighing): Rival | null {
  let soonest: Rival | null = null;
  for (const contender of busy) {
    const rival = toRival(contender, weighing);
    if (soonest === null || isSooner(rival, soonest)) soonest = rival;
  }
  return soonest;
}

function isSooner(one: Rival, other: Rival): boolean {
  if (one.isWithinReach !== other.isWithinReach) return one.isWithinReach;
  return one.doneInMs === other.doneInMs ? one.contender.fit > other.contender.fit : one.doneInMs < other.doneInMs;
}

/** Its slots come free one after the other; those who wait already have the first ones. */
function toRival(contender: Contender, { wish, policy }: Weighing): Rival {
  const { freeInMs: firstInMs, awaitedBy = 0, capacity } = contender.candidate;
  const queueMs = (awaitedBy * wish.minutes * minuteMs) / Math.max(1, capacity);
  const freeInMs = firstInMs === null ? Infinity : Math.max(0, firstInMs) + queueMs;
  return {
    contender,
    freeInMs,
    doneInMs: freeInMs + sessionsMs(contender, wish),
    isWithinReach: policy.waitMax > 0 && wish.waitedMs + freeInMs <= policy.waitMax,
  };
}

/** As many sessions as it takes until one ends well, on average. */
function sessionsMs({ fit }: Contender, { minutes }: Wish): number {
  return fit === 0 ? Infinity : (minutes * minuteMs) / toShare(fit);
}

/** Slots that could take some task now, of all agents that take any. */
function freeSlotsOf(candidates: readonly AgentCandidate[]): number {
  let slots = 0;
  for (const { type, paused, free, quotaLeft, costCap = null } of candidates) {
    if (type !== "pull" && paused === null && costCap === null) slots += Math.min(free, Math.max(0, quotaLeft ?? free));
  }
  return slots;
}

/** `cursor is free in 22 min`. */
export function describeRival({ contender, freeInMs }: Rival): string {
  return `${contender.candidate.agent} is free in ${inMinutes(freeInMs)}`;
}

/** `22 min`, rounded up, so that nobody is told 0 of something that takes time. */
function inMinutes(ms: number): string {
  return `${Math.ceil(ms / minuteMs)} min`;
}
