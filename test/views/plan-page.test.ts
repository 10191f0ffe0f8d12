/** The page of a plan: what a person at a terminal reads, whatever the backlog holds. */
import { expect, test } from "vitest";
import type { Plan } from "../../src/model/plan.ts";
import { renderComparison } from "../../src/views/plan-comparison.ts";
import { renderPlanJson } from "../../src/views/plan-json.ts";
import { renderPlan, type PlannedTask } from "../../src/views/plan-page.ts";

const empty: Plan = {
  mode: "priority",
  order: [],
  ready: [],
  blocked: new Map(),
  stages: [],
  criticalPath: { tasks: [], minutes: 0 },
  impact: new Map(),
  impactError: null,
  scores: new Map(),
  cycles: [],
  cuts: [],
  assignments: [],
};

/** Ready tasks `t1` to `t<n>` and nothing else. */
function many(length: number): Plan {
  const order = Array.from({ length }, (_, place) => `t${place + 1}`);
  const scores = new Map(order.map((id) => [id, 1]));
  return {
    ...empty,
    order,
    ready: order,
    scores,
    stages: [order],
    criticalPath: { tasks: order, minutes: length * 30 },
  };
}

function page(plan: Plan, tasks: ReadonlyMap<string, PlannedTask> = new Map()): string {
  return renderPlan(plan, tasks);
}

test("a plan reads from what to take first to who takes it", () => {
  const plan: Plan = {
    ...empty,
    order: ["#1", "#2", "#3"],
    ready: ["#1"],
    blocked: new Map([
      ["#2", ["#1"]],
      ["#4", ["#5"]],
      ["#5", ["#4"]],
    ]),
    stages: [["#1", "#3"], ["#2"]],
    criticalPath: { tasks: ["#1", "#2"], minutes: 120 },
    scores: new Map(["#1", "#2", "#3", "#4", "#5"].map((id, place) => [id, place])),
    cycles: [["#4", "#5"]],
    cuts: [[{ blocker: "#5", blocked: "#4" }]],
    assignments: [
      {
        task: "#1",
        agent: "jules",
        worker: "jules/1",
        score: 0.894,
        reasons: {
          algorithm: "priority",
          score: 0,
          parts: {},
          rank: 1,
          readyCount: 1,
          rejected: [],
          rejectedCount: {},
          match: 0.894,
          matchParts: {},
          note: null,
        },
      },
    ],
  };
  const tasks = new Map([
    ["#1", { title: "Orders", estimateMinutes: 90 }],
    ["#2", { title: "Checkout", estimateMinutes: null }],
  ]);
  expect(page(plan, tasks)).toBe(`5 of 2 tasks open: 1 ready, 3 blocked, 1 under way or held.
Mode priority: most urgent first.

Take them in this order:
     task  title     score  effort         blocked by
  1  #1    Orders        0  1 h 30 min
  2  #2    Checkout      1  not estimated  #1
  3  #3                  2  not estimated  (under way or held)

Stages, each of which can be worked on side by side once those before it are done:
  1. #1, #3
  2. #2

Critical path, 2 h in 2 tasks; everything is done no sooner:
  #1 → #2

These wait for each other in a circle and can never start; take away the dependencies that are named, or others:
  #4 → #5 → #4: #4 need not wait for #5

Left out of the order, because they wait for a circle, or for a task that has failed or was cancelled:
  #4 waits for #5
  #5 waits for #4

Who takes what now:
  task  worker   match  why
  #1    jules/1   0.89  rank 1 of 1 that are ready`);
});

test("nothing to do is said, and nothing else", () => {
  expect(page(empty)).toBe(`0 of 0 tasks open: 0 ready, 0 blocked.
Mode priority: most urgent first.

There is nothing to take.`);
});

test("that the impact is only estimated is said, to people and to programs", () => {
  const huge = { ...many(1), impactError: 0.0884 };
  expect(page(huge)).toContain("\nHow many tasks wait for each is estimated, to some 9 %: the backlog is huge.\n");
  expect(JSON.parse(renderPlanJson(huge))).toMatchObject({ impactError: 0.0884 });
  expect(JSON.parse(renderPlanJson(many(1)))).not.toHaveProperty("impactError");
});

test("long lists are cut, and how much is left out is said; one more row is shown rather than counted", () => {
  expect(page(many(21))).toContain("\n  21  t21");
  expect(page(many(21))).not.toContain("more (all");
  const cut = page(many(500));
  expect(cut).toContain("\n  20  t20");
  expect(cut).not.toContain("t21");
  expect(cut).toContain("\n  and 480 more (all with --json)");
  expect(cut).toContain("  1. t1, t2, t3, t4, t5, t6, t7, t8, and 492 more");
  expect(cut).toContain("t7 → t8 → and 492 more");
});

test("a hostile title or id is one harmless line of its column", () => {
  const hostile = "\u001B[31mred\u001B[0m\n\u202Eevil\u0000 | ".repeat(20);
  const plan = { ...many(1), order: [hostile], ready: [hostile], cycles: [[hostile]] };
  const text = page(plan, new Map([[hostile, { title: hostile, estimateMinutes: 1 }]]));
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(170);
});

test("a comparison is a table of the modes with the lower bound above it", () => {
  const figures = { mode: "critical", makespanMinutes: 180.4, ratio: 1.2 } as const;
  const comparison = { tasks: 7, capacity: 2, workMinutes: 300, criticalPathMinutes: 120, lowerBoundMinutes: 150 };
  expect(
    renderComparison({
      ...comparison,
      modes: [
        { ...figures, meanUnblockedMinutes: 60.5, meanCompletedMinutes: 80 },
        { ...figures, mode: "effort", meanUnblockedMinutes: null, meanCompletedMinutes: null },
      ],
    }),
  ).toBe(`7 tasks, 300 minutes of work, 2 at a time, critical path 120 minutes.
No order is done before minute 150: the longer of the critical path and the work shared by all.

  mode      done at  of bound  mean until unblocked  mean until done
  critical      180      1.20  61                    80
  effort        180      1.20  -                     -`);
});
