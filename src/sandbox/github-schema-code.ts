/** The excerpt of GitHub's public GraphQL schema for pull requests, checks, commits, trees and refs. */
export const codeTypes = `
type PullRequest implements Assignable & Closable & Comment & Labelable & Lockable & Node & Reactable & RepositoryNode & UniformResourceLocatable & Updatable & UpdatableComment {
  activeLockReason: LockReason, additions: Int!
  assignees(after: String, before: String, first: Int, last: Int): UserConnection!, author: Actor
  authorAssociation: CommentAuthorAssociation!, autoMergeRequest: AutoMergeRequest, baseRef: Ref
  baseRefName: String!, baseRefOid: GitObjectID!, baseRepository: Repository, body: String!, bodyText: String!
  changedFiles: Int!, closed: Boolean!, closedAt: DateTime
  closingIssuesReferences(after: String, before: String, first: Int, last: Int, orderBy: IssueOrder, userLinkedOnly: Boolean = false): IssueConnection
  comments(after: String, before: String, first: Int, last: Int, orderBy: IssueCommentOrder): IssueCommentConnection!
  commits(after: String, before: String, first: Int, last: Int): PullRequestCommitConnection!, createdAt: DateTime!
  databaseId: Int, deletions: Int!, editor: Actor
  files(after: String, before: String, first: Int, last: Int): PullRequestChangedFileConnection
  fullDatabaseId: BigInt, headRef: Ref, headRefName: String!
  headRefOid: GitObjectID!, headRepository: Repository, headRepositoryOwner: RepositoryOwner, id: ID!
  isCrossRepository: Boolean!, isDraft: Boolean!, isInMergeQueue: Boolean!, isMergeQueueEnabled: Boolean!
  labels(after: String, before: String, first: Int, last: Int, orderBy: LabelOrder = { direction: ASC, field: CREATED_AT }): LabelConnection
  lastEditedAt: DateTime
  latestOpinionatedReviews(after: String, before: String, first: Int, last: Int, writersOnly: Boolean = false): PullRequestReviewConnection
  latestReviews(after: String, before: String, first: Int, last: Int): PullRequestReviewConnection, locked: Boolean!
  maintainerCanModify: Boolean!, mergeCommit: Commit, mergeQueueEntry: MergeQueueEntry
  mergeStateStatus: MergeStateStatus!
  mergeable: MergeableState!, merged: Boolean!, mergedAt: DateTime, mergedBy: Actor, milestone: Milestone
  number: Int!, permalink: URI!, potentialMergeCommit: Commit, reactionGroups: [ReactionGroup!]
  reactions(after: String, before: String, content: ReactionContent, first: Int, last: Int, orderBy: ReactionOrder): ReactionConnection!
  repository: Repository!, resourcePath: URI!, reviewDecision: PullRequestReviewDecision
  reviews(after: String, author: String, before: String, first: Int, last: Int, states: [PullRequestReviewState!]): PullRequestReviewConnection
  state: PullRequestState!, statusCheckRollup: StatusCheckRollup
  timelineItems(after: String, before: String, first: Int, itemTypes: [PullRequestTimelineItemsItemType!], last: Int, since: DateTime, skip: Int): PullRequestTimelineItemsConnection!
  title: String!, updatedAt: DateTime!, url: URI!
  viewerCanUpdate: Boolean!, viewerCannotUpdateReasons: [CommentCannotUpdateReason!]!, viewerDidAuthor: Boolean!
  viewerCanClose: Boolean!, viewerCanReopen: Boolean!, viewerCanLabel: Boolean!, viewerCanReact: Boolean!
}
type PullRequestChangedFile {
  additions: Int!, changeType: PatchStatus!, deletions: Int!, path: String!
}
type PullRequestChangedFileConnection {
  edges: [PullRequestChangedFileEdge], nodes: [PullRequestChangedFile], pageInfo: PageInfo!, totalCount: Int!
}
type PullRequestChangedFileEdge {
  cursor: String!, node: PullRequestChangedFile
}
type MergeQueueEntry implements Node {
  enqueuedAt: DateTime!, enqueuer: Actor!, headCommit: Commit, id: ID!, position: Int!, pullRequest: PullRequest
}
type AddedToMergeQueueEvent implements Node {
  actor: Actor, createdAt: DateTime!, enqueuer: User, id: ID!, pullRequest: PullRequest
}
type RemovedFromMergeQueueEvent implements Node {
  actor: Actor, createdAt: DateTime!, enqueuer: User, id: ID!, pullRequest: PullRequest, reason: String
}
type PullRequestTimelineItemsConnection {
  edges: [PullRequestTimelineItemsEdge], filteredCount: Int!, nodes: [PullRequestTimelineItems], pageCount: Int!
  pageInfo: PageInfo!, totalCount: Int!, updatedAt: DateTime!
}
type PullRequestTimelineItemsEdge {
  cursor: String!, node: PullRequestTimelineItems
}
type AutoMergeRequest {
  enabledAt: DateTime, enabledBy: Actor, mergeMethod: PullRequestMergeMethod!, pullRequest: PullRequest!
}
type PullRequestReview implements Comment & Node & RepositoryNode {
  author: Actor, authorAssociation: CommentAuthorAssociation!, body: String!
  comments(after: String, before: String, first: Int, last: Int): PullRequestReviewCommentConnection!
  commit: Commit, createdAt: DateTime!, databaseId: Int
  editor: Actor, fullDatabaseId: BigInt, id: ID!, lastEditedAt: DateTime, pullRequest: PullRequest!
  repository: Repository!, resourcePath: URI!, state: PullRequestReviewState!, submittedAt: DateTime
  updatedAt: DateTime!, url: URI!, viewerDidAuthor: Boolean!
}
type PullRequestReviewComment implements Node {
  author: Actor, body: String!, createdAt: DateTime!, fullDatabaseId: BigInt, id: ID!, line: Int, originalLine: Int
  path: String!, url: URI!
}
type PullRequestReviewCommentConnection {
  edges: [PullRequestReviewCommentEdge], nodes: [PullRequestReviewComment], pageInfo: PageInfo!, totalCount: Int!
}
type PullRequestReviewCommentEdge {
  cursor: String!, node: PullRequestReviewComment
}
enum CheckAnnotationLevel {
  FAILURE NOTICE WARNING
}
type CheckAnnotation {
  annotationLevel: CheckAnnotationLevel, blobUrl: URI!, fullDatabaseId: BigInt, location: CheckAnnotationSpan!
  message: String!, path: String!, rawDetails: String, title: String
}
type CheckAnnotationSpan {
  end: CheckAnnotationPosition!, start: CheckAnnotationPosition!
}
type CheckAnnotationPosition {
  column: Int, line: Int!
}
type CheckAnnotationConnection {
  edges: [CheckAnnotationEdge], nodes: [CheckAnnotation], pageInfo: PageInfo!, totalCount: Int!
}
type CheckAnnotationEdge {
  cursor: String!, node: CheckAnnotation
}
type PullRequestCommit implements Node & UniformResourceLocatable {
  commit: Commit!, id: ID!, pullRequest: PullRequest!, resourcePath: URI!, url: URI!
}
type StatusCheckRollup implements Node {
  commit: Commit
  contexts(after: String, before: String, first: Int, last: Int): StatusCheckRollupContextConnection!, id: ID!
  state: StatusState!
}
type StatusCheckRollupContextConnection {
  checkRunCount: Int!, edges: [StatusCheckRollupContextEdge], nodes: [StatusCheckRollupContext], pageInfo: PageInfo!
  statusContextCount: Int!, totalCount: Int!
}
type StatusCheckRollupContextEdge {
  cursor: String!, node: StatusCheckRollupContext
}
type CheckRun implements Node & RequirableByPullRequest & UniformResourceLocatable {
  annotations(after: String, before: String, first: Int, last: Int): CheckAnnotationConnection
  checkSuite: CheckSuite!, completedAt: DateTime, conclusion: CheckConclusionState, databaseId: Int, detailsUrl: URI
  externalId: String, id: ID!, isRequired(pullRequestId: ID, pullRequestNumber: Int): Boolean!, name: String!
  permalink: URI!, repository: Repository!, resourcePath: URI!, startedAt: DateTime, status: CheckStatusState!
  summary: String, text: String, title: String, url: URI!
}
type CheckSuite implements Node {
  app: App
  checkRuns(after: String, before: String, filterBy: CheckRunFilter, first: Int, last: Int): CheckRunConnection
  commit: Commit!, conclusion: CheckConclusionState, createdAt: DateTime!, databaseId: Int, id: ID!
  repository: Repository!, resourcePath: URI!, status: CheckStatusState!, updatedAt: DateTime!, url: URI!
}
input CheckRunFilter {
  appId: Int, checkName: String, checkType: CheckRunType, conclusions: [CheckConclusionState!]
  status: CheckStatusState, statuses: [CheckStatusState!]
}
input CheckSuiteFilter {
  appId: Int, checkName: String
}
type StatusContext implements Node & RequirableByPullRequest {
  avatarUrl(size: Int = 40): URI, commit: Commit, context: String!, createdAt: DateTime!, creator: Actor
  description: String, id: ID!, isRequired(pullRequestId: ID, pullRequestNumber: Int): Boolean!, state: StatusState!
  targetUrl: URI
}
type Commit implements GitObject & Node & UniformResourceLocatable {
  abbreviatedOid: String!
  associatedPullRequests(after: String, before: String, first: Int, last: Int, orderBy: PullRequestOrder = { direction: ASC, field: CREATED_AT }): PullRequestConnection
  author: GitActor, authoredDate: DateTime!
  checkSuites(after: String, before: String, filterBy: CheckSuiteFilter, first: Int, last: Int): CheckSuiteConnection
  commitUrl: URI!, committedDate: DateTime!, committer: GitActor, file(path: String!): TreeEntry
  history(after: String, author: CommitAuthor, before: String, first: Int, last: Int, path: String, since: GitTimestamp, until: GitTimestamp): CommitHistoryConnection!
  id: ID!, message: String!, messageBody: String!, messageHeadline: String!, oid: GitObjectID!
  parents(after: String, before: String, first: Int, last: Int): CommitConnection!, repository: Repository!
  resourcePath: URI!, status: Status, statusCheckRollup: StatusCheckRollup, tree: Tree!, treeUrl: URI!, url: URI!
}
type Status implements Node {
  commit: Commit, context(name: String!): StatusContext, contexts: [StatusContext!]!, id: ID!, state: StatusState!
}
input CommitAuthor {
  emails: [String!], id: ID
}
input PullRequestOrder {
  direction: OrderDirection!, field: PullRequestOrderField!
}
type CommitHistoryConnection {
  edges: [CommitEdge], nodes: [Commit], pageInfo: PageInfo!, totalCount: Int!
}
type GitActor {
  avatarUrl(size: Int): URI!, date: GitTimestamp, email: String, name: String, user: User
}
type Tree implements GitObject & Node {
  abbreviatedOid: String!, commitUrl: URI!, commitResourcePath: URI!, entries: [TreeEntry!], id: ID!
  oid: GitObjectID!, repository: Repository!
}
type TreeEntry {
  extension: String, mode: Int!, name: String!, object: GitObject, oid: GitObjectID!, path: String
  repository: Repository!, size: Int!, type: String!
}
type Blob implements GitObject & Node {
  abbreviatedOid: String!, byteSize: Int!, commitUrl: URI!, commitResourcePath: URI!, id: ID!, isBinary: Boolean
  isTruncated: Boolean!, oid: GitObjectID!, repository: Repository!, text: String
}
type Ref implements Node {

  associatedPullRequests(after: String, baseRefName: String, before: String, first: Int, headRefName: String, labels: [String!], last: Int, orderBy: IssueOrder, states: [PullRequestState!]): PullRequestConnection!
  id: ID!, name: String!, prefix: String!, repository: Repository!, target: GitObject
}
input RefOrder {
  direction: OrderDirection!, field: RefOrderField!
}
type PullRequestConnection {
  edges: [PullRequestEdge], nodes: [PullRequest], pageInfo: PageInfo!, totalCount: Int!
}
type PullRequestEdge {
  cursor: String!, node: PullRequest
}
type PullRequestReviewConnection {
  edges: [PullRequestReviewEdge], nodes: [PullRequestReview], pageInfo: PageInfo!, totalCount: Int!
}
type PullRequestReviewEdge {
  cursor: String!, node: PullRequestReview
}
type PullRequestCommitConnection {
  edges: [PullRequestCommitEdge], nodes: [PullRequestCommit], pageInfo: PageInfo!, totalCount: Int!
}
type PullRequestCommitEdge {
  cursor: String!, node: PullRequestCommit
}
type CheckRunConnection {
  edges: [CheckRunEdge], nodes: [CheckRun], pageInfo: PageInfo!, totalCount: Int!
}
type CheckRunEdge {
  cursor: String!, node: CheckRun
}
type CheckSuiteConnection {
  edges: [CheckSuiteEdge], nodes: [CheckSuite], pageInfo: PageInfo!, totalCount: Int!
}
type CheckSuiteEdge {
  cursor: String!, node: CheckSuite
}
type CommitConnection {
  edges: [CommitEdge], nodes: [Commit], pageInfo: PageInfo!, totalCount: Int!
}
type CommitEdge {
  cursor: String!, node: Commit
}
type RefConnection {
  edges: [RefEdge], nodes: [Ref], pageInfo: PageInfo!, totalCount: Int!
}
type RefEdge {
  cursor: String!, node: Ref
}
`;
