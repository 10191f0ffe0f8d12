/**
 * Order, stages and cycles against graphology-dag, and the critical path against relaxation, over thousands of random graphs.
 * If one of these fails, the plan that people are shown is not the one that their dependencies ask for.
 */
import fc from "fast-check";
import { DirectedGraph } from "graphology";
import { hasCycle, topologicalGenerations, topologicalSort } from "graphology-dag";
import { describe, expect, test } from "vitest";
import { criticalPath, tails } from "../../src/graph/critical-path.ts";
import { buildGraph } from "../../src/graph/graph.ts";
import { topologicalOrder } from "../../src/graph/order.ts";
import { analyseTasks, buildTaskGraph } from "../../src/graph/task-graph.ts";
import { acyclicGraph, anyGraph, flat, longestTails, type SmallGraph } from "./oracle.ts";

const runs = { numRuns: 2_000 };
/** Small numbers of few kinds, so that equal chains and ties do occur; 0 for what takes no time. */
const weights = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 40, maxLength: 40 });

function peerOf(small: SmallGraph): DirectedGraph {
  const peer = new DirectedGraph();
  for (let node = 0; node < small.count; node += 1) peer.addNode(`t${node}`);
  for (const [from, to] of small.edges) peer.mergeDirectedEdge(`t${from}`, `t${to}`);
  return peer;
}

/** As an issue names them: what each task waits for, repeats included. */
function tasksOf(small: SmallGraph, minutes: readonly number[]) {
  return Array.from({ length: small.count }, (_, node) => ({
    id: `t${node}`,
    estimateMinutes: minutes[node] ?? 0,
    blockedBy: small.edges.filter(([, to]) => to === node).map(([from]) => ({ on: `t${from}`, kind: "hard" as const })),
  }));
}

describe("graphology-dag agrees", () => {
  test("which tasks are in which stage, and that the order holds every task after its blockers", () => {
    fc.assert(
      fc.property(acyclicGraph, (small) => {
        const peer = peerOf(small);
        const found = analyseTasks(buildTaskGraph(tasksOf(small, [])));
        const sorted = (stages: readonly (readonly string[])[]) => stages.map((stage) => stage.toSorted());
        expect(sorted(found.stages)).toEqual(sorted(topologicalGenerations(peer)));
        expect(found.order).toEqual(found.stages.flat());
        expect(found.order.toSorted()).toEqual(topologicalSort(peer).toSorted());
        const placeOf = new Map(found.order.map((id, place) => [id, place]));
        for (const { source, target } of peer.edgeEntries())
          expect(placeOf.get(source)).toBeLessThan(placeOf.get(target) ?? -1);
      }),
      runs,
    );
  });
  test("whether there is a cycle", () => {
    fc.assert(
      fc.property(anyGraph, (small) => {
        const found = analyseTasks(buildTaskGraph(tasksOf(small, [])));
        expect(found.cycles.length > 0).toBe(hasCycle(peerOf(small)));
        expect(found.cyclic.size > 0).toBe(found.cycles.length > 0);
      }),
      runs,
    );
  });
});

describe("relaxation of every edge agrees", () => {
  test("how heavy the heaviest chain behind each node is, cycles set aside", () => {
    fc.assert(
      fc.property(anyGraph, weights, (small, minutes) => {
        const graph = buildGraph(small.count, flat(small));
        const found = tails(graph, topologicalOrder(graph), minutes.slice(0, small.count));
        expect([...found]).toEqual(longestTails(small, minutes));
      }),
      runs,
    );
  });
  test("how long the critical path is, and that it is a chain from a first node to a last one", () => {
    fc.assert(
      fc.property(acyclicGraph, weights, (small, minutes) => {
        const graph = buildGraph(small.count, flat(small));
        const order = topologicalOrder(graph);
        const own = minutes.slice(0, small.count);
        const { nodes, total } = criticalPath(graph, order, tails(graph, order, own));
        expect(total).toBe(Math.max(...longestTails(small, own)));
        expect(nodes.reduce((sum, node) => sum + (own[node] ?? 0), 0)).toBe(total);
        const steps = nodes.slice(1).map((node, place) => `${nodes[place]} → ${node}`);
        expect(small.edges.map(([from, to]) => `${from} → ${to}`)).toEqual(expect.arrayContaining(steps));
        expect(order.stageOf[nodes[0] ?? -1]).toBe(0);
        expect(small.edges.some(([from]) => from === nodes.at(-1))).toBe(false);
      }),
      runs,
    );
  });
});
