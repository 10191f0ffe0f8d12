/**
 * The choice against a second opinion: every agent is tried and judged by the words of the rules, one slot and one sum at a
 * time, without anything that the product uses.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseAgent } from "../../src/matching/choose-agent.ts";
import type { AgentCandidate, Choice, MatchingPolicy, Wish } from "../../src/matching/fit.ts";
import { anyAgents, anyPolicy, anyWish, busyAgents, calmWish, standard } from "./given-agents.ts";

interface Judged {
  readonly name: string;
  readonly isIdle: boolean;
  readonly score: number;
  readonly fit: number;
  readonly freeShare: number;
  readonly isAvoided: boolean;
  /** Minutes until a slot is free for this task. */
  readonly wait: number;
}

interface Verdict {
  readonly kind: "assign" | "wait" | "none";
  readonly agent: string | null;
}

/** By the rules: weigh the parts, keep who may and can, take the best, or wait where that is expected to be sooner. */
function secondOpinion(wish: Wish, candidates: readonly AgentCandidate[], policy: MatchingPolicy): Verdict {
  const able = candidates.filter((each) => mayAndCan(wish, each)).map((each) => judge(wish, each, policy));
  if (able.every(isBusy)) return { kind: "none", agent: null };
  const patience = wish.isUrgent || policy.waitMax === 0 ? -1 : (policy.waitMax - wish.waitedMs) / 60_000;
  const isReachable = (each: Judged): boolean => isBusy(each) && each.wait <= patience;
  const others = able.filter(({ isAvoided }) => !isAvoided);
  const isNobodyElseIdle = others.every(isBusy);
  const [other] = soonestFirst(others.filter(isReachable), wish);
  if (isNobodyElseIdle && other !== undefined) return { kind: "wait", agent: other.name };
  const circle = isNobodyElseIdle ? able : others;
  const idle = circle.filter((each) => !isBusy(each));
  const idleFit = Math.max(...idle.map(({ fit }) => fit));
  const better = circle.filter((each) => isReachable(each) && each.fit > idleFit);
  const [rival] = idleFit >= policy.bar ? [] : soonestFirst(better, wish);
  if (
    rival !== undefined &&
    isWorthTheWait(rival, idleFit, { wish, isCrowded: wish.readyCount > freeSlots(candidates) })
  ) {
    return { kind: "wait", agent: rival.name };
  }
  const [best] = idle.toSorted((a, b) => b.score - a.score || b.freeShare - a.freeShare);
  return { kind: "assign", agent: best?.name ?? null };
}

function isBusy({ isIdle }: Judged): boolean {
  return !isIdle;
}

function isWorthTheWait(
  rival: Judged,
  idleFit: number,
  { wish, isCrowded }: { readonly wish: Wish; readonly isCrowded: boolean },
): boolean {
  const now = wish.minutes / idleFit;
  const later = rival.wait + wish.minutes / rival.fit;
  return later < now || (isCrowded && later <= 1.5 * now);
}

function mayAndCan(wish: Wish, each: AgentCandidate): boolean {
  const isWanted = wish.pinnedAgent === null || wish.pinnedAgent === each.agent;
  const levels = Object.entries(each.capabilities).map(([name, level]) => [name.toLowerCase(), level] as const);
  const canDo = (need: string): boolean => levels.some(([name, level]) => name === need.toLowerCase() && level > 0);
  return (
    isWanted &&
    !(wish.excludedAgents ?? []).includes(each.agent) &&
    each.paused === null &&
    each.quotaLeft !== 0 &&
    each.capacity > 0 &&
    (levels.length === 0 || wish.needs.every(canDo))
  );
}

function judge(wish: Wish, each: AgentCandidate, { weights }: MatchingPolicy): Judged {
  const levels = new Map(Object.entries(each.capabilities).map(([name, level]) => [name.toLowerCase(), level]));
  const asked = [
    ...wish.needs.map((word) => ({ word, weight: 1 })),
    ...wish.prefers.map((word) => ({ word, weight: 0.5 })),
  ];
  const total = asked.reduce((sum, { weight }) => sum + weight, 0);
  const met = asked.reduce((sum, { word, weight }) => sum + weight * (levels.get(word.toLowerCase()) ?? 0), 0);
  const capability = total === 0 || levels.size === 0 ? 1 : met / total;
  const freeShare = (each.capacity - each.busy - each.disabled - each.resting) / each.capacity;
  const suited =
    weights.capability * capability +
    weights.history * (each.history ?? 0.7) +
    weights.cohesion * (each.cohesion ?? 0.5);
  const suitedMax = weights.capability + weights.history + weights.cohesion;
  return {
    name: each.agent,
    isIdle: each.busy + each.disabled + each.resting < each.capacity,
    score: rounded(suited + weights.load * freeShare, suitedMax + weights.load),
    fit: rounded(suited, suitedMax),
    freeShare,
    isAvoided: wish.avoidedAgents.includes(each.agent),
    wait: (each.freeInMs ?? Infinity) / 60_000 + ((each.awaitedBy ?? 0) * wish.minutes) / each.capacity,
  };
}

function rounded(sum: number, total: number): number {
  return total === 0 ? 0 : Number((sum / total).toFixed(6));
}

function soonestFirst(rivals: readonly Judged[], { minutes }: Wish): readonly Judged[] {
  return rivals.toSorted((a, b) => a.wait + minutes / a.fit - (b.wait + minutes / b.fit) || b.fit - a.fit);
}

function freeSlots(candidates: readonly AgentCandidate[]): number {
  return candidates
    .filter(({ paused }) => paused === null)
    .reduce((sum, { free, quotaLeft }) => sum + Math.min(free, quotaLeft ?? free), 0);
}

type Case = readonly [AgentCandidate[], Wish, MatchingPolicy];

/** Compares both opinions on every case; gives back how often each kind of choice came up. */
function compare(cases: fc.Arbitrary<Case>): Readonly<Record<Choice["kind"], number>> {
  const seen = { assign: 0, wait: 0, none: 0 };
  fc.assert(
    fc.property(cases, ([candidates, wish, policy]) => {
      const choice = chooseAgent(wish, candidates, policy);
      seen[choice.kind] += 1;
      const decided = { kind: choice.kind, agent: choice.kind === "none" ? null : choice.agent };
      expect(decided).toEqual(secondOpinion(wish, candidates, policy));
    }),
    { numRuns: 2_000 },
  );
  return seen;
}

test("thousands of small cases are decided as somebody would who tries everybody and knows only the rules", () => {
  const seen = compare(fc.tuple(anyAgents, anyWish, anyPolicy));
  // Nothing is shown by cases that never come up.
  expect(Math.min(seen.assign, seen.none)).toBeGreaterThan(300);
});

test("so are those where agents are taken for a few minutes more, and waiting is often the better choice", () => {
  const policy = fc.constantFrom(standard, { ...standard, bar: 1 });
  const seen = compare(fc.tuple(busyAgents, calmWish, policy));
  expect(Math.min(seen.assign, seen.wait, seen.none)).toBeGreaterThan(50);
});
