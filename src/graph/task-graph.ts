/**
 * The border between tasks and integers: ids are interned once on the way in, and results carry ids again. Soft edges count
 * for order, stages and cycles; impact and critical path follow hard edges only, because a soft blocker may just as well fail.
 */
import type { DependencyKind } from "../model/task.ts";
import { criticalPath, tails } from "./critical-path.ts";
import { cycles } from "./cycles.ts";
import { at, buildGraph, type Graph } from "./graph.ts";
import { directDependents, transitiveDependents } from "./impact.ts";
import { stages, topologicalOrder } from "./order.ts";

/** What a task without an estimate is taken to need, everywhere but in the ranking by effort. */
export const unestimatedMinutes = 30;

export interface GraphTask<Id extends string> {
  readonly id: Id;
  readonly estimateMinutes: number | null;
  readonly blockedBy: readonly { readonly on: Id; readonly kind: DependencyKind }[];
}

export interface TaskGraph<Id extends string> {
  /** The id of each node; nodes are numbered as the tasks were given. */
  readonly ids: readonly Id[];
  readonly indexOf: ReadonlyMap<Id, number>;
  /** Hard and soft edges. */
  readonly all: Graph;
  readonly hard: Graph;
  readonly minutes: Float64Array;
}

export interface Impact {
  readonly direct: number;
  readonly transitive: number;
}

export interface TaskAnalysis<Id extends string> {
  /** By stage, and within a stage as given; tasks in or behind a cycle are left out. */
  readonly order: readonly Id[];
  readonly stages: readonly (readonly Id[])[];
  /** One shortest way round each knot: each task blocks the next, and the last blocks the first. */
  readonly cycles: readonly (readonly Id[])[];
  /** Every task that is in a knot. */
  readonly cyclic: ReadonlySet<Id>;
  readonly criticalPath: { readonly tasks: readonly Id[]; readonly minutes: number };
  /** Minutes of each task together with the longest chain behind it. */
  readonly tailMinutes: ReadonlyMap<Id, number>;
  readonly impact: ReadonlyMap<Id, Impact>;
}

/**
 * Takes tasks with distinct ids. A blocker that is not among them (completed, foreign, missing) is no edge: give the open
 * tasks to see what is left. Throws when an id occurs twice.
 */
export function buildTaskGraph<Id extends string>(tasks: readonly GraphTask<Id>[]): TaskGraph<Id> {
  const indexOf = new Map<Id, number>();
  for (const { id } of tasks) {
    if (indexOf.has(id)) throw new Error(`Task ${id} is given twice; a task graph needs distinct ids.`);
    indexOf.set(id, indexOf.size);
  }
  const all: number[] = [];
  const hard: number[] = [];
  for (const [node, task] of tasks.entries()) {
    for (const { on, kind } of task.blockedBy) {
      const blocker = indexOf.get(on);
      if (blocker === undefined) continue;
      all.push(blocker, node);
      if (kind === "hard") hard.push(blocker, node);
    }
  }
  return {
    ids: tasks.map((task) => task.id),
    indexOf,
    all: buildGraph(tasks.length, all),
    hard: buildGraph(tasks.length, hard),
    minutes: Float64Array.from(tasks, (task) => task.estimateMinutes ?? unestimatedMinutes),
  };
}

/** Everything that the graph says about its tasks. Equal tasks in equal order give equal results. */
export function analyseTasks<Id extends string>(graph: TaskGraph<Id>): TaskAnalysis<Id> {
  const { ids, all, hard } = graph;
  const named = (nodes: Iterable<number>): readonly Id[] => Array.from(nodes, (node) => ids[node] as Id);
  const order = topologicalOrder(all);
  const knots = cycles(all);
  const hardOrder = topologicalOrder(hard);
  const tail = tails(hard, hardOrder, graph.minutes);
  const path = criticalPath(hard, hardOrder, tail);
  const direct = directDependents(hard);
  const transitive = transitiveDependents(hard);
  return {
    order: named(order.nodes),
    stages: stages(order).map(named),
    cycles: knots.map((knot) => named(knot.path)),
    cyclic: new Set(knots.flatMap((knot) => named(knot.members))),
    criticalPath: { tasks: named(path.nodes), minutes: path.total },
    tailMinutes: new Map(ids.map((id, node) => [id, at(tail, node)])),
    impact: new Map(ids.map((id, node) => [id, { direct: at(direct, node), transitive: at(transitive, node) }])),
  };
}
