import { describe, expect, test } from "vitest";
import { metricsOf } from "../../src/insight/metrics.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { utilisationByType } from "../../src/core/utilisation.ts";
import { velocityOf } from "../../src/insight/velocity.ts";
import { blocker, configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, type Story } from "../support/given.ts";

const minute = 60_000;
const hour = 60 * minute;

function contextOf(it: Story): { readonly now: number; readonly config: Story["config"] } {
  return { now: it.now, config: it.config };
}

/** Tasks 1 to `count`, each completed by a person `gapMs` after the one before; ends at the last of them. */
function completing(count: number, gapMs: number, it: Story = story()): Story {
  const first = it.state.tasks.size + 1;
  for (let number = first; number < first + count; number += 1) {
    it.now += gapMs;
    it.tell(observe({ issues: [issue(number)] }));
    it.tell(instruct(number, { verb: "complete" }));
  }
  return it;
}

describe("the figures of the last hour", () => {
  test("count what it completed, and nothing older", () => {
    const it = completing(5, 20 * minute);
    expect(metricsOf(it.state, contextOf(it)).throughput).toBe(3);
    it.now += hour;
    expect(metricsOf(it.state, contextOf(it)).throughput).toBe(0);
  });

  test("say how long tasks waited and took, and what the sessions that ended cost", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    it.now += 4 * minute;
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(2, 2, report("running")));
    it.now += 30 * minute;
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url, costUsd: 1.25 })));
    it.tell(say(2, 2, report("cancelled", { costUsd: 0.5 })));
    it.tell(instruct(1, { verb: "complete" }));
    const metrics = metricsOf(it.state, contextOf(it));
    expect(metrics).toMatchObject({ throughput: 1, durationMinutes: 30, waitMinutes: 4, costUsd: 1.75 });
  });

  test("are plain JSON with times for people, also before anything has happened", () => {
    const it = story(configOf({ agents: [] }));
    const metrics = metricsOf(it.state, contextOf(it));
    expect(metrics).toMatchObject({ at: "1970-01-01T00:16:40.000Z", updatedAt: null, durationMinutes: null });
    expect(metrics.utilisation).toEqual({ total: 0, byType: {}, byAgent: [] });
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
  });
});

describe("readings", () => {
  test("are taken at most every five minutes, and only when something happens", () => {
    const it = completing(9, minute);
    it.now += hour;
    const { readings } = metricsOf(it.state, contextOf(it));
    expect(readings.map((reading) => reading.open)).toEqual([1, 1]);
    expect(readings.map((reading) => Date.parse(reading.at) / minute)).toEqual(
      [1_060_000, 1_360_000].map((at) => at / minute),
    );
  });

  test("are forgotten but for the last hundred", () => {
    const it = completing(120, 6 * minute);
    const { readings } = metricsOf(it.state, contextOf(it));
    expect(readings).toHaveLength(100);
    expect(Date.parse(readings.at(-1)?.at ?? "")).toBe(it.now);
  });

  test("say how much was blocked, how busy everybody was and how long the oldest had waited, so that these have a history", () => {
    const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 2 }] }));
    it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
    it.tell(
      observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] }), issue(3, { blockedBy: [blocker(1)] })] }),
    );
    it.tell(schedule());
    it.now += 30 * minute;
    it.tell(instruct(1, { verb: "estimate", minutes: 60 }));
    const { readings } = metricsOf(it.state, contextOf(it));
    expect(readings.map(({ blocked, utilisation }) => [blocked, utilisation])).toEqual([
      [0, 0],
      [2, 0.5],
    ]);
    it.tell(observe({ issues: [issue(4), issue(5)] }));
    it.now += 8 * minute;
    it.tell(instruct(1, { verb: "estimate", minutes: 70 }));
    const waits = metricsOf(it.state, contextOf(it)).readings.map(({ oldestWaitMinutes }) => oldestWaitMinutes);
    expect(waits).toEqual([null, null, 8]);
    const again = metricsOf(fromSnapshot(toSnapshot(it.state)), contextOf(it));
    expect(again.readings).toEqual(metricsOf(it.state, contextOf(it)).readings);
  });

  test("of an older version say neither, and that is told as nothing", () => {
    const it = completing(1, minute);
    const lines = toSnapshot(it.state).map((line) =>
      line.replaceAll(/,"(?:blocked|utilisation|oldestWaitMinutes)":[\d.a-z]+/g, ""),
    );
    const [first] = metricsOf(fromSnapshot(lines), contextOf(it)).readings;
    expect(first).toMatchObject({ open: 1, blocked: null, utilisation: null, oldestWaitMinutes: null });
  });
});

describe("velocity", () => {
  test("is counted over one, four and 24 hours, against the target", () => {
    const it = completing(12, 10 * minute);
    it.now += 3 * hour;
    completing(2, minute, it);
    expect(velocityOf(it.state, contextOf(it))).toEqual({
      short: 2,
      middle: 8 / 4,
      long: 14 / 24,
      windows: { short: 60, middle: 4 * 60, long: 24 * 60 },
      target: 20,
      isOnTarget: false,
      trend: "steady",
    });
  });

  test("is on target from the target on", () => {
    const it = completing(20, 2 * minute);
    expect(velocityOf(it.state, contextOf(it))).toMatchObject({ short: 20, isOnTarget: true });
  });

  test("accelerates when the last hour is faster than the last four by more than a fifth", () => {
    const it = completing(4, 30 * minute);
    completing(5, 5 * minute, it);
    expect(velocityOf(it.state, contextOf(it)).trend).toBe("accelerating");
  });

  test("decelerates when it is slower by more than a fifth", () => {
    const it = completing(9, 5 * minute);
    it.now += 2 * hour;
    expect(velocityOf(it.state, contextOf(it)).trend).toBe("decelerating");
  });

  test.each([30, 60, 120, 180, 300])("is steady at a constant rate when everything began %d minutes ago", (age) => {
    const it = completing(age / 6, 6 * minute);
    expect(velocityOf(it.state, contextOf(it))).toMatchObject({ trend: "steady", middle: Math.min(10, age / 24) });
  });

  test("accelerates and decelerates in a young repository as well", () => {
    const faster = completing(4, 15 * minute);
    completing(20, 3 * minute, faster);
    expect(velocityOf(faster.state, contextOf(faster)).trend).toBe("accelerating");
    const slower = completing(20, 3 * minute);
    completing(4, 15 * minute, slower);
    expect(velocityOf(slower.state, contextOf(slower)).trend).toBe("decelerating");
  });

  test("accelerates after a quiet time, which is history too", () => {
    const it = completing(1, minute);
    it.now += 20 * hour;
    completing(10, 5 * minute, it);
    expect(velocityOf(it.state, contextOf(it)).trend).toBe("accelerating");
  });

  test("has no trend below five completions", () => {
    const it = completing(4, minute);
    it.now += 2 * hour;
    expect(velocityOf(it.state, contextOf(it)).trend).toBe("steady");
  });
});

describe("the queue", () => {
  test("counts what is ready apart from what waits for others or for people, and knows the oldest", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    it.now += 10 * minute;
    it.tell(
      observe({
        issues: [issue(4), issue(5, { blockedBy: [blocker(1)] }), issue(6, { labels: ["orchestrate", "hold"] })],
      }),
    );
    it.tell(schedule());
    it.now += 5 * minute;
    expect(metricsOf(it.state, contextOf(it)).queue).toEqual({
      ready: 2,
      heldBack: 0,
      blocked: 2,
      oldest: { task: taskId(3), since: "1970-01-01T00:16:40.000Z", waitMinutes: 15 },
      health: "ok",
    });
  });

  test("is too long above the threshold", () => {
    const it = story(configOf({ alerts: { queueDepth: 2 } }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    expect(metricsOf(it.state, contextOf(it)).queue.health).toBe("ok");
    it.tell(observe({ issues: [issue(3)] }));
    expect(metricsOf(it.state, contextOf(it)).queue.health).toBe("warning");
  });
});

describe("utilisation", () => {
  const agents = [
    { id: "jules", type: "jules", capacity: 2, dispatch: "api" },
    { id: "backup", type: "jules", capacity: 2, dispatch: "api" },
    { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api", capabilities: { rust: 1 } },
  ];

  test("is taken slot time over slot time, per agent, per system and in total", () => {
    const it = story(configOf({ agents }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:jules"] })] }));
    it.tell(schedule());
    it.now += 30 * minute;
    it.tell(say(1, 1, report("cancelled")));
    it.now += 30 * minute;
    const { utilisation } = metricsOf(it.state, contextOf(it));
    expect(utilisation.byAgent.map((use) => [use.agent, use.busy, use.free, use.utilisation])).toEqual([
      ["jules", 0, 2, 0.25],
      ["backup", 0, 2, 0],
      ["bifrost", 0, 1, 0],
    ]);
    expect(utilisation.byType).toEqual({ bifrost: 0, jules: 0.125 });
    expect(utilisation.total).toBeCloseTo(0.1);
    expect(utilisationByType(it.state, contextOf(it))).toEqual(utilisation.byType);
  });

  test("is the same after a snapshot, and after one of a version that kept it with the agent", () => {
    const it = story(configOf({ agents: agents.slice(0, 1) }));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.now += 30 * minute;
    it.tell(say(1, 1, report("failed")));
    it.now += 30 * minute;
    const lines = toSnapshot(it.state);
    const older = lines.flatMap((line) => {
      const { use, record } = JSON.parse(line) as { use?: object; record?: { name: string; value: object } };
      if (use !== undefined) return [];
      const known = lines.map((each) => (JSON.parse(each) as { use?: object }).use).find((each) => each !== undefined);
      return record?.name === "agents"
        ? [JSON.stringify({ record: { ...record, value: { ...record.value, ...known } } })]
        : [line];
    });
    expect(older).not.toEqual(lines);
    for (const read of [lines, older]) {
      expect(metricsOf(fromSnapshot(read), contextOf(it)).utilisation).toEqual(
        metricsOf(it.state, contextOf(it)).utilisation,
      );
    }
  });

  test("counts sessions that still run, and no more than the last hour", () => {
    const it = story(configOf({ agents: agents.slice(0, 1) }));
    it.tell(observe({ issues: [issue(1)] }));
    it.now += hour;
    it.tell(observe({ issues: [issue(2)] }));
    it.tell(schedule());
    it.now += hour;
    expect(metricsOf(it.state, contextOf(it)).utilisation.total).toBe(1);
  });
});
