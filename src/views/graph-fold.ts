/**
 * What of a task graph is drawn: everything while it is small, else the largest milestones as one box each, and at last
 * only what matters now. Decides nothing about how it looks.
 */
import type { TaskStatus } from "../model/task.ts";
import type { GraphTask } from "./graph-task.ts";

export type GraphNode =
  | { readonly kind: "task"; readonly place: number; readonly frame: string | null; readonly task: GraphTask }
  | {
      readonly kind: "fold";
      readonly place: number;
      readonly frame: null;
      readonly name: string;
      readonly tasks: number;
      readonly ended: number;
      readonly running: number;
    };

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  /** At least one of the dependencies that it stands for is hard. */
  readonly isHard: boolean;
  /** How many dependencies it stands for. */
  readonly amount: number;
}

export interface GraphSlice {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly folded: number;
  readonly leftOut: number;
  readonly edgesLeftOut: number;
}

export interface FoldLimits {
  readonly maxNodes: number;
  readonly edgesMax: number;
  readonly isGrouped: boolean;
}

const withoutMilestone = "No milestone";
const endedStatuses: ReadonlySet<TaskStatus> = new Set(["completed", "failed", "cancelled"]);
const runningStatuses: ReadonlySet<TaskStatus> = new Set(["assigned", "in_progress", "review"]);

/** What is kept first where not everything can be shown. */
const weights: Readonly<Record<TaskStatus, number>> = {
  in_progress: 0,
  assigned: 0,
  review: 0,
  needs_input: 1,
  manual_review: 1,
  ready: 2,
  failed: 3,
  upstream_failed: 4,
  pending: 4,
  blocked: 5,
  completed: 6,
  cancelled: 7,
};

/** Chooses boxes and arrows within the limits. The same list gives the same choice. */
export function foldGraph(tasks: readonly GraphTask[], limits: FoldLimits): GraphSlice {
  const groups = limits.isGrouped ? groupTasks(tasks) : new Map([[null, tasks]]);
  const folds = limits.isGrouped ? chooseFolds(groups, limits.maxNodes) : new Set<string | null>();
  const single = tasks.filter((task) => !folds.has(groupOf(task, limits)));
  const shownFolds = [...folds].slice(0, limits.maxNodes);
  const shown = cutTasks(single, Math.max(0, limits.maxNodes - shownFolds.length));
  const places = new Map<string, number>();
  const nodes = [
    ...shown.map((task) => toTaskNode(task, groups.size > 1 ? groupOf(task, limits) : null)),
    ...shownFolds.map((name) => toFoldNode(name, groups.get(name) ?? [])),
  ].map((node, place) => ({ ...node, place }));
  for (const node of nodes) if (node.kind === "task") places.set(node.task.reference, node.place);
  for (const [index, name] of shownFolds.entries()) {
    for (const task of groups.get(name) ?? []) places.set(task.reference, shown.length + index);
  }
  const edges = joinEdges(tasks, places);
  return {
    nodes,
    edges: edges.slice(0, limits.edgesMax),
    folded: places.size - shown.length,
    leftOut: tasks.length - places.size,
    edgesLeftOut: Math.max(0, edges.length - limits.edgesMax),
  };
}

function groupOf(task: GraphTask, { isGrouped }: FoldLimits): string | null {
  return isGrouped ? task.group : null;
}

function groupTasks(tasks: readonly GraphTask[]): ReadonlyMap<string | null, readonly GraphTask[]> {
  const groups = new Map<string | null, GraphTask[]>();
  for (const task of tasks) {
    const group = groups.get(task.group);
    if (group === undefined) groups.set(task.group, [task]);
    else group.push(task);
  }
  return groups;
}

/** The largest groups, until the rest fits. One group alone is not folded: a single box shows no graph. */
function chooseFolds(
  groups: ReadonlyMap<string | null, readonly GraphTask[]>,
  maxNodes: number,
): ReadonlySet<string | null> {
  const folds = new Set<string | null>();
  if (groups.size < 2) return folds;
  let nodes = [...groups.values()].reduce((sum, group) => sum + group.length, 0);
  const bySize = [...groups].filter(([, group]) => group.length > 1).sort(([, a], [, b]) => b.length - a.length);
  for (const [name, group] of bySize) {
    if (nodes <= maxNodes) break;
    folds.add(name);
    nodes -= group.length - 1;
  }
  return folds;
}

/** The most telling ones, in the order in which they came. */
function cutTasks(tasks: readonly GraphTask[], amount: number): readonly GraphTask[] {
  if (tasks.length <= amount) return tasks;
  const kept = new Set([...tasks].sort((a, b) => weights[a.status] - weights[b.status]).slice(0, amount));
  return tasks.filter((task) => kept.has(task));
}

function toTaskNode(task: GraphTask, frame: string | null): Omit<GraphNode & { kind: "task" }, "place"> {
  return { kind: "task", frame, task };
}

function toFoldNode(name: string | null, tasks: readonly GraphTask[]): Omit<GraphNode & { kind: "fold" }, "place"> {
  return {
    kind: "fold",
    frame: null,
    name: name ?? withoutMilestone,
    tasks: tasks.length,
    ended: tasks.filter(({ status }) => endedStatuses.has(status)).length,
    running: tasks.filter(({ status }) => runningStatuses.has(status)).length,
  };
}

/** One arrow between two boxes, however many dependencies it stands for; none from a box to itself, but for a task's. */
function joinEdges(tasks: readonly GraphTask[], places: ReadonlyMap<string, number>): readonly GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const task of tasks) {
    const to = places.get(task.reference);
    if (to === undefined) continue;
    for (const { reference, kind } of task.blockedBy) {
      const from = places.get(reference);
      if (from === undefined || (from === to && reference !== task.reference)) continue;
      const key = `${from} ${to}`;
      const before = edges.get(key);
      const isHard = kind === "hard" || before?.isHard === true;
      edges.set(key, { from, to, isHard, amount: (before?.amount ?? 0) + 1 });
    }
  }
  return [...edges.values()];
}
