/** What a stage or a limit holds back is no work that waits for a worker: nobody is told to add some for it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shouldScaleWorkers } from "../../src/core/decide-scaling.ts";
import { startableWithin } from "../../src/core/held-back.ts";
import { depthOf, queueDepthOf } from "../../src/core/queue-depth.ts";
import { roomOf } from "../../src/core/work-limits.ts";
import { runPass } from "../../src/engine/pass.ts";
import type { Command } from "../../src/model/command.ts";
import type { Event } from "../../src/model/event.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { metricsOf } from "../../src/insight/metrics.ts";
import { renderFigures } from "../../src/views/metrics.ts";
import { blocker, configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, schedule, story, type Story } from "../support/given.ts";
import { complete, startAll } from "./attack-story.ts";

const minute = 60_000;
const tick = { type: "Tick" } as const;

function agents(capacity: number): readonly Record<string, unknown>[] {
  return [{ id: "bifrost", type: "bifrost", capacity, maxCapacity: 90, dispatch: "api" }];
}

function many(first: number, count: number, facts: Partial<IssueFacts> = {}): readonly IssueFacts[] {
  return Array.from({ length: count }, (_, index) => issue(first + index, facts));
}

function raised(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => (event.type === "WarningRaised" ? [event.warning.code] : []));
}

/** Issues 1 and 2 are the first stage; 1 has ended, 2 has not, and so many of the second stage are ready. */
function behindStage(count: number, config: Record<string, unknown>): Story {
  const it = story(configOf({ agents: agents(1), strictStages: true, ...config }));
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  it.tell(observe({ issues: [issue(1), issue(2), ...many(10, count, { blockedBy: [blocker(1)] })] }));
  it.tell(schedule());
  startAll(it);
  complete(it, 1);
  it.tell(schedule());
  startAll(it);
  it.now += minute;
  return it;
}

describe("tasks behind an earlier stage", () => {
  test("are ready and no queue: nobody is told that it is long, until the stage is over", () => {
    const it = behindStage(6, { alerts: { queueDepth: 3 } });
    expect(queueDepthOf(it.state, it)).toMatchObject({ ready: 6, heldBack: 6, health: "ok" });
    expect(raised(it.tell(tick))).toEqual([]);
    complete(it, 2);
    it.tell(schedule());
    it.now += minute;
    expect(queueDepthOf(it.state, it)).toMatchObject({ ready: 5, heldBack: 0, health: "warning" });
    expect(raised(it.tell(tick))).toEqual(["queue_depth"]);
  });

  test("make attack mode ask for no workers", () => {
    const attack = { mode: "attack", attack: { scale: { ready: 2 } } };
    const it = behindStage(6, attack);
    expect(shouldScaleWorkers(it.state, it)).toBeNull();
    it.config = configOf({ agents: agents(1), ...attack });
    expect(shouldScaleWorkers(it.state, it)).toMatchObject({ target: 5 });
  });

  test("are no work that an idle agent leaves lying", () => {
    const more = { id: "jules", type: "jules", capacity: 1, dispatch: "api" };
    const it = behindStage(6, { agents: [...agents(1), more], metrics: { every: "1m" } });
    it.now += 30 * minute;
    expect(raised(it.tell(tick))).not.toContain("low_use");
  });

  test("stand beside the ready ones where people read of them", () => {
    const it = behindStage(6, {});
    expect(renderFigures(metricsOf(it.state, it))).toContainEqual(
      expect.stringContaining("Queue: 6 ready (6 held back by an earlier stage or a limit), the oldest for 1 min; "),
    );
  });
});

describe("tasks beyond a limit on work in progress", () => {
  test("are counted as far as there is room, for the whole repository and for a label", () => {
    const it = story(configOf({ agents: agents(2) }));
    it.tell(observe({ issues: [...many(1, 6, { labels: ["orchestrate", "UI"] }), ...many(10, 6)] }));
    it.tell(schedule());
    const depth = (limits: Record<string, unknown>): number => {
      it.config = configOf({ agents: agents(2), limits });
      return depthOf(it.state, it);
    };
    expect(it.state.ready.size).toBe(10);
    expect(depth({})).toBe(10);
    expect(depth({ inProgress: 5 })).toBe(3);
    expect(depth({ inProgress: 2 })).toBe(0);
    expect(depth({ inProgress: 1 })).toBe(0);
    expect(depth({ labels: { ui: 3 } })).toBe(7);
    expect(depth({ labels: { ui: 1 } })).toBe(6);
    expect(depth({ labels: { ui: 3 }, inProgress: 4 })).toBe(2);
    expect(depth({ labels: { other: 1 } })).toBe(10);
  });

  test("make nobody ask for workers: the recommendation is what the limits leave room for", () => {
    const attack = { mode: "attack", agents: agents(2), attack: { scale: { ready: 2 } } };
    const it = story(configOf(attack));
    it.tell(observe({ issues: many(1, 12, { labels: ["orchestrate", "quick-win"] }) }));
    it.tell(schedule());
    startAll(it);
    const target = (limits: Record<string, unknown>): number | null => {
      it.config = configOf({ ...attack, limits });
      return shouldScaleWorkers(it.state, it)?.target ?? null;
    };
    expect(target({})).toBe(10);
    expect(target({ inProgress: 7 })).toBe(5);
    expect(target({ inProgress: 4 })).toBeNull();
    expect(target({ labels: { "quick-win": 2 } })).toBeNull();
  });

  test("do not get a worker of their own beside a long session", () => {
    const attack = { scale: { ready: 99 }, spawn: { after: "5m", tasks: 3 } };
    const raisesWith = (limits: Record<string, unknown>): boolean => {
      const it = story(configOf({ agents: agents(1), attack, limits }));
      it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "quick-win"] })] }));
      it.tell(instruct(1, { verb: "attack", to: "on" }));
      it.tell(schedule());
      startAll(it);
      it.tell(observe({ issues: many(2, 5, { labels: ["orchestrate", "quick-win"] }) }));
      it.now += 6 * minute;
      return it.tell(tick).some((event) => event.type === "CapacityChanged");
    };
    expect([raisesWith({}), raisesWith({ inProgress: 4 }), raisesWith({ inProgress: 3 })]).toEqual([true, true, false]);
  });

  test("count no room that a session has left in this very pass: its next task is handed out before the pass ends", () => {
    const it = story(configOf({ agents: agents(4), limits: { inProgress: 4 }, alerts: { queueDepth: 1 } }));
    it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
    it.tell(observe({ issues: many(1, 12) }));
    it.tell(schedule());
    startAll(it);
    it.now += minute;
    const ended = [1, 2, 3].map((number): Command => {
      const id = toCommandId(`~${number}`);
      return { type: "ReportSession", id, task: taskId(number), fence: number, report: report("cancelled") };
    });
    const pass = runPass(it.state, [...ended, { ...tick, id: toCommandId("~tick") }], {
      now: it.now,
      config: it.config,
    });
    expect(depthOf(it.state, it)).toBe(3);
    expect(raised(pass.entries.flatMap((entry) => entry.events))).toEqual([]);
    pass.takeBack();
    expect(depthOf(it.state, it)).toBe(0);
  });
});

/** The most of the tasks, each with its labels, that the limits let run side by side. */
function best(tasks: readonly (readonly string[])[], left: Readonly<Record<string, number>>): number {
  const [first, ...rest] = tasks;
  if (first === undefined) return 0;
  const without = best(rest, left);
  if (first.some((label) => (left[label] ?? 0) <= 0)) return without;
  const after = { ...left };
  for (const label of first) after[label] = (after[label] ?? 0) - 1;
  return Math.max(without, 1 + best(rest, after));
}

test("the count is exact where no task has two limited labels; else it is never too high, nor too low by more than their number", () => {
  const labels = ["a", "b", "c"];
  const room = fc.integer({ min: 1, max: 3 });
  const limits = fc.record({ a: room, b: room, c: room });
  fc.assert(
    fc.property(fc.array(fc.subarray(labels), { minLength: 1, maxLength: 9 }), limits, (tasks, limited) => {
      const it = story(configOf({ limits: { labels: limited } }));
      it.tell(observe({ issues: tasks.map((own, index) => issue(index + 1, { labels: ["orchestrate", ...own] })) }));
      const found = startableWithin(it.state, it, { room: roomOf(it.state, it.config) });
      const wanted = best(tasks, limited);
      const most = Math.max(1, ...tasks.map((own) => own.length));
      expect(found).toBeLessThanOrEqual(wanted);
      expect(found * most).toBeGreaterThanOrEqual(wanted);
      expect(most > 1 || found === wanted).toBe(true);
    }),
    { numRuns: 200 },
  );
});
