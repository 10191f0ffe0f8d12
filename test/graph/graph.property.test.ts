/** The graph algorithms against brute force. If one of these fails, work would be started in the wrong order or not at all. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { components } from "../../src/graph/components.ts";
import { criticalPath, tails } from "../../src/graph/critical-path.ts";
import { cycles } from "../../src/graph/cycles.ts";
import { buildGraph, predecessorsOf, successorsOf } from "../../src/graph/graph.ts";
import { type Order, topologicalOrder } from "../../src/graph/order.ts";
import * as oracle from "./oracle.ts";

const { acyclicGraph, anyGraph, flat } = oracle;
/** Small numbers of few kinds, so that equal chains and ties do occur. */
const weights = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 40, maxLength: 40 });

function stages(order: Order): number[][] {
  const { nodes, stageStart } = order;
  return Array.from({ length: order.stageCount }, (_, stage) =>
    Array.from(nodes.subarray(stageStart[stage], stageStart[stage + 1])),
  );
}

function knotsOf(small: oracle.SmallGraph): ReturnType<typeof cycles> {
  const graph = buildGraph(small.count, flat(small));
  return cycles(graph, topologicalOrder(graph));
}

function nodesOf(graph: oracle.SmallGraph): number[] {
  return Array.from({ length: graph.count }, (_, node) => node);
}

describe("a built graph", () => {
  test("has every edge once and sorted, in both directions", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const graph = buildGraph(small.count, flat(small));
        for (const node of nodesOf(small)) {
          expect([...successorsOf(graph, node)]).toEqual(oracle.successors(small, node));
          const blockers = nodesOf(small).filter((other) => oracle.successors(small, other).includes(node));
          expect([...predecessorsOf(graph, node)]).toEqual(blockers);
        }
      }),
    );
  });
  test("does not depend on the order of its edges", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const reversed = { count: small.count, edges: small.edges.toReversed() };
        expect(buildGraph(small.count, flat(small))).toEqual(buildGraph(small.count, flat(reversed)));
      }),
    );
  });
});

describe("the topological order", () => {
  test("puts every blocker first, and leaves out what is in or behind a cycle", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const order = topologicalOrder(buildGraph(small.count, flat(small)));
        const placed = [...order.nodes];
        const free = nodesOf(small).filter((node) => !oracle.isStuck(small, node));
        expect(placed.toSorted((a, b) => a - b)).toEqual(free);
        const early = small.edges.filter(
          ([from, to]) => placed.includes(to) && placed.indexOf(from) >= placed.indexOf(to),
        );
        expect(early).toEqual([]);
      }),
    );
  });
  test("gives each node the stage of its longest chain of blockers, in ascending order within a stage", () => {
    fc.assert(
      fc.property(acyclicGraph, (small) => {
        const found = stages(topologicalOrder(buildGraph(small.count, flat(small))));
        const expected: number[][] = [];
        for (const node of nodesOf(small)) (expected[oracle.depth(small, node)] ??= []).push(node);
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe("cycles", () => {
  test("are found exactly where nodes reach each other", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const found = knotsOf(small);
        const inKnots = found.flatMap(({ members }) => members).toSorted((a, b) => a - b);
        expect(inKnots).toEqual(nodesOf(small).filter((node) => oracle.reachable(small, node).has(node)));
        for (const { members } of found) {
          const together = oracle.reachable(small, members[0] ?? 0);
          const back = nodesOf(small).filter(
            (node) => together.has(node) && oracle.reachable(small, node).has(members[0] ?? 0),
          );
          expect(members).toEqual(back);
        }
      }),
    );
  });
  test("come with a way round that starts at the lowest member and follows real edges", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        for (const { members, path } of knotsOf(small)) {
          expect(path[0]).toBe(members[0]);
          expect(new Set(path).size).toBe(path.length);
          for (const [place, node] of path.entries()) {
            expect(oracle.successors(small, node)).toContain(path[(place + 1) % path.length]);
          }
        }
      }),
    );
  });
  test("number components so that a blocker's is the higher one", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const { of } = components(buildGraph(small.count, flat(small)));
        for (const [from, to] of small.edges) expect(of[from]).toBeGreaterThanOrEqual(of[to] ?? -1);
      }),
    );
  });
});

describe("the critical path", () => {
  test("weighs each node with the heaviest chain behind it, and stops before cycles", () => {
    fc.assert(
      fc.property(anyGraph, weights, (small, minutes) => {
        const graph = buildGraph(small.count, flat(small));
        const found = tails(graph, topologicalOrder(graph), minutes.slice(0, small.count));
        expect([...found]).toEqual(nodesOf(small).map((node) => oracle.tail(small, minutes, node)));
      }),
      { numRuns: 50 },
    );
  });
  test("is a chain of edges as heavy as the heaviest tail", () => {
    fc.assert(
      fc.property(acyclicGraph, weights, (small, minutes) => {
        const graph = buildGraph(small.count, flat(small));
        const order = topologicalOrder(graph);
        const tail = tails(graph, order, minutes.slice(0, small.count));
        const { nodes, total } = criticalPath(graph, order, tail);
        expect(total).toBe(Math.max(...tail));
        expect(nodes.reduce((sum, node) => sum + (minutes[node] ?? 0), 0)).toBe(total);
        for (const [place, node] of nodes.slice(1).entries())
          expect(oracle.successors(small, nodes[place] ?? 0)).toContain(node);
      }),
    );
  });
});
