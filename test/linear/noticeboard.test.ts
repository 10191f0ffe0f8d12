/** One notice on a Linear issue: over real HTTP, with the documents of Linear's own SDK, and whatever goes wrong on the way. */
import { LinearClient, LinearDocument } from "@linear/sdk";
import { buildSchema, parse, validate, validateSchema } from "graphql";
import { expect, test } from "vitest";
import type { Fetch } from "../../src/ports/fetch.ts";
import type { Notice } from "../../src/ports/noticeboard.ts";
import { linearSchema } from "../../src/sandbox/linear-schema.ts";
import type { LinearComment } from "../../src/sandbox/linear-store.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { givenLinear, key, stream, token, type Embedded } from "./embedded.ts";

const minute = 60_000;

function notice(body: string, issue = "ENG-1"): Notice {
  return { issue, stream, body };
}

function comments({ linear }: Embedded): readonly LinearComment[] {
  const issue = linear.store.findIssue("ENG-1");
  return issue === null ? [] : linear.store.commentsOf(issue);
}

function bodies(given: Embedded): readonly string[] {
  return comments(given).map(({ body }) => body.replace(/\n\n`orchestrate:alerts .*`$/, ""));
}

test("the excerpt of Linear's schema is sound, and takes the documents that Linear's SDK sends", () => {
  const schema = buildSchema(linearSchema);
  expect(validateSchema(schema)).toEqual([]);
  const { CommentDocument, CreateCommentDocument, Issue_CommentsDocument, UpdateCommentDocument, ViewerDocument } =
    LinearDocument;
  const documents = [
    CommentDocument,
    CreateCommentDocument,
    Issue_CommentsDocument,
    UpdateCommentDocument,
    ViewerDocument,
  ];
  expect(documents.flatMap((document) => validate(schema, parse(String(document))))).toEqual([]);
});

test("Linear's own client works on the embedded one, as it is", async () => {
  const given = await givenLinear();
  const client = new LinearClient({ apiKey: key, apiUrl: given.url });
  expect((await client.viewer).displayName).toBe("ann");
  const created = await client.createComment({ issueId: "ENG-1", body: "- One" });
  const comment = await client.comment({ id: created.commentId ?? "" });
  expect(comment.body).toBe("* One");
  await client.updateComment(comment.id, { body: "Two" });
  expect(bodies(given)).toEqual(["Two"]);
  await expect(client.createComment({ issueId: "ENG-2", body: "x" })).rejects.toMatchObject({
    type: "InvalidInput",
    message: expect.stringContaining("Entity not found: Issue") as string,
  });
  await expect(client.createComment({ id: "1", issueId: "ENG-1", body: "x" })).rejects.toMatchObject({
    type: "InvalidInput",
  });
  const stranger = new LinearClient({ apiKey: "lin_api_nobody", apiUrl: given.url });
  await expect(stranger.viewer).rejects.toMatchObject({ type: "AuthenticationError", status: 401 });
});

test("a notice is made once, edited when it says something else, and left alone when it says the same", async () => {
  const given = await givenLinear();
  const board = given.noticeboard();
  expect(await board.keep(notice("- One warning."))).toMatchObject({ kind: "written" });
  expect(await board.keep(notice("- One warning."))).toMatchObject({ kind: "written" });
  expect(comments(given).map(({ edits }) => edits)).toEqual([0]);
  expect(bodies(given)).toEqual(["* One warning."]);
  await board.keep(notice("All clear."));
  await given.noticeboard().keep(notice("All clear."));
  expect(comments(given).map(({ edits }) => edits)).toEqual([1]);
  expect(bodies(given)).toEqual(["All clear."]);
});

test("two questions and a write are all that a notice costs, and few points", async () => {
  const given = await givenLinear();
  const points: number[] = [];
  const board = given.noticeboard({
    way: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      points.push(Number(response.headers.get("x-complexity")));
      return response;
    },
  });
  await board.keep(notice("One"));
  expect(given.linear.asked).toEqual(["issue", "issue", "commentCreate"]);
  expect(points.reduce((sum, each) => sum + each)).toBeLessThan(30);
});

test("a personal key goes as it is, a token as a bearer", async () => {
  const given = await givenLinear();
  expect(await given.noticeboard().keep(notice("One"))).toMatchObject({ kind: "written" });
  expect(await given.noticeboard({ key: token }).keep(notice("Two"))).toMatchObject({
    kind: "dropped",
    reason: "The account of LINEAR_API_KEY may not do this: Only the author may edit a comment.",
  });
  expect(new Set(given.requests.map(({ authorization }) => authorization))).toEqual(new Set([key, `Bearer ${token}`]));
});

test("processes that race leave one comment", async () => {
  const given = await givenLinear();
  const boards = Array.from({ length: 6 }, () => given.noticeboard());
  const outcomes = await Promise.all(boards.map((board) => board.keep(notice("One"))));
  expect(outcomes.filter(({ kind }) => kind === "dropped")).toEqual([]);
  expect(comments(given)).toHaveLength(1);
});

test("a process that dies between the comment and its answer leaves one comment", async () => {
  const given = await givenLinear();
  const forgetful =
    (fetch: Fetch): Fetch =>
    async (input, init) => {
      const response = await fetch(input, init);
      if (JSON.stringify(init?.body).includes("createComment")) throw new TypeError("fetch failed");
      return response;
    };
  expect(await given.noticeboard({ way: forgetful }).keep(notice("One"))).toMatchObject({ kind: "delayed" });
  expect(comments(given)).toHaveLength(1);
  expect(await given.noticeboard().keep(notice("One"))).toMatchObject({ kind: "written" });
  expect(comments(given).map(({ edits }) => edits)).toEqual([0]);
});

test("a comment that a person has deleted is made again, once", async () => {
  const given = await givenLinear();
  const board = given.noticeboard();
  await board.keep(notice("One"));
  given.linear.store.deleteComment(comments(given)[0]?.id ?? "");
  expect(await board.keep(notice("Two"))).toMatchObject({ kind: "delayed", retryAfterMs: minute });
  expect(comments(given)).toEqual([]);
  await given.clock.advance(minute);
  expect(await board.keep(notice("Two"))).toMatchObject({ kind: "written" });
  expect(await given.noticeboard().keep(notice("Three"))).toMatchObject({ kind: "written" });
  expect(bodies(given)).toEqual(["Three"]);
});

test("the comment stays the same one when the issue moves to another team", async () => {
  const given = await givenLinear();
  await given.noticeboard().keep(notice("One"));
  const issue = given.linear.store.findIssue("ENG-1");
  if (issue !== null) given.linear.store.move(issue, "OPS-9");
  await given.noticeboard().keep(notice("Two", "OPS-9"));
  await given.noticeboard().keep(notice("Three", "ENG-1"));
  expect(bodies(given)).toEqual(["Three"]);
});

test("two repositories have a notice each on one issue", async () => {
  const given = await givenLinear();
  const board = given.noticeboard();
  await board.keep(notice("One"));
  await board.keep({ ...notice("Other"), stream: "gh:8" as Notice["stream"] });
  expect(bodies(given)).toEqual(["One", "Other"]);
});

test("what a person must do is said, and what passes is tried again", async () => {
  const given = await givenLinear({ requestsPerHour: 7 });
  const board = given.noticeboard();
  expect(await board.keep(notice("One", "ENG-404"))).toEqual({
    kind: "dropped",
    reason: "There is no such issue, or the key may not see it.",
  });
  expect(await given.noticeboard({ key: "lin_api_old" }).keep(notice("One"))).toEqual({
    kind: "dropped",
    reason: "Linear does not accept the key: check LINEAR_API_KEY.",
  });
  const trash = given.linear.store.addIssue("ENG-2");
  trash.isTrashed = true;
  expect(await board.keep(notice("One", "ENG-2"))).toMatchObject({ kind: "dropped" });
  await board.keep(notice("One"));
  await board.keep(notice("One"));
  expect(await board.keep(notice("Two"))).toMatchObject({
    kind: "delayed",
    reason: "Linear's rate limit is reached.",
    retryAfterMs: 10 * minute,
  });
  await given.clock.advance(60 * minute);
  expect(await board.keep(notice("Two"))).toMatchObject({ kind: "written" });
  expect(bodies(given)).toEqual(["Two"]);
});

test("whatever a tenth of the answers are, there is one comment in the end and it is right", async () => {
  const given = await givenLinear({ requestsPerHour: 100_000 });
  const chance = createSeededChance("linear");
  const faulty =
    (fetch: Fetch): Fetch =>
    async (input, init) => {
      const draw = chance.next();
      if (draw < 0.03) return new Response("<html>502 Bad Gateway</html>", { status: 502 });
      if (draw < 0.05) throw new TypeError("fetch failed");
      const response = await fetch(input, init);
      if (draw < 0.08) throw new TypeError("terminated");
      return draw < 0.1 ? new Response("{", { status: 200 }) : response;
    };
  let delayed = 0;
  for (let number = 0; number < 180; number += 1) {
    const body = `Notice ${number}`;
    const board = given.noticeboard({ way: faulty });
    let outcome = await board.keep(notice(body));
    for (let tries = 0; tries < 20 && outcome.kind === "delayed"; tries += 1) {
      delayed += 1;
      await given.clock.advance(minute);
      outcome = await board.keep(notice(body));
    }
    expect(outcome.kind).toBe("written");
    expect(bodies(given)).toEqual([body]);
  }
  expect(delayed).toBeGreaterThan(20);
});

test("an answer that never comes is given up, and the key is in no message", async () => {
  const given = await givenLinear();
  const board = given.noticeboard({ way: () => () => new Promise(() => undefined) });
  const outcome = board.keep(notice("One"));
  for (let round = 0; round < 100 && given.clock.pendingCount === 0; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await given.clock.advance(30_000);
  expect(await outcome).toMatchObject({
    kind: "delayed",
    reason: "Linear could not be reached: no answer came in time.",
  });
  const talkative = given.noticeboard({
    way: () => async () =>
      Response.json({ errors: [{ message: `Bad key ${key}`, extensions: { type: "other" } }] }, { status: 400 }),
  });
  expect(JSON.stringify(await talkative.keep(notice("One")))).not.toContain(key);
});
