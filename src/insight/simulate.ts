/**
 * The open tasks played through in every mode, from where they stand now: what runs goes on, then free slots take the best of what can be
 * started. Those that wait for a person, for something outside or in a circle are left out. An estimate for people, never a decision.
 */
import { takesItself } from "../model/config-agent.ts";
import { agentOf, slotOf, toAgentId, type TaskId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { Comparison } from "../model/plan.ts";
import type { Task } from "../model/task.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import type { Context } from "../model/context.ts";
import { expectedEnd } from "./lanes.ts";
import { simulatedMax } from "../model/limits.ts";
import { compareModes } from "../plan/compare.ts";
import type { Backlog, BacklogAgent, BacklogTask } from "../plan/input.ts";
import { modeInForce, readyInOrder } from "../core/rank-ready.ts";
import { estimateOf, priorityOf, reachOf } from "../state/reach.ts";
import { isEnded, isWorkable, openBlockers } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";

export interface Simulation {
  /** The mode in force. */
  readonly mode: Mode;
  readonly comparison: Comparison;
  readonly openCount: number;
  /** Open tasks that could not be reached; null where not all were looked at. */
  readonly leftOut: number | null;
  /** Somebody may be given work; else as many work as in a plan without agents. */
  readonly hasWorkers: boolean;
}

/** Plays at most `max` tasks; of more, what runs, the first of the order, and what waits for these. */
export function simulate(state: State, context: Context, max: number = simulatedMax): Simulation {
  const chosen = choose(state, context, max);
  const tasks = [...chosen.values()];
  const underWay = new Set<string>(tasks.filter(isUnderWay).map(({ id }) => id));
  const agents = agentsOf(state, context);
  const backlog: Backlog = {
    mode: modeInForce(state, context),
    weights: context.config.weights,
    now: context.now,
    tasks: tasks.map((task) => toBacklogTask(state, task, context)),
    agents,
  };
  const isWhole = chosen.size < max || chosen.size === state.openCount;
  return {
    mode: backlog.mode,
    comparison: compareModes(backlog, underWay),
    openCount: state.openCount,
    leftOut: isWhole ? state.openCount - chosen.size : null,
    hasWorkers: agents.some(({ capacity }) => capacity > 0),
  };
}

/** With a session, or a pull request that is out of the agents' hands. */
function isUnderWay(task: Task): boolean {
  return task.assignment !== null || task.pullDueAt !== null || (task.pull?.state === "open" && task.retryAt === null);
}

/**
 * Those that can be reached, each after all that it waits for: what is under way, then in turn one of the ready ones, best first, and one of
 * those that have come within reach.
 */
function choose(state: State, context: Context, max: number): ReadonlyMap<TaskId, Task> {
  const chosen = new Map<TaskId, Task>();
  const reached: Task[] = [];
  const take = (task: Task | undefined): void => {
    if (task === undefined || isEnded(task) || chosen.has(task.id) || chosen.size >= max) return;
    chosen.set(task.id, task);
    for (const waiter of dependentsOf(state, task.id)) {
      const next = state.tasks.get(waiter);
      if (next !== undefined && isWithinReach(state, next, chosen)) reached.push(next);
    }
  };
  for (const id of [...state.active.keys()].toSorted()) take(state.tasks.get(id));
  let next = 0;
  for (const { number } of readyInOrder(state, context)) {
    if (chosen.size >= max) break;
    take(state.tasks.at(number));
    if (next === reached.length) continue;
    take(reached[next]);
    next += 1;
  }
  for (; next < reached.length && chosen.size < max; next += 1) take(reached[next]);
  return chosen;
}

/** Nothing but the chosen tasks is in its way. A parent of sub-issues ends with them. */
function isWithinReach(state: State, task: Task, chosen: ReadonlyMap<TaskId, Task>): boolean {
  if (isEnded(task) || task.cycle !== null || chosen.has(task.id)) return false;
  const isWork = task.definition.isContainer ? task.trust !== null : isWorkable(task);
  return isWork && openBlockers(state, task).every(({ on }) => chosen.has(on));
}

function toBacklogTask(state: State, task: Task, context: Context): BacklogTask {
  const { createdAt, quickWin, needs, prefers, title } = task.definition;
  const inherited = context.config.blockers.inherit ? reachOf(state, task.id)?.priority : undefined;
  return {
    id: task.id,
    title,
    status: "pending",
    priority: inherited ?? priorityOf(task),
    estimateMinutes: minutesLeft(task, context),
    createdAt,
    // Whoever is at it does not wait for it any more.
    blockedBy: isUnderWay(task) ? [] : openBlockers(state, task).map(({ on, kind }) => ({ on, kind })),
    wish: { quickWin, isHeld: false, needs, prefers, agent: null },
  };
}

/** Of a session what is left of it; null where nobody has an idea. A parent takes none, and a pull request only waits to be merged. */
function minutesLeft(task: Task, { now }: Context): number | null {
  if (task.definition.isContainer) return 0;
  if (task.assignment !== null) return (expectedEnd(task.assignment, now) - now) / 60_000;
  return isUnderWay(task) ? 0 : estimateOf(task);
}

/** With the workers that may be given something; operators who are away for now are not away for all of it. */
function agentsOf(state: State, { config }: Context): readonly BacklogAgent[] {
  const given = config.agents.filter((agent) => !takesItself(agent));
  return given.map((agent) => {
    const id = toAgentId(agent.id);
    let capacity = fullCapacityOf(state, agent);
    for (const worker of state.disabledWorkers.keys()) {
      if (agentOf(worker) === id && slotOf(worker) <= fullCapacityOf(state, agent)) capacity -= 1;
    }
    return { id, type: agent.type, capacity, capabilities: agent.capabilities };
  });
}
