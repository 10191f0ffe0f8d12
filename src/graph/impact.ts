/**
 * How many nodes wait for each one, directly and through others. Exact: 256 nodes at a time are followed through the whole
 * graph as the bits of eight integers, so the work grows with the square of the graph: some 25 milliseconds at 10,000
 * nodes (measured, three edges a node), seconds at 100,000, and not meant for more.
 */
import { components } from "./components.ts";
import { at, buildGraph, type Graph } from "./graph.ts";

/** Eight words share the walk over the edges, and a line of the processor's cache holds them. */
const wordsPerBlock = 8;
const nodesPerBlock = 32 * wordsPerBlock;

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
  const bits = new Int32Array(knots.graph.count * wordsPerBlock);
  let component = 0;
  for (let first = 0; first < graph.count; first += nodesPerBlock) {
    // Components that end before the block can reach nothing in it, nor in any later one.
    while (at(knots.start, component + 1) <= first) component += 1;
    bits.fill(0);
    spreadBlock(knots, bits, { first, component });
    countBlock(bits, reachable, component);
  }
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

/** Sets, for each component from `from.component` on, the bits of the block's nodes that it can reach. */
function spreadBlock(
  knots: Knots,
  bits: Int32Array,
  from: { readonly first: number; readonly component: number },
): void {
  const { start, graph } = knots;
  const { successorStart, successors } = graph;
  for (let component = from.component; component < graph.count; component += 1) {
    const base = component * wordsPerBlock;
    const ownEnd = Math.min(at(start, component + 1) - from.first, nodesPerBlock);
    for (let bit = Math.max(at(start, component) - from.first, 0); bit < ownEnd; bit += 1) {
      bits[base + (bit >>> 5)] = at(bits, base + (bit >>> 5)) | (1 << (bit & 31));
    }
    const end = at(successorStart, component + 1);
    for (let edge = at(successorStart, component); edge < end; edge += 1) {
      const next = at(successors, edge) * wordsPerBlock;
      for (let word = 0; word < wordsPerBlock; word += 1) {
        bits[base + word] = at(bits, base + word) | at(bits, next + word);
      }
    }
  }
}

function countBlock(bits: Int32Array, reachable: Int32Array, from: number): void {
  for (let component = from; component < reachable.length; component += 1) {
    let sum = 0;
    const end = (component + 1) * wordsPerBlock;
    for (let place = component * wordsPerBlock; place < end; place += 1) sum += bitCount(at(bits, place));
    reachable[component] = at(reachable, component) + sum;
  }
}

/** The number of ones, summed in parallel within the word: pairs, nibbles, bytes. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
