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
        expect(impactUpTo(graph, order, cap)).toEqual(exact.map((count) => Math.min(count, cap)));
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
        for (const [node, truth] of dependents(small).entries()) {
          expect(found.atLeast[node]).toBeLessThanOrEqual(truth);
          expect(found.atMost[node]).toBeGreaterThanOrEqual(truth);
          expect(found.transitive[node]).toBeGreaterThanOrEqual(found.atLeast[node] ?? NaN);
          expect(found.transitive[node]).toBeLessThanOrEqual(found.atMost[node] ?? NaN);
          if (truth <= countedMax) expect(found.transitive[node]).toBe(truth);
        }
      }),
      runs,
    );
  });
  test("errs by no more than it says, over a thousand random graphs and where the bounds leave it room", () => {
    const errors: number[] = [];
    let relativeError = 0;
    for (let seed = 0; seed < 1_000; seed += 1) {
      const graph = layered({ count: 400, width: 4 + (seed % 40), seed, isCyclic: seed % 5 === 0 });
      const exact = transitiveDependents(graph, topologicalOrder(graph)).transitive;
      const found = estimate(graph, { countedMax: 16 });
      ({ relativeError } = found);
      for (const [node, truth] of exact.entries()) {
        const hasRoom = (found.atLeast[node] ?? 0) < truth * 0.7 && (found.atMost[node] ?? 0) > truth * 1.3;
        if (hasRoom) errors.push((found.transitive[node] ?? 0) / truth - 1);
      }
    }
    expect(errors.length).toBeGreaterThan(10_000);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(relativeError).toBeCloseTo(1 / Math.sqrt(126));
    expect(deviation).toBeLessThan(relativeError * 1.05);
    expect(Math.abs(mean)).toBeLessThan(relativeError / 4);
    const far = errors.filter((error) => Math.abs(error) > 3 * relativeError).length;
    expect(far / errors.length).toBeLessThan(0.01);
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

/** Each node waits for up to three of the layer before it; with a cycle among the first nodes if so wanted. */
function layered(of: { count: number; width: number; seed: number; isCyclic: boolean }): Graph {
  const next = randomFrom(of.seed);
  const edges: number[] = of.isCyclic ? [of.width, 0, 2 * of.width, of.width] : [];
  for (let node = of.width; node < of.count; node += 1) {
    const before = (Math.floor(node / of.width) - 1) * of.width;
    for (let edge = next() % 4; edge > 0; edge -= 1) edges.push(before + (next() % of.width), node);
  }
  if (of.isCyclic) edges.push(0, of.width, of.width, 2 * of.width);
  return buildGraph(of.count, edges);
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
