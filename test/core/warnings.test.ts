import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clear, decideWarnings, raise } from "../../src/core/decide-warnings.ts";
import { openDecision } from "../../src/core/decision.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { runPass } from "../../src/engine/pass.ts";
import type { EffectOutcome } from "../../src/model/command.ts";
import type { Event } from "../../src/model/event.ts";
import type { EffectId } from "../../src/model/ids.ts";
import { toAgentId, toCommandId, toWorkerId } from "../../src/model/ids.ts";
import type { Warning } from "../../src/model/warning.ts";
import { blocker, configOf, issue, observation, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, tryOut, type Story } from "../support/given.ts";
import { contextOf, histories } from "./histories.ts";
import { playHistory } from "./play-history.ts";

const minute = 60_000;
const hour = 60 * minute;
const jules = toAgentId("jules");

/** Ticks as the cycle does, at the end of `ms`; what was raised and what passed. */
function after(it: Story, ms: number): readonly string[] {
  it.now += ms;
  return told(it.tell({ type: "Tick" }));
}

/** But for the health of the whole, which is of all of them together and has a test of its own. */
function told(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.type === "WarningRaised" && event.warning.code !== "system_health")
      return [`${event.warning.severity} ${event.warning.code} ${event.warning.subject}`];
    return event.type === "WarningCleared" && event.code !== "system_health"
      ? [`passed ${event.code} ${event.subject}`]
      : [];
  });
}

function detailOf(it: Story, key: string): string {
  const warning = it.state.warnings.get(key);
  return warning === undefined ? "" : `${warning.detail} ${warning.suggestion}`;
}

/** Puts events that another concern decides into the log. */
function happened(it: Story, events: readonly Event[]): void {
  evolveEntry(it.state, { id: toCommandId("~other"), command: "Other", at: it.now, events, effects: [] });
}

function configured(config: Record<string, unknown>): Story {
  const it = story(configOf(config));
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  return it;
}

function issues(from: number, to: number): ReturnType<typeof observe> {
  return observe({ issues: Array.from({ length: to - from + 1 }, (_, index) => issue(from + index)) });
}

describe("a long queue", () => {
  test("is told once, and passes only well below the bound", () => {
    const it = configured({ agents: [], alerts: { queueDepth: 10 } });
    it.tell(issues(1, 10));
    expect(after(it, minute)).toEqual([]);
    it.now += 7 * minute;
    it.tell(issues(11, 12));
    expect(after(it, minute)).toEqual(["warning queue_depth all"]);
    expect(detailOf(it, "queue_depth:all")).toContain(
      "12 ready tasks wait for a worker, more than 10; the oldest for 9 minutes.",
    );
    expect(after(it, minute)).toEqual([]);
    for (const number of [1, 2, 3]) it.tell(instruct(number, { verb: "complete" }));
    expect(after(it, minute)).toEqual([]);
    it.tell(instruct(4, { verb: "complete" }));
    expect(after(it, minute)).toEqual(["passed queue_depth all"]);
    expect(it.state.watch.passed.map((each) => [each.code, each.until - each.since])).toEqual([
      ["queue_depth", 3 * minute],
    ]);
  });

  test("is none while what has just arrived may still find workers in the same pass", () => {
    const it = configured({ alerts: { queueDepth: 1 } });
    const found = observation({ issues: [issue(1), issue(2)] });
    const commands = [
      { type: "Observe" as const, id: toCommandId("~1"), observation: found },
      { type: "Tick" as const, id: toCommandId("~2") },
      { type: "Schedule" as const, id: toCommandId("~3") },
    ];
    const pass = runPass(it.state, commands, { now: it.now, config: it.config });
    expect(told(pass.entries.flatMap((entry) => entry.events))).toEqual([]);
    pass.takeBack()();
    expect(after(it, minute)).toEqual([]);
  });

  test("keeps only the last ten that have passed", () => {
    const it = configured({});
    for (let number = 1; number <= 12; number += 1) {
      const events = tryOut(it.state, it, (decision) => {
        raise(decision, warningOf("scaling", toAgentId(`agent-${number}`)));
        clear(decision, "scaling", toAgentId(`agent-${number}`));
      });
      happened(it, events);
    }
    expect(it.state.watch.passed.map((each) => each.subject)).toEqual(
      Array.from({ length: 10 }, (_, index) => `agent-${12 - index}`),
    );
  });
});

function warningOf(
  code: Warning["code"],
  subject: Warning["subject"],
  severity: Warning["severity"] = "warning",
): Warning {
  return { code, subject, severity, detail: "It is so.", suggestion: "Do something." };
}

describe("a queue that grows", () => {
  /** Four arrive every ten minutes, and one is completed. */
  function growing(): Story {
    const it = configured({ agents: [] });
    for (let round = 0; round < 7; round += 1) {
      it.tell(issues(round * 4 + 1, round * 4 + 4));
      it.tell(instruct(round * 4 + 1, { verb: "complete" }));
      it.now += 10 * minute;
    }
    return it;
  }

  test("is told when more arrives than is completed for an hour, and passes when it no longer grows", () => {
    const it = growing();
    expect(after(it, minute)).toEqual(["warning queue_grows all"]);
    expect(detailOf(it, "queue_grows:all")).toContain("grown by 14 open tasks in an hour while 5 were completed");
    expect(after(it, 30 * minute)).toEqual([]);
    it.tell(issues(50, 50));
    expect(after(it, hour)).toEqual(["passed queue_grows all"]);
  });

  test("is none when the whole backlog came at once", () => {
    const it = configured({ agents: [] });
    it.tell(issues(1, 40));
    for (let round = 0; round < 12; round += 1) {
      expect(after(it, 6 * minute)).toEqual([]);
      it.tell(issues(41 + round, 41 + round));
      it.tell(instruct(1 + round, { verb: "complete" }));
    }
  });
});

describe("workers that are all taken", () => {
  function full(): Story {
    const it = configured({});
    it.tell(issues(1, 4));
    it.tell(schedule());
    for (const number of [1, 2]) it.tell(say(number, number, report("running")));
    return it;
  }

  test("are told after ten minutes, and pass when one is free and nothing waits", () => {
    const it = full();
    expect(after(it, 10 * minute)).toEqual([]);
    expect(after(it, minute)).toEqual(["warning workers_full all"]);
    expect(detailOf(it, "workers_full:all")).toContain(
      "All workers have been taken for 11 minutes; 2 ready tasks wait.",
    );
    for (const number of [1, 3, 4]) it.tell(instruct(number, { verb: "hold" }));
    it.tell(say(1, 1, report("cancelled")));
    expect(after(it, minute)).toContain("passed workers_full all");
  });

  test("are taken all along when a freed one gets its next task with the next pass", () => {
    const it = full();
    it.now += 9 * minute;
    it.tell(say(1, 1, report("cancelled")));
    it.now += 5_000;
    it.tell(schedule());
    expect(after(it, 2 * minute)).toContain("warning workers_full all");
  });

  test("begin anew when one was left free", () => {
    const it = full();
    for (const number of [3, 4]) it.tell(instruct(number, { verb: "hold" }));
    it.now += 9 * minute;
    it.tell(say(1, 1, report("cancelled")));
    it.tell(instruct(1, { verb: "cancel" }));
    it.tell({ type: "LeaseEffects", owner: "a", until: it.now + minute, limit: 10 });
    it.now += minute;
    it.tell(instruct(3, { verb: "resume", number: 3 }));
    it.tell(schedule());
    expect(after(it, 5 * minute).filter((each) => each.includes("workers_full"))).toEqual([]);
    expect(after(it, 6 * minute)).toContain("warning workers_full all");
  });
});

describe("attempts that fail", () => {
  /** Ends the sessions of new tasks, good and bad in turn as `results` says. */
  function ended(it: Story, results: readonly boolean[]): void {
    const first = it.state.tasks.size + 1;
    for (const [index, isGood] of results.entries()) {
      const number = first + index;
      it.tell(issues(number, number));
      it.tell(schedule());
      const fence = it.state.tasks.get(taskId(number))?.assignment?.fence ?? 0;
      it.tell(say(number, fence, report("running")));
      it.tell(say(number, fence, report(isGood ? "succeeded" : "failed")));
      it.tell(instruct(number, { verb: "cancel" }));
      it.now += 20_000;
    }
  }

  const many = (count: number, isGood: boolean): boolean[] => Array.from({ length: count }, () => isGood);

  test("are told above a fifth of at least ten, again when it becomes critical, and pass below", () => {
    const it = configured({ health: { failures: 1_000, sample: 1_000, refusals: 1_000 } });
    ended(it, many(9, false));
    expect(after(it, minute)).toEqual([]);
    ended(it, [...many(9, true)]);
    expect(after(it, minute)).toEqual(["warning failure_rate all"]);
    expect(detailOf(it, "failure_rate:all")).toContain("9 of the last 18 attempts failed (50 %), more than 20 %.");
    ended(it, many(9, false));
    expect(after(it, minute)).toEqual(["critical failure_rate all"]);
    ended(it, many(6, true));
    expect(after(it, minute)).toEqual([]);
    ended(it, many(3, true));
    expect(after(it, minute)).toEqual(["warning failure_rate all"]);
    it.now += 25 * hour;
    ended(it, many(1, true));
    expect(after(it, minute)).toEqual(["passed failure_rate all"]);
  });
});

describe("a task that takes too long", () => {
  test("is told after three times its estimate, and passes with its end", () => {
    const it = configured({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api", timeout: "10h" }] });
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "estimate:20m"] })] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    expect(after(it, hour)).toEqual([]);
    expect(after(it, minute)).toEqual([`warning task_overdue ${taskId(1)}`]);
    expect(detailOf(it, `task_overdue:${taskId(1)}`)).toContain(
      "It has been with jules/1 for 61 minutes and was estimated at 20 minutes.",
    );
    it.tell(say(1, 1, report("cancelled")));
    expect(after(it, minute)).toEqual([`passed task_overdue ${taskId(1)}`]);
  });

  test("is none any more with a greater estimate", () => {
    const it = configured({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api", timeout: "10h" }] });
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "estimate:20m"] })] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    expect(after(it, hour + minute)).toHaveLength(1);
    it.tell(instruct(1, { verb: "estimate", minutes: 40 }));
    expect(after(it, minute)).toEqual([`passed task_overdue ${taskId(1)}`]);
  });
});

describe("an agent that is hardly used", () => {
  const agents = [
    { id: "jules", type: "jules", capacity: 4, dispatch: "api" },
    { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api" },
  ];
  const pinned = (number: number) => issue(number, { labels: ["orchestrate", "agent:bifrost"] });

  function oneSided(config: Record<string, unknown> = {}): Story {
    const it = configured({ agents, ...config });
    it.tell(observe({ issues: [pinned(1), pinned(2), pinned(3)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.now += 5 * minute;
    it.tell(issues(10, 10));
    it.tell(instruct(10, { verb: "complete" }));
    return it;
  }

  test("is told when work has waited all that time, with how much the others are used", () => {
    const it = oneSided();
    expect(after(it, 5 * minute)).toEqual(["notice low_use jules"]);
    expect(detailOf(it, "low_use:jules")).toContain(
      "Its 4 workers were used to 0 % over the last 5 minutes while 2 ready tasks wait.",
    );
    expect(detailOf(it, "low_use:jules")).toContain("bifrost 100 %, jules 0 %");
    expect(after(it, minute)).toEqual([]);
    for (const number of [2, 3]) it.tell(instruct(number, { verb: "hold" }));
    expect(after(it, 6 * minute).filter((each) => each.includes("low_use"))).toEqual([]);
    it.tell(observe({ issues: [issue(11, { labels: ["orchestrate", "hold"] })] }));
    expect(after(it, 6 * minute)).toContain("passed low_use jules");
  });

  test("is none while everything is paused or a cap is reached", () => {
    const paused = oneSided();
    paused.tell(instruct(1, { verb: "pause" }));
    expect(after(paused, 5 * minute)).toEqual([]);
    const capped = oneSided({ limits: { sessionsPerDay: 1 } });
    expect(after(capped, 5 * minute).filter((each) => each.includes("low_use"))).toEqual([]);
  });
});

describe("workers and agents that get no work", () => {
  test("are told while they rest or are paused", () => {
    const it = configured({});
    const worker = toWorkerId(jules, 1);
    happened(it, [{ type: "WorkerRested", worker, until: it.now + 15 * minute, reason: "It failed 3 tasks." }]);
    expect(after(it, minute)).toEqual(["notice worker_resting jules/1"]);
    expect(detailOf(it, "worker_resting:jules/1")).toContain("It failed 3 tasks. It is tried out");
    happened(it, [{ type: "WorkerTried", worker }]);
    expect(after(it, minute)).toEqual(["passed worker_resting jules/1"]);
  });

  test("a pause that goes on is critical; one that is over passes when nothing has tried the vendor since", () => {
    const it = configured({});
    const pause = (): void => {
      const until = it.now + 5 * minute;
      happened(it, [{ type: "AgentPaused", agent: jules, until, reason: "HTTP 503", cause: "refusals" }]);
    };
    pause();
    expect(after(it, minute)).toEqual(["warning agent_paused jules"]);
    pause();
    expect(after(it, minute)).toEqual([]);
    pause();
    expect(after(it, minute)).toEqual(["critical agent_paused jules"]);
    expect(after(it, 8 * minute)).toEqual([]);
    expect(after(it, minute)).toEqual(["passed agent_paused jules"]);
  });

  test("an agent that is no longer configured is no concern", () => {
    const it = configured({});
    happened(it, [{ type: "AgentPaused", agent: jules, until: it.now + hour, reason: "HTTP 503", cause: "refusals" }]);
    expect(after(it, minute)).toEqual(["warning agent_paused jules"]);
    it.config = configOf({ agents: [] });
    expect(after(it, minute)).toEqual(["passed agent_paused jules"]);
  });
});

describe("a bottleneck", () => {
  const agents = [{ id: "jules", type: "jules", capacity: 2, dispatch: "api", timeout: "10h" }];
  const waiters = (on: number, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => issue(from + index, { blockedBy: [blocker(on)] }));

  function key(number: number): string {
    return `bottleneck:${taskId(number)}`;
  }

  test("is a task that three wait for and that takes longer than expected", () => {
    const it = configured({ agents });
    // A longer chain elsewhere, so that it is the waiters that count.
    const elsewhere = [issue(50, { labels: ["orchestrate", "estimate:20h", "hold"] })];
    it.tell(observe({ issues: [issue(1), issue(2), ...waiters(1, 10, 3), ...waiters(2, 20, 2), ...elsewhere] }));
    it.tell(schedule());
    for (const number of [1, 2]) it.tell(say(number, number, report("running")));
    expect(after(it, 44 * minute)).not.toContain(`warning bottleneck ${taskId(1)}`);
    const late = after(it, 2 * minute);
    expect(late).toContain(`warning bottleneck ${taskId(1)}`);
    expect(late).not.toContain(`warning bottleneck ${taskId(2)}`);
    expect(detailOf(it, key(1))).toBe(
      "3 tasks wait for it, 60 minutes of work in a row: it takes 46 minutes where 30 minutes were expected. Give it to another agent with `/orchestrate assign <agent>`, or split what is left of it into smaller issues.",
    );
    it.tell(say(1, 1, report("cancelled")));
    it.tell(instruct(1, { verb: "complete" }));
    expect(after(it, minute)).toContain(`passed bottleneck ${taskId(1)}`);
  });

  test("is a task on the longest path that has failed twice", () => {
    const it = configured({ agents, health: { failures: 1_000, sample: 1_000, refusals: 1_000 } });
    it.tell(observe({ issues: [issue(1), ...waiters(1, 10, 2), issue(2)] }));
    for (const fence of [1, 3]) {
      it.tell(schedule());
      it.tell(say(1, fence, report("running")));
      it.tell(say(1, fence, report("failed")));
      it.now += 15 * minute;
    }
    expect(after(it, minute)).toContain(`warning bottleneck ${taskId(1)}`);
    expect(detailOf(it, key(1))).toContain(
      "2 tasks wait for it, 60 minutes of work in a row: it has failed 2 times in a row",
    );
    expect(it.state.warnings.has(key(2))).toBe(false);
  });

  test("is one whose session waits for a person", () => {
    const it = configured({ agents });
    it.tell(observe({ issues: [issue(1), ...waiters(1, 10, 2)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("waiting", { question: "Which?" })));
    expect(after(it, minute)).toEqual([`warning bottleneck ${taskId(1)}`]);
    expect(detailOf(it, key(1))).toContain("its session waits for a person. Answer on the issue.");
    it.tell(say(1, 1, report("running")));
    expect(after(it, minute)).toEqual([`passed bottleneck ${taskId(1)}`]);
  });

  test("is one with an agent that has no free worker and is late with most of its sessions", () => {
    const it = configured({ agents: [{ ...agents[0], capacity: 3 }] });
    const short = [1, 2].map((number) => issue(number, { labels: ["orchestrate", "estimate:5m"] }));
    it.tell(observe({ issues: [...short, issue(3), ...waiters(3, 10, 5)] }));
    it.tell(schedule());
    expect(after(it, 8 * minute)).toContain(`warning bottleneck ${taskId(3)}`);
    expect(detailOf(it, key(3))).toContain("or add workers to jules (`agents[].capacity`)");
    const fence = it.state.tasks.get(taskId(1))?.assignment?.fence ?? 0;
    it.tell(say(1, fence, report("running")));
    it.tell(say(1, fence, report("cancelled")));
    expect(after(it, minute)).not.toContain(`passed bottleneck ${taskId(3)}`);
  });
});

describe("what other concerns raise", () => {
  test("stays until they clear it, and is told again only with another severity", () => {
    const it = configured({});
    const events = tryOut(it.state, it, (decision) => {
      raise(decision, warningOf("memory", "all"));
      raise(decision, { ...warningOf("memory", "all"), detail: "It is more so." });
      raise(decision, warningOf("memory", "all", "critical"));
    });
    expect(told(events)).toEqual(["warning memory all", "critical memory all"]);
    happened(it, events);
    expect(after(it, hour)).toEqual([]);
    const later = tryOut(it.state, it, (decision) => {
      clear(decision, "memory", "all");
      clear(decision, "memory", "all");
    });
    expect(told(later)).toEqual(["passed memory all"]);
  });

  test("passes by itself with the task that it is about", () => {
    const it = configured({ agents: [] });
    it.tell(issues(1, 2));
    happened(
      it,
      [1, 2].map((number) => ({ type: "WarningRaised", warning: warningOf("needs_person", taskId(number)) })),
    );
    expect(after(it, minute)).toEqual([]);
    it.tell(instruct(1, { verb: "complete" }));
    it.tell(observe({ gone: [{ id: taskId(2), reason: "deleted" }] }));
    expect(after(it, minute)).toEqual([`passed needs_person ${taskId(1)}`, `passed needs_person ${taskId(2)}`]);
  });
});

describe("the monitoring issue", () => {
  const alerts = { issue: 42, queueDepth: 1 };

  function effectsOf(it: Story): readonly unknown[] {
    // The cockpit shows warnings as well, by rules of its own.
    const effects = it.entries
      .flatMap((entry) => entry.effects)
      .filter(({ effect }) => effect.type !== "UpdateCockpit");
    return effects.map((each) => [each.effect, each.notBefore - it.now]);
  }

  test("is written to once for all that is raised together, a little later", () => {
    const it = configured({ agents: [], alerts });
    it.tell(issues(1, 2));
    happened(it, [{ type: "WorkerRested", worker: toWorkerId(jules, 1), until: it.now + hour, reason: "" }]);
    it.config = configOf({ alerts });
    expect(after(it, minute)).toEqual(["warning queue_depth all", "notice worker_resting jules/1"]);
    expect(effectsOf(it)).toEqual([[{ type: "UpdateAlerts", issue: 42 }, 20_000]]);
  });

  test("is not written to where none is configured, or nothing was ever raised", () => {
    const none = configured({ agents: [], alerts: { queueDepth: 1 } });
    none.tell(issues(1, 2));
    expect(after(none, minute)).toHaveLength(1);
    expect(effectsOf(none)).toEqual([]);
    const calm = configured({ agents: [], alerts });
    calm.tell(issues(1, 1));
    expect(after(calm, minute)).toEqual([]);
    expect(effectsOf(calm)).toEqual([]);
  });

  test("may stand at Linear, beside the one here or alone, and each place has an effect of its own", () => {
    const both = configured({ agents: [], alerts: { ...alerts, linear: "ENG-1" } });
    both.tell(issues(1, 2));
    after(both, minute);
    expect(effectsOf(both)).toEqual([
      [{ type: "UpdateAlerts", issue: 42 }, 20_000],
      [{ type: "UpdateLinearAlerts", issue: "ENG-1" }, 20_000],
    ]);
    const alone = configured({ agents: [], alerts: { linear: "ENG-1", queueDepth: 1 } });
    alone.tell(issues(1, 2));
    after(alone, minute);
    expect(effectsOf(alone)).toEqual([[{ type: "UpdateLinearAlerts", issue: "ENG-1" }, 20_000]]);
  });

  test("at Linear that cannot be written to is told here until it can be, or is no longer asked for", () => {
    const it = configured({ agents: [], alerts: { ...alerts, linear: "ENG-1" } });
    it.tell(issues(1, 2));
    after(it, minute);
    const settle = (effect: string, outcome: EffectOutcome): readonly string[] =>
      told(it.tell({ type: "SettleEffects", settled: [{ effect: effect as EffectId, outcome }] }));
    const asked = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "UpdateLinearAlerts");
    expect(settle(asked?.[0] ?? "", { kind: "dropped", reason: "No key." })).toEqual(["warning linear_unwritten all"]);
    // Nobody asks Linear again for that.
    expect([...it.state.outbox.entries()].map(([, { effect }]) => effect.type)).not.toContain("UpdateLinearAlerts");
    expect(after(it, minute)).toEqual([]);
    for (const number of [1, 2]) it.tell(instruct(number, { verb: "complete" }));
    expect(after(it, minute)).toEqual(["passed queue_depth all"]);
    const again = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "UpdateLinearAlerts");
    expect(settle(again?.[0] ?? "", { kind: "kept" })).toEqual(["passed linear_unwritten all"]);
    happened(it, [{ type: "WarningRaised", warning: warningOf("linear_unwritten", "all") }]);
    it.config = configOf({ agents: [], alerts });
    expect(after(it, minute)).toEqual(["passed linear_unwritten all"]);
  });

  test("is brought up to date when it is configured while warnings are open", () => {
    const it = configured({ agents: [], alerts: { queueDepth: 1 } });
    it.tell(issues(1, 2));
    after(it, minute);
    const config = configOf({ agents: [], alerts });
    it.tell({ type: "Configure", sha: "sha-2", config, problems: [] });
    expect(effectsOf(it)).toEqual([[{ type: "UpdateAlerts", issue: 42 }, 20_000]]);
  });
});

describe("when it is looked", () => {
  test("every half minute, whatever others append in between", () => {
    const it = configured({ agents: [], alerts: { queueDepth: 1 } });
    expect(after(it, minute)).toEqual([]);
    let toldAt: number | null = null;
    for (let second = 1; second <= 65 && toldAt === null; second += 1) {
      it.now += 1_000;
      if (second === 5) it.tell(issues(1, 2));
      // An agent workflow run reports: an entry without a tick.
      happened(it, []);
      if (second % 30 === 0 && after(it, 0).length > 0) toldAt = second;
    }
    // The cause came with the fifth second.
    expect(toldAt).toBeLessThanOrEqual(65);
    expect(toldAt).not.toBeNull();
  });

  test("not again in a half minute whose look is in the log", () => {
    const it = configured({ agents: [], alerts: { queueDepth: 1 } });
    it.tell(issues(1, 2));
    it.now = 2_000_010;
    expect(after(it, 0)).toHaveLength(1);
    it.tell(instruct(1, { verb: "complete" }));
    it.tell(instruct(2, { verb: "complete" }));
    expect(after(it, 1_000)).toEqual([]);
    expect(after(it, 29_000)).toEqual(["passed queue_depth all"]);
  });
});

test("whatever has happened, a second look at the same state finds nothing more to tell", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const { state } = playHistory(history);
      const now = state.at + 45 * minute;
      const decision = openDecision(state, contextOf(state, now));
      decision.state.watch = { ...decision.state.watch, tickedAt: 0 };
      decideWarnings(decision);
      const first = decision.events.length;
      decideWarnings(decision);
      expect(told(decision.events.slice(first))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
