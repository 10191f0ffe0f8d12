/** The GraphQL that merging needs: the merge queue, and what looks at pull requests ask for only where we merge. */

/** Whether a pull request is in a merge queue, or could be. Variables: owner, name, number. */
export const queueStanding = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { id state headRefOid isInMergeQueue isMergeQueueEnabled }
  }
}`;

/**
 * Whether a branch has still to be brought up to date, and who would do it. What GitHub has made of a commit has that commit as its first
 * parent. Variables: owner, name, number.
 */
export const branchStanding = `query ($owner: String!, $name: String!, $number: Int!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      state headRefOid mergeable mergeStateStatus
      commits(last: 1) { nodes { commit { oid parents(first: 2) { nodes { oid } } } } }
    }
  }
}`;

/** Variables: id, sha. */
export const enqueue = `mutation ($id: ID!, $sha: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $sha }) { mergeQueueEntry { id } }
}`;

/** What a look at a pull request asks for beside what it always does: each is one more connection a pull request. */
export interface PullExtras {
  /** The files that it changes: where merges must not overlap. */
  readonly files: boolean;
  /** How it fares in the merge queue. */
  readonly queue: boolean;
}

const fileFields = "files(first: 100) { totalCount nodes { path } }";
const queueFields = `isInMergeQueue isMergeQueueEnabled
    removals: timelineItems(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) {
      nodes { ... on RemovedFromMergeQueueEvent { createdAt reason } }
    }`;

/** The selection of what is asked for more; empty where nothing is. */
export function extraFields({ files, queue }: PullExtras): string {
  return [...(files ? [fileFields] : []), ...(queue ? [queueFields] : [])].join("\n    ");
}
