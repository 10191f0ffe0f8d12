/** What an agent's attempts say of its chances. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { historyOf } from "../../src/matching/history.ts";

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
