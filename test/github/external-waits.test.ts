/** What is waited for outside, on the embedded GitHub: read with the issue that names it, and asked for again for free. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Interfere, Embedded } from "./embedded.ts";
import { createEmbedded } from "./embedded.ts";
import type { BlockerFacts } from "../../src/model/observation.ts";
import type { External } from "../../src/model/task.ts";
import type { Wanted } from "../../src/ports/tracker.ts";

const nothing: Wanted = { everything: false, issues: [], pulls: [], commits: [], tracked: [] };

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

async function blockersOf(body: string): Promise<readonly BlockerFacts[]> {
  const { number } = await github.world.openIssue({ by: "ada", title: "It waits", body, labels: ["orchestrate"] });
  const { issues } = await github.tracker.look({ ...nothing, issues: [number] });
  return issues[0]?.blockedBy ?? [];
}

function toExternal({ id, reference, url, state, waitsFor }: BlockerFacts): External {
  return { id, reference, url, state, ...(waitsFor === undefined ? {} : { waitsFor }) };
}

/** Asks again for what is known. */
async function newsOf(known: readonly BlockerFacts[]): Promise<readonly External[]> {
  const { externals = [] } = await github.tracker.look({ ...nothing, waits: known.map(toExternal) });
  return externals;
}

function answering(path: RegExp, body: () => unknown): Interfere {
  return (request) => {
    const { pathname, search } = new URL(request.url);
    if (!path.test(pathname + search)) return null;
    const text = JSON.stringify(body());
    const etag = `"${text.length}-${text}"`;
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers: { etag } });
    return new Response(text, { status: 200, headers: { etag, "content-type": "application/json" } });
  };
}

function run(conclusion: string, event = "push", head = 1) {
  return { event, conclusion, repository: { id: 1 }, head_repository: { id: head } };
}

describe("an issue that names what is no issue", () => {
  test("waits for dates, people and workflows by hard edges of its text", async () => {
    const blockers = await blockersOf(
      "Not before: 2026-12-01\n\nWaits for @Rita\n\nWaits for workflow nightly.yml on main\n\nNot before 2026-02-30",
    );
    expect(
      blockers.map(({ id, reference, state, kind, source, waitsFor }) => [
        id,
        reference,
        state,
        kind,
        source,
        waitsFor,
      ]),
    ).toEqual([
      ["wait:date:2026-12-01T00:00:00.000Z", "2026-12-01", "open", "hard", "body", "date"],
      ["wait:date:2026-02-30", "2026-02-30", "missing", "hard", "body", "date"],
      [
        "wait:workflow:ada/shop:nightly.yml@main",
        "workflow nightly.yml on main",
        "missing",
        "hard",
        "body",
        "workflow",
      ],
      ["wait:person:rita", "@rita", "open", "hard", "body", "person"],
    ]);
  });

  test("waits for a pull request until it is merged, and one that is closed is no end", async () => {
    github.interfere = answering(/\/repos\/x\/y\/issues\/7$/, () => ({
      state: "closed",
      pull_request: { merged_at: null },
    }));
    const known = { id: "gh:9:pull-7", reference: "x/y#7", url: null, state: "open", waitsFor: "pull" } as const;
    expect(await newsOf([{ ...known, kind: "hard", source: "body" } as unknown as BlockerFacts])).toMatchObject([
      { reference: "x/y#7", state: "not_planned" },
    ]);
  });
});

describe("asking again", () => {
  test("costs one conditional request each, and brings only what is not as it was", async () => {
    let merged: string | null = null;
    github.interfere = answering(/\/repos\/x\/y\/issues\/7$/, () => ({
      state: "open",
      pull_request: { merged_at: merged },
    }));
    const known = [
      { id: "gh:9:pull-7", reference: "x/y#7", url: null, state: "open", waitsFor: "pull" } as unknown as BlockerFacts,
    ];
    expect(await newsOf(known)).toEqual([]);
    github.requests.length = 0;
    expect(await newsOf(known)).toEqual([]);
    expect(github.requests).toHaveLength(1);
    merged = "2026-01-05T10:00:00Z";
    expect(await newsOf(known)).toMatchObject([{ id: "gh:9:pull-7", state: "completed", waitsFor: "pull" }]);
  });

  test("a workflow is green when its last run is, and runs of pull requests do not count", async () => {
    let runs = [run("failure")];
    github.interfere = answering(/\/actions\/workflows\/ci\.yml\/runs/, () => ({ workflow_runs: runs }));
    const known = await blockersOf("Waits for workflow ci.yml on main");
    expect(known.map((each) => each.state)).toEqual(["open"]);
    runs = [run("success", "pull_request"), run("success", "push", 2), run("failure")];
    expect(await newsOf(known)).toEqual([]);
    runs = [run("success", "pull_request_target"), run("success"), run("failure")];
    expect((await newsOf(known)).map((each) => each.state)).toEqual(["completed"]);
  });

  test("what cannot be asked now is left out, and what is not there is missing", async () => {
    const known = [
      { id: "gh:9:1", reference: "x/y#1", url: null, state: "open" },
      { id: "gh:9:2", reference: "x/y#2", url: null, state: "open" },
    ] as unknown as readonly BlockerFacts[];
    github.interfere = (request) =>
      new URL(request.url).pathname.endsWith("/issues/1") ? new Response("{}", { status: 502 }) : null;
    expect((await newsOf(known)).map(({ reference, state }) => [reference, state])).toEqual([["x/y#2", "missing"]]);
  });

  test("nothing that is waited for costs nothing", async () => {
    await github.tracker.look(nothing);
    expect(github.requests).toEqual([]);
  });
});

test("a look at a pull request brings what it is to those who wait for it", async () => {
  await github.world.push({ by: "walt", branch: "topic", from: "main", files: { "a.txt": "a\n" }, message: "Add a" });
  const pull = await github.world.openPull({ by: "walt", branch: "topic", title: "Add a", body: "" });
  const [blocker] = await blockersOf(`Blocked by #${pull.number}`);
  expect(blocker).toMatchObject({ reference: `#${pull.number}`, state: "open", waitsFor: "pull" });
  const { externals } = await github.tracker.look({ ...nothing, pulls: [pull.number] });
  expect(externals).toEqual([blocker === undefined ? null : toExternal(blocker)]);
});
