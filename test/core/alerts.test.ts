/** What the webhook is told of: once when something begins, once when it has passed, and what the log keeps of that. */
import { alertId } from "../../src/model/alert.ts";
import { milestoneSubject } from "../../src/model/warning.ts";
import { describe, expect, test } from "vitest";
import { alertsAfter } from "../../src/core/alerts.ts";
import { dueEffects, nextEffectAt } from "../../src/core/decide-effects.ts";
import { evolve } from "../../src/core/evolve.ts";
import { noteTold } from "../../src/fold/alerts.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { EffectOutcome } from "../../src/model/command.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { EffectId } from "../../src/model/ids.ts";
import type { Warning } from "../../src/model/warning.ts";
import { blocker, configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const minute = 60_000;
const hour = 60 * minute;

function configured(notify: Record<string, unknown> | undefined, config: Record<string, unknown> = {}): Story {
  const alerts = { queueDepth: 1, fullFor: "7d", utilisation: 0, ...(notify && { notify }) };
  const it = story(configOf({ agents: [], ...config, alerts }));
  configure(it);
  return it;
}

function configure(it: Story): void {
  it.tell({ type: "Configure", sha: `sha-${it.entries.length}`, config: it.config, problems: [] });
}

function after(it: Story, ms: number): void {
  it.now += ms;
  it.tell({ type: "Tick" });
}

/** What was put into the outbox for the webhook since the last time that it was asked. */
function sent(it: Story, from = 0): readonly string[] {
  return effects(it, from).map((effect) => {
    if (effect.type === "SendProgress") return `progress ${effect.progress.completed}/${effect.progress.failed}`;
    if (effect.type !== "SendAlert") return effect.type;
    const { state, severity, code, subject } = effect.alert;
    return `${state} ${severity} ${code} ${subject}`;
  });
}

function effects(it: Story, from = 0): readonly Effect[] {
  return it.entries
    .slice(from)
    .flatMap((entry) => entry.effects.map(({ effect }) => effect))
    .filter(({ type }) => type === "SendAlert" || type === "SendProgress");
}

function settle(it: Story, effect: EffectId, outcome: EffectOutcome): readonly string[] {
  return types(it.tell({ type: "SettleEffects", settled: [{ effect, outcome }] }));
}

function waiting(it: Story): readonly EffectId[] {
  return [...it.state.outbox.entries()].flatMap(([id, { effect }]) => (effect.type === "SendAlert" ? [id] : []));
}

function lease(it: Story): void {
  it.tell({ type: "LeaseEffects", owner: "one", until: it.now + 3 * minute, limit: 100 });
}

/** As another concern decides it. */
function raise(it: Story, severity: Warning["severity"]): readonly string[] {
  const warning = { code: "failure_rate", subject: "all", detail: "D.", suggestion: "S.", severity } as const;
  const event = { type: "WarningRaised", warning } as const;
  evolve(it.state, event);
  const following = alertsAfter(it.state, event);
  for (const effect of following) if (effect.type === "SendAlert") noteTold(it.state, effect.alert);
  return following.map((effect) => (effect.type === "SendAlert" ? effect.alert.severity : effect.type));
}

describe("a warning", () => {
  test("is sent once when it is raised and once when it has passed, each under an id of its own", () => {
    const it = configured({});
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    after(it, minute);
    after(it, minute);
    expect(sent(it)).toEqual(["raised warning queue_depth all"]);
    for (const number of [1, 2, 3]) it.tell(instruct(number, { verb: "complete" }));
    after(it, minute);
    after(it, hour);
    expect(sent(it)).toEqual(["raised warning queue_depth all", "cleared warning queue_depth all"]);
    const ids = [...it.state.outboxKeys.keys()].filter((key) => key.startsWith("SendAlert"));
    expect(ids).toEqual(["SendAlert:queue_depth:all:raised:1060000", "SendAlert:queue_depth:all:cleared:1180000"]);
  });

  test("is sent nowhere where nobody has asked for it, and its end is not sent where its beginning was not", () => {
    const silent = configured(undefined);
    silent.tell(observe({ issues: [issue(1), issue(2)] }));
    after(silent, minute);
    expect(sent(silent)).toEqual([]);
    const strict = configured({ severity: "critical" });
    strict.tell(observe({ issues: [issue(1), issue(2)] }));
    after(strict, minute);
    for (const number of [1, 2]) strict.tell(instruct(number, { verb: "complete" }));
    after(strict, minute);
    expect(sent(strict)).toEqual([]);
  });

  test("that was open before is sent when alerts are asked for, and nothing is kept of it when they no longer are", () => {
    const it = configured(undefined);
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    after(it, minute);
    it.config = configOf({ agents: [], alerts: { queueDepth: 1, notify: {} } });
    configure(it);
    expect(sent(it)).toEqual(["raised warning queue_depth all"]);
    configure(it);
    expect(sent(it)).toHaveLength(1);
    it.config = configOf({ agents: [], alerts: { queueDepth: 1 } });
    configure(it);
    expect(it.state.watch.told).toBeUndefined();
  });

  test("that grew less severe than what is asked for is still told of to whoever knows it", () => {
    const it = configured({ severity: "critical" });
    expect(raise(it, "warning")).toEqual([]);
    expect(raise(it, "critical")).toEqual(["critical"]);
    expect(raise(it, "notice")).toEqual(["notice"]);
  });
});

describe("a task that needs a person", () => {
  const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", timeout: "1d" }];

  test("is sent when it has not moved for two hours, with the reason, and again when that is over", () => {
    const it = configured({ severity: "critical" }, { agents, done: "reported" });
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    after(it, 2 * hour - 1);
    expect(
      effects(it).some((effect) => effect.type === "SendAlert" && effect.alert.detail.includes("has not moved")),
    ).toBe(false);
    after(it, 1);
    const alert = effects(it).at(-1);
    expect(alert).toMatchObject({
      alert: { state: "raised", code: "needs_person", subject: taskId(1), severity: "critical" },
    });
    expect(alert).toMatchObject({
      alert: { detail: expect.stringMatching(/^The session of jules\/1 has not moved since/) as string },
    });
    const before = it.entries.length;
    it.tell(say(1, 1, report("succeeded")));
    expect(sent(it, before)).toEqual([`cleared critical needs_person ${taskId(1)}`]);
  });

  test("reaches people within five minutes of what cannot be resolved", () => {
    const it = configured({}, { agents });
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    const since = it.now;
    it.tell(instruct(1, { verb: "cancel" }));
    while (!sent(it).includes(`raised critical needs_person ${taskId(1)}`) && it.now < since + hour) after(it, 30_000);
    expect(it.now - since).toBeLessThanOrEqual(5 * minute);
  });

  test("is sent when attempts are used up, and told to be over when somebody has it tried again", () => {
    const it = configured({}, { agents, retry: { maxAttempts: 1 } });
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("failed", { reason: "It broke." })));
    expect(sent(it)).toEqual([`raised critical needs_person ${taskId(1)}`]);
    it.tell(instruct(1, { verb: "retry" }));
    expect(sent(it).slice(1)).toEqual([`cleared critical needs_person ${taskId(1)}`]);
    expect(it.state.watch.told).toBeUndefined();
  });

  test("and waits for something else than a person, is nobody's alert", () => {
    const it = configured({}, { agents });
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2)] }), issue(2)] }));
    it.tell(schedule());
    expect(sent(it)).toEqual([]);
  });
});

describe("a receiver that is away", () => {
  function raised(): Story {
    const it = configured({});
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    after(it, minute);
    return it;
  }
  const away = { kind: "delayed", reason: "No answer.", retryAfterMs: 10_000 } as const;

  test("is tried for an hour with longer and longer pauses, then the alert is a dead letter and GitHub says so", () => {
    const it = raised();
    const [id] = waiting(it);
    const from = it.now;
    let tries = 0;
    for (; it.state.outbox.has(id as EffectId) && tries < 100; tries += 1) {
      it.now = Math.max(it.now, it.state.outbox.get(id as EffectId)?.notBefore ?? 0);
      lease(it);
      settle(it, id as EffectId, away);
    }
    expect(it.now - from).toBeGreaterThanOrEqual(hour);
    expect(it.now - from).toBeLessThan(hour + 6 * minute);
    expect(tries).toBeLessThan(25);
    expect([...it.state.letters.keys()]).toEqual([id]);
    expect(it.state.warnings.get("alerts_unsent:all")).toMatchObject({ detail: "No answer.", severity: "warning" });
    // That is told everywhere but there.
    expect(sent(it)).toEqual(["raised warning queue_depth all"]);
  });

  test("and known to be so costs one try for each alert, keeps the last letter of each, and is well again with the first that gets through", () => {
    const it = raised();
    const [first] = waiting(it);
    expect(settle(it, first as EffectId, { kind: "dropped", reason: "Gone." })).toEqual([
      "EffectDropped",
      "WarningRaised",
    ]);
    for (const number of [1, 2]) it.tell(instruct(number, { verb: "complete" }));
    after(it, minute);
    const [second] = waiting(it);
    lease(it);
    expect(settle(it, second as EffectId, away)).toEqual(["EffectDropped"]);
    expect([...it.state.letters.keys()]).toEqual([second]);
    it.tell({ type: "HandleLetter", letter: second as string, act: "retry", by: "wanda" });
    const [again] = waiting(it);
    lease(it);
    expect(settle(it, again as EffectId, { kind: "kept" })).toEqual(["EffectSettled", "WarningCleared"]);
    expect(it.state.letters.size).toBe(0);
    expect(it.state.watch.told).toBeUndefined();
  });

  test("has no alert given up that was never tried, because the run that held it has ended", () => {
    const it = raised();
    settle(it, waiting(it)[0] as EffectId, { kind: "dropped", reason: "Gone." });
    for (const number of [1, 2]) it.tell(instruct(number, { verb: "complete" }));
    after(it, minute);
    const [id] = waiting(it);
    it.now -= 1;
    expect(settle(it, id as EffectId, away)).toEqual(["EffectDelayed"]);
  });

  test("is not told by a letter that is tried again what has passed meanwhile", () => {
    const it = raised();
    const [first] = waiting(it);
    settle(it, first as EffectId, { kind: "dropped", reason: "Gone." });
    for (const number of [1, 2]) it.tell(instruct(number, { verb: "complete" }));
    after(it, minute);
    const before = it.entries.length;
    it.tell({ type: "HandleLetter", letter: first as string, act: "retry", by: "wanda" });
    expect(sent(it, before)).toEqual([]);
  });

  test("passes with the key that asked for alerts", () => {
    const it = raised();
    settle(it, waiting(it)[0] as EffectId, { kind: "dropped", reason: "Gone." });
    it.config = configOf({ agents: [], alerts: { queueDepth: 1 } });
    configure(it);
    after(it, minute);
    expect(it.state.warnings.has("alerts_unsent:all")).toBe(false);
  });

  test("holds up nobody else: alerts are leased after everything else, ten at a time", () => {
    const it = configured(
      {},
      { agents: [{ id: "jules", type: "jules", capacity: 30, dispatch: "api" }], retry: { maxAttempts: 1 } },
    );
    it.tell(observe({ issues: Array.from({ length: 25 }, (_, index) => issue(index + 1)) }));
    for (let round = 0; round < 3; round += 1) it.tell(schedule());
    for (let number = 1; number <= 24; number += 1) {
      const fence = it.state.tasks.get(taskId(number))?.assignment?.fence ?? 0;
      it.tell(say(number, fence, report("failed", { reason: "It broke." })));
    }
    const due = dueEffects(it.state, it.now + hour, 1_000).map((id) => it.state.outbox.get(id)?.effect.type);
    expect(sent(it).length).toBeGreaterThanOrEqual(24);
    expect(due.filter((type) => type === "SendAlert")).toHaveLength(10);
    expect(due.slice(-10).every((type) => type === "SendAlert")).toBe(true);
    lease(it);
    const leased = (): number => waiting(it).filter((id) => it.state.outbox.get(id)?.lease !== null).length;
    expect(leased()).toBe(10);
    // Those that wait for room wake nobody up before there is some, or a lease is over.
    lease(it);
    expect(leased()).toBe(10);
    expect(nextEffectAt(it.state)).toBeGreaterThan(it.now);
    settle(it, waiting(it)[0] as EffectId, { kind: "kept" });
    expect(nextEffectAt(it.state)).toBeLessThanOrEqual(it.now);
    lease(it);
    expect(leased()).toBe(10);
  });
});

describe("a summary", () => {
  const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", timeout: "1d" }];

  function working(): Story {
    const it = configured(
      { progress: true, severity: "critical" },
      { agents, done: "reported", stale: { person: "7d" } },
    );
    it.tell(observe({ issues: [issue(1), issue(2), issue(3, { blockedBy: [blocker(2)] })] }));
    it.tell(schedule());
    return it;
  }

  test("is sent every two hours with what has happened since, and not while nothing has", () => {
    const it = working();
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("succeeded")));
    after(it, 2 * hour - 1);
    expect(sent(it)).toEqual([]);
    after(it, 1);
    after(it, minute);
    expect(effects(it)).toEqual([
      {
        type: "SendProgress",
        progress: {
          since: 1_000_000,
          at: 1_000_000 + 2 * hour,
          active: 0,
          ready: 1,
          heldBack: 0,
          blocked: 1,
          open: 2,
          started: 1,
          completed: 1,
          failed: 0,
        },
      },
    ]);
    after(it, 3 * hour);
    expect(sent(it)).toHaveLength(1);
    // Within the third period: told at its end.
    it.tell(instruct(2, { verb: "complete" }));
    after(it, hour - 2 * minute);
    expect(sent(it)).toHaveLength(1);
    after(it, 2 * minute);
    expect(sent(it)).toEqual(["progress 1/0", "progress 1/0"]);
  });

  test("keeps its beat over a snapshot, and stops with the key", () => {
    const it = working();
    it.tell(instruct(1, { verb: "complete" }));
    expect(fromSnapshot(toSnapshot(it.state)).watch.progress).toEqual({
      since: 1_000_000,
      firstAt: 1_000_000,
      started: 0,
      completed: 1,
      failed: 0,
    });
    it.config = configOf({ agents: [], alerts: { notify: {} } });
    configure(it);
    after(it, 3 * hour);
    expect(sent(it).filter((each) => each.startsWith("progress"))).toEqual([]);
    expect(it.state.watch.progress).toBeUndefined();
  });

  test("comes at the configured beat", () => {
    const it = configured({ progress: true }, { metrics: { summary: "10m" } });
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(instruct(1, { verb: "complete" }));
    after(it, 10 * minute);
    expect(sent(it)).toEqual(["progress 1/0"]);
  });
});

test("the id of an alert can be a header, whatever a milestone is called", () => {
  const subject = milestoneSubject("März – größer \uD800 日本\r\n");
  const words = { detail: "", suggestion: "", severity: "warning", state: "raised" } as const;
  const id = alertId({ code: "deadline", subject, ...words, since: 1, at: 2 });
  expect(new Headers({ "x-orchestrate-delivery": id }).get("x-orchestrate-delivery")).toBe(id);
  expect(id).toMatch(/^deadline:milestone%20M%C3%A4rz%20.*:raised:2$/);
});
