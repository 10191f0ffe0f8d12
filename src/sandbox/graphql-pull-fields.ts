/** Resolvers of pull requests and their reviews. */
import { associationOf, closingIssues } from "./api-lookups.ts";
import { rollupOf } from "./graphql-check-fields.ts";
import { commitSource, refSource } from "./graphql-code-fields.ts";
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime, demand, pathOf } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import { sharedIssueFields } from "./graphql-issue-fields.ts";
import { timelineOf } from "./graphql-timeline-fields.ts";
import type { IssueRecord, PullRecord, QueueEntryRecord, ReviewCommentRecord, ReviewRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import { gitNodeId } from "./repository-ids.ts";

function pullOf(issue: IssueRecord): PullRecord {
  if (issue.pull === null) throw new Error(`#${issue.number} was taken for a pull request, but is an issue.`);
  return issue.pull;
}

function isCrossRepository(issue: IssueRecord, { state }: GraphqlContext): boolean {
  return pullOf(issue).headRepository !== state.repository.fullName;
}

async function commitsOf(issue: IssueRecord, args: PageArgs, { git, state }: GraphqlContext): Promise<unknown> {
  const pull = pullOf(issue);
  const wrap = (oid: string): unknown => ({
    commit: commitSource(oid),
    id: gitNodeId("C", { repository: state.repository.id, oid: `pull:${issue.number}:${oid}` }),
    pullRequest: issue,
    resourcePath: `${pathOf(issue, state)}/commits/${oid}`,
    url: `${state.htmlUrl}${pathOf(issue, state)}/commits/${oid}`,
  });
  const base = git.head(pull.baseBranch);
  const isOpen = issue.state === "open" && base !== null;
  const commits = await git.log(pull.headSha, isOpen ? { not: base, limit: 250 } : { limit: 1 });
  return connect(
    commits.toReversed().map((commit) => wrap(commit.oid)),
    args,
    "commits",
  );
}

async function sizeOf(
  issue: IssueRecord,
  { git }: GraphqlContext,
): Promise<{ additions: number; deletions: number; files: number }> {
  const pull = pullOf(issue);
  const base = git.head(pull.baseBranch);
  const from = base === null ? null : await git.mergeBase(base, pull.headSha);
  const changes = from === null ? [] : await git.changedLines(from, pull.headSha);
  return {
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    files: changes.length,
  };
}

const patchStatus = { added: "ADDED", modified: "MODIFIED", removed: "DELETED" } as const;

async function filesOf(issue: IssueRecord, args: PageArgs, { git }: GraphqlContext): Promise<unknown> {
  const pull = pullOf(issue);
  const base = issue.state === "open" ? git.head(pull.baseBranch) : pull.baseSha;
  const from = base === null ? null : await git.mergeBase(base, pull.headSha);
  if (from === null) return connect([], args, "files");
  // Line counts would cost a child of git for each look, and nobody asks for them.
  const changes = (await git.changedPaths(from, pull.headSha)).map(({ path, status }) => ({
    additions: 1,
    changeType: patchStatus[status],
    deletions: 0,
    path,
  }));
  return connect(changes, args, "files");
}

function queueEntryOf(issue: IssueRecord, state: RepositoryState): QueueEntryRecord | null {
  return state.mergeQueue?.find((entry) => entry.pull === issue.number) ?? null;
}

export const queueEntryFields: Fields<QueueEntryRecord> = {
  enqueuedAt: (entry) => dateTime(entry.enqueuedAt),
  enqueuer: (entry) => entry.by,
  headCommit: (entry) => commitSource(entry.sha),
  id: (entry) => entry.node,
  position: (entry, _args, { state }) => (state.mergeQueue ?? []).indexOf(entry) + 1,
  pullRequest: (entry, _args, { state }) => state.issues.get(entry.pull) ?? null,
};

/** The last review of each person that says yes or no. */
function opinions(pull: PullRecord): readonly ReviewRecord[] {
  const latest = new Map<number, ReviewRecord>();
  for (const review of pull.reviews) if (review.state !== "commented") latest.set(review.user.id, review);
  return [...latest.values()];
}

function decisionOf(issue: IssueRecord): string | null {
  const latest = opinions(pullOf(issue));
  if (latest.some((review) => review.state === "changes_requested")) return "CHANGES_REQUESTED";
  return latest.some((review) => review.state === "approved") ? "APPROVED" : null;
}

export const pullFields: Fields<IssueRecord> = {
  ...sharedIssueFields,
  additions: async (issue, _args, context) => (await sizeOf(issue, context)).additions,
  autoMergeRequest: (issue) => {
    const { autoMerge } = pullOf(issue);
    if (autoMerge === null) return null;
    return {
      enabledAt: dateTime(autoMerge.enabledAt),
      enabledBy: autoMerge.by,
      mergeMethod: "MERGE",
      pullRequest: issue,
    };
  },
  baseRef: (issue, _args, { git }) => refSource(`refs/heads/${pullOf(issue).baseBranch}`, git),
  baseRefName: (issue) => pullOf(issue).baseBranch,
  baseRefOid: (issue, _args, { git }) => git.head(pullOf(issue).baseBranch) ?? pullOf(issue).headSha,
  baseRepository: (_issue, _args, { state }) => state.repository,
  changedFiles: async (issue, _args, context) => (await sizeOf(issue, context)).files,
  closingIssuesReferences: (issue, args: PageArgs & { readonly userLinkedOnly?: boolean }, context) => {
    demand(context, ["issues"], "read");
    const issues = args.userLinkedOnly === true ? [] : closingIssues(issue, context.state);
    return connect(issues, args, "closingIssuesReferences");
  },
  commits: commitsOf,
  // GraphQL's Int ends at 2^31; fullDatabaseId has them all.
  databaseId: (issue) => (pullOf(issue).id > 0x7fff_ffff ? null : pullOf(issue).id),
  deletions: async (issue, _args, context) => (await sizeOf(issue, context)).deletions,
  files: filesOf,
  fullDatabaseId: (issue) => String(pullOf(issue).id),
  headRef: (issue, _args, context) =>
    isCrossRepository(issue, context) ? null : refSource(`refs/heads/${pullOf(issue).headBranch}`, context.git),
  headRefName: (issue) => pullOf(issue).headBranch,
  headRefOid: (issue) => pullOf(issue).headSha,
  headRepository: (issue, _args, context) => {
    const { repository } = context.state;
    if (!isCrossRepository(issue, context)) return repository;
    return forkOf(issue, context);
  },
  headRepositoryOwner: (issue, _args, { state }) =>
    state.findUser(pullOf(issue).headRepository.split("/")[0] ?? "") ?? null,
  isCrossRepository: (issue, _args, context) => isCrossRepository(issue, context),
  isDraft: (issue) => pullOf(issue).isDraft,
  isInMergeQueue: (issue, _args, { state }) => queueEntryOf(issue, state) !== null,
  isMergeQueueEnabled: (issue, _args, { state }) =>
    state.mergeQueue !== null && pullOf(issue).baseBranch === state.repository.defaultBranch,
  latestOpinionatedReviews: (issue, args: PageArgs & { readonly writersOnly?: boolean }, { state }) => {
    const writers = new Set(["write", "maintain", "admin"]);
    const found = opinions(pullOf(issue)).filter(
      ({ user }) => args.writersOnly !== true || writers.has(state.permission(user)),
    );
    return connect(
      found.map((review) => reviewSource(issue, review)),
      args,
      "latestOpinionatedReviews",
    );
  },
  latestReviews: (issue, args: PageArgs) => {
    const latest = new Map(pullOf(issue).reviews.map((review) => [review.user.id, review] as const));
    return connect(
      [...latest.values()].map((review) => reviewSource(issue, review)),
      args,
      "latestReviews",
    );
  },
  maintainerCanModify: () => false,
  mergeCommit: (issue) => {
    const { mergeSha } = pullOf(issue);
    return mergeSha === null ? null : commitSource(mergeSha);
  },
  mergeQueueEntry: (issue, _args, { state }) => queueEntryOf(issue, state),
  mergeStateStatus: async (issue, _args, { acts }) =>
    issue.state === "open" ? (await acts.mergeState(issue.number)).toUpperCase() : "UNKNOWN",
  mergeable: async (issue, _args, { acts }) => {
    if (issue.state !== "open") return "UNKNOWN";
    const answers = { yes: "MERGEABLE", conflict: "CONFLICTING", unknown: "UNKNOWN" } as const;
    return answers[await acts.mergeable(issue.number)];
  },
  merged: (issue) => pullOf(issue).isMerged,
  mergedAt: (issue) => dateTime(pullOf(issue).mergedAt),
  mergedBy: (issue) => pullOf(issue).mergedBy,
  permalink: (issue, _args, { state }) => state.htmlUrl + pathOf(issue, state),
  potentialMergeCommit: () => null,
  reviewDecision: decisionOf,
  reviews: (
    issue,
    args: PageArgs & { readonly states?: readonly string[] | null; readonly author?: string | null },
  ) => {
    const found = pullOf(issue).reviews.filter(
      (review) =>
        (args.states ?? [review.state.toUpperCase()]).includes(review.state.toUpperCase()) &&
        (args.author ?? review.user.login) === review.user.login,
    );
    return connect(
      found.map((review) => reviewSource(issue, review)),
      args,
      "reviews",
    );
  },
  state: (issue) => (pullOf(issue).isMerged ? "MERGED" : issue.state.toUpperCase()),
  statusCheckRollup: (issue, _args, context) => rollupOf(pullOf(issue).headSha, context),
  timelineItems: timelineOf,
};

/** A fork is not in this world; its name and owner are all that is known. */
function forkOf(issue: IssueRecord, { state }: GraphqlContext): unknown {
  const fullName = pullOf(issue).headRepository;
  const [owner = "", name = ""] = fullName.split("/");
  return {
    ...state.repository,
    id: state.repository.id + 1,
    node: `${state.repository.node}F`,
    fullName,
    name,
    owner: state.findUser(owner) ?? state.repository.owner,
  };
}

interface ReviewSource {
  readonly __typename: "PullRequestReview";
  readonly node: string;
  readonly issue: IssueRecord;
  readonly review: ReviewRecord;
}

function reviewSource(issue: IssueRecord, review: ReviewRecord): ReviewSource {
  return { __typename: "PullRequestReview", node: review.node, issue, review };
}

export const reviewFields: Fields<ReviewSource> = {
  author: ({ review }) => review.user,
  authorAssociation: ({ review }, _args, { state }) => associationOf(review.user, state),
  body: ({ review }) => review.body,
  comments: ({ issue, review }, args: PageArgs) =>
    connect(
      review.comments.map((comment) => ({ issue, review, comment })),
      args,
      "comments",
    ),
  commit: ({ review }) => commitSource(review.sha),
  createdAt: ({ review }) => dateTime(review.submittedAt),
  databaseId: ({ review }) => (review.id > 0x7fff_ffff ? null : review.id),
  editor: () => null,
  fullDatabaseId: ({ review }) => String(review.id),
  id: ({ review }) => review.node,
  lastEditedAt: () => null,
  pullRequest: ({ issue }) => issue,
  repository: (_source, _args, { state }) => state.repository,
  resourcePath: ({ issue, review }, _args, { state }) => `${pathOf(issue, state)}#pullrequestreview-${review.id}`,
  state: ({ review }) => review.state.toUpperCase(),
  submittedAt: ({ review }) => dateTime(review.submittedAt),
  updatedAt: ({ review }) => dateTime(review.submittedAt),
  url: ({ issue, review }, _args, { state }) =>
    `${state.htmlUrl}${pathOf(issue, state)}#pullrequestreview-${review.id}`,
  viewerDidAuthor: ({ review }, _args, { credential }) => review.user.id === credential.actor.id,
};

interface ReviewCommentSource extends Pick<ReviewSource, "issue" | "review"> {
  readonly comment: ReviewCommentRecord;
}

export const reviewCommentFields: Fields<ReviewCommentSource> = {
  author: ({ review }) => review.user,
  body: ({ comment }) => comment.body,
  createdAt: ({ review }) => dateTime(review.submittedAt),
  fullDatabaseId: ({ comment }) => String(comment.id),
  id: ({ comment }) => comment.node,
  line: ({ issue, review, comment }) => (pullOf(issue).headSha === review.sha ? comment.line : null),
  originalLine: ({ comment }) => comment.line,
  path: ({ comment }) => comment.path,
  url: ({ issue, comment }, _args, { state }) => `${state.htmlUrl}${pathOf(issue, state)}#discussion_r${comment.id}`,
};
