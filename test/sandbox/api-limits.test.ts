import { expect, test } from "vitest";
import { givenApi, refusal, repository } from "./api-support.ts";
import { createDocuments } from "../../src/sandbox/graphql-documents.ts";
import { buildGithubSchema } from "../../src/sandbox/graphql-schema.ts";

const minute = 60_000;

test("the budget of an hour is shared by REST requests, falls by one each, and comes back after the hour", async () => {
  const { octokit, clock } = await givenApi();
  const client = await octokit();
  const first = await client.rest.repos.get(repository);
  expect(first.headers).toMatchObject({
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-resource": "core",
  });
  const second = await client.rest.repos.get(repository);
  expect(second.headers["x-ratelimit-remaining"]).toBe("4998");
  const { data } = await client.rest.rateLimit.get();
  expect(data.resources.core.remaining).toBe(4998);
  expect(data.resources.graphql?.remaining).toBe(5000);
  clock.moveTo(clock.now() + 60 * minute);
  expect((await client.rest.repos.get(repository)).headers["x-ratelimit-remaining"]).toBe("4999");
});

test("when the budget is spent every request is 403 with nothing remaining, and GraphQL says RATE_LIMITED with 200", async () => {
  const { api, withToken, clock } = await givenApi();
  const job = withToken(api.jobToken(1));
  for (let count = 0; count < 1_000; count += 1) {
    if (count % 800 === 0) clock.moveTo(clock.now() + minute);
    await job.rest.repos.get(repository);
  }
  clock.moveTo(clock.now() + minute);
  const refused = await refusal(job.rest.repos.get(repository));
  expect(refused.status).toBe(403);
  expect(refused.message).toContain("API rate limit exceeded");
  expect(refused.response?.headers["x-ratelimit-remaining"]).toBe("0");
  for (let count = 0; count < 1_000; count += 1) await job.graphql("{ viewer { login } }");
  expect((await refusal(job.graphql("{ viewer { login } }"))).errors).toMatchObject([{ type: "RATE_LIMITED" }]);
});

test("81 comments in a minute are too many: 403 with the time to wait, whether by REST or GraphQL", async () => {
  const { octokit, acts, maria, clock, api } = await givenApi();
  const issue = acts.openIssue(maria, { title: "Storm" });
  const client = await octokit();
  for (let count = 0; count < 79; count += 1)
    await client.rest.issues.createComment({ ...repository, issue_number: 1, body: "x" });
  const add = `mutation($id: ID!) { addComment(input: { subjectId: $id, body: "y" }) { clientMutationId } }`;
  await client.graphql(add, { id: issue.node });
  const refused = await refusal(client.rest.issues.createComment({ ...repository, issue_number: 1, body: "x" }));
  expect(refused).toMatchObject({ status: 403, message: expect.stringMatching(/secondary rate limit/) });
  expect(refused.response?.headers["retry-after"]).toBe("60");
  expect((await refusal(client.graphql(add, { id: issue.node }))).status).toBe(403);
  expect(api.counters.contentCreations).toBe(80);
  clock.moveTo(clock.now() + minute);
  expect((await client.rest.issues.createComment({ ...repository, issue_number: 1, body: "x" })).status).toBe(201);
});

test("900 points of REST in a minute are the end, and reading is cheaper than writing", async () => {
  const { octokit } = await givenApi();
  const client = await octokit();
  for (let count = 0; count < 179; count += 1)
    await client.rest.issues.createLabel({ ...repository, name: `l${count}`, color: "ededed" });
  for (let count = 0; count < 5; count += 1) await client.rest.repos.get(repository);
  expect((await refusal(client.rest.repos.get(repository))).status).toBe(403);
});

test("a query costs what GitHub's formula says of its shape", () => {
  const schema = buildGithubSchema();
  const documents = createDocuments(schema);
  const points = (selection: string): number => {
    const query = `query($n: Int!) { repository(owner: "o", name: "r") { issues(first: $n) { nodes { ${selection} } } } }`;
    const found = documents(query, null);
    if (found.kind === "invalid") throw new Error(JSON.stringify(found.errors));
    return found.prepared.cost({ n: 100 }).points;
  };
  const edges =
    "labels(first: 10) { nodes { name } } blockedBy(first: 10) { nodes { id } } subIssues(first: 10) { nodes { id } }";
  const pulls = (inner: string): string =>
    `${edges} closedByPullRequestsReferences(first: 5, includeClosedPrs: true) { nodes { statusCheckRollup { state ${inner} } } }`;
  expect(points("title issueDependenciesSummary { blockedBy } parent { id }")).toBe(1);
  expect(points("labels(first: 10) { nodes { name } }")).toBe(1);
  expect(points(edges)).toBe(3);
  expect(points(`${edges} assignees(first: 5) { nodes { id } } blocking(first: 5) { nodes { id } }`)).toBe(5);
  expect(points(pulls(""))).toBe(4);
  expect(points(pulls("contexts(first: 50) { nodes { __typename } }"))).toBe(9);
});
