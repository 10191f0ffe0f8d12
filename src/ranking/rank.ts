/** Which task next: the selector over the six modes, and the total order that breaks every tie the same way everywhere. */
import type { Mode } from "../model/mode.ts";
import { standInAttack } from "./attack.ts";
import { maximaOf, type Scale, standInBalance } from "./balanced.ts";
import { standByBlocker } from "./by-blocker.ts";
import { standByCriticalPath } from "./by-critical-path.ts";
import { standByEffort } from "./by-effort.ts";
import { standByPriority } from "./by-priority.ts";
import type { Maxima, RankInput, Standing, Weights } from "./standing.ts";

export type { Maxima, RankInput, Weights } from "./standing.ts";

export interface RankContext {
  readonly weights: Weights;
  /** Over all open tasks; without it, over the candidates. */
  readonly maxima?: Maxima;
}

export interface Ranked<Id extends string = string> {
  readonly id: Id;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
}

const standingOf: Readonly<Record<Mode, (input: RankInput, scale: Scale) => Standing>> = {
  priority: standByPriority,
  blocker: standByBlocker,
  effort: standByEffort,
  balanced: standInBalance,
  critical: standByCriticalPath,
  attack: standInAttack,
};

/** The candidates, best first, each with its score and the parts of it. The order in which they are given does not matter. */
export function rank<Id extends string>(
  mode: Mode,
  candidates: readonly RankInput<Id>[],
  context: RankContext,
): readonly Ranked<Id>[] {
  const scale = { weights: context.weights, maxima: context.maxima ?? maximaOf(candidates) };
  return candidates
    .map((input) => ({ input, standing: standingOf[mode](input, scale) }))
    .toSorted((a, b) => compareStandings(a.standing, b.standing) || compareInputs(a.input, b.input))
    .map(({ input, standing }) => ({ id: input.id, score: standing.score, parts: standing.parts }));
}

/**
 * A comparator for sorted collections: negative when `a` goes first. Zero only for the same id. It needs the maxima, because
 * a pair alone does not know what the others are measured by.
 */
export function compare(
  mode: Mode,
  scale: { readonly weights: Weights; readonly maxima: Maxima },
): (a: RankInput, b: RankInput) => number {
  const stand = standingOf[mode];
  return (a, b) => compareStandings(stand(a, scale), stand(b, scale)) || compareInputs(a, b);
}

function compareStandings(a: Standing, b: Standing): number {
  for (const [place, key] of a.keys.entries()) {
    const order = compareNumbers(key, b.keys[place] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** Ties: priority, then the older one (unknown last), then the earlier in the input, then the id. */
function compareInputs(a: RankInput, b: RankInput): number {
  return (
    a.priority - b.priority ||
    compareNumbers(a.createdAt ?? Number.POSITIVE_INFINITY, b.createdAt ?? Number.POSITIVE_INFINITY) ||
    a.position - b.position ||
    compareTexts(a.id, b.id)
  );
}

/** Not a subtraction, because two infinities would give no number. */
function compareNumbers(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** By code unit: a locale's order would differ between machines. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
