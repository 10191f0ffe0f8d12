/** Resolvers of an issue's edit history, whose "diff" is the whole text that an edit left, and of pinned issues. */
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime, demand } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import { mutation, onlyIssueAt } from "./graphql-issue-mutations.ts";
import type { BodyEditRecord, IssueRecord } from "./records.ts";
import type { RepositoryRecord } from "./repository-state.ts";

/** What `Issue` has of it. */
export const editedIssueFields: Fields<IssueRecord> = {
  includesCreatedEdit: (issue) => issue.edits[0]?.isCreation === true,
  // The newest comes first.
  userContentEdits: (issue, args: PageArgs) => connect(issue.edits.toReversed(), args, "userContentEdits"),
};

export const bodyEditFields: Fields<BodyEditRecord> = {
  createdAt: (edit) => dateTime(edit.at),
  deletedAt: () => null,
  deletedBy: () => null,
  diff: (edit) => edit.body,
  editedAt: (edit) => dateTime(edit.at),
  editor: (edit) => edit.by,
  id: (edit) => edit.node,
  updatedAt: (edit) => dateTime(edit.at),
};

/** What `Repository` has of it. */
export const pinnedFields: Fields<RepositoryRecord> = {
  pinnedIssues: (_repository, args: PageArgs, context) => {
    demand(context, ["issues"], "read");
    return connect(context.state.pinned(), args, "pinnedIssues");
  },
};

/** A pinned issue is told as the issue that it is about. */
export const pinnedIssueFields: Fields<IssueRecord> = {
  databaseId: () => null,
  fullDatabaseId: () => null,
  id: (issue) => `PI_${issue.node}`,
  issue: (issue) => issue,
  pinnedBy: (issue, _args, { state }) => issue.pinnedBy ?? state.repository.owner,
  repository: (_issue, _args, { state }) => state.repository,
};

function pin(isOn: boolean) {
  return mutation((input: { issueId: string }, context: GraphqlContext) => {
    demand(context, ["issues"], "write");
    const issue = onlyIssueAt(input.issueId, context);
    return { issue: context.acts.pin(context.actor, issue.number, isOn), ...(isOn ? {} : { id: issue.node }) };
  });
}

export const pinMutations: Fields<unknown> = { pinIssue: pin(true), unpinIssue: pin(false) };
