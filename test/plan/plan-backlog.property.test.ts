/** Plans of thousands of small random backlogs against an oracle that works each answer out again from the whole backlog. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planBacklog } from "../../src/plan/backlog.ts";
import { readBacklog } from "../../src/plan/input.ts";
import { modes } from "../../src/model/mode.ts";
import type { Plan } from "../../src/model/plan.ts";
import { anyBacklog, type Given, Oracle } from "./oracle.ts";

function plan(given: Given, mode: string): Plan {
  return planBacklog(readBacklog({ ...given, mode }));
}

const eachKind = fc.oneof(anyBacklog("earlier"), anyBacklog("any"));

describe.each(modes)("in mode %s", (mode) => {
  test("the order is to take the best startable task again and again, and what is ready comes in the same order", () => {
    fc.assert(
      fc.property(eachKind, (given) => {
        const oracle = new Oracle(given);
        fc.pre(mode !== "balanced" || !oracle.hasNarrowScores());
        const { order, ready } = plan(given, mode);
        expect(order).toEqual(oracle.order(mode));
        const startable = oracle.ready();
        expect(ready).toEqual(order.filter((id) => startable.has(id)));
      }),
      { numRuns: 700 },
    );
  });
});

test("impact, blockers, stages and critical path are those of the open work", () => {
  fc.assert(
    fc.property(eachKind, (given) => {
      const oracle = new Oracle(given);
      const { impact, blocked, stages, criticalPath, scores } = plan(given, "balanced");
      const open = oracle.open();
      expect([...scores.keys()]).toEqual(open.map(({ id }) => id));
      expect(Object.fromEntries(impact)).toEqual(
        Object.fromEntries(
          open.map(({ id }) => [id, { direct: oracle.direct(id).length, transitive: oracle.transitive(id) }]),
        ),
      );
      const waiting = open.map((task) => [task.id, oracle.blockers(task)] as const).filter(([, ids]) => ids.length > 0);
      expect(Object.fromEntries(blocked)).toEqual(Object.fromEntries(waiting));
      expect(stages).toEqual(oracle.stages());
      const tails = oracle
        .stages()
        .flat()
        .map((id) => oracle.tail(id));
      expect(criticalPath.minutes).toBe(Math.max(0, ...tails));
      const sum = criticalPath.tasks.reduce((minutes, id) => minutes + oracle.minutes(id), 0);
      expect(sum).toBe(criticalPath.minutes);
      for (const [place, id] of criticalPath.tasks.slice(1).entries())
        expect(oracle.direct(criticalPath.tasks[place] ?? "")).toContain(id);
    }),
    { numRuns: 1_000 },
  );
});

test("every circle that is reported goes round, and every task that waits for itself is in a knot with a reported one", () => {
  fc.assert(
    fc.property(anyBacklog("any"), (given) => {
      const oracle = new Oracle(given);
      const { cycles, order } = plan(given, "priority");
      for (const cycle of cycles) {
        for (const [place, id] of cycle.entries()) {
          const next = given.tasks.find((task) => task.id === cycle[(place + 1) % cycle.length]);
          expect(oracle.edges(next ?? { id: "" }).map((edge) => edge.id)).toContain(id);
        }
      }
      const cyclic = oracle.open().filter(({ id }) => oracle.isCyclic(id));
      expect(cycles.length > 0).toBe(cyclic.length > 0);
      expect(cyclic.filter(({ id }) => order.includes(id))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("balanced scores weigh priority, impact and effort of the open work, with age only where the time is given", () => {
  fc.assert(
    fc.property(eachKind, (given) => {
      const oracle = new Oracle(given);
      const { scores } = plan(given, "balanced");
      for (const task of oracle.open()) expect(scores.get(task.id)).toBeCloseTo(oracle.score(task), 9);
    }),
    { numRuns: 300 },
  );
});

test("a status that only says whether a task waits changes nothing", () => {
  fc.assert(
    fc.property(eachKind, fc.constantFrom("pending", "ready", "blocked", "upstream_failed"), (given, status) => {
      const isDerived = (said = "pending"): boolean => ["pending", "ready", "blocked"].includes(said);
      const tasks = given.tasks.map((task) => (isDerived(task.status) ? { ...task, status } : task));
      expect(plan({ ...given, tasks }, "critical")).toEqual(plan(given, "critical"));
    }),
    { numRuns: 300 },
  );
});
