import { expect, test } from "vitest";
import { givenApi, refusal, repository } from "./api-support.ts";

test("an App signs in with its key, finds its installation and gets a token that works", async () => {
  const { app, octokit, installation } = await givenApi();
  const own = await (await app()).rest.apps.getAuthenticated();
  expect(own.data).toMatchObject({ id: 4242, slug: "orchestrate" });
  const found = await (await app()).rest.apps.getRepoInstallation(repository);
  expect(found.data.id).toBe(installation);
  const { data } = await (await octokit()).rest.apps.listReposAccessibleToInstallation();
  expect(data).toMatchObject({ total_count: 1, repositories: [{ full_name: "octo/shop" }] });
});

test("after the key was revoked, a JWT and a token that is out already are both answered with 401", async () => {
  const { app, octokit, api } = await givenApi();
  const client = await octokit();
  await client.rest.repos.get(repository);
  const auth = (await client.auth({ type: "installation" })) as { token: string };
  api.revokeApp();
  expect((await refusal((await app()).rest.apps.getAuthenticated())).status).toBe(401);
  const answer = await api.handle(
    new Request("https://github.test/api/v3/repos/octo/shop", { headers: { authorization: `token ${auth.token}` } }),
  );
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ message: "Bad credentials", status: "401" });
});

test("a person's token says whose it is; an installation's is nobody's", async () => {
  const { octokit, withToken } = await givenApi();
  const { data } = await withToken("ghu_maria").rest.users.getAuthenticated();
  expect(data).toMatchObject({ login: "maria", type: "User" });
  const refused = await refusal((await octokit()).rest.users.getAuthenticated());
  expect(refused).toMatchObject({ status: 403 });
  expect(refused.message).toContain("Resource not accessible by integration");
});

test("what a person's token is used for is counted as what the App does: reads, points, writes and commits to the state branch", async () => {
  const { withToken, api, git } = await givenApi();
  const maria = withToken("ghu_maria");
  await maria.rest.issues.create({ ...repository, title: "Fix the login" });
  await maria.rest.issues.listForRepo(repository);
  await maria.graphql("{ viewer { login } }");
  const counted = { rest: 2, mutations: 1, contentCreations: 1, graphqlPoints: 1, stateCommits: 0 };
  expect(api.counters).toEqual(counted);
  const ref = "heads/orchestrate/state";
  await maria.rest.git.createRef({ ...repository, ref: `refs/${ref}`, sha: git.head("main") ?? "" });
  expect(api.counters).toMatchObject({ mutations: 1, stateCommits: 1 });
  await maria.rest.git.deleteRef({ ...repository, ref });
  expect(api.counters).toMatchObject({ mutations: 2, stateCommits: 1 });
});

test("a token that was narrowed does only what it was narrowed to", async () => {
  const { app, withToken, installation } = await givenApi();
  const { data } = await (
    await app()
  ).rest.apps.createInstallationAccessToken({
    installation_id: installation,
    permissions: { issues: "read" },
  });
  const narrow = withToken(data.token);
  expect((await narrow.rest.issues.listForRepo(repository)).data).toEqual([]);
  const refused = await refusal(narrow.rest.issues.create({ ...repository, title: "No" }));
  expect(refused.status).toBe(403);
  expect(refused.message).toContain("Resource not accessible by integration");
  expect((await refusal(narrow.rest.repos.getContent({ ...repository, path: "README.md" }))).status).toBe(403);
  const { errors } = await refusal(
    narrow.graphql(
      `mutation($id: ID!) { createLabel(input: { repositoryId: $id, name: "x", color: "000000" }) { label { id } } }`,
      {
        id: "R_1",
      },
    ),
  );
  expect(errors).toMatchObject([{ type: "FORBIDDEN", path: ["createLabel"] }]);
});

test("statuses are for reading only, as the manifest asks", async () => {
  const { octokit, git } = await givenApi();
  const client = await octokit();
  const sha = git.head("main") ?? "";
  expect((await client.rest.repos.getCombinedStatusForRef({ ...repository, ref: sha })).data.state).toBe("pending");
  expect((await refusal(client.rest.repos.createCommitStatus({ ...repository, sha, state: "success" }))).status).toBe(
    403,
  );
});

test("a JWT of another key, an expired one, none at all and nonsense are all 401", async () => {
  const { api } = await givenApi();
  const ask = async (authorization: string | null, path = "/app"): Promise<number> => {
    const headers = authorization === null ? {} : { authorization };
    return (await api.handle(new Request(`https://github.test/api/v3${path}`, { headers }))).status;
  };
  expect(await ask(null)).toBe(401);
  expect(await ask("bearer nonsense")).toBe(401);
  expect(await ask("bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjQyNDJ9.AAAA")).toBe(401);
  expect(await ask("token ghs_forged", "/repos/octo/shop")).toBe(401);
});

test("what the App may not see does not exist", async () => {
  const { octokit } = await givenApi();
  const client = await octokit();
  expect((await refusal(client.rest.repos.get({ owner: "octo", repo: "secret" }))).status).toBe(404);
  expect((await refusal(client.rest.issues.get({ ...repository, issue_number: 99 }))).status).toBe(404);
});

test("a job's token may dispatch and write issues, but not checks", async () => {
  const { api, withToken, git } = await givenApi();
  const job = withToken(api.jobToken(1));
  const { data } = await job.rest.issues.create({ ...repository, title: "From a job" });
  expect(data.user?.login).toBe("github-actions[bot]");
  const head_sha = git.head("main") ?? "";
  expect((await refusal(job.rest.checks.create({ ...repository, name: "x", head_sha }))).status).toBe(403);
});

test("a route that is not there is a 404 and is remembered", async () => {
  const { octokit, api } = await givenApi();
  expect((await refusal((await octokit()).request("GET /repos/octo/shop/traffic/views"))).status).toBe(404);
  expect(api.unknownRoutes).toEqual(["GET /repos/octo/shop/traffic/views"]);
});

test("a delivery can be asked for again under its old id", async () => {
  const { app, acts, maria, deliveries } = await givenApi();
  acts.openIssue(maria, { title: "One" });
  const first = deliveries.at(-1);
  const client = await app();
  const { data } = await client.rest.apps.listWebhookDeliveries();
  const found = data.find((delivery) => delivery.guid === first?.id);
  const before = deliveries.length;
  await client.rest.apps.redeliverWebhookDelivery({ delivery_id: found?.id ?? 0 });
  expect(deliveries).toHaveLength(before + 1);
  expect(deliveries.at(-1)?.id).toBe(first?.id);
});
