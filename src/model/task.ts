/**
 * A task is an issue that is work. This file owns what is stored of one; its status is derived (core/status.ts),
 * never stored. Bodies are not kept: the issue is the place for them, and 6 KB a task is the memory danger.
 */
import type { AgentId, TaskId, WorkerId } from "./ids.ts";
import type { MergeAsked, MergeWait } from "./merge.ts";
import type { Mode } from "./mode.ts";
import type { SplitPhase } from "./split.ts";

export const taskStatuses = [
  "pending",
  "blocked",
  "ready",
  "assigned",
  "in_progress",
  "review",
  "needs_input",
  "manual_review",
  "completed",
  "failed",
  "upstream_failed",
  "cancelled",
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** 1 urgent, 2 high, 3 medium, 4 low, 5 none. */
export type Priority = 1 | 2 | 3 | 4 | 5;

/** Why a worker was not taken. */
export interface RejectedCandidate {
  readonly worker: WorkerId;
  readonly code: string;
  readonly score: number | null;
}

export interface AssignmentReasons {
  readonly algorithm: Mode;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  /** Position in the ranked queue, from 1, and how many were ready. */
  readonly rank: number;
  readonly readyCount: number;
  /** How long it had been ready, where the start was its own for that, whatever its rank. */
  readonly starvedMs?: number;
  /** The number of the issue that a swarm was called for, where the start was its own for that, whatever its rank. */
  readonly swarm?: number;
  readonly rejected: readonly RejectedCandidate[];
  readonly rejectedCount: Readonly<Record<string, number>>;
  /** How well the agent suits: the score of matching, 0 to 1, with its parts. */
  readonly match: number;
  readonly matchParts: Readonly<Record<string, number>>;
  /** What was weighed beside the score, in words; null when nothing was. */
  readonly note: string | null;
}

export type DependencyKind = "hard" | "soft";
/** Where an edge was read. `command` edges come from `/orchestrate blocked-by` and outlive edits of the body. */
export type DependencySource = "native" | "sub_issue" | "body" | "command";

export interface Dependency {
  readonly on: TaskId;
  readonly kind: DependencyKind;
  readonly source: DependencySource;
  /** A soft edge that is satisfied as soon as its blocker has a pull request: partial results are enough. */
  readonly partial?: true;
}

/** What the definition of ready asks for and an issue does not have. */
export type Lack = "goal" | "criteria" | "length" | "estimate";

/** What the issue itself says; replaced as a whole when the issue changes. */
export interface TaskDefinition {
  /** GraphQL node id, the handle for writing to the issue. */
  readonly node: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly createdAt: number;
  /** The issue's `updatedAt` when this was read; older facts are ignored. */
  readonly updatedAt: number;
  /** sha256 of title and body, hex. */
  readonly hash: string;
  readonly priority: Priority;
  readonly estimateMinutes: number | null;
  /** What tasks of its kind have taken, where nobody has estimated; null until enough is known. */
  readonly learnedMinutes: number | null;
  /** Labels that are not ours, as written, sorted: the kinds of work it is, for limits, patterns and learning. */
  readonly labels: readonly string[];
  readonly needs: readonly string[];
  /** Capabilities that would be good to have. */
  readonly prefers: readonly string[];
  readonly quickWin: boolean;
  /** `mode:<mode>` on the issue or its milestone. */
  readonly mode: Mode | null;
  readonly milestone: string | null;
  /** From when to when the milestone runs; null where it has no due date. */
  readonly milestoneSpan: { readonly from: number; readonly to: number } | null;
  /** `agent:<id>` set by a person before anything was assigned. */
  readonly pinnedAgent: AgentId | null;
  /** `hold` label. */
  readonly heldByLabel: boolean;
  /** A parent of open or closed sub-issues: never assigned, completes with its last child. */
  readonly isContainer: boolean;
  /** What is wrong with its labels, in sentences for the people of the issue. */
  readonly problems: readonly string[];
  /** What it lacks of the definition of ready that was in force when it was read; missing: nothing. */
  readonly lacks?: readonly Lack[];
  /** Acceptance criteria that nobody had ticked when it was read, where `finished.criteria` asked for them; missing: none. */
  readonly unticked?: readonly string[];
  /** The issue itself, as last observed. */
  readonly isOpen: boolean;
}

/** Who let the task be worked on, and the text they saw. */
export interface Trust {
  readonly by: string;
  readonly hash: string;
  readonly at: number;
}

export const failureReasons = [
  "timeout",
  "validation",
  "api_error",
  "no_result",
  "needs_input",
  "checks_failed",
  "changes_requested",
  "conflict",
  "vendor_failed",
  "cancelled",
  "pull_closed",
  "reported",
  "preempted",
  "stopped",
  "handed_over",
  "queued",
] as const;
export type FailureReason = (typeof failureReasons)[number];

/**
 * claimed: recorded, the start has not been confirmed. dispatched: an agent workflow run was asked for.
 * running: the vendor has the session. waiting: the session waits for a person. ending: a cancel was asked for.
 */
export type AssignmentPhase = "claimed" | "dispatched" | "running" | "waiting" | "ending";

export interface Session {
  /** The vendor's own name for it: a Jules session, `<agent>/<run>` at Cursor, a Sprite's name. */
  readonly id: string;
  readonly url: string | null;
}

/** What an attempt goes on with: the branch of the open pull request, and the session that made it where that can be resumed. */
export interface Continuation {
  readonly session: Session | null;
  readonly branch: string;
  /** There is no pull request yet: an earlier session gave way, and this is what it had begun. */
  readonly isBegun?: true;
}

/** A running task is given to another agent, or to one of its workers. */
export interface Handover {
  readonly agent: AgentId;
  readonly worker: WorkerId | null;
  /** The person who asked for it, or `orchestrate`. */
  readonly by: string;
  /** Why, where nobody asked for it: to balance the agents. */
  readonly reason?: string;
}

export interface Assignment {
  readonly agent: AgentId;
  readonly worker: WorkerId;
  /** Counts attempts that reached a vendor; refused starts do not count. */
  readonly attempt: number;
  /** Only grows, over the whole stream. A report with an older one changes nothing. */
  readonly fence: number;
  phase: AssignmentPhase;
  readonly assignedAt: number;
  /** After this long since the start (or since the claim) the session is cancelled. */
  timeoutMs: number;
  /** How long it is expected to take. */
  readonly expectedMs: number;
  /** How long such sessions usually take at most; null where a person has estimated the task or too little is known. Left out by older versions. */
  readonly usualMs?: number | null;
  /** How long the task was ready before it was claimed. */
  readonly waitedMs: number;
  /** The number of its start in the figures of the day. */
  start: number | null;
  startedAt: number | null;
  /** When the session was last heard of or asked for. */
  heardAt: number;
  session: Session | null;
  /** Why this task, this worker, now. */
  readonly reasons: AssignmentReasons;
  readonly continues: Continuation | null;
  /** The agent workflow run that was dispatched for this fence. */
  run: string | null;
  /** The run that claimed (assignment, fence) in the store; only it may call the vendor. */
  claimedBy: string | null;
  question: string | null;
  /** Why the end of the session was asked for; null while nobody did. */
  cancelReason: FailureReason | null;
  /** The more urgent task that it gives way to; null while it does not. */
  preemptedFor: TaskId | null;
  /** Who goes on once this session is seen ended, because a person said so or the agents are balanced; missing or null: nobody in particular. */
  handedTo?: Handover | null;
  /** Set when a person was asked because the vendor can neither say nor cancel. */
  personAsked: boolean;
}

/** The record of one attempt that has ended. */
export interface Attempt {
  readonly attempt: number;
  readonly fence: number;
  readonly agent: AgentId;
  readonly worker: WorkerId;
  readonly session: Session | null;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly result: "success" | FailureReason;
  /** What its good end turned out to be worth: its pull request was red, or never came. */
  readonly failedLater?: FailureReason;
  readonly detail: string;
  readonly costUsd: number;
  /** The branch that it left behind, where the vendor named one. */
  readonly branch: string | null;
}

/** The pull request that belongs to the task, as last observed. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly branch: string;
  readonly sha: string;
  readonly updatedAt: number;
  readonly state: "open" | "merged" | "closed";
  readonly checks: "success" | "failure" | "pending" | "none";
  readonly failedChecks: readonly string[];
  readonly mergeable: "yes" | "conflict" | "unknown";
  /** Somebody with write access asks for changes, and has not said otherwise since: the newest of them. */
  readonly objection?: { readonly by: string; readonly at: number };
}

/** The evidence that a task is done. */
export interface Receipt {
  readonly kind: "merge" | "command" | "closed" | "children" | "checks" | "reported";
  readonly by: string;
  readonly at: number;
  readonly reference: string;
  readonly warning: string | null;
}

export interface Task {
  readonly id: TaskId;
  definition: TaskDefinition;
  /** Null: not yet trusted, so the task stays `pending`. */
  trust: Trust | null;
  /** Why a person must look before anything starts; shown to them. */
  pendingReason: string | null;
  /** The hash of the text that a person lets be worked on although it lacks something or looks like another; missing or null: none. */
  waived?: string | null;
  /** The open task that says the same and goes on in its place; missing or null: none. */
  duplicateOf?: TaskId | null;
  blockedBy: readonly Dependency[];
  /** Edges that `/orchestrate unblock` took away; they stay away although the issue still names them. */
  unblocked: readonly TaskId[];
  /** `/orchestrate hold`. */
  isHeld: boolean;
  priorityOverride: Priority | null;
  estimateOverride: number | null;
  modeOverride: Mode | null;
  /** `/orchestrate assign`: an agent or one of its workers. With a `reason` nobody asked for it: it was moved there to balance the agents. */
  assignTo: { readonly agent: AgentId; readonly worker: WorkerId | null; readonly reason?: string } | null;
  assignment: Assignment | null;
  attempts: readonly Attempt[];
  /** Attempts since the last success, retry command or reopening; compared with `retry.maxAttempts`. */
  failuresInRow: number;
  /** Refused starts in a row; each doubles the wait. */
  refusals: number;
  /** The agent that refused the last start; null once one has taken it. */
  refusedBy: AgentId | null;
  /** How often it gave way to more important work; these are not failures. */
  preemptions: number;
  /** It was moved to another agent for balance once, and is not again; missing: no. */
  isRebalanced?: boolean;
  /** The task that gives way to it: until it is assigned, it goes before all others. Null while none does. */
  promised: TaskId | null;
  /** Since when it could have been started; null while it could not. */
  readySince: number | null;
  /** What a person was told about it and has to settle; null while there is nothing. */
  escalated: string | null;
  /** Who asked for a person, where that was somebody and not the program itself; missing or null: nobody did. */
  escalatedBy?: string | null;
  /** Not before this instant may the next attempt start. */
  retryAt: number | null;
  pull: PullRequest | null;
  /** The URL that the vendor itself gave for its pull request: the best evidence there is. */
  vendorPull: string | null;
  /** A pull request that no longer speaks for the task: reverted, or left behind by a reopening. */
  discardedPull: number | null;
  /** The commit that we were last asked to merge ourselves. */
  mergeAsked: MergeAsked | null;
  /** Which other merge its own waits for; missing or null: none. */
  mergeWait?: MergeWait | null;
  /** Commit and checks of the last red roll-up that was answered: the same failure is never retried twice. */
  answeredFailure: string | null;
  /** When the newest request for changes was made that an agent was sent to answer; missing or null: none. */
  answeredReview?: number | null;
  /** How far it is split into pieces; missing or null: it is not. */
  split?: SplitPhase | null;
  /** A cycle of hard or soft edges through this task, in order; null when there is none. */
  cycle: readonly TaskId[] | null;
  /** The last session ended well and its pull request has not been seen: it gets until this instant to appear. */
  pullDueAt: number | null;
  receipt: Receipt | null;
  /** We have closed the issue, or are about to, for a receipt that was taken back: it is opened again. Missing: no. */
  isReopening?: boolean;
  outcome: "failed" | "cancelled" | null;
  outcomeReason: string | null;
  /** A hard blocker, direct or not, has failed. */
  upstreamFailed: TaskId | null;
  manualReview: string | null;
  /** The sticky comment, once created, and a hash of what was last written to the issue. */
  surface: { readonly comment: string | null; readonly digest: string | null; readonly labels: readonly string[] };
  /** The last answer to a slash command, shown in the sticky comment. */
  answer: string | null;
}

/** A blocker that is not a task of this stream: a foreign, unselected or missing issue. */
export interface External {
  readonly id: TaskId;
  /** `#12` or `owner/repo#12`. */
  readonly reference: string;
  readonly url: string | null;
  /** `closed`: as completed, by somebody whose word is no evidence. */
  readonly state: "open" | "completed" | "closed" | "not_planned" | "duplicate" | "missing";
  /** What is waited for, where it is no issue: a pull request that merges, a workflow that is green, a date, a person. */
  readonly waitsFor?: "pull" | "workflow" | "date" | "person";
}
