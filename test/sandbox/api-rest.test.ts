import { expect, test } from "vitest";
import { givenApi, refusal, repository } from "./api-support.ts";

test("what the App writes is written by its bot, and the webhooks of it go out", async () => {
  const { octokit, deliveries } = await givenApi();
  const client = await octokit();
  const { data: issue } = await client.rest.issues.create({
    ...repository,
    title: "One",
    body: "text",
    labels: ["bug"],
  });
  expect(issue).toMatchObject({
    number: 1,
    state: "open",
    labels: [{ name: "bug" }],
    user: { login: "orchestrate[bot]", type: "Bot" },
  });
  expect(issue.id).not.toBe(issue.number);
  const { data: comment } = await client.rest.issues.createComment({ ...repository, issue_number: 1, body: "Hello" });
  expect(comment.performed_via_github_app?.id).toBe(4242);
  expect(deliveries.map((delivery) => delivery.event)).toContain("issue_comment");
  await client.rest.issues.update({ ...repository, issue_number: 1, state: "closed", state_reason: "not_planned" });
  expect((await client.rest.issues.get({ ...repository, issue_number: 1 })).data.state_reason).toBe("not_planned");
});

test("lists come in pages with links that Octokit can follow, newest first", async () => {
  const { octokit, acts, maria } = await givenApi();
  for (let count = 1; count <= 5; count += 1) acts.openIssue(maria, { title: `Issue ${count}` });
  const client = await octokit();
  const first = await client.rest.issues.listForRepo({ ...repository, per_page: 2 });
  expect(first.data.map((issue) => issue.number)).toEqual([5, 4]);
  expect(first.headers.link).toMatch(/rel="next".*rel="last"/);
  const all = await client.paginate(client.rest.issues.listForRepo, { ...repository, per_page: 2 });
  expect(all.map((issue) => issue.number)).toEqual([5, 4, 3, 2, 1]);
});

test("issues are filtered by label, state and time of change; pull requests are among them", async () => {
  const { octokit, acts, maria, clock } = await givenApi();
  acts.openIssue(maria, { title: "One", labels: ["work"] });
  acts.openIssue(maria, { title: "Two", labels: ["work", "hold"] });
  await acts.push(maria, { branch: "topic", files: { "a.txt": "a" }, message: "A" });
  await acts.openPull(maria, { head: "topic", title: "Pull", body: "Closes #1" });
  clock.moveTo(clock.now() + 60_000);
  acts.closeIssue(maria, 2);
  const client = await octokit();
  const numbers = async (query: object): Promise<readonly number[]> =>
    (await client.rest.issues.listForRepo({ ...repository, ...query })).data.map((issue) => issue.number);
  expect(await numbers({ labels: "work" })).toEqual([1]);
  expect(await numbers({ labels: "work,hold", state: "all" })).toEqual([2]);
  expect(await numbers({ state: "all", since: new Date(clock.now()).toISOString() })).toEqual([2]);
  expect(await numbers({ state: "all", sort: "updated", direction: "asc" })).toEqual([1, 3, 2]);
  const { data } = await client.rest.issues.listForRepo(repository);
  expect(data.find((issue) => issue.number === 3)?.pull_request?.url).toContain("/pulls/3");
});

test("an answer that the client has already is a 304 and costs nothing", async () => {
  const { octokit, acts, maria } = await givenApi();
  acts.openIssue(maria, { title: "One" });
  const client = await octokit();
  const first = await client.rest.issues.listForRepo(repository);
  const used = Number(first.headers["x-ratelimit-used"]);
  const etag = first.headers.etag ?? "";
  const again = await refusal(client.rest.issues.listForRepo({ ...repository, headers: { "if-none-match": etag } }));
  expect(again.status).toBe(304);
  expect(Number(again.response?.headers["x-ratelimit-used"])).toBe(used);
  acts.comment(maria, 1, "News");
  const changed = await client.rest.issues.listForRepo({ ...repository, headers: { "if-none-match": etag } });
  expect(changed.status).toBe(200);
  expect(Number(changed.headers["x-ratelimit-used"])).toBe(used + 1);
});

test("dependencies are named by number in the path and by database id in the body", async () => {
  const { octokit, acts, maria } = await givenApi();
  acts.openIssue(maria, { title: "Waits" });
  const blocker = acts.openIssue(maria, { title: "Blocks" });
  const client = await octokit();
  const path = "/repos/octo/shop/issues/1/dependencies/blocked_by";
  const added = await client.request(`POST ${path}`, { issue_id: blocker.id });
  expect(added.status).toBe(201);
  expect((await client.request(`GET ${path}`)).data).toMatchObject([
    { number: 2, repository: { full_name: "octo/shop" } },
  ]);
  const blocking = await client.request("GET /repos/octo/shop/issues/2/dependencies/blocking");
  expect(blocking.data).toMatchObject([
    { number: 1, issue_dependencies_summary: { blocked_by: 1, total_blocked_by: 1 } },
  ]);
  expect((await refusal(client.request(`POST ${path}`, { issue_id: 2 }))).status).toBe(404);
  expect((await refusal(client.request(`POST ${path}`, { issue_id: blocker.id }))).status).toBe(422);
  await client.request(`DELETE ${path}/${blocker.id}`);
  expect((await client.request(`GET ${path}`)).data).toEqual([]);
  expect((await refusal(client.request(`DELETE ${path}/${blocker.id}`))).status).toBe(404);
});

test("a dispatch says its run when it is asked to, and refuses what cannot run", async () => {
  const { octokit } = await givenApi();
  const client = await octokit();
  const dispatch = { ...repository, workflow_id: "agent.yml", ref: "main", inputs: { task: "gh:1" } };
  const { data, status } = await client.request(
    "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    {
      ...dispatch,
      return_run_details: true,
    },
  );
  expect(status).toBe(200);
  const details = data as unknown as { workflow_run_id: number };
  const run = await client.rest.actions.getWorkflowRun({ ...repository, run_id: details.workflow_run_id });
  expect(run.data).toMatchObject({ status: "queued", event: "workflow_dispatch", display_title: "orchestrate gh:1" });
  expect((await client.rest.actions.createWorkflowDispatch(dispatch)).status).toBe(204);
  const runs = await client.rest.actions.listWorkflowRunsForRepo({ ...repository, event: "workflow_dispatch" });
  expect(runs.data.total_count).toBe(2);
  const refused = async (change: object): Promise<number | undefined> =>
    (await refusal(client.rest.actions.createWorkflowDispatch({ ...dispatch, ...change }))).status;
  expect(await refused({ workflow_id: "absent.yml" })).toBe(404);
  expect(await refused({ ref: "absent" })).toBe(422);
  const many = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`i${index}`, "x"]));
  expect(await refused({ inputs: many })).toBe(422);
});

test("an orphan branch is made once: the second to make it is told that it is there", async () => {
  const { octokit, git, api } = await givenApi();
  const client = await octokit();
  const make = async (): Promise<number> => {
    const tree = [{ path: "state/log.json", mode: "100644", type: "blob", content: "{}" } as const];
    const { data: made } = await client.rest.git.createTree({ ...repository, tree });
    const { data: commit } = await client.rest.git.createCommit({
      ...repository,
      message: "State",
      tree: made.sha,
      parents: [],
    });
    const ref = "refs/heads/orchestrate/state";
    return (await client.rest.git.createRef({ ...repository, ref, sha: commit.sha })).status;
  };
  expect((await refusal(client.rest.git.getRef({ ...repository, ref: "heads/orchestrate/state" }))).status).toBe(404);
  expect(await make()).toBe(201);
  const second = await refusal(make());
  expect(second).toMatchObject({ status: 422, message: expect.stringContaining("Reference already exists") });
  const head = git.head("orchestrate/state") ?? "";
  expect(await git.log(head)).toHaveLength(1);
  const { data } = await client.rest.repos.getContent({
    ...repository,
    path: "state/log.json",
    ref: "orchestrate/state",
  });
  expect(data).toMatchObject({ type: "file", encoding: "base64", size: 2 });
  const main = git.head("main") ?? "";
  const back = await refusal(client.rest.git.updateRef({ ...repository, ref: "heads/orchestrate/state", sha: main }));
  expect(back).toMatchObject({ status: 422, message: expect.stringContaining("Update is not a fast forward") });
  expect(api.counters).toMatchObject({ stateCommits: 1, mutations: 0 });
});

test("a file is read, written with its sha, and refused with an old one", async () => {
  const { octokit, git } = await givenApi();
  const client = await octokit();
  const file = { ...repository, path: ".github/orchestrate.yml", message: "Configure" };
  const content = Buffer.from("mode: balanced\n").toString("base64");
  const made = await client.rest.repos.createOrUpdateFileContents({ ...file, content });
  expect(made.status).toBe(201);
  expect((await refusal(client.rest.repos.createOrUpdateFileContents({ ...file, content }))).status).toBe(422);
  expect(
    (await refusal(client.rest.repos.createOrUpdateFileContents({ ...file, content, sha: "0".repeat(40) }))).status,
  ).toBe(409);
  const raw = await client.rest.repos.getContent({ ...repository, path: file.path, mediaType: { format: "raw" } });
  expect(raw.data).toBe("mode: balanced\n");
  expect((await git.read(git.head("main") ?? "", file.path))?.toString()).toBe("mode: balanced\n");
});

test("a pull request is merged only when it can be, and not at an old head", async () => {
  const { octokit, acts, maria } = await givenApi();
  acts.openIssue(maria, { title: "Work" });
  const { sha } = await acts.push(maria, { branch: "topic", files: { "a.txt": "a\n" }, message: "A" });
  const pull = await acts.openPull(maria, { head: "topic", title: "Pull", body: "Closes #1" });
  const client = await octokit();
  const merge = { ...repository, pull_number: pull.number };
  expect((await refusal(client.rest.pulls.merge(merge))).status).toBe(405);
  const { data: run } = await client.rest.checks.create({
    ...repository,
    name: "ci",
    head_sha: sha,
    status: "in_progress",
  });
  await client.rest.checks.update({ ...repository, check_run_id: run.id, conclusion: "success" });
  expect((await client.rest.pulls.get(merge)).data).toMatchObject({
    mergeable: true,
    mergeable_state: "clean",
    commits: 1,
    changed_files: 1,
  });
  expect((await client.rest.pulls.listFiles(merge)).data).toMatchObject([
    { filename: "a.txt", status: "added", additions: 1 },
  ]);
  expect(
    (await client.rest.repos.listPullRequestsAssociatedWithCommit({ ...repository, commit_sha: sha })).data,
  ).toHaveLength(1);
  expect((await refusal(client.rest.pulls.merge({ ...merge, sha: "0".repeat(40) }))).status).toBe(409);
  expect((await client.rest.pulls.merge({ ...merge, sha })).data.merged).toBe(true);
  expect((await client.rest.issues.get({ ...repository, issue_number: 1 })).data).toMatchObject({
    state: "closed",
    state_reason: "completed",
  });
  const { data: events } = await client.rest.issues.listEventsForRepo(repository);
  expect(events.map((event) => event.event)).toContain("merged");
});

test("a review is asked of collaborators, once, and of nobody else", async () => {
  const { octokit, acts, maria } = await givenApi();
  await acts.push(maria, { branch: "topic", files: { "a.txt": "a\n" }, message: "A" });
  const pull = await acts.openPull(maria, { head: "topic", title: "Pull", body: "" });
  const client = await octokit();
  const of = { ...repository, pull_number: pull.number };
  const ask = (reviewers: string[]) => client.rest.pulls.requestReviewers({ ...of, reviewers });
  const asked = await ask(["octo"]);
  expect([asked.status, asked.data.requested_reviewers?.map(({ login }) => login)]).toEqual([201, ["octo"]]);
  expect((await ask(["octo"])).data.requested_reviewers).toHaveLength(1);
  expect(await refusal(ask(["maria"]))).toMatchObject({
    status: 422,
    message: expect.stringMatching(/pull request author/),
  });
  expect(await refusal(ask(["eve"]))).toMatchObject({
    status: 422,
    message: expect.stringMatching(/not a collaborator/),
  });
  expect((await refusal(ask(["nobody"]))).status).toBe(422);
});

test("the permission of a person is told with the finer role, and a stranger may only read", async () => {
  const { octokit } = await givenApi();
  const client = await octokit();
  const of = async (username: string): Promise<unknown> =>
    (await client.rest.repos.getCollaboratorPermissionLevel({ ...repository, username })).data;
  expect(await of("maria")).toMatchObject({ permission: "write", role_name: "write", user: { login: "maria" } });
  expect(await of("eve")).toMatchObject({ permission: "read", role_name: "read" });
  expect((await refusal(of("nobody"))).status).toBe(404);
});

test("bad bodies are refused with the field that is wrong", async () => {
  const { octokit, fetch } = await givenApi();
  const client = await octokit();
  const missing = await refusal(client.request("POST /repos/octo/shop/issues", { body: "no title" }));
  expect(missing).toMatchObject({
    status: 422,
    response: { data: { errors: [{ resource: "Issue", code: "missing_field", field: "title" }] } },
  });
  const { token } = (await client.auth({ type: "installation" })) as { token: string };
  const broken = await fetch("https://github.test/api/v3/repos/octo/shop/issues", {
    method: "POST",
    headers: { authorization: `token ${token}` },
    body: "{",
  });
  expect(broken.status).toBe(400);
});

test("a deleted issue is 410, and one that was transferred to where the App cannot look is a 404", async () => {
  const { octokit, acts, maria, state } = await givenApi();
  const owner = { user: state.repository.owner, viaApp: null };
  acts.openIssue(maria, { title: "One" });
  acts.deleteIssue(owner, 1);
  const client = await octokit();
  expect((await refusal(client.rest.issues.get({ ...repository, issue_number: 1 }))).status).toBe(410);
  acts.openIssue(maria, { title: "Two" });
  acts.transferIssue(owner, 2, "octo/other");
  expect((await refusal(client.rest.issues.get({ ...repository, issue_number: 2 }))).status).toBe(404);
  expect((await client.rest.issues.listForRepo({ ...repository, state: "all" })).data).toEqual([]);
});

test("sub-issues are added by database id, have one parent, and are counted on it", async () => {
  const { octokit, acts, maria } = await givenApi();
  acts.openIssue(maria, { title: "Parent" });
  const child = acts.openIssue(maria, { title: "Child" });
  acts.openIssue(maria, { title: "Another" });
  const client = await octokit();
  const path = "/repos/octo/shop/issues";
  await client.request(`POST ${path}/1/sub_issues`, { sub_issue_id: child.id });
  expect((await client.request(`GET ${path}/2/parent`)).data).toMatchObject({
    number: 1,
    sub_issues_summary: { total: 1, completed: 0 },
  });
  expect((await refusal(client.request(`POST ${path}/3/sub_issues`, { sub_issue_id: child.id }))).status).toBe(422);
  await client.request(`DELETE ${path}/1/sub_issue`, { sub_issue_id: child.id });
  expect((await refusal(client.request(`GET ${path}/2/parent`))).status).toBe(404);
  expect((await client.request(`GET ${path}/1/sub_issues`)).data).toEqual([]);
});

test("a check run is reported by the App, and only the App that made it may change it", async () => {
  const { octokit, git, acts } = await givenApi();
  const client = await octokit();
  const sha = git.head("main") ?? "";
  const output = { title: "Configuration", summary: "Line 3 is wrong" };
  const made = await client.rest.checks.create({
    ...repository,
    name: "config",
    head_sha: sha,
    conclusion: "failure",
    output,
  });
  expect(made.data).toMatchObject({
    status: "completed",
    conclusion: "failure",
    app: { slug: "orchestrate" },
    output: { title: "Configuration" },
  });
  const foreign = await acts.check({ sha, name: "ci", status: "in_progress" });
  expect(
    (await refusal(client.rest.checks.update({ ...repository, check_run_id: foreign.id, conclusion: "success" })))
      .status,
  ).toBe(403);
  const runs = await client.rest.checks.listForRef({ ...repository, ref: "main" });
  expect(runs.data.check_runs.map((run) => run.name).toSorted()).toEqual(["ci", "config"]);
  expect(
    (await refusal(client.rest.checks.create({ ...repository, name: "x", head_sha: "0".repeat(40) }))).status,
  ).toBe(422);
});
