/** The records of the embedded GitHub: what it keeps of users, issues, pull requests, checks and runs. Data only. */
export interface UserRecord {
  readonly id: number;
  readonly node: string;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
}

/** The status of a profile. */
export interface UserStatusRecord {
  readonly user: UserRecord;
  readonly isBusy: boolean;
  /** Epoch milliseconds; null: it stays until it is changed. */
  readonly expiresAt: number | null;
  /** When it was set. */
  readonly at: number;
}

export type RepositoryPermission = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface LabelRecord {
  readonly id: number;
  readonly node: string;
  name: string;
  color: string;
  description: string;
}

export interface ReactionRecord {
  readonly id: number;
  readonly node: string;
  readonly user: UserRecord;
  /** As REST says it: `+1 -1 laugh confused heart hooray rocket eyes`. */
  readonly content: string;
  readonly createdAt: number;
}

export interface CommentRecord {
  readonly id: number;
  readonly node: string;
  /** The number of the issue or pull request that it stands under. */
  readonly issue: number;
  readonly author: UserRecord;
  /** App id, when an App wrote it. */
  readonly viaApp: number | null;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  readonly reactions: ReactionRecord[];
}

/** An entry of the issue-events feed and of the timeline. */
export interface IssueEventRecord {
  readonly id: number;
  readonly node: string;
  /** `labeled`, `unlabeled`, `closed`, `reopened`, `renamed`, `blocked_by_added`, `sub_issue_added`, … */
  readonly event: string;
  readonly issue: number;
  readonly actor: UserRecord;
  readonly createdAt: number;
  /** App id, when an App did it. */
  readonly viaApp: number | null;
  readonly label?: string;
  readonly stateReason?: string | null;
  /** The pull request or commit that closed it. */
  readonly closer?: { readonly pull: number } | null;
  /** The commit of a `merged` event, or of a `closed` one that a merge caused. */
  readonly commit?: string;
  /** The other issue of an edge: blocker, blocked, parent or child. */
  readonly other?: number;
  readonly rename?: { readonly from: string; readonly to: string };
  readonly milestone?: string;
  readonly assignee?: UserRecord;
  /** Why a pull request was taken out of the merge queue. */
  readonly reason?: string;
}

/** One edit of an issue's text. The first edit brings the text that the issue was opened with along. */
export interface BodyEditRecord {
  readonly node: string;
  readonly at: number;
  readonly by: UserRecord;
  readonly body: string;
  readonly isCreation: boolean;
}

export interface IssueRecord {
  /** Database id; never equal to the number. */
  readonly id: number;
  readonly node: string;
  readonly number: number;
  title: string;
  body: string;
  readonly author: UserRecord;
  /** App id, when an App opened it. */
  readonly viaApp: number | null;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  closedBy: UserRecord | null;
  closedAt: number | null;
  readonly createdAt: number;
  updatedAt: number;
  /** Last edit of the body (GraphQL lastEditedAt, editor). */
  editedAt: number | null;
  editedBy: UserRecord | null;
  /** Oldest first; the last hundred are kept. */
  readonly edits: BodyEditRecord[];
  readonly labels: Set<number>;
  readonly assignees: Set<number>;
  milestone: number | null;
  isLocked: boolean;
  isPinned: boolean;
  pinnedBy: UserRecord | null;
  readonly comments: CommentRecord[];
  readonly reactions: ReactionRecord[];
  /** Numbers of the issues that block it, in the order they were added. */
  readonly blockedBy: Set<number>;
  readonly subIssues: number[];
  parent: number | null;
  /** Set for pull requests, which are issues too. */
  pull: PullRecord | null;
}

export interface ReviewRecord {
  readonly id: number;
  readonly node: string;
  readonly user: UserRecord;
  readonly state: "approved" | "changes_requested" | "commented";
  readonly body: string;
  readonly sha: string;
  readonly submittedAt: number;
  /** Remarks on lines of the changed files. */
  readonly comments: readonly ReviewCommentRecord[];
}

export interface ReviewCommentRecord {
  readonly id: number;
  readonly node: string;
  readonly path: string;
  readonly line: number | null;
  readonly body: string;
}

export interface PullRecord {
  /** Database id of the pull request; that of its issue differs, as on GitHub. The node id is the issue record's. */
  readonly id: number;
  headBranch: string;
  /** Follows pushes while open; frozen when closed or merged. */
  headSha: string;
  /** Full name of the head repository; a fork's differs. */
  readonly headRepository: string;
  baseBranch: string;
  /** The commit of the base branch when the pull request was opened or last updated. */
  baseSha: string;
  isDraft: boolean;
  isMerged: boolean;
  mergedBy: UserRecord | null;
  mergedAt: number | null;
  mergeSha: string | null;
  readonly reviews: ReviewRecord[];
  /** Who was asked for a review and has not given one since. */
  requestedReviewers: readonly UserRecord[];
  /** Who asked for a merge as soon as the required checks are green. */
  autoMerge: { readonly by: UserRecord; readonly viaApp: number | null; readonly enabledAt: number } | null;
}

/** A place in the merge queue. */
export interface QueueEntryRecord {
  readonly id: number;
  readonly node: string;
  /** The number of the pull request. */
  readonly pull: number;
  /** Its head when it was put in. */
  readonly sha: string;
  readonly by: UserRecord;
  readonly enqueuedAt: number;
}

export interface CheckRunRecord {
  readonly id: number;
  readonly node: string;
  readonly name: string;
  readonly sha: string;
  readonly app: { readonly id: number; readonly slug: string };
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: readonly AnnotationRecord[];
  /** What the job of it printed; null while it runs, and where it is no job of Actions. */
  log: string | null;
  readonly startedAt: number;
  completedAt: number | null;
  readonly suite: number;
}

/** A place that a check run points at. */
export interface AnnotationRecord {
  readonly path: string;
  readonly line: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string | null;
  readonly message: string;
}

export interface CheckSuiteRecord {
  readonly id: number;
  readonly node: string;
  readonly sha: string;
  readonly headBranch: string | null;
  readonly app: { readonly id: number; readonly slug: string };
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  readonly createdAt: number;
  updatedAt: number;
}

export interface StatusRecord {
  readonly id: number;
  readonly node: string;
  readonly sha: string;
  readonly context: string;
  readonly state: "pending" | "success" | "failure" | "error";
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: UserRecord;
  readonly createdAt: number;
}

export interface MilestoneRecord {
  readonly id: number;
  readonly node: string;
  readonly number: number;
  title: string;
  description: string;
  dueOn: number | null;
  state: "open" | "closed";
}

/** A workflow file on the default branch. */
export interface WorkflowRecord {
  readonly id: number;
  readonly node: string;
  readonly path: string;
  name: string;
  /** The `run-name` expression, where there is one. */
  runName: string | null;
  /** Events of `on:`. */
  events: readonly string[];
  /** The inputs that `workflow_dispatch` declares. */
  inputs: Readonly<Record<string, { readonly isRequired: boolean; readonly fallback: string | null }>>;
  /** The file itself, as its YAML reads. */
  source: Readonly<Record<string, unknown>>;
  state: "active" | "deleted";
  readonly createdAt: number;
}

export interface WorkflowRunRecord {
  readonly id: number;
  readonly node: string;
  readonly runNumber: number;
  readonly workflow: { readonly id: number; readonly name: string; readonly path: string };
  readonly event: string;
  readonly displayTitle: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly suite: { readonly id: number; readonly node: string };
  readonly headBranch: string;
  readonly headSha: string;
  readonly actor: UserRecord;
  /** App id, when an App dispatched it. */
  readonly viaApp: number | null;
  runAttempt: number;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  readonly createdAt: number;
  updatedAt: number;
}

/** One entry of the report's timeline: what the embedded GitHub or a vendor saw. */
export interface TimelineEntry {
  readonly at: number;
  readonly actor: string;
  readonly action:
    | "session_started"
    | "session_ended"
    | "pr_opened"
    | "pr_updated"
    | "checks"
    | "merged"
    | "enqueued"
    | "dequeued"
    | "closed"
    | "reopened"
    | "comment"
    | "label"
    | "dispatch"
    | "webhook_dropped"
    | "crash"
    | "restart";
  /** `#12`, `pull #14`, a session. */
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A webhook on its way to the App; whoever carries it may lose, repeat, delay or reorder it. */
export interface Delivery {
  /** `X-GitHub-Delivery`; a redelivery keeps it. */
  readonly id: string;
  readonly event: string;
  /** The exact bytes that were signed. */
  readonly body: string;
  readonly signature: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}
