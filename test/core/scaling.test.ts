import { describe, expect, test } from "vitest";
import { shouldScaleWorkers } from "../../src/core/decide-scaling.ts";
import { raisedTo } from "../../src/state/records.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event } from "../../src/model/event.ts";
import { toAgentId } from "../../src/model/ids.ts";
import { configOf, issue } from "../support/build.ts";
import { instruct, observe, schedule, story, types, type Story } from "../support/given.ts";
import { complete, quickWins, sprites, startAll } from "./attack-story.ts";

const minute = 60_000;
const tick = { type: "Tick" } as const;
const on = instruct(1, { verb: "attack", to: "on" });
const off = instruct(1, { verb: "attack", to: "off" });
const bifrost = toAgentId("bifrost");

function capacities(events: readonly Event[]): readonly (number | null)[] {
  return events.flatMap((event) => (event.type === "CapacityChanged" ? [event.capacity] : []));
}

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

  test("that nobody may have are told of once in ten minutes, however often the queue is shorter in between", () => {
    const it = stretched(
      8,
      configOf({
        agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }],
        attack: { scale: { ready: 6 } },
      }),
    );
    const started = it.now;
    const told: unknown[] = [];
    for (let half = 0; half < 30; half += 1) {
      it.tell(instruct(2, half % 4 === 2 ? { verb: "hold" } : { verb: "resume", number: 2 }));
      it.tell(schedule());
      it.now += minute / 2;
      const isTold = it.tell(tick).some((event) => event.type === "WarningRaised" && event.warning.code === "scaling");
      if (isTold) told.push((it.now - started) / minute);
    }
    expect(told).toHaveLength(2);
    expect(Number(told[1]) - Number(told[0])).toBeGreaterThanOrEqual(10);
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

  describe("where the vendor runs fewer sessions at once", () => {
    const says = (limit: number | null) => ({ type: "ReportCapacity", agent: bifrost, limit }) as const;
    const slots = (it: Story) => it.state.agents.get(bifrost)?.capacity ?? null;

    /** Raised from 2 to 10. */
    function raisedToTen(): Story {
      const it = stretched(40, sprites(2, 10, scaled));
      it.tell(tick);
      it.tell(schedule());
      startAll(it);
      expect(slots(it)).toBe(10);
      return it;
    }

    test("are as many as it says for as long as it says so, and no slot is lost and found in between", () => {
      const it = raisedToTen();
      const seen: unknown[] = [];
      for (let passed = 0; passed < 25; passed += 1) {
        it.now += minute;
        it.tell(says(8));
        it.tell(tick);
        it.tell(schedule());
        seen.push(slots(it));
      }
      expect(new Set(seen)).toEqual(new Set([8]));
    });

    test("are more again when it allows more, up to what they were raised to, and it says which it was", () => {
      const it = raisedToTen();
      expect(it.tell(says(8))).toEqual([
        {
          type: "CapacityChanged",
          agent: bifrost,
          capacity: 8,
          reason: "its vendor runs 8 sessions at once",
          raisedTo: 10,
        },
      ]);
      expect(capacities(it.tell(says(9)))).toEqual([9]);
      expect(it.tell(says(50))).toMatchObject([{ capacity: 10, reason: "its vendor has room again" }]);
      expect(it.tell(says(50))).toEqual([]);
    });

    test("go with attack mode all the same, and never beyond what the vendor allows", () => {
      for (const [limit, left] of [
        [8, null],
        [1, 1],
      ] as const) {
        const it = raisedToTen();
        it.tell(says(limit));
        it.tell(off);
        expect(capacities(it.tell(tick))).toEqual([left]);
        expect(it.tell(tick)).toEqual([]);
        it.tell(says(20));
        expect(slots(it)).toBeNull();
      }
    });

    test("follow a configuration that allows fewer than the vendor, and than they were raised to", () => {
      const it = raisedToTen();
      it.tell(says(8));
      it.config = sprites(2, 9, scaled);
      expect(it.tell(tick)).toContainEqual(expect.objectContaining({ capacity: 8, raisedTo: 9 }));
      it.config = sprites(2, 5, scaled);
      expect(it.tell(tick)).toContainEqual(expect.objectContaining({ capacity: 5, raisedTo: 5 }));
      it.tell(says(1));
      expect([slots(it), it.tell(tick)]).toEqual([1, []]);
    });

    test("are not promised by a larger maxCapacity: the warning names the vendor", () => {
      const it = raisedToTen();
      it.tell(says(8));
      it.now += 11 * minute;
      const suggestions = it.tell(tick).flatMap((event) => {
        return event.type === "WarningRaised" && event.warning.code === "scaling" ? [event.warning.suggestion] : [];
      });
      expect(suggestions).toEqual([expect.stringContaining("The vendor of bifrost runs no more sessions")]);
    });

    test("are known again from a snapshot, also from one that knew the raised number only", () => {
      const it = raisedToTen();
      it.tell(says(8));
      const again = fromSnapshot(toSnapshot(it.state));
      expect(again.agents.get(bifrost)).toMatchObject({ capacity: 8, isScaled: true, raisedTo: 10 });
      const old = toSnapshot(raisedToTen().state).map((line) => line.replace('"raisedTo":10,', ""));
      const known = fromSnapshot(old);
      expect(raisedTo(known.agents.get(bifrost))).toBe(10);
    });
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
