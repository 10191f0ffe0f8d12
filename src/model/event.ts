/**
 * What happened: the truth of the program. `type` strings are persisted and never change. Times are in the entry that
 * carries the events (`at`), so an event holds an instant only where it differs.
 */
import type { Config } from "./config.ts";
import type { ConflictKind, ConflictOrder, ConflictSeen } from "./conflict.ts";
import type { Cursor } from "./cursor.ts";
import type { Effect } from "./effect.ts";
import type { LetterEvent } from "./dead-letter.ts";
import type { CockpitEvent } from "./event-cockpit.ts";
import type { RegistryEvent } from "./event-registry.ts";
import type { Feedback } from "./feedback.ts";
import type { AgentId, CommandId, EffectId, TaskId, WorkerId } from "./ids.ts";
import type { MergeWait } from "./merge.ts";
import type { Mode } from "./mode.ts";
import type { OperatorFacts } from "./operator.ts";
import type { OutboxEvent } from "./event-outbox.ts";
import type {
  AssignmentReasons,
  Continuation,
  Dependency,
  External,
  FailureReason,
  Handover,
  Priority,
  PullRequest,
  Receipt,
  Session,
  TaskDefinition,
} from "./task.ts";
import type { SplitEvent } from "./split.ts";
import type { Submission } from "./submission.ts";
import type { Warning, WarningCode } from "./warning.ts";

export type Event =
  // The task and its graph
  | { readonly type: "TaskTracked"; readonly task: TaskId; readonly definition: TaskDefinition }
  | { readonly type: "TaskRevised"; readonly task: TaskId; readonly definition: TaskDefinition }
  | { readonly type: "TaskUntracked"; readonly task: TaskId; readonly reason: string }
  | {
      readonly type: "TaskTrusted";
      readonly task: TaskId;
      readonly by: string;
      readonly hash: string;
      /** A person lets this very text be worked on, whatever it lacks and whatever it looks like. */
      readonly isWaiver?: true;
    }
  | { readonly type: "ApprovalRequired"; readonly task: TaskId; readonly reason: string }
  /** It says what `of` says, and is held while that one is open; until it is so no more, or a person says that both are meant. */
  | { readonly type: "DuplicateFound"; readonly task: TaskId; readonly of: TaskId }
  | { readonly type: "DuplicateLifted"; readonly task: TaskId }
  | { readonly type: "DependenciesChanged"; readonly task: TaskId; readonly blockedBy: readonly Dependency[] }
  | { readonly type: "DependencyWaived"; readonly task: TaskId; readonly on: TaskId; readonly by: string }
  | { readonly type: "CycleReported"; readonly task: TaskId; readonly cycle: readonly TaskId[] | null }
  | { readonly type: "ExternalObserved"; readonly external: External }
  /** It was taken back that the task need not wait for this. */
  | { readonly type: "DependencyRestored"; readonly task: TaskId; readonly on: TaskId; readonly by: string }
  /** Null: what the issue itself says counts again; and likewise of its effort. */
  | {
      readonly type: "PriorityOverridden";
      readonly task: TaskId;
      readonly priority: Priority | null;
      readonly by: string;
    }
  | { readonly type: "EstimateOverridden"; readonly task: TaskId; readonly minutes: number | null; readonly by: string }
  | { readonly type: "TaskHeld"; readonly task: TaskId; readonly by: string }
  | { readonly type: "TaskResumed"; readonly task: TaskId; readonly by: string }
  | {
      readonly type: "AssignmentRequested";
      readonly task: TaskId;
      readonly agent: AgentId;
      readonly worker: WorkerId | null;
      readonly by: string;
    }
  /** Nobody in particular is asked for any more. */
  | { readonly type: "AssignmentWithdrawn"; readonly task: TaskId; readonly by: string }
  | SplitEvent
  // The attempt
  | {
      readonly type: "TaskAssigned";
      readonly task: TaskId;
      readonly agent: AgentId;
      readonly worker: WorkerId;
      readonly attempt: number;
      readonly fence: number;
      readonly continues: Continuation | null;
      readonly timeoutMs: number;
      readonly expectedMs: number;
      /** How long such sessions usually take at most, where nobody has estimated the task and enough is known. */
      readonly usualMs?: number;
      readonly reasons: AssignmentReasons;
      /** Who asked for it, where its agent takes its work itself: nobody has to start it. */
      readonly takenBy?: string;
    }
  | { readonly type: "RunDispatched"; readonly task: TaskId; readonly fence: number; readonly run: string }
  | { readonly type: "AssignmentClaimed"; readonly task: TaskId; readonly fence: number; readonly run: string }
  | { readonly type: "ClaimReleased"; readonly task: TaskId; readonly fence: number; readonly reason: string }
  | {
      readonly type: "SessionStarted";
      readonly task: TaskId;
      readonly fence: number;
      readonly session: Session;
      /** The acceptance criteria of the approved text; missing where it names none. */
      readonly criteria?: readonly string[];
      /** When it began, where that was learned only later. */
      readonly startedAt?: number;
    }
  | {
      readonly type: "SessionRefused";
      readonly task: TaskId;
      readonly fence: number;
      readonly reason: string;
      readonly retryAt: number;
      /** Whose doing it was; older logs do not say, and then it was the vendor's. A changed text says nothing of the agent. */
      readonly cause?: "vendor" | "run" | "text";
    }
  /** `isSilent`: it is us who ask, because nothing is heard of it and nobody else could be asked. */
  | {
      readonly type: "SessionWaiting";
      readonly task: TaskId;
      readonly fence: number;
      readonly question: string;
      readonly isSilent?: true;
    }
  /** `timeoutMs`: how long it may take from its start, where its time was over and it goes on. */
  | { readonly type: "SessionContinued"; readonly task: TaskId; readonly fence: number; readonly timeoutMs?: number }
  /** An agent that nobody can ask says that it is still at it. */
  | { readonly type: "SessionHeard"; readonly task: TaskId; readonly fence: number; readonly note?: string }
  | {
      readonly type: "CancelRequested";
      readonly task: TaskId;
      readonly fence: number;
      readonly reason: FailureReason;
      readonly by: string;
    }
  | { readonly type: "PersonAsked"; readonly task: TaskId; readonly fence: number; readonly reason: string }
  | {
      /** The session was seen ended; the slot is free from here on. */
      readonly type: "SessionEnded";
      readonly task: TaskId;
      readonly fence: number;
      readonly result: "success" | FailureReason;
      readonly detail: string;
      readonly costUsd: number;
      /** The pull request that the vendor names, and its branch. */
      readonly pullUrl: string | null;
      readonly branch: string | null;
      /** Set when a pull request is still expected: it gets until then to be seen. */
      readonly pullDueAt: number | null;
    }
  | {
      readonly type: "RetryScheduled";
      readonly task: TaskId;
      readonly reason: FailureReason;
      readonly detail: string;
      readonly retryAt: number;
      /** The failure that this answers, commit and checks, where it is one of a pull request. */
      readonly answers: string | null;
      /** False where a failure does not use up an attempt (a conflict with the base). */
      readonly counts: boolean;
      /** What the next attempt does differently, in words; missing where it is the same again. */
      readonly plan?: string;
      /** When the newest request for changes was made that this answers too. */
      readonly answersReview?: number;
    }
  /** What checks and reviewers said, for the attempt that comes next. */
  | { readonly type: "FeedbackCollected"; readonly task: TaskId; readonly feedback: Feedback }
  | {
      readonly type: "PullRequestLinked";
      readonly task: TaskId;
      readonly pull: PullRequest;
      readonly matchedBy: string;
    }
  | { readonly type: "PullRequestChanged"; readonly task: TaskId; readonly pull: PullRequest }
  /** This very commit was seen green, and no person has to look at it: we merge it ourselves. */
  | {
      readonly type: "MergeRequested";
      readonly task: TaskId;
      readonly pull: number;
      readonly sha: string;
      /** What it changes; missing where that is not known. */
      readonly files?: readonly string[];
      /** Through the merge queue; missing: at once. */
      readonly way?: "queue";
      /** A review that GitHub demands is missing: it may let us all the same. */
      readonly isUnreviewed?: true;
    }
  /** It could be merged, but for its branch, which is behind its base: GitHub is asked to bring it up to date, and its checks run again. */
  | {
      readonly type: "BranchUpdateRequested";
      readonly task: TaskId;
      readonly pull: number;
      readonly sha: string;
      /** What it changes; missing where that is not known. */
      readonly files?: readonly string[];
    }
  /** GitHub took that on, and has not done it: it does it later than it answers. A person is told. */
  | { readonly type: "BranchUpdateFailed"; readonly task: TaskId; readonly pull: number; readonly sha: string }
  /** The merge queue gave this commit back unmerged: it is not sent there again. */
  | {
      readonly type: "MergeReturned";
      readonly task: TaskId;
      readonly pull: number;
      readonly sha: string;
      readonly why: "checks" | "conflict" | "person";
    }
  /** It could be merged, and another merge has to come first. */
  | ({ readonly type: "MergePutOff"; readonly task: TaskId; readonly pull: number } & MergeWait)
  // The outcome
  | { readonly type: "TaskCompleted"; readonly task: TaskId; readonly receipt: Receipt }
  | { readonly type: "ReceiptRevoked"; readonly task: TaskId; readonly reason: string }
  | {
      readonly type: "TaskFailed";
      readonly task: TaskId;
      readonly reason: string;
      /** What the last attempt failed of; missing where a person gave the task up. */
      readonly cause?: FailureReason;
    }
  | { readonly type: "TaskCancelled"; readonly task: TaskId; readonly reason: string; readonly by: string }
  /** `opensIssue`: the issue was closed by us, for a receipt that was taken back. */
  | { readonly type: "TaskReopened"; readonly task: TaskId; readonly by: string; readonly opensIssue?: true }
  | { readonly type: "ManualReviewRequired"; readonly task: TaskId; readonly reason: string }
  | { readonly type: "UpstreamFailed"; readonly task: TaskId; readonly upstream: TaskId }
  | { readonly type: "UpstreamRecovered"; readonly task: TaskId }
  /** It gives way to `for`: the cancel that follows is no failure, and its branch and context are kept. */
  | { readonly type: "TaskPreempted"; readonly task: TaskId; readonly for: TaskId; readonly reason: string }
  /** So many workers at once go to the sub-issues of the task, before other work; 0: no more. */
  | { readonly type: "SwarmCalled"; readonly task: TaskId; readonly workers: number; readonly by: string }
  /** Another agent goes on with it once its session is seen ended: the cancel that follows is no failure, and its work is kept. */
  | ({ readonly type: "TaskHandedOver"; readonly task: TaskId } & Handover)
  /** Something stands in the way of work in flight; told once, until it has passed. */
  | ({ readonly type: "ConflictDetected"; readonly task: TaskId } & ConflictSeen)
  | { readonly type: "ConflictPassed"; readonly task: TaskId; readonly kind: ConflictKind }
  /** Somebody has said what is to be done about a conflict; what follows from it are events of their own. */
  | ({ readonly type: "ConflictResolved"; readonly task: TaskId } & ConflictOrder)
  /** Something about the task that only a person can settle, told once. */
  | {
      readonly type: "TaskEscalated";
      readonly task: TaskId;
      readonly reason: string;
      /** Who asked for it; missing: nobody but the program itself. */
      readonly by?: string;
    }
  /** What was told is no longer so. */
  | { readonly type: "EscalationLifted"; readonly task: TaskId }
  // The whole
  | {
      readonly type: "ModeChanged";
      /** Null: the configuration's again. */
      readonly mode: Mode | null;
      /** A login, `http:token`, `schedule`, `configuration`, or `orchestrate` where attack mode ends by itself. */
      readonly by: string;
      /** The time rule that begins with it; null: the one that was in force has ended; left out: no rule has to do with it. */
      readonly rule?: string | null;
    }
  /** The mode of a milestone's tasks, by its phase; null: the repository's again. */
  | {
      readonly type: "MilestoneModeChanged";
      readonly milestone: string;
      readonly mode: Mode | null;
      readonly reason: string;
    }
  /** The effort below which a task is a quick win follows the momentum. */
  | {
      readonly type: "AttackThresholdChanged";
      readonly minutes: number;
      /** Completed tasks an hour when it was decided. */
      readonly velocity: number;
    }
  /** The slots of an agent: raised by scaling, or as the vendor says; null: the configuration's again. */
  | {
      readonly type: "CapacityChanged";
      readonly agent: AgentId;
      readonly capacity: number | null;
      readonly reason: string;
      /** Raised by attack mode, which takes it back. */
      readonly isScaled?: true;
      /** What attack mode has raised them to, where the vendor has its say: the capacity is this, or the fewer that it allows. */
      readonly raisedTo?: number;
    }
  | RegistryEvent
  /** What GitHub says of the operators of an agent now: of all that it was asked for. */
  | { readonly type: "OperatorsChanged"; readonly agent: AgentId; readonly operators: readonly OperatorFacts[] }
  | { readonly type: "WorkerRested"; readonly worker: WorkerId; readonly until: number; readonly reason: string }
  /** Its rest is over: one task tries it out. */
  | { readonly type: "WorkerTried"; readonly worker: WorkerId }
  /** Back at work: the one task that tried it out ended well, or a person said so. */
  | { readonly type: "WorkerRestored"; readonly worker: WorkerId; readonly by: string }
  | {
      readonly type: "AgentPaused";
      readonly agent: AgentId;
      readonly until: number;
      readonly reason: string;
      /** After refusals a start tells that the vendor is back; after failed sessions only one that ends well does. */
      readonly cause: "refusals" | "failures";
    }
  | { readonly type: "AgentResumed"; readonly agent: AgentId; readonly by: string }
  | { readonly type: "WarningRaised"; readonly warning: Warning }
  | { readonly type: "WarningCleared"; readonly code: WarningCode; readonly subject: string }
  /** The pattern has seen its series of merged tasks: an issue is asked for, once for this series. */
  | { readonly type: "PatternMatched"; readonly pattern: string; readonly series: number }
  /** Work was asked for from outside: an issue is opened for it, once. */
  | { readonly type: "TaskSubmitted"; readonly submission: Submission }
  | { readonly type: "OrchestrationPaused"; readonly by: string }
  | { readonly type: "OrchestrationResumed"; readonly by: string }
  | { readonly type: "WorkerDisabled"; readonly worker: WorkerId; readonly by: string }
  | { readonly type: "WorkerEnabled"; readonly worker: WorkerId; readonly by: string }
  | {
      readonly type: "ConfigurationAccepted";
      readonly sha: string;
      readonly config: Config;
      /** The one before was refused: the commit is told that all is well again. */
      readonly isRecovery: boolean;
    }
  | { readonly type: "ConfigurationRejected"; readonly sha: string; readonly problems: readonly string[] }
  | CockpitEvent
  | LetterEvent
  /** Everything up to here has been seen and decided: the next process that looks goes on from here. */
  | { readonly type: "CursorMoved"; readonly cursor: Cursor; readonly wholeAt: number }
  /** After a restore: everything was looked at and is decided, so that work may begin again. */
  | { readonly type: "StockTaken" }
  // Answers and the outbox
  | OutboxEvent;

/** One command's worth of history: what a line of the log holds. */
export interface Entry {
  readonly id: CommandId;
  readonly command: string;
  readonly at: number;
  readonly events: readonly Event[];
  /** Effects recorded with the events. One that is already waiting may be named again to be brought forward. */
  readonly effects: readonly { readonly id: EffectId; readonly effect: Effect; readonly notBefore: number }[];
}

export type EventType = Event["type"];
export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>;
