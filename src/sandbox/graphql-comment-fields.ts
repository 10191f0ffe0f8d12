/** Resolvers of comments and of reactions on anything, as GitHub's GraphQL gives them. */
import { associationOf } from "./api-lookups.ts";
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime, pathOf } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import type { CommentRecord, ReactionRecord, UserRecord } from "./records.ts";

interface Subject {
  readonly node: string;
  readonly reactions: readonly ReactionRecord[];
}

const contents: readonly (readonly [rest: string, graphql: string])[] = [
  ["+1", "THUMBS_UP"],
  ["-1", "THUMBS_DOWN"],
  ["laugh", "LAUGH"],
  ["hooray", "HOORAY"],
  ["confused", "CONFUSED"],
  ["heart", "HEART"],
  ["rocket", "ROCKET"],
  ["eyes", "EYES"],
];
const toGraphql = new Map(contents);
const toRest = new Map(contents.map(([rest, graphql]) => [graphql, rest] as const));

/** `THUMBS_UP` to `+1`. */
export function restReaction(content: string): string {
  return toRest.get(content) ?? content;
}

/** All eight kinds of reaction, with who gave them. */
export function groupsOf(subject: Subject, context: GraphqlContext): readonly unknown[] {
  return contents.map(([rest, graphql]) => {
    const found = subject.reactions.filter((reaction) => reaction.content === rest);
    const users = found.map((reaction) => reaction.user);
    return {
      content: graphql,
      createdAt: dateTime(found[0]?.createdAt ?? null),
      subject,
      reactors: (args: PageArgs) => connect(users, args, "reactors"),
      users: (args: PageArgs) =>
        connect(
          users.filter((user) => user.type === "User"),
          args,
          "users",
        ),
      viewerHasReacted: users.some((user) => user.id === context.credential.actor.id),
    };
  });
}

/** Reactions of an issue or comment, of one kind where it is asked for. */
export function reactionsOf(subject: Subject, args: PageArgs & { readonly content?: string | null }): unknown {
  const wanted = typeof args.content === "string" ? restReaction(args.content) : null;
  const found = subject.reactions.filter((reaction) => wanted === null || reaction.content === wanted);
  return connect(found, args, "reactions");
}

/** Whether the one who asks may edit what `author` wrote. */
export function mayEdit(author: UserRecord, context: GraphqlContext): boolean {
  const { actor, permissions } = context.credential;
  if (permissions !== null) return permissions.issues === "write" || actor.id === author.id;
  const role = context.state.permission(actor);
  return actor.id === author.id || role === "write" || role === "maintain" || role === "admin";
}

function commentUrl(comment: CommentRecord, { state }: GraphqlContext): string {
  const issue = state.issues.get(comment.issue);
  return `${issue === undefined ? `/${state.repository.fullName}/issues/${comment.issue}` : pathOf(issue, state)}#issuecomment-${comment.id}`;
}

export const commentFields: Fields<CommentRecord> = {
  author: (comment) => comment.author,
  authorAssociation: (comment, _args, { state }) => associationOf(comment.author, state),
  body: (comment) => comment.body,
  bodyText: (comment) => comment.body,
  createdAt: (comment) => dateTime(comment.createdAt),
  databaseId: (comment) => (comment.id > 0x7fff_ffff ? null : comment.id),
  editor: (comment) => (comment.updatedAt === comment.createdAt ? null : comment.author),
  fullDatabaseId: (comment) => String(comment.id),
  id: (comment) => comment.node,
  isMinimized: () => false,
  issue: (comment, _args, { state }) => state.issues.get(comment.issue) ?? null,
  lastEditedAt: (comment) => (comment.updatedAt === comment.createdAt ? null : dateTime(comment.updatedAt)),
  minimizedReason: () => null,
  pullRequest: (comment, _args, { state }) => {
    const issue = state.issues.get(comment.issue);
    return issue === undefined || issue.pull === null ? null : issue;
  },
  reactionGroups: (comment, _args, context) => groupsOf(comment, context),
  reactions: reactionsOf,
  repository: (_comment, _args, { state }) => state.repository,
  resourcePath: (comment, _args, context) => commentUrl(comment, context),
  updatedAt: (comment) => dateTime(comment.updatedAt),
  url: (comment, _args, context) => context.state.htmlUrl + commentUrl(comment, context),
  viewerCanDelete: (comment, _args, context) => mayEdit(comment.author, context),
  viewerCanReact: () => true,
  viewerCanUpdate: (comment, _args, context) => mayEdit(comment.author, context),
  viewerCannotUpdateReasons: (comment, _args, context) =>
    mayEdit(comment.author, context) ? [] : ["INSUFFICIENT_ACCESS"],
  viewerDidAuthor: (comment, _args, { credential }) => comment.author.id === credential.actor.id,
};

export const reactionFields: Fields<ReactionRecord> = {
  content: (reaction) => toGraphql.get(reaction.content) ?? "EYES",
  createdAt: (reaction) => dateTime(reaction.createdAt),
  databaseId: (reaction) => reaction.id,
  id: (reaction) => reaction.node,
  reactable: (reaction, _args, { state }) => {
    const holds = (subject: Subject): boolean => subject.reactions.includes(reaction);
    return [...state.issues.values()].find(holds) ?? [...state.comments.values()].find(holds) ?? null;
  },
  user: (reaction) => (reaction.user.type === "User" ? reaction.user : null),
};
