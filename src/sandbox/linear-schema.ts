/**
 * An excerpt of Linear's GraphQL schema: what comments need, in types and names as Linear publishes them. A test holds it against the
 * documents that Linear's own SDK sends.
 */
import { linearSchemaEdges } from "./linear-schema-edges.ts";

/** Types of which only the id is ever asked for. */
const known = [
  "AgentSession",
  "ExternalUser",
  "Initiative",
  "InitiativeUpdate",
  "Project",
  "ProjectUpdate",
  "Document",
  "ProjectMilestone",
];

export const linearSchema = `
scalar DateTime
scalar JSON
scalar JSONObject

type Query {
  comment(hash: String, id: String): Comment!
  viewer: User!
  issue(id: String!): Issue!
}

type Comment {
  agentSession: AgentSession
  url: String!
  reactionData: JSONObject!
  reactions: [Reaction!]!
  resolvingCommentId: String
  documentContentId: String
  initiativeId: String
  initiativeUpdateId: String
  issueId: String
  parentId: String
  projectId: String
  projectUpdateId: String
  botActor: ActorBot
  resolvingComment: Comment
  id: ID!
  body: String!
  documentContent: DocumentContent
  syncedWith: [ExternalEntityInfo!]
  externalThread: SyncedExternalThread
  externalUser: ExternalUser
  initiative: Initiative
  initiativeUpdate: InitiativeUpdate
  issue: Issue
  updatedAt: DateTime!
  parent: Comment
  project: Project
  projectUpdate: ProjectUpdate
  quotedText: String
  archivedAt: DateTime
  createdAt: DateTime!
  editedAt: DateTime
  resolvedAt: DateTime
  resolvingUser: User
  user: User
}

type Issue {
  id: ID!
  comments(after: String, before: String, filter: CommentFilter, first: Int, includeArchived: Boolean, last: Int, orderBy: PaginationOrderBy): CommentConnection!
  identifier: String!
  url: String!
  archivedAt: DateTime
  trashed: Boolean
}

type Mutation {
  commentCreate(input: CommentCreateInput!): CommentPayload!
  commentUpdate(id: String!, input: CommentUpdateInput!, skipEditedAt: Boolean): CommentPayload!
}

type CommentPayload {
  comment: Comment!
  lastSyncId: Float!
  success: Boolean!
}

type CommentConnection {
  nodes: [Comment!]!
  pageInfo: PageInfo!
}

type PageInfo {
  startCursor: String
  endCursor: String
  hasPreviousPage: Boolean!
  hasNextPage: Boolean!
}

input CommentCreateInput {
  body: String
  bodyData: JSON
  createAsUser: String
  createOnSyncedSlackThread: Boolean
  createdAt: DateTime
  displayIconUrl: String
  doNotSubscribeToIssue: Boolean
  documentContentId: String
  id: String
  initiativeId: String
  initiativeUpdateId: String
  issueId: String
  parentId: String
  postId: String
  projectId: String
  projectUpdateId: String
  quotedText: String
  subscriberIds: [String!]
}

input CommentUpdateInput {
  body: String
  bodyData: JSON
  doNotSubscribeToIssue: Boolean
  quotedText: String
  resolvingCommentId: String
  resolvingUserId: String
  subscriberIds: [String!]
}

input CommentFilter {
  id: IDComparator
}

input IDComparator {
  eq: ID
  in: [ID!]
  neq: ID
  nin: [ID!]
}

enum PaginationOrderBy {
  createdAt
  updatedAt
}

${known.map((name) => `type ${name} { id: ID! }`).join("\n")}
${linearSchemaEdges}
`;
