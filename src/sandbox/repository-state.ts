/**
 * The mutable state of the embedded GitHub's one repository: users, permissions, issues, checks, runs, and the index
 * from node ids to records. It checks no permission and sends nothing: that is for the acts, the only ones who write.
 */
import type { Clock } from "../ports/clock.ts";
import type {
  CheckRunRecord,
  CheckSuiteRecord,
  CommentRecord,
  IssueEventRecord,
  IssueRecord,
  LabelRecord,
  MilestoneRecord,
  QueueEntryRecord,
  ReactionRecord,
  RepositoryPermission,
  ReviewRecord,
  StatusRecord,
  UserRecord,
  UserStatusRecord,
  WorkflowRecord,
  WorkflowRunRecord,
} from "./records.ts";
import { appNodeId, globalNodeId, idSequence, repositoryNodeId } from "./repository-ids.ts";
import type { CommitObject } from "./git-types.ts";
import type { IdKind, Identity, RepositoryIdKind } from "./repository-ids.ts";
import type { WorldOptions } from "./world.ts";

export interface RepositoryRecord {
  readonly id: number;
  readonly node: string;
  readonly owner: UserRecord;
  readonly name: string;
  readonly fullName: string;
  readonly isOrganization: boolean;
  readonly defaultBranch: string;
  readonly createdAt: number;
  updatedAt: number;
  pushedAt: number;
}

export interface AppRecord {
  readonly id: number;
  readonly node: string;
  readonly slug: string;
  readonly name: string;
}

/** What a node id stands for. */
export type NodeRecord =
  | { readonly kind: "Repository"; readonly record: RepositoryRecord }
  | { readonly kind: "User"; readonly record: UserRecord }
  | { readonly kind: "Label"; readonly record: LabelRecord }
  | { readonly kind: "Issue"; readonly record: IssueRecord }
  | { readonly kind: "PullRequest"; readonly record: IssueRecord }
  | { readonly kind: "IssueComment"; readonly record: CommentRecord }
  | { readonly kind: "Reaction"; readonly record: ReactionRecord }
  | { readonly kind: "IssueEvent"; readonly record: IssueEventRecord }
  | { readonly kind: "PullRequestReview"; readonly record: ReviewRecord; readonly pull: number }
  | { readonly kind: "CheckRun"; readonly record: CheckRunRecord }
  | { readonly kind: "CheckSuite"; readonly record: CheckSuiteRecord }
  | { readonly kind: "StatusContext"; readonly record: StatusRecord }
  | { readonly kind: "Milestone"; readonly record: MilestoneRecord }
  | { readonly kind: "Workflow"; readonly record: WorkflowRecord }
  | { readonly kind: "WorkflowRun"; readonly record: WorkflowRunRecord };

/** Where an issue went that is no longer here: deleted ones answer 410, transferred ones 301. */
export type GoneRecord =
  | { readonly kind: "deleted" }
  | { readonly kind: "transferred"; readonly repository: string; readonly number: number };

/** The App `github-actions`, as whom checks and job tokens act. */
export const actionsApp: AppRecord = {
  id: 15_368,
  node: appNodeId(15_368),
  slug: "github-actions",
  name: "GitHub Actions",
};
/** The user id of `github-actions[bot]`, known from its noreply address. */
const actionsBotId = 41_898_282;
/** The user id of `github-merge-queue[bot]`, known from its noreply address. */
const queueBotId = 118_344_674;

export class RepositoryState {
  readonly repository: RepositoryRecord;
  readonly app: AppRecord;
  /** `<slug>[bot]`. */
  readonly appUser: UserRecord;
  /** `github-actions[bot]`. */
  readonly actionsUser: UserRecord;
  installation: { readonly id: number; readonly node: string; readonly at: number } | null = null;
  readonly requiredChecks: readonly string[];
  /** The required checks count only for a branch that has all of the default branch. */
  readonly hasStrictChecks: boolean;
  /** The merge queue of the default branch, first come first; null: it has none. */
  readonly mergeQueue: QueueEntryRecord[] | null;
  /** `https://host`, no slash at the end. */
  readonly htmlUrl: string;
  /** `https://host/api/v3`. */
  readonly apiUrl: string;

  readonly users = new Map<number, UserRecord>();
  /** By user id; who is missing has `none`. */
  readonly permissions = new Map<number, RepositoryPermission>();
  /** By user id, those included that have expired: whoever reads one looks at its end. */
  readonly userStatuses = new Map<number, UserStatusRecord>();
  readonly labels = new Map<number, LabelRecord>();
  /** By number, in the order of opening. Pull requests are issues with `pull` set. */
  readonly issues = new Map<number, IssueRecord>();
  readonly gone = new Map<number, GoneRecord>();
  /** By database id. */
  readonly comments = new Map<number, CommentRecord>();
  /** The feed of the repository, oldest first. */
  readonly issueEvents: IssueEventRecord[] = [];
  readonly checkRuns = new Map<number, CheckRunRecord>();
  readonly checkSuites = new Map<number, CheckSuiteRecord>();
  readonly statuses: StatusRecord[] = [];
  /** By number. */
  readonly milestones = new Map<number, MilestoneRecord>();
  readonly workflows = new Map<number, WorkflowRecord>();
  readonly workflowRuns = new Map<number, WorkflowRunRecord>();
  readonly nodes = new Map<string, NodeRecord>();
  /** Commits that somebody pushed, so that payloads can show them without asking git. */
  readonly commits = new Map<string, CommitObject>();

  readonly #clock: Clock;
  readonly #usersByLogin = new Map<string, UserRecord>();
  readonly #issuesById = new Map<number, IssueRecord>();
  readonly #nextId = idSequence();
  /** Issue numbers by what blocks them, the other direction of `IssueRecord.blockedBy`. */
  readonly #blocking = new Map<number, Set<number>>();
  #lastNumber = 0;

  constructor(options: WorldOptions) {
    const [ownerLogin, name] = options.repository.split("/");
    if (ownerLogin === undefined || name === undefined || ownerLogin === "" || name === "") {
      throw new Error(`The repository must be given as owner/name, not "${options.repository}".`);
    }
    this.#clock = options.clock;
    this.htmlUrl = options.baseUrl.replace(/\/+$/, "");
    this.apiUrl = `${this.htmlUrl}/api/v3`;
    this.requiredChecks = options.requiredChecks;
    this.hasStrictChecks = options.hasStrictChecks === true;
    this.mergeQueue = options.hasMergeQueue === true ? [] : null;
    const isOrganization = options.isOrganization ?? false;
    const owner = this.addUser({ login: ownerLogin, type: isOrganization ? "Organization" : "User" });
    const id = this.#nextId("repository");
    const now = options.clock.now();
    this.repository = {
      id,
      node: repositoryNodeId(id),
      owner,
      name,
      fullName: options.repository,
      isOrganization,
      defaultBranch: "main",
      createdAt: now,
      updatedAt: now,
      pushedAt: now,
    };
    this.nodes.set(this.repository.node, { kind: "Repository", record: this.repository });
    this.permissions.set(owner.id, "admin");
    const { id: appId, slug } = options.app;
    this.app = { id: appId, node: appNodeId(appId), slug, name: slug };
    this.appUser = this.addUser({ login: `${slug}[bot]`, type: "Bot" });
    this.actionsUser = this.addUser({ login: "github-actions[bot]", type: "Bot", id: actionsBotId });
  }

  /** In whose name the merge queue merges; nobody has given it a permission. */
  get queueUser(): UserRecord {
    return this.addUser({ login: "github-merge-queue[bot]", type: "Bot", id: queueBotId });
  }

  now(): number {
    return this.#clock.now();
  }

  /** A database id and the node id that goes with it. Ids start far above any issue number, differently per kind. */
  identity(kind: RepositoryIdKind): Identity {
    const id = this.#nextId(kind);
    return { id, node: globalNodeId(kind, { repository: this.repository.id, id }) };
  }

  /** The installation's node id stands outside of the repository. */
  installationIdentity(): Identity {
    const id = this.#nextId("installation");
    return { id, node: globalNodeId("installation", { repository: null, id }) };
  }

  /** A bare database id of a kind that has no node id of its own here. */
  nextId(kind: IdKind): number {
    return this.#nextId(kind);
  }

  /** The next number of an issue or pull request; they share one row of numbers. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** Keeps a record under its node id. */
  index(node: NodeRecord): void {
    this.nodes.set(node.record.node, node);
  }

  addUser(user: { readonly login: string; readonly type: UserRecord["type"]; readonly id?: number }): UserRecord {
    const known = this.findUser(user.login);
    if (known !== undefined) return known;
    const id = user.id ?? this.#nextId("user");
    const record: UserRecord = { id, node: userNodeId(user.type, id), login: user.login, type: user.type };
    this.users.set(id, record);
    this.#usersByLogin.set(user.login.toLowerCase(), record);
    this.nodes.set(record.node, { kind: "User", record });
    return record;
  }

  /** Logins are found whatever their case, as on GitHub. */
  findUser(login: string): UserRecord | undefined {
    return this.#usersByLogin.get(login.toLowerCase());
  }

  permission(user: UserRecord): RepositoryPermission {
    return this.permissions.get(user.id) ?? "none";
  }

  addIssue(issue: IssueRecord): void {
    this.issues.set(issue.number, issue);
    this.#issuesById.set(issue.id, issue);
    this.index({ kind: issue.pull === null ? "Issue" : "PullRequest", record: issue });
  }

  /** Takes an issue away, with everything that hangs on it; `gone` says what to answer for its number. */
  removeIssue(issue: IssueRecord, gone: GoneRecord): void {
    this.issues.delete(issue.number);
    this.#issuesById.delete(issue.id);
    this.nodes.delete(issue.node);
    for (const comment of issue.comments) this.removeComment(comment);
    this.gone.set(issue.number, gone);
  }

  addComment(comment: CommentRecord): void {
    this.comments.set(comment.id, comment);
    this.index({ kind: "IssueComment", record: comment });
  }

  removeComment(comment: CommentRecord): void {
    this.comments.delete(comment.id);
    this.nodes.delete(comment.node);
  }

  /** By database id, as the bodies of dependency and sub-issue requests name it. */
  issueById(id: number): IssueRecord | undefined {
    return this.#issuesById.get(id);
  }

  findLabel(name: string): LabelRecord | undefined {
    const wanted = name.toLowerCase();
    for (const label of this.labels.values()) if (label.name.toLowerCase() === wanted) return label;
    return undefined;
  }

  labelsOf(issue: IssueRecord): readonly LabelRecord[] {
    return [...issue.labels].flatMap((id) => this.labels.get(id) ?? []);
  }

  link(blocked: IssueRecord, blocker: IssueRecord): void {
    blocked.blockedBy.add(blocker.number);
    const waiting = this.#blocking.get(blocker.number) ?? new Set<number>();
    waiting.add(blocked.number);
    this.#blocking.set(blocker.number, waiting);
  }

  unlink(blocked: IssueRecord, blocker: IssueRecord): void {
    blocked.blockedBy.delete(blocker.number);
    this.#blocking.get(blocker.number)?.delete(blocked.number);
  }

  blockersOf(issue: IssueRecord): readonly IssueRecord[] {
    return [...issue.blockedBy].flatMap((number) => this.issues.get(number) ?? []);
  }

  /** The issues that wait for this one, in the order they were added. */
  blockedOf(issue: IssueRecord): readonly IssueRecord[] {
    return [...(this.#blocking.get(issue.number) ?? [])].flatMap((number) => this.issues.get(number) ?? []);
  }

  subIssuesOf(issue: IssueRecord): readonly IssueRecord[] {
    return issue.subIssues.flatMap((number) => this.issues.get(number) ?? []);
  }

  /** Check runs of a commit, oldest first; a later run of the same name and App replaces the earlier in judgements. */
  checksOf(sha: string): readonly CheckRunRecord[] {
    return [...this.checkRuns.values()].filter((run) => run.sha === sha);
  }

  /** Statuses of a commit, newest of each context only. */
  statusesOf(sha: string): readonly StatusRecord[] {
    const newest = new Map<string, StatusRecord>();
    for (const status of this.statuses) if (status.sha === sha) newest.set(status.context, status);
    return [...newest.values()];
  }

  /** Open or not: closing an issue does not unpin it. */
  pinned(): readonly IssueRecord[] {
    return [...this.issues.values()].filter((issue) => issue.isPinned);
  }

  pulls(): readonly (IssueRecord & { readonly pull: NonNullable<IssueRecord["pull"]> })[] {
    return [...this.issues.values()].filter(isPull);
  }

  eventsOf(issue: number): readonly IssueEventRecord[] {
    return this.issueEvents.filter((event) => event.issue === issue);
  }
}

/** Whether an issue record is a pull request. */
export function isPull(issue: IssueRecord): issue is IssueRecord & { readonly pull: NonNullable<IssueRecord["pull"]> } {
  return issue.pull !== null;
}

function userNodeId(type: UserRecord["type"], id: number): string {
  const kind = type === "Bot" ? "bot" : type === "Organization" ? "organization" : "user";
  return globalNodeId(kind, { repository: null, id });
}
