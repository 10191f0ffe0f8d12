import { afterEach, beforeEach, expect, test } from "vitest";
import type { StandingComment } from "../../src/ports/tracker.ts";
import { createEmbedded, type Embedded } from "./embedded.ts";

const marker = "<!-- orchestrate:alerts -->";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

async function openMonitor(): Promise<number> {
  return (await github.world.openIssue({ by: "ada", title: "Monitoring", body: "" })).number;
}

function saying(issue: number, words: string): StandingComment {
  return { issue, marker, body: `${marker}\n${words}` };
}

function bodiesOf(number: number): readonly string[] {
  return github.world.issue(number).comments.map((comment) => comment.body);
}

test("is made once, edited afterwards, and left alone while it says the same, also after a restart", async () => {
  const issue = await openMonitor();
  expect(await github.tracker.keepComment(saying(issue, "one"))).toMatchObject({ kind: "written" });
  expect(await github.restart().keepComment(saying(issue, "two"))).toMatchObject({ kind: "written" });
  expect(bodiesOf(issue)).toEqual([`${marker}\ntwo`]);
  const { mutations } = github.world.counters;
  expect(await github.tracker.keepComment(saying(issue, "two"))).toMatchObject({ kind: "written" });
  expect(github.world.counters.mutations).toBe(mutations);
});

test("is not mistaken for a stranger's comment with the same marker", async () => {
  const issue = await openMonitor();
  await github.world.comment({ by: "rita", number: issue, body: `${marker}\nmine` });
  await github.tracker.keepComment(saying(issue, "ours"));
  expect(bodiesOf(issue)).toEqual([`${marker}\nmine`, `${marker}\nours`]);
});

test("is made again when somebody has deleted it, also between our look and our edit", async () => {
  const issue = await openMonitor();
  await github.tracker.keepComment(saying(issue, "one"));
  github.world.issue(issue).comments.splice(0);
  await github.tracker.keepComment(saying(issue, "two"));
  expect(bodiesOf(issue)).toEqual([`${marker}\ntwo`]);
  github.interfere = async (request) => {
    if (!(await request.text()).includes("updateIssueComment")) return null;
    github.world.issue(issue).comments.splice(0);
    const errors = [{ type: "NOT_FOUND", path: ["o0"], message: "Could not resolve to a node." }];
    return Response.json({ data: { o0: null }, errors });
  };
  expect(await github.tracker.keepComment(saying(issue, "three"))).toMatchObject({ kind: "delayed" });
  github.interfere = () => null;
  await github.tracker.keepComment(saying(issue, "three"));
  expect(bodiesOf(issue)).toEqual([`${marker}\nthree`]);
});

test("is given up with a reason where the issue is missing, deleted, elsewhere or a pull request", async () => {
  expect(await github.tracker.keepComment(saying(99, "one"))).toEqual({
    kind: "dropped",
    reason: "There is no such issue: name one that exists.",
  });
  const deleted = await openMonitor();
  await github.world.deleteIssue({ by: "ada", number: deleted });
  expect(await github.tracker.keepComment(saying(deleted, "one"))).toMatchObject({ kind: "dropped" });
  const moved = await openMonitor();
  await github.world.transferIssue({ by: "ada", number: moved, to: "ada/other" });
  expect(await github.tracker.keepComment(saying(moved, "one"))).toEqual({
    kind: "dropped",
    reason: "It was transferred to another repository: name an issue of this one.",
  });
  await github.world.push({ by: "walt", branch: "work", files: { "a.txt": "a" }, message: "Work" });
  const pull = await github.world.openPull({ by: "walt", branch: "work", title: "Work", body: "" });
  expect(await github.tracker.keepComment(saying(pull.number, "one"))).toEqual({
    kind: "dropped",
    reason: "It is a pull request: name an issue.",
  });
});

test("is given up with a reason on an issue that is locked against us, and written where the lock does not bind us", async () => {
  const issue = await openMonitor();
  github.world.issue(issue).isLocked = true;
  expect(await github.tracker.keepComment(saying(issue, "one"))).toMatchObject({ kind: "written" });
  github.interfere = async (request) => {
    if (!(await request.text()).includes("updateIssueComment")) return null;
    const errors = [{ type: "FORBIDDEN", path: ["o0"], message: "Unable to edit a comment: the issue is locked." }];
    return Response.json({ data: { o0: null }, errors });
  };
  expect(await github.tracker.keepComment(saying(issue, "two"))).toEqual({
    kind: "dropped",
    reason: "It is locked: unlock it, or name another one.",
  });
});

test("waits for an outage to pass", async () => {
  const issue = await openMonitor();
  github.interfere = () => new Response("", { status: 502 });
  expect(await github.tracker.keepComment(saying(issue, "one"))).toMatchObject({ kind: "delayed" });
});
