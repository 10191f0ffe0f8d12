/** Why a text is better split, in the words that a person reads. */
import { expect, test } from "vitest";
import { assessComplexity } from "../../src/planning/complexity.ts";
import { decompose } from "../../src/planning/decompose.ts";

function judge(body: string, minutes: number | null = null) {
  const found = decompose({ body, minutes });
  return assessComplexity({ title: "Do it", body, minutes, pieces: found.kind === "pieces" ? found.pieces : [] });
}

test("a short text about one thing is no complex one", () => {
  expect(judge("- [ ] Rename the button\n- [ ] Rename the menu", 20)).toEqual({ level: "low", reasons: [] });
});

test("length, files, kinds of work, an order and open questions are each a reason, and three make it complex", () => {
  const files = "src/a/one.ts, src/a/two.ts, `three.ts` and docs/four.md";
  const body = `Touches ${files}. Which format? Who decides?\n\n1. Write the migration\n2. Show it in the UI\n3. Write tests`;
  expect(judge(body, 150)).toEqual({
    level: "high",
    reasons: [
      "it is estimated at 150 min, and more than 30 are long for one go",
      "it names 4 files",
      "it is several kinds of work (data, frontend, tests, documentation)",
      "its parts build on each other, 3 in a row",
      "it leaves 2 questions open",
    ],
  });
});

test("where nobody has estimated the whole, its pieces are added up", () => {
  expect(judge("- [ ] One (20m)\n- [ ] Two (20m)")).toEqual({
    level: "medium",
    reasons: ["it is estimated at 40 min, and more than 30 are long for one go"],
  });
});
