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
  const queue = new Int32Array(count + 1);
  const waiting = new Int32Array(count);
  let length = 0;
  for (let node = 0; node < count; node += 1) {
    const left = at(predecessorStart, node + 1) - at(predecessorStart, node) - 1;
    waiting[node] = left;
    queue[length] = node;
    length += left >>> 31;
  }
  const stageStart = releaseAll(graph, { queue, waiting }, length);
  const stageOf = stagesOf(count, queue, stageStart);
  return { nodes: sortByStage(stageOf, stageStart), stageOf, stageCount: stageStart.length - 1, stageStart };
}

/**
 * Whether a node goes into the queue cannot be foreseen by a processor, so there is no branch for it: each node is written
 * behind the queue's end, and the end moves by the sign of what the node waits for.
 */
interface Kahn {
  /** Begins with the nodes that wait for nothing. One longer than the nodes are many. */
  readonly queue: Int32Array;
  /** For how many blockers each node still waits, less one. */
  readonly waiting: Int32Array;
}

/** Takes stage after stage, until nothing is left that waits for nothing. Returns where each stage starts, and the end. */
function releaseAll(graph: Graph, kahn: Kahn, firstCount: number): Int32Array {
  const starts = [0];
  let begin = 0;
  for (let end = firstCount; begin < end;) {
    const released = releaseNext(graph, kahn, { begin, end });
    starts.push(end);
    begin = end;
    end = released;
  }
  return Int32Array.from(starts);
}

/** Puts what waits for nobody but the nodes of one stage behind them into the queue. Returns the queue's new end. */
function releaseNext(
  { successorStart, successors }: Graph,
  { queue, waiting }: Kahn,
  { begin, end }: { readonly begin: number; readonly end: number },
): number {
  let length = end;
  for (let place = begin; place < end; place += 1) {
    const node = at(queue, place);
    const edgeEnd = at(successorStart, node + 1);
    for (let edge = at(successorStart, node); edge < edgeEnd; edge += 1) {
      const next = at(successors, edge);
      const left = at(waiting, next) - 1;
      waiting[next] = left;
      queue[length] = next;
      length += left >>> 31;
    }
  }
  return length;
}

function stagesOf(count: number, queue: Int32Array, stageStart: Int32Array): Int32Array {
  const stageCount = stageStart.length - 1;
  const stageOf = new Int32Array(count);
  if (at(stageStart, stageCount) < count) stageOf.fill(-1);
  for (let stage = 0; stage < stageCount; stage += 1) {
    const end = at(stageStart, stage + 1);
    for (let place = at(stageStart, stage); place < end; place += 1) stageOf[at(queue, place)] = stage;
  }
  return stageOf;
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
