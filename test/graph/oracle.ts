/** Slow and obvious answers about small graphs, to check the fast ones against. They share no code with src/graph. */
import fc from "fast-check";

export interface SmallGraph {
  readonly count: number;
  readonly edges: readonly (readonly [number, number])[];
}

/** Any small graph: repeated edges, self-edges and cycles included. */
export const anyGraph: fc.Arbitrary<SmallGraph> = fc.integer({ min: 1, max: 40 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 80 }),
  }),
);

/** A small graph without cycles, whose node numbers do not give the order away. */
export const acyclicGraph: fc.Arbitrary<SmallGraph> = anyGraph.chain(({ count, edges }) =>
  fc
    .shuffledSubarray(
      Array.from({ length: count }, (_, node) => node),
      { minLength: count },
    )
    .map((names) => ({
      count,
      edges: edges
        .filter(([from, to]) => from !== to)
        .map(([from, to]): readonly [number, number] => [
          names[Math.min(from, to)] ?? 0,
          names[Math.max(from, to)] ?? 0,
        ]),
    })),
);

export function flat(graph: SmallGraph): number[] {
  return graph.edges.flat();
}

export function successors(graph: SmallGraph, node: number): number[] {
  return [...new Set(graph.edges.filter(([from]) => from === node).map(([, to]) => to))].toSorted((a, b) => a - b);
}

/** Nodes that can be reached by one edge or more; holds the node itself only when it is on a cycle. */
export function reachable(graph: SmallGraph, node: number): Set<number> {
  const seen = new Set<number>();
  const visit = (current: number): void => {
    for (const next of successors(graph, current)) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(node);
  return seen;
}

/** Whether the node is on a cycle or behind one. */
export function isStuck(graph: SmallGraph, node: number): boolean {
  for (let other = 0; other < graph.count; other += 1) {
    const reached = reachable(graph, other);
    if (reached.has(other) && (other === node || reached.has(node))) return true;
  }
  return false;
}

/** The most edges on a way to the node; only for nodes that are not stuck. */
export function depth(graph: SmallGraph, node: number): number {
  const blockers = graph.edges.filter(([, to]) => to === node).map(([from]) => from);
  return Math.max(0, ...blockers.map((blocker) => 1 + depth(graph, blocker)));
}

/** The heaviest chain that starts with the node and keeps clear of stuck ones. */
export function tail(graph: SmallGraph, weights: readonly number[], node: number): number {
  const own = weights[node] ?? 0;
  if (isStuck(graph, node)) return own;
  const behind = successors(graph, node).filter((next) => !isStuck(graph, next));
  return own + Math.max(0, ...behind.map((next) => tail(graph, weights, next)));
}

/** For each node whether each node can be reached by one edge or more (Warshall). */
function closure(graph: SmallGraph): readonly (readonly boolean[])[] {
  const reaches = Array.from({ length: graph.count }, () => Array.from({ length: graph.count }, () => false));
  for (const [from, to] of graph.edges) (reaches[from] ?? [])[to] = true;
  for (const [middle, behind] of reaches.entries()) {
    for (const row of reaches.filter((each) => each[middle] === true)) {
      for (const [node, isBehind] of behind.entries()) row[node] ||= isBehind;
    }
  }
  return reaches;
}

/** How many other nodes each node reaches. */
export function dependents(graph: SmallGraph): number[] {
  return closure(graph).map((row, node) => row.filter((isReached, other) => isReached && other !== node).length);
}

/** The heaviest way that ends with the last of each node's chain, by relaxing all edges as often as there are nodes. */
export function longestTails(graph: SmallGraph, weights: readonly number[]): number[] {
  const own = weights.slice(0, graph.count);
  const reaches = closure(graph);
  const cyclic = own.map((_, node) => reaches[node]?.[node] === true);
  const stuck = own.map((_, node) =>
    cyclic.some((is, other) => is && (other === node || reaches[other]?.[node] === true)),
  );
  const tail = [...own];
  for (let round = 0; round < graph.count; round += 1) {
    for (const [from, to] of graph.edges) {
      if (stuck[from] === true || stuck[to] === true) continue;
      tail[from] = Math.max(tail[from] ?? 0, (own[from] ?? 0) + (tail[to] ?? 0));
    }
  }
  return tail;
}

export type Edge = readonly [number, number];

/** Whether no node reaches itself: takes away what nothing leads to, as long as there is such a node. */
export function isAcyclic(edges: readonly Edge[]): boolean {
  let left = edges;
  for (;;) {
    const targets = new Set(left.map(([, to]) => to));
    const next = left.filter(([from]) => targets.has(from));
    if (next.length === left.length) return left.length === 0;
    left = next;
  }
}

/** The lowest cost of edges whose loss leaves no cycle, and the fewest edges that do it at that cost; tries every set. */
export function cheapestCut(edges: readonly Edge[], costs: readonly number[]): { cost: number; edgeCount: number } {
  let best = { cost: Infinity, edgeCount: Infinity };
  for (let set = 0; set < 2 ** edges.length; set += 1) {
    let cost = 0;
    let edgeCount = 0;
    for (let edge = 0; edge < edges.length; edge += 1) {
      if ((set & (1 << edge)) === 0) continue;
      cost += costs[edge] ?? 0;
      edgeCount += 1;
    }
    if (cost > best.cost || (cost === best.cost && edgeCount >= best.edgeCount)) continue;
    if (isAcyclic(edges.filter((_, edge) => (set & (1 << edge)) === 0))) best = { cost, edgeCount };
  }
  return best;
}
