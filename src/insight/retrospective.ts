/** A look back at completed tasks, derived from what the state knows of them by fixed rules: the same log gives the same. A pure read. */
import type { TaskId } from "../model/ids.ts";
import {
  retrospectiveNext,
  type AgentPart,
  type FailureCount,
  type LookBack,
  type Retrospective,
  type TaskHead,
} from "../model/retrospective.ts";
import type { Attempt, FailureReason, Receipt, Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { toMicros, toUsd } from "../fold/figures.ts";
import { verdictOf } from "../fold/health.ts";
import { rankReady } from "../core/rank-ready.ts";
import { estimateOf, priorityOf } from "../state/reach.ts";
import { isStartable, openBlockers } from "../state/readiness.ts";
import { judgeSuccesses, judgeImprovements } from "./retrospective-rules.ts";
import { dependentsOf, type State } from "../state/state.ts";

type Completed = Task & { readonly receipt: Receipt };

/** Of `ids`, in this order; those that are gone or open again are left out. Work in proportion to them. */
export function retrospectiveOf(state: State, context: Context, ids: readonly TaskId[]): Retrospective {
  const completed = ids.flatMap((id) => completedTask(state, id));
  const tasks = completed.map(lookBackAt);
  const agents = agentsOf(completed);
  return {
    at: new Date(context.now).toISOString(),
    tasks,
    agents,
    wentWell: judgeSuccesses(tasks),
    improvements: judgeImprovements(tasks, agents),
    next: nextTasks(state, context).map(headOf),
  };
}

/** Ready tasks as they are ranked; where these are fewer, those that wait for nothing but what is in hand, most urgent first. */
function nextTasks(state: State, context: Context): readonly Task[] {
  const ready = rankReady(state, context, retrospectiveNext).flatMap(({ id }) => state.tasks.get(id) ?? []);
  if (ready.length === retrospectiveNext) return ready;
  const inHand = [...state.active.keys()];
  const waiting = [...new Set(inHand.flatMap((id) => dependentsOf(state, id)))]
    .flatMap((id) => state.tasks.get(id) ?? [])
    .filter((task) => isStartable(task) && openBlockers(state, task).every(({ on }) => state.active.has(on)))
    .filter(({ id }) => !state.ready.has(id))
    .toSorted((one, other) => priorityOf(one) - priorityOf(other) || one.definition.number - other.definition.number);
  return [...ready, ...waiting].slice(0, retrospectiveNext);
}

/** The last `count` tasks that were completed, oldest first. Walks all tasks: for people who ask. */
export function lastCompleted(state: State, count: number): readonly TaskId[] {
  const completed = [...state.tasks.keys()].flatMap((id) => completedTask(state, id)).filter(isWork);
  const inOrder = completed.toSorted(
    (one, other) => one.receipt.at - other.receipt.at || one.definition.number - other.definition.number,
  );
  return inOrder.slice(-count).map(({ id }) => id);
}

/** A task whose pieces were done has itself brought no work. */
function isWork({ receipt }: Completed): boolean {
  return receipt.kind !== "children";
}

function completedTask(state: State, id: TaskId): readonly Completed[] {
  const task = state.tasks.get(id);
  return task === undefined || task.receipt === null ? [] : [task as Completed];
}

function headOf({ id, definition }: Task): TaskHead {
  const { number, url, title } = definition;
  return { task: id, reference: `#${number}`, url, title };
}

/** One attempt as a look back counts it; one that goes on after the completion is nobody's failure. */
interface Part {
  readonly agent: string;
  readonly minutes: number;
  readonly costUsd: number;
  readonly failure: FailureReason | null;
  readonly isAgentsFailure: boolean;
}

function partsOf({ attempts, assignment, receipt }: Completed): readonly Part[] {
  const parts = attempts.map(toPart);
  if (assignment === null) return parts;
  const minutes = minutesBetween(assignment.startedAt, receipt.at);
  return [...parts, { agent: assignment.agent, minutes, costUsd: 0, failure: null, isAgentsFailure: false }];
}

/** Ends that are the doing of people or of the program are no failures. */
const noFailure: ReadonlySet<string> = new Set<FailureReason>([
  "cancelled",
  "preempted",
  "stopped",
  "handed_over",
  "queued",
]);

function toPart({ agent, startedAt, endedAt, costUsd, result, failedLater }: Attempt): Part {
  const found = failedLater ?? (result === "success" || noFailure.has(result) ? null : result);
  const isAgentsFailure = found !== null && verdictOf(found) === false;
  return { agent, minutes: minutesBetween(startedAt, endedAt), costUsd, failure: found, isAgentsFailure };
}

function minutesBetween(from: number | null, to: number): number {
  return from === null ? 0 : Math.max(0, to - from) / 60_000;
}

function lookBackAt(task: Completed): LookBack {
  const parts = partsOf(task);
  const { attempts, receipt } = task;
  const isLast = (index: number): boolean => index === parts.length - 1;
  return {
    ...headOf(task),
    completedAt: new Date(receipt.at).toISOString(),
    receipt: receipt.kind,
    attempts: parts.length,
    agents: [...new Set(parts.map(({ agent }) => agent))],
    minutes: sum(parts, ({ minutes }) => minutes),
    estimateMinutes: estimateOf(task),
    failures: countFailures(parts),
    sentBack: attempts.filter(({ result }, index) => result === "success" && !isLast(index)).length,
    costUsd: costOf(parts),
  };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function costOf(parts: readonly Part[]): number {
  return toUsd(sum(parts, ({ costUsd }) => toMicros(costUsd)));
}

function countFailures(parts: readonly Part[]): readonly FailureCount[] {
  const times = new Map<FailureReason, number>();
  for (const { failure } of parts) if (failure !== null) times.set(failure, (times.get(failure) ?? 0) + 1);
  return [...times]
    .map(([reason, count]) => ({ reason, times: count }))
    .toSorted((one, other) => other.times - one.times || (one.reason < other.reason ? -1 : 1));
}

function agentsOf(completed: readonly Completed[]): readonly AgentPart[] {
  const byTask = completed.map(partsOf);
  const all = byTask.flat();
  const names = [...new Set(all.map(({ agent }) => agent))].toSorted();
  return names.map((name) => {
    const own = all.filter(({ agent }) => agent === name);
    return {
      agent: name,
      tasks: byTask.filter((parts) => parts.some(({ agent }) => agent === name)).length,
      attempts: own.length,
      failed: own.filter(({ isAgentsFailure }) => isAgentsFailure).length,
      minutes: sum(own, ({ minutes }) => minutes),
      costUsd: costOf(own),
    };
  });
}
