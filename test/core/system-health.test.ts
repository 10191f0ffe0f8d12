/** One number for how well the whole is: what moves it, and that it is told once when it is low. */
import { describe, expect, test } from "vitest";
import { evolveEntry } from "../../src/core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { systemHealthOf } from "../../src/core/system-health.ts";
import { describeHealth } from "../../src/views/metrics.ts";
import type { Event } from "../../src/model/event.ts";
import { toAgentId, toCommandId, toWorkerId } from "../../src/model/ids.ts";
import { configOf, issue, report } from "../support/build.ts";
import { instruct, observe, say, schedule, story, type Story } from "../support/given.ts";

const minute = 60_000;
const jules = toAgentId("jules");

function configured(config: Record<string, unknown> = {}): Story {
  const it = story(configOf(config));
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  return it;
}

function issues(from: number, to: number): ReturnType<typeof observe> {
  return observe({ issues: Array.from({ length: to - from + 1 }, (_, index) => issue(from + index)) });
}

function happened(it: Story, events: readonly Event[]): void {
  evolveEntry(it.state, { id: toCommandId("~other"), command: "Other", at: it.now, events, effects: [] });
}

function rest(it: Story, worker: number): void {
  happened(it, [
    { type: "WorkerRested", worker: toWorkerId(jules, worker), until: it.now + 60 * minute, reason: "It failed." },
  ]);
}

function healthOf(it: Story): ReturnType<typeof systemHealthOf> {
  return systemHealthOf(it.state, it);
}

/** Ticks as the cycle does, at the end of `ms`; what was told of the health. */
function after(it: Story, ms: number): readonly string[] {
  it.now += ms;
  return it.tell({ type: "Tick" }).flatMap((event) => {
    if (event.type === "WarningRaised" && event.warning.code === "system_health")
      return [`${event.warning.severity}: ${event.warning.detail} ${event.warning.suggestion}`];
    return event.type === "WarningCleared" && event.code === "system_health" ? ["passed"] : [];
  });
}

describe("the health of the system", () => {
  test("is 1 where nothing has happened, and where nobody is configured", () => {
    expect(healthOf(configured()).value).toBe(1);
    expect(healthOf(configured({ agents: [] })).value).toBe(1);
    expect(describeHealth(healthOf(configured()))).toBe("1.00");
  });

  test("is six tenths the mean and four tenths the worst of the shares without which nothing gets done", () => {
    const it = configured();
    rest(it, 1);
    expect(healthOf(it).parts.workers).toEqual({ share: 0.5, good: 1, of: 2 });
    expect(healthOf(it).value).toBe(0.725);
    rest(it, 2);
    expect(healthOf(it).value).toBe(0.45);
    expect(describeHealth(healthOf(it))).toBe("0.45; 2 of 2 workers cannot work");
  });

  test("does not count whom a person has disabled", () => {
    const it = configured();
    happened(it, [{ type: "WorkerDisabled", worker: toWorkerId(jules, 1), by: "wanda" }]);
    expect(healthOf(it).parts.workers).toEqual({ share: 1, good: 1, of: 1 });
  });

  test("counts every worker of an agent that is paused, until the pause is over", () => {
    const it = configured();
    happened(it, [
      { type: "AgentPaused", agent: jules, until: it.now + 5 * minute, reason: "It refuses.", cause: "refusals" },
    ]);
    expect(healthOf(it).parts.workers).toEqual({ share: 0, good: 0, of: 2 });
    it.now += 5 * minute;
    expect(healthOf(it).parts.workers.share).toBe(1);
  });

  test("falls with attempts that fail, once there are enough of them to say so", () => {
    const it = configured({
      agents: [{ id: "jules", type: "jules", capacity: 8, dispatch: "api" }],
      alerts: { failureSample: 4 },
      retry: { maxAttempts: 1 },
    });
    it.tell(issues(1, 4));
    it.tell(schedule());
    const end = (number: number): void => {
      it.tell(say(number, number, report("running")));
      it.tell(say(number, number, number % 2 === 0 ? report("failed", { reason: "no_result" }) : report("succeeded")));
    };
    for (const number of [1, 2, 3]) end(number);
    expect(healthOf(it).parts.attempts.share).toBe(1);
    end(4);
    expect(healthOf(it).parts.attempts).toEqual({ share: 0.5, good: 2, of: 4 });
    it.now += 25 * 60 * minute;
    expect(healthOf(it).parts.attempts.share).toBe(1);
  });

  test("falls with tasks that stand still, from five open ones on, and a snapshot knows them", () => {
    const it = configured({ agents: [] });
    it.tell(issues(1, 4));
    for (const number of [1, 2]) it.tell(instruct(number, { verb: "fail", reason: "No." }));
    expect(healthOf(it).parts.tasks.share).toBe(1);
    it.tell(issues(5, 8));
    expect(healthOf(it).parts.tasks).toEqual({ share: 0.75, good: 6, of: 8 });
    expect(systemHealthOf(fromSnapshot(toSnapshot(it.state)), it)).toEqual(healthOf(it));
    it.tell(instruct(1, { verb: "retry" }));
    it.tell(instruct(2, { verb: "complete" }));
    expect(healthOf(it).parts.tasks).toEqual({ share: 1, good: 7, of: 7 });
  });

  test("counts a session that waits for a person, and one that is far over its estimate", () => {
    const it = configured();
    it.tell(issues(1, 5));
    it.tell(schedule());
    it.tell(say(1, 1, report("waiting", { question: "Which?" })));
    it.tell(say(2, 2, report("running")));
    expect(healthOf(it).parts.tasks).toEqual({ share: 0.8, good: 4, of: 5 });
    it.now += 91 * minute;
    expect(healthOf(it).parts.tasks).toEqual({ share: 0.6, good: 3, of: 5 });
  });

  test("falls with a queue that is longer than it may be", () => {
    const it = configured({ agents: [], alerts: { queueDepth: 10 } });
    it.tell(issues(1, 10));
    expect(healthOf(it).parts.queue).toEqual({ share: 1, good: 10, of: 10 });
    it.tell(issues(11, 40));
    expect(healthOf(it).parts.queue).toEqual({ share: 0.25, good: 10, of: 40 });
    // More work than hands is no illness by itself.
    expect(healthOf(it).value).toBe(0.8875);
  });
});

describe("a system that is not well", () => {
  test("is told once with its worst parts and what to do, and passes well above the bound", () => {
    const it = configured({ agents: [{ id: "jules", type: "jules", capacity: 4, dispatch: "api" }] });
    rest(it, 1);
    rest(it, 2);
    expect(after(it, minute)).toEqual([]);
    rest(it, 3);
    expect(after(it, minute)).toEqual([
      "critical: The health of the system is 0.58, below 0.7: 3 of 4 workers cannot work. See with `/orchestrate agents` who rests or is paused and until when; `/orchestrate enable <worker>` puts one back to work at once.",
    ]);
    expect(after(it, minute)).toEqual([]);
    it.tell(instruct(1, { verb: "enable", worker: "jules/1" }));
    // 0.725 is above the bound, but not by a tenth.
    expect(healthOf(it).value).toBe(0.725);
    expect(after(it, minute)).toEqual([]);
    it.tell(instruct(1, { verb: "enable", worker: "jules/2" }));
    expect(after(it, minute)).toEqual(["passed"]);
  });

  test("passes at 1 even where the bound is next to it, and is never told where the bound is 0", () => {
    const strict = configured({ alerts: { systemHealth: 1 } });
    rest(strict, 1);
    expect(after(strict, minute)).toHaveLength(1);
    strict.tell(instruct(1, { verb: "enable", worker: "jules/1" }));
    expect(after(strict, minute)).toEqual(["passed"]);
    const off = configured({ alerts: { systemHealth: 0 } });
    rest(off, 1);
    rest(off, 2);
    expect(after(off, minute)).toEqual([]);
  });
});
