/**
 * The fold: how history becomes state. It mutates the state and keeps the indexes true; it knows
 * no clock and no configuration, so the same log gives the same state on every machine.
 */
import type { Entry, Event, EventOf, EventType } from "../model/event.ts";
import { isKept, type TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import * as attempt from "../fold/attempt.ts";
import * as conflict from "../fold/conflicts.ts";
import * as dossier from "../fold/dossier.ts";
import { forgetOldFigures } from "../fold/figures.ts";
import { foldCursorMoved, foldStockTaken, isOfPass, notePassEnd } from "../fold/watch.ts";
import * as cockpit from "../fold/cockpit.ts";
import * as health from "../fold/health.ts";
import * as letters from "../fold/letters.ts";
import * as mode from "../fold/mode.ts";
import * as outcome from "../fold/outcome.ts";
import * as registry from "../fold/registry.ts";
import * as split from "../fold/splits.ts";
import * as submission from "../fold/submissions.ts";
import * as swarm from "../fold/swarm.ts";
import * as task from "../fold/task.ts";
import * as warning from "../fold/warnings.ts";
import * as whole from "../fold/whole.ts";
import { isActive, isEnded, isMerging, isStartable, openBlockerOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { takeReading } from "./take-reading.ts";
import { forgetOldTroubles } from "../state/vendor-trouble.ts";

type Folds = { readonly [Type in EventType]: (state: State, event: EventOf<Type>) => void };

const folds: Folds = {
  TaskTracked: task.foldTaskTracked,
  TaskRevised: task.foldTaskRevised,
  TaskUntracked: task.foldTaskUntracked,
  TaskTrusted: task.foldTaskTrusted,
  ApprovalRequired: task.foldApprovalRequired,
  DuplicateFound: task.foldDuplicateFound,
  DuplicateLifted: task.foldDuplicateLifted,
  DependenciesChanged: task.foldDependenciesChanged,
  DependencyWaived: task.foldDependencyWaived,
  DependencyRestored: task.foldDependencyRestored,
  CycleReported: task.foldCycleReported,
  ExternalObserved(state, event) {
    task.foldExternalObserved(state, event);
    reindexDependents(state, state.numbering.find(event.external.id));
  },
  PriorityOverridden: task.foldPriorityOverridden,
  EstimateOverridden: task.foldEstimateOverridden,
  TaskHeld: task.foldTaskHeld,
  TaskResumed: task.foldTaskResumed,
  AssignmentRequested: task.foldAssignmentRequested,
  AssignmentWithdrawn: task.foldAssignmentWithdrawn,
  SplitProposed: split.foldSplitProposed,
  SplitWithdrawn: split.foldSplitWithdrawn,
  SplitApproved: split.foldSplitApproved,
  PieceOpened: split.foldPieceOpened,
  SplitSettled: split.foldSplitSettled,
  TaskAssigned: attempt.foldTaskAssigned,
  RunDispatched: attempt.foldRunDispatched,
  AssignmentClaimed: attempt.foldAssignmentClaimed,
  ClaimReleased: attempt.foldClaimReleased,
  SessionStarted: attempt.foldSessionStarted,
  SessionRefused: attempt.foldSessionRefused,
  SessionWaiting: attempt.foldSessionWaiting,
  SessionContinued: attempt.foldSessionContinued,
  SessionHeard: attempt.foldSessionHeard,
  CancelRequested: attempt.foldCancelRequested,
  PersonAsked: attempt.foldPersonAsked,
  SessionEnded(state, event) {
    attempt.foldSessionEnded(state, event);
    // Partial results may be what others wait for.
    if (event.pullUrl !== null) reindexDependents(state, state.numbering.find(event.task));
  },
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
  TaskHandedOver: attempt.foldTaskHandedOver,
  SwarmCalled: swarm.foldSwarmCalled,
  ConflictDetected: conflict.foldConflictDetected,
  ConflictPassed: conflict.foldConflictPassed,
  ConflictResolved: () => undefined,
  TaskEscalated: task.foldTaskEscalated,
  EscalationLifted: task.foldEscalationLifted,
  ModeChanged: mode.foldModeChanged,
  MilestoneModeChanged: mode.foldMilestoneModeChanged,
  AttackThresholdChanged: mode.foldAttackThresholdChanged,
  CapacityChanged: health.foldCapacityChanged,
  AgentRegistered: registry.foldAgentRegistered,
  AgentRevised: registry.foldAgentRevised,
  AgentRemoved: registry.foldAgentRemoved,
  CapacityOverridden: registry.foldCapacityOverridden,
  OperatorsChanged: health.foldOperatorsChanged,
  WorkerRested: health.foldWorkerRested,
  WorkerTried: health.foldWorkerTried,
  WorkerRestored: health.foldWorkerRestored,
  AgentPaused: health.foldAgentPaused,
  AgentResumed: health.foldAgentResumed,
  WarningRaised: warning.foldWarningRaised,
  WarningCleared: warning.foldWarningCleared,
  PatternMatched: warning.foldPatternMatched,
  TaskSubmitted: submission.foldTaskSubmitted,
  CursorMoved: foldCursorMoved,
  StockTaken: foldStockTaken,
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
  IssueSetAside: letters.foldIssueSetAside,
  CommandSetAside: letters.foldCommandSetAside,
  LetterRetried: letters.foldLetterOver,
  LetterClosed: letters.foldLetterOver,
  CommandAnswered: whole.foldCommandAnswered,
  EffectsLeased: whole.foldEffectsLeased,
  EffectSettled: whole.foldEffectSettled,
  EffectDelayed: whole.foldEffectDelayed,
  EffectDropped: whole.foldEffectDropped,
};

/** What an event may move beside the record that it changes. */
interface Moves {
  /** The task may become ready or active, or stop being so, or be ranked elsewhere. */
  readonly stands: boolean;
  /** It may open or end, or wait behind others than before. */
  readonly graph: boolean;
  /** Those who wait for it may stand differently. */
  readonly dependents: boolean;
  /** It may say something else than before, or be held for another that says the same, or no more. */
  readonly likeness?: true;
}

const still: Moves = { stands: false, graph: false, dependents: false };
const stands: Moves = { stands: true, graph: false, dependents: false };
const graph: Moves = { stands: true, graph: true, dependents: false };
const opensOrEnds: Moves = { stands: true, graph: true, dependents: true };
/** A soft edge may be satisfied with the first pull request. */
const showsWork: Moves = { stands: true, graph: false, dependents: true };

/** Events that are not named move nothing. */
const moves: { readonly [Type in EventType]?: Moves } = {
  TaskTracked: { ...opensOrEnds, likeness: true },
  TaskRevised: { ...graph, likeness: true },
  TaskUntracked: { ...opensOrEnds, likeness: true },
  TaskTrusted: stands,
  ApprovalRequired: stands,
  DuplicateFound: { ...stands, likeness: true },
  DuplicateLifted: { ...stands, likeness: true },
  DependenciesChanged: graph,
  DependencyWaived: graph,
  DependencyRestored: graph,
  CycleReported: graph,
  PriorityOverridden: graph,
  EstimateOverridden: graph,
  TaskHeld: stands,
  TaskResumed: stands,
  AssignmentRequested: stands,
  AssignmentWithdrawn: stands,
  SplitProposed: stands,
  SplitWithdrawn: stands,
  SplitApproved: stands,
  SplitSettled: stands,
  TaskAssigned: stands,
  SessionRefused: stands,
  SessionEnded: stands,
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

interface Kind extends Moves {
  readonly fold: (state: State, event: Event) => void;
}

/** By a map and not by an object: the types of a log that was read are strings that no object has met before. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  (Object.keys(folds) as EventType[]).map((type) => [
    type,
    // The key ties the type to its fold; the compiler cannot follow the correlation.
    { fold: folds[type] as (state: State, event: Event) => void, ...(moves[type] ?? still) },
  ]),
);

/** Folds one event into `state` and returns it. Throws when the event cannot follow from the log: a broken log, or one of a newer version. */
export function evolve(state: State, event: Event): State {
  const kind = kinds.get(event.type);
  if (kind === undefined)
    throw new Error(`The log has an event ${event.type}, which this version does not know: update Orchestrate.`);
  state.eventCount += 1;
  if (kind.stands) foldMove(state, event as EventOf<"TaskTracked">, kind);
  else kind.fold(state, event);
  return state;
}

/** Folds an event about one task, and brings every index to what it has moved. */
function foldMove(state: State, event: Event & { readonly task: TaskId }, kind: Kind): void {
  const { task: id } = event;
  const before = state.tasks.get(id);
  const wasOpen = before !== undefined && !isEnded(before);
  kind.fold(state, event);
  const number = state.numbering.find(id);
  if (kind.likeness === true) state.sameText.touch(number);
  const task = state.tasks.at(number);
  if (kind.graph) {
    const isOpen = task !== undefined && !isEnded(task);
    if (isOpen !== wasOpen) state.openCount += isOpen ? 1 : -1;
    state.unsettled.push(id);
    state.stages.touch(number);
  }
  if (task !== undefined) reindex(state, number, task);
  if (kind.dependents) reindexDependents(state, number);
}

/** Brings the indexes of the task to what it says. */
function reindex(state: State, number: number, task: Task): void {
  reindexReady(state, number, task);
  state.active.mark(number, isActive(task));
  state.backingOff.mark(number, isBackingOff(task));
  state.failed.mark(number, hasFailed(task));
  state.merging.mark(number, isMerging(task));
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
 * have moved on.
 */
export function sealEntry(state: State, entry: Pick<Entry, "id" | "command">): State {
  if (isKept(entry.id)) state.seen.set(entry.id, true);
  state.version += 1;
  forgetOldFigures(state, state.at);
  if (isOfPass(entry.command)) {
    notePassEnd(state, entry.command);
    forgetOldTroubles(state);
  }
  takeReading(state);
  return state;
}

/** Those who wait for the task or external with this number, but for those that another open blocker keeps waiting anyway. */
function reindexDependents(state: State, number: number): void {
  const waiters = state.dependents.at(number);
  if (waiters === undefined) return;
  for (const waiter of waiters) {
    const watched = state.watched.at(waiter);
    if (watched !== undefined && watched !== number) continue;
    const task = state.tasks.at(waiter);
    if (task !== undefined) reindex(state, waiter, task);
  }
}

/** Brings the index of ready tasks to what the task says, and notes since when; or which blocker to watch. */
function reindexReady(state: State, number: number, task: Task): void {
  const startable = isStartable(task);
  const blocker = startable ? openBlockerOf(state, task, number) : -1;
  const watched = blocker === -1 ? undefined : blocker;
  if (state.watched.at(number) !== watched) state.watched.setAt(number, watched);
  const ready = startable && blocker === -1;
  const wasReady = task.readySince !== null;
  if (ready || wasReady) {
    state.queue.touch(number);
    state.urgent.touch(number);
    state.waits.touch(number);
    state.kinds.touch(number);
    state.unjudged.touch(number);
  }
  if (ready === wasReady) return;
  if (task.promised !== null) (state.tasks.ownAt(number) as Task).promised = null;
  if (ready) state.waits.note(state.at);
  state.cells.setReadySince(number, ready ? state.at : null);
  state.ready.mark(number, ready);
}

/** Ready, but for an instant that it waits for. */
function isBackingOff(task: Task): boolean {
  return task.readySince !== null && task.retryAt !== null;
}

/** Ready, after failures that are not forgiven. */
function hasFailed(task: Task): boolean {
  return task.readySince !== null && task.failuresInRow > 0;
}
