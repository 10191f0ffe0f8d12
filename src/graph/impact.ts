/** How many nodes wait for each one, directly and through others: exactly, estimated within bounds, or up to a cap. */
import { cappedReach } from "./capped-reach.ts";
import { type Condensation, condense } from "./condensation.ts";
import { type EstimateOptions, estimateReach } from "./estimated-reach.ts";
import { exactReach, exactWork } from "./exact-reach.ts";
import { at, type Graph } from "./graph.ts";
import type { Order } from "./order.ts";

export interface TransitiveImpact {
  /** The number of other nodes that can be reached from each node; those of a knot reach each other. */
  readonly transitive: Int32Array;
  readonly isExact: boolean;
  /** Bounds that always hold; equal to `transitive` where it is exact. */
  readonly atLeast: Int32Array;
  readonly atMost: Int32Array;
  /** The relative standard error of what is not exact; 0 when all is. */
  readonly relativeError: number;
}

export interface ImpactOptions extends EstimateOptions {
  /** Up to how many steps the exact count may take, each some 13 nanoseconds. */
  readonly exactStepsMax: number;
}

/**
 * Exact for two seconds' work: 100,000 nodes with three edges each that all hang together take one, and a million in parts of
 * a thousand take less. Beyond it, up to 128 dependents are counted for whatever size of graph, and more are estimated.
 */
const defaults: ImpactOptions = { exactStepsMax: 150_000_000, countedMax: 128, draws: 128 };

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

/** Takes a graph with its own order. Exact unless that takes too long; then an estimate, and says so. */
export function transitiveDependents(graph: Graph, order: Order, options: ImpactOptions = defaults): TransitiveImpact {
  const knots = condense(graph, order);
  if (exactWork(knots) <= options.exactStepsMax) {
    const transitive = dependents(knots, exactReach(knots));
    return { transitive, isExact: true, atLeast: transitive, atMost: transitive, relativeError: 0 };
  }
  const { reach, atLeast, atMost, relativeError } = estimateReach(knots, options);
  return {
    transitive: dependents(knots, reach),
    isExact: false,
    atLeast: dependents(knots, atLeast),
    atMost: dependents(knots, atMost),
    relativeError,
  };
}

/** The lower of `cap` and the exact number of transitive dependents, for every node. Takes a graph with its own order. */
export function impactUpTo(graph: Graph, order: Order, cap: number): Int32Array {
  const knots = condense(graph, order);
  return dependents(knots, cappedReach(knots, cap + 1));
}

/** From knots to nodes: each node is among those that its knot reaches, and does not wait for itself. */
function dependents(knots: Condensation, reach: Int32Array): Int32Array {
  return knots.of.map((knot) => at(reach, knot) - 1);
}
