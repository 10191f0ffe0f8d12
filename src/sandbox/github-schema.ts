/** The excerpt of GitHub's public GraphQL schema that the embedded GitHub executes: scalars, enums, unions, and the four parts. */
import { codeTypes } from "./github-schema-code.ts";
import { editTypes } from "./github-schema-edits.ts";
import { issueTypes } from "./github-schema-issues.ts";
import { mutationTypes } from "./github-schema-mutations.ts";

const basicTypes = `
scalar DateTime
scalar URI
enum CommentAuthorAssociation {
  COLLABORATOR, CONTRIBUTOR, FIRST_TIMER, FIRST_TIME_CONTRIBUTOR, MANNEQUIN, MEMBER, NONE, OWNER
}
enum LockReason {
  OFF_TOPIC, RESOLVED, SPAM, TOO_HEATED
}
enum ReactionContent {
  CONFUSED, EYES, HEART, HOORAY, LAUGH, ROCKET, THUMBS_DOWN, THUMBS_UP
}
enum CommentCannotUpdateReason {
  ARCHIVED, DENIED, INSUFFICIENT_ACCESS, LOCKED, LOGIN_REQUIRED, MAINTENANCE, VERIFIED_EMAIL_REQUIRED
}
scalar GitObjectID
union IssueOrPullRequest = Issue | PullRequest
enum IssueState {
  CLOSED, OPEN
}
enum MilestoneState {
  CLOSED, OPEN
}
enum PullRequestState {
  CLOSED, MERGED, OPEN
}
enum OrderDirection {
  ASC, DESC
}
enum RepositoryPermission {
  ADMIN, MAINTAIN, READ, TRIAGE, WRITE
}
enum RepositoryVisibility {
  INTERNAL, PRIVATE, PUBLIC
}
scalar BigInt
enum IssueStateReason {
  COMPLETED, DUPLICATE, NOT_PLANNED, REOPENED
}
enum IssueTimelineItemsItemType {
  ADDED_TO_PROJECT_EVENT, ASSIGNED_EVENT, BLOCKED_BY_ADDED_EVENT, BLOCKED_BY_REMOVED_EVENT, BLOCKING_ADDED_EVENT
  BLOCKING_REMOVED_EVENT, CLOSED_EVENT, COMMENT_DELETED_EVENT, CONNECTED_EVENT
  CONVERTED_NOTE_TO_ISSUE_EVENT, CONVERTED_TO_DISCUSSION_EVENT, CROSS_REFERENCED_EVENT, DEMILESTONED_EVENT
  DISCONNECTED_EVENT, ISSUE_COMMENT, LABELED_EVENT, LOCKED_EVENT, MARKED_AS_DUPLICATE_EVENT, MENTIONED_EVENT
  MILESTONED_EVENT, MOVED_COLUMNS_IN_PROJECT_EVENT, PARENT_ISSUE_ADDED_EVENT, PARENT_ISSUE_REMOVED_EVENT
  PINNED_EVENT, REFERENCED_EVENT, REMOVED_FROM_PROJECT_EVENT, RENAMED_TITLE_EVENT, REOPENED_EVENT, SUBSCRIBED_EVENT
  SUB_ISSUE_ADDED_EVENT, SUB_ISSUE_REMOVED_EVENT, TRANSFERRED_EVENT, UNASSIGNED_EVENT, UNLABELED_EVENT
  UNLOCKED_EVENT, UNMARKED_AS_DUPLICATE_EVENT, UNPINNED_EVENT, UNSUBSCRIBED_EVENT, USER_BLOCKED_EVENT
}
union Closer = Commit | PullRequest
union RenamedTitleSubject = Issue | PullRequest
union IssueTimelineItems =
  | BlockedByAddedEvent | BlockedByRemovedEvent | BlockingAddedEvent | BlockingRemovedEvent | ClosedEvent | IssueComment | LabeledEvent | ParentIssueAddedEvent
  | ParentIssueRemovedEvent | RenamedTitleEvent | ReopenedEvent | SubIssueAddedEvent | SubIssueRemovedEvent | UnlabeledEvent
union PullRequestTimelineItems = AddedToMergeQueueEvent | ClosedEvent | LabeledEvent | RemovedFromMergeQueueEvent | RenamedTitleEvent | ReopenedEvent | UnlabeledEvent
enum PullRequestTimelineItemsItemType {
  ADDED_TO_MERGE_QUEUE_EVENT, CLOSED_EVENT, LABELED_EVENT, MERGED_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT
  RENAMED_TITLE_EVENT, REOPENED_EVENT, UNLABELED_EVENT
}
enum PatchStatus {
  ADDED, CHANGED, COPIED, DELETED, MODIFIED, RENAMED
}
union Reactor = Bot | Organization | User
enum IssueOrderField {
  COMMENTS, CREATED_AT, UPDATED_AT
}
enum LabelOrderField {
  CREATED_AT, NAME
}
enum IssueCommentOrderField {
  UPDATED_AT
}
enum ReactionOrderField {
  CREATED_AT
}
enum MilestoneOrderField {
  CREATED_AT, DUE_DATE, NUMBER, UPDATED_AT
}
enum MergeStateStatus {
  BEHIND, BLOCKED, CLEAN, DIRTY, DRAFT, HAS_HOOKS, UNKNOWN, UNSTABLE
}
enum MergeableState {
  CONFLICTING, MERGEABLE, UNKNOWN
}
enum PullRequestReviewDecision {
  APPROVED, CHANGES_REQUESTED, REVIEW_REQUIRED
}
enum PullRequestReviewState {
  APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED, PENDING
}
enum PullRequestMergeMethod {
  MERGE, REBASE, SQUASH
}
enum StatusState {
  ERROR, EXPECTED, FAILURE, PENDING, SUCCESS
}
union StatusCheckRollupContext = CheckRun | StatusContext
enum CheckConclusionState {
  ACTION_REQUIRED, CANCELLED, FAILURE, NEUTRAL, SKIPPED, STALE, STARTUP_FAILURE, SUCCESS, TIMED_OUT
}
enum CheckStatusState {
  COMPLETED, IN_PROGRESS, PENDING, QUEUED, REQUESTED, WAITING
}
enum CheckRunType {
  ALL, LATEST
}
scalar GitTimestamp
enum PullRequestOrderField {
  CREATED_AT, UPDATED_AT
}
enum RefOrderField {
  ALPHABETICAL, TAG_COMMIT_DATE
}
enum IssueClosedStateReason {
  COMPLETED, DUPLICATE, NOT_PLANNED
}
enum PullRequestUpdateState {
  CLOSED, OPEN
}
scalar Base64String
scalar GitRefname
enum IssueDependencyOrderField {
  DEPENDENCY_ADDED_AT
}
`;

/** The whole excerpt in GraphQL's schema language. */
export const githubSchema = [basicTypes, issueTypes, codeTypes, mutationTypes, editTypes].join("\n");
