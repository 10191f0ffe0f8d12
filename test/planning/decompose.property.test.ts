/** Whatever a text says: pieces are few, never wait in a circle, and add up to the whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decompose } from "../../src/planning/decompose.ts";
import { openingOrder } from "../../src/planning/order-pieces.ts";

const word = fc.constantFrom(
  "table",
  "form",
  "after step 2",
  "depends on step 1",
  "(30m)",
  "(2h)",
  "@ada",
  "after Build",
  "```",
  "<!--",
  "-->",
  "needs step 9",
);
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(" "));
const line = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "  ", "    "), fc.constantFrom("- [ ] ", "- [x] ", "- ", "1. ", "2. ", "3. [ ] "), words)
    .map((parts) => parts.join("")),
  words.map((text) => `## ${text}`),
  fc.constantFrom("", "## Build", "## Tasks", "## Acceptance criteria", "## Context", "/orchestrate approve"),
  fc.string({ maxLength: 30 }),
);
const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join("\n"));

test("pieces are 2 to 20, wait for others of the proposal and in no circle, and the same text gives the same", () => {
  fc.assert(
    fc.property(text, fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: null }), (body, minutes) => {
      const found = decompose({ body, minutes });
      expect(decompose({ body, minutes })).toEqual(found);
      if (found.kind === "none") return;
      const { pieces } = found;
      expect(pieces.length).toBeGreaterThanOrEqual(2);
      expect(pieces.length).toBeLessThanOrEqual(20);
      // Each has its place in an order only where nothing waits for itself.
      expect(openingOrder(pieces).toSorted((a, b) => a - b)).toEqual(pieces.map((_, at) => at));
      for (const { title, text: own, after } of pieces) {
        expect(title).not.toBe("");
        expect(`${title}\n${own}`).not.toMatch(/@\w|<!--|^\s*\/orchestrate/m);
        expect([...new Set(after)].toSorted((a, b) => a - b)).toEqual(after);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("efforts add up to that of the whole wherever it leaves something for each", () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 1, max: 300 }), { nil: null }), { minLength: 2, maxLength: 20 }),
      fc.integer({ min: 1, max: 6_000 }),
      (written, minutes) => {
        const body = written
          .map((each, at) => `- [ ] Piece ${at}${"!".repeat(at * 37)}${each === null ? "" : ` (${each}m)`}`)
          .join("\n");
        const found = decompose({ body, minutes });
        const efforts = found.kind === "pieces" ? found.pieces.map((piece) => piece.minutes) : [];
        expect(efforts.map((each, at) => written[at] === null || each === written[at])).toEqual(
          written.map(() => true),
        );
        const open = written.filter((each) => each === null).length;
        const left = minutes - written.reduce<number>((sum, each) => sum + (each ?? 0), 0);
        const isShared = open > 0 && left >= open;
        expect(efforts.filter((each) => each === null)).toHaveLength(isShared ? 0 : open);
        const total = efforts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
        expect(total).toBe(isShared ? minutes : minutes - left);
        expect(efforts.every((each) => each === null || each >= 1)).toBe(true);
      },
    ),
  );
});
