/** Resolvers of issues, labels, milestones and people, as GitHub's GraphQL gives them. */
import { associationOf, closedByPulls } from "./api-lookups.ts";
import { groupsOf, mayEdit, reactionsOf } from "./graphql-comment-fields.ts";
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime, demand, pathOf } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import { timelineOf } from "./graphql-timeline-fields.ts";
import type { IssueRecord, LabelRecord, MilestoneRecord, UserRecord, UserStatusRecord } from "./records.ts";

function mayLabel(context: GraphqlContext): boolean {
  const { actor, permissions } = context.credential;
  if (permissions !== null) return permissions.issues === "write" || permissions.pull_requests === "write";
  return !["none", "read"].includes(context.state.permission(actor));
}

function labelsOf(
  issue: IssueRecord,
  args: PageArgs & { readonly orderBy?: { field: string; direction: string } | null },
  context: GraphqlContext,
): unknown {
  const labels = [...context.state.labelsOf(issue)];
  if (args.orderBy?.field === "NAME") labels.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (args.orderBy?.direction === "DESC") labels.reverse();
  return connect(labels, args, "labels");
}

function commentsOf(issue: IssueRecord, args: PageArgs & { readonly orderBy?: { direction: string } | null }): unknown {
  const { orderBy } = args;
  if (!orderBy) return connect(issue.comments, args, "comments");
  const sorted = issue.comments.toSorted((a, b) => a.updatedAt - b.updatedAt);
  return connect(orderBy.direction === "DESC" ? sorted.toReversed() : sorted, args, "comments");
}

/** What issues and pull requests have in common. */
export const sharedIssueFields = {
  activeLockReason: () => null,
  assignees: (issue: IssueRecord, args: PageArgs, { state }: GraphqlContext) =>
    connect(
      [...issue.assignees].flatMap((id) => state.users.get(id) ?? []),
      args,
      "assignees",
    ),
  author: (issue: IssueRecord) => issue.author,
  authorAssociation: (issue: IssueRecord, _args: unknown, { state }: GraphqlContext) =>
    associationOf(issue.author, state),
  body: (issue: IssueRecord) => issue.body,
  bodyText: (issue: IssueRecord) => issue.body,
  closed: (issue: IssueRecord) => issue.state === "closed",
  closedAt: (issue: IssueRecord) => dateTime(issue.closedAt),
  comments: commentsOf,
  createdAt: (issue: IssueRecord) => dateTime(issue.createdAt),
  editor: (issue: IssueRecord) => issue.editedBy,
  id: (issue: IssueRecord) => issue.node,
  labels: labelsOf,
  lastEditedAt: (issue: IssueRecord) => dateTime(issue.editedAt),
  locked: (issue: IssueRecord) => issue.isLocked,
  milestone: (issue: IssueRecord, _args: unknown, { state }: GraphqlContext) =>
    issue.milestone === null ? null : (state.milestones.get(issue.milestone) ?? null),
  number: (issue: IssueRecord) => issue.number,
  reactionGroups: (issue: IssueRecord, _args: unknown, context: GraphqlContext) => groupsOf(issue, context),
  reactions: reactionsOf,
  repository: (_issue: IssueRecord, _args: unknown, { state }: GraphqlContext) => state.repository,
  resourcePath: (issue: IssueRecord, _args: unknown, { state }: GraphqlContext) => pathOf(issue, state),
  title: (issue: IssueRecord) => issue.title,
  updatedAt: (issue: IssueRecord) => dateTime(issue.updatedAt),
  url: (issue: IssueRecord, _args: unknown, { state }: GraphqlContext) => state.htmlUrl + pathOf(issue, state),
  viewerCanClose: (issue: IssueRecord, _args: unknown, context: GraphqlContext) => mayEdit(issue.author, context),
  viewerCanLabel: (_issue: IssueRecord, _args: unknown, context: GraphqlContext) => mayLabel(context),
  viewerCanReact: (issue: IssueRecord) => !issue.isLocked,
  viewerCanReopen: (issue: IssueRecord, _args: unknown, context: GraphqlContext) => mayEdit(issue.author, context),
  viewerCanUpdate: (issue: IssueRecord, _args: unknown, context: GraphqlContext) => mayEdit(issue.author, context),
  viewerCannotUpdateReasons: (issue: IssueRecord, _args: unknown, context: GraphqlContext) =>
    mayEdit(issue.author, context) ? [] : ["INSUFFICIENT_ACCESS"],
  viewerDidAuthor: (issue: IssueRecord, _args: unknown, { credential }: GraphqlContext) =>
    issue.author.id === credential.actor.id,
} satisfies Fields<IssueRecord>;

function countOpen(issues: readonly IssueRecord[]): number {
  return issues.reduce((count, issue) => count + (issue.state === "open" ? 1 : 0), 0);
}

function ordered(
  issues: readonly IssueRecord[],
  args: { readonly orderBy?: { readonly direction: string } | null },
): readonly IssueRecord[] {
  return args.orderBy?.direction === "DESC" ? issues.toReversed() : issues;
}

type EdgeArgs = PageArgs & { readonly orderBy?: { readonly direction: string } | null };

export const issueFields: Fields<IssueRecord> = {
  ...sharedIssueFields,
  blockedBy: (issue, args: EdgeArgs, { state }) => connect(ordered(state.blockersOf(issue), args), args, "blockedBy"),
  blocking: (issue, args: EdgeArgs, { state }) => connect(ordered(state.blockedOf(issue), args), args, "blocking"),
  bodyUrl: (issue, _args, { state }) => `${state.htmlUrl}${pathOf(issue, state)}#issue-${issue.id}`,
  closedByPullRequestsReferences: (
    issue,
    args: PageArgs & {
      readonly includeClosedPrs?: boolean;
      readonly userLinkedOnly?: boolean;
      readonly orderByState?: boolean;
    },
    context,
  ) => {
    demand(context, ["pull_requests"], "read");
    if (args.userLinkedOnly === true) return connect([], args, "closedByPullRequestsReferences");
    const pulls = closedByPulls(issue, context.state).filter(
      (pull) => args.includeClosedPrs === true || pull.state === "open",
    );
    const byState =
      args.orderByState === true
        ? pulls.toSorted((a, b) => (a.state === b.state ? 0 : a.state === "open" ? -1 : 1))
        : pulls;
    return connect(byState, args, "closedByPullRequestsReferences");
  },
  // GraphQL's Int ends at 2^31; GitHub gives null for ids beyond, and fullDatabaseId for all.
  databaseId: (issue) => (issue.id > 0x7fff_ffff ? null : issue.id),
  duplicateOf: () => null,
  fullDatabaseId: (issue) => String(issue.id),
  isPinned: (issue) => issue.isPinned,
  issueDependenciesSummary: (issue, _args, { state }) => {
    const blockers = state.blockersOf(issue);
    const blocked = state.blockedOf(issue);
    return {
      blockedBy: countOpen(blockers),
      totalBlockedBy: blockers.length,
      blocking: issue.state === "open" ? countOpen(blocked) : 0,
      totalBlocking: blocked.length,
    };
  },
  parent: (issue, _args, { state }) => (issue.parent === null ? null : (state.issues.get(issue.parent) ?? null)),
  state: (issue) => issue.state.toUpperCase(),
  stateReason: (issue, args: { readonly enableDuplicate?: boolean }) => {
    // Callers who do not know duplicates are told "not planned", as GitHub does.
    if (issue.stateReason === "duplicate" && args.enableDuplicate !== true) return "NOT_PLANNED";
    return issue.stateReason?.toUpperCase() ?? null;
  },
  subIssues: (issue, args: PageArgs, { state }) => connect(state.subIssuesOf(issue), args, "subIssues"),
  subIssuesSummary: (issue, _args, { state }) => {
    const children = state.subIssuesOf(issue);
    const completed = children.length - countOpen(children);
    return {
      total: children.length,
      completed,
      percentCompleted: children.length === 0 ? 0 : Math.floor((completed / children.length) * 100),
    };
  },
  timelineItems: timelineOf,
  viewerCanDelete: (_issue, _args, { credential, state }) => state.permission(credential.actor) === "admin",
};

export const labelFields: Fields<LabelRecord> = {
  color: (label) => label.color,
  createdAt: (_label, _args, { state }) => dateTime(state.repository.createdAt),
  description: (label) => (label.description === "" ? null : label.description),
  id: (label) => label.node,
  isDefault: () => false,
  issues: (label, args: PageArgs & { readonly states?: readonly string[] | null }, { state }) => {
    const states = args.states ?? ["OPEN", "CLOSED"];
    const found = [...state.issues.values()].filter(
      (issue) => issue.pull === null && issue.labels.has(label.id) && states.includes(issue.state.toUpperCase()),
    );
    return connect(found, args, "issues");
  },
  name: (label) => label.name,
  repository: (_label, _args, { state }) => state.repository,
  resourcePath: (label, _args, { state }) => `/${state.repository.fullName}/labels/${encodeURIComponent(label.name)}`,
  updatedAt: (_label, _args, { state }) => dateTime(state.repository.createdAt),
  url: (label, _args, { state }) =>
    `${state.htmlUrl}/${state.repository.fullName}/labels/${encodeURIComponent(label.name)}`,
};

export const milestoneFields: Fields<MilestoneRecord> = {
  closed: (milestone) => milestone.state === "closed",
  closedAt: () => null,
  createdAt: (_milestone, _args, { state }) => dateTime(state.repository.createdAt),
  creator: (_milestone, _args, { state }) => state.repository.owner,
  description: (milestone) => milestone.description,
  dueOn: (milestone) => dateTime(milestone.dueOn),
  id: (milestone) => milestone.node,
  number: (milestone) => milestone.number,
  repository: (_milestone, _args, { state }) => state.repository,
  resourcePath: (milestone, _args, { state }) => `/${state.repository.fullName}/milestone/${milestone.number}`,
  state: (milestone) => milestone.state.toUpperCase(),
  title: (milestone) => milestone.title,
  updatedAt: (_milestone, _args, { state }) => dateTime(state.repository.createdAt),
  url: (milestone, _args, { state }) => `${state.htmlUrl}/${state.repository.fullName}/milestone/${milestone.number}`,
  viewerCanClose: () => false,
  viewerCanReopen: () => false,
};

/** In GraphQL a bot's login has no `[bot]`. */
function graphqlLogin(user: UserRecord): string {
  return user.type === "Bot" ? user.login.replace(/\[bot\]$/, "") : user.login;
}

function userPath(user: UserRecord): string {
  return user.type === "Bot" ? `/apps/${graphqlLogin(user)}` : `/${user.login}`;
}

/** `User`, `Bot` and `Organization`. */
export const userFields: Fields<UserRecord> = {
  avatarUrl: (user, _args, { state }) => `${state.htmlUrl}/avatars/u/${user.id}?v=4`,
  createdAt: (_user, _args, { state }) => dateTime(state.repository.createdAt),
  databaseId: (user) => user.id,
  email: () => "",
  id: (user) => user.node,
  isViewer: (user, _args, { credential }) => user.id === credential.actor.id,
  login: graphqlLogin,
  name: (user) => user.login,
  repository: (user, args: { readonly name: string }, { state }) =>
    state.repository.owner.id === user.id && state.repository.name.toLowerCase() === args.name.toLowerCase()
      ? state.repository
      : null,
  resourcePath: userPath,
  status: (user, _args, { state }) => state.userStatuses.get(user.id) ?? null,
  updatedAt: (_user, _args, { state }) => dateTime(state.repository.createdAt),
  url: (user, _args, { state }) => state.htmlUrl + userPath(user),
};

/** What somebody says of themselves on their profile. */
export const userStatusFields: Fields<UserStatusRecord> = {
  createdAt: (status) => dateTime(status.at),
  emoji: () => null,
  expiresAt: (status) => (status.expiresAt === null ? null : dateTime(status.expiresAt)),
  id: (status) => `US_${status.user.node}`,
  indicatesLimitedAvailability: (status) => status.isBusy,
  message: () => null,
  updatedAt: (status) => dateTime(status.at),
  user: (status) => status.user,
};
