/** A process of its own: plans a layered graph of as many nodes as its argument says from plain arrays, and prints JSON. */
import { performance } from "node:perf_hooks";
import { criticalPath, tails } from "../../src/graph/critical-path.ts";
import { cycles } from "../../src/graph/cycles.ts";
import { buildGraph } from "../../src/graph/graph.ts";
import { impactUpTo, transitiveDependents } from "../../src/graph/impact.ts";
import { topologicalOrder } from "../../src/graph/order.ts";
import { layeredEdges } from "./graph-backlog.ts";

const { count, edges, minutes } = layeredEdges(Number(process.argv[2]));
const laps: Record<string, number> = {};

function lap<Result>(part: string, work: () => Result): Result {
  const begin = performance.now();
  const result = work();
  laps[part] = performance.now() - begin;
  return result;
}

/** The most that was ever resident, in MB. */
function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

const graph = lap("build", () => buildGraph(count, edges));
const order = lap("order", () => topologicalOrder(graph));
const knots = lap("cycles", () => cycles(graph, order));
const tail = lap("tails", () => tails(graph, order, minutes));
const path = lap("criticalPath", () => criticalPath(graph, order, tail));
if (order.nodes.length !== count || knots.length > 0 || path.nodes.length === 0) throw new Error("It was not planned.");
const planPeakMb = peakMb();
lap("impactUpTo1000", () => impactUpTo(graph, order, 1_000));
const impact = lap("transitiveImpact", () => transitiveDependents(graph, order));
const { isExact, relativeError } = impact;
process.stdout.write(JSON.stringify({ count, laps, planPeakMb, peakMb: peakMb(), isExact, relativeError }));
