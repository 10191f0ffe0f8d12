/** The order of work: again and again the best of the tasks that can be started once those before it are done. */
import type { Graph } from "../graph/graph.ts";
import { NumberHeap } from "../graph/number-heap.ts";

/**
 * The nodes of the graph in that order; a lower rank goes first. Dead nodes, and whatever is in or behind a cycle or behind a
 * dead one, are left out. Ranks are distinct, and do not change on the way: what waits for a node is the same until it is taken.
 */
export function orderOfWork(graph: Graph, ranks: Int32Array, isDead: Uint8Array): Int32Array {
  const nodeAt = new Int32Array(graph.count);
  for (let node = 0; node < graph.count; node += 1) nodeAt[ranks[node] as number] = node;
  const startable = new NumberHeap((a, b) => a < b);
  const release = createRelease(graph, isDead, (node) => startable.push(ranks[node] as number));
  const order = new Int32Array(graph.count);
  let length = 0;
  for (let best = startable.pop(); best !== undefined; best = startable.pop()) {
    const node = nodeAt[best] as number;
    order[length] = node;
    length += 1;
    release(node);
  }
  return order.subarray(0, length);
}

/**
 * Says which nodes can be started: at once those that wait for nothing, and whenever the returned function is told that a node
 * is done, those that it was the last one for.
 */
export function createRelease(graph: Graph, isDead: Uint8Array, start: (node: number) => void): (done: number) => void {
  const { count, predecessorStart, successorStart, successors } = graph;
  const waiting = new Int32Array(count);
  for (let node = 0; node < count; node += 1) {
    waiting[node] = (predecessorStart[node + 1] as number) - (predecessorStart[node] as number);
    if (waiting[node] === 0 && isDead[node] === 0) start(node);
  }
  return (done) => {
    const end = successorStart[done + 1] as number;
    for (let edge = successorStart[done] as number; edge < end; edge += 1) {
      const next = successors[edge] as number;
      const left = (waiting[next] as number) - 1;
      waiting[next] = left;
      if (left === 0 && isDead[next] === 0) start(next);
    }
  };
}
