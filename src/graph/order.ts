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
  const stageOf = new Int32Array(count);
  const waiting = new Int32Array(count);
  const queue = new Int32Array(count);
  let length = 0;
  for (let node = 0; node < count; node += 1) {
    const blockers = at(predecessorStart, node + 1) - at(predecessorStart, node);
    waiting[node] = blockers;
    if (blockers !== 0) continue;
    queue[length] = node;
    length += 1;
  }
  const stageStart = release(graph, { queue, waiting, stageOf }, length);
  if (at(stageStart, stageStart.length - 1) < count) {
    for (let node = 0; node < count; node += 1) if (at(waiting, node) > 0) stageOf[node] = -1;
  }
  return { nodes: sortByStage(stageOf, stageStart), stageOf, stageCount: stageStart.length - 1, stageStart };
}

/** The nodes of a stage, in ascending order. */
export function nodesOfStage(order: Order, stage: number): Int32Array {
  return order.nodes.subarray(order.stageStart[stage], order.stageStart[stage + 1]);
}

interface Kahn {
  /** Begins with the nodes that wait for nothing. */
  readonly queue: Int32Array;
  /** For how many blockers each node still waits. */
  readonly waiting: Int32Array;
  readonly stageOf: Int32Array;
}

/** Takes stage after stage, until nothing is left that waits for nothing. Returns where each stage starts, and the end. */
function release(graph: Graph, kahn: Kahn, firstCount: number): Int32Array {
  const starts = [0];
  let begin = 0;
  for (let end = firstCount; begin < end;) {
    const released = releaseNext(graph, kahn, { begin, end, stage: starts.length });
    starts.push(end);
    begin = end;
    end = released;
  }
  return Int32Array.from(starts);
}

/** Puts what waits for nobody but a stage's nodes behind them into the queue. Returns the queue's new length. */
function releaseNext(
  graph: Graph,
  { queue, waiting, stageOf }: Kahn,
  { begin, end, stage }: { readonly begin: number; readonly end: number; readonly stage: number },
): number {
  const { successorStart, successors } = graph;
  let length = end;
  for (let place = begin; place < end; place += 1) {
    const node = at(queue, place);
    const edgeEnd = at(successorStart, node + 1);
    for (let edge = at(successorStart, node); edge < edgeEnd; edge += 1) {
      const next = at(successors, edge);
      const left = at(waiting, next) - 1;
      waiting[next] = left;
      if (left !== 0) continue;
      stageOf[next] = stage;
      queue[length] = next;
      length += 1;
    }
  }
  return length;
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
