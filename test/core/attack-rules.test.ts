/** Attack mode that has switched itself off stays off while nothing changes, whatever rule or phase is in force. */
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/model/event.ts";
import type { ScheduleNow } from "../../src/model/mode.ts";
import { modeInForce } from "../../src/core/rank-ready.ts";
import { configOf, issue } from "../support/build.ts";
import { instruct, observe, schedule, story, type Story } from "../support/given.ts";
import { quickWins } from "./attack-story.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const attack: ScheduleNow = { rule: { key: "attack@1", mode: "attack" }, nextAt: null };
const effort: ScheduleNow = { rule: { key: "effort@2", mode: "effort" }, nextAt: null };
const noRule: ScheduleNow = { rule: null, nextAt: null };
const on = instruct(1, { verb: "attack", to: "on" });

function modes(events: readonly Event[]): readonly unknown[] {
  return events.flatMap((event) =>
    event.type === "ModeChanged" || event.type === "MilestoneModeChanged" ? [event.mode] : [],
  );
}

/** The switches of so many minutes with a tick and a schedule in each. */
function ticking(it: Story, minutes: number): readonly unknown[] {
  return Array.from({ length: minutes }, () => {
    it.now += minute;
    return [...modes(it.tell({ type: "Tick" })), ...modes(it.tell(schedule()))];
  }).flat();
}

function modeNow(it: Story): string {
  return modeInForce(it.state, { now: it.now, config: it.config });
}

describe("attack mode that has nothing to attack", () => {
  test("under a time rule goes on and off once a turn of the rule, not once a window", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.timetable = attack;
    expect(ticking(it, 300)).toEqual(["attack", null]);
    it.timetable = { rule: { key: "attack@2", mode: "attack" }, nextAt: null };
    expect(ticking(it, 300)).toEqual(["attack", null]);
    it.timetable = noRule;
    expect(ticking(it, 300)).toEqual([null]);
  });

  test("that a person had switched on before the rule does not come back with the end of the rule", () => {
    const it = story();
    it.tell(instruct(1, { verb: "mode", mode: "critical" }));
    it.tell(on);
    it.timetable = attack;
    expect(ticking(it, 300)).toEqual(["attack", "critical"]);
    it.timetable = noRule;
    expect(ticking(it, 300)).toEqual(["critical"]);
  });

  test("and stood back for a rule comes back after it, and ends with what was before, not with the mode of the rule", () => {
    const it = story();
    it.tell(instruct(1, { verb: "mode", mode: "critical" }));
    it.tell(on);
    it.timetable = effort;
    expect(ticking(it, 300)).toEqual(["effort"]);
    it.timetable = noRule;
    expect(ticking(it, 300)).toEqual(["attack", "critical"]);
  });

  test("by a rule that follows another one ends with what was before both", () => {
    const it = story();
    it.timetable = effort;
    expect(ticking(it, 10)).toEqual(["effort"]);
    it.timetable = attack;
    expect(ticking(it, 300)).toEqual(["attack", null]);
    it.timetable = noRule;
    expect(ticking(it, 300)).toEqual([null]);
  });

  test("by a person under another rule ends with the mode of that rule, which is in force still", () => {
    const it = story();
    it.timetable = effort;
    ticking(it, 10);
    it.tell(on);
    expect(ticking(it, 300)).toEqual(["effort"]);
    it.timetable = noRule;
    expect(ticking(it, 300)).toEqual([null]);
  });

  test("and that a person switches off under the rule comes back with its end, as the answer says", () => {
    const it = story();
    it.tell(on);
    it.timetable = attack;
    ticking(it, 5);
    const [, answered] = it.tell(instruct(1, { verb: "attack", to: "off" }));
    expect(answered).toMatchObject({ answer: expect.stringContaining("until it ends, then attack is back.") });
    it.timetable = noRule;
    expect(ticking(it, 300)).toEqual(["attack", null]);
  });

  test("that a person switches on again under the rule ends by itself again, and stays off", () => {
    const it = story();
    it.timetable = attack;
    ticking(it, 60);
    expect(modes(it.tell(on))).toEqual(["attack"]);
    expect(ticking(it, 300)).toEqual([null]);
  });

  test("leaves the phase of a milestone as it is, which ranks its own tasks and switches nothing", () => {
    const phases = { early: "attack", middle: "attack", late: "attack" };
    const it = story(configOf({ phases }));
    const milestone = { title: "v1", labels: [], createdAt: it.now, dueAt: it.now + 30 * day };
    it.tell(observe({ issues: [issue(1, { milestone })] }));
    it.timetable = attack;
    expect(ticking(it, 300)).toEqual(["attack", "attack", null]);
    expect([...it.state.milestoneModes.entries()]).toEqual([["v1", "attack"]]);
  });

  test("by a state without a record of how it began goes back to the configuration, once", () => {
    const it = story();
    it.tell(on);
    it.state.attack = null;
    expect(ticking(it, 300)).toEqual(["attack", null]);
    expect(modeNow(it)).toBe("priority");
  });

  test("has work again after it has ended: it stays off, and the next turn of the rule begins it anew", () => {
    const it = story();
    it.timetable = attack;
    ticking(it, 60);
    it.tell(observe({ issues: quickWins(1, 2) }));
    expect(ticking(it, 20)).toEqual([]);
    it.timetable = { rule: { key: "attack@2", mode: "attack" }, nextAt: null };
    expect(ticking(it, 1)).toEqual(["attack"]);
  });
});
