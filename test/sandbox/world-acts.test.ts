import { describe, expect, test } from "vitest";
import type { Actor } from "../../src/sandbox/world-acts.ts";
import { givenActs, nameOf } from "./world-support.ts";

const agentWorkflow = [
  "name: Agent",
  "run-name: orchestrate ${{ inputs.task }}/${{ inputs.attempt }}",
  "on:",
  "  workflow_dispatch:",
  "    inputs:",
  "      task: { required: true }",
  "      attempt: { default: 1 }",
  "jobs: {}",
].join("\n");

function by(login: string, world: Awaited<ReturnType<typeof givenActs>>["world"]): Actor {
  return { user: world.user(login), viaApp: null };
}

describe("Workflow runs", () => {
  test("a dispatch makes a run with its inputs, tells of it, and moves on", async () => {
    const { acts, state, world, deliveries, timeline } = await givenActs({
      ".github/workflows/orchestrate-agent.yml": agentWorkflow,
    });
    const dispatched: number[] = [];
    acts.onDispatch((run) => dispatched.push(run.id));
    const app: Actor = { user: state.appUser, viaApp: state.app.id };
    const run = acts.dispatch(app, { workflow: "orchestrate-agent.yml", ref: "main", inputs: { task: "gh:1:2" } });
    expect(dispatched).toEqual([run.id]);
    expect(run).toMatchObject({ displayTitle: "orchestrate gh:1:2/1", inputs: { task: "gh:1:2", attempt: "1" } });
    acts.moveRun(run.id, "in_progress");
    acts.moveRun(run.id, "completed", "timed_out");
    const heard = deliveries.filter(({ event }) => event === "workflow_run");
    expect(heard.map(nameOf)).toEqual(["workflow_run.requested", "workflow_run.in_progress", "workflow_run.completed"]);
    expect(JSON.parse(heard[2]?.body ?? "")["workflow_run"]).toMatchObject({
      id: run.id,
      conclusion: "timed_out",
      event: "workflow_dispatch",
      path: ".github/workflows/orchestrate-agent.yml",
      display_title: "orchestrate gh:1:2/1",
    });
    expect(timeline.at(-1)).toMatchObject({ action: "dispatch", actor: "orchestrate[bot]", detail: { run: run.id } });
    expect(() => acts.dispatch(app, { workflow: "orchestrate-agent.yml", ref: "main" })).toThrow(
      "Required input 'task'",
    );
    const strange = { workflow: "orchestrate-agent.yml", ref: "main", inputs: { task: "1", evil: "2" } };
    expect(() => acts.dispatch(app, strange)).toThrow('Unexpected inputs provided: ["evil"]');
    expect(() => acts.dispatch(app, { workflow: "missing.yml", ref: "main" })).toThrow("Not Found");
    expect(() => acts.dispatch(by("eve", world), strange)).toThrow("write permission");
  });
});

describe("Merging", () => {
  test("one that waits for its checks is merged by itself, in the name of who asked", async () => {
    const { acts, state, world } = await givenActs();
    const maria = by("maria", world);
    const { sha } = await acts.push(maria, { branch: "work", files: { "a.txt": "a" }, message: "Work" });
    const { number, pull } = await acts.openPull(maria, { head: "work", title: "Work" });
    expect(await acts.mergeState(number)).toBe("blocked");
    await acts.setAutoMerge(maria, number, true);
    await acts.check({ sha, name: "ci", status: "completed", conclusion: "failure" });
    expect(pull?.isMerged).toBe(false);
    await acts.check({ sha, name: "ci", status: "completed", conclusion: "success", isNew: true });
    expect(pull).toMatchObject({ isMerged: true, mergedBy: { login: "maria" }, autoMerge: null });
    expect(state.eventsOf(number).map(({ event }) => event)).toEqual(["merged", "closed"]);
  });

  test("a required check can be a status, and a squash has one parent", async () => {
    const { acts, git, world } = await givenActs();
    const maria = by("maria", world);
    const { sha } = await acts.push(maria, { branch: "work", files: { "a.txt": "a" }, message: "Work" });
    const { number } = await acts.openPull(maria, { head: "work", title: "Work" });
    await acts.status(maria, { sha, context: "ci", state: "pending" });
    expect(acts.isGreen(sha)).toBe(false);
    await acts.status(maria, { sha, context: "ci", state: "success" });
    const stale = acts.mergePull(maria, number, { expectedHead: "0".repeat(40) });
    await expect(stale).rejects.toMatchObject({ status: 409 });
    const merged = await acts.mergePull(maria, number, { method: "squash" });
    expect(await git.commit(merged.sha)).toMatchObject({ parents: [expect.any(String)], message: "Work (#1)" });
  });

  test("the closed event of an issue names the pull request that closed it", async () => {
    const { acts, state, world } = await givenActs();
    const maria = by("maria", world);
    acts.openIssue(maria, { title: "One" });
    const { sha } = await acts.push(maria, { branch: "work", files: { "a.txt": "a" }, message: "Work" });
    const { number } = await acts.openPull(maria, { head: "work", title: "Work", body: "Fixes #1" });
    await acts.check({ sha, name: "ci", status: "completed", conclusion: "success" });
    const merged = await acts.mergePull(maria, number);
    expect(state.eventsOf(1).at(-1)).toMatchObject({
      event: "closed",
      actor: { login: "maria" },
      closer: { pull: number },
      commit: merged.sha,
      stateReason: "completed",
    });
  });
});

describe("Refs", () => {
  test("an orphan branch can be made, moved forward only, and deleted with its pull requests closed", async () => {
    const { acts, git, state, world } = await givenActs();
    const maria = by("maria", world);
    const author = { name: "maria", email: "m@example.org", at: state.now() };
    const tree = await git.writeTree(null, [{ path: "state/0.json", content: "{}" }]);
    const root = await git.writeCommit({ tree, parents: [], message: "Begin", author });
    const name = "refs/heads/orchestrate/state";
    await acts.moveRef(maria, { name, to: root, before: null });
    const twice = acts.moveRef(maria, { name, to: root, before: null });
    await expect(twice).rejects.toMatchObject({ status: 422, message: "Reference already exists" });
    const { sha } = await acts.push(maria, {
      branch: "orchestrate/state",
      files: { "state/1.json": "{}" },
      message: "More",
      expectedHead: root,
    });
    const late = acts.push(maria, {
      branch: "orchestrate/state",
      files: { x: "" },
      message: "Late",
      expectedHead: root,
    });
    await expect(late).rejects.toMatchObject({
      status: 409,
      message: `Expected branch to point to "${root}" but it did not.  Pull and try again.`,
    });
    await expect(acts.moveRef(maria, { name, to: root })).rejects.toMatchObject({
      message: "Update is not a fast forward",
    });
    expect((await git.files(sha))?.map(({ path }) => path)).toEqual(["state/0.json", "state/1.json"]);
    await acts.push(maria, { branch: "work", files: { "a.txt": "a" }, message: "Work" });
    const pull = await acts.openPull(maria, { head: "work", title: "Work" });
    await acts.moveRef(maria, { name: "refs/heads/work", to: null });
    expect(pull.state).toBe("closed");
    expect(() => acts.reopenIssue(maria, pull.number)).toThrow("branch was deleted");
    await expect(acts.push(maria, { branch: "evil", files: { "../x": "" }, message: "m" })).rejects.toMatchObject({
      status: 422,
    });
  });
});

test("an App's comment says so, and its reaction is given once", async () => {
  const { acts, state, world, deliveries } = await givenActs();
  acts.openIssue(by("maria", world), { title: "One" });
  const app: Actor = { user: state.appUser, viaApp: state.app.id };
  const comment = acts.comment(app, 1, "Hello");
  expect(JSON.parse(deliveries.at(-1)?.body ?? "")).toMatchObject({
    comment: {
      user: { login: "orchestrate[bot]", type: "Bot" },
      performed_via_github_app: { id: 4242, slug: "orchestrate" },
    },
    sender: { type: "Bot" },
  });
  expect(acts.react(app, { comment: comment.id }, "eyes").isNew).toBe(true);
  expect(acts.react(app, { comment: comment.id }, "eyes").isNew).toBe(false);
  expect(() => acts.editComment(by("eve", world), comment.id, "Mine now")).toThrow("write permission");
});

test("every record can be found again by its node id", async () => {
  const { acts, state, world } = await givenActs();
  const maria = by("maria", world);
  const issue = acts.openIssue(maria, { title: "One", labels: ["bug"] });
  const comment = acts.comment(maria, 1, "Hello");
  await acts.push(maria, { branch: "work", files: { "a.txt": "a" }, message: "Work" });
  const pull = await acts.openPull(maria, { head: "work", title: "Work" });
  const kinds = [issue.node, comment.node, pull.node, state.repository.node, maria.user.node].map(
    (node) => state.nodes.get(node)?.kind,
  );
  expect(kinds).toEqual(["Issue", "IssueComment", "PullRequest", "Repository", "User"]);
  expect(state.issueById(pull.id)).toBe(pull);
  expect(new Set([issue.id, pull.id, pull.pull?.id, comment.id]).size).toBe(4);
});
