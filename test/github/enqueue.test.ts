import { afterEach, describe, expect, test } from "vitest";
import type { PullFacts } from "../../src/model/observation.ts";
import { createEmbedded, type Embedded, type Setting } from "./embedded.ts";

let github: Embedded;
afterEach(() => github.close());

interface Pull {
  readonly number: number;
  readonly sha: string;
}

async function setUp(setting: Setting = {}): Promise<void> {
  github = await createEmbedded({ hasMergeQueue: true, extras: { files: true, queue: true }, ...setting });
}

async function openPull(name: string): Promise<Pull> {
  const branch = `orchestrate/${name}`;
  const { sha } = await github.world.push({ by: "walt", branch, files: { [`${name}.txt`]: "a\n" }, message: "Add" });
  const { number } = await github.world.openPull({ by: "walt", branch, title: name, body: "" });
  return { number, sha };
}

async function greenPull(name = "a"): Promise<Pull> {
  const pull = await openPull(name);
  await github.world.check({ sha: pull.sha, name: "ci", status: "completed", conclusion: "success" });
  return pull;
}

async function look(number: number): Promise<PullFacts | undefined> {
  const wanted = { everything: false, issues: [], pulls: [number], commits: [], tracked: [] };
  return (await github.tracker.look(wanted)).pulls[0];
}

/** GitHub answers the mutation with this error. */
function refuse(message: string): void {
  github.interfere = async (request) => {
    if (!(await request.text()).includes("enqueuePullRequest")) return null;
    return Response.json({ data: { enqueuePullRequest: null }, errors: [{ type: "UNPROCESSABLE", message }] });
  };
}

describe("a green pull request of a branch with a merge queue", () => {
  test("gets a place in the queue, and a repetition finds it there", async () => {
    await setUp();
    const { number, sha } = await greenPull();
    expect(await github.tracker.enqueuePull(number, sha)).toEqual({ kind: "queued" });
    expect(github.world.queueLength).toBe(1);
    expect(await look(number)).toMatchObject({ isInQueue: true, leftQueue: null, state: "open" });
    expect(await github.tracker.enqueuePull(number, sha)).toEqual({ kind: "queued" });
    expect(github.world.queueLength).toBe(1);
  });

  test("is found merged by the queue afterwards", async () => {
    await setUp();
    const { number, sha } = await greenPull();
    await github.tracker.enqueuePull(number, sha);
    await github.world.settleQueue(true);
    expect(await look(number)).toMatchObject({ state: "merged", sha, mergedBy: { kind: "bot" } });
    expect(await github.tracker.enqueuePull(number, sha)).toEqual({ kind: "merged" });
  });

  test("that the queue takes out is seen to have left it, with the reason", async () => {
    await setUp();
    const { number, sha } = await greenPull();
    expect(await look(number)).toMatchObject({ isInQueue: false, leftQueue: null });
    await github.tracker.enqueuePull(number, sha);
    await github.world.settleQueue(false);
    const facts = await look(number);
    expect(facts).toMatchObject({ state: "open", isInQueue: false, leftQueue: { why: "checks" } });
  });

  test("that conflicts with what was merged before it is taken out for that", async () => {
    await setUp();
    const first = await greenPull();
    await github.world.push({ by: "walt", branch: "other", files: { "a.txt": "b\n" }, message: "Add too" });
    const { number } = await github.world.openPull({ by: "walt", branch: "other", title: "other", body: "" });
    const { sha } = (await look(number)) ?? { sha: "" };
    await github.world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
    await github.tracker.enqueuePull(first.number, first.sha);
    await github.tracker.enqueuePull(number, sha);
    await github.world.settleQueue(true);
    await github.world.settleQueue(true);
    expect(await look(number)).toMatchObject({ state: "open", mergeable: "conflict", leftQueue: { why: "conflict" } });
  });

  test("whose answer was lost is found in the queue", async () => {
    await setUp();
    const { number, sha } = await greenPull();
    github.interfere = async (request) => {
      if (!(await request.clone().text()).includes("enqueuePullRequest")) return null;
      await github.world.handle(request);
      return Response.json({ message: "Bad gateway" }, { status: 502 });
    };
    expect(await github.tracker.enqueuePull(number, sha)).toEqual({ kind: "queued" });
  });
});

describe("nothing is put into the queue", () => {
  test("when the head has moved", async () => {
    await setUp();
    const { number } = await greenPull();
    expect(await github.tracker.enqueuePull(number, "b".repeat(40))).toEqual({ kind: "moved" });
    expect(github.world.queueLength).toBe(0);
  });

  test("when GitHub has not counted a check yet, or is down: it is tried again later", async () => {
    await setUp();
    const { number, sha } = await greenPull();
    refuse('Required status check "ci" is expected.');
    expect(await github.tracker.enqueuePull(number, sha)).toMatchObject({ kind: "delayed" });
    github.interfere = () => Response.json({ message: "Service unavailable" }, { status: 503 });
    expect(await github.tracker.enqueuePull(number, sha)).toMatchObject({ kind: "delayed" });
  });

  test("when a rule is against it, and the reason tells a person what to do", async () => {
    await setUp();
    const { number, sha } = await greenPull();
    refuse("At least 1 approving review is required.");
    expect(await github.tracker.enqueuePull(number, sha)).toEqual({
      kind: "refused",
      reason: `Pull request #${number} is green and could not be put into the merge queue: GitHub answered: At least 1 approving review is required. Put it there yourself, or give the App the right to.`,
    });
    expect(github.world.queueLength).toBe(0);
  });
});

test("where the branch has no queue it is merged at once, and the log says so once", async () => {
  await setUp({ hasMergeQueue: false });
  const [one, two] = [await greenPull("a"), await greenPull("b")];
  expect(await github.tracker.enqueuePull(one.number, one.sha)).toEqual({ kind: "merged" });
  expect(await github.tracker.enqueuePull(two.number, two.sha)).toEqual({ kind: "merged" });
  expect(github.warnings.filter((line) => line.includes("merge queue"))).toHaveLength(1);
});

test("a merge beside the queue is refused by GitHub, and told", async () => {
  await setUp();
  const { number, sha } = await greenPull();
  expect(await github.tracker.mergePull(number, sha)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("Changes must be made through the merge queue") as unknown,
  });
});

describe("the files of a pull request", () => {
  test("are read with it, in the same request", async () => {
    await setUp();
    const { number } = await openPull("a");
    github.requests.length = 0;
    expect((await look(number))?.files).toEqual(["a.txt"]);
    expect(github.requests.filter((line) => line === "POST /api/graphql")).toHaveLength(1);
  });

  test("are not known where there are more than one page of them", async () => {
    await setUp();
    const files = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}.txt`, "a\n"]));
    await github.world.push({ by: "walt", branch: "many", files, message: "Add many" });
    const { number } = await github.world.openPull({ by: "walt", branch: "many", title: "many", body: "" });
    expect((await look(number))?.files).toBeNull();
  });

  test("are not asked for where people merge", async () => {
    await setUp({ extras: { files: false, queue: false } });
    const { number } = await openPull("a");
    const facts = await look(number);
    expect(facts).not.toHaveProperty("files");
    expect(facts).not.toHaveProperty("leftQueue");
    expect(github.documents.join("\n")).not.toContain("files(");
  });
});
