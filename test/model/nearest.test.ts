import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../src/model/nearest.ts";
import { parseDuration } from "../../src/model/duration.ts";

test.each([
  ["retyr", "retry"],
  ["Retry", "retry"],
  ["retri", "retry"],
  ["cancle", "cancel"],
  ["canceled", "cancel"],
  ["x", null],
  ["", null],
  ["completely different", null],
])("%j is nearest to %j", (word, expected) => {
  expect(nearest(word, ["retry", "cancel", "complete"])).toBe(expected);
});

test("a word is nearest to itself, whatever else there is", () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(word, fc.array(word), (wanted, others) => {
      expect(nearest(wanted, [...others, wanted])).toBe(wanted);
    }),
  );
});

test("a duration that is no number of milliseconds is refused, because JSON could not store it", () => {
  expect(parseDuration("9".repeat(400))).toBeNull();
  expect(parseDuration("90s")).toBe(90_000);
});
