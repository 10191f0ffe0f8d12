/** What follows in the world from an event: the effects, and how soon. The rest of an effect is read when it is performed. */
import type { Effect } from "../model/effect.ts";
import type { Event, EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { feedbackEffect } from "./decide-feedback.ts";
import { nextPieces } from "./decide-split.ts";
import { assignmentSurfaceDelayMs, completionSurfaceDelayMs, surfaceDelayMs } from "../model/limits.ts";
import { cockpitDelayMs } from "./react-cockpit.ts";
import { blockerState, fallsShort, isEnded, openBlockers, type BlockerState } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";

export interface Reaction {
  readonly effect: Effect;
  readonly afterMs: number;
}

/** The effects of `event`, decided on the state that the event has already been folded into. `[]` when there are none. */
export function react(state: State, event: Event): readonly Reaction[] {
  return [...reactInWorld(state, event), ...reactOnIssue(state, event), ...reactInCockpit(state, event)];
}

function reactInWorld(state: State, event: Event): readonly Reaction[] {
  switch (event.type) {
    case "TaskAssigned":
      // Whoever has taken it begins by itself.
      if (event.takenBy !== undefined) return [];
      return [now({ type: "StartSession", task: event.task, fence: event.fence })];
    case "ClaimReleased":
      return [now(resume(state.tasks.get(event.task), event.fence, event.task))];
    case "RetryScheduled":
    case "TaskReopened": {
      const collect = feedbackEffect(state, event.task);
      return collect === null ? [] : [now(collect)];
    }
    case "CancelRequested":
      return [now({ type: "CancelSession", task: event.task, fence: event.fence })];
    case "MergeRequested":
      return [now(merge(event))];
    case "BranchUpdateRequested":
      return [now({ type: "UpdateBranch", task: event.task, pull: event.pull, sha: event.sha })];
    case "CommandAnswered":
      return event.comment === null ? [] : [now(acknowledgement(event, event.comment))];
    case "PatternMatched":
      return [now({ type: "CreateIssue", pattern: event.pattern, series: event.series })];
    case "TaskSubmitted":
      return [now({ type: "OpenIssue", submission: event.submission.id })];
    case "SplitApproved":
    case "PieceOpened":
      return nextPieces(state, event.task).map(now);
    case "LetterRetried":
      return event.repeats === null ? [] : [now(event.repeats)];
    case "ConfigurationRejected":
      return [now({ type: "ReportConfiguration", sha: event.sha, problems: event.problems })];
    case "ConfigurationAccepted":
      return [
        ...(event.isRecovery ? [now({ type: "ReportConfiguration", sha: event.sha, problems: [] })] : []),
        // The issue may be another one now.
        ...(state.warnings.size > 0 ? alert(state) : []),
      ];
    case "WarningRaised":
      // Linear has just refused: it is asked again with the next news.
      return alert(state).filter(
        ({ effect }) => event.warning.code !== "linear_unwritten" || effect.type === "UpdateAlerts",
      );
    case "WarningCleared":
      return alert(state);
    default:
      return [];
  }
}

function reactInCockpit(state: State, event: Event): readonly Reaction[] {
  const afterMs = cockpitDelayMs(state, event);
  return afterMs === null ? [] : [{ effect: { type: "UpdateCockpit" }, afterMs }];
}

function acknowledgement({ reaction, issue, answer }: EventOf<"CommandAnswered">, comment: string): Effect {
  const said = issue === undefined || answer === null ? {} : { answer: { issue, text: answer } };
  return { type: "AcknowledgeComment", comment, reaction, ...said };
}

function merge({ task, pull, sha, way }: EventOf<"MergeRequested">): Effect {
  return { type: "MergePull", task, pull, sha, ...(way === undefined ? {} : { way }) };
}

/** The run that held the claim is gone: another one starts the session (or finds it), or goes on watching it. */
function resume(task: Task | undefined, fence: number, id: TaskId): Effect {
  const isStarted = task !== undefined && task.assignment !== null && task.assignment.session !== null;
  return { type: isStarted ? "WatchSession" : "StartSession", task: id, fence };
}

/**
 * Warnings that come or pass together are one write at each place; without a monitoring issue they are in the answers and the log
 * alone.
 */
function alert(state: State): readonly Reaction[] {
  const { issue, linear } = state.configuration?.config.alerts ?? {};
  const onGithub: readonly Effect[] = issue === undefined ? [] : [{ type: "UpdateAlerts", issue }];
  const onLinear: readonly Effect[] = linear === undefined ? [] : [{ type: "UpdateLinearAlerts", issue: linear }];
  return [...onGithub, ...onLinear].map((effect) => ({ effect, afterMs: surfaceDelayMs }));
}

function now(effect: Effect): Reaction {
  return { effect, afterMs: 0 };
}

/** How soon a person should see it on the issue: at once where they must act, batched where it is only progress. */
const issueDelaysMs: Partial<Record<Event["type"], number>> = {
  TaskAssigned: assignmentSurfaceDelayMs,
  SessionStarted: 0,
  SessionRefused: surfaceDelayMs,
  SessionWaiting: 0,
  SessionContinued: surfaceDelayMs,
  PersonAsked: 0,
  RetryScheduled: surfaceDelayMs,
  FeedbackCollected: surfaceDelayMs,
  PullRequestLinked: surfaceDelayMs,
  BranchUpdateRequested: surfaceDelayMs,
  MergePutOff: surfaceDelayMs,
  TaskCompleted: completionSurfaceDelayMs,
  ReceiptRevoked: 0,
  TaskFailed: 0,
  TaskCancelled: 0,
  TaskReopened: 0,
  ManualReviewRequired: 0,
  TaskEscalated: 0,
  EscalationLifted: surfaceDelayMs,
  TaskPreempted: surfaceDelayMs,
  TaskHandedOver: surfaceDelayMs,
  SwarmCalled: surfaceDelayMs,
  UpstreamFailed: surfaceDelayMs,
  UpstreamRecovered: surfaceDelayMs,
  ApprovalRequired: 0,
  DuplicateFound: 0,
  DuplicateLifted: surfaceDelayMs,
  CycleReported: 0,
  SplitProposed: 0,
  SplitWithdrawn: 0,
  SplitApproved: 0,
  PieceOpened: surfaceDelayMs,
  SplitSettled: surfaceDelayMs,
};

function reactOnIssue(state: State, event: Event): readonly Reaction[] {
  const afterMs = issueDelaysMs[event.type] ?? tellingDelayMs(state, event);
  const own = afterMs === null || !("task" in event) ? [] : surface(state, event.task, afterMs);
  const lost = lostFor(event);
  const shown = [...own, ...splitParents(state, event).flatMap((id) => surface(state, id, surfaceDelayMs))];
  return lost === null
    ? shown
    : [...shown, ...waitersOf(state, lost).flatMap((id) => surface(state, id, surfaceDelayMs))];
}

/** The parent shows how many of its pieces are done. */
function splitParents(state: State, event: Event): readonly TaskId[] {
  if (state.splits.size === 0 || (event.type !== "TaskCompleted" && event.type !== "ReceiptRevoked")) return [];
  return dependentsOf(state, event.task).filter((id) => state.splits.has(id));
}

/** Whom people may now wait for in vain, or no longer: an end that is no completion, and the way back from it. */
function lostFor(event: Event): TaskId | null {
  switch (event.type) {
    case "TaskCancelled":
    case "TaskReopened":
      return event.task;
    case "ExternalObserved":
      return event.external.state === "completed" ? null : event.external.id;
    default:
      return null;
  }
}

/** Those who cannot start because of it, and those who have been told so. */
function waitersOf(state: State, blocker: TaskId): readonly TaskId[] {
  return dependentsOf(state, blocker).filter((id) => {
    const task = state.tasks.get(id);
    if (task === undefined || isEnded(task)) return false;
    return task.surface.comment !== null || waitsInVain(state, task);
  });
}

/** Behind a hard edge to what will never be completed. */
function isHeldBackForGood(state: State, task: Task): boolean {
  return openBlockers(state, task).some((edge) => edge.kind === "hard" && isLost(blockerState(state, edge)));
}

function isLost(blocker: BlockerState): boolean {
  return blocker !== "open" && blocker !== "completed" && blocker !== "failed";
}

/** Events that are shown only where there is something to tell; null: nothing. */
function tellingDelayMs(state: State, event: Event): number | null {
  switch (event.type) {
    case "CommandAnswered":
      return event.answer === null || event.comment === null ? null : 0;
    case "DependenciesChanged":
      return doesWaitInVain(state, event.task) ? 0 : null;
    case "TaskTracked":
    case "TaskRevised":
      if (state.tasks.get(event.task)?.isReopening === true && !event.definition.isOpen) return 0;
      return hasNewsOfText(state, event) ? surfaceDelayMs : null;
    case "EstimateOverridden":
      return isShownPending(state, event.task) ? surfaceDelayMs : null;
    case "TaskTrusted":
      return state.tasks.get(event.task)?.surface.digest === null ? null : surfaceDelayMs;
    default:
      return null;
  }
}

/** Something is wrong with it, or was, as people were told. */
function hasNewsOfText(state: State, event: EventOf<"TaskTracked" | "TaskRevised">): boolean {
  const task = state.tasks.get(event.task);
  if (event.definition.problems.length > 0) return true;
  return task !== undefined && (fallsShort(task) || isShownPending(state, event.task));
}

function isShownPending(state: State, id: TaskId): boolean {
  return state.tasks.get(id)?.surface.labels.includes("status:pending") === true;
}

function surface(state: State, task: TaskId | null, afterMs: number): readonly Reaction[] {
  if (task === null || !state.tasks.has(task)) return [];
  return [{ effect: { type: "UpdateIssue", task }, afterMs }];
}

function doesWaitInVain(state: State, id: TaskId): boolean {
  const task = state.tasks.get(id);
  return task !== undefined && waitsInVain(state, task);
}

/** Only a person can say what is meant. Also behind a soft edge to what nobody can find: it is probably a typing error. */
export function waitsInVain(state: State, task: Task): boolean {
  const isMissing = task.blockedBy.some(
    (edge) => state.externals.get(edge.on)?.state === "missing" && !task.unblocked.includes(edge.on),
  );
  return isMissing || isHeldBackForGood(state, task);
}
