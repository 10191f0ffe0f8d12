/** The longest remaining path: what each node holds up in minutes, and the chain that decides when everything is done. */
import { at, type Graph } from "./graph.ts";
import type { Order } from "./order.ts";

export interface CriticalPath {
  readonly nodes: readonly number[];
  readonly total: number;
}

/**
 * The weight of each node together with the heaviest chain behind it. What lies in or behind a cycle can never run: it
 * lengthens nobody's path, and its own tail is its weight. Weights are 0 or more.
 */
export function tails(graph: Graph, order: Order, weights: ArrayLike<number>): Float64Array {
  const { successorStart, successors } = graph;
  const { nodes, stageOf } = order;
  const tail = new Float64Array(graph.count);
  for (let place = nodes.length - 1; place >= 0; place -= 1) {
    const node = at(nodes, place);
    const end = at(successorStart, node + 1);
    // Nodes that can never run have no tail yet, and so do not count here.
    let behind = 0;
    for (let edge = at(successorStart, node); edge < end; edge += 1) {
      behind = Math.max(behind, weightAt(tail, at(successors, edge)));
    }
    tail[node] = (weights[node] as number) + behind;
  }
  if (nodes.length === graph.count) return tail;
  for (let node = 0; node < graph.count; node += 1) if (at(stageOf, node) === -1) tail[node] = weights[node] as number;
  return tail;
}

/** The heaviest chain from a first to a last node; of equal ones, that of lower indexes. Empty when nothing can run. */
export function criticalPath(graph: Graph, order: Order, tail: Float64Array): CriticalPath {
  const firstCount = order.stageCount === 0 ? 0 : at(order.stageStart, 1);
  let node = -1;
  for (let place = 0; place < firstCount; place += 1) {
    const candidate = at(order.nodes, place);
    if (node === -1 || weightAt(tail, candidate) > weightAt(tail, node)) node = candidate;
  }
  const total = node === -1 ? 0 : weightAt(tail, node);
  const nodes: number[] = [];
  while (node !== -1) {
    nodes.push(node);
    node = heaviestSuccessor(graph, order, { node, tail });
  }
  return { nodes, total };
}

function heaviestSuccessor(graph: Graph, order: Order, from: { node: number; tail: Float64Array }): number {
  let heaviest = -1;
  const end = at(graph.successorStart, from.node + 1);
  for (let edge = at(graph.successorStart, from.node); edge < end; edge += 1) {
    const next = at(graph.successors, edge);
    if (at(order.stageOf, next) === -1) continue;
    if (heaviest === -1 || weightAt(from.tail, next) > weightAt(from.tail, heaviest)) heaviest = next;
  }
  return heaviest;
}

function weightAt(weights: Float64Array, node: number): number {
  return weights[node] as number;
}
