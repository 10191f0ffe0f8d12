/**
 * Every act on the embedded GitHub, whoever comes through whichever door: people through the World, Apps and jobs
 * through the API. An act checks permission, changes the state, and sends the webhooks, issue events and timeline
 * entries that GitHub would. Refusals are thrown as `ActRefusal`, which knows its HTTP status.
 */
import type { RepositoryEvent } from "./workflow-triggers.ts";
import type {
  AnnotationRecord,
  CheckRunRecord,
  CommentRecord,
  Delivery,
  IssueRecord,
  LabelRecord,
  MilestoneRecord,
  QueueEntryRecord,
  ReactionRecord,
  ReviewRecord,
  StatusRecord,
  TimelineEntry,
  UserRecord,
  WorkflowRunRecord,
} from "./records.ts";

/** Who acts. `viaApp` is the id of the App whose token is used; then `user` is the App's bot. */
export interface Actor {
  readonly user: UserRecord;
  readonly viaApp: number | null;
}

export type RefusalStatus = 403 | 404 | 405 | 409 | 410 | 422;

/** An act that GitHub would refuse; the message is the one that its API gives. */
export class ActRefusal extends Error {
  override readonly name = "ActRefusal";
  readonly status: RefusalStatus;
  /** `code` of the entry in `errors` of a 422, where GitHub gives one (`already_exists`, `invalid`, …). */
  readonly code: string | null;

  constructor(status: RefusalStatus, message: string, code: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface IssueActs {
  /** Labels are dropped silently when the actor may not label, as GitHub does; unknown ones are made. */
  openIssue(
    actor: Actor,
    issue: {
      readonly title: string;
      readonly body?: string;
      readonly labels?: readonly string[];
      readonly assignees?: readonly string[];
      readonly milestone?: number | null;
      readonly parent?: number;
    },
  ): IssueRecord;
  /** Title and body of an issue or pull request: its author or somebody with write. Milestone: triage. */
  editIssue(
    actor: Actor,
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly milestone?: number | null },
  ): IssueRecord;
  /** An issue or an unmerged pull request. No effect when closed already, but for the reason. */
  closeIssue(actor: Actor, number: number, reason?: "completed" | "not_planned" | "duplicate"): IssueRecord;
  /** An issue or an unmerged pull request. A pull request without a head branch is refused (422). */
  reopenIssue(actor: Actor, number: number): IssueRecord;
  /** Admin only. */
  deleteIssue(actor: Actor, number: number): void;
  transferIssue(actor: Actor, number: number, repository: string): void;
  /** Adds and removes assignees by login; unknown logins are ignored, as GitHub does. */
  assign(
    actor: Actor,
    number: number,
    logins: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): IssueRecord;
  lock(actor: Actor, number: number, isLocked: boolean): IssueRecord;
  pin(actor: Actor, number: number, isPinned: boolean): IssueRecord;
}

export interface LabelActs {
  /** Adds labels by name; those that the repository lacks are made. */
  addLabels(actor: Actor, number: number, names: readonly string[]): IssueRecord;
  /** 404 `Label does not exist` when the issue has it not. */
  removeLabel(actor: Actor, number: number, name: string): IssueRecord;
  setLabels(actor: Actor, number: number, names: readonly string[]): IssueRecord;
  /** 422 `already_exists` when there is one of the name. */
  createLabel(
    actor: Actor,
    label: { readonly name: string; readonly color?: string; readonly description?: string },
  ): LabelRecord;
  updateLabel(
    actor: Actor,
    name: string,
    change: { readonly name?: string; readonly color?: string; readonly description?: string },
  ): LabelRecord;
  deleteLabel(actor: Actor, name: string): void;
  createMilestone(
    actor: Actor,
    milestone: { readonly title: string; readonly description?: string; readonly dueOn?: number | null },
  ): MilestoneRecord;
}

export interface CommentActs {
  comment(actor: Actor, number: number, body: string): CommentRecord;
  /** By database id. Its author, or somebody with write. */
  editComment(actor: Actor, comment: number, body: string): CommentRecord;
  deleteComment(actor: Actor, comment: number): void;
  /** `content` as REST says it. Returns the one that is there already, when there is. */
  react(
    actor: Actor,
    to: { readonly issue: number } | { readonly comment: number },
    content: string,
  ): { readonly reaction: ReactionRecord; readonly isNew: boolean };
  unreact(actor: Actor, to: { readonly issue: number } | { readonly comment: number }, reaction: number): void;
}

export interface EdgeActs {
  /** Numbers, not ids. 422 when it is there, when it is the issue itself, or a pull request; needs triage. */
  addDependency(actor: Actor, edge: { readonly blocked: number; readonly blocking: number }): void;
  /** 404 when it is not there. */
  removeDependency(actor: Actor, edge: { readonly blocked: number; readonly blocking: number }): void;
  /** 422 when the child has another parent, unless `replaceParent`. */
  addSubIssue(
    actor: Actor,
    edge: { readonly parent: number; readonly child: number; readonly replaceParent?: boolean },
  ): void;
  removeSubIssue(actor: Actor, edge: { readonly parent: number; readonly child: number }): void;
  /** Puts the child behind `after`, before `before`, or first. */
  moveSubIssue(
    actor: Actor,
    edge: { readonly parent: number; readonly child: number; readonly after?: number; readonly before?: number },
  ): void;
}

export interface CodeActs {
  /** Files with text or bytes; null deletes. `from` and `mergeBase` as in `World.push`. `expectedHead` refuses with 409 when another commit is there. */
  push(
    actor: Actor,
    act: {
      readonly branch: string;
      readonly from?: string;
      readonly mergeBase?: boolean;
      readonly expectedHead?: string;
      readonly files: Readonly<Record<string, string | Uint8Array | null>>;
      readonly message: string;
    },
  ): Promise<{ readonly sha: string }>;
  /**
   * Moves, makes (`before: null` and it must not exist) or deletes (`to: null`) a full ref name, then does what follows a
   * push. `before` is compared when given. Non-fast-forwards are refused (422) unless `force`.
   */
  moveRef(
    actor: Actor,
    ref: {
      readonly name: string;
      readonly to: string | null;
      readonly before?: string | null;
      readonly force?: boolean;
    },
  ): Promise<void>;
  openPull(
    actor: Actor,
    pull: {
      /** `branch`, or `forkowner:branch`. */
      readonly head: string;
      readonly base?: string;
      readonly title: string;
      readonly body?: string;
      readonly isDraft?: boolean;
    },
  ): Promise<IssueRecord>;
  /** Marks a draft as ready, or a pull request as a draft. */
  setDraft(actor: Actor, number: number, isDraft: boolean): IssueRecord;
  /** Asks people for a review. 422 where one is no collaborator, or has opened it. */
  requestReviewers(actor: Actor, number: number, logins: readonly string[]): IssueRecord;
  mergePull(
    actor: Actor,
    number: number,
    how?: {
      readonly method?: "merge" | "squash" | "rebase";
      readonly expectedHead?: string;
      readonly title?: string;
      readonly message?: string;
    },
  ): Promise<{ readonly sha: string }>;
  /** Whether the heads can be merged; `unknown` when either is gone. */
  mergeable(number: number): Promise<"yes" | "conflict" | "unknown">;
  /** `clean`, or why a merge would be refused now, in the words of `mergeable_state`. */
  mergeState(number: number): Promise<"clean" | "dirty" | "blocked" | "behind" | "draft" | "unstable" | "unknown">;
  /** Merges the base into the head's branch. Refused where there is nothing new, a conflict, or another head than expected. */
  updateBranch(actor: Actor, number: number, expectedHead?: string): Promise<void>;
  /** Merges by itself once the required checks are green, in the actor's name; null switches it off. */
  setAutoMerge(actor: Actor, number: number, isOn: boolean): Promise<IssueRecord>;
  review(
    actor: Actor,
    number: number,
    review: {
      readonly state: "approved" | "changes_requested" | "commented";
      readonly body?: string;
      readonly comments?: readonly { readonly path: string; readonly line: number | null; readonly body: string }[];
    },
  ): ReviewRecord;
}

export interface QueueActs {
  /** Refused where there is no queue, or the pull request could not be merged as it is. */
  enqueue(actor: Actor, number: number, expectedHead?: string): Promise<QueueEntryRecord>;
  /** `reason` as the webhook says it: `MANUAL`, `CI_FAILURE`, `MERGE_CONFLICT`, … */
  dequeue(actor: Actor, number: number, reason: string): void;
  /** Merges what is first in the queue, or takes it out; nothing where the queue is empty. */
  settleQueue(isGreen: boolean): Promise<void>;
}

/** What a check says of itself. */
export interface CheckOutput {
  readonly title?: string | null;
  readonly summary?: string | null;
  readonly text?: string | null;
}

export interface CheckActs {
  /** Makes the run of this name on this commit, or moves the one that is not completed yet. */
  check(act: {
    readonly sha: string;
    readonly name: string;
    readonly status: "queued" | "in_progress" | "completed";
    readonly conclusion?: string | null;
    readonly app?: { readonly id: number; readonly slug: string };
    readonly output?: CheckOutput;
    readonly annotations?: readonly AnnotationRecord[];
    readonly log?: string;
    /** Always a new run, even when one of the name is open; that is what `POST check-runs` does. */
    readonly isNew?: boolean;
  }): Promise<CheckRunRecord>;
  /** Changes a check run by its id. */
  updateCheck(
    id: number,
    change: {
      readonly status?: "queued" | "in_progress" | "completed";
      readonly conclusion?: string | null;
      readonly output?: CheckOutput;
      readonly annotations?: readonly AnnotationRecord[];
      readonly log?: string;
    },
  ): Promise<CheckRunRecord>;
  status(
    actor: Actor,
    status: {
      readonly sha: string;
      readonly context: string;
      readonly state: "pending" | "success" | "failure" | "error";
      readonly description?: string | null;
      readonly targetUrl?: string | null;
    },
  ): Promise<StatusRecord>;
  /** Whether every required check is green on the commit; a missing one is not. */
  isGreen(sha: string): boolean;
}

export type RunConclusion = "success" | "failure" | "cancelled" | "timed_out" | "skipped";

export interface RunActs {
  /** `workflow_dispatch` of a workflow by id or file name. 404 unknown, 422 without that trigger or without the ref. */
  dispatch(
    actor: Actor,
    act: { readonly workflow: string; readonly ref: string; readonly inputs?: Readonly<Record<string, string>> },
  ): WorkflowRunRecord;
  moveRun(run: number, status: "in_progress" | "completed", conclusion?: RunConclusion): WorkflowRunRecord;
  /** A run that an event or the schedule sets off, on the default branch. */
  startRun(act: { readonly workflow: string; readonly event: string; readonly actor: Actor }): WorkflowRunRecord;
  onDispatch(listener: (run: WorkflowRunRecord) => void): void;
  /** Ends a run as cancelled. 404 unknown, 409 when it has ended. */
  cancelRun(run: number): WorkflowRunRecord;
  onCancel(listener: (run: WorkflowRunRecord) => void): void;
}

/** All acts, and who hears of them. */
export interface Acts extends IssueActs, LabelActs, CommentActs, EdgeActs, CodeActs, QueueActs, CheckActs, RunActs {
  onDelivery(listener: (delivery: Delivery) => void): void;
  onTimeline(listener: (entry: TimelineEntry) => void): void;
  /** Everything that can set off a workflow. */
  onEvent(listener: (event: RepositoryEvent) => void): void;
  /** Sends a delivery again, under its old id. */
  redeliver(delivery: Delivery): void;
  installApp(by: UserRecord): { readonly installation: number };
}
