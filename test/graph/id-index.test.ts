/** Ids to numbers: what would go wrong here would tie dependencies to the wrong tasks. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdIndex, indexIds } from "../../src/graph/id-index.ts";

/** Of few characters, so that many end alike or are almost the same. */
const id = fc.oneof(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 }), fc.string());

describe("the index of ids", () => {
  test("knows every id by its place, and no other", () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 200 }), fc.array(id), (ids, others) => {
        const index = indexIds(ids);
        expect(ids.map((each) => index.find(each))).toEqual(ids.map((_, place) => place));
        for (const other of others) expect(index.find(other)).toBe(ids.indexOf(other));
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
    expect(ids.filter((each, place) => index.find(each) !== place)).toEqual([]);
    expect(index.find("another-of-the-same-ending")).toBe(-1);
    expect(() => indexIds([...ids, "7-of-the-same-ending"])).toThrow("given twice");
  });
  test("finds ids of a hundred thousand issues, and not those beside them", () => {
    const idOf = (number: number): string => `gh:734512:${2_345_678_901 + 3 * number}`;
    const ids = Array.from({ length: 100_000 }, (_, number) => idOf(number));
    const index = indexIds(ids);
    expect(ids.filter((each, place) => index.find(each) !== place)).toEqual([]);
    expect(index.find(idOf(-1))).toBe(-1);
    expect(index.find(idOf(100_000))).toBe(-1);
  });
  test("gives numbers in turn, and takes back the last ones as often as it is asked to", () => {
    const step = fc.oneof({ weight: 4, arbitrary: id }, { weight: 1, arbitrary: fc.constant(null) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const index = new IdIndex();
        const known: string[] = [];
        for (const each of steps) {
          if (each === null) {
            index.removeLast();
            known.pop();
            continue;
          }
          if (!known.includes(each)) known.push(each);
          expect(index.number(each)).toBe(known.indexOf(each));
        }
        expect(index.size).toBe(known.length);
        expect(known.map((each) => index.find(each))).toEqual(known.map((_, place) => place));
        expect(known.map((_, place) => index.idOf(place))).toEqual(known);
        const gone = steps.flatMap((each) => (each === null || known.includes(each) ? [] : [index.find(each)]));
        expect(gone.filter((number) => number !== -1)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
