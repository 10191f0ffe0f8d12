/** From a piece to its issue: what it says, what it carries, what it waits for, and when there is nothing to open. */
import { expect, test } from "vitest";
import { openPieces } from "../../src/engine/open-pieces.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { toWaitId } from "../../src/model/external-wait.ts";
import { blocker, configOf, issue, taskId } from "../support/build.ts";
import { instruct, observe, story, type Story } from "../support/given.ts";

const config = configOf();

function given(facts: Partial<IssueFacts> = {}): Story {
  const it = story();
  it.tell(observe({ issues: [issue(1, { hash: "ab".repeat(32), ...facts })] }));
  const text = { body: "1. Table (45m)\n   with an index\n2. Form", hash: "ab".repeat(32), milestone: 3 };
  it.tell({ ...instruct(1, { verb: "split" }), text } as Parameters<Story["tell"]>[0]);
  it.tell({ ...instruct(1, { verb: "approve" }), text } as Parameters<Story["tell"]>[0]);
  return it;
}

function piece(number: number) {
  return { type: "OpenPiece", task: taskId(1), piece: number } as const;
}

test("a piece carries what its parent says of the work and its own estimate, and who approved it", () => {
  const labels = [
    "orchestrate",
    "area/db",
    "needs:rust",
    "prefers:sql",
    "p1",
    "estimate:2h",
    "agent:jules",
    "mode:effort",
    "quick-win",
    "hold",
  ];
  const it = given({ labels });
  expect(openPieces(it.state).find(piece(0), config)).toEqual({
    piece: { task: taskId(1), hash: "ab".repeat(8), piece: 0 },
    parent: 1,
    after: [],
    milestone: 3,
    title: "Table",
    body: "with an index\n\n<sub>Piece 1 of 2 of #1, which says what it is for; split by Orchestrate and approved by `wanda`.</sub>",
    labels: ["orchestrate", "area/db", "needs:rust", "prefers:sql", "priority:high", "estimate:45m"],
  });
});

test("a piece comes after those before it, which it knows from the log or from this very moment, and else waits for them", () => {
  const it = given();
  const pieces = openPieces(it.state);
  expect(pieces.find(piece(1), config)).toMatchObject({ kind: "delayed", reason: expect.stringContaining("Piece 1") });
  pieces.note(piece(0), { kind: "created", number: 11, id: taskId(11) });
  const after = [{ issue: 11, id: taskId(11) }];
  expect(pieces.find(piece(1), config)).toMatchObject({
    after,
    body: expect.stringMatching(/^Blocked by #11\.\n\n<sub>/),
  });
});

test("the first pieces wait for whatever the whole still waits for", () => {
  const date = toWaitId({ kind: "date", at: 2_000_000_000_000, written: "" }, "o/r");
  const flow = toWaitId({ kind: "workflow", file: "ci.yml", branch: "main" }, "o/r");
  const it = given({
    blockedBy: [
      blocker(7),
      blocker(8, { state: "completed" }),
      blocker(9, { kind: "soft", partial: true, reference: "octo/api#9" }),
      blocker(10, { id: date, reference: "2033-05-18T03:33Z", waitsFor: "date", source: "body" }),
      blocker(12, { id: flow, reference: "workflow ci.yml on main", waitsFor: "workflow", source: "body" }),
    ],
  });
  const pieces = openPieces(it.state);
  const first = pieces.find(piece(0), config);
  const lines = "body" in first ? first.body.split("\n\n")[0]?.split("\n").toSorted() : [];
  expect(lines).toEqual([
    "Blocked by #7.",
    "Not before: 2033-05-18T03:33Z.",
    "Soft depends on octo/api#9 (partial).",
    "Waits for workflow ci.yml on main.",
  ]);
  pieces.note(piece(0), { kind: "created", number: 11, id: taskId(11) });
  expect(pieces.find(piece(1), config)).toMatchObject({ body: expect.not.stringContaining("#7") });
});

test("a split is not approved while a person is waited for, whom nobody would ask again", () => {
  const ada = toWaitId({ kind: "person", login: "ada" }, "o/r");
  const it = given({ blockedBy: [blocker(7, { id: ada, reference: "@ada", waitsFor: "person", source: "body" })] });
  expect(it.state.tasks.get(taskId(1))?.split).toBe("proposed");
  expect(it.entries.at(-1)?.events.at(-1)).toMatchObject({
    reaction: "-1",
    answer: expect.stringMatching(/^It waits for `@ada`.*`\/orchestrate unblock @ada`/),
  });
});

test("nothing is opened for a task that is not split any more", () => {
  const it = given();
  it.tell(instruct(1, { verb: "cancel" }));
  expect(openPieces(it.state).find(piece(0), config)).toMatchObject({ kind: "dropped" });
});
