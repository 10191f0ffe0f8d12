import { describe, expect, test } from "vitest";
import { modesDueAt } from "../../src/core/decide-modes.ts";
import { nextDueAt } from "../../src/core/decide-tick.ts";
import { modeOf, rankReady } from "../../src/core/rank-ready.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event, EventOf } from "../../src/model/event.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import type { Mode, ScheduleNow } from "../../src/model/mode.ts";
import { configOf, issue, taskId } from "../support/build.ts";
import { instruct, observe, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const tick = { type: "Tick" } as const;

function rule(mode: Mode, key = `${mode}@1`): ScheduleNow {
  return { rule: { key, mode }, nextAt: null };
}
const noRule: ScheduleNow = { rule: null, nextAt: null };

function modeNow(it: Story): Mode {
  return it.state.mode ?? it.config.mode;
}

function configure(it: Story, config: Config, sha = "sha-1"): readonly Event[] {
  it.config = config;
  return it.tell({ type: "Configure", sha, config, problems: [] });
}

function answers(events: readonly Event[]): readonly (string | null)[] {
  return events.flatMap((event) => (event.type === "CommandAnswered" ? [event.answer] : []));
}

/** The tasks that a schedule starts, by the number of their issue, and by which mode each was chosen. */
function started(events: readonly Event[]): readonly (readonly [number, Mode])[] {
  return events
    .filter((event): event is EventOf<"TaskAssigned"> => event.type === "TaskAssigned")
    .map(({ task, reasons }) => [Number(task.split(":")[2]) - 1_000, reasons.algorithm]);
}

/** A long urgent task and a short one: `priority` takes the first, `effort` the second. */
function backlog(): readonly IssueFacts[] {
  return [
    issue(1, { labels: ["orchestrate", "priority:urgent", "estimate:2h"] }),
    issue(2, { labels: ["orchestrate", "priority:low", "estimate:20m"] }),
  ];
}

const oneWorker = configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] });

describe("a mode that is switched counts from the next decision", () => {
  test("by a command", () => {
    const it = story(oneWorker);
    it.tell(observe({ issues: backlog() }));
    expect(types(it.tell(instruct(1, { verb: "mode", mode: "effort" })))).toEqual(["ModeChanged", "CommandAnswered"]);
    expect(started(it.tell(schedule()))).toEqual([[2, "effort"]]);
  });

  test("by the configuration, unless a person has chosen", () => {
    const it = story(oneWorker);
    it.tell(observe({ issues: backlog() }));
    configure(it, { ...oneWorker, mode: "effort" });
    expect(started(it.ask(schedule()))).toEqual([[2, "effort"]]);
    it.tell(instruct(1, { verb: "mode", mode: "priority" }));
    configure(it, { ...oneWorker, mode: "critical" }, "sha-2");
    expect(started(it.tell(schedule()))).toEqual([[1, "priority"]]);
  });

  test("by a label of the issue, for that issue alone", () => {
    const it = story(configOf());
    const [urgent, small] = backlog();
    it.tell(observe({ issues: [urgent, small].flatMap((facts) => facts ?? []) }));
    it.tell(observe({ issues: [issue(2, { updatedAt: 2, labels: ["orchestrate", "estimate:20m", "mode:attack"] })] }));
    expect(started(it.tell(schedule()))).toEqual([
      [1, "priority"],
      [2, "attack"],
    ]);
    expect(it.state.attack).toBeNull();
  });

  test("and modes take turns, the one in force first, but urgent tasks of any mode go before all others", () => {
    const it = story({ ...oneWorker, mode: "priority" });
    const labels = ["orchestrate", "mode:effort", "priority:low"];
    const plain = [2, 3, 4].map((number) => issue(number, { labels: ["orchestrate", "priority:high"] }));
    const urgent = issue(5, { labels: ["orchestrate", "priority:urgent"] });
    const hurried = issue(6, { labels: ["orchestrate", "mode:effort", "priority:urgent", "estimate:5m"] });
    it.tell(observe({ issues: [issue(1, { labels }), ...plain, urgent, hurried] }));
    const order = rankReady(it.state, { now: it.now, config: it.config }, 9).map(({ id }) => id);
    expect(order).toEqual([5, 6, 2, 1, 3, 4].map(taskId));
  });

  test("by a line of its milestone, and the label of the issue counts for more", () => {
    const it = story(configOf());
    const milestone = { title: "Launch", labels: ["mode:critical"], createdAt: 0, dueAt: null };
    it.tell(
      observe({ issues: [issue(1, { milestone }), issue(2, { milestone, labels: ["orchestrate", "mode:effort"] })] }),
    );
    expect(new Map(started(it.tell(schedule())))).toEqual(
      new Map([
        [1, "critical"],
        [2, "effort"],
      ]),
    );
  });
});

describe("a time rule", () => {
  function underRule(it: Story): Story {
    it.timetable = rule("attack");
    it.tell(tick);
    return it;
  }

  test("switches when it begins, once, and goes back to the configuration when it ends", () => {
    const it = story(oneWorker);
    it.tell(observe({ issues: backlog() }));
    it.timetable = rule("effort");
    expect(it.tell(tick)).toEqual([{ type: "ModeChanged", mode: "effort", by: "schedule", rule: "effort@1" }]);
    expect(it.tell(tick)).toEqual([]);
    expect(started(it.ask(schedule()))).toEqual([[2, "effort"]]);
    it.timetable = noRule;
    expect(it.tell(tick)).toEqual([{ type: "ModeChanged", mode: null, by: "schedule", rule: null }]);
    expect([it.state.mode, it.state.modeBy]).toEqual([null, null]);
    expect(it.tell(tick)).toEqual([]);
  });

  test("gives back what a person had chosen before, in that person's name", () => {
    const it = story(oneWorker);
    it.tell(instruct(1, { verb: "mode", mode: "critical" }));
    underRule(it).timetable = noRule;
    it.tell(tick);
    expect([it.state.mode, it.state.modeBy]).toEqual(["critical", "wanda"]);
  });

  test("yields to a person until it ends, however often the clock ticks, and the answer says so", () => {
    const it = underRule(story(oneWorker));
    expect(answers(it.tell(instruct(1, { verb: "mode", mode: "blocker" })))).toEqual([
      "A rule of the schedule is in force: blocker counts until it ends, then priority is back.",
    ]);
    expect(it.tell(tick)).toEqual([]);
    expect(modeNow(it)).toBe("blocker");
    it.timetable = noRule;
    it.tell(tick);
    expect(modeNow(it)).toBe("priority");
  });

  test("that follows another one at once goes back to what was before the first", () => {
    const it = story(oneWorker);
    it.timetable = rule("effort");
    it.tell(tick);
    it.timetable = rule("critical");
    expect(types(it.tell(tick))).toEqual(["ModeChanged"]);
    it.timetable = noRule;
    it.tell(tick);
    expect(it.state.mode).toBeNull();
  });

  test("of the next week begins anew although nobody saw the last one end", () => {
    const it = underRule(story(oneWorker));
    it.tell(instruct(1, { verb: "mode", mode: "blocker" }));
    it.timetable = rule("attack", "attack@2");
    expect(types(it.tell(tick))).toEqual(["ModeChanged"]);
    expect(modeNow(it)).toBe("attack");
  });

  test("is left as it is by a door that has read no clock", () => {
    const it = underRule(story(oneWorker));
    it.timetable = null;
    expect(it.tell(tick)).toEqual([]);
    expect(modeNow(it)).toBe("attack");
  });

  test("wakes the engine when it begins or ends", () => {
    const it = story(oneWorker);
    const context = { now: it.now, config: it.config, schedule: { rule: null, nextAt: it.now + minute } };
    expect(nextDueAt({ state: it.state, context })).toBe(it.now + minute);
  });
});

describe("a phase of a milestone", () => {
  const phased = {
    ...oneWorker,
    phases: { early: "priority", middle: "blocker", late: "effort", middleFrom: 0.33, lateFrom: 0.8 },
  } satisfies Config;

  /** A milestone of a hundred days that began `daysAgo`. */
  function milestoneOf(it: Story, daysAgo: number, dueIn: number | null = 100 - daysAgo) {
    const createdAt = it.now - daysAgo * day;
    return { title: "Launch", labels: [], createdAt, dueAt: dueIn === null ? null : it.now + dueIn * day };
  }

  function modeOfFirst(it: Story): Mode | null {
    const task = it.state.tasks.get(taskId(1));
    return task === undefined ? null : modeOf(it.state, task, { now: it.now, config: it.config });
  }

  test("is early, then in the middle, then near the due date, each told once", () => {
    const it = story(phased);
    it.now = 200 * day;
    it.tell(observe({ issues: [issue(1, { milestone: milestoneOf(it, 10) }), issue(2)] }));
    const modes = [0, 22, 1, 46, 1, 60].flatMap((days) => {
      it.now += days * day;
      return it.tell(tick).flatMap((event) => (event.type === "MilestoneModeChanged" ? [event.mode] : []));
    });
    expect(modes).toEqual(["priority", "blocker", "effort"]);
    expect(modeOfFirst(it)).toBe("effort");
    expect(modeOf(it.state, taskAt(it, 2), { now: it.now, config: it.config })).toBe("priority");
  });

  test("goes with the due date, and comes back with a new one", () => {
    const it = story(phased);
    it.now = 200 * day;
    it.tell(observe({ issues: [issue(1, { milestone: milestoneOf(it, 90) })] }));
    it.tell(tick);
    expect(modeOfFirst(it)).toBe("effort");
    it.tell(observe({ issues: [issue(1, { updatedAt: 2, milestone: milestoneOf(it, 90, null) })] }));
    expect(it.tell(tick)).toEqual([
      { type: "MilestoneModeChanged", milestone: "Launch", mode: null, reason: "it has no due date any more" },
    ]);
    it.tell(observe({ issues: [issue(1, { updatedAt: 3, milestone: milestoneOf(it, 90, 90) })] }));
    it.tell(tick);
    expect(modeOfFirst(it)).toBe("blocker");
  });

  test("goes when phases are no longer configured", () => {
    const it = story(phased);
    it.now = 200 * day;
    it.tell(observe({ issues: [issue(1, { milestone: milestoneOf(it, 90) })] }));
    it.tell(tick);
    it.config = oneWorker;
    expect(types(it.tell(tick))).toEqual(["MilestoneModeChanged"]);
    expect(it.tell(tick)).toEqual([]);
    expect(modeOfFirst(it)).toBe("priority");
  });

  test("wakes the engine when the next one begins, and no more after the last", () => {
    const it = story(phased);
    it.now = 200 * day;
    it.tell(observe({ issues: [issue(1, { milestone: milestoneOf(it, 10) })] }));
    const dueIn = (now: number): number | null => {
      const at = modesDueAt(it.state, { now, config: it.config });
      return at === null ? null : (at - it.now) / day;
    };
    expect([dueIn(it.now), dueIn(it.now + 30 * day), dueIn(it.now + 80 * day)]).toEqual([23, 70, null]);
  });

  test("says nothing where no phases are configured", () => {
    const it = story(oneWorker);
    it.now = 200 * day;
    it.tell(observe({ issues: [issue(1, { milestone: milestoneOf(it, 10) })] }));
    expect(it.tell(tick)).toEqual([]);
    expect(modesDueAt(it.state, { now: it.now, config: it.config })).toBeNull();
  });
});
