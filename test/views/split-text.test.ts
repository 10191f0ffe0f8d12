/** What a person reads before they approve a split, and what is left of it for whoever reads the branch. */
import { describe, expect, test } from "vitest";
import { toTaskId } from "../../src/model/ids.ts";
import type { Proposal } from "../../src/model/split.ts";
import { renderSticky } from "../../src/views/sticky-comment.ts";
import { renderPlanFile } from "../../src/views/split-text.ts";
import type { SplitView, TaskView } from "../../src/views/task-view.ts";
import { givenBlocker, givenTask, givenView } from "./given.ts";

const proposal: Proposal = {
  hash: "ab".repeat(32),
  source: "steps",
  pieces: [
    { title: "Add the table", text: "With an index.", minutes: 30, after: [] },
    { title: "Ask @octocat | #3 <b>", text: "", minutes: 90, after: [0] },
  ],
  complexity: { level: "medium", reasons: ["it names 4 files"] },
  milestone: null,
};

function given(phase: "proposed" | "opening" | "open", split: Partial<SplitView> = {}): TaskView {
  const full = {
    proposal,
    by: "mona",
    approvedBy: phase === "proposed" ? null : "ann",
    opened: [null, null],
    ...split,
  };
  return givenView({
    task: givenTask({ split: phase }),
    status: phase === "proposed" ? "pending" : "blocked",
    split: full,
  });
}

describe("the comment of a task", () => {
  test("says what is proposed, in which order and at what effort, and how to answer", () => {
    const text = renderSticky(given("proposed"));
    expect(text).toContain("**Orchestrate: a split is proposed.** It could be split into the 2 pieces below");
    expect(text).toContain(
      [
        "**Proposed: 2 pieces, read from its numbered steps, as `mona` asked**",
        "",
        "1. Add the table, 30 min",
        String.raw`2. Ask @&#8203;octocat \| #&#8203;3 &lt;b&gt;, 1 h 30 min, after 1`,
        "",
        "It is worth it: it names 4 files. With agents enough it is done in 2 rounds, 2 h together.",
      ].join("\n"),
    );
  });

  test("shows the issues as they are opened, and then how many of them are done", () => {
    const opened = [{ issue: 14, id: toTaskId(1, 14) }, null];
    expect(renderSticky(given("opening", { opened }))).toContain("1. #14 Add the table, 30 min\n2. Ask");
    const blockers = [givenBlocker({ isOpen: false }), givenBlocker()];
    expect(renderSticky({ ...given("open"), blockers })).toContain(
      "It is split into 2 pieces, of which 1 is done. It completes with the last of them.",
    );
    expect(renderSticky(given("open"))).not.toContain("Add the table");
  });
});

describe("the plan on the state branch", () => {
  test("holds the texts of the pieces until they are issues, and names those that are", () => {
    const file = renderPlanFile(given("proposed"));
    expect(file?.path).toBe("plans/12.md");
    expect(file?.text).toContain("## 1: Add the table\n\nWith an index.");
    const opened = [{ issue: 14, id: toTaskId(1, 14) }, null];
    const later = renderPlanFile(given("opening", { opened }))?.text ?? "";
    expect(later).not.toContain("With an index.");
    expect(later).toContain('"after":[],"issue":14}');
  });

  test("is none where nothing is split", () => {
    expect(renderPlanFile(givenView())).toBeNull();
  });
});
