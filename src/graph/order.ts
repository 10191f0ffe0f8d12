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
  /** Stage s is `nodes` from `stageStart[s]` up to `stageStart[s + 1]`. */
  readonly stageStart: Int32Array;
}

/** A topological order that depends on nothing but the graph. Linear in nodes and edges. */
export function topologicalOrder(graph: Graph): Order {
  const { count, predecessorStart } = graph;
  const stageOf = new Int32Array(count).fill(-1);
  const waiting = new Int32Array(count);
  const queue = new Int32Array(count);
  let length = 0;
  for (let node = 0; node < count; node += 1) {
    waiting[node] = at(predecessorStart, node + 1) - at(predecessorStart, node);
    if (waiting[node] !== 0) continue;
    stageOf[node] = 0;
    queue[length] = node;
    length += 1;
  }
  const found = release(graph, { queue, waiting, stageOf }, length);
  const stageCount = found === 0 ? 0 : at(stageOf, at(queue, found - 1)) + 1;
  const stageStart = stageStarts(queue.subarray(0, found), stageOf, stageCount);
  return { nodes: sortByStage(stageOf, stageStart), stageOf, stageCount, stageStart };
}

/** The nodes of each stage, in ascending order. */
export function stages(order: Order): readonly (readonly number[])[] {
  const found: number[][] = [];
  for (let stage = 0; stage < order.stageCount; stage += 1) {
    found.push(Array.from(order.nodes.subarray(order.stageStart[stage], order.stageStart[stage + 1])));
  }
  return found;
}

interface Kahn {
  readonly queue: Int32Array;
  readonly waiting: Int32Array;
  readonly stageOf: Int32Array;
}

/** Takes what waits for nothing, until nothing is left that does. Returns how many nodes were taken. */
function release(graph: Graph, { queue, waiting, stageOf }: Kahn, begin: number): number {
  const { successorStart, successors } = graph;
  let length = begin;
  for (let head = 0; head < length; head += 1) {
    const node = at(queue, head);
    const stage = at(stageOf, node) + 1;
    const end = at(successorStart, node + 1);
    for (let edge = at(successorStart, node); edge < end; edge += 1) {
      const next = at(successors, edge);
      const left = at(waiting, next) - 1;
      waiting[next] = left;
      if (left !== 0) continue;
      // The queue runs stage by stage, so whoever releases a node last is in the latest stage before it.
      stageOf[next] = stage;
      queue[length] = next;
      length += 1;
    }
  }
  return length;
}

function stageStarts(queue: Int32Array, stageOf: Int32Array, stageCount: number): Int32Array {
  const start = new Int32Array(stageCount + 1);
  for (let place = 0; place < queue.length; place += 1) start[at(stageOf, at(queue, place)) + 1] = place + 1;
  return start;
}

/** A counting sort: released in one stage, nodes may leave the queue in any order of their indexes. */
function sortByStage(stageOf: Int32Array, stageStart: Int32Array): Int32Array {
  const next = stageStart.slice();
  const nodes = new Int32Array(at(stageStart, stageStart.length - 1));
  for (let node = 0; node < stageOf.length; node += 1) {
    const stage = at(stageOf, node);
    if (stage < 0) continue;
    const place = at(next, stage);
    nodes[place] = node;
    next[stage] = place + 1;
  }
  return nodes;
}
