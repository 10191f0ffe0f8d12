/** The border between task ids and integers: what soft, unknown and repeated edges mean. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGraph } from "../../src/graph/graph.ts";
import { analyseTasks, buildTaskGraph, type GraphTask } from "../../src/graph/task-graph.ts";

function task(
  id: string,
  blockedBy: GraphTask<string>["blockedBy"] = [],
  estimateMinutes: number | null = null,
): GraphTask<string> {
  return { id, blockedBy, estimateMinutes };
}

function hard(...ids: readonly string[]): GraphTask<string>["blockedBy"] {
  return ids.map((on) => ({ on, kind: "hard" }));
}

function soft(...ids: readonly string[]): GraphTask<string>["blockedBy"] {
  return ids.map((on) => ({ on, kind: "soft" }));
}

function analyse(...tasks: readonly GraphTask<string>[]): ReturnType<typeof analyseTasks<string>> {
  return analyseTasks(buildTaskGraph(tasks));
}

describe("the graph of tasks", () => {
  test("orders, stages and weighs by id, with 30 minutes where nobody has estimated", () => {
    const found = analyse(
      task("ship", hard("test", "docs")),
      task("test", hard("build"), 60),
      task("docs", hard("build")),
      task("build", [], 10),
    );
    expect(found.stages).toEqual([["build"], ["test", "docs"], ["ship"]]);
    expect(found.order).toEqual(["build", "test", "docs", "ship"]);
    expect(found.criticalPath).toEqual({ tasks: ["build", "test", "ship"], minutes: 100 });
    expect(Object.fromEntries(found.tailMinutes)).toEqual({ ship: 30, test: 90, docs: 60, build: 100 });
    expect(found.impact.get("build")).toEqual({ direct: 2, transitive: 3 });
  });
  test("lets soft edges count for stages, but not for impact and critical path", () => {
    const found = analyse(task("a"), task("b", soft("a")));
    expect(found.stages).toEqual([["a"], ["b"]]);
    expect(found.impact.get("a")).toEqual({ direct: 0, transitive: 0 });
    expect(found.criticalPath).toEqual({ tasks: ["a"], minutes: 30 });
  });
  test("counts an edge that is both hard and soft as hard, once", () => {
    const found = analyse(task("a"), task("b", [...soft("a"), ...hard("a"), ...hard("a")]));
    expect(found.impact.get("a")).toEqual({ direct: 1, transitive: 1 });
  });
  test("takes a blocker that was not given as no edge", () => {
    expect(analyse(task("a", hard("gone"))).stages).toEqual([["a"]]);
  });
  test("reports a cycle of hard and soft edges in the order of blocking, and leaves its tasks out of the order", () => {
    const found = analyse(
      task("a", hard("c")),
      task("b", soft("a")),
      task("c", hard("b")),
      task("free"),
      task("behind", hard("c")),
    );
    expect(found.cycles).toEqual([["a", "b", "c"]]);
    expect(found.cyclic).toEqual(new Set(["a", "b", "c"]));
    expect(found.order).toEqual(["free"]);
  });
  test("says that the impact of so few tasks is exact", () => {
    const { impactCertainty } = analyse(task("a"), task("b", hard("a")));
    expect(impactCertainty).toEqual({
      isExact: true,
      relativeError: 0,
      bounds: new Map([
        ["a", { atLeast: 1, atMost: 1 }],
        ["b", { atLeast: 0, atMost: 0 }],
      ]),
    });
  });
  test("works a part out once, and shows all of them to whoever lists its fields", () => {
    const found = analyse(task("a"));
    expect(found.order).toBe(found.order);
    expect({ ...found }).toMatchObject({ order: ["a"], stages: [["a"]], cycles: [], cyclic: new Set() });
  });
  test("is one graph where no edge is soft, and two where one is", () => {
    const without = buildTaskGraph([task("a"), task("b", hard("a"))]);
    expect(without.hard).toBe(without.all);
    const mixed = buildTaskGraph([task("a"), task("b"), task("c", [...hard("a"), ...soft("b")])]);
    expect([mixed.all.edgeCount, mixed.hard.edgeCount]).toEqual([2, 1]);
  });
  test("has exactly the hard edges in the one and all of them in the other", () => {
    const edge = fc.record({ from: fc.nat(9), to: fc.nat(9), kind: fc.constantFrom("hard" as const, "soft" as const) });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 40 }), (edges) => {
        const blockersOf = (node: number) => edges.filter(({ to }) => to === node);
        const { all, hard: onlyHard } = buildTaskGraph(
          Array.from({ length: 10 }, (_, node) =>
            task(
              `t${node}`,
              blockersOf(node).map(({ from, kind }) => ({ on: `t${from}`, kind })),
            ),
          ),
        );
        const pairs = (some: typeof edges) => some.flatMap(({ from, to }) => [from, to]);
        expect(all).toEqual(buildGraph(10, pairs(edges)));
        expect(onlyHard).toEqual(buildGraph(10, pairs(edges.filter(({ kind }) => kind === "hard"))));
      }),
      { numRuns: 500 },
    );
  });
  test("refuses two tasks of one id", () => {
    expect(() => buildTaskGraph([task("a"), task("a")])).toThrow("Task a is given twice");
  });
  test("is not confused by ids that objects already have", () => {
    expect(analyse(task("__proto__"), task("constructor", hard("__proto__"))).stages).toEqual([
      ["__proto__"],
      ["constructor"],
    ]);
  });
});
