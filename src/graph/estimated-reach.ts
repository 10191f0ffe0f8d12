/**
 * How many nodes each knot reaches, estimated in time linear in the graph for each draw and in little memory: every node
 * draws numbers, and the lowest draw among all that a knot reaches tells how many they are (Cohen's size estimation).
 */
import { cappedReach } from "./capped-reach.ts";
import type { Condensation } from "./condensation.ts";
import { at } from "./graph.ts";

/** All include a knot's own members. */
export interface EstimatedReach {
  readonly reach: Int32Array;
  readonly atLeast: Int32Array;
  readonly atMost: Int32Array;
  /** The relative standard error of an estimate; where the bounds meet there is none. */
  readonly relativeError: number;
}

export interface EstimateOptions {
  /** Up to so many other nodes are counted, not estimated. */
  readonly countedMax: number;
  /** How often each node draws; a multiple of eight, because eight draws share the walk over the edges. */
  readonly draws: number;
}

const drawsPerPass = 8;
/** Draws are the whole numbers below this. */
const drawEnd = 2 ** 31;

/**
 * The lowest of N even draws is 1 / (N + 1) on average, and the sum over d independent rounds tells N with a relative standard
 * error of 1 / √(d - 2). Draws are a hash of the node's number, so that equal graphs give equal estimates.
 */
export function estimateReach(knots: Condensation, { countedMax, draws }: EstimateOptions): EstimatedReach {
  // One for the node itself, and one more tells the highest count from those that go beyond it.
  const limit = countedMax + 2;
  const { atLeast, atMost } = boundReach(knots, cappedReach(knots, limit), limit);
  const sums = new Float64Array(knots.count);
  const lowest = new Int32Array(knots.count * drawsPerPass);
  for (let round = 0; round < draws; round += drawsPerPass) {
    drawForMembers(knots, lowest, round);
    spreadLowest(knots, lowest, sums);
  }
  const reach = new Int32Array(knots.count);
  for (let knot = 0; knot < knots.count; knot += 1) {
    const estimate = Math.round((draws - 1) / (sums[knot] as number) - 1);
    reach[knot] = Math.min(at(atMost, knot), Math.max(at(atLeast, knot), estimate));
  }
  return { reach, atLeast, atMost, relativeError: 1 / Math.sqrt(draws - 2) };
}

/**
 * What holds whatever was drawn. A knot reaches at least what the best of its successors does, and at most what all of them
 * do together, nor more than what is numbered before it in its part.
 */
function boundReach(
  knots: Condensation,
  counted: Int32Array,
  limit: number,
): { readonly atLeast: Int32Array; readonly atMost: Int32Array } {
  const { memberStart, successorStart, successors, partEnd } = knots;
  const atLeast = counted.slice();
  const atMost = counted.slice();
  let partBegin = 0;
  for (let knot = 0; knot < knots.count; knot += 1) {
    if (knot > 0 && at(partEnd, knot) !== at(partEnd, knot - 1)) partBegin = knot;
    if (at(counted, knot) < limit) continue;
    const own = at(memberStart, knot + 1) - at(memberStart, knot);
    let most = 0;
    let sum = 0;
    for (let edge = at(successorStart, knot); edge < at(successorStart, knot + 1); edge += 1) {
      const next = at(successors, edge);
      most = Math.max(most, at(atLeast, next));
      sum += at(atMost, next);
    }
    atLeast[knot] = Math.max(limit, own + most);
    atMost[knot] = Math.min(own + sum, at(memberStart, knot + 1) - at(memberStart, partBegin));
  }
  return { atLeast, atMost };
}

/** The lowest draws of each knot's own members in eight rounds. */
function drawForMembers({ count, memberStart, members }: Condensation, lowest: Int32Array, round: number): void {
  for (let knot = 0; knot < count; knot += 1) {
    const base = knot * drawsPerPass;
    for (let lane = 0; lane < drawsPerPass; lane += 1) {
      let low = drawEnd - 1;
      for (let place = at(memberStart, knot); place < at(memberStart, knot + 1); place += 1) {
        low = Math.min(low, draw(at(members, place), round + lane));
      }
      lowest[base + lane] = low;
    }
  }
}

/** Takes over lower draws from the successors of each knot, and adds up what came out. Written out, which halves the time. */
function spreadLowest(
  { count, successorStart, successors }: Condensation,
  lowest: Int32Array,
  sums: Float64Array,
): void {
  for (let knot = 0; knot < count; knot += 1) {
    const own = knot * drawsPerPass;
    let low0 = at(lowest, own);
    let low1 = at(lowest, own + 1);
    let low2 = at(lowest, own + 2);
    let low3 = at(lowest, own + 3);
    let low4 = at(lowest, own + 4);
    let low5 = at(lowest, own + 5);
    let low6 = at(lowest, own + 6);
    let low7 = at(lowest, own + 7);
    const end = at(successorStart, knot + 1);
    for (let edge = at(successorStart, knot); edge < end; edge += 1) {
      const next = at(successors, edge) * drawsPerPass;
      low0 = Math.min(low0, at(lowest, next));
      low1 = Math.min(low1, at(lowest, next + 1));
      low2 = Math.min(low2, at(lowest, next + 2));
      low3 = Math.min(low3, at(lowest, next + 3));
      low4 = Math.min(low4, at(lowest, next + 4));
      low5 = Math.min(low5, at(lowest, next + 5));
      low6 = Math.min(low6, at(lowest, next + 6));
      low7 = Math.min(low7, at(lowest, next + 7));
    }
    lowest[own] = low0;
    lowest[own + 1] = low1;
    lowest[own + 2] = low2;
    lowest[own + 3] = low3;
    lowest[own + 4] = low4;
    lowest[own + 5] = low5;
    lowest[own + 6] = low6;
    lowest[own + 7] = low7;
    // Half a step each: a draw stands for the middle of its share of the range from 0 to 1.
    const sum = low0 + low1 + low2 + low3 + low4 + low5 + low6 + low7 + drawsPerPass / 2;
    sums[knot] = (sums[knot] as number) + sum / drawEnd;
  }
}

/** Murmur3's finish, which spreads every bit of what goes in over all that come out. */
function draw(node: number, round: number): number {
  let hash = Math.imul(node + 1, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 1;
}
