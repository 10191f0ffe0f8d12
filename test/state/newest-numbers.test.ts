/** The newest few numbers, against a list that forgets. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { NewestNumbers } from "../../src/state/newest-numbers.ts";
import { UndoLog } from "../../src/state/undo.ts";

const values = fc.array(fc.nat(1_000), { maxLength: 20 });

test("hold what a list of the newest holds, and what was noted in a decision that is given up was never noted", () => {
  fc.assert(
    fc.property(values, values, fc.integer({ min: 1, max: 6 }), (before, within, max) => {
      const undo = new UndoLog();
      const numbers = new NewestNumbers(undo, max, before);
      const mark = undo.mark();
      // Asked in between, so that what was found is not told of another row.
      expect([...numbers.sorted()]).toEqual(before.slice(-max).toSorted((a, b) => a - b));
      for (const value of within) numbers.note(value);
      const all = [...before, ...within].slice(-max);
      expect(numbers.list()).toEqual(all);
      expect([...numbers.sorted()]).toEqual(all.toSorted((a, b) => a - b));
      expect(undo.before(() => numbers.list())).toEqual(before.slice(-max));
      expect(numbers.list()).toEqual(all);
      undo.takeBack(mark);
      expect([numbers.list(), [...numbers.sorted()]]).toEqual([
        before.slice(-max),
        before.slice(-max).toSorted((a, b) => a - b),
      ]);
    }),
  );
});

test("come back when what was taken back is brought in force", () => {
  const undo = new UndoLog();
  const numbers = new NewestNumbers(undo, 2, [1, 2]);
  undo.mark();
  for (const value of [3, 4, 5]) numbers.note(value);
  const bringBack = undo.suspend();
  expect(numbers.list()).toEqual([1, 2]);
  bringBack();
  expect([numbers.list(), numbers.size]).toEqual([[4, 5], 2]);
});
