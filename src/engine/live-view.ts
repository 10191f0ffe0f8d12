/** From the state to what a live dashboard draws: workers with what they have, the head of the queue, what is blocked, what runs. */
import { lateFactor } from "../core/bottlenecks.ts";
import { shownSlots } from "../state/capacity.ts";
import type { Context } from "../model/context.ts";
import { isOutOfUse } from "../fold/health.ts";
import { modeInForce, rankReady } from "../core/rank-ready.ts";
import { priorityOf } from "../state/reach.ts";
import { openBlockers, statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { referenceOf } from "../core/waiting.ts";
import { toAgentId, toWorkerId, type TaskId, type WorkerId } from "../model/ids.ts";
import type { Assignment, Task, TaskStatus } from "../model/task.ts";

/** Whoever draws it may ask again after so many seconds. */
const refreshSeconds = 10;
/** Tasks that each list names; how many there are in all is said beside it. */
const listMax = 200;

/** `overloaded`: its session takes half as long again as expected. `off`: disabled, or resting after failures. */
type WorkerState = "idle" | "busy" | "overloaded" | "off";

interface TaskHead {
  readonly task: TaskId;
  readonly reference: string;
  readonly title: string;
  readonly url: string;
  readonly priority: number;
}

interface LiveWorker {
  readonly worker: WorkerId;
  readonly agent: string;
  readonly type: string;
  readonly state: WorkerState;
  readonly task: TaskId | null;
}

interface LiveView {
  readonly at: string;
  readonly refreshSeconds: number;
  readonly mode: string;
  readonly isPaused: boolean;
  readonly counts: { readonly ready: number; readonly blocked: number; readonly inProgress: number };
  readonly workers: readonly LiveWorker[];
  /** Best first. */
  readonly ready: readonly (TaskHead & { readonly score: number; readonly waitMinutes: number })[];
  readonly blocked: readonly (TaskHead & { readonly status: TaskStatus; readonly blockers: readonly string[] })[];
  readonly inProgress: readonly (TaskHead & {
    readonly status: TaskStatus;
    readonly worker: WorkerId;
    readonly elapsedMinutes: number;
    readonly expectedMinutes: number;
  })[];
}

const blockedStatuses: ReadonlySet<TaskStatus> = new Set<TaskStatus>(["blocked", "upstream_failed"]);

/** Walks all tasks once. */
export function toLiveView(state: State, context: Context): LiveView {
  const waiting: Task[] = [];
  const running: Task[] = [];
  for (const [, task] of state.tasks.entries()) {
    if (task.assignment !== null) running.push(task);
    else if (blockedStatuses.has(statusOf(state, task))) waiting.push(task);
  }
  return {
    at: new Date(context.now).toISOString(),
    refreshSeconds,
    mode: modeInForce(state, context),
    isPaused: state.isPaused,
    counts: { ready: state.ready.size, blocked: waiting.length, inProgress: running.length },
    workers: context.config.agents.flatMap((agent) =>
      Array.from({ length: shownSlots(state, agent) }, (_, slot) =>
        toLiveWorker(state, context, { agent, worker: toWorkerId(toAgentId(agent.id), slot + 1) }),
      ),
    ),
    ready: readyHead(state, context),
    blocked: waiting.slice(0, listMax).map((task) => ({
      ...headOf(task),
      status: statusOf(state, task),
      blockers: openBlockers(state, task).map((edge) => referenceOf(state, edge.on)),
    })),
    inProgress: running.slice(0, listMax).flatMap((task) => toRunning(state, context, task)),
  };
}

function headOf(task: Task): TaskHead {
  const { number, title, url } = task.definition;
  return { task: task.id, reference: `#${number}`, title, url, priority: priorityOf(task) };
}

function readyHead(state: State, context: Context): LiveView["ready"] {
  return rankReady(state, context, listMax).flatMap(({ id, score }) => {
    const task = state.tasks.get(id);
    if (task === undefined) return [];
    return [{ ...headOf(task), score, waitMinutes: minutesSince(task.readySince ?? context.now, context) }];
  });
}

function toRunning(state: State, context: Context, task: Task): LiveView["inProgress"] {
  const { assignment } = task;
  if (assignment === null) return [];
  const running = {
    ...headOf(task),
    status: statusOf(state, task),
    worker: assignment.worker,
    elapsedMinutes: minutesSince(sinceOf(assignment), context),
    expectedMinutes: assignment.expectedMs / 60_000,
  };
  return [running];
}

function toLiveWorker(
  state: State,
  context: Context,
  { agent, worker }: { readonly agent: Context["config"]["agents"][number]; readonly worker: WorkerId },
): LiveWorker {
  const task = state.occupied.get(worker) ?? null;
  const assignment = task === null ? null : (state.tasks.get(task)?.assignment ?? null);
  return {
    worker,
    agent: agent.id,
    type: agent.type,
    state: workerState(state, context, { worker, assignment }),
    task,
  };
}

function workerState(
  state: State,
  context: Context,
  { worker, assignment }: { readonly worker: WorkerId; readonly assignment: Assignment | null },
): WorkerState {
  if (assignment !== null) {
    return context.now - sinceOf(assignment) > lateFactor * assignment.expectedMs ? "overloaded" : "busy";
  }
  return isOutOfUse(state, worker) ? "off" : "idle";
}

function sinceOf({ startedAt, assignedAt }: Assignment): number {
  return startedAt ?? assignedAt;
}

/** To tenths. */
function minutesSince(at: number, { now }: Context): number {
  return Math.round(Math.max(0, now - at) / 6_000) / 10;
}
