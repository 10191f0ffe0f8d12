/** The longest remaining path: what each node holds up in minutes, and the chain that decides when everything is done. */
import { at, type Graph } from "./graph.ts";
import type { Order } from "./order.ts";

export interface CriticalPath {
  readonly nodes: readonly number[];
  readonly total: number;
}

/**
 * The weight of each node together with the heaviest chain behind it. What lies in or behind a cycle can never run: it
 * lengthens nobody's path, and its own tail is its weight.
 */
export function tails(graph: Graph, order: Order, weights: ArrayLike<number>): Float64Array {
  const tail = Float64Array.from(weights);
  for (let place = order.nodes.length - 1; place >= 0; place -= 1) {
    const node = at(order.nodes, place);
    const next = heaviestSuccessor(graph, order, { node, tail });
    if (next !== -1) tail[node] = at(tail, node) + at(tail, next);
  }
  return tail;
}

/** The heaviest chain from a first to a last node; of equal ones, that of lower indexes. Empty when nothing can run. */
export function criticalPath(graph: Graph, order: Order, tail: Float64Array): CriticalPath {
  let node = -1;
  for (const candidate of order.nodes) {
    if (at(order.stageOf, candidate) > 0) continue;
    if (node === -1 || at(tail, candidate) > at(tail, node)) node = candidate;
  }
  const total = node === -1 ? 0 : at(tail, node);
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
    if (heaviest === -1 || at(from.tail, next) > at(from.tail, heaviest)) heaviest = next;
  }
  return heaviest;
}
