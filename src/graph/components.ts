/**
 * Strongly connected components (Tarjan's algorithm with its own stack, because a chain of 100,000 tasks would overflow the
 * call stack): nodes are in one component when each can be reached from the other, which is to say that they are in a knot.
 */
import { at, type Graph } from "./graph.ts";

export interface Components {
  readonly count: number;
  /** The component of each node. A component's number is higher than those of the components that it blocks. */
  readonly of: Int32Array;
}

/** Every node's component, numbered so that 0 blocks nobody: a reverse topological order. Linear in nodes and edges. */
export function components(graph: Graph): Components {
  const walk = createWalk(graph);
  for (let root = 0; root < graph.count; root += 1) {
    if (walk.entered[root] !== 0) continue;
    enter(walk, root);
    while (walk.depth > 0) step(graph, walk);
  }
  return { count: walk.componentCount, of: walk.componentOf };
}

interface Walk {
  /** When the node was entered, from 1; 0 when it was not yet. */
  readonly entered: Int32Array;
  /** The earliest entered node known to be reachable through the node's subtree. */
  readonly low: Int32Array;
  readonly componentOf: Int32Array;
  /** The next edge to look at, for the nodes on the path. */
  readonly nextEdge: Int32Array;
  /** The path from the root to the node being visited. */
  readonly path: Int32Array;
  /** Entered nodes whose component is not closed yet. */
  readonly open: Int32Array;
  readonly start: Int32Array;
  depth: number;
  openCount: number;
  time: number;
  componentCount: number;
}

function createWalk(graph: Graph): Walk {
  const { count, successorStart } = graph;
  return {
    entered: new Int32Array(count),
    low: new Int32Array(count),
    componentOf: new Int32Array(count).fill(-1),
    nextEdge: new Int32Array(count),
    path: new Int32Array(count),
    open: new Int32Array(count),
    start: successorStart,
    depth: 0,
    openCount: 0,
    time: 0,
    componentCount: 0,
  };
}

function enter(walk: Walk, node: number): void {
  walk.time += 1;
  walk.entered[node] = walk.time;
  walk.low[node] = walk.time;
  walk.nextEdge[node] = at(walk.start, node);
  walk.path[walk.depth] = node;
  walk.open[walk.openCount] = node;
  walk.depth += 1;
  walk.openCount += 1;
}

/** Follows one edge of the node at the end of the path, or leaves the node when none is left. */
function step(graph: Graph, walk: Walk): void {
  const node = at(walk.path, walk.depth - 1);
  const edge = at(walk.nextEdge, node);
  if (edge === at(walk.start, node + 1)) {
    leave(walk, node);
    return;
  }
  walk.nextEdge[node] = edge + 1;
  const next = at(graph.successors, edge);
  if (walk.entered[next] === 0) enter(walk, next);
  else if (walk.componentOf[next] === -1) walk.low[node] = Math.min(at(walk.low, node), at(walk.entered, next));
}

function leave(walk: Walk, node: number): void {
  walk.depth -= 1;
  if (walk.depth > 0) {
    const parent = at(walk.path, walk.depth - 1);
    walk.low[parent] = Math.min(at(walk.low, parent), at(walk.low, node));
  }
  if (walk.low[node] !== walk.entered[node]) return;
  let member = -1;
  while (member !== node) {
    walk.openCount -= 1;
    member = at(walk.open, walk.openCount);
    walk.componentOf[member] = walk.componentCount;
  }
  walk.componentCount += 1;
}
