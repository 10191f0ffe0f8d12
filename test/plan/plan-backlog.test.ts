/** What each status, edge, label and agent of a backlog does to its plan. */
import { describe, expect, test } from "vitest";
import { planBacklog } from "../../src/plan/backlog.ts";
import { readBacklog } from "../../src/plan/input.ts";
import { taskStatuses } from "../../src/model/task.ts";
import type { Plan } from "../../src/model/plan.ts";
import { renderPlanJson } from "../../src/views/plan-json.ts";

type Given = Readonly<Record<string, unknown>>;

function plan(tasks: readonly Given[], more: Given = {}): Plan {
  return planBacklog(readBacklog({ mode: "priority", ...more, tasks }));
}

describe("a task that waits for another", () => {
  const satisfiedBy = (kind: string): readonly string[] =>
    taskStatuses.filter((status) =>
      plan([
        { id: "a", status },
        { id: "b", blockedBy: [{ id: "a", kind }] },
      ]).ready.includes("b"),
    );

  test("over a hard edge is ready when the other is completed, and over a soft one when it has ended in any way", () => {
    expect(satisfiedBy("hard")).toEqual(["completed"]);
    expect(satisfiedBy("soft")).toEqual(["completed", "failed", "cancelled"]);
  });

  test.each(["failed", "cancelled"])(
    "over a hard edge never comes up when the other was %s, nor what is behind it",
    (status) => {
      const { order, blocked, stages, criticalPath, impact } = plan([
        { id: "lost", status, estimateMinutes: 500 },
        { id: "waits", estimateMinutes: 500, blockedBy: ["lost"] },
        { id: "behind", blockedBy: ["waits"] },
        { id: "free", estimateMinutes: 10 },
      ]);
      expect(order).toEqual(["free"]);
      expect(stages).toEqual([["free"]]);
      expect(criticalPath).toEqual({ tasks: ["free"], minutes: 10 });
      expect(Object.fromEntries(blocked)).toEqual({ waits: ["lost"], behind: ["waits"] });
      expect(impact.get("waits")).toEqual({ direct: 1, transitive: 1 });
      expect(impact.has("lost")).toBe(false);
    },
  );
});

test("work that is under way is not ready to be started, and keeps its place in the order before what waits for it", () => {
  const started = taskStatuses.filter((status) => plan([{ id: "a", status }]).ready.length === 0);
  expect(started).toEqual([
    "assigned",
    "in_progress",
    "review",
    "needs_input",
    "manual_review",
    "completed",
    "failed",
    "cancelled",
  ]);
  const { order, ready, blocked } = plan([
    { id: "next", priority: 1, blockedBy: ["now"] },
    { id: "now", status: "review" },
    { id: "other", priority: 2 },
  ]);
  expect(order).toEqual(["other", "now", "next"]);
  expect(ready).toEqual(["other"]);
  expect(blocked.get("next")).toEqual(["now"]);
});

test("what is on hold is not ready, and keeps its place in the order", () => {
  const { order, ready } = plan([{ id: "a", labels: ["hold"] }, { id: "b" }]);
  expect(order).toEqual(["a", "b"]);
  expect(ready).toEqual(["b"]);
});

test("a task that waits for itself is a circle of one, and waits for itself", () => {
  const { cycles, order, blocked } = plan([{ id: "a", blockedBy: ["a"] }, { id: "b", blockedBy: ["a"] }, { id: "c" }]);
  expect(cycles).toEqual([["a"]]);
  expect(order).toEqual(["c"]);
  expect(Object.fromEntries(blocked)).toEqual({ a: ["a"], b: ["a"] });
});

test("soft edges order the work and lengthen no critical path and no impact", () => {
  const { order, criticalPath, impact, stages } = plan([
    { id: "b", priority: 1, blockedBy: [{ id: "a", kind: "soft" }] },
    { id: "a" },
  ]);
  expect(order).toEqual(["a", "b"]);
  expect(stages).toEqual([["a"], ["b"]]);
  expect(criticalPath.minutes).toBe(30);
  expect(impact.get("a")).toEqual({ direct: 0, transitive: 0 });
});

test("nothing to do is a plan too", () => {
  expect(JSON.parse(renderPlanJson(plan([])))).toEqual({
    mode: "priority",
    order: [],
    ready: [],
    blocked: {},
    stages: [],
    criticalPath: { tasks: [], minutes: 0 },
    impact: {},
    scores: {},
    cycles: [],
    assignments: [],
  });
});

test("an id may be a word that objects have of their own", () => {
  const ids = ["__proto__", "constructor", "toString", "1"];
  const answer = JSON.parse(renderPlanJson(plan(ids.map((id, place) => ({ id, blockedBy: ids.slice(0, place) })))));
  expect(answer.order).toEqual(ids);
  for (const key of ["impact", "scores"]) expect(Object.keys(answer[key]).toSorted()).toEqual(ids.toSorted());
  expect(Object.getOwnPropertyDescriptor(answer.blocked, "constructor")?.value).toEqual(["__proto__"]);
});

describe("agents", () => {
  const jules = { id: "jules", type: "jules", capacity: 2, capabilities: { typescript: 0.9 } };
  const cursor = { id: "cursor", type: "cursor", capacity: 1, capabilities: { python: 0.8 } };
  const takes = (tasks: readonly Given[], agents: readonly Given[] = [jules, cursor]): readonly string[] =>
    plan(tasks, { agents }).assignments.map(({ task, worker }) => `${task} ${worker}`);

  test("take the ready tasks in the order of their rank, one a slot, until no slot is free", () => {
    const tasks = ["e", "d", "c", "b", "a"].map((id, place) => ({ id, priority: 5 - place }));
    expect(takes(tasks)).toEqual(["a jules/1", "b cursor/1", "c jules/2"]);
  });

  test("take only what they can, and what fits nobody free does not keep others from starting", () => {
    const tasks = [
      { id: "rust", priority: 1, labels: ["needs:rust"] },
      { id: "py1", priority: 2, labels: ["needs:python"] },
      { id: "py2", priority: 3, labels: ["needs:Python"] },
      { id: "ts", priority: 4, labels: ["needs:typescript"] },
    ];
    expect(takes(tasks)).toEqual(["py1 cursor/1", "ts jules/1"]);
  });

  test("are those that a label names, whatever the letter case of their ids", () => {
    const agents = [jules, { ...cursor, id: "Cursor" }];
    const tasks = [
      { id: "a", labels: ["agent:cursor"] },
      { id: "b", labels: ["agent:cursor"] },
      { id: "c", labels: ["agent:nobody"] },
    ];
    expect(takes(tasks, agents)).toEqual(["a Cursor/1"]);
  });

  test("have fewer free slots while they work on what a label says they do", () => {
    const tasks = [
      { id: "now", status: "in_progress", labels: ["agent:jules"] },
      { id: "past", status: "completed", labels: ["agent:jules"] },
      { id: "a", labels: ["needs:typescript"] },
      { id: "b", labels: ["needs:typescript"] },
    ];
    expect(takes(tasks, [jules])).toEqual(["a jules/2"]);
  });

  test("prefer what they do well", () => {
    const agents = [
      { ...cursor, capabilities: {} },
      { ...jules, capacity: 1 },
    ];
    expect(takes([{ id: "a", labels: ["prefers:typescript"] }], agents)).toHaveLength(1);
    const able = [
      { ...cursor, capabilities: { typescript: 0.2 } },
      { ...jules, capacity: 1 },
    ];
    expect(takes([{ id: "a", labels: ["prefers:typescript"] }], able)).toEqual(["a jules/1"]);
  });

  test("are chosen with reasons: the rank and score of the task, how well the agent suits, and who was passed over", () => {
    const [first] = plan([{ id: "a", priority: 1, labels: ["needs:typescript"] }, { id: "b" }], {
      agents: [cursor, jules],
    }).assignments;
    expect(first).toMatchObject({
      task: "a",
      agent: "jules",
      worker: "jules/1",
      reasons: {
        algorithm: "priority",
        score: 4,
        parts: { priority: 4 },
        rank: 1,
        readyCount: 2,
        rejected: [{ worker: "cursor/1", code: "missing_capability", score: null }],
        rejectedCount: { missing_capability: 1 },
      },
    });
    expect(first?.score).toBe(first?.reasons.match);
    expect(first?.score).toBeGreaterThan(0.5);
    expect(first?.score).toBeLessThanOrEqual(1);
  });
});
