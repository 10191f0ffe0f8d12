import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adjustEffortThreshold, thresholdMinutes } from "../../src/core/attack-threshold.ts";
import { shouldScaleWorkers } from "../../src/core/decide-scaling.ts";
import { isAttackModeEligible } from "../../src/core/quick-wins.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event, EventOf } from "../../src/model/event.ts";
import { toAgentId } from "../../src/model/ids.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { configOf, issue, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const minute = 60_000;
const tick = { type: "Tick" } as const;
const on = instruct(1, { verb: "attack", to: "on" });
const off = instruct(1, { verb: "attack", to: "off" });
const bifrost = toAgentId("bifrost");

function quickWins(first: number, count: number): readonly IssueFacts[] {
  return Array.from({ length: count }, (_, index) => issue(first + index, { labels: ["orchestrate", "quick-win"] }));
}

function sprites(capacity: number, maxCapacity: number, config: Record<string, unknown> = {}): Config {
  return configOf({ agents: [{ id: "bifrost", type: "bifrost", capacity, maxCapacity, dispatch: "api" }], ...config });
}

function capacities(events: readonly Event[]): readonly (number | null)[] {
  return events.flatMap((event) => (event.type === "CapacityChanged" ? [event.capacity] : []));
}

function answer(events: readonly Event[]): string | null {
  return events.find((event): event is EventOf<"CommandAnswered"> => event.type === "CommandAnswered")?.answer ?? null;
}

/** Everything that is assigned starts. */
function startAll(it: Story): void {
  for (const [, id] of it.state.occupied.entries()) {
    const task = it.state.tasks.get(id);
    if (task?.assignment?.phase === "claimed")
      it.tell(say(task.definition.number, task.assignment.fence, report("running")));
  }
}

/** A person declares it done: one completion, whatever the agent did. */
function complete(it: Story, ...numbers: readonly number[]): void {
  for (const number of numbers) {
    it.tell(instruct(number, { verb: "complete" }));
    const fence = it.state.tasks.get(taskId(number))?.assignment?.fence;
    if (fence !== undefined) it.tell(say(number, fence, report("cancelled")));
  }
}

describe("a quick win", () => {
  function eligible(labels: readonly string[], threshold: string): boolean {
    const it = story(configOf({ attack: { threshold } }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...labels] })] }));
    return isAttackModeEligible(it.state, it.state.tasks.get(taskId(1)) ?? expect.fail(), it.config);
  }

  test("is labelled so, or estimated below the threshold; what nobody has estimated may be anything", () => {
    expect(eligible(["quick-win", "estimate:2h"], "15m")).toBe(true);
    expect(eligible(["estimate:14m"], "15m")).toBe(true);
    expect(eligible(["estimate:15m"], "15m")).toBe(false);
    expect(eligible(["estimate:15m"], "20m")).toBe(true);
    expect(eligible([], "15m")).toBe(false);
  });
});

describe("switching attack mode on", () => {
  test("puts every idle worker to work in one pass, quick wins first, whatever limits.batch says", () => {
    const it = story(sprites(6, 6, { limits: { batch: 2 } }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "priority:urgent"] }), ...quickWins(2, 5)] }));
    it.tell(on);
    const assigned = it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.task] : []));
    expect(assigned).toEqual([2, 3, 4, 5, 6, 1].map(taskId));
  });

  test("by a command is answered by the reaction alone where there is something to attack", () => {
    const it = story();
    it.tell(observe({ issues: quickWins(1, 1) }));
    expect(it.tell(on)).toEqual([
      { type: "ModeChanged", mode: "attack", by: writer.login },
      expect.objectContaining({ type: "CommandAnswered", reaction: "+1", answer: null }),
    ]);
    expect(it.state.attack).toMatchObject({ by: writer.login, before: null, thresholdMinutes: 15 });
  });

  test("on a backlog without quick wins says so, and what to do about it", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    expect(answer(it.tell(on))).toBe(
      "No task is a quick win now: label issues `quick-win`, or estimate them below 15 minutes, and they go first. It ends by itself when none has come within 30 minutes.",
    );
    expect(answer(it.tell(on))).toContain("Attack mode is on already. No task is a quick win now");
  });

  test("takes write permission even where triage may start work", () => {
    const it = story(configOf({ trust: "triage" }));
    it.tell(observe({ issues: quickWins(1, 1) }));
    const triager = { ...writer, login: "tilda", permission: "triage" } as const;
    expect(it.tell(instruct(1, { verb: "attack", to: "on" }, triager))).toMatchObject([{ reaction: "-1" }]);
    expect(it.tell(instruct(1, { verb: "mode", mode: "attack" }, triager))).toMatchObject([{ reaction: "-1" }]);
    expect(it.tell(instruct(1, { verb: "mode", mode: "effort" }, triager))).toMatchObject([{}, { reaction: "+1" }]);
  });

  test("by the configuration is on record too, and ends with it", () => {
    const it = story();
    const config = configOf({ mode: "attack", attack: { threshold: "10m" } });
    it.tell({ type: "Configure", sha: "sha-1", config, problems: [] });
    expect(it.state.attack).toMatchObject({ by: "configuration", thresholdMinutes: 10 });
    it.tell({ type: "Configure", sha: "sha-2", config: configOf(), problems: [] });
    expect(it.state.attack).toBeNull();
  });
});

describe("switching attack mode off", () => {
  test("by a command goes back to what was before", () => {
    const it = story();
    it.tell(observe({ issues: quickWins(1, 1) }));
    it.tell(instruct(1, { verb: "mode", mode: "critical" }));
    it.tell(on);
    it.tell(off);
    expect([it.state.mode, it.state.attack]).toEqual(["critical", null]);
    expect(answer(it.tell(off))).toBe("Attack mode is not on: the mode is critical.");
  });

  test("where the configuration says attack takes the usual mode instead, and says so", () => {
    const config = configOf({ mode: "attack" });
    const it = story(config);
    it.tell({ type: "Configure", sha: "sha-1", config, problems: [] });
    it.tell(observe({ issues: quickWins(1, 1) }));
    expect(answer(it.tell(off))).toContain("balanced is in force now");
    expect(it.state.mode).toBe("balanced");
  });

  test("happens by itself after a window without a quick win, and not while one is ready, in flight or just done", () => {
    const it = story();
    it.tell(observe({ issues: [...quickWins(1, 1), issue(2)] }));
    it.tell(on);
    it.now += 40 * minute;
    expect(it.tell(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
    it.tell(schedule());
    it.now += 40 * minute;
    expect(it.ask(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
    complete(it, 1);
    it.now += 29 * minute;
    expect(it.ask(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
    it.now += 1 * minute;
    expect(it.tell(tick)).toContainEqual({ type: "ModeChanged", mode: null, by: "orchestrate" });
    expect(it.state.attack).toBeNull();
    expect(it.ask(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
  });

  test("does not happen by itself where the configuration says attack", () => {
    const config = configOf({ mode: "attack" });
    const it = story(config);
    it.tell({ type: "Configure", sha: "sha-1", config, problems: [] });
    it.now += 120 * minute;
    expect(it.tell(tick)).toEqual([]);
  });

  test("by itself under a time rule is not undone by that rule", () => {
    const it = story();
    it.timetable = { rule: { key: "attack@1", mode: "attack" }, nextAt: null };
    it.tell(tick);
    it.now += 31 * minute;
    expect(it.tell(tick)).toEqual([{ type: "ModeChanged", mode: null, by: "orchestrate" }]);
    expect(it.tell(tick)).toEqual([]);
  });
});

describe("the momentum", () => {
  const config = configOf();

  test.each([
    [15, 21, 18],
    [15, 19, 13.5],
    [15, 20, 15],
    [55, 100, 60],
    [5.2, 0, 5],
  ])("makes a threshold of %d minutes at %d an hour one of %d", (threshold, velocity, wanted) => {
    expect(adjustEffortThreshold(threshold, velocity, config)).toBe(wanted);
  });

  test("never leaves the bounds, whatever the configuration and the velocity", () => {
    const numbers = fc.record({
      threshold: fc.double({ min: 0, max: 500, noNaN: true }),
      velocity: fc.double({ min: 0, max: 1_000, noNaN: true }),
      raise: fc.double({ min: 0, max: 1, noNaN: true }),
      lower: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(numbers, ({ threshold, velocity, raise, lower }) => {
        const bounded = configOf({ attack: { raise, lower, min: "4m", max: "50m" } });
        const adjusted = adjustEffortThreshold(threshold, velocity, bounded);
        expect(adjusted).toBeGreaterThanOrEqual(4);
        expect(adjusted).toBeLessThanOrEqual(50);
      }),
    );
  });

  function attacking(count: number): Story {
    const it = story(sprites(2, 2));
    it.tell(observe({ issues: quickWins(1, count) }));
    it.tell(on);
    return it;
  }

  function thresholds(events: readonly Event[]): readonly unknown[] {
    return events.flatMap((event) =>
      event.type === "AttackThresholdChanged" ? [[event.minutes, event.velocity]] : [],
    );
  }

  test("raises the threshold as soon as it shows, then once a window", () => {
    const it = attacking(40);
    complete(it, ...Array.from({ length: 9 }, (_, index) => index + 1));
    it.now += 5 * minute;
    expect(thresholds(it.tell(tick))).toEqual([]);
    complete(it, 10, 11);
    expect(thresholds(it.tell(tick))).toEqual([[18, 22]]);
    expect(thresholdMinutes(it.state, it.config)).toBe(18);
    complete(it, 12, 13, 14);
    it.now += 10 * minute;
    expect(thresholds(it.tell(tick))).toEqual([]);
    it.now += 20 * minute;
    complete(it, ...Array.from({ length: 12 }, (_, index) => index + 15));
    expect(thresholds(it.tell(tick))).toEqual([[21.6, 24]]);
  });

  test("lowers it when a window brought too little although there is work", () => {
    const it = attacking(3);
    it.now += 30 * minute;
    expect(thresholds(it.tell(tick))).toEqual([[13.5, 0]]);
  });

  test("is not judged while there is nothing to attack", () => {
    const always = configOf({ mode: "attack" });
    const it = story(always);
    it.tell({ type: "Configure", sha: "sha-1", config: always, problems: [] });
    it.tell(observe({ issues: [issue(1)] }));
    it.now += 30 * minute;
    expect(thresholds(it.tell(tick))).toEqual([]);
  });

  test("is forgotten when attack mode ends", () => {
    const it = attacking(3);
    it.now += 30 * minute;
    it.tell(tick);
    it.tell(off);
    expect(thresholdMinutes(it.state, it.config)).toBe(15);
  });
});

describe("more workers", () => {
  /** Attack mode on `count` quick wins with every worker taken, and a pass gone by. */
  function stretched(count: number, config: Config): Story {
    const it = story(config);
    it.tell(observe({ issues: quickWins(1, count) }));
    it.tell(on);
    it.tell(schedule());
    startAll(it);
    return it;
  }

  const scaled = { attack: { scale: { ready: 5 } } };

  test("are had when more than so many tasks are left over: as many as bring the queue down to that", () => {
    const it = stretched(10, sprites(2, 20, scaled));
    expect(shouldScaleWorkers(it.state, it)).toEqual({
      target: 5,
      reason: "8 tasks are ready and every worker is taken",
    });
    expect(it.tell(tick)).toContainEqual({
      type: "CapacityChanged",
      agent: bifrost,
      capacity: 5,
      reason: "8 tasks are ready and every worker is taken",
      isScaled: true,
    });
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned", "TaskAssigned"]);
  });

  test("are never more than maxCapacity, and at most once in ten minutes", () => {
    const it = stretched(30, sprites(2, 4, scaled));
    expect(capacities(it.tell(tick))).toEqual([4]);
    it.tell(schedule());
    it.now += 9 * minute;
    expect(it.ask(tick)).not.toContainEqual(expect.objectContaining({ type: "WarningRaised" }));
    it.now += 1 * minute;
    const warnings = it.tell(tick).filter((event) => event.type === "WarningRaised");
    expect(warnings).toMatchObject([{ warning: { code: "scaling", subject: "all" } }]);
  });

  test.each([
    ["with no more than that left over", 7, {}],
    ["with a worker free", 10, {}],
    ["with a cap reached", 10, { limits: { sessionsPerDay: 2 } }],
    ["in another mode", 10, {}],
    ["while everything is paused", 10, {}],
  ])("are not had %s", (when, count, config) => {
    const it = stretched(count, sprites(2, 20, { ...scaled, ...config }));
    if (when === "with a worker free") complete(it, 1);
    if (when === "in another mode") it.tell(instruct(1, { verb: "mode", mode: "effort" }));
    if (when === "while everything is paused") it.tell(instruct(1, { verb: "pause" }));
    expect(capacities(it.tell(tick))).toEqual([]);
    expect(shouldScaleWorkers(it.state, it)).toBeNull();
  });

  test("that nobody may have are told of once, and told again that it has passed", () => {
    const it = stretched(
      10,
      configOf({ agents: [{ id: "jules", type: "jules", capacity: 2, maxCapacity: 9, dispatch: "api" }], ...scaled }),
    );
    expect(types(it.tell(tick))).toContain("WarningRaised");
    expect(types(it.tell(tick))).not.toContain("WarningRaised");
    it.tell(off);
    expect(it.tell(tick)).toContainEqual({ type: "WarningCleared", code: "scaling", subject: "all" });
  });

  test("go with attack mode, and no session that runs is ended for it", () => {
    const it = stretched(10, sprites(2, 20, scaled));
    it.tell(tick);
    it.tell(schedule());
    startAll(it);
    it.tell(off);
    expect(it.tell(tick)).toEqual([
      { type: "CapacityChanged", agent: bifrost, capacity: null, reason: "attack mode is over" },
    ]);
    expect(it.state.occupied.size).toBe(5);
    expect([...it.state.tasks.entries()].every(([, task]) => task.assignment?.cancelReason !== "cancelled")).toBe(true);
    expect(it.tell(tick)).toEqual([]);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("go while nothing waits although attack mode stays", () => {
    const it = stretched(10, sprites(2, 20, scaled));
    it.tell(tick);
    it.tell(schedule());
    startAll(it);
    complete(it, 1, 2, 3, 4, 5);
    it.tell(schedule());
    startAll(it);
    expect(it.state.ready.size).toBe(0);
    expect(capacities(it.tell(tick))).toEqual([]);
    complete(it, 6);
    it.tell(tick);
    expect(it.state.agents.get(bifrost)?.capacity).toBeNull();
    expect(it.state.attack).not.toBeNull();
  });

  test("follow a configuration that allows fewer, or has as many itself", () => {
    const it = stretched(10, sprites(2, 20, scaled));
    it.tell(tick);
    it.tell(schedule());
    it.config = sprites(2, 3, scaled);
    expect(capacities(it.tell(tick))).toEqual([3]);
    it.config = sprites(6, 6, scaled);
    expect(capacities(it.tell(tick))).toEqual([null]);
  });
});

describe("beside a session that takes long", () => {
  function besideLong(quick: number): Story {
    const it = story(sprites(1, 3, { stale: { person: "20h" } }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "estimate:4h"] })] }));
    it.tell(on);
    it.tell(schedule());
    startAll(it);
    it.now += 10 * minute;
    it.tell(observe({ issues: quickWins(2, quick) }));
    return it;
  }

  test("five new quick wins get a worker of their own after half an hour", () => {
    const it = besideLong(5);
    it.now += 19 * minute;
    expect(capacities(it.tell(tick))).toEqual([]);
    it.now += 1 * minute;
    expect(it.tell(tick)).toContainEqual(
      expect.objectContaining({
        type: "CapacityChanged",
        capacity: 2,
        reason: "5 quick wins wait beside a session of 30 minutes",
      }),
    );
    expect(it.tell(schedule())).toMatchObject([{ type: "TaskAssigned", worker: "bifrost/2" }]);
    it.now += 5 * minute;
    expect(capacities(it.tell(tick))).toEqual([]);
  });

  test("four do not, nor do those that were ready before it began", () => {
    const it = besideLong(4);
    it.now += 25 * minute;
    expect(capacities(it.tell(tick))).toEqual([]);
    const early = story(sprites(1, 3));
    early.tell(
      observe({
        issues: [issue(1, { labels: ["orchestrate", "priority:urgent", "estimate:4h"] }), ...quickWins(2, 6)],
      }),
    );
    early.tell(schedule());
    early.now += 1;
    startAll(early);
    early.tell(on);
    early.now += 35 * minute;
    expect(capacities(early.tell(tick))).toEqual([]);
  });
});
