/**
 * The GraphQL documents that read. Their shape is the price: a page of 100 issues costs 5 points (labels, blockers,
 * sub-issues, acts and renames, once each). Values always travel as variables; only their names are built here.
 */
import { extraFields, type PullExtras } from "./merge-queries.ts";

/** Issues, pull requests or references in one aliased document; GitHub answers more of them with a timeout. */
export const chunkSize = 40;

/** How many labelling and closing acts are read with an issue; older ones are paged in when they are needed. */
const actsCount = 50;

export const actorParts = `fragment ActorParts on Actor {
  __typename login
  ... on User { databaseId }
  ... on Bot { databaseId }
}`;

const linkParts = `fragment LinkParts on Issue {
  fullDatabaseId number url state stateReason(enableDuplicate: true) closedAt repository { databaseId nameWithOwner }
}`;

const closedEvent = `... on ClosedEvent {
  createdAt actor { ...ActorParts }
  closer { ... on PullRequest { merged repository { databaseId } } }
}`;

const actNodes = `pageInfo { hasPreviousPage startCursor }
  nodes {
    __typename
    ... on LabeledEvent { createdAt actor { ...ActorParts } label { name } }
    ${closedEvent}
  }`;

const issueParts = `fragment IssueParts on Issue {
  id fullDatabaseId number url title body createdAt updatedAt state stateReason(enableDuplicate: true) closedAt
  author { login }
  editor { ...ActorParts }
  lastEditedAt viewerDidAuthor
  repository { databaseId }
  labels(first: 100) { nodes { name } }
  milestone { title description createdAt dueOn }
  blockedBy(first: 50) { nodes { ...LinkParts } }
  subIssues(first: 100) { nodes { ...LinkParts } }
  acts: timelineItems(last: ${actsCount}, itemTypes: [LABELED_EVENT, CLOSED_EVENT]) { ${actNodes} }
  renames: timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) {
    nodes { ... on RenamedTitleEvent { createdAt actor { ...ActorParts } } }
  }
}`;

const issueFragments = [issueParts, linkParts, actorParts].join("\n");

/** One page of open issues that carry a label. Variables: owner, name, labels, after, first. */
export const issuesPage = `query ($owner: String!, $name: String!, $labels: [String!], $after: String, $first: Int!) {
  repository(owner: $owner, name: $name) {
    issues(first: $first, after: $after, labels: $labels, states: [OPEN], orderBy: { field: CREATED_AT, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes { ...IssueParts }
    }
  }
}
${issueFragments}`;

/** Older labelling and closing acts of one issue. Variables: id, before. */
export const olderActs = `query ($id: ID!, $before: String) {
  node(id: $id) {
    ... on Issue {
      acts: timelineItems(last: 100, before: $before, itemTypes: [LABELED_EVENT, CLOSED_EVENT]) { ${actNodes} }
    }
  }
}
${actorParts}`;

/** Issues by node id, in order. Variables: ids. */
export const issuesByNode = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Issue { ...IssueParts } }
}
${issueFragments}`;

/** Numbers of the open pull requests, and of those that moved last. Variables: owner, name, after. */
export const pullNumbers = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    open: pullRequests(first: 100, after: $after, states: [OPEN], orderBy: { field: CREATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number }
    }
    recent: pullRequests(first: 50, states: [MERGED, CLOSED], orderBy: { field: UPDATED_AT, direction: DESC }) {
      nodes { number }
    }
  }
}`;

/** The newest issues with their texts, and whether they are ours. Variables: owner, name, after. */
export const newestIssues = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    issues(first: 100, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number fullDatabaseId state body viewerDidAuthor author { __typename } }
    }
  }
}`;

/** What is pinned, and the newest issues, with all that tells a cockpit. Variables: owner, name, after. */
export const cockpitCandidates = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pinnedIssues(first: 3) { nodes { issue { ...CandidateParts } } }
    issues(first: 100, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { ...CandidateParts }
    }
  }
}
fragment CandidateParts on Issue { id number url state isPinned body viewerDidAuthor }`;

function cockpitWith(editFields: string): string {
  return `query ($owner: String!, $name: String!, $number: Int!, $first: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      state body createdAt author { ...ActorParts } repository { databaseId }
      userContentEdits(first: $first) {
        pageInfo { hasNextPage endCursor }
        nodes { editedAt editor { ...ActorParts } ${editFields} }
      }
    }
  }
}
${actorParts}`;
}

/** An issue's text and who edited it when, newest first. Variables: owner, name, number, first. */
export const cockpitEdits = cockpitWith("");

/** The same with the whole text that each edit left, which GitHub calls its diff. */
export const cockpitTexts = cockpitWith("diff");

/** Node ids of comments of one issue, and whether they are ours. Variables: id, after. */
export const ownComments = `query ($id: ID!, $after: String) {
  node(id: $id) {
    ... on Issue {
      comments(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id viewerDidAuthor author { __typename } } }
    }
  }
}`;

/** The first comments of many issues, as `ownComments`. Variables: ids. */
export const ownCommentsOfMany = `query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Issue {
      id
      comments(first: 100) { pageInfo { hasNextPage endCursor } nodes { id viewerDidAuthor author { __typename } } }
    }
  }
}`;

/** Bodies of comments. Variables: ids. */
export const commentBodies = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { id body } }
}`;

export interface Document {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

function declare(count: number, name: string, type: string): string {
  return Array.from({ length: count }, (_, index) => `, $${name}${index}: ${type}`).join("");
}

function toVariables(name: string, values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, index) => [`${name}${index}`, value]));
}

/** Issues by number under the aliases `i0`, `i1`, …; a pull request comes back with its type and number alone. */
export function issuesByNumber(place: { owner: string; name: string }, numbers: readonly number[]): Document {
  const fields = numbers.map(
    (_, index) => `i${index}: issueOrPullRequest(number: $n${index}) { __typename ... on Issue { ...IssueParts } }`,
  );
  return {
    text: `query ($owner: String!, $name: String!${declare(numbers.length, "n", "Int!")}) {
  repository(owner: $owner, name: $name) { ${fields.join("\n")} }
}
${issueFragments}`,
    variables: { ...place, ...toVariables("n", numbers) },
  };
}

/** Pull requests by number under the aliases `p0`, `p1`, …, with the checks that are required of each. */
export function pullsByNumber(
  place: { owner: string; name: string },
  numbers: readonly number[],
  extras: PullExtras = { files: false, queue: false },
): Document {
  const more = extraFields(extras);
  // A fragment cannot take the number that `isRequired` asks for, so the fields are written out for each.
  const fields = numbers.map(
    (_, index) => `p${index}: pullRequest(number: $n${index}) {
    id number url body updatedAt state isDraft headRefName headRefOid isCrossRepository baseRefName mergedAt mergeable mergeStateStatus
    reviewDecision
    latestReviews(first: 20) { nodes { state } }
    ${more}
    objections: latestOpinionatedReviews(first: 10, writersOnly: true) { nodes { state submittedAt author { ...ActorParts } } }
    author { ...ActorParts }
    mergedBy { ...ActorParts }
    closingIssuesReferences(first: 20) { nodes { fullDatabaseId repository { databaseId } } }
    statusCheckRollup {
      state
      contexts(first: 100) {
        totalCount
        nodes {
          __typename
          ... on CheckRun { name status conclusion isRequired(pullRequestNumber: $n${index}) }
          ... on StatusContext { context state isRequired(pullRequestNumber: $n${index}) }
        }
      }
    }
  }`,
  );
  return {
    text: `query ($owner: String!, $name: String!${declare(numbers.length, "n", "Int!")}) {
  repository(owner: $owner, name: $name) { defaultBranchRef { name } ${fields.join("\n")} }
}
${actorParts}`,
    variables: { ...place, ...toVariables("n", numbers) },
  };
}

const reviewParts = `fragment ReviewParts on PullRequestReview {
  state body submittedAt url
  author { ...ActorParts }
  commit { oid }
  comments(first: 20) { nodes { path line originalLine body } }
}`;

/** What checks and reviewers say of a pull request, with what failing jobs point at. Variables: owner, name, number. */
export const pullFailures = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      number state isCrossRepository headRefOid
      objections: latestOpinionatedReviews(first: 10, writersOnly: true) { nodes { ...ReviewParts } }
      remarks: reviews(last: 20, states: [COMMENTED]) { nodes { ...ReviewParts } }
      statusCheckRollup {
        contexts(first: 100) {
          totalCount
          nodes {
            __typename
            ... on CheckRun {
              name status conclusion isRequired(pullRequestNumber: $number) url detailsUrl title summary text
              checkSuite { app { databaseId } }
              annotations(first: 20) { nodes { path annotationLevel title message location { start { line } } } }
            }
            ... on StatusContext { context state isRequired(pullRequestNumber: $number) description targetUrl }
          }
        }
      }
    }
  }
}
${reviewParts}
${actorParts}`;

export interface ReferencedIssue {
  readonly owner: string;
  readonly name: string;
  readonly number: number;
}

/** What references point at, each under `r<n>` (its repository) and `target`. */
export function referencedIssues(references: readonly ReferencedIssue[]): Document {
  const declared = references.map((_, index) => `$o${index}: String!, $r${index}: String!, $n${index}: Int!`);
  const fields = references.map(
    (_, index) => `r${index}: repository(owner: $o${index}, name: $r${index}) {
    target: issueOrPullRequest(number: $n${index}) {
      __typename
      ... on Issue { ...LinkParts }
      ... on PullRequest { number url pullState: state repository { databaseId nameWithOwner } }
    }
  }`,
  );
  return {
    text: `query (${declared.join(", ")}) { ${fields.join("\n")} }\n${linkParts}`,
    variables: {
      ...toVariables(
        "o",
        references.map((each) => each.owner),
      ),
      ...toVariables(
        "r",
        references.map((each) => each.name),
      ),
      ...toVariables(
        "n",
        references.map((each) => each.number),
      ),
    },
  };
}

/** The last closing of issues by number, under the aliases `i0`, `i1`, …. */
export function closingsOf(place: { owner: string; name: string }, numbers: readonly number[]): Document {
  const fields = numbers.map(
    (_, index) => `i${index}: issue(number: $i${index}) {
    closings: timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { __typename ${closedEvent} } }
  }`,
  );
  return {
    text: `query ($owner: String!, $name: String!${declare(numbers.length, "i", "Int!")}) {
  repository(owner: $owner, name: $name) { ${fields.join("\n")} }
}
${actorParts}`,
    variables: { owner: place.owner, name: place.name, ...toVariables("i", numbers) },
  };
}

/** Labels by name under the aliases `l0`, `l1`, …, and the repository's node id. */
export function labelsByName(place: { owner: string; name: string }, names: readonly string[]): Document {
  const fields = names.map((_, index) => `l${index}: label(name: $l${index}) { id }`);
  return {
    text: `query ($owner: String!, $name: String!${declare(names.length, "l", "String!")}) {
  repository(owner: $owner, name: $name) { id ${fields.join(" ")} }
}`,
    variables: { ...place, ...toVariables("l", names) },
  };
}

/** Users by login under the aliases `u0`, `u1`, …, with what their profiles say of their availability. */
export function usersByLogin(logins: readonly string[]): Document {
  const declared = logins.map((_, index) => `$u${index}: String!`).join(", ");
  const fields = logins.map(
    (_, index) => `u${index}: user(login: $u${index}) { status { indicatesLimitedAvailability expiresAt } }`,
  );
  return { text: `query (${declared}) { ${fields.join("\n")} }`, variables: toVariables("u", logins) };
}

/** Cuts a list into pieces of at most `size`. */
export function toChunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const chunks: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
