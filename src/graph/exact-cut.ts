/**
 * The cheapest cut of a small knot. To line all nodes up and cut the edges that lead back breaks every cycle, and every cut
 * comes from such a line. The best line of a set of nodes is the best line of all but one of them, followed by that one.
 */
import type { CostedKnot, FoundCut } from "./costed-knot.ts";
import { at } from "./graph.ts";

/** By set of nodes, as the bits of a number: the cheapest line of them. */
interface Lines {
  readonly cost: Float64Array;
  readonly cutCount: Int32Array;
  readonly last: Int8Array;
}

/** Takes at most 30 nodes, and time and memory for 2 to the power of them. Null when there is no cut of finite cost. */
export function exactCut(knot: CostedKnot): FoundCut | null {
  const everyone = 2 ** knot.count - 1;
  const lines: Lines = {
    cost: new Float64Array(everyone + 1).fill(Infinity),
    cutCount: new Int32Array(everyone + 1),
    last: new Int8Array(everyone + 1),
  };
  lines.cost[0] = 0;
  for (let set = 0; set < everyone; set += 1) {
    if (lines.cost[set] === Infinity) continue;
    for (let node = 0; node < knot.count; node += 1) if ((set & (1 << node)) === 0) append(knot, lines, { set, node });
  }
  const cheapest = lines.cost[everyone] as number;
  return cheapest === Infinity ? null : { isCut: leadingBack(knot, lines.last), atLeast: cheapest };
}

/** Weighs the set's line with the node behind it. Edges that the node has back into the set, or to itself, are to be cut. */
function append(knot: CostedKnot, lines: Lines, { set, node }: { readonly set: number; readonly node: number }): void {
  const grown = set | (1 << node);
  let cost = lines.cost[set] as number;
  let cutCount = at(lines.cutCount, set);
  for (let edge = at(knot.start, node); edge < at(knot.start, node + 1); edge += 1) {
    if ((grown & (1 << at(knot.to, edge))) === 0) continue;
    cost += knot.costs[edge] as number;
    cutCount += 1;
  }
  const best = lines.cost[grown] as number;
  if (cost > best || (cost === best && cutCount >= at(lines.cutCount, grown))) return;
  lines.cost[grown] = cost;
  lines.cutCount[grown] = cutCount;
  lines.last[grown] = node;
}

function leadingBack(knot: CostedKnot, last: Int8Array): Uint8Array {
  const place = new Int32Array(knot.count);
  let set = 2 ** knot.count - 1;
  for (let rank = knot.count - 1; rank >= 0; rank -= 1) {
    const node = last[set] as number;
    place[node] = rank;
    set ^= 1 << node;
  }
  const isCut = new Uint8Array(knot.costs.length);
  for (let edge = 0; edge < isCut.length; edge += 1) {
    if (at(place, at(knot.from, edge)) >= at(place, at(knot.to, edge))) isCut[edge] = 1;
  }
  return isCut;
}
