/** GraphQL mutations on issues: comments, reactions, state, and the edges between them. */
import { asGraphql } from "./graphql-refusals.ts";
import { connect } from "./graphql-connection.ts";
import { demand, GraphqlFailure } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import { groupsOf, restReaction } from "./graphql-comment-fields.ts";
import type { CommentRecord, IssueRecord, LabelRecord, UserRecord } from "./records.ts";

type Input<Shape> = { readonly input: Shape & { readonly clientMutationId?: string | null } };

/** GitHub's refusal of a node id. */
export function missing(id: string): GraphqlFailure {
  return new GraphqlFailure("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

/** The issue or pull request behind a node id. */
export function issueAt(id: string, { state }: GraphqlContext): IssueRecord {
  const node = state.nodes.get(id);
  if (node?.kind === "Issue" || node?.kind === "PullRequest") return node.record;
  throw missing(id);
}

/** The issue behind a node id, which is no pull request. */
export function onlyIssueAt(id: string, context: GraphqlContext): IssueRecord {
  const issue = issueAt(id, context);
  if (issue.pull === null) return issue;
  throw missing(id);
}

function commentAt(id: string, { state }: GraphqlContext): CommentRecord {
  const node = state.nodes.get(id);
  if (node?.kind === "IssueComment") return node.record;
  throw missing(id);
}

/** The labels behind node ids. */
export function labelsAt(ids: readonly string[], { state }: GraphqlContext): readonly LabelRecord[] {
  return ids.map((id) => {
    const node = state.nodes.get(id);
    if (node?.kind === "Label") return node.record;
    throw missing(id);
  });
}

function usersAt(ids: readonly string[], { state }: GraphqlContext): readonly UserRecord[] {
  return ids.map((id) => {
    const node = state.nodes.get(id);
    if (node?.kind === "User") return node.record;
    throw missing(id);
  });
}

/** What it takes to write on an issue or pull request. */
export function demandFor(issue: IssueRecord, context: GraphqlContext): void {
  demand(context, issue.pull === null ? ["issues"] : ["issues", "pull_requests"], "write");
}

/** A mutation on issues: finds, checks, acts, and turns a refusal of the world into GraphQL's. */
export function mutation<Shape>(act: (input: Shape, context: GraphqlContext) => Record<string, unknown>) {
  return (_root: unknown, { input }: Input<Shape>, context: GraphqlContext): unknown =>
    asGraphql(() => ({ ...act(input, context), clientMutationId: input.clientMutationId ?? null }));
}

interface ReactionInput {
  readonly subjectId: string;
  readonly content: string;
}

interface EdgeInput {
  readonly issueId: string;
  readonly blockingIssueId: string;
}

function subjectOf(
  { subjectId }: ReactionInput,
  context: GraphqlContext,
): { record: IssueRecord | CommentRecord; to: { issue: number } | { comment: number } } {
  demand(context, ["issues", "pull_requests"], "write");
  const node = context.state.nodes.get(subjectId);
  if (node?.kind === "IssueComment") return { record: node.record, to: { comment: node.record.id } };
  const issue = issueAt(subjectId, context);
  return { record: issue, to: { issue: issue.number } };
}

function edgeOf(
  input: EdgeInput,
  context: GraphqlContext,
): { issue: IssueRecord; blocking: IssueRecord; edge: { blocked: number; blocking: number } } {
  demand(context, ["issues"], "write");
  const issue = onlyIssueAt(input.issueId, context);
  const blocking = onlyIssueAt(input.blockingIssueId, context);
  return { issue, blocking, edge: { blocked: issue.number, blocking: blocking.number } };
}

const reasons: Readonly<Record<string, "completed" | "not_planned" | "duplicate">> = {
  COMPLETED: "completed",
  NOT_PLANNED: "not_planned",
  DUPLICATE: "duplicate",
};

interface CreateIssueInput {
  readonly repositoryId: string;
  readonly title: string;
  readonly body?: string | null;
  readonly labelIds?: readonly string[] | null;
  readonly assigneeIds?: readonly string[] | null;
  readonly parentIssueId?: string | null;
}

function createIssue(input: CreateIssueInput, context: GraphqlContext): Record<string, unknown> {
  demand(context, ["issues"], "write");
  if (input.repositoryId !== context.state.repository.node) throw missing(input.repositoryId);
  const parent = input.parentIssueId ? { parent: onlyIssueAt(input.parentIssueId, context).number } : {};
  const issue = context.acts.openIssue(context.actor, {
    title: input.title,
    body: input.body ?? "",
    labels: labelsAt(input.labelIds ?? [], context).map((label) => label.name),
    assignees: usersAt(input.assigneeIds ?? [], context).map((user) => user.login),
    ...parent,
  });
  return { issue };
}

interface UpdateIssueInput {
  readonly id: string;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly state?: "OPEN" | "CLOSED" | null;
  readonly labelIds?: readonly string[] | null;
}

function updateIssue(input: UpdateIssueInput, context: GraphqlContext): Record<string, unknown> {
  demand(context, ["issues"], "write");
  const { acts, actor } = context;
  const issue = onlyIssueAt(input.id, context);
  const title = typeof input.title === "string" ? { title: input.title } : {};
  const body = typeof input.body === "string" ? { body: input.body } : {};
  if (Object.keys({ ...title, ...body }).length > 0) acts.editIssue(actor, issue.number, { ...title, ...body });
  if (input.labelIds) {
    acts.setLabels(
      actor,
      issue.number,
      labelsAt(input.labelIds, context).map((label) => label.name),
    );
  }
  if (input.state === "CLOSED") acts.closeIssue(actor, issue.number);
  if (input.state === "OPEN") acts.reopenIssue(actor, issue.number);
  return { issue, actor: actor.user };
}

function removeReaction(input: ReactionInput, context: GraphqlContext): Record<string, unknown> {
  const { record, to } = subjectOf(input, context);
  const wanted = restReaction(input.content);
  const reaction = record.reactions.find((one) => one.content === wanted && one.user.id === context.actor.user.id);
  if (reaction !== undefined) context.acts.unreact(context.actor, to, reaction.id);
  return { reaction: reaction ?? null, reactionGroups: groupsOf(record, context), subject: record };
}

const commentMutations: Fields<unknown> = {
  addComment: mutation((input: { subjectId: string; body: string }, context) => {
    const issue = issueAt(input.subjectId, context);
    demandFor(issue, context);
    const comment = context.acts.comment(context.actor, issue.number, input.body);
    return { commentEdge: connect([comment], { first: 1 }, "comments").edges()[0], subject: issue };
  }),
  updateIssueComment: mutation((input: { id: string; body: string }, context) => {
    demand(context, ["issues", "pull_requests"], "write");
    return { issueComment: context.acts.editComment(context.actor, commentAt(input.id, context).id, input.body) };
  }),
  deleteIssueComment: mutation((input: { id: string }, context) => {
    demand(context, ["issues", "pull_requests"], "write");
    context.acts.deleteComment(context.actor, commentAt(input.id, context).id);
    return {};
  }),
  addReaction: mutation((input: ReactionInput, context) => {
    const { record, to } = subjectOf(input, context);
    const { reaction } = context.acts.react(context.actor, to, restReaction(input.content));
    return { reaction, reactionGroups: groupsOf(record, context), subject: record };
  }),
  removeReaction: mutation(removeReaction),
};

const stateMutations: Fields<unknown> = {
  createIssue: mutation(createIssue),
  updateIssue: mutation(updateIssue),
  closeIssue: mutation((input: { issueId: string; stateReason?: string | null }, context) => {
    demand(context, ["issues"], "write");
    const issue = onlyIssueAt(input.issueId, context);
    return {
      issue: context.acts.closeIssue(
        context.actor,
        issue.number,
        reasons[input.stateReason ?? "COMPLETED"] ?? "completed",
      ),
    };
  }),
  reopenIssue: mutation((input: { issueId: string }, context) => {
    demand(context, ["issues"], "write");
    return { issue: context.acts.reopenIssue(context.actor, onlyIssueAt(input.issueId, context).number) };
  }),
  addAssigneesToAssignable: mutation((input: { assignableId: string; assigneeIds: readonly string[] }, context) => {
    const issue = issueAt(input.assignableId, context);
    demandFor(issue, context);
    const add = usersAt(input.assigneeIds, context).map((user) => user.login);
    return { assignable: context.acts.assign(context.actor, issue.number, { add }) };
  }),
  removeAssigneesFromAssignable: mutation(
    (input: { assignableId: string; assigneeIds: readonly string[] }, context) => {
      const issue = issueAt(input.assignableId, context);
      demandFor(issue, context);
      const remove = usersAt(input.assigneeIds, context).map((user) => user.login);
      return { assignable: context.acts.assign(context.actor, issue.number, { remove }) };
    },
  ),
};

interface SubIssueInput {
  readonly issueId: string;
  readonly subIssueId?: string | null;
  readonly subIssueUrl?: string | null;
  readonly replaceParent?: boolean | null;
}

function childOf(input: SubIssueInput, context: GraphqlContext): IssueRecord {
  if (typeof input.subIssueId === "string") return onlyIssueAt(input.subIssueId, context);
  const number = Number(/\/issues\/(\d+)$/.exec(input.subIssueUrl ?? "")?.[1]);
  const issue = context.state.issues.get(number);
  if (issue !== undefined && issue.pull === null) return issue;
  throw missing(input.subIssueUrl ?? "");
}

const edgeMutations: Fields<unknown> = {
  addBlockedBy: mutation((input: EdgeInput, context) => {
    const { issue, blocking, edge } = edgeOf(input, context);
    context.acts.addDependency(context.actor, edge);
    return { issue, blockingIssue: blocking };
  }),
  removeBlockedBy: mutation((input: EdgeInput, context) => {
    const { issue, blocking, edge } = edgeOf(input, context);
    context.acts.removeDependency(context.actor, edge);
    return { issue, blockingIssue: blocking };
  }),
  addSubIssue: mutation((input: SubIssueInput, context) => {
    demand(context, ["issues"], "write");
    const issue = onlyIssueAt(input.issueId, context);
    const subIssue = childOf(input, context);
    const replaceParent = input.replaceParent ?? false;
    context.acts.addSubIssue(context.actor, { parent: issue.number, child: subIssue.number, replaceParent });
    return { issue, subIssue };
  }),
  removeSubIssue: mutation((input: SubIssueInput, context) => {
    demand(context, ["issues"], "write");
    const issue = onlyIssueAt(input.issueId, context);
    const subIssue = childOf(input, context);
    context.acts.removeSubIssue(context.actor, { parent: issue.number, child: subIssue.number });
    return { issue, subIssue };
  }),
};

/** All of them, by the name of the mutation. */
export const issueMutations: Fields<unknown> = {
  ...commentMutations,
  ...stateMutations,
  ...edgeMutations,
};
