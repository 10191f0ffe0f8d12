/** From the state to what the cockpit is told. One walk over the tasks; what is costly is asked for the few that are shown. */
import { figuresOfTheDay, spentCaps } from "../core/caps.ts";
import type { Context } from "../model/context.ts";
import { forecastOf } from "../insight/forecast.ts";
import { modeInForce, rankReady } from "../core/rank-ready.ts";
import { reachOf } from "../state/reach.ts";
import { describeLacks, lacksOf } from "../planning/definition-of-ready.ts";
import { fallsShort, isEnded, statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { referenceOf, waitingReasons } from "../core/waiting.ts";
import type { Box } from "../model/box.ts";
import type { Task, TaskStatus } from "../model/task.ts";
import type { AttentionLine, CockpitView, Listed, ReadyLine, RunningLine, WaitingLine } from "../views/cockpit-view.ts";
import type { GraphTask } from "../views/graph-task.ts";
import { describePull } from "../views/sticky-comment.ts";
import type { TaskLine } from "../views/task-view.ts";
import { toLeavingViews } from "./leaving-views.ts";
import { toAgentViews } from "./task-views.ts";
import { toOpenWarnings } from "./warning-views.ts";

/** Lines of a list: more than there is room for, few enough to look at closely. */
const shownMax = 25;

/** Everything that it shows, at the instant of `context`. */
export function toCockpitView(state: State, context: Context): CockpitView {
  const sorted = sortTasks(state);
  const day = figuresOfTheDay(state, context.now);
  const { limits } = context.config;
  const mode = modeInForce(state, context);
  return {
    mode,
    modeBy: state.modeBy,
    isPaused: state.isPaused,
    isAttack: mode === "attack",
    completed: sorted.completed,
    attention: listed(sorted.attention.toSorted(byUrgency), (task) => toAttention(state, task)),
    problems: state.rejectedConfiguration?.problems ?? [],
    warnings: toOpenWarnings(state),
    running: listed(sorted.running.toSorted(bySince), (task) => toRunning(state, task)),
    review: listed(sorted.review, (task) => ({ ...toLine(state, task), detail: describeReview(task) })),
    ready: toReady(state, context),
    waiting: listed(mostAwaited(state, sorted.waiting), (task) => toWaiting(state, task, context)),
    agents: toAgentViews(state, context),
    leaving: toLeavingViews(state, context.config),
    graph: toGraph(state),
    caps: {
      sessions: day.sessions,
      sessionsMax: limits.sessionsPerDay,
      costUsd: day.costUsd,
      costMaxUsd: limits.costPerDay,
      spent: spentCaps(state, context).map((cap) => cap.detail),
    },
    forecast: { ...forecastOf(state, context), criticalMinutes: longestPath(state) },
    said: state.cockpit?.said ?? [],
  };
}

function listed<Line>(tasks: readonly Task[], toShown: (task: Task) => Line): Listed<Line> {
  return { shown: tasks.slice(0, shownMax).map(toShown), total: tasks.length };
}

interface Sorted {
  readonly attention: Task[];
  readonly running: Task[];
  readonly review: Task[];
  readonly waiting: Task[];
  completed: number;
}

/** Each open task stands in one list, and in that of those that need a person as well. */
function sortTasks(state: State): Sorted {
  const sorted: Sorted = { attention: [], running: [], review: [], waiting: [], completed: 0 };
  for (const [, task] of state.tasks.entries()) {
    const status = statusOf(state, task);
    if (status === "completed") sorted.completed += 1;
    if (needsPerson(status, task)) sorted.attention.push(task);
    if (task.assignment !== null) sorted.running.push(task);
    else if (status === "review" || status === "in_progress") sorted.review.push(task);
    else if (!isEnded(task) && !state.ready.has(task.id)) sorted.waiting.push(task);
  }
  return sorted;
}

/** It goes no further before a person has looked at it. */
export function needsPerson(status: TaskStatus, task: Task): boolean {
  if (status === "manual_review" || status === "needs_input" || status === "failed") return true;
  if (isEnded(task)) return false;
  return isLeftToPerson(task) || task.split === "proposed";
}

function isLeftToPerson(task: Task): boolean {
  return task.pendingReason !== null || fallsShort(task) || task.escalated !== null || task.cycle !== null;
}

/** What a tick moves on, first; then what came first. */
function byUrgency(left: Task, right: Task): number {
  return (boxOf(left) === null ? 1 : 0) - (boxOf(right) === null ? 1 : 0) || byNumber(left, right);
}

function bySince(left: Task, right: Task): number {
  return sinceOf(left) - sinceOf(right) || byNumber(left, right);
}

function byNumber(left: Task, right: Task): number {
  return left.definition.number - right.definition.number;
}

function sinceOf({ assignment }: Task): number {
  return assignment === null ? 0 : (assignment.startedAt ?? assignment.assignedAt);
}

function toLine(state: State, task: Task): TaskLine {
  const { number, url, title } = task.definition;
  return { reference: `#${number}`, url, title, status: statusOf(state, task), detail: "" };
}

function toAttention(state: State, task: Task): AttentionLine {
  return { ...toLine(state, task), detail: whyPerson(state, task), box: boxOf(task) };
}

function whyPerson(state: State, task: Task): string {
  if (task.outcome === "failed") return task.outcomeReason ?? "";
  if (task.manualReview !== null) return task.manualReview;
  if (task.split === "proposed") return describeProposal(state, task);
  if (task.pendingReason !== null) return task.pendingReason;
  if (fallsShort(task)) return describeDoubt(state, task);
  const question = task.assignment?.question ?? null;
  if (question !== null) return `The agent asks: ${question}`;
  if (task.escalated !== null) return task.escalated;
  return task.cycle === null
    ? ""
    : `It waits for itself, over ${task.cycle.map((id) => referenceOf(state, id)).join(", ")}.`;
}

function describeDoubt(state: State, task: Task): string {
  const lacks = lacksOf(task);
  const other = task.duplicateOf ?? null;
  if (other === null) return describeLacks(lacks);
  return `It says the same as ${referenceOf(state, other)}: close one of them, or approve it where both are meant.${lacks.length === 0 ? "" : ` ${describeLacks(lacks)}`}`;
}

function describeProposal(state: State, { id }: Task): string {
  const pieces = state.splits.get(id)?.proposal.pieces.length ?? 0;
  return `A split into ${pieces} pieces is proposed.`;
}

/** What a tick can do for it. */
function boxOf(task: Task): Box | null {
  const { number, hash } = task.definition;
  if (isEnded(task) ? task.outcome === "failed" && task.definition.isOpen : task.manualReview !== null) {
    return task.assignment === null ? { kind: "retry", number } : null;
  }
  if (isEnded(task)) return null;
  if (task.split === "proposed") return { kind: "split", number, hash };
  return task.pendingReason !== null || fallsShort(task) ? { kind: "approve", number, hash } : null;
}

function toRunning(state: State, task: Task): RunningLine {
  const { assignment } = task;
  const since = sinceOf(task);
  return {
    ...toLine(state, task),
    agent: assignment?.agent ?? "",
    worker: assignment?.worker ?? "",
    attempt: assignment?.attempt ?? 0,
    since,
    expectedEnd: since + (assignment?.expectedMs ?? 0),
    sessionUrl: assignment?.session?.url ?? null,
  };
}

function describeReview({ pull }: Task): string {
  return pull === null ? "its pull request is expected" : describePull(pull);
}

/** That its turn has not come is what the list says already. */
const passing: ReadonlySet<string> = new Set(["next_pass", "at_capacity", "more_loaded"]);

function toReady(state: State, context: Context): Listed<ReadyLine> {
  const ranked = rankReady(state, context, shownMax);
  const shown = ranked.flatMap(({ id, score }, index) => {
    const task = state.tasks.get(id);
    if (task === undefined) return [];
    const reasons = waitingReasons(state, task, context).filter(({ code }) => !passing.has(code));
    return [{ ...toLine(state, task), rank: index + 1, score, reasons }];
  });
  return { shown, total: state.ready.size };
}

/** Those that most others wait for come first. */
function mostAwaited(state: State, waiting: readonly Task[]): readonly Task[] {
  const impact = new Map(waiting.map((task) => [task, reachOf(state, task.id)?.transitive ?? 0]));
  return waiting.toSorted((left, right) => (impact.get(right) ?? 0) - (impact.get(left) ?? 0) || byNumber(left, right));
}

function toWaiting(state: State, task: Task, context: Context): WaitingLine {
  const impact = reachOf(state, task.id)?.transitive ?? 0;
  return { ...toLine(state, task), reasons: waitingReasons(state, task, context), impact };
}

/** Open tasks, and those that ended right before them: what was done long ago tells nobody where the work stands. */
function toGraph(state: State): readonly GraphTask[] {
  const wanted = new Set<Task>();
  for (const [, task] of state.tasks.entries()) {
    if (isEnded(task)) continue;
    wanted.add(task);
    for (const { on } of task.blockedBy) {
      const blocker = state.tasks.get(on);
      if (blocker !== undefined) wanted.add(blocker);
    }
  }
  return [...wanted].toSorted(byNumber).map((task) => ({
    reference: `#${task.definition.number}`,
    title: task.definition.title,
    status: statusOf(state, task),
    group: task.definition.milestone,
    blockedBy: task.blockedBy.map(({ on, kind }) => ({ reference: referenceOf(state, on), kind })),
    isInCycle: task.cycle !== null,
  }));
}

function longestPath(state: State): number {
  let longest = 0;
  for (const [id, task] of state.tasks.entries()) {
    if (!isEnded(task)) longest = Math.max(longest, reachOf(state, id)?.tailMinutes ?? 0);
  }
  return longest;
}
