/** What each mode puts first, mode by mode, and the ties that all of them break alike. */
import { describe, expect, test } from "vitest";
import type { Mode } from "../../src/model/mode.ts";
import { rank, type RankContext, type RankInput } from "../../src/ranking/rank.ts";

const context: RankContext = { weights: { priority: 0.4, blocker: 0.3, effort: 0.3 } };
const weekMs = 7 * 24 * 60 * 60_000;

function input(id: string, overrides: Partial<RankInput> = {}): RankInput {
  return {
    id,
    priority: 3,
    createdAt: 1_000,
    estimateMinutes: 30,
    quickWin: false,
    position: 0,
    impact: { direct: 0, transitive: 0 },
    tailMinutes: 30,
    ageMs: null,
    ...overrides,
  };
}

function order(mode: Mode, ...inputs: readonly RankInput[]): string[] {
  return rank(mode, inputs, context).map(({ id }) => id);
}

describe("priority", () => {
  test("puts the most urgent first, whatever waits for the others", () => {
    const blocker = input("blocker", { priority: 2, impact: { direct: 9, transitive: 9 } });
    expect(order("priority", blocker, input("none", { priority: 5 }), input("urgent", { priority: 1 }))).toEqual([
      "urgent",
      "blocker",
      "none",
    ]);
  });
});

describe("blocker", () => {
  test("ranks by transitive dependents, then by direct ones", () => {
    const wide = input("wide", { impact: { direct: 3, transitive: 3 } });
    const deep = input("deep", { impact: { direct: 1, transitive: 5 } });
    const deepAndWide = input("deep and wide", { impact: { direct: 2, transitive: 5 } });
    expect(order("blocker", wide, deep, deepAndWide)).toEqual(["deep and wide", "deep", "wide"]);
  });
});

describe("effort", () => {
  test("puts the smallest first and the unestimated last, however urgent", () => {
    const unknown = input("unknown", { estimateMinutes: null, priority: 1 });
    expect(
      order("effort", unknown, input("week", { estimateMinutes: 5_000 }), input("hour", { estimateMinutes: 60 })),
    ).toEqual(["hour", "week", "unknown"]);
  });
});

describe("critical", () => {
  test("puts the head of the longest remaining path first", () => {
    expect(order("critical", input("short", { tailMinutes: 20 }), input("long", { tailMinutes: 200 }))).toEqual([
      "long",
      "short",
    ]);
  });
});

describe("attack", () => {
  test("puts labelled quick wins and tasks below 15 minutes first, smallest first, then goes on by effort", () => {
    const labelled = input("labelled", { quickWin: true, estimateMinutes: 120 });
    const labelledUnknown = input("labelled, unknown", { quickWin: true, estimateMinutes: null });
    const small = input("14 minutes", { estimateMinutes: 14 });
    const border = input("15 minutes", { estimateMinutes: 15 });
    const unknown = input("unknown", { estimateMinutes: null });
    expect(order("attack", unknown, border, labelledUnknown, labelled, small)).toEqual([
      "14 minutes",
      "labelled",
      "labelled, unknown",
      "15 minutes",
      "unknown",
    ]);
  });
});

describe("balanced", () => {
  test("weighs priority, impact and effort 40/30/30, each from 0 to 1, by maxima rounded up to a power of two", () => {
    const [first] = rank(
      "balanced",
      [input("a", { priority: 1, impact: { direct: 1, transitive: 3 }, estimateMinutes: 48 })],
      context,
    );
    // 3 of 4 dependents, 48 of 64 minutes.
    expect(first?.parts).toEqual({
      priority: expect.closeTo(0.4, 10) as number,
      blocker: expect.closeTo(0.225, 10) as number,
      effort: expect.closeTo(0.075, 10) as number,
    });
    expect(first?.score).toBeCloseTo(0.7, 10);
  });
  test("does not change a score when the maximum moves between two powers of two", () => {
    const watched = input("watched", { impact: { direct: 1, transitive: 2 } });
    const scoreBeside = (transitive: number): number | undefined =>
      rank("balanced", [watched, input("other", { impact: { direct: 1, transitive } })], context).find(
        ({ id }) => id === "watched",
      )?.score;
    expect(scoreBeside(5)).toBe(scoreBeside(8));
    expect(scoreBeside(8)).not.toBe(scoreBeside(9));
  });
  test("takes the maxima of all open tasks where they are given", () => {
    const maxima = { transitive: 16, minutes: 64 };
    const [first] = rank("balanced", [input("a", { impact: { direct: 1, transitive: 4 } })], { ...context, maxima });
    expect(first?.parts["blocker"]).toBeCloseTo(0.075, 10);
  });
  test("takes weights of any sum for their proportions", () => {
    const inputs = [input("a", { priority: 1 }), input("b", { impact: { direct: 2, transitive: 2 } })];
    const percent = rank("balanced", inputs, { weights: { priority: 40, blocker: 30, effort: 30 } });
    expect(percent.map(({ score }) => score)).toEqual(rank("balanced", inputs, context).map(({ score }) => score));
  });
  test("ranks by the tie-breaks alone when all weights are zero", () => {
    const ranked = rank("balanced", [input("b", { priority: 4 }), input("a", { priority: 2 })], {
      weights: { priority: 0, blocker: 0, effort: 0 },
    });
    expect(ranked.map(({ id, score }) => [id, score])).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
  });
  test("lifts a task that has waited for eight weeks to a fresh urgent one, and not before", () => {
    const fresh = input("fresh", { priority: 1, ageMs: 0, createdAt: 100 * weekMs });
    const waiting = (weeks: number): RankInput =>
      input("waiting", { priority: 5, ageMs: weeks * weekMs, createdAt: (100 - weeks) * weekMs });
    expect(order("balanced", waiting(7.9), fresh)).toEqual(["fresh", "waiting"]);
    expect(order("balanced", waiting(8.1), fresh)).toEqual(["waiting", "fresh"]);
  });
  test("does not let age count where it is not given", () => {
    const [only] = rank("balanced", [input("a")], context);
    expect(only?.parts).not.toHaveProperty("age");
  });
});

describe("ties", () => {
  test("go by priority, then creation with the unknown last, then position, then id", () => {
    const inputs = [
      input("d", { createdAt: null, position: 0 }),
      input("e", { createdAt: null, position: 0 }),
      input("c", { createdAt: 2_000, position: 9 }),
      input("b", { createdAt: 2_000, position: 1 }),
      input("a", { priority: 2, createdAt: null, position: 99 }),
    ];
    for (const mode of ["blocker", "effort", "critical", "attack"] as const) {
      expect(order(mode, ...inputs)).toEqual(["a", "b", "c", "d", "e"]);
    }
  });
});
