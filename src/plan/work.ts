/**
 * The open work of a backlog: its graph, what can be reached in it and what can be started, and the numbers by which every mode
 * ranks it. Whether a task waits is taken from its blockers, never from the status that the input gives it.
 */
import {
  analyseTasks,
  buildTaskGraph,
  type TaskAnalysis,
  type TaskGraph,
  unestimatedMinutes,
} from "../graph/task-graph.ts";
import type { Mode } from "../model/mode.ts";
import type { TaskStatus } from "../model/task.ts";
import { rank, type Ranked, type RankInput, type Weights } from "../ranking/rank.ts";
import type { Backlog, BacklogEdge, BacklogTask } from "./input.ts";
import { orderOfWork } from "./order.ts";

export interface OpenWork {
  /** Neither completed nor failed nor cancelled, as in the input. Nodes of the graph are places in this list. */
  readonly tasks: readonly BacklogTask[];
  readonly graph: TaskGraph<string>;
  /** 1 where a hard blocker has failed or was cancelled: such a task never starts. */
  readonly isDead: Uint8Array;
  /** What each waiting task waits for. */
  readonly blocked: ReadonlyMap<string, readonly string[]>;
  /** Nothing is in the way, and nobody is at it yet. */
  readonly isReady: (task: BacklogTask) => boolean;
  /** Of all open tasks: impact and cycles. */
  readonly whole: TaskAnalysis<string>;
  /** Of the tasks that can be reached: stages, critical path and paths. Who never starts lengthens nobody's path. */
  readonly reachable: TaskAnalysis<string>;
  readonly inputs: readonly RankInput[];
  readonly weights: Weights;
}

/** Everything about a backlog that does not depend on the mode. */
export function surveyWork(backlog: Backlog): OpenWork {
  const given = new Map(backlog.tasks.map((task) => [task.id, task]));
  const tasks = backlog.tasks.filter(({ status }) => !isEnded(status));
  const graph = buildTaskGraph(tasks);
  const blocked = blockersOf(tasks, given);
  const isDead = Uint8Array.from(tasks, (task) => (hasLostBlocker(task, given) ? 1 : 0));
  const whole = analyseTasks(graph);
  const reachable = analyseReachable({ tasks, graph, isDead, whole });
  return {
    tasks,
    graph,
    isDead,
    blocked,
    isReady: (task) => !blocked.has(task.id) && !isUnderWay(task.status) && !task.wish.isHeld,
    whole,
    reachable,
    inputs: inputsOf(backlog, { tasks, whole, reachable }),
    weights: backlog.weights,
  };
}

/** The open tasks in the total order of the mode, best first, whether they can be started or not. */
export function rankWork(work: OpenWork, mode: Mode): readonly Ranked[] {
  return rank(mode, work.inputs, { weights: work.weights });
}

/** The place of each node in a ranking of all. */
export function ranksOf(work: OpenWork, ranking: readonly Ranked[]): Int32Array {
  const ranks = new Int32Array(work.tasks.length);
  for (const [place, { id }] of ranking.entries()) ranks[work.graph.indexOf.find(id)] = place;
  return ranks;
}

function isEnded(status: TaskStatus): boolean {
  return status === "completed" || isLost(status);
}

/** Ended without a result: a soft edge is satisfied by it, a hard one never. */
function isLost(status: TaskStatus): boolean {
  return status === "failed" || status === "cancelled";
}

const underWay: ReadonlySet<TaskStatus> = new Set([
  "assigned",
  "in_progress",
  "review",
  "needs_input",
  "manual_review",
]);

/** Somebody is at it: an agent, a reviewer, or the person whom it waits for. */
function isUnderWay(status: TaskStatus): boolean {
  return underWay.has(status);
}

type Given = ReadonlyMap<string, BacklogTask>;

function isUnsatisfied({ on, kind }: BacklogEdge, given: Given): boolean {
  const status = given.get(on)?.status ?? "completed";
  return kind === "hard" ? status !== "completed" : !isEnded(status);
}

function blockersOf(tasks: readonly BacklogTask[], given: Given): ReadonlyMap<string, readonly string[]> {
  const blocked = new Map<string, readonly string[]>();
  for (const { id, blockedBy } of tasks) {
    const open = blockedBy.filter((edge) => isUnsatisfied(edge, given));
    if (open.length > 0)
      blocked.set(
        id,
        open.map(({ on }) => on),
      );
  }
  return blocked;
}

function hasLostBlocker({ blockedBy }: BacklogTask, given: Given): boolean {
  return blockedBy.some(({ on, kind }) => kind === "hard" && isLost(given.get(on)?.status ?? "completed"));
}

type Survey = Pick<OpenWork, "tasks" | "graph" | "isDead" | "whole">;

/** A second analysis, but only where something is out of reach. */
function analyseReachable({ tasks, graph, isDead, whole }: Survey): TaskAnalysis<string> {
  const byPlace = Int32Array.from(tasks, (_, node) => node);
  const reached = orderOfWork(graph.all, byPlace, isDead);
  if (reached.length === tasks.length) return whole;
  return analyseTasks(buildTaskGraph(Array.from(reached.toSorted(), (node) => tasks[node] as BacklogTask)));
}

function inputsOf(
  { tasks: all, now }: Backlog,
  { tasks, whole, reachable }: Pick<OpenWork, "tasks" | "whole" | "reachable">,
): readonly RankInput[] {
  const positions = new Map(all.map(({ id }, position) => [id, position]));
  return tasks.map((task) => ({
    id: task.id,
    priority: task.priority,
    createdAt: task.createdAt,
    estimateMinutes: task.estimateMinutes,
    quickWin: task.wish.quickWin,
    position: positions.get(task.id) ?? 0,
    impact: whole.impact.get(task.id) ?? { direct: 0, transitive: 0 },
    tailMinutes: reachable.tailMinutes.get(task.id) ?? task.estimateMinutes ?? unestimatedMinutes,
    ageMs: now === null || task.createdAt === null ? null : now - task.createdAt,
  }));
}
