/** Reading what checks and reviewers say of a pull request: what comes back, what it costs, and that no token leaves GitHub. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureLine, redCheck } from "../../src/sandbox/scripted-ci.ts";
import { createEmbedded, type Embedded } from "./embedded.ts";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

const branch = "orchestrate/1-topic";

async function openPull(head = branch, by = "walt"): Promise<{ readonly number: number; readonly sha: string }> {
  const { sha } = await github.world.push({ by, branch: head, files: { "a.txt": "a\n" }, message: "Add a" });
  const { number } = await github.world.openPull({ by, branch: head, title: "Add a", body: "" });
  return { number, sha };
}

async function turnRed(sha: string, name = "ci"): Promise<void> {
  const said = redCheck("a", github.clock.now());
  await github.world.check({ sha, name, status: "completed", conclusion: "failure", ...said });
}

/** The log of a failed job is somewhere else: whoever asks there must not say who they are. */
function blobRequests(): readonly string[] {
  return github.requests.filter((line) => line.includes("/_job-logs/"));
}

describe("what failed", () => {
  test("comes with its output, its places and its log, for one query and one request for each log", async () => {
    const { number, sha } = await openPull();
    await turnRed(sha);
    await github.world.check({ sha, name: "lint", status: "completed", conclusion: "success" });
    github.requests.length = 0;
    const facts = await github.tracker.readFailures(number, 5);
    expect(facts).toMatchObject({ pull: number, sha, moreChecks: 0, reviews: [] });
    expect(facts?.checks).toEqual([
      expect.objectContaining({
        name: "ci",
        conclusion: "failure",
        url: expect.stringMatching(/\/actions\/runs\/\d+\/job\/\d+$/) as unknown,
        title: "1 of 312 tests failed",
        log: expect.stringContaining(failureLine("a")) as unknown,
      }),
    ]);
    expect(facts?.checks[0]?.annotations).toContainEqual({
      path: "work/a.txt",
      line: 2,
      level: "failure",
      title: null,
      message: failureLine("a"),
    });
    expect(github.requests).toHaveLength(3);
    expect(blobRequests()).toHaveLength(1);
  });

  test("is read up to a bound, required checks first", async () => {
    const { number, sha } = await openPull();
    for (const name of ["a", "b", "c"]) await turnRed(sha, name);
    await turnRed(sha);
    github.requests.length = 0;
    const facts = await github.tracker.readFailures(number, 2);
    expect(facts?.checks.map((check) => check.name)).toEqual(["ci", "a"]);
    expect(facts?.moreChecks).toBe(2);
    expect(blobRequests()).toHaveLength(2);
  });

  test.each([404, 410, 403])("is told without its log where GitHub answers %i", async (status) => {
    const { number, sha } = await openPull();
    await turnRed(sha);
    github.interfere = (request) =>
      request.url.includes("/actions/jobs/") ? Response.json({ message: "No" }, { status }) : null;
    const facts = await github.tracker.readFailures(number, 5);
    expect(facts?.checks).toEqual([expect.objectContaining({ name: "ci", log: null })]);
  });

  test("is the end of a log that is too long, in whole lines", async () => {
    const { number, sha } = await openPull();
    const log = `${"a long line of a job\n".repeat(60_000)}the end\n`;
    await github.world.check({ sha, name: "ci", status: "completed", conclusion: "failure", log });
    const [check] = (await github.tracker.readFailures(number, 5))?.checks ?? [];
    expect(check?.log?.length).toBeLessThanOrEqual(256 * 1024);
    expect(check?.log?.split("\n")[0]).toBe("a long line of a job");
    expect(check?.log).toMatch(/the end\n$/);
  });
});

describe("what reviewers wrote", () => {
  test("is who asks for changes and still does, and remarks on this very commit, each with the permission", async () => {
    const { number } = await openPull();
    const { world } = github;
    await world.review({
      by: "ada",
      number,
      state: "changes_requested",
      body: "Rename it.",
      comments: [{ path: "a.txt", line: 1, body: "Here." }],
    });
    await world.review({ by: "rita", number, state: "commented", body: "Nice." });
    await world.review({ by: "tess", number, state: "changes_requested", body: "No." });
    const facts = await github.tracker.readFailures(number, 5);
    expect(facts?.reviews).toEqual([
      expect.objectContaining({
        by: expect.objectContaining({ login: "ada", permission: "admin" }) as unknown,
        state: "changes_requested",
        body: "Rename it.",
        comments: [{ path: "a.txt", line: 1, body: "Here." }],
      }),
      expect.objectContaining({
        by: expect.objectContaining({ login: "rita", permission: "read" }) as unknown,
        state: "commented",
      }),
    ]);
    await world.review({ by: "ada", number, state: "approved" });
    await world.push({ by: "walt", branch, files: { "a.txt": "b\n" }, message: "Again" });
    expect((await github.tracker.readFailures(number, 5))?.reviews).toEqual([]);
  });
});

test("the look says who asks for changes, with the permission, as long as they do", async () => {
  const { number } = await openPull();
  const look = async () =>
    (await github.tracker.look({ everything: false, issues: [], pulls: [number], commits: [], tracked: [] })).pulls[0]
      ?.objections;
  expect(await look()).toEqual([]);
  await github.world.review({ by: "ada", number, state: "changes_requested", body: "No." });
  await github.world.review({ by: "ada", number, state: "commented", body: "Still no." });
  expect(await look()).toEqual([
    {
      by: expect.objectContaining({ login: "ada", permission: "admin" }) as unknown,
      at: expect.any(Number) as unknown,
    },
  ]);
  await github.world.review({ by: "ada", number, state: "approved" });
  expect(await look()).toEqual([]);
});

test("a pull request of a fork, one that is closed, and one that is not there have nothing to say", async () => {
  github.world.addUser({ login: "eve", permission: "none" });
  const fork = await openPull("eve:orchestrate/1-topic", "eve");
  await turnRed(fork.sha);
  expect(await github.tracker.readFailures(fork.number, 5)).toBeNull();
  const { number } = await openPull();
  await github.world.closePull({ by: "walt", number });
  expect(await github.tracker.readFailures(number, 5)).toBeNull();
  expect(await github.tracker.readFailures(99, 5)).toBeNull();
});
