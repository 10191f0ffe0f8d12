/**
 * What decides when all open tasks are done: the longest chain of them, how many stages they stand in, and the circles that nobody
 * gets out of. For people who ask; looks once at the open tasks that it is given.
 */
import { buildGraph } from "../graph/graph.ts";
import { topologicalOrder } from "../graph/order.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { stagesCountedMax } from "../model/limits.ts";
import { reachOf } from "../state/reach.ts";
import { isEnded, openBlockers } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";

export interface Outlook {
  /** The chain with the most minutes, from its first task to its last; everything is done no sooner. */
  readonly chain: readonly Task[];
  readonly chainMinutes: number;
  /** How many stages follow on each other; at least so many where they were not all counted. */
  readonly stages: number;
  readonly areStagesCounted: boolean;
  /** Circles, and the tasks that are in one. */
  readonly cycles: number;
  readonly inCycles: number;
}

/** `open` are all tasks that have not ended. */
export function outlookOf(state: State, open: readonly Task[]): Outlook {
  const chain = longestChain(state, open);
  const areStagesCounted = open.length <= stagesCountedMax;
  return {
    chain,
    chainMinutes: chain[0] === undefined ? 0 : tailOf(state, chain[0]),
    stages: areStagesCounted ? countStages(state, open) : chain.length,
    areStagesCounted,
    ...countCycles(open),
  };
}

function tailOf(state: State, { id }: Task): number {
  return reachOf(state, id)?.tailMinutes ?? 0;
}

/** From the task with the most minutes before and behind it, always on to whoever waits for it and has the most. */
function longestChain(state: State, open: readonly Task[]): readonly Task[] {
  const chain: Task[] = [];
  const passed = new Set<TaskId>();
  for (let next = longestOf(state, open); next !== null; next = longestOf(state, waitersOf(state, next, passed))) {
    chain.push(next);
    passed.add(next.id);
  }
  return chain;
}

/** Of equal ones that of the lower number; whoever is in a circle never runs, and lengthens nobody's chain. */
function longestOf(state: State, tasks: readonly Task[]): Task | null {
  let longest: Task | null = null;
  let most = 0;
  for (const task of tasks) {
    const tail = task.cycle === null ? tailOf(state, task) : 0;
    if (tail > most || (tail === most && longest !== null && task.definition.number < longest.definition.number)) {
      longest = task;
      most = tail;
    }
  }
  return longest;
}

function waitersOf(state: State, { id }: Task, passed: ReadonlySet<TaskId>): readonly Task[] {
  return dependentsOf(state, id).flatMap((waiter) => {
    const task = state.tasks.get(waiter);
    if (task === undefined || isEnded(task) || passed.has(waiter)) return [];
    const isHard = task.blockedBy.some(({ on, kind }) => on === id && kind === "hard");
    return isHard && !task.unblocked.includes(id) ? [task] : [];
  });
}

/** Over hard and soft edges; what is in or behind a circle has no stage. */
function countStages(state: State, open: readonly Task[]): number {
  const nodeOf = new Map(open.map((task, node) => [task.id, node]));
  const edges: number[] = [];
  for (const [node, task] of open.entries()) {
    for (const { on } of openBlockers(state, task)) {
      const blocker = nodeOf.get(on);
      if (blocker !== undefined) edges.push(blocker, node);
    }
  }
  return topologicalOrder(buildGraph(open.length, edges)).stageCount;
}

/** Every task of a circle knows one through itself: who is in one that was counted is not counted again. */
function countCycles(open: readonly Task[]): Pick<Outlook, "cycles" | "inCycles"> {
  const counted = new Set<TaskId>();
  let [cycles, inCycles] = [0, 0];
  for (const { id, cycle } of open) {
    if (cycle === null) continue;
    inCycles += 1;
    if (counted.has(id)) continue;
    cycles += 1;
    for (const each of cycle) counted.add(each);
  }
  return { cycles, inCycles };
}
