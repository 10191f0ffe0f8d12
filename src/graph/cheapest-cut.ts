/**
 * Which edges to take out of a knot so that no cycle is left, at the lowest cost. The cheapest cut is found for knots of a few
 * nodes; larger ones get a good cut (the problem is NP-hard), and whether it is known to be the cheapest.
 */
import type { CostedKnot } from "./costed-knot.ts";
import { inducedGraph } from "./cycles.ts";
import { exactCut } from "./exact-cut.ts";
import { type Graph, successorsOf } from "./graph.ts";
import { greedyCut } from "./greedy-cut.ts";

export interface Cut {
  /** The edges to take out, as [from, to] in ascending order. */
  readonly edges: readonly (readonly [number, number])[];
  readonly cost: number;
  /** Whether it is known that nothing is cheaper. */
  readonly isCheapest: boolean;
}

/** What it costs to cut the edge: 0 or more, and Infinity for one that must stay. */
export type CostOf = (from: number, to: number) => number;

/** A line of so many nodes is found by weighing 2 to the power of it sets: some milliseconds. */
const exactMembersMax = 14;

/**
 * Takes a knot of the graph (`Cycle.members`). Of equally cheap cuts it gives one of the fewest edges, and of these always
 * the same. Null when a way round has only edges that must stay. Throws a RangeError for a cost below 0 or that is no number.
 */
export function cheapestCut(graph: Graph, members: readonly number[], costOf: CostOf): Cut | null {
  const knot = costKnot(graph, members, costOf);
  const found = members.length <= exactMembersMax ? exactCut(knot) : greedyCut(knot);
  if (found === null) return null;
  const edges: (readonly [number, number])[] = [];
  let cost = 0;
  for (const [edge, edgeCost] of knot.costs.entries()) {
    if (found.isCut[edge] !== 1) continue;
    edges.push([members[knot.from[edge] as number] as number, members[knot.to[edge] as number] as number]);
    cost += edgeCost;
  }
  return { edges, cost, isCheapest: cost <= found.atLeast };
}

function costKnot(graph: Graph, members: readonly number[], costOf: CostOf): CostedKnot {
  const part = inducedGraph(graph, members);
  const from = new Int32Array(part.edgeCount);
  const costs = new Float64Array(part.edgeCount);
  let edge = 0;
  for (const [node, member] of members.entries()) {
    for (const next of successorsOf(part, node)) {
      const cost = costOf(member, members[next] as number);
      if (!(cost >= 0))
        throw new RangeError(`Cutting ${member} → ${members[next]} costs ${cost}; it must be 0 or more.`);
      from[edge] = node;
      costs[edge] = cost;
      edge += 1;
    }
  }
  return { count: members.length, start: part.successorStart, from, to: part.successors, costs };
}
