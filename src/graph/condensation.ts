/**
 * The graph with every knot drawn together into one node, so that what is left has no cycle. Knots are numbered for walks
 * that gather what lies behind: whom a knot blocks has a lower number, and what hangs together has its numbers in one piece.
 */
import { components } from "./components.ts";
import { at, type Graph, sumUp } from "./graph.ts";
import type { Order } from "./order.ts";

export interface Condensation {
  readonly count: number;
  /** The knot of each node; a node in no cycle is a knot by itself. */
  readonly of: Int32Array;
  /** The nodes of knot k are `members` from `memberStart[k]` up to `memberStart[k + 1]`. */
  readonly memberStart: Int32Array;
  readonly members: Int32Array;
  /** Whom knot k blocks: `successors` from `successorStart[k]` up to `successorStart[k + 1]`; each once, and lower than k. */
  readonly successorStart: Int32Array;
  readonly successors: Int32Array;
  /** Where the numbers end that hang together with knot k, in whichever direction. */
  readonly partEnd: Int32Array;
}

/** Takes a graph with its own order. Linear in nodes and edges, but for the logarithm of finding what hangs together. */
export function condense(graph: Graph, order: Order): Condensation {
  const knots = numberKnots(graph, order);
  const { count } = knots;
  const { newNumber, partEnd } = gatherParts(graph, knots);
  const of = knots.of.map((knot) => at(newNumber, knot));
  const memberStart = new Int32Array(count + 1);
  for (const knot of of) memberStart[knot + 1] = at(memberStart, knot + 1) + 1;
  sumUp(memberStart);
  const next = memberStart.slice();
  const members = new Int32Array(graph.count);
  for (let node = 0; node < graph.count; node += 1) {
    const place = at(next, at(of, node));
    members[place] = node;
    next[at(of, node)] = place + 1;
  }
  return { count, of, memberStart, members, partEnd, ...edgesBetween(graph, { count, of, members }) };
}

interface Numbered {
  readonly of: Int32Array;
  readonly count: number;
}

/** From the end of the order; only a graph with cycles needs the search for components. */
function numberKnots(graph: Graph, order: Order): Numbered {
  if (order.nodes.length < graph.count) return components(graph);
  const of = new Int32Array(graph.count);
  for (let place = 0; place < graph.count; place += 1) of[at(order.nodes, place)] = graph.count - 1 - place;
  return { of, count: graph.count };
}

/** Sorts knots by the part of the graph that they hang together with, and by their old number within a part. */
function gatherParts(graph: Graph, knots: Numbered): { readonly newNumber: Int32Array; readonly partEnd: Int32Array } {
  const parts = labelParts(graph);
  const partOf = new Int32Array(knots.count);
  for (let node = 0; node < graph.count; node += 1) partOf[at(knots.of, node)] = at(parts, node);
  const start = new Int32Array(graph.count + 1);
  for (const part of partOf) start[part + 1] = at(start, part + 1) + 1;
  const next = sumUp(start).slice();
  const newNumber = new Int32Array(knots.count);
  const partEnd = new Int32Array(knots.count);
  for (let knot = 0; knot < knots.count; knot += 1) {
    const part = at(partOf, knot);
    const place = at(next, part);
    next[part] = place + 1;
    newNumber[knot] = place;
    partEnd[place] = at(start, part + 1);
  }
  return { newNumber, partEnd };
}

/** The lowest node that each node hangs together with (union-find with path halving). */
function labelParts(graph: Graph): Int32Array {
  const parent = new Int32Array(graph.count);
  for (let node = 0; node < graph.count; node += 1) parent[node] = node;
  for (let node = 0; node < graph.count; node += 1) {
    const end = at(graph.successorStart, node + 1);
    for (let edge = at(graph.successorStart, node); edge < end; edge += 1) {
      const one = rootOf(parent, node);
      const other = rootOf(parent, at(graph.successors, edge));
      parent[Math.max(one, other)] = Math.min(one, other);
    }
  }
  for (let node = 0; node < graph.count; node += 1) parent[node] = rootOf(parent, node);
  return parent;
}

function rootOf(parent: Int32Array, node: number): number {
  let root = node;
  while (at(parent, root) !== root) {
    parent[root] = at(parent, at(parent, root));
    root = at(parent, root);
  }
  return root;
}

function edgesBetween(
  graph: Graph,
  knots: Pick<Condensation, "count" | "of" | "members">,
): Pick<Condensation, "successorStart" | "successors"> {
  const { count, of, members } = knots;
  const successorStart = new Int32Array(count + 1);
  const successors = new Int32Array(graph.edgeCount);
  /** The last knot that a knot was seen from: its own number is never an edge, and others are one once. */
  const seenFrom = new Int32Array(count).fill(-1);
  let length = 0;
  for (let place = 0; place < members.length; place += 1) {
    const node = at(members, place);
    const knot = at(of, node);
    seenFrom[knot] = knot;
    for (let edge = at(graph.successorStart, node); edge < at(graph.successorStart, node + 1); edge += 1) {
      const next = at(of, at(graph.successors, edge));
      if (at(seenFrom, next) === knot) continue;
      seenFrom[next] = knot;
      successors[length] = next;
      length += 1;
    }
    successorStart[knot + 1] = length;
  }
  return { successorStart, successors: successors.slice(0, length) };
}
