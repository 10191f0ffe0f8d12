/** What an agent's attempts say of its chances. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { historyOf as history, type Past } from "../../src/matching/history.ts";

const shares = { success: 0.5, time: 0.3, quality: 0.2 };
const historyOf = (past: Past): number | null => history(past, shares);

test("no attempts say nothing", () => {
  expect(historyOf({ successes: 0, failures: 0 })).toBeNull();
});

test("a first failure lowers .7 a little, twenty in a row a lot, and twenty successes nearly reach 1", () => {
  expect(historyOf({ successes: 0, failures: 1 })).toBeCloseTo(3.5 / 6, 12);
  expect(historyOf({ successes: 0, failures: 20 })).toBeCloseTo(0.14, 12);
  expect(historyOf({ successes: 20, failures: 0 })).toBeCloseTo(0.94, 12);
});

test("the rate stays within 0 and 1, rises with every success and falls with every failure", () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(1_000), (successes, failures) => {
      const now = historyOf({ successes, failures }) ?? 0.7;
      const risen = historyOf({ successes: successes + 1, failures }) ?? 0;
      const fallen = historyOf({ successes, failures: failures + 1 }) ?? 1;
      expect(fallen).toBeGreaterThan(0);
      expect(fallen).toBeLessThan(now);
      expect(risen).toBeGreaterThan(now);
      expect(risen).toBeLessThan(1);
    }),
  );
});

test("who takes longer than was estimated is worth less than who is in time, and more than who fails", () => {
  const [timely, late, failing] = [100, 40, null].map((timeliness) =>
    timeliness === null
      ? historyOf({ successes: 5, failures: 5 })
      : historyOf({ successes: 10, failures: 0, timed: 10, timeliness: 10 * timeliness }),
  );
  expect([timely, late, failing].map((value) => Math.round(100 * (value ?? 0)))).toEqual([90, 78, 65]);
});

test("work that is sent back lowers it by the share of quality, and without any other share is all that counts", () => {
  expect(historyOf({ successes: 10, failures: 0 })).toBeCloseTo(0.9, 12);
  expect(historyOf({ successes: 10, failures: 0, reworks: 10 })).toBeCloseTo((0.5 * 0.9 + 0.2 * 0.54) / 0.7, 12);
  expect(history({ successes: 10, failures: 0, reworks: 10 }, { success: 0, time: 0, quality: 1 })).toBeCloseTo(
    0.54,
    12,
  );
});

test("where no share is left nothing is known", () => {
  expect(history({ successes: 10, failures: 0 }, { success: 0, time: 1, quality: 0 })).toBeNull();
});
