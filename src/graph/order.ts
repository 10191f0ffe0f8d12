/**
 * The order of work: Kahn's algorithm, which also gives each node its stage, the earliest round in which it could run if
 * every round took everything possible. What lies in or behind a cycle can never run and has neither.
 */
import { at, type Graph } from "./graph.ts";

export interface Order {
  /** Every node that can run: by stage, and by index within a stage. */
  readonly nodes: Int32Array;
  /** The stage of each node, from 0; -1 for nodes in or behind a cycle. */
  readonly stageOf: Int32Array;
  readonly stageCount: number;
}

/** A topological order that depends on nothing but the graph. Linear in nodes and edges. */
export function topologicalOrder(graph: Graph): Order {
  const { count, predecessorStart, successorStart, successors } = graph;
  const stageOf = new Int32Array(count).fill(-1);
  const waiting = new Int32Array(count);
  const queue = new Int32Array(count);
  let length = 0;
  for (let node = 0; node < count; node += 1) {
    waiting[node] = at(predecessorStart, node + 1) - at(predecessorStart, node);
    if (waiting[node] !== 0) continue;
    stageOf[node] = 0;
    queue[length++] = node;
  }
  for (let head = 0; head < length; head += 1) {
    const node = at(queue, head);
    const stage = at(stageOf, node) + 1;
    for (let edge = at(successorStart, node); edge < at(successorStart, node + 1); edge += 1) {
      const next = at(successors, edge);
      waiting[next] = at(waiting, next) - 1;
      if (waiting[next] !== 0) continue;
      // The queue runs stage by stage, so whoever releases a node last is in the latest stage before it.
      stageOf[next] = stage;
      queue[length++] = next;
    }
  }
  const stageCount = length === 0 ? 0 : at(stageOf, at(queue, length - 1)) + 1;
  return { nodes: sortByStage(stageOf, stageCount, length), stageOf, stageCount };
}

/** The nodes of each stage, in ascending order. */
export function stages(order: Order): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: order.stageCount }, () => []);
  for (const node of order.nodes) found[at(order.stageOf, node)]?.push(node);
  return found;
}

/** A counting sort: released in one stage, nodes may leave the queue in any order of their indexes. */
function sortByStage(stageOf: Int32Array, stageCount: number, length: number): Int32Array {
  const next = new Int32Array(stageCount + 1);
  for (const stage of stageOf) if (stage >= 0) next[stage + 1] = at(next, stage + 1) + 1;
  for (let stage = 0; stage < stageCount; stage += 1) next[stage + 1] = at(next, stage + 1) + at(next, stage);
  const nodes = new Int32Array(length);
  for (let node = 0; node < stageOf.length; node += 1) {
    const stage = at(stageOf, node);
    if (stage < 0) continue;
    const place = at(next, stage);
    nodes[place] = node;
    next[stage] = place + 1;
  }
  return nodes;
}
