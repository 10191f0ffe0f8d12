import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adjustEffortThreshold, thresholdMinutes } from "../../src/core/attack-threshold.ts";
import { isAttackModeEligible } from "../../src/core/quick-wins.ts";
import type { Event, EventOf } from "../../src/model/event.ts";
import { configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";
import { complete, quickWins, sprites } from "./attack-story.ts";

const minute = 60_000;
const tick = { type: "Tick" } as const;
const on = instruct(1, { verb: "attack", to: "on" });
const off = instruct(1, { verb: "attack", to: "off" });

function answer(events: readonly Event[]): string | null {
  return events.find((event): event is EventOf<"CommandAnswered"> => event.type === "CommandAnswered")?.answer ?? null;
}

describe("a quick win", () => {
  function eligible(labels: readonly string[], threshold: string): boolean {
    const it = story(configOf({ attack: { threshold } }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...labels] })] }));
    return isAttackModeEligible(it.state, taskAt(it, 1), it.config);
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

  test("is not put off by a small pull request that attack mode leaves to a person, but by one that it merges itself", () => {
    const endsWith = (labels: readonly string[]): boolean => {
      const it = story();
      it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...labels] })] }));
      it.tell(on);
      it.tell(schedule());
      it.tell(say(1, 1, report("running")));
      it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
      it.tell(observe({ pulls: [pull(9, { checks: "pending", requiredChecks: "pending" })] }));
      expect(it.status(1)).toBe("review");
      it.now += 31 * minute;
      return it.tell(tick).some((event) => event.type === "ModeChanged");
    };
    expect(endsWith(["estimate:5m"])).toBe(true);
    expect(endsWith(["quick-win"])).toBe(false);
  });

  test("is not put off by a quick win that nobody can take, but by one that somebody takes up again", () => {
    const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", capabilities: { ts: 1 } }];
    const it = story(configOf({ agents }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "quick-win", "needs:rust"] })] }));
    it.tell(on);
    expect(it.tell(schedule())).toMatchObject([{ type: "TaskEscalated" }]);
    it.now += 29 * minute;
    expect(it.ask(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
    it.now += 1 * minute;
    expect(it.ask(tick)).toContainEqual({ type: "ModeChanged", mode: null, by: "orchestrate" });
    expect(answer(it.ask(on))).toContain("No task is a quick win now");
    it.config = configOf();
    expect(types(it.ask(schedule()))).toContain("TaskAssigned");
    it.tell(schedule());
    expect(it.tell(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
  });

  test("is not put off by many of them either, while one behind them can be taken", () => {
    const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", capabilities: { ts: 1 } }];
    const it = story(configOf({ agents, matching: { lookAhead: 2 }, preemption: { enabled: false } }));
    const forNobody = [1, 2, 3, 4, 5].map((number) =>
      issue(number, { labels: ["orchestrate", "quick-win", "needs:rust"] }),
    );
    it.tell(observe({ issues: [...forNobody, ...quickWins(6, 2)] }));
    it.tell(on);
    it.tell(schedule());
    complete(it, 6);
    it.now += 31 * minute;
    expect(it.tell(tick)).not.toContainEqual(expect.objectContaining({ type: "ModeChanged" }));
    complete(it, 7);
    it.now += 31 * minute;
    expect(it.tell(tick)).toContainEqual({ type: "ModeChanged", mode: null, by: "orchestrate" });
  });

  test("is not put off by a pull request on hold, nor by a question that nobody answers", () => {
    const held = story();
    held.tell(observe({ issues: quickWins(1, 1) }));
    held.tell(on);
    held.tell(schedule());
    held.tell(say(1, 1, report("running")));
    held.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    held.tell(observe({ pulls: [pull(9, { checks: "pending", requiredChecks: "pending" })] }));
    held.tell(instruct(1, { verb: "hold" }));
    held.now += 31 * minute;
    expect(types(held.tell(tick))).toContain("ModeChanged");
    const asking = story();
    asking.tell(observe({ issues: quickWins(1, 1) }));
    asking.tell(on);
    asking.tell(schedule());
    asking.tell(say(1, 1, report("running")));
    asking.tell(say(1, 1, report("waiting", { question: "Which one?" })));
    asking.now += 40 * minute;
    expect(types(asking.tell(tick))).not.toContain("ModeChanged");
    asking.now += 90 * minute;
    asking.tell(tick);
    expect(types(asking.tell(tick))).toContain("ModeChanged");
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
    [15, 20, 18],
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

  test("raises the threshold with the tenth task of half an hour, then once a window", () => {
    const it = attacking(40);
    complete(it, ...Array.from({ length: 9 }, (_, index) => index + 1));
    it.now += 5 * minute;
    expect(thresholds(it.tell(tick))).toEqual([]);
    complete(it, 10);
    expect(thresholds(it.tell(tick))).toEqual([[18, 20]]);
    expect(thresholdMinutes(it.state, it.config)).toBe(18);
    complete(it, 11, 12, 13, 14);
    it.now += 10 * minute;
    expect(thresholds(it.tell(tick))).toEqual([]);
    it.now += 20 * minute;
    complete(it, ...Array.from({ length: 12 }, (_, index) => index + 15));
    expect(thresholds(it.tell(tick))).toEqual([[21.6, 24]]);
  });

  test("counts nothing that was completed before attack mode began", () => {
    const it = story(sprites(2, 2));
    it.tell(observe({ issues: quickWins(1, 40) }));
    complete(it, ...Array.from({ length: 12 }, (_, index) => index + 1));
    it.now += 1 * minute;
    it.tell(on);
    expect(thresholds(it.tell(tick))).toEqual([]);
    it.now += 1 * minute;
    complete(it, ...Array.from({ length: 9 }, (_, index) => index + 13));
    expect(thresholds(it.tell(tick))).toEqual([]);
    complete(it, 22);
    expect(thresholds(it.tell(tick))).toEqual([[18, 20]]);
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
