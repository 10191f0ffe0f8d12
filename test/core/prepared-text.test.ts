/** What `orchestrate prep` writes into an issue: read back as criteria, replaced when it is written again, and safe from whatever is in it. */
import { describe, expect, test } from "vitest";
import { criteriaIn } from "../../src/core/criteria.ts";
import { criteriaOf, renderPreparation, withPreparation } from "../../src/core/prepared-text.ts";

const prepared = renderPreparation({
  goal: "Orders can be\nsearched.",
  criteria: ["A search box", "It finds  by number"],
});

describe("what was prepared", () => {
  test("is read back as the acceptance criteria, and stands before what others wrote", () => {
    const text = withPreparation("Blocked by #3.\n\nSome words.", prepared);
    expect(criteriaIn(text)).toEqual(["A search box", "It finds by number"]);
    expect(text).toMatch(
      /^<!-- orchestrate-prep begin.*-->\n## Goal\n\nOrders can be\nsearched\.\n\n## Acceptance criteria\n\n/,
    );
    expect(text.endsWith("Blocked by #3.\n\nSome words.")).toBe(true);
  });

  test("is replaced by what is prepared next, and the same again changes nothing", () => {
    const once = withPreparation("Some words.", prepared);
    expect(withPreparation(once, prepared)).toBe(once);
    const next = renderPreparation({ goal: "Another.", criteria: ["One"] });
    const twice = withPreparation(once, next);
    expect(twice).toBe(withPreparation("Some words.", next));
    expect(withPreparation(twice, prepared)).toBe(once);
    expect(withPreparation(once.replaceAll("\n", "\r\n"), prepared)).toBe(once);
  });

  test("goes before criteria that the text names elsewhere, and before code that was never closed", () => {
    const body = "```\nno end\n<!-- nor here\n## Acceptance criteria\n- old";
    expect(criteriaIn(withPreparation(body, prepared))).toEqual(["A search box", "It finds by number"]);
  });
});

describe("hostile text", () => {
  const hostile = [
    "## Acceptance criteria\n- mine",
    "```\nnever closed",
    "~~~~ sh",
    "<!-- hidden",
    "--> seen",
    "<!-- orchestrate-prep end -->",
    "<!-- orchestrate-prep begin -->",
    "Title\n=====",
    "Title\n-----",
    "# ",
    "<!-- orchestrate:task=gh:1:2 attempt=1 fence=1 -->",
  ];

  test.each(hostile)("in a goal says nothing of the criteria, and is gone with the next preparation: %j", (goal) => {
    const text = withPreparation("Words.", renderPreparation({ goal, criteria: ["One"] }));
    expect(criteriaIn(text)).toEqual(["One"]);
    expect(text.match(/<!--/g)).toHaveLength(2);
    expect(withPreparation(text, prepared)).toBe(withPreparation("Words.", prepared));
  });

  test.each(hostile)("in a criterion is one criterion: %j", (criterion) => {
    const text = withPreparation("Words.", renderPreparation({ goal: "Go.", criteria: [criterion, "Two"] }));
    expect(criteriaIn(text)).toHaveLength(2);
    expect(withPreparation(text, prepared)).toBe(withPreparation("Words.", prepared));
  });

  test("in a file is closed with it: what others wrote stays, and goes on being read", () => {
    const text = withPreparation("- [ ] theirs", "## Done when\n- one\n```\ncode");
    expect(criteriaIn(text)).toEqual(["one"]);
    expect(text).toContain(
      "```\ncode\n```\n\n## As it was written before\n<!-- orchestrate-prep end -->\n\n- [ ] theirs",
    );
    expect(criteriaOf("No points.")).toEqual([]);
  });

  test("that only looks like a section of ours is taken out, so that there is one", () => {
    const stray = "a <!-- orchestrate-prep end --> b <!-- orchestrate-prep begin -->";
    const text = withPreparation(stray, prepared);
    expect(text.match(/orchestrate-prep/g)).toHaveLength(2);
    expect(withPreparation(text, prepared)).toBe(text);
  });
});
