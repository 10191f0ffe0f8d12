/** Cuts against trying every set of edges. If one of these fails, a person is told to cut what need not be cut. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cheapestCut } from "../../src/graph/cheapest-cut.ts";
import type { CostedKnot, FoundCut } from "../../src/graph/costed-knot.ts";
import { type Cycle, cycles } from "../../src/graph/cycles.ts";
import { exactCut } from "../../src/graph/exact-cut.ts";
import { buildGraph, type Graph, successorsOf } from "../../src/graph/graph.ts";
import { greedyCut } from "../../src/graph/greedy-cut.ts";
import { topologicalOrder } from "../../src/graph/order.ts";
import * as oracle from "./oracle.ts";

const runs = { numRuns: 1_500 };

/** So few edges that every set of them can be tried. */
const tinyGraph: fc.Arbitrary<oracle.SmallGraph> = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    edges: fc.uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), {
      maxLength: 11,
      selector: ([from, to]) => from * count + to,
    }),
  }),
);

/** Dense enough that most nodes are in one knot, too large for the exact way. */
const largeGraph: fc.Arbitrary<oracle.SmallGraph> = fc.integer({ min: 15, max: 30 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { minLength: 2 * count, maxLength: 3 * count }),
  }),
);

/** Free, soft, from the body, native, by command, and never. */
const anyPrices = [0, 1, 10, 10, 100, Infinity];
const finitePrices = [1, 10, 100];

/** What each edge costs, out of the seed and the edge alone: it does not depend on the order in which they are asked for. */
function priced(prices: readonly number[], seed: number): (from: number, to: number) => number {
  return (from, to) => {
    const mixed = Math.imul(seed ^ Math.imul(from + 1, 0x9e3779b1), Math.imul(to + 1, 0x85ebca77) | 1);
    return prices[((mixed ^ (mixed >>> 15)) >>> 0) % prices.length] ?? 1;
  };
}

function knotsOf(small: oracle.SmallGraph): { graph: Graph; knots: readonly Cycle[] } {
  const graph = buildGraph(small.count, oracle.flat(small));
  return { graph, knots: cycles(graph, topologicalOrder(graph)) };
}

function edgesWithin(graph: Graph, members: readonly number[]): oracle.Edge[] {
  return members.flatMap((from) =>
    [...successorsOf(graph, from)].filter((to) => members.includes(to)).map((to): oracle.Edge => [from, to]),
  );
}

function without(edges: readonly oracle.Edge[], cut: readonly oracle.Edge[]): oracle.Edge[] {
  return edges.filter(([from, to]) => !cut.some((other) => other[0] === from && other[1] === to));
}

function costedGraph(small: oracle.SmallGraph, costOf: (from: number, to: number) => number): CostedKnot {
  const graph = buildGraph(small.count, oracle.flat(small));
  const edges = edgesWithin(graph, [...Array(small.count).keys()]);
  return {
    count: small.count,
    start: graph.successorStart,
    from: Int32Array.from(edges, ([from]) => from),
    to: graph.successors,
    costs: Float64Array.from(edges, ([from, to]) => costOf(from, to)),
  };
}

function costOfCut(knot: CostedKnot, found: FoundCut | null): number {
  return found === null
    ? Infinity
    : knot.costs.reduce((sum, cost, edge) => sum + (found.isCut[edge] === 1 ? cost : 0), 0);
}

describe("the cheapest cut of a small knot", () => {
  test("leaves no cycle, at the lowest cost and of that with the fewest edges, or is null when nothing may be cut", () => {
    fc.assert(
      fc.property(tinyGraph, fc.integer(), (small, seed) => {
        const costOf = priced(anyPrices, seed);
        const { graph, knots } = knotsOf(small);
        for (const { members } of knots) {
          const edges = edgesWithin(graph, members);
          const best = oracle.cheapestCut(
            edges,
            edges.map(([from, to]) => costOf(from, to)),
          );
          const found = cheapestCut(graph, members, costOf);
          expect(found === null).toBe(best.cost === Infinity);
          if (found === null) continue;
          expect(oracle.isAcyclic(without(edges, found.edges))).toBe(true);
          expect(found).toMatchObject({ cost: best.cost, isCheapest: true });
          expect(found.edges).toHaveLength(best.edgeCount);
        }
      }),
      runs,
    );
  });
  test("does not depend on the order in which the edges were given", () => {
    fc.assert(
      fc.property(oracle.anyGraph, fc.integer(), (small, seed) => {
        const [one, other] = [small, { ...small, edges: small.edges.toReversed() }].map((each) => {
          const { graph, knots } = knotsOf(each);
          return knots.map(({ members }) => cheapestCut(graph, members, priced(finitePrices, seed)));
        });
        expect(one).toEqual(other);
      }),
    );
  });
});

describe("the cut of a larger knot", () => {
  test("leaves no cycle, and cuts nothing that need not be cut", () => {
    fc.assert(
      fc.property(largeGraph, fc.integer(), (small, seed) => {
        const { graph, knots } = knotsOf(small);
        for (const { members } of knots) {
          const edges = edgesWithin(graph, members);
          const cut = cheapestCut(graph, members, priced(finitePrices, seed))?.edges ?? [];
          expect(oracle.isAcyclic(without(edges, cut))).toBe(true);
          for (const needed of cut) {
            expect(oracle.isAcyclic(without(edges, without(cut, [needed])))).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
  test("never claims to be cheaper than it can be, nor the cheapest when it is not", () => {
    let greedyCost = 0;
    let exactCost = 0;
    fc.assert(
      fc.property(tinyGraph, fc.integer(), (small, seed) => {
        const knot = costedGraph(small, priced(anyPrices, seed));
        const best = costOfCut(knot, exactCut(knot));
        const found = greedyCut(knot);
        const cost = costOfCut(knot, found);
        expect(cost === Infinity).toBe(best === Infinity);
        expect(cost).toBeGreaterThanOrEqual(best);
        if (found === null) return;
        expect(found.atLeast).toBeLessThanOrEqual(best);
        greedyCost += cost;
        exactCost += best;
      }),
      runs,
    );
    expect(greedyCost).toBeLessThan(exactCost * 1.1);
  });
});
