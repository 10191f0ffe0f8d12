/** Playing a backlog through keeps to the rules of list scheduling, whose bounds are theorems. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareModes } from "../../src/plan/compare.ts";
import { type Backlog, readBacklog } from "../../src/plan/input.ts";
import { modes } from "../../src/model/mode.ts";
import type { Comparison } from "../../src/model/plan.ts";
import { anyBacklog, type Given, type GivenTask, Oracle } from "./oracle.ts";

function backlogOf(given: Given, capacity: number): Backlog {
  return readBacklog({ ...given, agents: [{ id: "x", type: "jules", capacity }] });
}

/** Minute by minute: whoever is free takes the best that can be started. Estimates are whole minutes of at least one. */
function playByMinute(given: Given, mode: string, capacity: number): ReadonlyMap<string, readonly [number, number]> {
  const oracle = new Oracle(given);
  const byRank = oracle.open().toSorted((a, b) => oracle.compare(mode, a, b));
  const spans = new Map<string, readonly [number, number]>();
  const seen = new Map<string, number>();
  for (let minute = 0; minute < 3_000; minute += 1) {
    const done = new Set([...spans].filter(([, [, end]]) => end <= minute).map(([id]) => id));
    const startable = byRank.filter((task) => !spans.has(task.id) && oracle.blockers(task, done).length === 0);
    for (const { id } of startable) if (!seen.has(id)) seen.set(id, minute);
    const free = capacity - (spans.size - done.size);
    for (const { id } of startable.slice(0, free)) spans.set(id, [minute, minute + oracle.minutes(id)]);
  }
  return new Map([...spans].map(([id, [, end]]) => [id, [seen.get(id) ?? -1, end] as const]));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Few tasks, because every minute is played. A task of no minutes would never be seen to run. */
const shortBacklog = anyBacklog("earlier").map((given): Given => {
  const tasks = given.tasks.slice(0, 8);
  const ids = new Set(tasks.map(({ id }) => id));
  return {
    tasks: tasks.map((task) => ({
      ...task,
      estimateMinutes: Math.max(1, task.estimateMinutes ?? 30),
      blockedBy: (task.blockedBy ?? []).filter((edge) => ids.has(typeof edge === "string" ? edge : edge.id)),
    })),
  };
});

test("the figures are those of playing it through minute by minute", () => {
  fc.assert(
    fc.property(shortBacklog, fc.integer({ min: 1, max: 3 }), fc.constantFrom(...modes), (given, capacity, mode) => {
      const oracle = new Oracle(given);
      fc.pre(mode !== "balanced" || !oracle.hasNarrowScores());
      const spans = playByMinute(given, mode, capacity);
      const waiting = oracle.open().filter((task) => oracle.blockers(task).length > 0 && spans.has(task.id));
      const figures = compareModes(backlogOf(given, capacity)).modes.find((each) => each.mode === mode);
      expect(figures?.makespanMinutes).toBe(Math.max(0, ...[...spans.values()].map(([, end]) => end)));
      const expectMean = (value: number | null | undefined, values: readonly number[]): void =>
        expect(value ?? -1).toBeCloseTo(mean(values) ?? -1, 6);
      expectMean(
        figures?.meanUnblockedMinutes,
        waiting.map(({ id }) => spans.get(id)?.[0] ?? -1),
      );
      expectMean(
        figures?.meanCompletedMinutes,
        [...spans.values()].map(([, end]) => end),
      );
    }),
    { numRuns: 60 },
  );
});

test("no mode is done before the lower bound, nor later than twice it when all edges are hard", () => {
  const hard = (task: GivenTask): GivenTask => ({
    ...task,
    blockedBy: (task.blockedBy ?? []).map((edge) => (typeof edge === "string" ? edge : edge.id)),
  });
  fc.assert(
    fc.property(anyBacklog("any"), fc.integer({ min: 1, max: 5 }), (given, capacity) => {
      const { lowerBoundMinutes, modes: figures } = compareModes(
        backlogOf({ ...given, tasks: given.tasks.map(hard) }, capacity),
      );
      expect(figures.map(({ mode }) => mode)).toEqual([...modes]);
      for (const { makespanMinutes } of figures) {
        expect(makespanMinutes).toBeGreaterThanOrEqual(lowerBoundMinutes - 1e-9);
        expect(makespanMinutes).toBeLessThanOrEqual((2 - 1 / capacity) * lowerBoundMinutes + 1e-9);
      }
    }),
    { numRuns: 300 },
  );
});

describe("what is compared", () => {
  const compare = (given: unknown): Comparison => compareModes(readBacklog(given));

  test("is only what can be reached, three at a time when the backlog names no agents", () => {
    const {
      tasks,
      capacity,
      workMinutes,
      lowerBoundMinutes,
      modes: figures,
    } = compare({
      tasks: [
        { id: "a", estimateMinutes: 40 },
        { id: "b", blockedBy: ["a"] },
        { id: "done", status: "completed", estimateMinutes: 1_000 },
        { id: "x", blockedBy: ["y"] },
        { id: "y", blockedBy: ["x"] },
      ],
    });
    expect({ tasks, capacity, workMinutes, lowerBoundMinutes }).toEqual({
      tasks: 2,
      capacity: 3,
      workMinutes: 70,
      lowerBoundMinutes: 70,
    });
    expect(figures[0]).toEqual({
      mode: "priority",
      makespanMinutes: 70,
      ratio: 1,
      meanUnblockedMinutes: 40,
      meanCompletedMinutes: 55,
    });
  });

  test("may be nothing, and then there are no means", () => {
    expect(compare({ tasks: [] }).modes[0]).toEqual({
      mode: "priority",
      makespanMinutes: 0,
      ratio: 1,
      meanUnblockedMinutes: null,
      meanCompletedMinutes: null,
    });
  });

  test("shows what a mode is for: the longest chain first is done sooner than the smallest first", () => {
    const chain = ["c1", "c2", "c3"].map((id, place) => ({
      id,
      estimateMinutes: 60,
      blockedBy: place === 0 ? [] : [`c${place}`],
    }));
    const small = ["s1", "s2", "s3"].map((id) => ({ id, estimateMinutes: 20 }));
    const agents = [{ id: "x", type: "jules", capacity: 2 }];
    const figures = new Map(compare({ tasks: [...chain, ...small], agents }).modes.map((each) => [each.mode, each]));
    expect(figures.get("critical")?.makespanMinutes).toBe(180);
    expect(figures.get("effort")?.makespanMinutes).toBe(200);
  });
});
