/**
 * The border between tasks and integers: ids are interned once on the way in, and results carry ids again. Soft edges count
 * for order, stages and cycles; impact and critical path follow hard edges only, because a soft blocker may just as well fail.
 */
import type { DependencyKind } from "../model/task.ts";
import { criticalPath, tails } from "./critical-path.ts";
import { cycles } from "./cycles.ts";
import { buildGraphFromBlockers, type Graph, type Rows } from "./graph.ts";
import { type IdIndex, indexIds } from "./id-index.ts";
import { directDependents, transitiveDependents } from "./impact.ts";
import { topologicalOrder } from "./order.ts";

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
  readonly indexOf: IdIndex<Id>;
  /** Hard and soft edges. */
  readonly all: Graph;
  /** The very same graph as `all` where no edge is soft. */
  readonly hard: Graph;
  readonly minutes: Float64Array;
}

interface Impact {
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
  /** Exact, unless the graph is so large that counting takes too long: see `impactCertainty`. */
  readonly impact: ReadonlyMap<Id, Impact>;
  readonly impactCertainty: ImpactCertainty<Id>;
}

/** How far the transitive impact can be off. */
interface ImpactCertainty<Id extends string> {
  readonly isExact: boolean;
  /** The relative standard error of what is estimated; 0 when all is exact. */
  readonly relativeError: number;
  /** Between which numbers the transitive impact lies, whatever the error. */
  readonly bounds: ReadonlyMap<Id, { readonly atLeast: number; readonly atMost: number }>;
}

/**
 * Takes tasks with distinct ids. A blocker that is not among them (completed, foreign, missing) is no edge: give the open
 * tasks to see what is left. Throws when an id occurs twice.
 */
export function buildTaskGraph<Id extends string>(tasks: readonly GraphTask<Id>[]): TaskGraph<Id> {
  const count = tasks.length;
  const ids: Id[] = [];
  const minutes = new Float64Array(count);
  let edgeCount = 0;
  for (const { id, estimateMinutes, blockedBy } of tasks) {
    minutes[ids.length] = estimateMinutes ?? unestimatedMinutes;
    ids.push(id);
    edgeCount += blockedBy.length;
  }
  const indexOf = indexIds(ids);
  const rows = internBlockers(tasks, indexOf, edgeCount);
  const all = buildGraphFromBlockers(count, { start: rows.start, values: rows.blockers.subarray(0, rows.length) });
  const hard = rows.softCount === 0 ? all : buildGraphFromBlockers(count, withoutSoft(rows));
  return { ids, indexOf, all, hard, minutes };
}

/** What each task waits for, row by row, and which of these edges are soft. */
interface BlockerRows {
  readonly start: Int32Array;
  readonly blockers: Int32Array;
  readonly isSoft: Uint8Array;
  readonly length: number;
  readonly softCount: number;
}

/** The only place where ids of blockers are looked up, which is most of the work of planning. */
function internBlockers<Id extends string>(
  tasks: readonly GraphTask<Id>[],
  indexOf: IdIndex<Id>,
  edgeCount: number,
): BlockerRows {
  const start = new Int32Array(tasks.length + 1);
  const blockers = new Int32Array(edgeCount);
  const isSoft = new Uint8Array(edgeCount);
  let length = 0;
  let softCount = 0;
  let node = 0;
  for (const { blockedBy } of tasks) {
    for (const { on, kind } of blockedBy) {
      const blocker = indexOf.find(on);
      if (blocker === -1) continue;
      if (kind === "soft") {
        isSoft[length] = 1;
        softCount += 1;
      }
      blockers[length] = blocker;
      length += 1;
    }
    node += 1;
    start[node] = length;
  }
  return { start, blockers, isSoft, length, softCount };
}

function withoutSoft(rows: BlockerRows): Rows {
  const start = new Int32Array(rows.start.length);
  const values = new Int32Array(rows.length - rows.softCount);
  let length = 0;
  for (let node = 0; node + 1 < start.length; node += 1) {
    const end = rows.start[node + 1] as number;
    for (let index = rows.start[node] as number; index < end; index += 1) {
      if (rows.isSoft[index] === 1) continue;
      values[length] = rows.blockers[index] as number;
      length += 1;
    }
    start[node + 1] = length;
  }
  return { start, values };
}

/**
 * Everything that the graph says about its tasks. Equal tasks in equal order give equal results. Each part is worked out when
 * it is first read, and kept: who asks for the order does not pay for the impact.
 */
export function analyseTasks<Id extends string>(graph: TaskGraph<Id>): TaskAnalysis<Id> {
  const { ids, all, hard } = graph;
  const byId = <Value>(valueOf: (node: number) => Value): ReadonlyMap<Id, Value> =>
    new Map(ids.map((id, node) => [id, valueOf(node)]));
  const order = once(() => topologicalOrder(all));
  const orderedIds = once(() => namesOf(ids, order().nodes));
  const hardOrder = hard === all ? order : once(() => topologicalOrder(hard));
  const knots = once(() => cycles(all, order()));
  const transitive = once(() => transitiveDependents(hard, hardOrder()));
  const tail = once(() => tails(hard, hardOrder(), graph.minutes));
  return lazily<TaskAnalysis<Id>>({
    order: orderedIds,
    stages: () => slicesOf(orderedIds(), order().stageStart),
    cycles: () => knots().map(({ path }) => path.map((node) => ids[node] as Id)),
    cyclic: () => new Set(knots().flatMap(({ members }) => members.map((node) => ids[node] as Id))),
    criticalPath: () => {
      const { nodes, total } = criticalPath(hard, hardOrder(), tail());
      return { tasks: nodes.map((node) => ids[node] as Id), minutes: total };
    },
    tailMinutes: () => byId((node) => tail()[node] as number),
    impact: () => {
      const direct = directDependents(hard);
      const counts = transitive().transitive;
      return byId((node) => ({ direct: direct[node] as number, transitive: counts[node] as number }));
    },
    impactCertainty: () => {
      const { isExact, relativeError, atLeast, atMost } = transitive();
      const bounds = byId((node) => ({ atLeast: atLeast[node] as number, atMost: atMost[node] as number }));
      return { isExact, relativeError, bounds };
    },
  });
}

function namesOf<Id extends string>(ids: readonly Id[], nodes: Int32Array): readonly Id[] {
  const names: Id[] = [];
  for (let place = 0; place < nodes.length; place += 1) names.push(ids[nodes[place] as number] as Id);
  return names;
}

/** The part of a list from each start up to the next one. */
function slicesOf<Item>(list: readonly Item[], starts: Int32Array): readonly (readonly Item[])[] {
  const slices: (readonly Item[])[] = [];
  for (let place = 0; place + 1 < starts.length; place += 1) slices.push(list.slice(starts[place], starts[place + 1]));
  return slices;
}

/** An object whose fields are worked out when they are first read. */
function lazily<Fields extends object>(makers: { readonly [Key in keyof Fields]: () => Fields[Key] }): Fields {
  const fields = {} as Fields;
  for (const key of Object.keys(makers) as (keyof Fields)[]) {
    const get = once(() => ({ value: makers[key]() }));
    Object.defineProperty(fields, key, { enumerable: true, get: () => get().value });
  }
  return fields;
}

/** Works a value out when it is first asked for. */
function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | null = null;
  return () => (made ??= make());
}
