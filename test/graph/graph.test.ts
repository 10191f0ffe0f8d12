/** The graph algorithms on graphs that a person can follow, and at the sizes that brute force cannot reach. */
import { describe, expect, test } from "vitest";
import { criticalPath, tails } from "../../src/graph/critical-path.ts";
import { cycles } from "../../src/graph/cycles.ts";
import { buildGraph, type Graph } from "../../src/graph/graph.ts";
import { transitiveDependents } from "../../src/graph/impact.ts";
import { type Order, topologicalOrder } from "../../src/graph/order.ts";

/** 0 → 1 → 2 → … */
function chain(count: number): number[] {
  return Array.from({ length: count - 1 }, (_, node) => [node, node + 1]).flat();
}

function stages(order: Order): number[][] {
  const { nodes, stageStart } = order;
  return Array.from({ length: order.stageCount }, (_, stage) =>
    Array.from(nodes.subarray(stageStart[stage], stageStart[stage + 1])),
  );
}

function knotsOf(graph: Graph): ReturnType<typeof cycles> {
  return cycles(graph, topologicalOrder(graph));
}

describe("building", () => {
  test("refuses an edge to a node that is not there, and says which edge", () => {
    expect(() => buildGraph(2, [0, 1, 1, 2])).toThrow("Edge 1 names node 2, but nodes are 0 to 1.");
    expect(() => buildGraph(2, [0, -1])).toThrow(RangeError);
    expect(() => buildGraph(2, [0, 0.5])).toThrow(RangeError);
    expect(() => buildGraph(2, [0, Number.NaN])).toThrow(RangeError);
  });
  test("refuses half an edge", () => {
    expect(() => buildGraph(2, [0, 1, 1])).toThrow("length must be even");
  });
  test("takes a graph without nodes, which has no order, cycle or path", () => {
    const graph = buildGraph(0, []);
    const order = topologicalOrder(graph);
    expect(stages(order)).toEqual([]);
    expect(knotsOf(graph)).toEqual([]);
    expect(criticalPath(graph, order, tails(graph, order, []))).toEqual({ nodes: [], total: 0 });
    expect([...transitiveDependents(graph, order).transitive]).toEqual([]);
  });
});

describe("a diamond", () => {
  const graph = buildGraph(4, [3, 1, 3, 0, 1, 2, 0, 2]);
  const order = topologicalOrder(graph);

  test("runs its middle in one stage", () => {
    expect(stages(order)).toEqual([[3], [0, 1], [2]]);
    expect([...order.nodes]).toEqual([3, 0, 1, 2]);
  });
  test("takes its heavier side as the critical path, and of equal ones the lower index", () => {
    expect(criticalPath(graph, order, tails(graph, order, [10, 20, 5, 1]))).toEqual({ nodes: [3, 1, 2], total: 26 });
    expect(criticalPath(graph, order, tails(graph, order, [7, 7, 5, 1]))).toEqual({ nodes: [3, 0, 2], total: 13 });
  });
  test("counts what waits at its end once", () => {
    expect([...transitiveDependents(graph, order).transitive]).toEqual([1, 1, 0, 3]);
  });
});

describe("a knot", () => {
  test("stops only what is in or behind it", () => {
    // 0 → 1 ⇄ 2 → 3, and 4 by itself.
    const graph = buildGraph(5, [0, 1, 1, 2, 2, 1, 2, 3]);
    expect([...topologicalOrder(graph).nodes]).toEqual([0, 4]);
    expect(knotsOf(graph)).toEqual([{ members: [1, 2], path: [1, 2] }]);
  });
  test("behind another one is seen as if it stood alone", () => {
    // 0 → 1 → 2 → 3 → 0, which holds up 4 ⇄ 5.
    expect(knotsOf(buildGraph(6, [0, 1, 1, 2, 2, 3, 3, 0, 0, 4, 4, 5, 5, 4]))).toEqual([
      { members: [0, 1, 2, 3], path: [0, 1, 2, 3] },
      { members: [4, 5], path: [4, 5] },
    ]);
  });
  test("of a node with itself is a cycle", () => {
    expect(knotsOf(buildGraph(2, [1, 1]))).toEqual([{ members: [1], path: [1] }]);
  });
  test("shows its shortest way round from the lowest member", () => {
    // 0 → 1 → 2 → 3 → 0 with the short cut 1 → 0.
    expect(knotsOf(buildGraph(4, [0, 1, 1, 2, 2, 3, 3, 0, 1, 0]))).toEqual([{ members: [0, 1, 2, 3], path: [0, 1] }]);
  });
});

describe("at size", () => {
  test("a chain of 100,000 does not overflow the stack", () => {
    const count = 100_000;
    const graph = buildGraph(count, chain(count));
    const order = topologicalOrder(graph);
    expect(order.stageCount).toBe(count);
    expect(criticalPath(graph, order, tails(graph, order, new Float64Array(count).fill(2))).total).toBe(2 * count);
    expect(knotsOf(graph)).toEqual([]);
  });
  test("a ring of 100,000 is one knot", () => {
    const count = 100_000;
    const [ring, ...others] = knotsOf(buildGraph(count, [...chain(count), count - 1, 0]));
    expect(ring?.path.length).toBe(count);
    expect(others).toEqual([]);
  });
  test("impact over many blocks of 256 is still exact", () => {
    const graph = buildGraph(1_000, chain(1_000));
    const { transitive, isExact } = transitiveDependents(graph, topologicalOrder(graph));
    expect(isExact).toBe(true);
    expect([...transitive]).toEqual(Array.from({ length: 1_000 }, (_, node) => 999 - node));
  });
  test("50,000 knots of two cost no more than one of 100,000", () => {
    const count = 100_000;
    const pairs = Array.from({ length: count }, (_, node) => [node, node ^ 1]).flat();
    expect(knotsOf(buildGraph(count, pairs))).toHaveLength(count / 2);
  });
});
