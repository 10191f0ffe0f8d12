/**
 * How many nodes wait for each one, directly and through others. Exact: 32 nodes at a time are followed through the whole
 * graph as the bits of one integer, so the work grows with the square of the graph: some ten milliseconds at 10,000
 * nodes, about a second at 100,000, and not meant for more.
 */
import { components } from "./components.ts";
import { at, buildGraph, type Graph } from "./graph.ts";

/** The number of other nodes that wait for each node itself. */
export function directDependents(graph: Graph): Int32Array {
  const found = new Int32Array(graph.count);
  for (let node = 0; node < graph.count; node += 1) {
    const end = at(graph.successorStart, node + 1);
    for (let edge = at(graph.successorStart, node); edge < end; edge += 1) {
      if (at(graph.successors, edge) !== node) found[node] = at(found, node) + 1;
    }
  }
  return found;
}

/** The number of other nodes that can be reached from each node; those of a knot reach each other. */
export function transitiveDependents(graph: Graph): Int32Array {
  const knots = condense(graph);
  const reachable = new Int32Array(knots.graph.count);
  const bits = new Int32Array(knots.graph.count);
  for (let first = 0; first < graph.count; first += 32) countBlock(knots, first, { bits, reachable });
  // Each node's own bit is among those that its knot reaches.
  return Int32Array.from({ length: graph.count }, (_, node) => at(reachable, at(knots.of, node)) - 1);
}

interface Knots {
  /** One node a component, which a lower-numbered one never blocks. */
  readonly graph: Graph;
  readonly of: Int32Array;
  /** Nodes are renumbered component by component: the first number of each component, and the end. */
  readonly start: Int32Array;
}

function condense(graph: Graph): Knots {
  const { count, of } = components(graph);
  const start = new Int32Array(count + 1);
  for (const component of of) start[component + 1] = at(start, component + 1) + 1;
  for (let component = 0; component < count; component += 1) {
    start[component + 1] = at(start, component + 1) + at(start, component);
  }
  const edges = new Int32Array(2 * graph.edgeCount);
  let length = 0;
  for (let node = 0; node < graph.count; node += 1) {
    const end = at(graph.successorStart, node + 1);
    for (let edge = at(graph.successorStart, node); edge < end; edge += 1) {
      const next = at(of, at(graph.successors, edge));
      if (next === at(of, node)) continue;
      edges[length] = at(of, node);
      edges[length + 1] = next;
      length += 2;
    }
  }
  return { graph: buildGraph(count, edges.subarray(0, length)), of, start };
}

/** Adds, for each component, how many of the 32 nodes numbered from `first` on it can reach. */
function countBlock(
  knots: Knots,
  first: number,
  into: { readonly bits: Int32Array; readonly reachable: Int32Array },
): void {
  const { start, graph } = knots;
  const { bits, reachable } = into;
  for (let component = 0; component < graph.count; component += 1) {
    // Components that end before the block can reach nothing in it.
    if (at(start, component + 1) <= first) {
      bits[component] = 0;
      continue;
    }
    let mask = ownBits(at(start, component) - first, at(start, component + 1) - first);
    const end = at(graph.successorStart, component + 1);
    for (let edge = at(graph.successorStart, component); edge < end; edge += 1) {
      mask |= at(bits, at(graph.successors, edge));
    }
    bits[component] = mask;
    if (mask !== 0) reachable[component] = at(reachable, component) + bitCount(mask);
  }
}

/** The bits from `from` up to `to`, as far as they lie in a word. */
function ownBits(from: number, to: number): number {
  let mask = 0;
  for (let bit = Math.max(from, 0); bit < Math.min(to, 32); bit += 1) mask |= 1 << bit;
  return mask;
}

/** The number of ones, summed in parallel within the word: pairs, nibbles, bytes. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
