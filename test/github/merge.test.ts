import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmbedded, type Embedded } from "./embedded.ts";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

/** A pull request of walt's, and its head. */
async function openPull(): Promise<{ readonly number: number; readonly sha: string }> {
  const { sha } = await github.world.push({
    by: "walt",
    branch: "orchestrate/1-topic",
    files: { "a.txt": "a\n" },
    message: "Add a",
  });
  const { number } = await github.world.openPull({
    by: "walt",
    branch: "orchestrate/1-topic",
    title: "Add a",
    body: "",
  });
  return { number, sha };
}

async function greenPull(): Promise<{ readonly number: number; readonly sha: string }> {
  const pull = await openPull();
  await github.world.check({ sha: pull.sha, name: "ci", status: "completed", conclusion: "success" });
  return pull;
}

/** GitHub answers a merge with this, up to `times` times. */
function answerMerges(status: number, message: string, times = Infinity): void {
  let left = times;
  github.interfere = (request) => {
    if (request.method !== "PUT" || left <= 0) return null;
    left -= 1;
    return Response.json({ message }, { status });
  };
}

function merges(): number {
  return github.requests.filter((line) => line.startsWith("PUT ")).length;
}

describe("a merge of a green pull request", () => {
  test("is done in the App's name, and a repetition finds it done", async () => {
    const { number, sha } = await greenPull();
    expect(await github.tracker.mergePull(number, sha)).toEqual({ kind: "merged" });
    expect(github.world.issue(number)).toMatchObject({ state: "closed", pull: { isMerged: true } });
    expect(github.world.issue(number).pull?.mergedBy?.login).toBe("orchestrate[bot]");
    expect(await github.tracker.mergePull(number, sha)).toEqual({ kind: "merged" });
  });

  test("whose answer was lost is found done", async () => {
    const { number, sha } = await greenPull();
    let isLost = false;
    github.interfere = async (request) => {
      if (request.method !== "PUT" || isLost) return null;
      isLost = true;
      await github.world.handle(request);
      return Response.json({ message: "Bad gateway" }, { status: 502 });
    };
    expect(await github.tracker.mergePull(number, sha)).toEqual({ kind: "merged" });
    expect(isLost).toBe(true);
  });

  test("takes another way where the repository does not allow the first", async () => {
    const { number, sha } = await greenPull();
    answerMerges(405, "Merge commits are not allowed on this repository.", 1);
    expect(await github.tracker.mergePull(number, sha)).toEqual({ kind: "merged" });
    expect(merges()).toBe(2);
  });
});

describe("nothing is merged", () => {
  test("when the head has moved: what is there now was never looked at", async () => {
    const { number } = await greenPull();
    expect(await github.tracker.mergePull(number, "b".repeat(40))).toEqual({ kind: "moved" });
    expect(github.world.issue(number).state).toBe("open");
  });

  test("when the base has moved into its way: the next look sees the conflict", async () => {
    const { number, sha } = await greenPull();
    await github.world.push({ by: "walt", branch: "main", files: { "a.txt": "b\n" }, message: "Another a" });
    expect(await github.tracker.mergePull(number, sha)).toEqual({ kind: "moved" });
    expect(github.world.issue(number).state).toBe("open");
  });

  test("when a required check is not green after all: it is tried again later", async () => {
    const { number, sha } = await openPull();
    expect(await github.tracker.mergePull(number, sha)).toMatchObject({ kind: "delayed", retryAfterMs: 30_000 });
    expect(github.world.issue(number).state).toBe("open");
  });

  test("when GitHub is down, limits us, or has moved the base: it is tried again later", async () => {
    const { number, sha } = await greenPull();
    answerMerges(503, "Service unavailable");
    expect(await github.tracker.mergePull(number, sha)).toMatchObject({ kind: "delayed" });
    answerMerges(405, "Base branch was modified. Review and try the merge again.");
    expect(await github.tracker.mergePull(number, sha)).toMatchObject({ kind: "delayed" });
    answerMerges(403, "You have exceeded a secondary rate limit.");
    expect(await github.tracker.mergePull(number, sha)).toMatchObject({ kind: "delayed" });
  });

  test("when a rule of the repository asks for a review, and the reason tells a person what to do", async () => {
    const { number, sha } = await greenPull();
    answerMerges(405, "At least 1 approving review is required by reviewers with write access.");
    expect(await github.tracker.mergePull(number, sha)).toEqual({
      kind: "refused",
      reason: `Pull request #${number} is green and could not be merged: GitHub answered: At least 1 approving review is required by reviewers with write access. Merge it yourself, or let the App bypass that rule.`,
    });
    expect(merges()).toBe(1);
  });

  test("without the permission, and the reason names it", async () => {
    const { number, sha } = await greenPull();
    answerMerges(403, "Resource not accessible by integration");
    expect(await github.tracker.mergePull(number, sha)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("Let the App write contents and pull requests") as unknown,
    });
  });

  test("where no way of merging is allowed", async () => {
    const { number, sha } = await greenPull();
    answerMerges(405, "Rebase merges are not allowed on this repository.");
    expect(await github.tracker.mergePull(number, sha)).toMatchObject({ kind: "refused" });
    expect(merges()).toBe(3);
  });
});

test("a review that asks for changes is seen, until its author is content", async () => {
  const { number } = await greenPull();
  const read = async (): Promise<boolean | undefined> => {
    const wanted = { everything: false, issues: [], pulls: [number], commits: [], tracked: [] };
    return (await github.tracker.look(wanted)).pulls[0]?.isObjectedTo;
  };
  expect(await read()).toBe(false);
  await github.world.review({ by: "ada", number, state: "changes_requested" });
  expect(await read()).toBe(true);
  await github.world.review({ by: "ada", number, state: "approved" });
  expect(await read()).toBe(false);
});
