/** Knots in the graph, as a person needs to see them: who is in one, and one shortest way round. Nothing is cut here. */
import { components } from "./components.ts";
import { at, type Graph, successorsOf } from "./graph.ts";

export interface Cycle {
  /** Every node of the knot, in ascending order; each of them waits for each other one. */
  readonly members: readonly number[];
  /** A shortest way round from the lowest member: each node blocks the next one, and the last one blocks the first. */
  readonly path: readonly number[];
}

/** Every knot once, ordered by lowest member; [] when the graph has no cycle. */
export function cycles(graph: Graph): readonly Cycle[] {
  const { count, of } = components(graph);
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let node = 0; node < graph.count; node += 1) members[at(of, node)]?.push(node);
  return members
    .filter(([first = 0, second]) => second !== undefined || successorsOf(graph, first).includes(first))
    .toSorted(([first = 0], [other = 0]) => first - other)
    .map((knot) => ({ members: knot, path: cycleThrough(graph, knot[0] ?? 0) ?? [] }));
}

/** A shortest way from the node back to itself, as in `Cycle.path`; null when there is none. */
export function cycleThrough(graph: Graph, node: number): readonly number[] | null {
  const cameFrom = new Int32Array(graph.count).fill(-1);
  const queue = [node];
  for (const current of queue) {
    for (const next of successorsOf(graph, current)) {
      if (next === node) return pathTo(cameFrom, current);
      if (at(cameFrom, next) !== -1) continue;
      cameFrom[next] = current;
      queue.push(next);
    }
  }
  return null;
}

function pathTo(cameFrom: Int32Array, end: number): readonly number[] {
  const path: number[] = [];
  for (let node = end; node !== -1; node = at(cameFrom, node)) path.push(node);
  return path.toReversed();
}
