/**
 * The embedded GitHub as its inhabitants use it: people, agents that push, checks that report. The App never sees this
 * interface; it comes through `handle`, with a token, over REST and GraphQL.
 */
import type { Chance } from "../ports/chance.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  AnnotationRecord,
  CheckRunRecord,
  CommentRecord,
  Delivery,
  IssueRecord,
  RepositoryPermission,
  TimelineEntry,
  UserRecord,
  UserStatusRecord,
  WorkflowRecord,
  WorkflowRunRecord,
} from "./records.ts";
import type { RepositoryEvent } from "./workflow-triggers.ts";
import type { CheckOutput, RunConclusion } from "./world-acts.ts";

export interface WorldOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /** An empty folder: the bare git repository is made in it, with git itself. */
  readonly directory: string;
  /** `owner/name`. The owner is a user unless `isOrganization`. */
  readonly repository: string;
  readonly isOrganization?: boolean;
  /** Public base, `http://127.0.0.1:4000` live, `https://github.test` headless. API at `/api/v3` and `/api/graphql`. */
  readonly baseUrl: string;
  readonly app: {
    readonly id: number;
    readonly slug: string;
    /** A function where it is still being made. */
    readonly publicKey: string | (() => string);
    readonly webhookSecret: string;
  };
  /** Names of the required checks on the default branch; the scenario's is `ci`. */
  readonly requiredChecks: readonly string[];
  /** Whether the required checks are strict: a branch must have all of the default branch before it is merged. */
  readonly hasStrictChecks?: boolean;
  /** Whether the default branch takes merges only through a merge queue. */
  readonly hasMergeQueue?: boolean;
  /** Files of the first commit, beside a README.md; workflows among them can be dispatched. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface ApiCounters {
  rest: number;
  graphqlPoints: number;
  /** REST writes and GraphQL mutation requests, without commits to the state branch. */
  mutations: number;
  contentCreations: number;
  stateCommits: number;
}

/** A refusal of a person's act, as GitHub's own page would show it. */
export interface Refusal {
  readonly refused: string;
}

/** Everything that people and agents do. All acts emit the webhooks, issue events and timeline entries GitHub would. */
export interface World {
  /** REST, GraphQL and token endpoints. Rejects never; faults are put around it by the network. */
  handle(request: Request): Promise<Response>;

  user(login: string): UserRecord;
  /** Makes the user when new. Permission is that of a collaborator; `none` for strangers. */
  addUser(user: {
    readonly login: string;
    readonly permission: RepositoryPermission;
    readonly isBot?: boolean;
    readonly id?: number;
  }): UserRecord;
  /** Somebody says on their profile that they are busy, or no longer; until `expiresAt` where that is given. */
  setStatus(status: { readonly by: string; readonly isBusy: boolean; readonly expiresAt?: number }): void;
  onStatus(listener: (status: UserStatusRecord) => void): void;
  /** Installs the App on the repository: webhooks flow and installation tokens can be had. */
  installApp(): { readonly installation: number };
  /** Revokes the App's key: every later JWT and token is answered with 401. */
  revokeApp(): void;

  openIssue(act: {
    readonly by: string;
    readonly title: string;
    readonly body?: string;
    readonly labels?: readonly string[];
  }): Promise<IssueRecord>;
  editIssue(act: {
    readonly by: string;
    readonly number: number;
    readonly title?: string;
    readonly body?: string;
  }): Promise<void>;
  closeIssue(act: {
    readonly by: string;
    readonly number: number;
    readonly reason?: "completed" | "not_planned" | "duplicate";
  }): Promise<void>;
  reopenIssue(act: { readonly by: string; readonly number: number }): Promise<void>;
  deleteIssue(act: { readonly by: string; readonly number: number }): Promise<void>;
  transferIssue(act: { readonly by: string; readonly number: number; readonly to: string }): Promise<void>;
  pinIssue(act: { readonly by: string; readonly number: number }): Promise<void>;
  addLabel(act: { readonly by: string; readonly number: number; readonly label: string }): Promise<void>;
  removeLabel(act: { readonly by: string; readonly number: number; readonly label: string }): Promise<void>;
  comment(act: { readonly by: string; readonly number: number; readonly body: string }): Promise<CommentRecord>;
  addDependency(act: { readonly by: string; readonly number: number; readonly blockedBy: number }): Promise<void>;
  removeDependency(act: { readonly by: string; readonly number: number; readonly blockedBy: number }): Promise<void>;
  addSubIssue(act: { readonly by: string; readonly parent: number; readonly child: number }): Promise<void>;

  /** Commits files to a branch and pushes it. Makes the branch from `from` (default: the default branch) when it is new. `mergeBase` merges the default branch first (ours wins conflicts), as an agent that resolves one does. */
  push(act: {
    readonly by: string;
    readonly branch: string;
    readonly from?: string;
    readonly mergeBase?: boolean;
    readonly files: Readonly<Record<string, string | null>>;
    readonly message: string;
  }): Promise<{ readonly sha: string }>;
  readFile(branch: string, path: string): Promise<string | null>;
  openPull(act: {
    readonly by: string;
    readonly branch: string;
    readonly base?: string;
    readonly title: string;
    readonly body: string;
    readonly isDraft?: boolean;
  }): Promise<IssueRecord>;
  closePull(act: { readonly by: string; readonly number: number }): Promise<void>;
  /** A real three-way merge. Refused on conflicts, without write access, or while a required check is not green. */
  mergePull(act: { readonly by: string; readonly number: number }): Promise<{ readonly sha: string } | Refusal>;
  /** What is first in the merge queue has come to its end: merged, or taken out because its checks are red or it conflicts. */
  settleQueue(isGreen: boolean): Promise<void>;
  readonly queueLength: number;
  review(act: {
    readonly by: string;
    readonly number: number;
    readonly state: "approved" | "changes_requested" | "commented";
    readonly body?: string;
    readonly comments?: readonly { readonly path: string; readonly line: number | null; readonly body: string }[];
  }): Promise<void>;
  /** A check run of GitHub Actions on a commit; with its check suite, and both webhooks. */
  check(act: {
    readonly sha: string;
    readonly name: string;
    readonly status: "in_progress" | "completed";
    readonly conclusion?: "success" | "failure";
    readonly output?: CheckOutput;
    readonly annotations?: readonly AnnotationRecord[];
    /** What the job prints. */
    readonly log?: string;
  }): Promise<CheckRunRecord>;

  issues(): readonly IssueRecord[];
  issue(number: number): IssueRecord;
  checks(sha: string): readonly CheckRunRecord[];
  mergeable(number: number): Promise<"yes" | "conflict">;

  /** A run that was dispatched and waits for a machine. */
  onDispatch(listener: (run: WorkflowRunRecord) => void): void;
  /** A run that somebody cancels, while it still goes on. */
  onCancel(listener: (run: WorkflowRunRecord) => void): void;
  /** Moves a run on and sends `workflow_run`. */
  moveRun(run: number, status: "in_progress" | "completed", conclusion?: RunConclusion): Promise<void>;
  /** Workflows of the default branch. */
  workflows(): readonly WorkflowRecord[];
  /** A run that the event or the schedule sets off; `by` is a login, the repository's owner unless said otherwise. */
  startRun(run: { readonly workflow: string; readonly event: string; readonly by?: string }): WorkflowRunRecord;
  /** Everything that can set off a workflow. */
  onEvent(listener: (event: RepositoryEvent) => void): void;
  /** The repository as payloads show it. */
  repositoryPayload(): Readonly<Record<string, unknown>>;
  run(id: number): WorkflowRunRecord;
  /** A `GITHUB_TOKEN` for a job of the repository, with what the job asks for. */
  jobToken(run: number, permissions?: Readonly<Record<string, string>>): string;

  onDelivery(listener: (delivery: Delivery) => void): void;
  onTimeline(listener: (entry: TimelineEntry) => void): void;
  /** Requests and git children that are still open; virtual time stands still above 0. */
  readonly openCount: number;
  readonly counters: ApiCounters;
  close(): Promise<void>;
}
