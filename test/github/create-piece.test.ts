/** The issue of a piece on the embedded GitHub: made once, below its parent and behind what it comes after, whatever is lost on the way. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PieceIssue } from "../../src/ports/tracker.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { createEmbedded } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

let github: Embedded;
let parent: IssueFacts;

beforeEach(async () => {
  github = await createEmbedded();
  await github.world.openIssue({ by: "ada", title: "Accounts", body: "1. Table\n2. Form", labels: ["orchestrate"] });
  parent = await lookAt(1);
});
afterEach(() => github.close());

async function lookAt(number: number): Promise<IssueFacts> {
  const look = { everything: false, issues: [number], pulls: [], commits: [], tracked: [] };
  const found = (await github.tracker.look(look)).issues[0];
  if (found === undefined) throw new Error(`There is no issue #${number}.`);
  return found;
}

function wanted(piece: number, after: PieceIssue["after"] = []): PieceIssue {
  const name = { task: parent.id, hash: parent.hash.slice(0, 16), piece };
  const body = after.length === 0 ? "Text" : `Blocked by #${after[0]?.issue}.\n\nText`;
  const labels = ["orchestrate", "estimate:30m"];
  return { piece: name, parent: 1, after, milestone: null, title: `Piece ${piece}`, body, labels };
}

/** Requests to this path land, and their answers are lost. */
function loseAnswers(path: RegExp): void {
  github.interfere = async (request) => {
    if (request.method !== "POST" || !path.test(request.url)) return null;
    await github.world.handle(request);
    return new Response("{}", { status: 502 });
  };
}

function idOf(number: number): Promise<TaskId> {
  return lookAt(number).then(({ id }) => id);
}

describe("the issue of a piece", () => {
  test("is made below its parent, and behind the pieces before it both natively and in its text", async () => {
    const first = await github.tracker.createIssue(wanted(0), false);
    expect(first).toEqual({ kind: "created", number: 2, id: await idOf(2) });
    const after = [{ issue: 2, id: await idOf(2) }];
    expect(await github.tracker.createIssue(wanted(1, after), false)).toMatchObject({ kind: "created", number: 3 });
    expect((await lookAt(1)).children.map(({ reference }) => reference)).toEqual(["#2", "#3"]);
    expect(await lookAt(3)).toMatchObject({
      madeFor: { task: parent.id, hash: parent.hash.slice(0, 16), piece: 1 },
      labels: ["orchestrate", "estimate:30m"],
      blockedBy: [{ reference: "#2", source: "native" }],
    });
  });

  test.each([
    ["it was made", /\/issues$/],
    ["it was put below its parent", /\/sub_issues$/],
    ["it was put behind another one", /\/blocked_by$/],
  ])("is made and linked once, although the answer was lost after %s", async (_what, path) => {
    await github.tracker.createIssue(wanted(0), false);
    const after = [{ issue: 2, id: await idOf(2) }];
    loseAnswers(path);
    expect((await github.tracker.createIssue(wanted(1, after), false)).kind).toBe("delayed");
    github.interfere = () => null;
    expect(await github.restart().createIssue(wanted(1, after), true)).toMatchObject({ kind: "created", number: 3 });
    expect((await lookAt(1)).children).toHaveLength(2);
    expect((await lookAt(3)).blockedBy).toHaveLength(1);
  });

  test("is one for each piece, and none that somebody else wrote with our marker", async () => {
    const made = await github.tracker.createIssue(wanted(0), false);
    const { body } = (await github.tracker.brief(2)) ?? { body: "" };
    await github.world.openIssue({ by: "walt", title: "Forged", body: body.replace("piece=1", "piece=2") });
    expect(made).toMatchObject({ number: 2 });
    expect(await github.tracker.createIssue(wanted(1), false)).toMatchObject({ number: 4 });
  });

  test("is made with the milestone of its parent, and without one that is gone", async () => {
    const asked: unknown[] = [];
    github.interfere = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith("/issues")) return null;
      const { milestone } = (await request.clone().json()) as { readonly milestone?: number };
      asked.push(milestone);
      return milestone === undefined ? null : new Response('{"message":"Validation Failed"}', { status: 422 });
    };
    expect(await github.tracker.createIssue({ ...wanted(0), milestone: 77 }, false)).toMatchObject({ number: 2 });
    expect(asked).toEqual([77, undefined]);
  });

  test("goes without native dependencies where GitHub has none, and not without its parent", async () => {
    await github.tracker.createIssue(wanted(0), false);
    const after = [{ issue: 2, id: await idOf(2) }];
    github.interfere = (request) =>
      request.url.includes("/dependencies/") ? new Response("{}", { status: 404 }) : null;
    expect(await github.tracker.createIssue(wanted(1, after), false)).toMatchObject({ kind: "created", number: 3 });
    expect((await lookAt(3)).blockedBy).toMatchObject([{ reference: "#2", source: "body" }]);
    github.interfere = (request) => (request.url.endsWith("/sub_issues") ? new Response("{}", { status: 404 }) : null);
    expect((await github.tracker.createIssue(wanted(2), false)).kind).toBe("dropped");
  });
});
