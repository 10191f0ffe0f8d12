import { describe, expect, test } from "vitest";
import { givenPull, givenWorld } from "./world-support.ts";

describe("Pull requests", () => {
  test("a green one is merged for real and closes the issue that it names", async () => {
    const { world, heard, timeline, payload } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    const pull = await givenPull(world, { issue: 1 });
    heard();
    const merged = await world.mergePull({ by: "maria", number: pull.number });
    expect(merged).toMatchObject({ sha: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(heard()).toEqual(["push", "pull_request.closed", "issues.closed"]);
    expect(await world.readFile("main", "src/1.txt")).toBe("done\n");
    expect(payload("push")).toMatchObject({ ref: "refs/heads/main", commits: [{ added: ["src/1.txt"] }] });
    expect(payload("pull_request.closed")["pull_request"]).toMatchObject({
      merged: true,
      merged_by: { login: "maria" },
    });
    expect(payload("issues.closed")).toMatchObject({
      sender: { login: "maria" },
      issue: { state_reason: "completed" },
    });
    const sha = "sha" in merged ? merged.sha : "";
    expect(timeline.slice(-2)).toMatchObject([
      { action: "merged", target: "pull #2", actor: "maria", detail: { pull: 2, issues: [1], sha } },
      { action: "closed", target: "#1", detail: { reason: "completed", pull: 2 } },
    ]);
    expect(world.issue(2).pull).toMatchObject({ isMerged: true, mergeSha: sha });
  });

  test("keywords close only issues of this repository, and only from the default branch", async () => {
    const { world } = await givenWorld({ requiredChecks: [] });
    for (const title of ["One", "Two", "Three", "Four"]) await world.openIssue({ by: "maria", title });
    await world.push({ by: "maria", branch: "release", files: { "r.txt": "r" }, message: "Release" });
    await world.push({ by: "maria", branch: "a", files: { "a.txt": "a" }, message: "A" });
    const body = "Fixes #1, resolves: octo/shop#2 and closes other/repo#3. See #4. disclose #4";
    const pull = await world.openPull({ by: "maria", branch: "a", base: "main", title: "A", body });
    await world.mergePull({ by: "maria", number: pull.number });
    expect([1, 2, 3, 4].map((number) => world.issue(number).state)).toEqual(["closed", "closed", "open", "open"]);
    await world.push({ by: "maria", branch: "b", files: { "b.txt": "b" }, message: "B" });
    const aside = await world.openPull({ by: "maria", branch: "b", base: "release", title: "B", body: "Closes #3" });
    expect(await world.mergePull({ by: "maria", number: aside.number })).toHaveProperty("sha");
    expect(world.issue(3).state).toBe("open");
  });

  test("two that change the same line: the second is in conflict until its agent merges the base", async () => {
    const { world, heard } = await givenWorld();
    for (const title of ["One", "Two"]) await world.openIssue({ by: "maria", title });
    const first = await givenPull(world, { issue: 1, files: { "shared.txt": "one\n" } });
    const second = await givenPull(world, { issue: 2, files: { "shared.txt": "two\n" } });
    expect(await world.mergeable(second.number)).toBe("yes");
    await world.mergePull({ by: "maria", number: first.number });
    expect(await world.mergeable(second.number)).toBe("conflict");
    expect(await world.mergePull({ by: "maria", number: second.number })).toEqual({
      refused: "Pull Request is not mergeable",
    });
    heard();
    const { sha } = await world.push({
      by: "agent[bot]",
      branch: second.branch,
      mergeBase: true,
      files: { "shared.txt": "both\n" },
      message: "Merge main",
    });
    expect(heard()).toEqual(["push", "pull_request.synchronize"]);
    expect(await world.mergeable(second.number)).toBe("yes");
    await world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
    expect(await world.mergePull({ by: "maria", number: second.number })).toHaveProperty("sha");
    expect(await world.readFile("main", "shared.txt")).toBe("both\n");
    expect(await world.readFile("main", "README.md")).toBe("# shop\n");
  });

  test("a merge is refused without write, as a draft, while a required check is missing, running or red", async () => {
    const { world } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    const { number, sha, branch } = await givenPull(world, { issue: 1, isGreen: false });
    const refusal = { refused: expect.stringContaining("Required status check") };
    expect(await world.mergePull({ by: "maria", number })).toEqual(refusal);
    await world.check({ sha, name: "ci", status: "in_progress" });
    expect(await world.mergePull({ by: "maria", number })).toEqual(refusal);
    await world.check({ sha, name: "ci", status: "completed", conclusion: "failure" });
    expect(await world.mergePull({ by: "maria", number })).toEqual(refusal);
    await world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
    expect(await world.mergePull({ by: "tom", number })).toEqual({ refused: expect.stringContaining("write") });
    // A new head has no green check yet.
    const next = await world.push({ by: "agent[bot]", branch, files: { "x.txt": "x" }, message: "More" });
    expect(await world.mergePull({ by: "maria", number })).toEqual(refusal);
    await world.check({ sha: next.sha, name: "ci", status: "completed", conclusion: "success" });
    expect(await world.mergePull({ by: "maria", number })).toHaveProperty("sha");
    await world.push({ by: "maria", branch: "draft", files: { "d.txt": "d" }, message: "D" });
    const draft = await world.openPull({ by: "maria", branch: "draft", title: "D", body: "", isDraft: true });
    expect(await world.mergePull({ by: "maria", number: draft.number })).toEqual({
      refused: "Pull Request is still a draft",
    });
  });

  test("one that is behind is not merged where branches have to be up to date, until its branch is updated and green", async () => {
    const { world } = await givenWorld({ hasStrictChecks: true });
    await world.openIssue({ by: "maria", title: "One" });
    const { number } = await givenPull(world, { issue: 1 });
    await world.push({ by: "maria", branch: "main", files: { "m.txt": "m" }, message: "Meanwhile" });
    expect(await world.mergePull({ by: "maria", number })).toEqual({
      refused: "1 of 1 required status checks are expected.",
    });
    await world.push({ by: "maria", branch: "orchestrate/1-work", mergeBase: true, files: {}, message: "Update" });
    const head = world.issue(number).pull?.headSha ?? "";
    await world.check({ sha: head, name: "ci", status: "completed", conclusion: "success" });
    expect(await world.mergePull({ by: "maria", number })).toHaveProperty("sha");
  });

  test("the head follows pushes while it is open and stays where it was once closed", async () => {
    const { world, payload } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    const { number, sha, branch } = await givenPull(world, { issue: 1 });
    const second = await world.push({ by: "agent[bot]", branch, files: { "a.txt": "a" }, message: "More" });
    expect(payload("pull_request.synchronize")).toMatchObject({
      before: sha,
      after: second.sha,
      pull_request: { head: { sha: second.sha } },
    });
    await world.closePull({ by: "maria", number });
    await world.push({ by: "agent[bot]", branch, files: { "a.txt": "b" }, message: "Late" });
    expect(world.issue(number).pull?.headSha).toBe(second.sha);
    expect(payload("pull_request.closed")["pull_request"]).toMatchObject({ merged: false, state: "closed" });
  });

  test("one from a fork says so, and its pushes are no pushes to this repository", async () => {
    const { world, heard, payload } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    heard();
    await world.push({ by: "eve", branch: "eve:orchestrate/1-work", files: { "evil.txt": "x" }, message: "Closes #1" });
    await expect(
      world.push({ by: "eve", branch: "orchestrate/1-work", files: { "e.txt": "x" }, message: "m" }),
    ).rejects.toMatchObject({ status: 403 });
    const pull = await world.openPull({ by: "eve", branch: "eve:orchestrate/1-work", title: "T", body: "Closes #1" });
    expect(heard()).toEqual(["pull_request.opened"]);
    expect(pull.pull?.headRepository).toBe("eve/shop");
    expect(payload("pull_request.opened")["pull_request"]).toMatchObject({
      head: { label: "eve:orchestrate/1-work", ref: "orchestrate/1-work", repo: { full_name: "eve/shop", fork: true } },
      base: { repo: { full_name: "octo/shop" } },
    });
  });
});

describe("Checks and runs", () => {
  test("a check tells of itself and of its suite, and the suite ends with its last check", async () => {
    const { world, heard, payload, timeline } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    const { sha, number } = await givenPull(world, { issue: 1, isGreen: false });
    heard();
    await world.check({ sha, name: "ci", status: "in_progress" });
    await world.check({ sha, name: "lint", status: "in_progress" });
    expect(heard()).toEqual(["check_suite.requested", "check_run.created", "check_run.created"]);
    await world.check({ sha, name: "lint", status: "completed", conclusion: "success" });
    expect(heard()).toEqual(["check_run.completed"]);
    await world.check({ sha, name: "ci", status: "completed", conclusion: "failure" });
    expect(heard()).toEqual(["check_run.completed", "check_suite.completed"]);
    expect(payload("check_suite.completed")["check_suite"]).toMatchObject({
      head_sha: sha,
      conclusion: "failure",
      pull_requests: [{ number }],
    });
    expect(timeline.at(-1)).toMatchObject({
      action: "checks",
      target: `pull #${number}`,
      detail: { conclusion: "failure", pull: number },
    });
    expect(world.checks(sha)).toHaveLength(2);
  });

  test("a workflow of the default branch is dispatched once, with declared inputs only", async () => {
    const workflow = [
      "name: Agent",
      "run-name: orchestrate ${{ inputs.task }}",
      "on:",
      "  workflow_dispatch:",
      "    inputs:",
      "      task: { required: true }",
      "jobs: {}",
    ].join("\n");
    const { world } = await givenWorld({ files: { ".github/workflows/orchestrate-agent.yml": workflow } });
    expect(await world.readFile("main", ".github/workflows/orchestrate-agent.yml")).toBe(workflow);
    expect(world.openCount).toBe(0);
  });
});

test("the same clock and seed give the same commits and the same bytes", async () => {
  const runs = [];
  for (let count = 0; count < 2; count += 1) {
    const { world, deliveries } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One", labels: ["orchestrate"] });
    const pull = await givenPull(world, { issue: 1 });
    await world.mergePull({ by: "maria", number: pull.number });
    runs.push({ sha: pull.sha, bodies: deliveries.map(({ id, body, signature }) => [id, body, signature]) });
  }
  expect(runs[0]).toEqual(runs[1]);
});

test("a run of two hundred commits and thirty merges takes git little time", async () => {
  const { world } = await givenWorld();
  const numbers: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    const issue = await world.openIssue({ by: "maria", title: `Issue ${count}` });
    const { number, branch } = await givenPull(world, { issue: issue.number, isGreen: false });
    for (let more = 0; more < 5; more += 1) {
      const { sha } = await world.push({
        by: "agent[bot]",
        branch,
        files: { [`src/${issue.number}.txt`]: `${more}\n` },
        message: "More",
      });
      await world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
    }
    numbers.push(number);
  }
  for (const number of numbers) expect(await world.mergePull({ by: "maria", number })).toHaveProperty("sha");
  expect(world.issues().filter(({ state }) => state === "open")).toEqual([]);
});
