/**
 * How many tasks wait for each one, against brute force: exactly, up to a cap, and estimated. If one of these fails, the
 * scheduler holds up many for the sake of few, or says of an estimate that it is better than it is.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGraph, type Graph } from "../../src/graph/graph.ts";
import { directDependents, impactUpTo, type TransitiveImpact, transitiveDependents } from "../../src/graph/impact.ts";
import { topologicalOrder } from "../../src/graph/order.ts";
import { anyGraph, dependents, flat, type SmallGraph, successors } from "./oracle.ts";

const runs = { numRuns: 2_000 };

function build(small: SmallGraph): Graph {
  return buildGraph(small.count, flat(small));
}

/** Never counts what it can estimate. */
function estimate(graph: Graph, { countedMax = 0, draws = 128 } = {}): TransitiveImpact {
  return transitiveDependents(graph, topologicalOrder(graph), { exactStepsMax: -1, countedMax, draws });
}

describe("exact impact", () => {
  test("counts the others that wait for a node, directly and through others, cycles included", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const graph = build(small);
        const direct = Array.from(
          { length: small.count },
          (_, node) => successors(small, node).filter((next) => next !== node).length,
        );
        expect([...directDependents(graph)]).toEqual(direct);
        const found = transitiveDependents(graph, topologicalOrder(graph));
        expect(found).toMatchObject({ isExact: true, relativeError: 0 });
        expect([...found.transitive]).toEqual(dependents(small));
        expect([found.atLeast, found.atMost]).toEqual([found.transitive, found.transitive]);
      }),
      runs,
    );
  });
  test("is exact across blocks of 256 nodes that hang together in parts of any size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }), (sizes) => {
        const { graph, behind } = chains(sizes);
        expect([...transitiveDependents(graph, topologicalOrder(graph)).transitive]).toEqual(behind);
      }),
    );
  });
});

describe("impact up to a cap", () => {
  test("is the lower of the cap and the exact number", () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(45), (small, cap) => {
        const graph = build(small);
        const found = impactUpTo(graph, topologicalOrder(graph), cap);
        expect([...found]).toEqual(dependents(small).map((count) => Math.min(count, cap)));
      }),
      runs,
    );
  });
  test("is so on graphs of many blocks, whichever way of counting is the cheaper one", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 7, 100, 1_000, 5_000), fc.boolean(), (seed, cap, isCyclic) => {
        const graph = layered({ count: 3_000, width: 60, seed, isCyclic });
        const order = topologicalOrder(graph);
        const exact = transitiveDependents(graph, order).transitive;
        const found = impactUpTo(graph, order, cap);
        expect(exact.filter((count, node) => found[node] !== Math.min(count, cap))).toHaveLength(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("estimated impact", () => {
  test("lies within its bounds, and so does the truth, on every graph and for any number of draws", () => {
    fc.assert(
      fc.property(anyGraph, fc.constantFrom(8, 16, 128), fc.nat(10), (small, draws, countedMax) => {
        const found = estimate(build(small), { draws, countedMax });
        expect(found.isExact).toBe(false);
        const wrong = dependents(small).filter((truth, node) => {
          const low = found.atLeast[node] ?? NaN;
          const high = found.atMost[node] ?? NaN;
          const said = found.transitive[node] ?? NaN;
          const isWithin = low <= truth && truth <= high && low <= said && said <= high;
          return !isWithin || (truth <= countedMax && said !== truth);
        });
        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });
  test("errs by no more than it says, over thousands of random graphs and where the bounds leave it room", () => {
    const errors: number[] = [];
    const said = 1 / Math.sqrt(30);
    for (let seed = 0; seed < 2_000; seed += 1) {
      // Nodes draw by their number: with others before them, each graph sees draws of its own.
      const others = (seed * 37) % 640;
      const graph = layered({ count: 160, width: 4 + (seed % 16), seed, isCyclic: seed % 5 === 0, others });
      const exact = transitiveDependents(graph, topologicalOrder(graph)).transitive;
      const found = estimate(graph, { countedMax: 8, draws: 32 });
      expect(found.relativeError).toBeCloseTo(said);
      for (const [node, truth] of exact.entries()) {
        const hasRoom = (found.atLeast[node] ?? 0) < truth / 2 && (found.atMost[node] ?? 0) > truth * 1.5;
        if (hasRoom) errors.push((found.transitive[node] ?? 0) / truth - 1);
      }
    }
    expect(errors.length).toBeGreaterThan(10_000);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    const far = errors.filter((error) => Math.abs(error) > 3 * said).length;
    expect({
      isBiased: Math.abs(mean) > said / 4,
      isWider: deviation > said * 1.05,
      isFar: far > errors.length / 100,
    }).toEqual({ isBiased: false, isWider: false, isFar: false });
  });
  test("is the same every time", () => {
    const graph = layered({ count: 2_000, width: 50, seed: 3, isCyclic: true });
    expect(estimate(graph)).toEqual(estimate(graph));
  });
});

/** Chains of so many nodes each, one behind the other, and how many nodes are behind each. */
function chains(sizes: readonly number[]): { graph: Graph; behind: number[] } {
  const behind = sizes.flatMap((size) => Array.from({ length: size }, (_, place) => size - 1 - place));
  const edges = behind.flatMap((count, node) => (count > 0 ? [node, node + 1] : []));
  return { graph: buildGraph(behind.length, edges), behind };
}

interface Layered {
  readonly count: number;
  readonly width: number;
  readonly seed: number;
  readonly isCyclic: boolean;
  /** Nodes before the first layer that hang together with nothing. */
  readonly others?: number;
}

/** Each node waits for up to three of the layer before it; a cycle through the first three layers if so wanted. */
function layered({ count, width, seed, isCyclic, others = 0 }: Layered): Graph {
  const next = randomFrom(seed);
  const edges: number[] = isCyclic ? [0, width, width, 2 * width, 2 * width, 0] : [];
  for (let node = width; node < count; node += 1) {
    const before = (Math.floor(node / width) - 1) * width;
    for (let edge = next() % 4; edge > 0; edge -= 1) edges.push(before + (next() % width), node);
  }
  return buildGraph(
    others + count,
    edges.map((node) => others + node),
  );
}

/** Whole numbers that depend on the seed only (xorshift). */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 8;
  };
}
