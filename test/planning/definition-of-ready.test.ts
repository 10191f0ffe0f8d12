/** Whether an issue says enough: what is read off its text, and what of the definition of ready it lacks. */
import { describe, expect, it, test } from "vitest";
import { defaultConfig } from "../../src/model/config.ts";
import { readText } from "../../src/model/issue-text.ts";
import { describeLacks, findLacks } from "../../src/planning/definition-of-ready.ts";

const strict = { ...defaultConfig.ready, goal: true, criteria: true, estimate: true, minimumLength: 40 };

describe("a goal is", () => {
  it.each([
    ["a section of that name with text", "## Goal\n\nFewer clicks."],
    ["a field of a form", "### Problem statement\n\nIt hurts.\n\n### More\n\nx"],
    ["a line", "Some words.\n\nGoal: fewer clicks"],
    ["a bold line", "**Why:** it hurts"],
    ["a user story", "As a buyer, I want to see the total so that I trust it."],
  ])("%s", (_, body) => {
    expect(readText(body).hasGoal).toBe(true);
  });

  it.each([
    ["no prose without a name", "It would be nice to have fewer clicks."],
    ["no empty section", "## Goal\n\n## Notes\n\nText."],
    ["no field of a form that was left empty", "### Goal\n\n_No response_\n"],
    ["nothing in a comment", "<!-- Goal: say what it is for -->"],
    ["nothing in code", "```\nGoal: x\n```"],
    ["no other word that begins alike", "## Goalkeeper\n\nHe is out."],
  ])("%s", (_, body) => {
    expect(readText(body).hasGoal).toBe(false);
  });
});

test("criteria are the points of their section, or else a checklist; what is hidden or code counts nowhere", () => {
  expect(readText("## Acceptance criteria\n- one\n- two\n\n## Notes\n- no").criteria).toBe(2);
  expect(readText("- [ ] one\n- [x] two\n- three").criteria).toBe(2);
  expect(readText("- three\n<!-- - [ ] hidden -->\n```\n- [ ] code\n```").criteria).toBe(0);
  expect(readText("").criteria).toBe(0);
});

test("the length is what people read, blanks counted once", () => {
  expect(readText("a  b\n\n\nc<!-- hidden text -->").characters).toBe(5);
});

test("an issue lacks what is asked for and is not there, in one order; by default nothing is asked for", () => {
  const described = { text: readText("Do it."), isEstimated: false, isContainer: false };
  expect(findLacks(described, strict)).toEqual(["goal", "criteria", "length", "estimate"]);
  expect(findLacks(described, defaultConfig.ready)).toEqual([]);
  const body = "Goal: fewer clicks, so that more people buy\n\n- [ ] two clicks at most";
  expect(findLacks({ text: readText(body), isEstimated: true, isContainer: false }, strict)).toEqual([]);
});

test("nothing is held against a text that nobody has read, or against an issue that stands for its sub-issues", () => {
  const rules = { ...strict, estimate: false };
  expect(findLacks({ text: null, isEstimated: false, isContainer: false }, rules)).toEqual([]);
  expect(findLacks({ text: readText(""), isEstimated: false, isContainer: true }, strict)).toEqual([]);
});

test("people are told all of it in one sentence, with where it is looked for", () => {
  expect(describeLacks(["estimate"])).toBe(
    "It does not meet the definition of ready: it lacks an estimate (a label such as `estimate:2h`).",
  );
  expect(describeLacks(["goal", "criteria"])).toMatch(/lacks a goal \(.*\) and acceptance criteria \(.*\)\.$/);
});

test("a huge and hostile text is read quickly", () => {
  for (const piece of ["# ", "<!--", "- [ ] ", "As a ", "Goal", "```\n", " ", "#"]) {
    expect(readText(`# a${piece.repeat(60_000)}x`).criteria).toBeGreaterThanOrEqual(0);
  }
});
