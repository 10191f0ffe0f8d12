/** Which task next: the selector over the six modes, and the total order that breaks every tie the same way everywhere. */
import type { Mode } from "../model/mode.ts";
import { byAttack } from "./attack.ts";
import { ageingPerWeek, balanced, maximaOf, roundMaxima } from "./balanced.ts";
import { byBlocker } from "./by-blocker.ts";
import { byCriticalPath } from "./by-critical-path.ts";
import { byEffort } from "./by-effort.ts";
import { byPriority } from "./by-priority.ts";
import type { Maxima, RankInput, Ranking, Scale, Weights } from "./standing.ts";

export type { Maxima, RankInput, Scale, Weights } from "./standing.ts";

/** Below this many minutes a task is a quick win without the label, unless the momentum says otherwise. */
const quickWinMinutes = 15;

export interface RankContext {
  readonly weights: Weights;
  /** Over all open tasks; without it, over the candidates. */
  readonly maxima?: Maxima;
  readonly ageing?: number;
  readonly quickWinBelow?: number;
}

export interface Ranked<Id extends string = string> {
  readonly id: Id;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** One candidate's place among all others of its mode: numbers to compare from the first to the last, lower first. */
export interface Placed<Id extends string = string> {
  readonly tier: number;
  /** By the mode. */
  readonly first: number;
  readonly second: number;
  /** Where the mode tells nothing apart. */
  readonly priority: number;
  readonly created: number;
  readonly position: number;
  readonly id: Id;
}

const rankings: Readonly<Record<Mode, Ranking>> = {
  priority: byPriority,
  blocker: byBlocker,
  effort: byEffort,
  balanced,
  critical: byCriticalPath,
  attack: byAttack,
};

/** The candidates, best first, each with its score and the parts of it. The order in which they are given does not matter. */
export function rank<Id extends string>(
  mode: Mode,
  candidates: readonly RankInput<Id>[],
  context: RankContext,
): readonly Ranked<Id>[] {
  const scale = scaleOf(context, context.maxima ?? maximaOf(candidates));
  return candidates
    .map((input) => ({ input, place: placeOf(mode, input, scale) }))
    .toSorted((a, b) => comparePlaces(a.place, b.place))
    .map(({ input }) => scoreOf(mode, input, scale));
}

/** The scale with what the context does not say filled in. */
export function scaleOf(context: RankContext, maxima: Maxima): Scale {
  return {
    weights: context.weights,
    maxima: roundMaxima(maxima),
    ageing: context.ageing ?? ageingPerWeek,
    quickWinBelow: context.quickWinBelow ?? quickWinMinutes,
  };
}

/** The score of one candidate and its parts, for people: higher is better. */
export function scoreOf<Id extends string>(mode: Mode, input: RankInput<Id>, scale: Scale): Ranked<Id> {
  const { score, parts } = rankings[mode].stand(input, scale);
  return { id: input.id, score, parts };
}

/**
 * Where a candidate stands. Ties: priority, then the older one (unknown last), then the earlier in the input; the id, which
 * `comparePlaces` comes to last, is the only one that never ties.
 */
export function placeOf<Id extends string>(mode: Mode, input: RankInput<Id>, scale: Scale): Placed<Id> {
  const ranking = rankings[mode];
  return {
    tier: input.tier ?? 0,
    first: ranking.first(input, scale),
    second: ranking.second(input, scale),
    priority: input.priority,
    created: input.createdAt ?? Number.POSITIVE_INFINITY,
    position: input.position,
    id: input.id,
  };
}

/** Negative when `a` goes first. Zero only for the same id. Both must have been placed by one mode on one scale. */
function comparePlaces(a: Placed, b: Placed): number {
  // Not subtractions, because two infinities would give no number.
  if (a.tier !== b.tier) return a.tier < b.tier ? -1 : 1;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  if (a.second !== b.second) return a.second < b.second ? -1 : 1;
  return breakTie(a, b);
}

function breakTie(a: Placed, b: Placed): number {
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  if (a.created !== b.created) return a.created < b.created ? -1 : 1;
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  // By code unit: a locale's order would differ between machines.
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/**
 * A comparator for sorted collections: negative when `a` goes first. Zero only for the same id. It needs the maxima, because
 * a pair alone does not know what the others are measured by.
 */
export function compare(
  mode: Mode,
  context: RankContext & { readonly maxima: Maxima },
): (a: RankInput, b: RankInput) => number {
  const scale = scaleOf(context, context.maxima);
  return (a, b) => comparePlaces(placeOf(mode, a, scale), placeOf(mode, b, scale));
}
