/** The excerpt of GitHub's public GraphQL schema for the history of edits and for pinned issues. Names, arguments and nullability are
 * GitHub's own; descriptions are left out. */
export const editTypes = `
extend type Issue {
  includesCreatedEdit: Boolean!
  userContentEdits(after: String, before: String, first: Int, last: Int): UserContentEditConnection
}
extend type Repository {
  pinnedIssues(after: String, before: String, first: Int, last: Int): PinnedIssueConnection
}
type UserContentEdit implements Node {
  createdAt: DateTime!, deletedAt: DateTime, deletedBy: Actor, diff: String, editedAt: DateTime!, editor: Actor
  id: ID!, updatedAt: DateTime!
}
type UserContentEditConnection {
  edges: [UserContentEditEdge], nodes: [UserContentEdit], pageInfo: PageInfo!, totalCount: Int!
}
type UserContentEditEdge {
  cursor: String!, node: UserContentEdit
}
type PinnedIssue implements Node {
  databaseId: Int, fullDatabaseId: BigInt, id: ID!, issue: Issue!, pinnedBy: Actor!, repository: Repository!
}
type PinnedIssueConnection {
  edges: [PinnedIssueEdge], nodes: [PinnedIssue], pageInfo: PageInfo!, totalCount: Int!
}
type PinnedIssueEdge {
  cursor: String!, node: PinnedIssue
}
extend type Mutation {
  pinIssue(input: PinIssueInput!): PinIssuePayload
  unpinIssue(input: UnpinIssueInput!): UnpinIssuePayload
}
input PinIssueInput {
  clientMutationId: String, issueId: ID!
}
type PinIssuePayload {
  clientMutationId: String, issue: Issue
}
input UnpinIssueInput {
  clientMutationId: String, issueId: ID!
}
type UnpinIssuePayload {
  clientMutationId: String, id: ID, issue: Issue
}
`;
