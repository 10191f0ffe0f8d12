/**
 * The fold: how history becomes state. It mutates the state and keeps the indexes true; it knows
 * no clock and no configuration, so the same log gives the same state on every machine.
 */
import type { Entry, Event, EventOf, EventType } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import * as attempt from "./fold-attempt.ts";
import * as dossier from "./fold-dossier.ts";
import { forgetOldFigures, takeReading } from "./fold-figures.ts";
import { foldCursorMoved, notePassEnd } from "./fold-watch.ts";
import * as cockpit from "./fold-cockpit.ts";
import * as health from "./fold-health.ts";
import * as mode from "./fold-mode.ts";
import * as outcome from "./fold-outcome.ts";
import * as task from "./fold-task.ts";
import * as warning from "./fold-warnings.ts";
import * as whole from "./fold-whole.ts";
import { isActive, isEnded, isMerging, isReady } from "./readiness.ts";
import { ownTask, type State } from "./state.ts";

type Folds = { readonly [Type in EventType]: (state: State, event: EventOf<Type>) => void };

const folds: Folds = {
  TaskTracked: task.foldTaskTracked,
  TaskRevised: task.foldTaskRevised,
  TaskUntracked: task.foldTaskUntracked,
  TaskTrusted: task.foldTaskTrusted,
  ApprovalRequired: task.foldApprovalRequired,
  DependenciesChanged: task.foldDependenciesChanged,
  DependencyWaived: task.foldDependencyWaived,
  CycleReported: task.foldCycleReported,
  ExternalObserved: task.foldExternalObserved,
  PriorityOverridden: task.foldPriorityOverridden,
  EstimateOverridden: task.foldEstimateOverridden,
  TaskHeld: task.foldTaskHeld,
  TaskResumed: task.foldTaskResumed,
  AssignmentRequested: task.foldAssignmentRequested,
  TaskAssigned: attempt.foldTaskAssigned,
  RunDispatched: attempt.foldRunDispatched,
  AssignmentClaimed: attempt.foldAssignmentClaimed,
  ClaimReleased: attempt.foldClaimReleased,
  SessionStarted: attempt.foldSessionStarted,
  SessionRefused: attempt.foldSessionRefused,
  SessionWaiting: attempt.foldSessionWaiting,
  SessionContinued: attempt.foldSessionContinued,
  CancelRequested: attempt.foldCancelRequested,
  PersonAsked: attempt.foldPersonAsked,
  SessionEnded: attempt.foldSessionEnded,
  RetryScheduled: attempt.foldRetryScheduled,
  FeedbackCollected: dossier.foldFeedbackCollected,
  PullRequestLinked: attempt.foldPullRequestLinked,
  PullRequestChanged: attempt.foldPullRequestChanged,
  MergeRequested: attempt.foldMergeRequested,
  BranchUpdateRequested: attempt.foldBranchUpdateRequested,
  BranchUpdateFailed: attempt.foldBranchUpdateFailed,
  MergePutOff: attempt.foldMergePutOff,
  MergeReturned: attempt.foldMergeReturned,
  TaskCompleted: outcome.foldTaskCompleted,
  ReceiptRevoked: outcome.foldReceiptRevoked,
  TaskFailed: outcome.foldTaskFailed,
  TaskCancelled: outcome.foldTaskCancelled,
  TaskReopened: outcome.foldTaskReopened,
  ManualReviewRequired: outcome.foldManualReviewRequired,
  UpstreamFailed: outcome.foldUpstreamFailed,
  UpstreamRecovered: outcome.foldUpstreamRecovered,
  TaskPreempted: attempt.foldTaskPreempted,
  TaskEscalated: task.foldTaskEscalated,
  EscalationLifted: task.foldEscalationLifted,
  ModeChanged: mode.foldModeChanged,
  MilestoneModeChanged: mode.foldMilestoneModeChanged,
  AttackThresholdChanged: mode.foldAttackThresholdChanged,
  CapacityChanged: health.foldCapacityChanged,
  WorkerRested: health.foldWorkerRested,
  WorkerTried: health.foldWorkerTried,
  WorkerRestored: health.foldWorkerRestored,
  AgentPaused: health.foldAgentPaused,
  AgentResumed: health.foldAgentResumed,
  WarningRaised: warning.foldWarningRaised,
  WarningCleared: warning.foldWarningCleared,
  PatternMatched: warning.foldPatternMatched,
  CursorMoved: foldCursorMoved,
  OrchestrationPaused: whole.foldOrchestrationPaused,
  OrchestrationResumed: whole.foldOrchestrationResumed,
  WorkerDisabled: health.foldWorkerDisabled,
  WorkerEnabled: health.foldWorkerEnabled,
  BoxTicked: cockpit.foldBoxTicked,
  CockpitEdited: cockpit.foldCockpitEdited,
  CockpitEnded: cockpit.foldCockpitEnded,
  CockpitReopened: cockpit.foldCockpitReopened,
  ConfigurationAccepted: whole.foldConfigurationAccepted,
  ConfigurationRejected: whole.foldConfigurationRejected,
  CommandAnswered: whole.foldCommandAnswered,
  EffectsLeased: whole.foldEffectsLeased,
  EffectSettled: whole.foldEffectSettled,
  EffectDelayed: whole.foldEffectDelayed,
  EffectDropped: whole.foldEffectDropped,
};

/** What an event may move beside the record that it changes. Events that are not named move nothing. */
interface Moves {
  /** The task may become ready or active, or stop being so, or be ranked elsewhere. */
  readonly stands: boolean;
  /** It may open or end, or wait behind others than before. */
  readonly graph: boolean;
  /** Those who wait for it may stand differently. */
  readonly dependents: boolean;
}

const stands: Moves = { stands: true, graph: false, dependents: false };
const graph: Moves = { stands: true, graph: true, dependents: false };
const opensOrEnds: Moves = { stands: true, graph: true, dependents: true };
/** A soft edge may be satisfied with the first pull request. */
const showsWork: Moves = { stands: true, graph: false, dependents: true };

const moves: { readonly [Type in EventType]?: Moves } = {
  TaskTracked: opensOrEnds,
  TaskRevised: graph,
  TaskUntracked: opensOrEnds,
  TaskTrusted: stands,
  ApprovalRequired: stands,
  DependenciesChanged: graph,
  DependencyWaived: graph,
  CycleReported: graph,
  PriorityOverridden: graph,
  EstimateOverridden: graph,
  TaskHeld: stands,
  TaskResumed: stands,
  TaskAssigned: stands,
  SessionRefused: stands,
  SessionEnded: showsWork,
  RetryScheduled: stands,
  PullRequestLinked: showsWork,
  PullRequestChanged: showsWork,
  MergeRequested: stands,
  BranchUpdateRequested: stands,
  BranchUpdateFailed: stands,
  MergeReturned: stands,
  TaskCompleted: opensOrEnds,
  ReceiptRevoked: opensOrEnds,
  TaskFailed: opensOrEnds,
  TaskCancelled: opensOrEnds,
  TaskReopened: opensOrEnds,
  ManualReviewRequired: stands,
  UpstreamFailed: stands,
  UpstreamRecovered: stands,
};

/** Folds one event into `state` and returns it. Throws when the event cannot follow from the log: a broken log. */
export function evolve(state: State, event: Event): State {
  const moved = moves[event.type];
  state.eventCount += 1;
  if (moved === undefined) {
    fold(state, event);
    if (event.type === "ExternalObserved") reindexDependents(state, event.external.id);
    return state;
  }
  const { task: id } = event as Event & { readonly task: TaskId };
  const before = state.tasks.get(id);
  const was = before === undefined ? 0 : standingOf(before);
  fold(state, event);
  const task = state.tasks.get(id);
  const is = task === undefined ? 0 : standingOf(task);
  if (moved.graph) {
    state.unsettled.push(id);
    state.openCount += (is & open) - (was & open);
  }
  if (task !== undefined) reindex(state, task, was);
  if (moved.dependents && (event.type !== "SessionEnded" || event.pullUrl !== null)) reindexDependents(state, id);
  return state;
}

/** How a task stands, as bits: an event that changes none of them costs no look at an index. */
const open = 1;
const active = 2;
const backingOff = 4;
const merging = 8;

function standingOf(task: Task): number {
  return (
    (isEnded(task) ? 0 : open) |
    (isActive(task) ? active : 0) |
    (isBackingOff(task) ? backingOff : 0) |
    (isMerging(task) ? merging : 0)
  );
}

/** Brings the indexes of the task to what it says; `was` is how it stood before. */
function reindex(state: State, task: Task, was: number): void {
  const is = standingOf(reindexReady(state, task));
  if (((is ^ was) & active) !== 0) mark(state.active, task.id, (is & active) !== 0);
  if (((is ^ was) & backingOff) !== 0) mark(state.backingOff, task.id, (is & backingOff) !== 0);
  if (((is ^ was) & merging) !== 0) mark(state.merging, task.id, (is & merging) !== 0);
}

/** One lookup by a key that the type ties to its fold; the compiler cannot follow the correlation. */
function fold(state: State, event: Event): void {
  (folds[event.type] as (state: State, event: Event) => void)(state, event);
}

/** Folds a whole entry: its instant, its events, its effects, its id. */
export function evolveEntry(state: State, entry: Entry): State {
  state.at = entry.at;
  for (const event of entry.events) evolve(state, event);
  for (const effect of entry.effects) whole.foldRecordedEffect(state, effect);
  return sealEntry(state, entry);
}

/**
 * What remains once events and effects of an entry are folded: it is in the log, its id is known, and the figures of the day
 * have moved on. Ids with a leading `~` are the program's own looks and ticks: deciding them again on the state they left
 * decides nothing, so they are not kept.
 */
export function sealEntry(state: State, entry: Pick<Entry, "id" | "command">): State {
  if (!entry.id.startsWith("~")) state.seen.set(entry.id, true);
  state.version += 1;
  forgetOldFigures(state, state.at);
  notePassEnd(state, entry.command);
  takeReading(state);
  return state;
}

function reindexDependents(state: State, id: TaskId): void {
  const waiters = state.dependents.get(id);
  if (waiters === undefined) return;
  for (const waiter of waiters) {
    const task = state.tasks.get(waiter);
    if (task !== undefined) reindex(state, task, standingOf(task));
  }
}

/** Brings the index of ready tasks to what the task says, and notes since when. Returns the task as it is then. */
function reindexReady(state: State, task: Task): Task {
  const { id } = task;
  const wasReady = task.readySince !== null;
  const ready = isReady(state, task);
  if (ready || wasReady) state.queue.touch(id);
  if (ready === wasReady) return task;
  const own = ownTask(state, id);
  own.readySince = ready ? state.at : null;
  own.promised = null;
  mark(state.ready, id, ready);
  return own;
}

/** Ready, but for an instant that it waits for. */
function isBackingOff(task: Task): boolean {
  return task.readySince !== null && task.retryAt !== null;
}

function mark(index: State["ready"], id: TaskId, isIn: boolean): void {
  if (isIn) index.set(id, true);
  else index.delete(id);
}
