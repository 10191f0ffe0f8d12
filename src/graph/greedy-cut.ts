/**
 * A good cut of a large knot (local ratio): each cycle that is found has all its edges made cheaper by its cheapest one, which
 * goes; what no cycle needed is put back, the dearest first. What the cycles paid together is the least that any cut costs.
 */
import type { CostedKnot, FoundCut } from "./costed-knot.ts";
import { at } from "./graph.ts";

/** Putting an edge back looks for a cycle first. How many edges all these looks may pass: less than a second (measured). */
const putBackStepsMax = 20_000_000;

/** Null when a cycle has only edges of infinite cost. */
export function greedyCut(knot: CostedKnot): FoundCut | null {
  const search = createSearch(knot);
  for (let root = 0; root < knot.count; root += 1) {
    if (search.state[root] !== unseen) continue;
    enter(search, root);
    while (search.length > 0) if (!step(knot, search)) return null;
  }
  putBack(knot, search.isCut);
  return { isCut: search.isCut, atLeast: search.paid };
}

const unseen = 0;
const onPath = 1;
/** No cycle goes through it any more. */
const done = 2;

/** A depth-first search that is taken back to the first edge of a cycle that was cut, and goes on from there. */
interface Search {
  readonly state: Uint8Array;
  readonly path: Int32Array;
  /** Where the node is on the path. */
  readonly placeOf: Int32Array;
  /** The edge to look at next; of nodes on the path, the one that the path takes. */
  readonly nextEdge: Int32Array;
  readonly isCut: Uint8Array;
  /** What is left of the cost of each edge. */
  readonly left: Float64Array;
  length: number;
  paid: number;
}

function createSearch({ count, start, costs }: CostedKnot): Search {
  return {
    state: new Uint8Array(count),
    path: new Int32Array(count),
    placeOf: new Int32Array(count),
    nextEdge: start.slice(),
    isCut: new Uint8Array(costs.length),
    left: costs.slice(),
    length: 0,
    paid: 0,
  };
}

function enter(search: Search, node: number): void {
  search.state[node] = onPath;
  search.placeOf[node] = search.length;
  search.path[search.length] = node;
  search.length += 1;
}

/** Looks at one edge of the node at the end of the path. False when a cycle cannot be cut. */
function step(knot: CostedKnot, search: Search): boolean {
  const node = at(search.path, search.length - 1);
  const edge = at(search.nextEdge, node);
  if (edge === at(knot.start, node + 1)) {
    search.state[node] = done;
    search.length -= 1;
    return true;
  }
  const next = at(knot.to, edge);
  if (search.isCut[edge] === 1 || search.state[next] === done) search.nextEdge[node] = edge + 1;
  else if (search.state[next] === unseen) enter(search, next);
  else return payFor(search, at(search.placeOf, next));
  return true;
}

/** Takes the cheapest edge off each edge of the cycle from a place of the path to its end, and cuts those that come to 0. */
function payFor(search: Search, from: number): boolean {
  let price = Infinity;
  for (let place = from; place < search.length; place += 1) {
    price = Math.min(price, search.left[at(search.nextEdge, at(search.path, place))] as number);
  }
  if (price === Infinity) return false;
  search.paid += price;
  let firstCut = search.length;
  for (let place = search.length - 1; place >= from; place -= 1) {
    const edge = at(search.nextEdge, at(search.path, place));
    search.left[edge] = (search.left[edge] as number) - price;
    if (search.left[edge] !== 0) continue;
    search.isCut[edge] = 1;
    firstCut = place;
  }
  while (search.length > firstCut + 1) {
    search.length -= 1;
    search.state[at(search.path, search.length)] = unseen;
  }
  return true;
}

/** A walk from the end of a cut edge, to see whether its beginning can be reached. */
interface Walk {
  readonly isCut: Uint8Array;
  /** The last edge that each node was reached for. */
  readonly seenFor: Int32Array;
  readonly stack: Int32Array;
  steps: number;
}

/** Puts edges back that close no cycle: the dearest first, and of equal ones the first. */
function putBack(knot: CostedKnot, isCut: Uint8Array): void {
  const cut: number[] = [];
  for (let edge = 0; edge < isCut.length; edge += 1) if (isCut[edge] === 1) cut.push(edge);
  cut.sort((one, other) => (knot.costs[other] as number) - (knot.costs[one] as number) || one - other);
  const seenFor = new Int32Array(knot.count).fill(-1);
  const walk: Walk = { isCut, seenFor, stack: new Int32Array(knot.count), steps: 0 };
  for (const edge of cut) {
    if (walk.steps > putBackStepsMax) return;
    if (!closesCycle(knot, walk, edge)) isCut[edge] = 0;
  }
}

function closesCycle(knot: CostedKnot, walk: Walk, cutEdge: number): boolean {
  const { isCut, seenFor, stack } = walk;
  const goal = at(knot.from, cutEdge);
  stack[0] = at(knot.to, cutEdge);
  seenFor[at(knot.to, cutEdge)] = cutEdge;
  for (let depth = 1; depth > 0;) {
    depth -= 1;
    const node = at(stack, depth);
    if (node === goal) return true;
    const end = at(knot.start, node + 1);
    walk.steps += end - at(knot.start, node);
    for (let edge = at(knot.start, node); edge < end; edge += 1) {
      const next = at(knot.to, edge);
      if (isCut[edge] === 1 || at(seenFor, next) === cutEdge) continue;
      seenFor[next] = cutEdge;
      stack[depth] = next;
      depth += 1;
    }
  }
  return false;
}
