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
