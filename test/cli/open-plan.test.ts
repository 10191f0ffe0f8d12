/** Issues that belong together, opened on the embedded GitHub while answers get lost: going on opens none twice and leaves none out. */
import { ProbotOctokit } from "probot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAll, type Planned } from "../../src/cli/open-plan.ts";
import type { Target } from "../../src/cli/reach.ts";
import type { Shelf } from "../../src/cli/templates.ts";
import { createGithubClient } from "../../src/github/client.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { createEmbedded, silent, type Embedded } from "../github/embedded.ts";

let github: Embedded;
let shelf: Shelf;
let target: Target;
beforeEach(async () => {
  github = await createEmbedded();
  const octokit = new ProbotOctokit({
    baseUrl: "https://github.test/api/v3",
    request: { fetch: fetchAsPerson },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: silent,
    auth: { token: "ghu_walt" },
  });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}", { owner: "ada", repo: "shop" });
  const place = { owner: "ada", name: "shop", id: Number(data.id), host: "github.test", defaultBranch: "main" };
  shelf = { client: createGithubClient({ octokit, clock: github.clock, journal: silent }), place };
  const connection = { baseUrl: "https://github.test/api/v3", credentials: { kind: "token", token: "ghu_walt" } };
  target = { repository: "ada/shop", connection, surroundings: { clock: github.clock } } as unknown as Target;
});
afterEach(() => github.close());

async function fetchAsPerson(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  return (await github.interfere(request.clone())) ?? github.world.handle(request);
}

function planned(piece: string | null, after: readonly string[] = []): Planned {
  const labels = ["orchestrate", "shop"];
  const title = piece ?? "whole";
  return {
    key: Buffer.from(title).toString("hex").padEnd(32, "0"),
    piece,
    after,
    issue: { title, body: "", labels, blockedBy: [] },
    text: "Text",
  };
}

async function lookAt(number: number): Promise<IssueFacts | undefined> {
  const look = { everything: false, issues: [number], pulls: [], commits: [], tracked: [] };
  return (await github.tracker.look(look)).issues[0];
}

const plan = [planned(null), planned("first"), planned("second", ["first"])];
const selects = ["orchestrate"];
const whole = { labels: ["shop", "orchestrate"], children: [{ reference: "#2" }, { reference: "#3" }] };

test("while its pieces are opened nothing could start on the whole, and then all of it is work in its order", async () => {
  const seen: (readonly string[])[] = [];
  github.interfere = async (request) => {
    if (request.method === "POST" && request.url.endsWith("/sub_issues")) seen.push((await lookAt(1))?.labels ?? []);
    return null;
  };
  const results = await openAll(target, shelf, { plan, selects });
  expect(seen).toEqual([["shop"], ["shop"]]);
  expect(results.map(({ number, blockedBy, isNew }) => [number, blockedBy, isNew])).toEqual([
    [1, [], true],
    [2, [], true],
    [3, [2], true],
  ]);
  expect(await lookAt(1)).toMatchObject(whole);
  expect(await lookAt(3)).toMatchObject({ blockedBy: [{ reference: "#2" }] });
});

test.each([
  ["an issue", /\/issues$/],
  ["a link below the whole", /\/sub_issues$/],
  ["the label that selects the whole", /\/labels$/],
])("after the answer to %s was lost the same command goes on, and each is there once", async (_what, path) => {
  let losses = 0;
  github.interfere = async (request) => {
    if (request.method !== "POST" || !path.test(request.url) || losses > 2) return null;
    losses += 1;
    await github.world.handle(request);
    return new Response("{}", { status: 502 });
  };
  const told: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await openAll(target, shelf, { plan, selects }).catch((error: unknown) => String(error));
    told.push(typeof answer === "string" ? answer : "");
  }
  expect(told[0]).toMatch(/ \d of 3 issues are known to be there: the same command goes on with the rest, and opens/);
  const results = await openAll(target, shelf, { plan, selects });
  expect(losses).toBeGreaterThan(0);
  expect(results.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(github.world.issues().map(({ title }) => title)).toEqual(["whole", "first", "second"]);
  expect(await lookAt(1)).toMatchObject(whole);
});

test("a mark that somebody else has put on an issue keeps nobody from opening it", async () => {
  const key = plan[0]?.key ?? "";
  await github.world.openIssue({ by: "rita", title: "Mine", body: `<!-- orchestrate:template=${key} -->\nText` });
  const results = await openAll(target, shelf, { plan: plan.slice(0, 1), selects });
  expect(results).toMatchObject([{ number: 2, isNew: true }]);
});

test("whoever has closed the whole gets none of its pieces again", async () => {
  await openAll(target, shelf, { plan: plan.slice(0, 1), selects });
  await github.world.closeIssue({ by: "walt", number: 1, reason: "not_planned" });
  const results = await openAll(target, shelf, { plan, selects });
  expect(results).toMatchObject([{ number: 1, isNew: false }]);
  expect(github.world.issues()).toHaveLength(1);
});
