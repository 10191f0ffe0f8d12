/**
 * Every number of requirement 000 (thresholds, windows, counts) is a key of the configuration with that number as its default, and
 * another number there changes what is done: one row a number.
 */
import { expect, test } from "vitest";
import { adjustEffortThreshold } from "../../src/core/attack-threshold.ts";
import { metricsOf } from "../../src/insight/metrics.ts";
import { isAttackModeEligible } from "../../src/core/quick-wins.ts";
import { rankReady } from "../../src/core/rank-ready.ts";
import { velocityOf } from "../../src/insight/velocity.ts";
import { Repository } from "../../src/engine/repository.ts";
import { defaultConfig, type Config } from "../../src/model/config.ts";
import type { Event } from "../../src/model/event.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { createMemoryStore } from "../../src/memory/memory-store.ts";
import { blocker, configOf, issue, pull, report, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";
import { createManualClock, fakeWorld, partsOf, pass, rest } from "../engine/given.ts";
import { complete, quickWins, startAll } from "./attack-story.ts";
import { good, turn } from "./health-story.ts";

const minute = 60_000;
const hour = 60 * minute;

type Keys = Readonly<Record<string, unknown>>;

/** `{ "a.b": 1 }` as `{ a: { b: 1 } }`, over what is there. */
function nested(keys: Keys, base: Record<string, unknown> = {}): Record<string, unknown> {
  const whole = structuredClone(base);
  for (const [path, value] of Object.entries(keys)) {
    const parts = path.split(".");
    let section = whole;
    for (const part of parts.slice(0, -1)) section = (section[part] ??= {}) as Record<string, unknown>;
    section[parts.at(-1) ?? ""] = value;
  }
  return whole;
}

/** A story under a configuration that is in its log. */
function under(keys: Keys, base: Record<string, unknown> = {}): Story {
  const it = story(configOf(nested(keys, base)));
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  return it;
}

function many(count: number, facts: Partial<IssueFacts> = {}, first = 1): ReturnType<typeof observe> {
  return observe({ issues: Array.from({ length: count }, (_, index) => issue(first + index, facts)) });
}

function worker(type: "jules" | "cursor" | "bifrost", more: Record<string, unknown> = {}): Record<string, unknown> {
  return { agents: [{ id: type, type, capacity: 1, dispatch: "api", timeout: "9h", ...more }] };
}

const tick = { type: "Tick" } as const;

/** Minutes until the clock brings an event of this kind; null: not within four hours. */
function minutesUntil(it: Story, isIt: (event: Event) => boolean, each = (): void => undefined): number | null {
  for (let minutes = 1; minutes <= 240; minutes += 1) {
    it.now += minute;
    each();
    if (it.tell(tick).some(isIt)) return minutes;
  }
  return null;
}

function isRaised(code: string): (event: Event) => boolean {
  return (event) => event.type === "WarningRaised" && event.warning.code === code;
}

function isOf(type: Event["type"]): (event: Event) => boolean {
  return (event) => event.type === type;
}

/** Three tasks that each weight is about: an urgent one, one that others wait for, a small one. Their scores. */
function scores(keys: Keys): unknown {
  const it = under(keys, { mode: "balanced" });
  it.tell(
    observe({
      issues: [
        issue(1, { labels: ["orchestrate", "priority:urgent", "estimate:2h"] }),
        issue(2, { labels: ["orchestrate", "estimate:2h"] }),
        issue(3, { labels: ["orchestrate", "estimate:5m"] }),
        issue(4, { blockedBy: [blocker(2)] }),
      ],
    }),
  );
  return rankReady(it.state, it, 9).map(({ id, score }) => [id, Math.round(score * 100) / 100]);
}

/** Attempts at one task that fails every time. */
function attempts(keys: Keys): number {
  const it = under(keys, worker("jules"));
  it.tell(many(1));
  for (let count = 0; ; count += 1) {
    const assigned = it.tell(schedule()).find((event) => event.type === "TaskAssigned");
    if (assigned === undefined) return count;
    it.tell(say(1, assigned.fence, report("running")));
    it.tell(say(1, assigned.fence, report("failed")));
    it.now = Math.max(it.now, taskAt(it, 1).retryAt ?? 0);
  }
}

/** Tasks that one worker fails, one a minute, until it rests; those in `goods` end well. */
function failuresUntilRest(keys: Keys, goods: readonly number[] = []): number | null {
  const it = under(keys, { ...worker("jules"), retry: { backoff: { initial: "3h", max: "3h" } } });
  it.tell(many(20));
  for (let count = 1; count <= 20; count += 1) {
    const isGood = goods.includes(count);
    turn(it, isGood ? "succeeded" : "failed", isGood ? good() : {});
    it.tell(tick);
    if ((it.state.workers.get("jules/1" as never)?.restsUntil ?? null) !== null) return count;
  }
  return null;
}

function minutesOfRest(keys: Keys): number | null {
  const it = under(keys, { ...worker("jules"), retry: { backoff: { initial: "3h", max: "3h" } } });
  it.tell(many(20));
  for (let count = 0; count < 3; count += 1) turn(it, "failed");
  it.tell(tick);
  return minutesUntil(it, isOf("WorkerTried"));
}

/** What is merged, one after another, until an issue is asked for. */
function mergesUntilPattern(merged: number | undefined): number {
  const create = { title: "Update dependencies" };
  const it = under(
    {},
    { patterns: [{ id: "deps", label: "deps", create, ...(merged === undefined ? {} : { merged }) }] },
  );
  for (let number = 1; ; number += 1) {
    it.tell(observe({ issues: [issue(number, { labels: ["orchestrate", "deps"] })] }));
    it.tell(schedule());
    it.tell(
      say(number, taskAt(it, number).assignment?.fence ?? 0, report("succeeded", { pullUrl: pull(100 + number).url })),
    );
    it.tell(observe({ pulls: [pull(100 + number, { state: "merged", mergedBy: writer, mergedAt: it.now })] }));
    if (it.tell(tick).some(isOf("PatternMatched"))) return number;
  }
}

/** Two tasks run for so many minutes on all workers, and urgent work comes. */
function isPreempted(keys: Keys, minutes: number): boolean {
  const it = under(keys, { ...worker("cursor", { capacity: 2 }) });
  it.tell(many(2, { labels: ["orchestrate", "priority:low", "estimate:60m"] }));
  it.tell(schedule());
  for (const number of [1, 2]) it.tell(say(number, number, report("running")));
  it.now += minutes * minute;
  it.tell(many(1, { labels: ["orchestrate", "priority:urgent"] }, 5));
  return it.tell(schedule()).some(isOf("TaskPreempted"));
}

/** One session of an hour's estimate: minutes until a person is told that it takes long. */
function minutesUntilStale(keys: Keys): number | null {
  const it = under(keys, worker("jules"));
  it.tell(many(1, { labels: ["orchestrate", "estimate:20m"] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return minutesUntil(it, isOf("TaskEscalated"));
}

function greatestQuickWin(keys: Keys): number {
  const it = under(keys);
  it.tell(
    observe({
      issues: Array.from({ length: 30 }, (_, at) => issue(at + 1, { labels: ["orchestrate", `estimate:${at + 1}m`] })),
    }),
  );
  const eligible = Array.from({ length: 30 }, (_, at) => at + 1).filter((number) =>
    isAttackModeEligible(it.state, taskAt(it, number), it.config),
  );
  return eligible.at(-1) ?? 0;
}

/** Attack mode with one completion every `gap` minutes: minutes until the threshold moves. */
function minutesUntilMomentum(keys: Keys, gap: number): number | null {
  const it = under(keys, worker("jules"));
  it.tell(observe({ issues: quickWins(1, 90) }));
  it.tell(instruct(1, { verb: "attack", to: "on" }));
  let minutes = 0;
  return minutesUntil(it, isOf("AttackThresholdChanged"), () => {
    minutes += 1;
    if (minutes % gap === 0) complete(it, minutes / gap);
  });
}

/** Attack mode on `count` quick wins with the one Sprite taken: what the capacity is raised to, and when again. */
function raised(keys: Keys, count: number): readonly unknown[] {
  const it = under(keys, worker("bifrost", { maxCapacity: 90 }));
  it.tell(observe({ issues: quickWins(1, count) }));
  it.tell(instruct(1, { verb: "attack", to: "on" }));
  it.tell(schedule());
  startAll(it);
  const first = it.tell(tick).find((event) => event.type === "CapacityChanged");
  for (let round = 0; round < 3; round += 1) it.tell(schedule());
  startAll(it);
  it.tell(observe({ issues: quickWins(200, 60) }));
  it.tell(schedule());
  return [first?.capacity ?? null, minutesUntil(it, isOf("CapacityChanged"))];
}

/** `count` quick wins come beside a session: minutes until one more worker is had. */
function minutesUntilSpawn(keys: Keys, count: number): number | null {
  const it = under(keys, worker("bifrost", { maxCapacity: 2 }));
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "quick-win", "estimate:3h"] })] }));
  it.tell(instruct(1, { verb: "attack", to: "on" }));
  it.tell(schedule());
  startAll(it);
  it.now += 1_000;
  it.tell(observe({ issues: quickWins(2, count) }));
  it.tell(schedule());
  return minutesUntil(it, isOf("CapacityChanged"));
}

/** Completions, one every `gap` minutes. */
function completing(keys: Keys, count: number, gap: number): Story {
  const it = under(keys, { agents: [] });
  for (let number = 1; number <= count; number += 1) {
    it.now += gap * minute;
    it.tell(many(1, {}, number));
    it.tell(instruct(number, { verb: "complete" }));
  }
  return it;
}

function velocity(keys: Keys): ReturnType<typeof velocityOf> {
  const it = completing(keys, 30, 10);
  return velocityOf(it.state, it);
}

/** Of ten sessions so many fail; is it a warning, `later` on? */
function isFailing(
  keys: Keys,
  { ended, failed, later = minute }: { ended: number; failed: number; later?: number },
): boolean {
  const never = { failures: 1_000, sample: 1_000, refusals: 1_000 };
  const it = under(keys, { ...worker("jules"), health: never });
  for (let number = 1; number <= ended; number += 1) {
    it.tell(many(1, {}, number));
    it.tell(schedule());
    const fence = taskAt(it, number).assignment?.fence ?? 0;
    it.tell(say(number, fence, report("running")));
    it.tell(say(number, fence, report(number <= failed ? "failed" : "succeeded")));
    it.tell(instruct(number, { verb: "cancel" }));
  }
  it.now += later;
  return it.tell(tick).some(isRaised("failure_rate"));
}

function minutesUntilFull(keys: Keys): number | null {
  const it = under(keys, worker("jules"));
  it.tell(many(2));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return minutesUntil(it, isRaised("workers_full"));
}

function minutesUntilOverdue(keys: Keys): number | null {
  const it = under(keys, worker("jules"));
  it.tell(many(1, { labels: ["orchestrate", "estimate:20m"] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return minutesUntil(it, isRaised("task_overdue"));
}

/** One agent idles while work is pinned to another. */
function minutesUntilLowUse(keys: Keys): number | null {
  const jules = { id: "jules", type: "jules", capacity: 4, dispatch: "api" };
  const it = under(keys, { agents: [jules, { id: "bifrost", type: "bifrost", dispatch: "api", timeout: "9h" }] });
  it.tell(many(3, { labels: ["orchestrate", "agent:bifrost"] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return minutesUntil(it, isRaised("low_use"));
}

function isLong(keys: Keys, count: number): boolean {
  const it = under(keys, { agents: [] });
  it.tell(many(count));
  it.now += minute;
  return it.tell(tick).some(isRaised("queue_depth"));
}

function assigned(keys: Keys, agents: Record<string, unknown> = worker("jules", { capacity: 40 })): number {
  const it = under(keys, agents);
  it.tell(many(40));
  return it.tell(schedule()).filter(isOf("TaskAssigned")).length;
}

/** Starts of one task after another: how many a cap of two lets through, `hours` after the first two. */
function startsAfter(keys: Keys, hours: number): number {
  const it = under(keys, { ...worker("jules"), limits: { sessionsPerDay: 2 } });
  it.tell(many(3));
  for (let count = 0; count < 2; count += 1) turn(it, "cancelled");
  it.now += hours * hour;
  return it.tell(schedule()).filter(isOf("TaskAssigned")).length;
}

/** What a copy of the App does in ten minutes with a session under way. */
async function inTenMinutes(keys: Keys): Promise<{ readonly refreshes: number; readonly looksAtSessions: number }> {
  const faked = fakeWorld([issue(1)], configOf(nested(keys, worker("jules"))));
  let [refreshes, looksAtSessions] = [0, 0];
  const { tracker, agents } = faked.world;
  const agent = agents.find("jules" as never);
  const world = {
    ...faked.world,
    tracker: { ...tracker, poll: () => ((refreshes += 1), tracker.poll()) },
    agents: {
      find: () =>
        agent === null
          ? null
          : {
              ...agent,
              watch: (...of: Parameters<typeof agent.watch>) => ((looksAtSessions += 1), agent.watch(...of)),
            },
    },
  };
  const clock = createManualClock();
  const repository = new Repository(partsOf("one", { store: createMemoryStore(), clock }), world);
  await repository.start();
  await rest();
  await pass(clock, 10 * minute);
  repository.stop();
  return { refreshes, looksAtSessions };
}

interface Row {
  /** Where requirement 000 says it. */
  readonly says: string;
  readonly key: string;
  /** The number, as the configuration holds it. */
  readonly value: number;
  readonly other: unknown;
  readonly shows: (keys: Keys) => unknown;
  /** What is shown with the requirement's number, where it says what. */
  readonly expects?: unknown;
}

const rows: readonly Row[] = [
  { says: "19: 40 % priority", key: "weights.priority", value: 0.4, other: 0.1, shows: scores },
  { says: "19: 30 % blocker impact", key: "weights.blocker", value: 0.3, other: 0.6, shows: scores },
  { says: "19: 30 % effort", key: "weights.effort", value: 0.3, other: 0.6, shows: scores },
  { says: "28: ten tasks a batch", key: "limits.batch", value: 10, other: 4, shows: assigned, expects: 10 },
  {
    says: "30: running longer than 20 minutes",
    key: "preemption.after",
    value: 20 * minute,
    other: "30m",
    shows: (keys) => [20, 21].map((minutes) => isPreempted(keys, minutes)),
    expects: [false, true],
  },
  { says: "33, 34: three attempts", key: "retry.maxAttempts", value: 3, other: 5, shows: attempts, expects: 3 },
  {
    says: "38: two times the estimate",
    key: "stale.factor",
    value: 2,
    other: 3,
    shows: minutesUntilStale,
    expects: 40,
  },
  {
    says: "40: under 15 minutes",
    key: "attack.threshold",
    value: 15 * minute,
    other: "10m",
    shows: greatestQuickWin,
    expects: 14,
  },
  {
    says: "attack mode: 10 tasks",
    key: "attack.momentum.tasks",
    value: 10,
    other: 6,
    // Ten in half an hour are just the target.
    shows: (keys) => minutesUntilMomentum({ ...keys, "attack.target": 19 }, 2),
    expects: 20,
  },
  {
    says: "attack mode: in 30 minutes",
    key: "attack.momentum.within",
    value: 30 * minute,
    other: "20m",
    shows: (keys) => minutesUntilMomentum(keys, 5),
    expects: 30,
  },
  {
    says: "43: target of 20 an hour",
    key: "attack.target",
    value: 20,
    other: 30,
    shows: (keys) => adjustEffortThreshold(15, 25, configOf(nested(keys))),
    expects: 18,
  },
  {
    says: "43: 20 percent up",
    key: "attack.raise",
    value: 0.2,
    other: 0.4,
    shows: (keys) => adjustEffortThreshold(15, 25, configOf(nested(keys))),
    expects: 18,
  },
  {
    says: "43: 10 percent down",
    key: "attack.lower",
    value: 0.1,
    other: 0.2,
    shows: (keys) => adjustEffortThreshold(15, 5, configOf(nested(keys))),
    expects: 13.5,
  },
  {
    says: "44: more than 30 tasks",
    key: "attack.scale.ready",
    value: 30,
    other: 20,
    shows: (keys) => [raised(keys, 31)[0], raised(keys, 32)[0]],
    expects: [null, 2],
  },
  {
    says: "44: not within 10 minutes",
    key: "attack.scale.every",
    value: 10 * minute,
    other: "25m",
    shows: (keys) => raised(keys, 40),
    expects: [10, 10],
  },
  {
    says: "attack mode: 30 minutes at one task",
    key: "attack.spawn.after",
    value: 30 * minute,
    other: "40m",
    shows: (keys) => minutesUntilSpawn(keys, 5),
    expects: 30,
  },
  {
    says: "attack mode: 5 easy tasks",
    key: "attack.spawn.tasks",
    value: 5,
    other: 4,
    shows: (keys) => minutesUntilSpawn(keys, 4),
    expects: null,
  },
  { says: "failure: 3 tasks", key: "health.failures", value: 3, other: 5, shows: failuresUntilRest, expects: 3 },
  {
    says: "failure: in 10 minutes",
    key: "health.within",
    value: 10 * minute,
    other: "1m",
    shows: failuresUntilRest,
    expects: 3,
  },
  {
    says: "failure, 49: 15 minutes of cooling",
    key: "health.rest",
    value: 15 * minute,
    other: "20m",
    shows: minutesOfRest,
    expects: 15,
  },
  {
    says: "49: the last 10 assignments",
    key: "health.sample",
    value: 10,
    other: 12,
    shows: (keys) => failuresUntilRest({ ...keys, "health.failures": 1_000 }),
    expects: 10,
  },
  {
    says: "49: 30 percent",
    key: "health.failureRate",
    value: 0.3,
    other: 0.5,
    shows: (keys) => failuresUntilRest({ ...keys, "health.failures": 1_000 }, [1, 2, 3, 4, 5, 6]),
    expects: 10,
  },
  {
    says: "50: the last 100 readings",
    key: "metrics.keep",
    value: 100,
    other: 50,
    shows: (keys) => {
      const it = completing(keys, 120, 6);
      return metricsOf(it.state, it).readings.length;
    },
    expects: 100,
  },
  { says: "53: every 5 minutes", key: "alerts.every", value: 5 * minute, other: "9m", shows: minutesUntilLowUse },
  { says: "53: below 30 percent", key: "alerts.utilisation", value: 0.3, other: 0, shows: minutesUntilLowUse },
  {
    says: "56: 50 tasks",
    key: "alerts.queueDepth",
    value: 50,
    other: 60,
    shows: (keys) => [50, 51].map((count) => isLong(keys, count)),
    expects: [false, true],
  },
  { says: "57: the last hour", key: "metrics.velocity.short", value: hour, other: "2h", shows: velocity },
  { says: "57: the last 4 hours", key: "metrics.velocity.middle", value: 4 * hour, other: "3h", shows: velocity },
  { says: "57: the last 24 hours", key: "metrics.velocity.long", value: 24 * hour, other: "48h", shows: velocity },
  {
    says: "57: target of 20 an hour",
    key: "alerts.velocity",
    value: 20,
    other: 21,
    shows: (keys) => {
      const it = completing(keys, 20, 2);
      return velocityOf(it.state, it).isOnTarget;
    },
    expects: true,
  },
  {
    says: "60: at capacity for 10 minutes",
    key: "alerts.fullFor",
    value: 10 * minute,
    other: "20m",
    shows: minutesUntilFull,
    expects: 11,
  },
  {
    says: "60: 20 percent of failures",
    key: "alerts.failureRate",
    value: 0.2,
    other: 0.4,
    shows: (keys) => [2, 3].map((failed) => isFailing(keys, { ended: 10, failed })),
    expects: [false, true],
  },
  { says: "60: 3x the estimate", key: "alerts.overdue", value: 3, other: 2, shows: minutesUntilOverdue, expects: 61 },
];

/** Windows and samples that go with a number of the requirement, which leaves them open. */
const ours: readonly Row[] = [
  {
    says: "a day of the caps",
    key: "limits.day",
    value: 24 * hour,
    other: "48h",
    shows: (keys) => [23, 25].map((hours) => startsAfter(keys, hours)),
    expects: [0, 1],
  },
  {
    says: "the time that failures are judged over",
    key: "alerts.failureWindow",
    value: 24 * hour,
    other: "1h",
    shows: (keys) => isFailing(keys, { ended: 10, failed: 10, later: 2 * hour }),
    expects: true,
  },
  {
    says: "attempts that are enough to judge",
    key: "alerts.failureSample",
    value: 10,
    other: 9,
    shows: (keys) => isFailing(keys, { ended: 9, failed: 9 }),
    expects: false,
  },
  {
    says: "the time between readings",
    key: "metrics.every",
    value: 5 * minute,
    other: "20m",
    shows: (keys) => completing(keys, 30, 5).state.readings.size,
  },
];

function valueAt(config: Config, key: string): unknown {
  return key.split(".").reduce<unknown>((value, part) => (value as Keys)[part], config);
}

test.each([...rows, ...ours])("$says is $key", ({ key, value, other, shows, expects }) => {
  expect(valueAt(defaultConfig, key)).toBe(value);
  const shown = shows({});
  expect(shown).toEqual(expects ?? shown);
  expect(shows({ [key]: other })).not.toEqual(shown);
});

test("46, 48: every 30 seconds is cycle.every, every 60 seconds cycle.refresh", async () => {
  expect([defaultConfig.cycle.every, defaultConfig.cycle.refresh]).toEqual([30_000, 60_000]);
  const usual = await inTenMinutes({});
  const slow = await inTenMinutes({ "cycle.refresh": "2m" });
  const lazy = await inTenMinutes({ "cycle.every": "2m", "cycle.refresh": "2m" });
  expect(usual.refreshes).toBeGreaterThanOrEqual(9);
  expect(slow.refreshes).toBeLessThan(usual.refreshes);
  expect(lazy.looksAtSessions).toBeLessThan(slow.looksAtSessions);
});

test("discovery: five merged tasks are patterns[].merged", () => {
  expect(mergesUntilPattern(undefined)).toBe(5);
  expect(mergesUntilPattern(3)).toBe(3);
});

test("capacities of the systems are agents[].capacity", () => {
  expect(assigned({ "limits.batch": 40 }, worker("jules", { capacity: 5 }))).toBe(5);
  expect(assigned({ "limits.batch": 40 }, worker("cursor", { capacity: 1 }))).toBe(1);
  expect(assigned({ "limits.batch": 40 }, worker("bifrost", { capacity: 10 }))).toBe(10);
});

test("records are kept as long as the longest window looks back, by the configuration in the log", () => {
  const long = completing({ "metrics.velocity.long": "48h" }, 60, 30);
  expect(long.state.completions.size).toBe(60);
  const usual = completing({}, 60, 30);
  expect(usual.state.completions.size).toBe(48);
  // What a process is told beside the log changes nothing of what is folded.
  usual.config = configOf({ agents: [], metrics: { velocity: { short: "1m", middle: "2m", long: "3m" } } });
  usual.tell(many(1, {}, 99));
  expect(usual.state.completions.size).toBe(48);
  usual.tell({ type: "Configure", sha: "sha-2", config: usual.config, problems: [] });
  // An hour for the readings, whatever the windows are.
  expect(usual.state.completions.size).toBe(2);
});
