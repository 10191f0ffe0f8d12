/** What is proposed to a person who must open a cycle: on knots that can be followed, and at size. */
import { describe, expect, test } from "vitest";
import { cheapestCut } from "../../src/graph/cheapest-cut.ts";
import { buildGraph } from "../../src/graph/graph.ts";
import { cheapestTaskCuts } from "../../src/graph/task-cuts.ts";
import { analyseTasks, buildTaskGraph } from "../../src/graph/task-graph.ts";

function ring(count: number): number[] {
  return Array.from({ length: count }, (_, node) => [node, (node + 1) % count]).flat();
}

describe("the cheapest cut", () => {
  test("takes one dear edge that all ways round share before two that cost more together", () => {
    // 0 → 1 is on both ways round: 0 → 1 → 2 → 0 and 0 → 1 → 3 → 0.
    const graph = buildGraph(4, [0, 1, 1, 2, 2, 0, 1, 3, 3, 0]);
    const costOf = (from: number, to: number) => (from === 0 && to === 1 ? 3 : 2);
    expect(cheapestCut(graph, [0, 1, 2, 3], costOf)).toEqual({ edges: [[0, 1]], cost: 3, isCheapest: true });
  });
  test("takes several cheap edges before a dearer one", () => {
    const graph = buildGraph(4, [0, 1, 1, 2, 2, 0, 1, 3, 3, 0]);
    const costOf = (from: number, to: number) => (from === 0 && to === 1 ? 5 : 2);
    expect(cheapestCut(graph, [0, 1, 2, 3], costOf)).toMatchObject({ cost: 4, isCheapest: true });
  });
  test("always cuts an edge from a node to itself", () => {
    expect(cheapestCut(buildGraph(1, [0, 0]), [0], () => 7)).toEqual({ edges: [[0, 0]], cost: 7, isCheapest: true });
  });
  test("is none where every edge of a way round must stay", () => {
    const graph = buildGraph(3, [0, 1, 1, 0, 1, 2, 2, 1]);
    const costOf = (from: number, to: number) => (from + to === 1 ? Infinity : 1);
    expect(cheapestCut(graph, [0, 1, 2], costOf)).toBeNull();
  });
  test("refuses a cost that is no cost, and names the edge", () => {
    const graph = buildGraph(2, [0, 1, 1, 0]);
    expect(() => cheapestCut(graph, [0, 1], () => -1)).toThrow("Cutting 0 → 1 costs -1; it must be 0 or more.");
    expect(() => cheapestCut(graph, [0, 1], () => Number.NaN)).toThrow(RangeError);
  });
  test("of a ring of 100,000 is its cheapest edge, and known to be", () => {
    const count = 100_000;
    const members = Array.from({ length: count }, (_, node) => node);
    const cut = cheapestCut(buildGraph(count, ring(count)), members, (from) => (from === 70_007 ? 1 : 2));
    expect(cut).toEqual({ edges: [[70_007, 70_008]], cost: 1, isCheapest: true });
  });
});

describe("cuts between tasks", () => {
  const hard = (on: string) => ({ on, kind: "hard" as const });
  const soft = (on: string) => ({ on, kind: "soft" as const });
  const graph = buildTaskGraph([
    { id: "a", estimateMinutes: null, blockedBy: [hard("c")] },
    { id: "b", estimateMinutes: null, blockedBy: [soft("a")] },
    { id: "c", estimateMinutes: null, blockedBy: [hard("b")] },
    { id: "self", estimateMinutes: null, blockedBy: [hard("self")] },
    { id: "free", estimateMinutes: null, blockedBy: [hard("c")] },
  ]);

  test("name the blocker and the blocked task, one proposal a cycle, in the order of the cycles", () => {
    const softly = new Set(["a → b"]);
    const cuts = cheapestTaskCuts(graph, (blocker, blocked) => (softly.has(`${blocker} → ${blocked}`) ? 1 : 100));
    expect(analyseTasks(graph).cycles).toEqual([["a", "b", "c"], ["self"]]);
    expect(cuts).toEqual([
      { edges: [{ blocker: "a", blocked: "b" }], cost: 1, isCheapest: true },
      { edges: [{ blocker: "self", blocked: "self" }], cost: 100, isCheapest: true },
    ]);
  });
  test("are none where a person set every edge", () => {
    expect(cheapestTaskCuts(graph, () => Infinity)).toEqual([null, null]);
  });
});
