/**
 * The fold: how history becomes state. It mutates a state it owns (a base or a draft) and keeps the indexes true; it knows
 * no clock and no configuration, so the same log gives the same state on every machine.
 */
import type { Entry, Event, EventOf, EventType } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import * as attempt from "./fold-attempt.ts";
import * as outcome from "./fold-outcome.ts";
import * as task from "./fold-task.ts";
import * as whole from "./fold-whole.ts";
import { isActive, isReady } from "./readiness.ts";
import type { State } from "./state.ts";

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
  PullRequestLinked: attempt.foldPullRequestLinked,
  PullRequestChanged: attempt.foldPullRequestChanged,
  TaskCompleted: outcome.foldTaskCompleted,
  ReceiptRevoked: outcome.foldReceiptRevoked,
  TaskFailed: outcome.foldTaskFailed,
  TaskCancelled: outcome.foldTaskCancelled,
  TaskReopened: outcome.foldTaskReopened,
  ManualReviewRequired: outcome.foldManualReviewRequired,
  UpstreamFailed: outcome.foldUpstreamFailed,
  UpstreamRecovered: outcome.foldUpstreamRecovered,
  ModeChanged: whole.foldModeChanged,
  OrchestrationPaused: whole.foldOrchestrationPaused,
  OrchestrationResumed: whole.foldOrchestrationResumed,
  WorkerDisabled: whole.foldWorkerDisabled,
  WorkerEnabled: whole.foldWorkerEnabled,
  ConfigurationAccepted: whole.foldConfigurationAccepted,
  ConfigurationRejected: whole.foldConfigurationRejected,
  CommandAnswered: whole.foldCommandAnswered,
  EffectsLeased: whole.foldEffectsLeased,
  EffectSettled: whole.foldEffectSettled,
  EffectDelayed: whole.foldEffectDelayed,
  EffectDropped: whole.foldEffectDropped,
};

/** Events after which those who wait for the task may stand differently. */
const movesDependents: ReadonlySet<EventType> = new Set<EventType>([
  "TaskTracked",
  "TaskUntracked",
  "TaskCompleted",
  "ReceiptRevoked",
  "TaskFailed",
  "TaskCancelled",
  "TaskReopened",
]);

/** Folds one event into `state` and returns it. Throws when the event cannot follow from the log: a broken log. */
export function evolve(state: State, event: Event): State {
  // One lookup by a key that the type ties to its fold; the compiler cannot follow the correlation.
  (folds[event.type] as (state: State, event: Event) => void)(state, event);
  state.eventCount += 1;
  if (event.type === "ExternalObserved") reindexDependents(state, event.external.id);
  else if ("task" in event && event.task !== null) {
    reindex(state, event.task);
    if (movesDependents.has(event.type)) reindexDependents(state, event.task);
  }
  return state;
}

/** Folds a whole entry: its instant, its events, its effects, its id. */
export function evolveEntry(state: State, entry: Entry): State {
  state.at = entry.at;
  for (const event of entry.events) evolve(state, event);
  for (const effect of entry.effects) whole.foldRecordedEffect(state, effect);
  return sealEntry(state, entry);
}

/**
 * What remains once events and effects of an entry are folded: it is in the log, and its id is known. Ids with a leading
 * `~` are the program's own looks and ticks: deciding them again on the state they left decides nothing, so they are not kept.
 */
export function sealEntry(state: State, entry: Pick<Entry, "id">): State {
  if (!entry.id.startsWith("~")) state.seen.set(entry.id, true);
  state.version += 1;
  return state;
}

function reindexDependents(state: State, id: TaskId): void {
  for (const waiter of state.dependents.get(id) ?? []) reindex(state, waiter);
}

function reindex(state: State, id: TaskId): void {
  const current = state.tasks.get(id);
  if (current === undefined) return;
  mark(state.ready, id, isReady(state, current));
  mark(state.active, id, isActive(current));
}

function mark(index: State["ready"], id: TaskId, isIn: boolean): void {
  if (isIn === index.has(id)) return;
  if (isIn) index.set(id, true);
  else index.delete(id);
}
