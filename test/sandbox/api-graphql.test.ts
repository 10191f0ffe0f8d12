import { buildSchema, validateSchema } from "graphql";
import { expect, test } from "vitest";
import { githubSchema } from "../../src/sandbox/github-schema.ts";
import { dig, givenApi, refusal } from "./api-support.ts";
import type { GivenApi } from "./api-support.ts";

const commit = `mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } ref { id name } } }`;

interface Committed {
  readonly createCommitOnBranch: { readonly commit: { readonly oid: string } };
}

function commitInput(head: string, path: string, text = "{}"): object {
  return {
    branch: { repositoryNameWithOwner: "octo/shop", branchName: "orchestrate/state" },
    expectedHeadOid: head,
    message: { headline: "Write", body: "Details" },
    fileChanges: { additions: [{ path, contents: Buffer.from(text).toString("base64") }] },
  };
}

async function givenStateBranch(given: GivenApi): Promise<string> {
  const owner = { user: given.state.repository.owner, viaApp: null };
  const { sha } = await given.acts.push(owner, {
    branch: "orchestrate/state",
    files: { "a.json": "{}" },
    message: "State",
  });
  return sha;
}

test("the excerpt of GitHub's schema is a sound schema, so no run needs to check it", () => {
  expect(validateSchema(buildSchema(githubSchema))).toEqual([]);
});

test("of 50 commits on one head exactly one lands; the others are told that theirs is stale", async () => {
  const given = await givenApi();
  const head = await givenStateBranch(given);
  const client = await given.octokit();
  const write = (index: number): Promise<Committed> =>
    client.graphql(commit, { input: commitInput(head, `log/${index}.json`) });
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => write(index)));
  const landed = results.filter((result) => result.status === "fulfilled");
  expect(landed).toHaveLength(1);
  expect(given.git.head("orchestrate/state")).toBe(landed[0]?.value.createCommitOnBranch.commit.oid);
  const lost = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as { errors: unknown[]; data: unknown }] : [],
  );
  const message = `Expected branch to point to "${head}" but it did not.  Pull and try again.`;
  for (const { errors, data } of lost) {
    expect(errors).toMatchObject([{ type: "STALE_DATA", path: ["createCommitOnBranch"], message }]);
    expect(data).toEqual({ createCommitOnBranch: null });
  }
  expect(given.api.counters).toMatchObject({ stateCommits: 1, mutations: 0 });
});

test("a commit has the App's bot as author and the message in two parts, and its files can be read in one query", async () => {
  const given = await givenApi();
  const head = await givenStateBranch(given);
  const client = await given.octokit();
  await client.graphql(commit, { input: commitInput(head, "state/1.json", "one") });
  const query = `query { repository(owner: "octo", name: "shop") { ref(qualifiedName: "refs/heads/orchestrate/state") { target { oid
    ... on Commit { messageHeadline messageBody author { name } file(path: "state/1.json") { object { ... on Blob { text isTruncated byteSize } } }
      tree { entries { name type size object { ... on Tree { entries { name } } } } } history(first: 5) { totalCount } } } } } }`;
  const target = dig(await client.graphql(query), "repository", "ref", "target");
  expect(target).toMatchObject({
    messageHeadline: "Write",
    messageBody: "Details",
    author: { name: "orchestrate[bot]" },
    file: { object: { text: "one", isTruncated: false, byteSize: 3 } },
  });
  expect(dig(target, "tree", "entries")).toContainEqual({
    name: "state",
    type: "tree",
    size: 0,
    object: { entries: [{ name: "1.json" }] },
  });
});

test("a commit on a branch that is not there, with one path twice or a path outside is refused and nothing moves", async () => {
  const given = await givenApi();
  const client = await given.octokit();
  expect((await refusal(client.graphql(commit, { input: commitInput("0".repeat(40), "a") }))).errors).toMatchObject([
    { type: "NOT_FOUND" },
  ]);
  const head = await givenStateBranch(given);
  const twice = commitInput(head, "a") as { fileChanges: object };
  twice.fileChanges = { additions: [{ path: "a", contents: "" }], deletions: [{ path: "a" }] };
  expect((await refusal(client.graphql(commit, { input: twice }))).errors).toMatchObject([{ type: "UNPROCESSABLE" }]);
  expect((await refusal(client.graphql(commit, { input: commitInput(head, "../a") }))).errors).toMatchObject([
    { type: "UNPROCESSABLE" },
  ]);
  expect(given.git.head("orchestrate/state")).toBe(head);
});

test("a field that GitHub has not is refused before anything is done", async () => {
  const given = await givenApi();
  const client = await given.octokit();
  const { errors } = await refusal(client.graphql(`{ repository(owner: "octo", name: "shop") { nonsense } }`));
  expect(errors).toMatchObject([
    { message: "Field 'nonsense' doesn't exist on type 'Repository'", extensions: { code: "undefinedField" } },
  ]);
  const syntax = await refusal(client.graphql(`{ repository(`));
  expect(syntax.errors?.[0]?.message).toContain("Parse error");
});

test("one missing issue leaves the rest of the answer", async () => {
  const given = await givenApi();
  given.acts.openIssue(given.maria, { title: "One" });
  const client = await given.octokit();
  const query = `{ repository(owner: "octo", name: "shop") { one: issue(number: 1) { title } gone: issue(number: 99) { title } } }`;
  const { errors, data } = await refusal(client.graphql(query));
  expect(data).toEqual({ repository: { one: { title: "One" }, gone: null } });
  expect(errors).toMatchObject([
    {
      type: "NOT_FOUND",
      path: ["repository", "gone"],
      message: "Could not resolve to an Issue with the number of 99.",
    },
  ]);
});

test("issues come with their edges, labels, timeline and pull requests in one query, page by page", async () => {
  const given = await givenApi();
  const { acts, maria } = given;
  acts.openIssue(maria, { title: "One", labels: ["work"] });
  acts.openIssue(maria, { title: "Two" });
  acts.addDependency(maria, { blocked: 1, blocking: 2 });
  acts.closeIssue(maria, 2);
  const { sha } = await acts.push(maria, { branch: "topic", files: { "a.txt": "a" }, message: "A" });
  await acts.openPull(maria, { head: "topic", title: "Pull", body: "Fixes #1" });
  await acts.check({ sha, name: "ci", status: "completed", conclusion: "failure" });
  const client = await given.octokit();
  const query = `query($after: String) { rateLimit { cost remaining } repository(owner: "octo", name: "shop") {
    issues(first: 1, after: $after, states: [OPEN, CLOSED]) { totalCount pageInfo { hasNextPage endCursor } nodes {
      number databaseId fullDatabaseId state stateReason author { __typename login ... on User { databaseId } ... on Bot { databaseId } }
      labels(first: 10) { nodes { name } } blockedBy(first: 5) { nodes { number state } }
      issueDependenciesSummary { blockedBy totalBlockedBy blocking totalBlocking }
      timelineItems(first: 5, itemTypes: [LABELED_EVENT, CLOSED_EVENT]) { nodes { __typename
        ... on LabeledEvent { actor { login } label { name } } ... on ClosedEvent { actor { login } stateReason closer { __typename } } } }
      closedByPullRequestsReferences(first: 5, includeClosedPrs: true) { nodes { number mergeable mergeStateStatus isDraft headRefName
        closingIssuesReferences(first: 2) { nodes { number } } commits(last: 1) { nodes { commit { oid } } }
        statusCheckRollup { state contexts(first: 5) { nodes { ... on CheckRun { name conclusion isRequired(pullRequestNumber: 3) } } } } } }
    } } } }`;
  const issues = dig(await client.graphql(query, { after: null }), "repository", "issues");
  expect(issues).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
  expect(dig(issues, "nodes", 0)).toMatchObject({
    number: 1,
    databaseId: null,
    author: { __typename: "User", login: "maria" },
    labels: { nodes: [{ name: "work" }] },
    blockedBy: { nodes: [{ number: 2, state: "CLOSED" }] },
    issueDependenciesSummary: { blockedBy: 0, totalBlockedBy: 1, blocking: 0, totalBlocking: 0 },
    timelineItems: { nodes: [{ __typename: "LabeledEvent", actor: { login: "maria" }, label: { name: "work" } }] },
  });
  expect(dig(issues, "nodes", 0, "closedByPullRequestsReferences", "nodes")).toMatchObject([
    {
      number: 3,
      mergeable: "MERGEABLE",
      mergeStateStatus: "BLOCKED",
      closingIssuesReferences: { nodes: [{ number: 1 }] },
      commits: { nodes: [{ commit: { oid: sha } }] },
      statusCheckRollup: {
        state: "FAILURE",
        contexts: { nodes: [{ name: "ci", conclusion: "FAILURE", isRequired: true }] },
      },
    },
  ]);
  const after = dig(issues, "pageInfo", "endCursor");
  const second = dig(await client.graphql(query, { after }), "repository", "issues");
  expect(dig(second, "nodes", 0)).toMatchObject({
    number: 2,
    stateReason: "COMPLETED",
    timelineItems: { nodes: [{ __typename: "ClosedEvent", stateReason: "COMPLETED", closer: null }] },
  });
  expect(dig(second, "pageInfo", "hasNextPage")).toBe(false);
});

test("many issues are written in one aliased mutation; one that fails leaves the others", async () => {
  const given = await givenApi();
  const { acts, maria, state } = given;
  const one = acts.openIssue(maria, { title: "One" });
  const two = acts.openIssue(maria, { title: "Two" });
  const label = acts.createLabel(maria, { name: "status:ready" });
  const client = await given.octokit();
  const mutation = `mutation($one: ID!, $two: ID!, $label: ID!, $gone: ID!) {
    a: addLabelsToLabelable(input: { labelableId: $one, labelIds: [$label] }) { labelable { ... on Issue { number labels(first: 5) { nodes { name } } } } }
    b: addComment(input: { subjectId: $two, body: "Hello" }) { commentEdge { node { id body author { login } } } }
    c: closeIssue(input: { issueId: $gone }) { issue { state } }
    d: addBlockedBy(input: { issueId: $one, blockingIssueId: $two }) { issue { number } blockingIssue { number } }
    e: addReaction(input: { subjectId: $two, content: EYES }) { reaction { content } subject { id } }
    f: closeIssue(input: { issueId: $two, stateReason: NOT_PLANNED }) { issue { state stateReason } } }`;
  const { errors, data } = await refusal(
    client.graphql(mutation, { one: one.node, two: two.node, label: label.node, gone: "I_gone" }),
  );
  expect(errors).toMatchObject([
    { type: "NOT_FOUND", path: ["c"], message: "Could not resolve to a node with the global id of 'I_gone'" },
  ]);
  expect(data).toMatchObject({
    a: { labelable: { number: 1, labels: { nodes: [{ name: "status:ready" }] } } },
    b: { commentEdge: { node: { body: "Hello", author: { login: "orchestrate" } } } },
    c: null,
    d: { issue: { number: 1 }, blockingIssue: { number: 2 } },
    e: { reaction: { content: "EYES" }, subject: { id: two.node } },
    f: { issue: { state: "CLOSED", stateReason: "NOT_PLANNED" } },
  });
  expect(given.api.counters).toMatchObject({ mutations: 1, graphqlPoints: 1 });
  const found = await client.graphql(
    `query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Issue { number } } }`,
    {
      ids: [one.node, state.repository.node],
    },
  );
  expect(dig(found, "nodes")).toMatchObject([{ __typename: "Issue", number: 1 }, { __typename: "Repository" }]);
});

test("a connection needs bounds, and not too wide ones", async () => {
  const given = await givenApi();
  const client = await given.octokit();
  const ask = (args: string): Promise<unknown> =>
    client.graphql(`{ repository(owner: "octo", name: "shop") { issues${args} { totalCount } } }`);
  expect((await refusal(ask(""))).errors).toMatchObject([{ type: "MISSING_PAGINATION_BOUNDARIES" }]);
  expect((await refusal(ask("(first: 101)"))).errors).toMatchObject([{ type: "EXCESSIVE_PAGINATION" }]);
});

test("several refs move together or not at all", async () => {
  const given = await givenApi();
  const head = await givenStateBranch(given);
  const client = await given.octokit();
  const main = given.git.head("main") ?? "";
  const zero = "0".repeat(40);
  const move = `mutation($id: ID!, $updates: [RefUpdate!]!) { updateRefs(input: { repositoryId: $id, refUpdates: $updates }) { clientMutationId } }`;
  const id = given.state.repository.node;
  const wrong = [
    { name: "refs/heads/new", beforeOid: zero, afterOid: main },
    { name: "refs/heads/orchestrate/state", beforeOid: main, afterOid: main },
  ];
  expect((await refusal(client.graphql(move, { id, updates: wrong }))).errors).toMatchObject([{ type: "STALE_DATA" }]);
  expect(given.git.head("new")).toBeNull();
  await client.graphql(move, { id, updates: wrong.slice(0, 1) });
  expect(given.git.head("new")).toBe(main);
  expect(given.git.head("orchestrate/state")).toBe(head);
});
