/** Knots in the graph, as a person needs to see them: who is in one, and one shortest way round. Nothing is cut here. */
import { components } from "./components.ts";
import { at, buildGraph, type Graph, successorsOf } from "./graph.ts";
import type { Order } from "./order.ts";

export interface Cycle {
  /** Every node of the knot, in ascending order; each of them waits for each other one. */
  readonly members: readonly number[];
  /** A shortest way round from the lowest member: each node blocks the next one, and the last one blocks the first. */
  readonly path: readonly number[];
}

/**
 * Every knot once, ordered by lowest member; [] when the graph has no cycle. Takes the graph's own order: knots exist only
 * among the nodes without a stage, so that a graph without cycles costs nothing here.
 */
export function cycles(graph: Graph, order: Order): readonly Cycle[] {
  if (order.nodes.length === graph.count) return [];
  const stuck = stuckNodes(order);
  const part = inducedGraph(graph, stuck);
  const { count, of } = components(part);
  const knots: number[][] = Array.from({ length: count }, () => []);
  for (let node = 0; node < part.count; node += 1) knots[at(of, node)]?.push(node);
  const search = { graph: part, of, cameFrom: new Int32Array(part.count).fill(-1) };
  const named = (nodes: readonly number[]): readonly number[] => nodes.map((node) => at(stuck, node));
  return knots
    .filter(([first = 0, second]) => second !== undefined || successorsOf(part, first).includes(first))
    .toSorted(([first = 0], [other = 0]) => first - other)
    .map((members) => ({ members: named(members), path: named(wayRound(search, members[0] ?? 0)) }));
}

/** The part of the graph that lies between some of its nodes, which are renumbered from 0 as they are given. */
export function inducedGraph(graph: Graph, nodes: ArrayLike<number>): Graph {
  const numberOf = new Map<number, number>();
  for (let place = 0; place < nodes.length; place += 1) numberOf.set(nodes[place] as number, place);
  const edges: number[] = [];
  for (const [node, place] of numberOf) {
    for (const next of successorsOf(graph, node)) {
      const nextPlace = numberOf.get(next);
      if (nextPlace !== undefined) edges.push(place, nextPlace);
    }
  }
  return buildGraph(nodes.length, edges);
}

function stuckNodes(order: Order): Int32Array {
  const stuck = new Int32Array(order.stageOf.length - order.nodes.length);
  let length = 0;
  for (let node = 0; node < order.stageOf.length; node += 1) {
    if (at(order.stageOf, node) !== -1) continue;
    stuck[length] = node;
    length += 1;
  }
  return stuck;
}

/** Breadth first within the node's component. Components share no node, so that they can share `cameFrom`. */
function wayRound(
  search: { readonly graph: Graph; readonly of: Int32Array; readonly cameFrom: Int32Array },
  node: number,
): readonly number[] {
  const { graph, of, cameFrom } = search;
  const queue = [node];
  for (const current of queue) {
    for (const next of successorsOf(graph, current)) {
      if (next === node) return pathTo(cameFrom, current);
      if (at(of, next) !== at(of, node) || at(cameFrom, next) !== -1) continue;
      cameFrom[next] = current;
      queue.push(next);
    }
  }
  return [];
}

function pathTo(cameFrom: Int32Array, end: number): readonly number[] {
  const path: number[] = [];
  for (let node = end; node !== -1; node = at(cameFrom, node)) path.push(node);
  return path.toReversed();
}
