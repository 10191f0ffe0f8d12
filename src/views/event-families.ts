/** Which part of the story each event belongs to. The compiler refuses a new event until it is put into one. */
import type { TaskId } from "../model/ids.ts";
import type { Event, EventType } from "../model/event.ts";

const familyByType = {
  TaskTracked: "graph",
  TaskRevised: "graph",
  TaskUntracked: "graph",
  TaskTrusted: "graph",
  ApprovalRequired: "graph",
  DuplicateFound: "graph",
  DuplicateLifted: "graph",
  DependenciesChanged: "graph",
  DependencyWaived: "graph",
  DependencyRestored: "graph",
  CycleReported: "graph",
  ExternalObserved: "graph",
  PriorityOverridden: "graph",
  EstimateOverridden: "graph",
  TaskHeld: "graph",
  TaskResumed: "graph",
  AssignmentRequested: "graph",
  AssignmentWithdrawn: "graph",
  SwarmCalled: "graph",
  SplitProposed: "split",
  SplitWithdrawn: "split",
  SplitApproved: "split",
  PieceOpened: "split",
  SplitSettled: "split",
  TaskAssigned: "attempt",
  RunDispatched: "attempt",
  AssignmentClaimed: "attempt",
  ClaimReleased: "attempt",
  SessionStarted: "attempt",
  SessionRefused: "attempt",
  SessionWaiting: "attempt",
  SessionContinued: "attempt",
  SessionHeard: "attempt",
  CancelRequested: "attempt",
  PersonAsked: "attempt",
  SessionEnded: "attempt",
  TaskPreempted: "attempt",
  TaskHandedOver: "attempt",
  RetryScheduled: "attempt",
  FeedbackCollected: "attempt",
  PullRequestLinked: "attempt",
  PullRequestChanged: "attempt",
  MergeRequested: "attempt",
  BranchUpdateRequested: "attempt",
  BranchUpdateFailed: "attempt",
  MergePutOff: "attempt",
  MergeReturned: "attempt",
  TaskCompleted: "outcome",
  ReceiptRevoked: "outcome",
  TaskFailed: "outcome",
  TaskCancelled: "outcome",
  TaskReopened: "outcome",
  ManualReviewRequired: "outcome",
  ConflictDetected: "outcome",
  ConflictPassed: "outcome",
  ConflictResolved: "outcome",
  TaskEscalated: "outcome",
  EscalationLifted: "outcome",
  UpstreamFailed: "outcome",
  UpstreamRecovered: "outcome",
  WorkerRested: "health",
  WorkerTried: "health",
  WorkerRestored: "health",
  AgentPaused: "health",
  AgentResumed: "health",
  OperatorsChanged: "health",
  AgentRegistered: "registry",
  AgentRevised: "registry",
  AgentRemoved: "registry",
  CapacityOverridden: "registry",
  WarningRaised: "warning",
  WarningCleared: "warning",
  ModeChanged: "mode",
  MilestoneModeChanged: "mode",
  AttackThresholdChanged: "mode",
  CapacityChanged: "mode",
  PatternMatched: "whole",
  TaskSubmitted: "whole",
  BoxTicked: "cockpit",
  CockpitEdited: "cockpit",
  CockpitEnded: "cockpit",
  CockpitReopened: "cockpit",
  CursorMoved: "whole",
  StockTaken: "whole",
  OrchestrationPaused: "whole",
  OrchestrationResumed: "whole",
  WorkerDisabled: "whole",
  WorkerEnabled: "whole",
  ConfigurationAccepted: "whole",
  ConfigurationRejected: "whole",
  IssueSetAside: "whole",
  CommandSetAside: "whole",
  LetterRetried: "whole",
  LetterClosed: "whole",
  ProgressTold: "whole",
  CommandAnswered: "whole",
  EffectsLeased: "whole",
  EffectSettled: "whole",
  EffectDelayed: "whole",
  EffectDropped: "whole",
} as const satisfies Readonly<Record<EventType, string>>;

type FamilyByType = typeof familyByType;
export type EventFamily = FamilyByType[EventType];

type TypeIn<Family extends EventFamily> = {
  [Type in EventType]: FamilyByType[Type] extends Family ? Type : never;
}[EventType];

/** The events of one family. */
export type EventIn<Family extends EventFamily> = Extract<Event, { readonly type: TypeIn<Family> }>;

export function isInFamily<Family extends EventFamily>(event: Event, family: Family): event is EventIn<Family> {
  return familyByType[event.type] === family;
}

/** How ids are shown to people. */
export interface EventNames {
  /** `#12`, or the id itself where nothing better is known. */
  task(id: TaskId): string;
}
