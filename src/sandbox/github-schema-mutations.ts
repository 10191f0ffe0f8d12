/** The excerpt of GitHub's public GraphQL schema for mutations, with their inputs and payloads. */
export const mutationTypes = `
type Mutation {
  addAssigneesToAssignable(input: AddAssigneesToAssignableInput!): AddAssigneesToAssignablePayload
  addComment(input: AddCommentInput!): AddCommentPayload
  addLabelsToLabelable(input: AddLabelsToLabelableInput!): AddLabelsToLabelablePayload
  addReaction(input: AddReactionInput!): AddReactionPayload
  addSubIssue(input: AddSubIssueInput!): AddSubIssuePayload
  clearLabelsFromLabelable(input: ClearLabelsFromLabelableInput!): ClearLabelsFromLabelablePayload
  closeIssue(input: CloseIssueInput!): CloseIssuePayload
  closePullRequest(input: ClosePullRequestInput!): ClosePullRequestPayload
  createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload
  createIssue(input: CreateIssueInput!): CreateIssuePayload
  createLabel(input: CreateLabelInput!): CreateLabelPayload
  createPullRequest(input: CreatePullRequestInput!): CreatePullRequestPayload
  createRef(input: CreateRefInput!): CreateRefPayload
  deleteIssueComment(input: DeleteIssueCommentInput!): DeleteIssueCommentPayload
  deleteLabel(input: DeleteLabelInput!): DeleteLabelPayload, deleteRef(input: DeleteRefInput!): DeleteRefPayload
  enqueuePullRequest(input: EnqueuePullRequestInput!): EnqueuePullRequestPayload
  mergePullRequest(input: MergePullRequestInput!): MergePullRequestPayload
  removeAssigneesFromAssignable(input: RemoveAssigneesFromAssignableInput!): RemoveAssigneesFromAssignablePayload
  removeLabelsFromLabelable(input: RemoveLabelsFromLabelableInput!): RemoveLabelsFromLabelablePayload
  removeReaction(input: RemoveReactionInput!): RemoveReactionPayload
  removeSubIssue(input: RemoveSubIssueInput!): RemoveSubIssuePayload
  reopenIssue(input: ReopenIssueInput!): ReopenIssuePayload
  updateIssue(input: UpdateIssueInput!): UpdateIssuePayload
  updateIssueComment(input: UpdateIssueCommentInput!): UpdateIssueCommentPayload
  updateLabel(input: UpdateLabelInput!): UpdateLabelPayload
  updatePullRequest(input: UpdatePullRequestInput!): UpdatePullRequestPayload
  updateRef(input: UpdateRefInput!): UpdateRefPayload, updateRefs(input: UpdateRefsInput!): UpdateRefsPayload
}
input AddAssigneesToAssignableInput {
  assignableId: ID!, assigneeIds: [ID!]!, clientMutationId: String
}
type AddAssigneesToAssignablePayload {
  assignable: Assignable, clientMutationId: String
}
input AddCommentInput {
  body: String!, clientMutationId: String, subjectId: ID!
}
type AddCommentPayload {
  clientMutationId: String, commentEdge: IssueCommentEdge, subject: Node
}
input AddLabelsToLabelableInput {
  clientMutationId: String, labelIds: [ID!]!, labelableId: ID!
}
type AddLabelsToLabelablePayload {
  clientMutationId: String, labelable: Labelable
}
input AddReactionInput {
  clientMutationId: String, content: ReactionContent!, subjectId: ID!
}
type AddReactionPayload {
  clientMutationId: String, reaction: Reaction, reactionGroups: [ReactionGroup!], subject: Reactable
}
input AddSubIssueInput {
  clientMutationId: String, issueId: ID!, replaceParent: Boolean, subIssueId: ID, subIssueUrl: String
}
type AddSubIssuePayload {
  clientMutationId: String, issue: Issue, subIssue: Issue
}
input ClearLabelsFromLabelableInput {
  clientMutationId: String, labelableId: ID!
}
type ClearLabelsFromLabelablePayload {
  clientMutationId: String, labelable: Labelable
}
input CloseIssueInput {
  clientMutationId: String, duplicateIssueId: ID, issueId: ID!, stateReason: IssueClosedStateReason
}
type CloseIssuePayload {
  clientMutationId: String, issue: Issue
}
input ClosePullRequestInput {
  clientMutationId: String, pullRequestId: ID!
}
type ClosePullRequestPayload {
  clientMutationId: String, pullRequest: PullRequest
}
input CreateCommitOnBranchInput {
  branch: CommittableBranch!, clientMutationId: String, expectedHeadOid: GitObjectID!, fileChanges: FileChanges
  message: CommitMessage!
}
type CreateCommitOnBranchPayload {
  clientMutationId: String, commit: Commit, ref: Ref
}
input CreateIssueInput {
  assigneeIds: [ID!], body: String, clientMutationId: String, labelIds: [ID!], milestoneId: ID, parentIssueId: ID
  repositoryId: ID!, title: String!
}
type CreateIssuePayload {
  clientMutationId: String, issue: Issue
}
input CreateLabelInput {
  clientMutationId: String, color: String!, description: String, name: String!, repositoryId: ID!
}
type CreateLabelPayload {
  clientMutationId: String, label: Label
}
input CreatePullRequestInput {
  baseRefName: String!, body: String, clientMutationId: String, draft: Boolean = false, headRefName: String!
  headRepositoryId: ID, maintainerCanModify: Boolean = true, repositoryId: ID!, title: String!
}
type CreatePullRequestPayload {
  clientMutationId: String, pullRequest: PullRequest
}
input CreateRefInput {
  clientMutationId: String, name: String!, oid: GitObjectID!, repositoryId: ID!
}
type CreateRefPayload {
  clientMutationId: String, ref: Ref
}
input DeleteIssueCommentInput {
  clientMutationId: String, id: ID!
}
type DeleteIssueCommentPayload {
  clientMutationId: String
}
input DeleteLabelInput {
  clientMutationId: String, id: ID!
}
type DeleteLabelPayload {
  clientMutationId: String
}
input DeleteRefInput {
  clientMutationId: String, refId: ID!
}
type DeleteRefPayload {
  clientMutationId: String
}
input EnqueuePullRequestInput {
  clientMutationId: String, expectedHeadOid: GitObjectID, jump: Boolean, pullRequestId: ID!
}
type EnqueuePullRequestPayload {
  clientMutationId: String, mergeQueueEntry: MergeQueueEntry
}
input MergePullRequestInput {
  authorEmail: String, clientMutationId: String, commitBody: String, commitHeadline: String
  expectedHeadOid: GitObjectID, mergeMethod: PullRequestMergeMethod = MERGE, pullRequestId: ID!
}
type MergePullRequestPayload {
  actor: Actor, clientMutationId: String, pullRequest: PullRequest
}
input RemoveAssigneesFromAssignableInput {
  assignableId: ID!, assigneeIds: [ID!]!, clientMutationId: String
}
type RemoveAssigneesFromAssignablePayload {
  assignable: Assignable, clientMutationId: String
}
input RemoveLabelsFromLabelableInput {
  clientMutationId: String, labelIds: [ID!]!, labelableId: ID!
}
type RemoveLabelsFromLabelablePayload {
  clientMutationId: String, labelable: Labelable
}
input RemoveReactionInput {
  clientMutationId: String, content: ReactionContent!, subjectId: ID!
}
type RemoveReactionPayload {
  clientMutationId: String, reaction: Reaction, reactionGroups: [ReactionGroup!], subject: Reactable
}
input RemoveSubIssueInput {
  clientMutationId: String, issueId: ID!, subIssueId: ID!
}
type RemoveSubIssuePayload {
  clientMutationId: String, issue: Issue, subIssue: Issue
}
input ReopenIssueInput {
  clientMutationId: String, issueId: ID!
}
type ReopenIssuePayload {
  clientMutationId: String, issue: Issue
}
input UpdateIssueInput {
  assigneeIds: [ID!], body: String, clientMutationId: String, id: ID!, labelIds: [ID!], milestoneId: ID
  state: IssueState, title: String
}
type UpdateIssuePayload {
  actor: Actor, clientMutationId: String, issue: Issue
}
input UpdateIssueCommentInput {
  body: String!, clientMutationId: String, id: ID!
}
type UpdateIssueCommentPayload {
  clientMutationId: String, issueComment: IssueComment
}
input UpdateLabelInput {
  clientMutationId: String, color: String, description: String, id: ID!, name: String
}
type UpdateLabelPayload {
  clientMutationId: String, label: Label
}
input UpdatePullRequestInput {
  assigneeIds: [ID!], baseRefName: String, body: String, clientMutationId: String, labelIds: [ID!]
  maintainerCanModify: Boolean, milestoneId: ID, pullRequestId: ID!, state: PullRequestUpdateState, title: String
}
type UpdatePullRequestPayload {
  actor: Actor, clientMutationId: String, pullRequest: PullRequest
}
input UpdateRefInput {
  clientMutationId: String, force: Boolean = false, oid: GitObjectID!, refId: ID!
}
type UpdateRefPayload {
  clientMutationId: String, ref: Ref
}
input UpdateRefsInput {
  clientMutationId: String, refUpdates: [RefUpdate!]!, repositoryId: ID!
}
type UpdateRefsPayload {
  clientMutationId: String
}
input CommittableBranch {
  branchName: String, id: ID, repositoryNameWithOwner: String
}
input FileChanges {
  additions: [FileAddition!] = [], deletions: [FileDeletion!] = []
}
input FileAddition {
  contents: Base64String!, path: String!
}
input FileDeletion {
  path: String!
}
input CommitMessage {
  body: String, headline: String!
}
input RefUpdate {
  afterOid: GitObjectID!, beforeOid: GitObjectID, force: Boolean = false, name: GitRefname!
}
extend type Mutation {
  convertPullRequestToDraft(input: ConvertPullRequestToDraftInput!): ConvertPullRequestToDraftPayload
  disablePullRequestAutoMerge(input: DisablePullRequestAutoMergeInput!): DisablePullRequestAutoMergePayload
  enablePullRequestAutoMerge(input: EnablePullRequestAutoMergeInput!): EnablePullRequestAutoMergePayload
  markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): MarkPullRequestReadyForReviewPayload
  addBlockedBy(input: AddBlockedByInput!): AddBlockedByPayload
  removeBlockedBy(input: RemoveBlockedByInput!): RemoveBlockedByPayload
}
input ConvertPullRequestToDraftInput {
  clientMutationId: String, pullRequestId: ID!
}
type ConvertPullRequestToDraftPayload {
  clientMutationId: String, pullRequest: PullRequest
}
input DisablePullRequestAutoMergeInput {
  clientMutationId: String, pullRequestId: ID!
}
type DisablePullRequestAutoMergePayload {
  actor: Actor, clientMutationId: String, pullRequest: PullRequest
}
input EnablePullRequestAutoMergeInput {
  authorEmail: String, clientMutationId: String, commitBody: String, commitHeadline: String
  expectedHeadOid: GitObjectID, mergeMethod: PullRequestMergeMethod = MERGE, pullRequestId: ID!
}
type EnablePullRequestAutoMergePayload {
  actor: Actor, clientMutationId: String, pullRequest: PullRequest
}
input MarkPullRequestReadyForReviewInput {
  clientMutationId: String, pullRequestId: ID!
}
type MarkPullRequestReadyForReviewPayload {
  clientMutationId: String, pullRequest: PullRequest
}
input AddBlockedByInput {
  blockingIssueId: ID!, clientMutationId: String, issueId: ID!
}
type AddBlockedByPayload {
  blockingIssue: Issue, clientMutationId: String, issue: Issue
}
input RemoveBlockedByInput {
  blockingIssueId: ID!, clientMutationId: String, issueId: ID!
}
type RemoveBlockedByPayload {
  blockingIssue: Issue, clientMutationId: String, issue: Issue
}
`;
