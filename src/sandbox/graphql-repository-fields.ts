/** Resolvers of the repository and of the query itself. */
import { refSource, resolveExpression } from "./graphql-code-fields.ts";
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime, demand, GraphqlFailure } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import type { IssueRecord } from "./records.ts";
import type { RepositoryRecord, RepositoryState } from "./repository-state.ts";

interface Order {
  readonly field: string;
  readonly direction: string;
}

type IssueArgs = PageArgs & {
  readonly states?: readonly string[] | null;
  readonly labels?: readonly string[] | null;
  readonly orderBy?: Order | null;
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
  readonly filterBy?: {
    readonly since?: string | null;
    readonly states?: readonly string[] | null;
    readonly labels?: readonly string[] | null;
    readonly createdBy?: string | null;
    readonly assignee?: string | null;
    readonly milestoneNumber?: string | null;
  } | null;
};

function sorted(issues: readonly IssueRecord[], order: Order | null | undefined): readonly IssueRecord[] {
  if (!order) return issues;
  const keys: Readonly<Record<string, (issue: IssueRecord) => number>> = {
    UPDATED_AT: (issue) => issue.updatedAt,
    COMMENTS: (issue) => issue.comments.length,
  };
  const key = keys[order.field] ?? ((issue: IssueRecord) => issue.number);
  const up = issues.toSorted((a, b) => key(a) - key(b) || a.number - b.number);
  return order.direction === "DESC" ? up.reverse() : up;
}

function hasLabel(issue: IssueRecord, labels: readonly string[] | null | undefined, state: RepositoryState): boolean {
  // Any of the labels is enough in GraphQL; in REST all are needed.
  return !labels || labels.some((name) => issue.labels.has(state.findLabel(name)?.id ?? -1));
}

type Filter = NonNullable<IssueArgs["filterBy"]>;

function passes(issue: IssueRecord, filter: Filter, state: RepositoryState): boolean {
  const has = (wanted: unknown, is: boolean): boolean => wanted === undefined || wanted === null || is;
  return (
    has(filter.since, issue.updatedAt >= Date.parse(filter.since ?? "")) &&
    has(filter.states, (filter.states ?? []).includes(issue.state.toUpperCase())) &&
    hasLabel(issue, filter.labels, state) &&
    has(filter.createdBy, issue.author.login.replace(/\[bot\]$/, "") === filter.createdBy) &&
    has(
      filter.assignee,
      [...issue.assignees].some((id) => state.users.get(id)?.login === filter.assignee),
    ) &&
    has(filter.milestoneNumber, String(issue.milestone) === filter.milestoneNumber)
  );
}

function issuesOf(_repository: RepositoryRecord, args: IssueArgs, context: GraphqlContext): unknown {
  demand(context, ["issues"], "read");
  const { state } = context;
  const { states, labels, filterBy } = args;
  const found = [...state.issues.values()].filter(
    (issue) =>
      issue.pull === null &&
      (!states || states.includes(issue.state.toUpperCase())) &&
      hasLabel(issue, labels, state) &&
      (!filterBy || passes(issue, filterBy, state)),
  );
  return connect(sorted(found, args.orderBy), args, "issues");
}

function pullsOf(_repository: RepositoryRecord, args: IssueArgs, context: GraphqlContext): unknown {
  demand(context, ["pull_requests"], "read");
  const { state } = context;
  const { states, labels } = args;
  const found = state
    .pulls()
    .filter(
      (issue) =>
        (!states || states.includes(issue.pull.isMerged ? "MERGED" : issue.state.toUpperCase())) &&
        (args.headRefName ?? issue.pull.headBranch) === issue.pull.headBranch &&
        (args.baseRefName ?? issue.pull.baseBranch) === issue.pull.baseBranch &&
        hasLabel(issue, labels, state),
    );
  return connect(sorted(found, args.orderBy), args, "pullRequests");
}

function oneOf(kind: "Issue" | "PullRequest" | "either") {
  return (
    _repository: RepositoryRecord,
    { number }: { readonly number: number },
    context: GraphqlContext,
  ): IssueRecord => {
    demand(context, [kind === "PullRequest" ? "pull_requests" : "issues"], "read");
    const issue = context.state.issues.get(number);
    const isRight = issue !== undefined && (kind === "either" || (issue.pull === null) === (kind === "Issue"));
    if (issue !== undefined && isRight) return issue;
    const name = { Issue: "an Issue", PullRequest: "a PullRequest", either: "an issue or pull request" }[kind];
    throw new GraphqlFailure("NOT_FOUND", `Could not resolve to ${name} with the number of ${number}.`);
  };
}

export const repositoryFields: Fields<RepositoryRecord> = {
  autoMergeAllowed: () => true,
  createdAt: (repository) => dateTime(repository.createdAt),
  databaseId: (repository) => repository.id,
  defaultBranchRef: (repository, _args, { git }) => refSource(`refs/heads/${repository.defaultBranch}`, git),
  deleteBranchOnMerge: () => false,
  description: () => null,
  hasIssuesEnabled: () => true,
  id: (repository) => repository.node,
  isArchived: () => false,
  isDisabled: () => false,
  isEmpty: (_repository, _args, { git }) => git.refs.size === 0,
  isFork: (repository, _args, { state }) => repository.id !== state.repository.id,
  isLocked: () => false,
  isPrivate: () => false,
  issue: oneOf("Issue"),
  issueOrPullRequest: oneOf("either"),
  issues: issuesOf,
  label: (_repository, { name }: { readonly name: string }, { state }) => state.findLabel(name) ?? null,
  labels: (
    _repository,
    args: PageArgs & { readonly query?: string | null; readonly orderBy?: Order | null },
    { state },
  ) => {
    const wanted = args.query?.toLowerCase() ?? "";
    const labels = [...state.labels.values()].filter((label) => label.name.toLowerCase().includes(wanted));
    if (args.orderBy?.field === "NAME") labels.sort((a, b) => (a.name < b.name ? -1 : 1));
    return connect(args.orderBy?.direction === "DESC" ? labels.reverse() : labels, args, "labels");
  },
  mergeCommitAllowed: () => true,
  milestone: (_repository, { number }: { readonly number: number }, { state }) => state.milestones.get(number) ?? null,
  milestones: (_repository, args: PageArgs & { readonly states?: readonly string[] | null }, { state }) => {
    const found = [...state.milestones.values()].filter(
      (milestone) => !args.states || args.states.includes(milestone.state.toUpperCase()),
    );
    return connect(found, args, "milestones");
  },
  name: (repository) => repository.name,
  nameWithOwner: (repository) => repository.fullName,
  object: async (_repository, args: { readonly expression?: string | null; readonly oid?: string | null }, context) => {
    demand(context, ["contents"], "read");
    return await resolveExpression(args.oid ?? args.expression ?? "", context.git);
  },
  owner: (repository) => repository.owner,
  pullRequest: oneOf("PullRequest"),
  pullRequests: pullsOf,
  pushedAt: (repository) => dateTime(repository.pushedAt),
  rebaseMergeAllowed: () => true,
  ref: (_repository, { qualifiedName }: { readonly qualifiedName: string }, context) => {
    demand(context, ["contents"], "read");
    const candidates = [qualifiedName, `refs/heads/${qualifiedName}`, `refs/tags/${qualifiedName}`];
    const name = candidates.find((candidate) => context.git.refs.has(candidate));
    return name === undefined ? null : refSource(name, context.git);
  },
  refs: (_repository, args: PageArgs & { readonly refPrefix: string; readonly query?: string | null }, context) => {
    demand(context, ["contents"], "read");
    const names = [...context.git.refs.keys()].filter(
      (name) => name.startsWith(args.refPrefix) && name.includes(args.query ?? ""),
    );
    return connect(
      names.toSorted().map((name) => refSource(name, context.git)),
      args,
      "refs",
    );
  },
  resourcePath: (repository) => `/${repository.fullName}`,
  squashMergeAllowed: () => true,
  updatedAt: (repository) => dateTime(repository.updatedAt),
  url: (repository, _args, { state }) => `${state.htmlUrl}/${repository.fullName}`,
  viewerPermission: (_repository, _args, { credential, state }) => {
    if (credential.permissions !== null) return null;
    const role = state.permission(credential.actor);
    return role === "none" ? "READ" : role.toUpperCase();
  },
  visibility: () => "PUBLIC",
};

function findNode(id: string, { state }: GraphqlContext): unknown {
  const node = state.nodes.get(id);
  if (node === undefined || node.kind === "Workflow" || node.kind === "WorkflowRun") return null;
  if (node.kind !== "PullRequestReview") return node.record;
  const issue = state.issues.get(node.pull);
  return { __typename: "PullRequestReview", node: node.record.node, issue, review: node.record };
}

function missingNode(id: string): GraphqlFailure {
  return new GraphqlFailure("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

export const queryFields: Fields<unknown> = {
  node: (_root, { id }: { readonly id: string }, context) => {
    const found = findNode(id, context);
    if (found === null) throw missingNode(id);
    return found;
  },
  // An Error as an item becomes the error of that place; the others stay.
  nodes: (_root, { ids }: { readonly ids: readonly string[] }, context) => {
    if (ids.length > 100) {
      throw new GraphqlFailure(
        "ARGUMENT_ERROR",
        `You may not provide more than 100 node ids; you provided ${ids.length}.`,
      );
    }
    return ids.map((id) => findNode(id, context) ?? missingNode(id));
  },
  rateLimit: (_root, _args, { budget, cost }) => {
    const { limit, remaining, reset, used } = budget();
    return { cost: cost.points, limit, nodeCount: cost.nodes, remaining, resetAt: dateTime(reset * 1_000), used };
  },
  repository: (_root, { owner, name }: { readonly owner: string; readonly name: string }, { state }) => {
    if (`${owner}/${name}`.toLowerCase() === state.repository.fullName.toLowerCase()) return state.repository;
    throw new GraphqlFailure("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  },
  repositoryOwner: (_root, { login }: { readonly login: string }, { state }) => state.findUser(login) ?? null,
  user: (_root, { login }: { readonly login: string }, { state }) => {
    const user = state.findUser(login);
    if (user?.type === "User") return user;
    throw new GraphqlFailure("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`);
  },
  // An App sees itself as a user here, `[bot]` in its login.
  viewer: (_root, _args, { credential }) => ({ ...credential.actor, type: "User" }),
};
