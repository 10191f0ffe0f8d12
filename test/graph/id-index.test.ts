/** Ids to numbers: what would go wrong here would tie dependencies to the wrong tasks. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexIds } from "../../src/graph/id-index.ts";

/** Of few characters, so that many end alike or are almost the same. */
const id = fc.oneof(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 }), fc.string());

describe("the index of ids", () => {
  test("knows every id by its place, and no other", () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 200 }), fc.array(id), (ids, others) => {
        const index = indexIds(ids);
        expect(ids.map((each) => index.get(each))).toEqual(ids.map((_, place) => place));
        for (const other of others) expect(index.get(other)).toBe(ids.includes(other) ? ids.indexOf(other) : undefined);
      }),
      { numRuns: 1_000 },
    );
  });
  test("refuses an id that occurs twice, wherever", () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1 }), fc.nat(), (ids, place) => {
        const twice = ids[place % ids.length] ?? "";
        expect(() => indexIds([...ids, twice])).toThrow(`Task ${twice} is given twice`);
      }),
    );
  });
  test("is right, and not slow, about ids that all end alike", () => {
    const ids = Array.from({ length: 100_000 }, (_, place) => `${place}-of-the-same-ending`);
    const index = indexIds(ids);
    expect(ids.filter((each, place) => index.get(each) !== place)).toEqual([]);
    expect(index.get("another-of-the-same-ending")).toBeUndefined();
    expect(() => indexIds([...ids, "7-of-the-same-ending"])).toThrow("given twice");
  });
  test("finds ids of a hundred thousand issues, and not those beside them", () => {
    const idOf = (number: number): string => `gh:734512:${2_345_678_901 + 3 * number}`;
    const ids = Array.from({ length: 100_000 }, (_, number) => idOf(number));
    const index = indexIds(ids);
    expect(ids.filter((each, place) => index.get(each) !== place)).toEqual([]);
    expect(index.get(idOf(-1))).toBeUndefined();
    expect(index.get(idOf(100_000))).toBeUndefined();
  });
});
