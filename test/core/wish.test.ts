import { describe, expect, test } from "vitest";
import { wishOf } from "../../src/core/wish.ts";
import { blocker, configOf, issue } from "../support/build.ts";
import { observe, story, taskAt } from "../support/given.ts";

describe("a task that urgent work waits for", () => {
  /** Whether the first of two issues, which the urgent second one waits for, takes whoever is free. */
  function isUrgent(inherit: boolean): boolean {
    const it = story(configOf({ blockers: { inherit } }));
    const urgent = issue(2, { labels: ["orchestrate", "priority:urgent"], blockedBy: [blocker(1)] });
    it.tell(observe({ issues: [issue(1), urgent] }));
    return wishOf(it.state, taskAt(it, 1), { now: it.now, config: it.config }).isUrgent;
  }

  test("takes whoever is free, as urgent work does", () => {
    expect(isUrgent(true)).toBe(true);
  });

  test("has its own priority only where the configuration says so", () => {
    expect(isUrgent(false)).toBe(false);
  });
});
