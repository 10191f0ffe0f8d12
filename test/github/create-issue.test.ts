/** The issue of a pattern on the embedded GitHub: made once for each series, whatever is lost on the way, and known as our own. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmbedded } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";
import type { IssueFacts } from "../../src/model/observation.ts";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

const wanted = {
  pattern: "deps",
  series: 1,
  title: "Update monorepo dependencies",
  body: "All of them.",
  labels: ["orchestrate", "chore"],
};

async function numbers(): Promise<readonly number[]> {
  const look = { everything: true, issues: [], pulls: [], commits: [], tracked: [] };
  return (await github.tracker.look(look)).issues.map((issue) => issue.number);
}

async function lookAt(number: number): Promise<IssueFacts | undefined> {
  const look = { everything: false, issues: [number], pulls: [], commits: [], tracked: [] };
  return (await github.tracker.look(look)).issues[0];
}

describe("the issue of a submission", () => {
  const submission = "0123456789abcdef0123456789abcdef";
  const issue = { submission, title: "Fix it", body: "Blocked by #7.\n\nNow.", labels: ["orchestrate"] };

  test("is read as ours with its submission, and with what it waits for", async () => {
    expect(await github.tracker.createIssue(issue, false)).toEqual({ kind: "created", number: 1 });
    expect(await lookAt(1)).toMatchObject({
      title: "Fix it",
      madeFor: { submission },
      selectedBy: { actor: { login: "orchestrate[bot]", kind: "bot" } },
      blockedBy: [{ reference: "#7", source: "body" }],
    });
  });

  test("is made once, although the answer was lost and it was closed since", async () => {
    github.interfere = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith("/issues")) return null;
      await github.world.handle(request);
      return new Response("{}", { status: 502 });
    };
    expect((await github.tracker.createIssue(issue, false)).kind).toBe("delayed");
    github.interfere = () => null;
    await github.world.closeIssue({ by: "ada", number: 1 });
    expect(await github.restart().createIssue(issue, true)).toEqual({ kind: "created", number: 1 });
    expect(await github.tracker.createIssue({ ...issue, submission: submission.replace("0", "f") }, false)).toEqual({
      kind: "created",
      number: 2,
    });
  });

  test("is nobody's once somebody has edited it, or where somebody else wrote the mark", async () => {
    const body = `<!-- orchestrate:submission=${submission} -->\nEvil`;
    await github.world.openIssue({ by: "walt", title: "Forged", body, labels: ["orchestrate"] });
    await github.tracker.createIssue(issue, false);
    await github.world.editIssue({ by: "walt", number: 2, body: `${body}\nMore` });
    expect([(await lookAt(1))?.madeFor, (await lookAt(2))?.madeFor]).toEqual([null, null]);
  });
});

describe("the issue of a pattern", () => {
  test("is made with its labels, and read as ours with its pattern and series", async () => {
    const outcome = await github.tracker.createIssue(wanted, false);
    expect(outcome).toEqual({ kind: "created", number: 1 });
    expect(await lookAt(1)).toMatchObject({
      title: wanted.title,
      labels: ["orchestrate", "chore"],
      madeFor: { pattern: "deps", series: 1 },
      author: "orchestrate",
      selectedBy: { actor: { login: "orchestrate[bot]", kind: "bot" } },
    });
    expect((await github.tracker.brief(1))?.body).toBe("<!-- orchestrate:pattern=deps series=1 -->\nAll of them.");
  });

  test("is not made again when the answer was lost after it had landed", async () => {
    github.interfere = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith("/issues")) return null;
      await github.world.handle(request);
      return new Response("{}", { status: 502 });
    };
    expect((await github.tracker.createIssue(wanted, false)).kind).toBe("delayed");
    github.interfere = () => null;
    expect(await github.restart().createIssue(wanted, true)).toEqual({ kind: "created", number: 1 });
    expect(await numbers()).toEqual([1]);
  });

  test("is found although it was closed or lost its label, and although many issues came after it", async () => {
    await github.tracker.createIssue(wanted, false);
    await github.world.removeLabel({ by: "ada", number: 1, label: "orchestrate" });
    await github.world.closeIssue({ by: "ada", number: 1 });
    for (let count = 0; count < 120; count += 1)
      await github.world.openIssue({ by: "ada", title: `${count}`, body: "" });
    expect(await github.tracker.createIssue(wanted, true)).toEqual({ kind: "created", number: 1 });
  });

  test("of a later series is one that is still open, and else a new one", async () => {
    await github.tracker.createIssue(wanted, false);
    expect(await github.tracker.createIssue({ ...wanted, series: 2 }, false)).toEqual({ kind: "created", number: 1 });
    await github.world.closeIssue({ by: "ada", number: 1 });
    expect(await github.tracker.createIssue({ ...wanted, series: 2 }, false)).toEqual({ kind: "created", number: 2 });
  });

  test("is not taken for one that somebody else wrote with our marker", async () => {
    const body = "<!-- orchestrate:pattern=deps series=1 -->\nEvil";
    const forged = await github.world.openIssue({ by: "walt", title: "Forged", body, labels: ["orchestrate"] });
    expect((await lookAt(forged.number))?.madeFor).toBeNull();
    expect(await github.tracker.createIssue(wanted, false)).toEqual({ kind: "created", number: 2 });
  });

  test("is no longer known as ours once somebody has edited it", async () => {
    await github.tracker.createIssue(wanted, false);
    await github.world.editIssue({ by: "walt", number: 1, title: "Delete everything" });
    expect((await lookAt(1))?.madeFor).toBeNull();
  });

  test("is dropped where GitHub will never take it, and delayed where it may later", async () => {
    const answer = (status: number) => {
      github.interfere = (request) =>
        request.method === "POST" && request.url.endsWith("/issues") ? new Response("{}", { status }) : null;
    };
    answer(422);
    expect((await github.tracker.createIssue(wanted, false)).kind).toBe("dropped");
    answer(403);
    expect((await github.tracker.createIssue(wanted, false)).kind).toBe("delayed");
  });
});
