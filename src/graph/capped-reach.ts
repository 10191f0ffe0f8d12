/**
 * How many nodes each knot reaches, counted up to a limit. A knot whose blocked knot is at the limit is there too, so that
 * only knots near the ends of the graph are walked from, and none of them far.
 */
import type { Condensation } from "./condensation.ts";
import { exactReach, exactWork } from "./exact-reach.ts";
import { at } from "./graph.ts";

/** A step of a walk costs about half of a step of the exact count (measured): beyond this, counting all is cheaper. */
const stepsPerExactStep = 2;

/** For each knot the lower of `limit` and the number of nodes that it reaches, its own members included. */
export function cappedReach(knots: Condensation, limit: number): Int32Array {
  const walk = createWalk(knots, limit);
  const stepsMax = stepsPerExactStep * exactWork(knots);
  for (let knot = 0; knot < knots.count; knot += 1) {
    walk.reach[knot] = Math.min(limit, reachOf(knots, walk, knot));
    if (walk.steps > stepsMax) return exactReach(knots).map((reach) => Math.min(limit, reach));
  }
  return walk.reach;
}

interface Walk {
  readonly limit: number;
  readonly reach: Int32Array;
  /** The last knot that each knot was reached from. */
  readonly seenFrom: Int32Array;
  readonly stack: Int32Array;
  steps: number;
}

function createWalk({ count }: Condensation, limit: number): Walk {
  return {
    limit,
    reach: new Int32Array(count),
    seenFrom: new Int32Array(count).fill(-1),
    stack: new Int32Array(Math.min(count, limit) + 1),
    steps: 0,
  };
}

/** What the knot's successors reach is known already. May be more than the limit. */
function reachOf(knots: Condensation, walk: Walk, knot: number): number {
  const begin = at(knots.successorStart, knot);
  const end = at(knots.successorStart, knot + 1);
  let most = 0;
  for (let edge = begin; edge < end; edge += 1) most = Math.max(most, at(walk.reach, at(knots.successors, edge)));
  const known = most + sizeOf(knots, knot);
  return end - begin <= 1 || known >= walk.limit ? known : walkFrom(knots, walk, knot);
}

function walkFrom(knots: Condensation, walk: Walk, from: number): number {
  const { limit, seenFrom, stack } = walk;
  const { successorStart, successors } = knots;
  let found = sizeOf(knots, from);
  let steps = 0;
  stack[0] = from;
  for (let depth = 1; depth > 0 && found < limit;) {
    depth -= 1;
    const knot = at(stack, depth);
    const end = at(successorStart, knot + 1);
    steps += end - at(successorStart, knot);
    for (let edge = at(successorStart, knot); edge < end; edge += 1) {
      const next = at(successors, edge);
      if (at(seenFrom, next) === from) continue;
      seenFrom[next] = from;
      found += sizeOf(knots, next);
      if (found >= limit) break;
      stack[depth] = next;
      depth += 1;
    }
  }
  walk.steps += steps;
  return found;
}

function sizeOf({ memberStart }: Condensation, knot: number): number {
  return at(memberStart, knot + 1) - at(memberStart, knot);
}
