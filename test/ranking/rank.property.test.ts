/** What must hold in every mode for any candidates: replicas that disagree on the order would start different work. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modes } from "../../src/model/mode.ts";
import { compare, rank, type RankInput } from "../../src/ranking/rank.ts";

/** Few distinct values, so that ties are common. */
const anyInput: fc.Arbitrary<Omit<RankInput, "id">> = fc.record({
  priority: fc.constantFrom(1, 2, 3, 4, 5),
  createdAt: fc.option(fc.integer({ min: 0, max: 5 })),
  estimateMinutes: fc.option(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1e6, noNaN: true }))),
  quickWin: fc.boolean(),
  position: fc.integer({ min: 0, max: 5 }),
  impact: fc.record({ direct: fc.nat(3), transitive: fc.nat(9) }),
  tailMinutes: fc.integer({ min: 1, max: 100 }),
  ageMs: fc.option(fc.integer({ min: 0, max: 1e11 })),
});
const anyInputs = fc
  .array(anyInput, { minLength: 1, maxLength: 12 })
  .map((inputs) => inputs.map((input, index): RankInput => ({ ...input, id: `task ${index}` })));
const anyMode = fc.constantFrom(...modes);
const share = fc.double({ min: 0, max: 10, noNaN: true });
const weights = fc.record({ priority: share, blocker: share, effort: share });
const maxima = { transitive: 9, minutes: 1e6 };

describe("in every mode", () => {
  test("the order is total: antisymmetric, transitive, and a tie only with oneself", () => {
    fc.assert(
      fc.property(anyMode, weights, anyInputs, (mode, given, inputs) => {
        const order = compare(mode, { weights: given, maxima });
        for (const a of inputs) {
          for (const b of inputs) {
            expect(Math.sign(order(a, b)) + Math.sign(order(b, a))).toBe(0);
            expect(order(a, b) === 0).toBe(a.id === b.id);
            const between = inputs.filter((c) => order(a, c) < 0 && order(c, b) < 0);
            expect(between.length > 0 && order(a, b) >= 0).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
  test("the order in which candidates are given changes nothing", () => {
    const shuffled = anyInputs.chain((inputs) =>
      fc.tuple(fc.constant(inputs), fc.shuffledSubarray(inputs, { minLength: inputs.length })),
    );
    fc.assert(
      fc.property(anyMode, weights, shuffled, (mode, given, [inputs, others]) => {
        expect(rank(mode, others, { weights: given })).toEqual(rank(mode, inputs, { weights: given }));
      }),
    );
  });
  test("every candidate is ranked once, with a finite score that never rises down the list", () => {
    fc.assert(
      fc.property(anyMode, weights, anyInputs, (mode, given, inputs) => {
        const ranked = rank(mode, inputs, { weights: given });
        expect(ranked.map(({ id }) => id).toSorted()).toEqual(inputs.map(({ id }) => id).toSorted());
        const scores = ranked.map(({ score }) => score);
        expect(scores.filter((score) => !Number.isFinite(score))).toEqual([]);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });
  test("sorting by the comparator gives the ranking", () => {
    fc.assert(
      fc.property(anyMode, weights, anyInputs, (mode, given, inputs) => {
        const sorted = inputs.toSorted(compare(mode, { weights: given, maxima }));
        const ranked = rank(mode, inputs, { weights: given, maxima });
        expect(ranked.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
      }),
    );
  });
});

describe("ageing", () => {
  test("never reorders two tasks that have waited side by side, however long", () => {
    const pair = fc.tuple(anyInput, anyInput, fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }));
    fc.assert(
      fc.property(pair, weights, fc.integer({ min: 0, max: 1e10 }), ([a, b, bornA, bornB], given, later) => {
        const now = 1e9;
        const at = (instant: number): readonly { id: string; score: number }[] =>
          rank(
            "balanced",
            [
              { ...a, id: "a", createdAt: bornA, ageMs: instant - bornA },
              { ...b, id: "b", createdAt: bornB, ageMs: instant - bornB },
            ],
            { weights: given, maxima },
          );
        const [first, second] = at(now);
        const gap = (first?.score ?? 0) - (second?.score ?? 0);
        // Below the precision of the sum the two are equal, and either may stand first.
        fc.pre(gap > 1e-9);
        expect(at(now + later).map(({ id }) => id)).toEqual([first?.id, second?.id]);
      }),
    );
  });
});
