/**
 * Who plans the same tasks side by side: this program and graphology with graphology-dag, part by part. As a process of its
 * own: `graph-planners.ts orchestrate|graphology FILE SAMPLES wall|cpu` prints the runs as JSON.
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { DirectedGraph } from "graphology";
import { hasCycle, topologicalGenerations, topologicalSort } from "graphology-dag";
import { analyseTasks, buildTaskGraph, type GraphTask } from "../../src/graph/task-graph.ts";

type Part = "build" | "order" | "stages" | "cycles" | "criticalPath";

/** Milliseconds of each part of one run. */
export type Laps = Readonly<Record<Part, number>>;

/** What must be equal whoever plans. */
export interface Plan {
  readonly tasks: number;
  readonly stages: number;
  readonly minutes: number;
}

export interface Run {
  readonly laps: Laps;
  readonly plan: Plan;
}

/** In milliseconds. */
type Now = () => number;
type Planner = (tasks: readonly GraphTask<string>[], now: Now) => Run;

/** This program: ids in, ids out. */
const planOurselves: Planner = (tasks, now) => {
  const watch = startWatch(now);
  const analysis = analyseTasks(watch("build", () => buildTaskGraph(tasks)));
  const order = watch("order", () => analysis.order);
  const stages = watch("stages", () => analysis.stages);
  if (watch("cycles", () => analysis.cycles).length > 0) throw new Error("The graph has a cycle.");
  const { minutes } = watch("criticalPath", () => analysis.criticalPath);
  return { laps: watch.laps(), plan: { tasks: order.length, stages: stages.length, minutes } };
};

/** The library's own functions; it has none for the critical path, which takes the order that was found. */
const planWithGraphology: Planner = (tasks, now) => {
  const watch = startWatch(now);
  const graph = watch("build", () => buildPeer(tasks));
  const order = watch("order", () => topologicalSort(graph));
  const stages = watch("stages", () => topologicalGenerations(graph));
  if (watch("cycles", () => hasCycle(graph))) throw new Error("The graph has a cycle.");
  const { minutes } = watch("criticalPath", () => longestPath(graph, order));
  return { laps: watch.laps(), plan: { tasks: order.length, stages: stages.length, minutes } };
};

interface Minutes {
  readonly minutes: number;
}

function buildPeer(tasks: readonly GraphTask<string>[]): DirectedGraph<Minutes> {
  const graph = new DirectedGraph<Minutes>();
  for (const { id, estimateMinutes } of tasks) graph.addNode(id, { minutes: estimateMinutes ?? 0 });
  for (const { id, blockedBy } of tasks) for (const { on } of blockedBy) graph.addDirectedEdge(on, id);
  return graph;
}

function longestPath(
  graph: DirectedGraph<Minutes>,
  order: readonly string[],
): { readonly path: readonly string[]; readonly minutes: number } {
  const tails = new Map<string, number>();
  const nextOf = new Map<string, string>();
  let first = "";
  for (const id of order.toReversed()) {
    let behind = 0;
    graph.forEachOutNeighbor(id, (next) => {
      const tail = tails.get(next) ?? 0;
      if (tail <= behind) return;
      behind = tail;
      nextOf.set(id, next);
    });
    const tail = graph.getNodeAttribute(id, "minutes") + behind;
    tails.set(id, tail);
    if (tail > (tails.get(first) ?? -1)) first = id;
  }
  const path = [first];
  for (let next = nextOf.get(first); next !== undefined; next = nextOf.get(next)) path.push(next);
  return { path, minutes: tails.get(first) ?? 0 };
}

function startWatch(now: Now): { <Result>(part: Part, work: () => Result): Result; laps(): Laps } {
  const laps: Record<Part, number> = { build: 0, order: 0, stages: 0, cycles: 0, criticalPath: 0 };
  const watch = <Result>(part: Part, work: () => Result): Result => {
    const begin = now();
    const result = work();
    laps[part] = now() - begin;
    return result;
  };
  return Object.assign(watch, { laps: () => laps });
}

const planners: Readonly<Record<string, Planner>> = { orchestrate: planOurselves, graphology: planWithGraphology };
const clocks: Readonly<Record<string, Now>> = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
};

function main([name = "", file = "", samples = "", clock = ""]: readonly string[]): void {
  const plan = planners[name];
  const now = clocks[clock];
  if (plan === undefined || now === undefined) throw new Error(`There is no planner ${name} or no clock ${clock}.`);
  const text = readFileSync(file, "utf8");
  const runs: Run[] = [];
  // Tasks are read anew each time, so that nobody finds strings that it has hashed before.
  for (let sample = 0; sample < Number(samples); sample += 1) {
    runs.push(plan(JSON.parse(text) as readonly GraphTask<string>[], now));
  }
  process.stdout.write(JSON.stringify(runs));
}

main(process.argv.slice(2));
