/** The excerpt of GitHub's public GraphQL schema for repositories, issues, comments, labels and their timeline. Names, arguments and
 * nullability are GitHub's own; descriptions are left out. */
export const issueTypes = `
type Query {
  node(id: ID!): Node, nodes(ids: [ID!]!): [Node]!, rateLimit(dryRun: Boolean = false): RateLimit
  repository(followRenames: Boolean = true, name: String!, owner: String!): Repository
  repositoryOwner(login: String!): RepositoryOwner, user(login: String!): User, viewer: User!
}
type RateLimit {
  cost: Int!, limit: Int!, nodeCount: Int!, remaining: Int!, resetAt: DateTime!, used: Int!
}
type PageInfo {
  endCursor: String, hasNextPage: Boolean!, hasPreviousPage: Boolean!, startCursor: String
}
interface Node {
  id: ID!
}
interface UniformResourceLocatable {
  resourcePath: URI!, url: URI!
}
interface Actor {
  avatarUrl(size: Int): URI!, login: String!, resourcePath: URI!, url: URI!
}
interface RepositoryNode {
  repository: Repository!
}
interface RepositoryOwner {
  avatarUrl(size: Int): URI!, id: ID!, login: String!
  repository(followRenames: Boolean = true, name: String!): Repository, resourcePath: URI!, url: URI!
}
interface Assignable {
  assignees(after: String, before: String, first: Int, last: Int): UserConnection!
}
interface Closable {
  closed: Boolean!, closedAt: DateTime
}
interface Comment {
  author: Actor, authorAssociation: CommentAuthorAssociation!, body: String!, createdAt: DateTime!, editor: Actor
  id: ID!, lastEditedAt: DateTime, updatedAt: DateTime!, viewerDidAuthor: Boolean!
}
interface Labelable {

  labels(after: String, before: String, first: Int, last: Int, orderBy: LabelOrder = { direction: ASC, field: CREATED_AT }): LabelConnection
}
interface Lockable {
  activeLockReason: LockReason, locked: Boolean!
}
interface Reactable {
  databaseId: Int, id: ID!, reactionGroups: [ReactionGroup!]
  reactions(after: String, before: String, content: ReactionContent, first: Int, last: Int, orderBy: ReactionOrder): ReactionConnection!
}
interface Updatable {
  viewerCanUpdate: Boolean!
}
interface Deletable {
  viewerCanDelete: Boolean!
}
interface UpdatableComment {
  viewerCannotUpdateReasons: [CommentCannotUpdateReason!]!
}
interface GitObject {
  abbreviatedOid: String!, commitUrl: URI!, id: ID!, oid: GitObjectID!, repository: Repository!
}
interface RequirableByPullRequest {
  isRequired(pullRequestId: ID, pullRequestNumber: Int): Boolean!
}
type User implements Actor & Node & RepositoryOwner & UniformResourceLocatable {
  avatarUrl(size: Int): URI!, createdAt: DateTime!, databaseId: Int, email: String!, id: ID!, isViewer: Boolean!
  login: String!, name: String, repository(followRenames: Boolean = true, name: String!): Repository
  resourcePath: URI!, status: UserStatus, updatedAt: DateTime!, url: URI!
}
type UserStatus implements Node {
  createdAt: DateTime!, emoji: String, expiresAt: DateTime, id: ID!, indicatesLimitedAvailability: Boolean!, message: String
  updatedAt: DateTime!, user: User!
}
type Bot implements Actor & Node & UniformResourceLocatable {
  avatarUrl(size: Int): URI!, createdAt: DateTime!, databaseId: Int, id: ID!, login: String!, resourcePath: URI!
  updatedAt: DateTime!, url: URI!
}
type Organization implements Actor & Node & RepositoryOwner & UniformResourceLocatable {
  avatarUrl(size: Int): URI!, databaseId: Int, id: ID!, login: String!, name: String
  repository(followRenames: Boolean = true, name: String!): Repository, resourcePath: URI!, url: URI!
}
type App implements Node {
  databaseId: Int, id: ID!, name: String!, slug: String!, url: URI!
}
type Repository implements Node & UniformResourceLocatable {
  autoMergeAllowed: Boolean!, createdAt: DateTime!, databaseId: Int, defaultBranchRef: Ref
  deleteBranchOnMerge: Boolean!, description: String, hasIssuesEnabled: Boolean!, id: ID!, isArchived: Boolean!
  isDisabled: Boolean!, isEmpty: Boolean!, isFork: Boolean!, isLocked: Boolean!, isPrivate: Boolean!
  issue(number: Int!): Issue, issueOrPullRequest(number: Int!): IssueOrPullRequest
  issues(after: String, before: String, filterBy: IssueFilters, first: Int, labels: [String!], last: Int, orderBy: IssueOrder, states: [IssueState!]): IssueConnection!
  label(name: String!): Label
  labels(after: String, before: String, first: Int, last: Int, orderBy: LabelOrder = { direction: ASC, field: CREATED_AT }, query: String): LabelConnection
  mergeCommitAllowed: Boolean!, milestone(number: Int!): Milestone
  milestones(after: String, before: String, first: Int, last: Int, orderBy: MilestoneOrder, query: String, states: [MilestoneState!]): MilestoneConnection
  name: String!, nameWithOwner: String!, object(expression: String, oid: GitObjectID): GitObject
  owner: RepositoryOwner!, pullRequest(number: Int!): PullRequest
  pullRequests(after: String, baseRefName: String, before: String, first: Int, headRefName: String, labels: [String!], last: Int, orderBy: IssueOrder, states: [PullRequestState!]): PullRequestConnection!
  pushedAt: DateTime, rebaseMergeAllowed: Boolean!, ref(qualifiedName: String!): Ref
  refs(after: String, before: String, direction: OrderDirection, first: Int, last: Int, orderBy: RefOrder, query: String, refPrefix: String!): RefConnection
  resourcePath: URI!, squashMergeAllowed: Boolean!, updatedAt: DateTime!, url: URI!
  viewerPermission: RepositoryPermission, visibility: RepositoryVisibility!
}
type Label implements Node {
  color: String!, createdAt: DateTime, description: String, id: ID!, isDefault: Boolean!
  issues(after: String, before: String, filterBy: IssueFilters, first: Int, labels: [String!], last: Int, orderBy: IssueOrder, states: [IssueState!]): IssueConnection!
  name: String!, repository: Repository!, resourcePath: URI!, updatedAt: DateTime, url: URI!
}
type Milestone implements Closable & Node & UniformResourceLocatable {
  closed: Boolean!, closedAt: DateTime, createdAt: DateTime!, creator: Actor, description: String, dueOn: DateTime
  id: ID!, number: Int!, repository: Repository!, resourcePath: URI!, state: MilestoneState!, title: String!
  updatedAt: DateTime!, url: URI!, viewerCanClose: Boolean!, viewerCanReopen: Boolean!
}
type Issue implements Assignable & Closable & Comment & Deletable & Labelable & Lockable & Node & Reactable & RepositoryNode & UniformResourceLocatable & Updatable & UpdatableComment {
  activeLockReason: LockReason, assignees(after: String, before: String, first: Int, last: Int): UserConnection!
  author: Actor, authorAssociation: CommentAuthorAssociation!, body: String!, bodyText: String!, bodyUrl: URI!
  closed: Boolean!, closedAt: DateTime
  closedByPullRequestsReferences(after: String, before: String, first: Int, includeClosedPrs: Boolean = false, last: Int, orderByState: Boolean = false, userLinkedOnly: Boolean = false): PullRequestConnection
  comments(after: String, before: String, first: Int, last: Int, orderBy: IssueCommentOrder): IssueCommentConnection!
  createdAt: DateTime!, databaseId: Int, editor: Actor, fullDatabaseId: BigInt, id: ID!, isPinned: Boolean
  labels(after: String, before: String, first: Int, last: Int, orderBy: LabelOrder = { direction: ASC, field: CREATED_AT }): LabelConnection
  lastEditedAt: DateTime, locked: Boolean!, milestone: Milestone, number: Int!, parent: Issue
  reactionGroups: [ReactionGroup!]
  reactions(after: String, before: String, content: ReactionContent, first: Int, last: Int, orderBy: ReactionOrder): ReactionConnection!
  repository: Repository!, resourcePath: URI!, state: IssueState!
  stateReason(enableDuplicate: Boolean = false): IssueStateReason
  subIssues(after: String, before: String, first: Int, last: Int): IssueConnection!
  subIssuesSummary: SubIssuesSummary!
  timelineItems(after: String, before: String, first: Int, itemTypes: [IssueTimelineItemsItemType!], last: Int, since: DateTime, skip: Int): IssueTimelineItemsConnection!
  title: String!, updatedAt: DateTime!, url: URI!, viewerCanUpdate: Boolean!, viewerCanDelete: Boolean!
  viewerCannotUpdateReasons: [CommentCannotUpdateReason!]!, viewerDidAuthor: Boolean!, viewerCanClose: Boolean!
  viewerCanReopen: Boolean!, viewerCanLabel: Boolean!, viewerCanReact: Boolean!
}
extend type Issue {
  blockedBy(after: String, before: String, first: Int, last: Int, orderBy: IssueDependencyOrder): IssueConnection!
  blocking(after: String, before: String, first: Int, last: Int, orderBy: IssueDependencyOrder): IssueConnection!
  duplicateOf: Issue, issueDependenciesSummary: IssueDependenciesSummary!
}
type IssueDependenciesSummary {
  blockedBy: Int!, blocking: Int!, totalBlockedBy: Int!, totalBlocking: Int!
}
input IssueDependencyOrder {
  direction: OrderDirection!, field: IssueDependencyOrderField!
}
type BlockedByAddedEvent implements Node {
  actor: Actor, blockingIssue: Issue, createdAt: DateTime!, id: ID!
}
type BlockedByRemovedEvent implements Node {
  actor: Actor, blockingIssue: Issue, createdAt: DateTime!, id: ID!
}
type BlockingAddedEvent implements Node {
  actor: Actor, blockedIssue: Issue, createdAt: DateTime!, id: ID!
}
type BlockingRemovedEvent implements Node {
  actor: Actor, blockedIssue: Issue, createdAt: DateTime!, id: ID!
}
type SubIssuesSummary {
  completed: Int!, percentCompleted: Int!, total: Int!
}
type IssueComment implements Comment & Deletable & Node & Reactable & RepositoryNode & Updatable & UpdatableComment {
  author: Actor, authorAssociation: CommentAuthorAssociation!, body: String!, bodyText: String!
  createdAt: DateTime!, databaseId: Int, editor: Actor, fullDatabaseId: BigInt, id: ID!, isMinimized: Boolean!
  issue: Issue!, lastEditedAt: DateTime, minimizedReason: String, pullRequest: PullRequest
  reactionGroups: [ReactionGroup!]
  reactions(after: String, before: String, content: ReactionContent, first: Int, last: Int, orderBy: ReactionOrder): ReactionConnection!
  repository: Repository!, resourcePath: URI!, updatedAt: DateTime!, url: URI!, viewerCanUpdate: Boolean!
  viewerCanDelete: Boolean!, viewerCannotUpdateReasons: [CommentCannotUpdateReason!]!, viewerDidAuthor: Boolean!
  viewerCanReact: Boolean!
}
type Reaction implements Node {
  content: ReactionContent!, createdAt: DateTime!, databaseId: Int, id: ID!, reactable: Reactable!, user: User
}
type ReactionGroup {
  content: ReactionContent!, createdAt: DateTime
  reactors(after: String, before: String, first: Int, last: Int): ReactorConnection!, subject: Reactable!
  users(after: String, before: String, first: Int, last: Int): ReactingUserConnection!, viewerHasReacted: Boolean!
}
type LabeledEvent implements Node {
  actor: Actor, createdAt: DateTime!, id: ID!, label: Label!, labelable: Labelable!
}
type UnlabeledEvent implements Node {
  actor: Actor, createdAt: DateTime!, id: ID!, label: Label!, labelable: Labelable!
}
type ClosedEvent implements Node & UniformResourceLocatable {
  actor: Actor, closable: Closable!, closer: Closer, createdAt: DateTime!, id: ID!, resourcePath: URI!
  stateReason: IssueStateReason, url: URI!
}
type ReopenedEvent implements Node {
  actor: Actor, closable: Closable!, createdAt: DateTime!, id: ID!, stateReason: IssueStateReason
}
type RenamedTitleEvent implements Node {
  actor: Actor, createdAt: DateTime!, currentTitle: String!, id: ID!, previousTitle: String!
  subject: RenamedTitleSubject!
}
type SubIssueAddedEvent implements Node {
  actor: Actor, createdAt: DateTime!, id: ID!, subIssue: Issue
}
type SubIssueRemovedEvent implements Node {
  actor: Actor, createdAt: DateTime!, id: ID!, subIssue: Issue
}
type ParentIssueAddedEvent implements Node {
  actor: Actor, createdAt: DateTime!, id: ID!, parent: Issue
}
type ParentIssueRemovedEvent implements Node {
  actor: Actor, createdAt: DateTime!, id: ID!, parent: Issue
}
type IssueTimelineItemsConnection {
  edges: [IssueTimelineItemsEdge], filteredCount: Int!, nodes: [IssueTimelineItems], pageCount: Int!
  pageInfo: PageInfo!, totalCount: Int!, updatedAt: DateTime!
}
type IssueTimelineItemsEdge {
  cursor: String!, node: IssueTimelineItems
}
type UserConnection {
  edges: [UserEdge], nodes: [User], pageInfo: PageInfo!, totalCount: Int!
}
type UserEdge {
  cursor: String!, node: User
}
type LabelConnection {
  edges: [LabelEdge], nodes: [Label], pageInfo: PageInfo!, totalCount: Int!
}
type LabelEdge {
  cursor: String!, node: Label
}
type IssueConnection {
  edges: [IssueEdge], nodes: [Issue], pageInfo: PageInfo!, totalCount: Int!
}
type IssueEdge {
  cursor: String!, node: Issue
}
type IssueCommentConnection {
  edges: [IssueCommentEdge], nodes: [IssueComment], pageInfo: PageInfo!, totalCount: Int!
}
type IssueCommentEdge {
  cursor: String!, node: IssueComment
}
type ReactionConnection {
  edges: [ReactionEdge], nodes: [Reaction], pageInfo: PageInfo!, totalCount: Int!
}
type ReactionEdge {
  cursor: String!, node: Reaction
}
type MilestoneConnection {
  edges: [MilestoneEdge], nodes: [Milestone], pageInfo: PageInfo!, totalCount: Int!
}
type MilestoneEdge {
  cursor: String!, node: Milestone
}
type ReactingUserConnection {
  edges: [ReactingUserEdge], nodes: [User], pageInfo: PageInfo!, totalCount: Int!
}
type ReactingUserEdge {
  cursor: String!, node: User!, reactedAt: DateTime!
}
type ReactorConnection {
  edges: [ReactorEdge], nodes: [Reactor], pageInfo: PageInfo!, totalCount: Int!
}
type ReactorEdge {
  cursor: String!, node: Reactor!, reactedAt: DateTime!
}
input IssueFilters {
  assignee: String, createdBy: String, labels: [String!], mentioned: String, milestone: String
  milestoneNumber: String, since: DateTime, states: [IssueState!], viewerSubscribed: Boolean = false
}
input IssueOrder {
  direction: OrderDirection!, field: IssueOrderField!
}
input LabelOrder {
  direction: OrderDirection!, field: LabelOrderField!
}
input IssueCommentOrder {
  direction: OrderDirection!, field: IssueCommentOrderField!
}
input ReactionOrder {
  direction: OrderDirection!, field: ReactionOrderField!
}
input MilestoneOrder {
  direction: OrderDirection!, field: MilestoneOrderField!
}
`;
