import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PullFacts } from "../../src/model/observation.ts";
import { createEmbedded, type Embedded } from "./embedded.ts";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded({ hasStrictChecks: true });
});
afterEach(() => github.close());

interface Pull {
  readonly number: number;
  readonly sha: string;
}

async function check(sha: string): Promise<void> {
  await github.world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
}

/** A green pull request of walt's that changes `<name>.txt`, and its head. */
async function greenPull(name = "a"): Promise<Pull> {
  const branch = `orchestrate/${name}`;
  const { sha } = await github.world.push({ by: "walt", branch, files: { [`${name}.txt`]: "a\n" }, message: "Add" });
  const { number } = await github.world.openPull({ by: "walt", branch, title: name, body: "" });
  await check(sha);
  return { number, sha };
}

/** The same, while somebody has pushed to the default branch. */
async function pullBehind(file = "b.txt"): Promise<Pull> {
  const pull = await greenPull();
  await github.world.push({ by: "walt", branch: "main", files: { [file]: "b\n" }, message: "Meanwhile" });
  return pull;
}

async function look(number: number): Promise<PullFacts | undefined> {
  const wanted = { everything: false, issues: [], pulls: [number], commits: [], tracked: [] };
  return (await github.tracker.look(wanted)).pulls[0];
}

function headOf(number: number): string {
  return github.world.issue(number).pull?.headSha ?? "";
}

/** How often GitHub was asked to merge, or to update a branch. */
function asked(): number {
  return github.requests.filter((line) => line.startsWith("PUT ")).length;
}

/** GitHub answers the update with this; `isDone`: although it does it. */
function answer(status: number, message: string, isDone = false): void {
  let isOver = false;
  github.interfere = async (request) => {
    if (request.method !== "PUT" || isOver) return null;
    isOver = isDone;
    if (isDone) await github.world.handle(request);
    return Response.json({ message }, { status });
  };
}

describe("a green pull request that is behind", () => {
  test("is seen to be, brought up to date, and merged when its new commit is green", async () => {
    const { number, sha } = await pullBehind();
    expect(await look(number)).toMatchObject({ sha, isBehind: true, requiredChecks: "success", mergeable: "yes" });
    expect(await github.tracker.updateBranch(number, sha)).toEqual({ kind: "updated" });
    const head = headOf(number);
    expect(head).not.toBe(sha);
    expect(await look(number)).toMatchObject({ sha: head, requiredChecks: "pending" });
    await check(head);
    expect(await look(number)).not.toHaveProperty("isBehind");
    expect(await github.tracker.mergePull(number, head)).toEqual({ kind: "merged" });
  });

  test("is not merged as it is: what the base has got meanwhile is seen by the next look", async () => {
    const { number, sha } = await pullBehind();
    expect(await github.tracker.mergePull(number, sha)).toEqual({ kind: "moved" });
    expect(github.world.issue(number).state).toBe("open");
  });

  test("gets the next head of the base as well, with another commit", async () => {
    const { number, sha } = await pullBehind();
    await github.tracker.updateBranch(number, sha);
    const first = headOf(number);
    await check(first);
    await github.world.push({ by: "walt", branch: "main", files: { "c.txt": "c\n" }, message: "Again" });
    expect(await look(number)).toMatchObject({ sha: first, isBehind: true });
    expect(await github.tracker.updateBranch(number, first)).toEqual({ kind: "updated" });
    expect(headOf(number)).not.toBe(first);
  });
});

describe("an update", () => {
  test("that is asked for again finds it done, also where its answer was lost, or a person was faster", async () => {
    const { number, sha } = await pullBehind();
    answer(502, "Bad gateway", true);
    expect(await github.tracker.updateBranch(number, sha)).toEqual({ kind: "updated" });
    const head = headOf(number);
    expect(await github.restart().updateBranch(number, sha)).toEqual({ kind: "updated" });
    expect(asked()).toBe(1);
    expect(headOf(number)).toBe(head);
  });

  test("of a head that has moved, a pull request that is up to date, in conflict or closed, is not asked for", async () => {
    const current = await greenPull("current");
    expect(await github.tracker.updateBranch(current.number, current.sha)).toEqual({ kind: "moved" });
    expect(await github.tracker.updateBranch(current.number, "b".repeat(40))).toEqual({ kind: "moved" });
    const conflicting = await pullBehind("a.txt");
    expect(await look(conflicting.number)).toMatchObject({ mergeable: "conflict" });
    expect(await github.tracker.updateBranch(conflicting.number, conflicting.sha)).toEqual({ kind: "moved" });
    await github.world.closeIssue({ by: "walt", number: conflicting.number, reason: "completed" });
    expect(await github.tracker.updateBranch(conflicting.number, conflicting.sha)).toEqual({ kind: "moved" });
    expect(asked()).toBe(0);
  });

  test("of a head that moves at the last moment changes nothing", async () => {
    const { number, sha } = await pullBehind();
    github.interfere = async (request) => {
      if (request.method !== "PUT") return null;
      await github.world.push({ by: "walt", branch: "orchestrate/a", files: { "d.txt": "d\n" }, message: "More" });
      return null;
    };
    expect(await github.tracker.updateBranch(number, sha)).toEqual({ kind: "moved" });
  });

  test("is tried again later when GitHub is down or limits us", async () => {
    const { number, sha } = await pullBehind();
    answer(503, "Service unavailable");
    expect(await github.tracker.updateBranch(number, sha)).toMatchObject({ kind: "delayed" });
    answer(403, "You have exceeded a secondary rate limit.");
    expect(await github.tracker.updateBranch(number, sha)).toMatchObject({ kind: "delayed" });
    expect(headOf(number)).toBe(sha);
  });

  test("without the permission is refused, and the reason says what a person can do", async () => {
    const { number, sha } = await pullBehind();
    answer(403, "Resource not accessible by integration");
    expect(await github.tracker.updateBranch(number, sha)).toEqual({
      kind: "refused",
      reason: expect.stringContaining(
        "Update the branch yourself, or let the App write contents, pull requests and, where they change, workflows.",
      ) as unknown,
    });
  });

  test("that a rule of the repository forbids is refused in GitHub's words", async () => {
    const { number, sha } = await pullBehind();
    answer(422, "Repository rule violations found");
    expect(await github.tracker.updateBranch(number, sha)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("Repository rule violations found") as unknown,
    });
  });

  test("with the job's own token is not asked for: no check would start for the new commit", async () => {
    const { number, sha } = await pullBehind();
    expect(await github.asJob().updateBranch(number, sha)).toEqual({
      kind: "refused",
      reason: expect.stringContaining("this ran with the job's own token") as unknown,
    });
    expect(asked()).toBe(0);
    expect(headOf(number)).toBe(sha);
  });
});

test("with a merge queue no branch is behind: GitHub sees to that", async () => {
  await github.close();
  github = await createEmbedded({ hasStrictChecks: true, hasMergeQueue: true, extras: { files: true, queue: true } });
  const { number, sha } = await pullBehind();
  const facts = await look(number);
  expect(facts).toMatchObject({ hasQueue: true, isInQueue: false });
  expect(facts).not.toHaveProperty("isBehind");
  expect(await github.tracker.enqueuePull(number, sha)).toEqual({ kind: "queued" });
});
