/** From the state to what the views are told. */
import { thresholdMinutes } from "../core/attack-threshold.ts";
import { figuresOfTheDay, sessionsToday } from "../core/caps.ts";
import type { Context } from "../model/context.ts";
import { healthOf } from "../core/decide-health.ts";
import { registeredAgent } from "../core/decide-registry.ts";
import { expectedStart } from "../insight/expected-start.ts";
import { describeExternal } from "../core/externals.ts";
import { metricsOf } from "../insight/metrics.ts";
import { awayOf } from "../state/operators.ts";
import { capacityOf, shownSlots } from "../state/capacity.ts";
import { proposeCut } from "../insight/propose-cut.ts";
import { modeInForce, rankReady, readyInOrder } from "../core/rank-ready.ts";
import { priorityOf, reachOf } from "../state/reach.ts";
import { blockerState, fallsShort, isSatisfied, statusOf } from "../state/readiness.ts";
import { starvingBefore } from "../core/starving.ts";
import type { State } from "../state/state.ts";
import { parentInSwarm, swarmFor } from "../core/swarm.ts";
import { referenceOf, waitingReasons } from "../core/waiting.ts";
import { toAgentId, toWorkerId, type AgentId, type TaskId } from "../model/ids.ts";
import type { Feedback } from "../model/feedback.ts";
import type { Priority, Task, TaskStatus } from "../model/task.ts";
import type { AgentView, BlockerView, OverviewView, Standing, TaskLine, TaskView, Wait } from "../views/task-view.ts";
import { leftWith } from "./leaving-views.ts";
import { toOpenWarnings } from "./warning-views.ts";

export function toTaskView(state: State, task: Task, context: Context): TaskView {
  return {
    task,
    status: statusOf(state, task),
    blockers: task.blockedBy.map((edge) => toBlockerView(state, task, edge)),
    waiting: waitingReasons(state, task, context),
    agentNames: {},
    reasons: task.assignment?.reasons ?? null,
    attemptsMax: context.config.retry.maxAttempts,
    cycle: task.cycle === null ? null : task.cycle.map((id) => referenceOf(state, id)),
    cut: cutOf(state, task),
    inheritedPriority: inheritedPriority(state, task, context),
    feedback: feedbackOf(state, task),
    criteria: state.dossiers.get(task.id)?.criteria ?? [],
    baseBranch: context.baseBranch ?? null,
    swarm: swarmFor(state, task),
    swarmOf: parentInSwarm(state, task)?.definition.number ?? null,
    split: state.splits.get(task.id) ?? null,
    agentLeft: leftWith(state, task, context.config),
    duplicateOf: namedOf(state, task.duplicateOf),
    upstream: namedOf(state, task.upstreamFailed),
  };
}

function namedOf(state: State, task: TaskId | null | undefined): string | null {
  return (task ?? null) === null ? null : referenceOf(state, task as TaskId);
}

/** Of an earlier pull request nobody wants to know any more. */
function feedbackOf(state: State, { id, pull }: Task): Feedback | null {
  const feedback = state.dossiers.get(id)?.feedback ?? null;
  return feedback?.pull === pull?.number && pull?.state === "open" ? feedback : null;
}

/** Null where what waits for it is no more urgent than itself. */
function inheritedPriority(state: State, task: Task, { config }: Context): Priority | null {
  const reach = config.blockers.inherit ? reachOf(state, task.id) : null;
  return reach !== null && reach.priority < priorityOf(task) ? reach.priority : null;
}

function cutOf(state: State, { cycle }: Task): NonNullable<TaskView["cut"]> {
  const cut = cycle === null ? [] : proposeCut(state, cycle);
  return cut.map(({ task, on }) => ({ task: referenceOf(state, task), on: referenceOf(state, on) }));
}

/** The same with what costs a look at the queue: where it stands, and when its turn is expected. */
export function toExplainedView(state: State, task: Task, context: Context): TaskView {
  return {
    ...toTaskView(state, task, context),
    standing: standingOf(state, task, context),
    expectedStart: expectedStart(state, task, context),
    wait: waitOf(state, task, context),
  };
}

/** How far down the queue a place is counted. */
const rankMax = 10_000;

function standingOf(state: State, task: Task, context: Context): Standing | null {
  if (!state.ready.has(task.id)) return null;
  let rank = 0;
  for (const entry of readyInOrder(state, context)) {
    rank += 1;
    if (rank > rankMax) return null;
    if (entry.id !== task.id) continue;
    const reach = reachOf(state, task.id);
    const { algorithm, score, parts } = entry;
    const impact = { direct: reach?.direct ?? 0, transitive: reach?.transitive ?? 0 };
    return {
      rank,
      readyCount: state.ready.size,
      algorithm,
      score,
      parts,
      impact,
      tailMinutes: reach?.tailMinutes ?? 0,
    };
  }
  return null;
}

function waitOf(state: State, task: Task, context: Context): Wait | null {
  if (task.readySince === null) return null;
  const { starvingAfter, everyNthStart } = context.config.ageing;
  const waitedMs = context.now - task.readySince;
  const before = starvingBefore(state, task, context);
  return { waitedMs, starvesAt: task.readySince + starvingAfter, everyNthStart, before };
}

function workOf(blocker: Task | undefined): NonNullable<BlockerView["work"]> | null {
  const pull = blocker?.pull ?? null;
  return pull === null ? null : { url: pull.url, branch: pull.branch };
}

function toBlockerView(state: State, task: Task, edge: Task["blockedBy"][number]): BlockerView {
  const blocker = state.tasks.get(edge.on);
  const external = state.externals.get(edge.on);
  const words = blocker !== undefined || external === undefined ? null : describeExternal(external);
  return {
    reference: referenceOf(state, edge.on),
    url: blocker?.definition.url ?? external?.url ?? null,
    title: blocker?.definition.title ?? null,
    state: words ?? (blocker === undefined ? blockerState(state, edge) : statusOf(state, blocker)),
    kind: edge.kind,
    isOpen: !isSatisfied(state, task, edge),
    work: workOf(blocker),
  };
}

/** Ready tasks that an overview names: more than any view shows. */
const nextMax = 100;

/** The whole repository at a glance. Lists are cut by the view. */
export function toOverview(state: State, context: Context): OverviewView {
  const counts: Partial<Record<TaskStatus, number>> = {};
  const running: TaskLine[] = [];
  const attention: TaskLine[] = [];
  for (const [, task] of state.tasks.entries()) {
    const status = statusOf(state, task);
    counts[status] = (counts[status] ?? 0) + 1;
    if (task.assignment !== null) running.push(toLine(state, task, context));
    if (task.escalated !== null) attention.push({ ...toLine(state, task, context), detail: task.escalated });
    else if (task.assignment === null && needsPerson(status, task)) attention.push(toLine(state, task, context));
  }
  const next = rankReady(state, context, nextMax).flatMap(({ id }) => lineOf(state, id, context));
  const day = figuresOfTheDay(state, context.now);
  return {
    mode: modeInForce(state, context),
    modeBy: state.modeBy,
    quickWinMinutes: modeInForce(state, context) === "attack" ? thresholdMinutes(state, context.config) : null,
    isPaused: state.isPaused,
    counts,
    running,
    next,
    attention,
    workersBusy: state.occupied.size,
    workersTotal: context.config.agents.reduce((sum, agent) => sum + capacityOf(state, agent), 0),
    costTodayUsd: day.costUsd,
    sessionsToday: day.sessions,
    dayMs: context.config.limits.day,
    configurationProblems: state.rejectedConfiguration?.problems ?? [],
    figures: metricsOf(state, context),
    cockpit: cockpitOf(state),
    warnings: toOpenWarnings(state),
  };
}

function cockpitOf({ cockpit }: State): NonNullable<OverviewView["cockpit"]> | null {
  return cockpit === null ? null : { reference: `#${cockpit.issue}`, url: cockpit.url, end: cockpit.end };
}

function needsPerson(status: TaskStatus, task: Task): boolean {
  return (
    status === "manual_review" ||
    status === "failed" ||
    task.pendingReason !== null ||
    fallsShort(task) ||
    task.cycle !== null ||
    task.split === "proposed"
  );
}

function lineOf(state: State, id: TaskId, context: Context): readonly TaskLine[] {
  const task = state.tasks.get(id);
  return task === undefined ? [] : [toLine(state, task, context)];
}

function toLine(state: State, task: Task, context: Context): TaskLine {
  return {
    reference: `#${task.definition.number}`,
    url: task.definition.url,
    title: task.definition.title,
    status: statusOf(state, task),
    detail: task.assignment?.worker ?? waitingReasons(state, task, context)[0]?.detail ?? "",
  };
}

export function toAgentViews(state: State, context: Context): readonly AgentView[] {
  return context.config.agents.map((agent) => ({
    id: agent.id,
    type: agent.type,
    dispatch: agent.dispatch,
    capabilities: agent.capabilities,
    isRegistered: registeredAgent(state, context.config, agent.id) !== undefined,
    workers: Array.from({ length: shownSlots(state, agent) }, (_, slot) => {
      const worker = toWorkerId(toAgentId(agent.id), slot + 1);
      const isEnabled = !state.disabledWorkers.has(worker);
      const task = taskOf(state, state.occupied.get(worker));
      return { id: worker, isEnabled, task, health: healthOf(state, worker, context.now) };
    }),
    sessionsToday: sessionsToday(state, context, agent.id),
    quota: agent.quota ?? null,
    pause: pauseOf(state, toAgentId(agent.id), context.now),
    operators: agent.operators === undefined ? null : { count: agent.operators.length, away: awayOf(state, agent) },
  }));
}

function pauseOf(state: State, agent: AgentId, now: number): NonNullable<AgentView["pause"]> | null {
  const { pausedUntil = null, pauseReason = null } = state.agents.get(agent) ?? {};
  return pausedUntil === null || pausedUntil <= now ? null : { until: pausedUntil, reason: pauseReason ?? "" };
}

function taskOf(state: State, id: TaskId | undefined): AgentView["workers"][number]["task"] {
  const task = id === undefined ? undefined : state.tasks.get(id);
  return task === undefined ? null : { reference: `#${task.definition.number}`, url: task.definition.url };
}
