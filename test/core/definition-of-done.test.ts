/** The definition of done: criteria that nobody has ticked are named, and where the configuration says so the merge is left to a person. */
import { describe, expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { readText } from "../../src/model/issue-text.ts";
import { issue, stranger, taskId, writer } from "../support/build.ts";
import { observe, taskAt, types, type Story } from "../support/given.ts";
import { merged, merging, reviewed, see, why } from "./merge-story.ts";

const half = "## Acceptance criteria\n\n- [x] Finds by number\n- [ ] Finds by name\n- Is fast";
const done = half.replace("[ ]", "[x]");

function given(criteria: "off" | "warn" | "require", merge = "auto"): Story {
  const config = merging(merge, { finished: { criteria } });
  return reviewed(config, [issue(1, { text: readText(half) })]);
}

/** Edited by somebody, with what is ticked then. */
function edit(it: Story, body: string, editedBy = writer): readonly string[] {
  const facts = { text: readText(body), hash: body, updatedAt: it.now, editedBy, editedAt: it.now };
  return types(it.tell(observe({ issues: [issue(1, facts)] })));
}

describe("the boxes of a text", () => {
  test("are open as long as nobody has ticked them; a point without a box is no box", () => {
    expect(readText(half)).toMatchObject({ criteria: 3, unticked: ["Finds by name"] });
    expect(readText(done)).not.toHaveProperty("unticked");
    expect(readText("- [ ] One\n- [X] Two\n1. [ ] Three")).toMatchObject({ criteria: 3, unticked: ["One", "Three"] });
    expect(readText("## Done when\n- [x] A\n\n## Tasks\n- [ ] B")).not.toHaveProperty("unticked");
  });
});

test("where nobody asks for it a merge asks for no box, and nothing of the boxes is kept", () => {
  const it = given("off");
  expect(taskAt(it, 1).definition.unticked).toEqual([]);
  expect(types(see(it, 1))).toContain("MergeRequested");
  const [completed] = merged(it, 1).filter(({ type }) => type === "TaskCompleted");
  expect(completed).toMatchObject({ receipt: { kind: "merge", warning: null } });
});

test("as a warning they are named while the pull request waits, and with the receipt; the merge goes on", () => {
  const it = given("warn");
  const sentence = '1 acceptance criterion is not ticked: "Finds by name".';
  const events = see(it, 1);
  expect(types(events)).toContain("MergeRequested");
  expect(why(it, 1)).toMatchObject([{ code: "merge_unticked", detail: sentence }, { code: "merge_asked" }]);
  const [completed] = merged(it, 1).filter(({ type }) => type === "TaskCompleted");
  expect(completed).toMatchObject({ receipt: { kind: "merge", warning: sentence } });
});

test("where they are required the merge is not asked for before somebody who may has ticked them", () => {
  const it = given("require");
  const putOff = { type: "MergePutOff", task: taskId(1), pull: 21, on: taskId(1), why: "criteria", file: null };
  expect(see(it, 1)).toEqual([putOff]);
  expect(see(it, 1)).toEqual([]);
  expect(why(it, 1)).toEqual([
    {
      code: "merge_unticked",
      detail:
        '1 acceptance criterion is not ticked: "Finds by name". It is not merged without a person before they are.',
    },
  ]);
  expect(edit(it, done)).toEqual(["TaskRevised", "TaskTrusted"]);
  expect(why(it, 1)).toMatchObject([{ code: "merge_when_green" }]);
  expect(types(see(it, 1))).toEqual(["MergeRequested"]);
});

test("a box that a stranger, or the agent itself, has ticked is no reason to merge", () => {
  const it = given("require");
  see(it, 1);
  edit(it, done, stranger);
  expect(types(see(it, 1))).not.toContain("MergeRequested");
  expect(why(it, 1)).toMatchObject([{ code: "needs_approval" }, {}]);
});

test("a person who merges it all the same has done it: the receipt counts, and names what is open", () => {
  const it = given("require", "person");
  see(it, 1);
  const events = merged(it, 1);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "TaskCompleted",
      task: taskId(1),
      receipt: expect.objectContaining({ kind: "merge", by: "wanda", warning: expect.stringMatching(/not ticked/) }),
    }),
  );
  expect(it.status(1)).toBe("completed");
});

test("a merge that is asked for is not done when a box was opened again meanwhile", () => {
  const it = reviewed(merging("auto", { finished: { criteria: "require" } }), [issue(1, { text: readText(done) })]);
  expect(types(see(it, 1))).toContain("MergeRequested");
  edit(it, half);
  expect(why(it, 1)).toMatchObject([{ code: "merge_unticked" }]);
  expect(types(see(it, 1))).not.toContain("MergeRequested");
});

test("what is open is in a snapshot, and an older one without it has none", () => {
  const it = given("warn");
  const again = fromSnapshot(toSnapshot(it.state));
  expect(again.tasks.get(taskId(1))?.definition.unticked).toEqual(["Finds by name"]);
  const older = fromSnapshot(toSnapshot(it.state).map((line) => line.replace(/,"unticked":\[[^\]]*\]/, "")));
  expect(older.tasks.get(taskId(1))?.definition.unticked).toEqual([]);
});

test("secrets and more than anybody reads are not kept of them", () => {
  const body = Array.from({ length: 30 }, (_, at) => `- [ ] ${at} ghp_0123456789abcdefghij0123456789abcdef`).join("\n");
  const config = merging("auto", { finished: { criteria: "warn" } });
  const it = reviewed(config, [issue(1, { text: readText(body) })]);
  const { unticked = [] } = taskAt(it, 1).definition;
  expect(unticked).toHaveLength(20);
  expect(unticked[0]).toBe("0 [removed]");
  see(it, 1);
  expect(why(it, 1)[0]?.detail).toBe(
    '20 acceptance criteria are not ticked: "0 [removed]", "1 [removed]", "2 [removed]", and 17 more.',
  );
});
