import { describe, expect, test } from "vitest";
import { healthOf } from "../../src/core/decide-health.ts";
import { evolve } from "../../src/core/evolve.ts";
import { rankReady } from "../../src/core/rank-ready.ts";
import type { EffectOutcome } from "../../src/model/command.ts";
import type { Event } from "../../src/model/event.ts";
import type { SessionReport } from "../../src/model/observation.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";
import { backlog, end, first, good, held, jules, minute } from "./health-story.ts";

const refused = { kind: "refused", reason: "503 Service Unavailable", retryAfterMs: null } as const;

/** What comes of the start of every task that is with a worker; the events. */
function answerStarts(it: Story, outcome: Exclude<EffectOutcome, { kind: "surfaced" }>): readonly Event[] {
  return held(it).flatMap(({ number, fence }) =>
    it.tell({ type: "ReportOutcome", task: taskId(number), fence, outcome }),
  );
}

/** An agent of three workers whose three starts were refused. */
function paused(more: Record<string, unknown> = {}): Story {
  const it = backlog(3, more);
  it.tell(schedule());
  answerStarts(it, refused);
  return it;
}

describe("a vendor that refuses three starts", () => {
  test("pauses its agent for five minutes, in the decision of the third", () => {
    const it = backlog(3);
    it.tell(schedule());
    expect(answerStarts(it, refused).slice(-2)).toEqual([
      expect.objectContaining({ type: "SessionRefused", cause: "vendor" }),
      {
        type: "AgentPaused",
        agent: jules,
        until: it.now + 5 * minute,
        reason: "3 refused starts within 10 min, the last with: 503 Service Unavailable",
        cause: "refusals",
      },
    ]);
    it.now += 4 * minute;
    expect(it.tell(schedule())).toEqual([]);
    expect(healthOf(it.state, first, it.now).failuresOfLast).toEqual([0, 0]);
  });

  test("is tried out with one start after the pause; when that is refused the agent pauses twice as long, up to an hour", () => {
    const it = paused();
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      it.now = it.state.agents.get(jules)?.pausedUntil ?? 0;
      expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
      const events = answerStarts(it, refused);
      expect(types(events)).toEqual(["SessionRefused", "AgentPaused"]);
      waits.push(((it.state.agents.get(jules)?.pausedUntil ?? 0) - it.now) / minute);
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
  });

  test("has all of the agent's workers back with the first start that succeeds, and a clean record", () => {
    const it = paused();
    it.now += 5 * minute;
    it.tell(schedule());
    answerStarts(it, { kind: "started", session: { id: "sessions/9", url: null } });
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned"]);
    const [, second] = held(it);
    const refusal = { type: "ReportOutcome", task: taskId(second?.number ?? 0), fence: second?.fence ?? 0 } as const;
    expect(types(it.tell({ ...refusal, outcome: refused }))).toEqual(["SessionRefused"]);
  });

  test("is waited for as long as it wishes, within the longest pause", () => {
    const it = backlog(3);
    it.tell(schedule());
    answerStarts(it, { ...refused, retryAfterMs: 20 * minute });
    expect(it.state.agents.get(jules)?.pausedUntil).toBe(it.now + 20 * minute);
  });

  test("does not stop the other agents", () => {
    const it = paused();
    it.config = configOf({
      agents: [
        { id: "jules", type: "jules", capacity: 3, dispatch: "api" },
        { id: "bifrost", type: "bifrost", dispatch: "api" },
      ],
    });
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ agent: "bifrost" })]);
  });

  test("is no outage when it is one task that nobody would start: from the third time on a person is told", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    const rounds = Array.from({ length: 4 }, () => {
      it.tell(schedule());
      const events = answerStarts(it, refused);
      it.now += 10 * minute;
      return types(events);
    });
    const told = ["SessionRefused", "TaskEscalated"];
    expect(rounds).toEqual([["SessionRefused"], ["SessionRefused"], told, told]);
    expect(taskAt(it, 1).escalated).toMatch(
      /^Nobody starts it: 4 starts in a row were refused, and it is tried again.*jules: 503 Service Unavailable$/,
    );
    it.tell(schedule());
    answerStarts(it, { kind: "started", session: { id: "sessions/1", url: null } });
    expect(taskAt(it, 1).escalated).toBeNull();
  });

  test("is given the time that it asks for where no other agent could start the task, and ten minutes else", () => {
    const waited = (agents: readonly unknown[]): number | null => {
      const it = story(configOf({ agents }));
      it.tell(observe({ issues: [issue(1)] }));
      it.tell(schedule());
      answerStarts(it, { ...refused, retryAfterMs: 40 * minute });
      return ((taskAt(it, 1).retryAt ?? 0) - it.now) / minute;
    };
    const one = { id: "jules", type: "jules", dispatch: "api" };
    expect(waited([one])).toBe(40);
    expect(waited([one, { id: "bifrost", type: "bifrost", dispatch: "api" }])).toBe(10);
  });

  test("puts what it refused behind everything else, and back to its place with the next start that succeeds", () => {
    const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }));
    const urgent = issue(1, { labels: ["orchestrate", "priority:urgent"] });
    it.tell(observe({ issues: [urgent, issue(2), issue(3)] }));
    const assigned = (): readonly unknown[] =>
      it.tell(schedule()).map((event) => (event.type === "TaskAssigned" ? event.task : event.type));
    expect(assigned()).toEqual([taskId(1)]);
    answerStarts(it, refused);
    it.now += minute;
    expect(assigned()).toEqual([taskId(2)]);
    it.tell(say(2, it.state.fence, report("running")));
    it.now += minute;
    it.tell(say(2, it.state.fence, report("succeeded", { pullUrl: "https://github.test/o/r/pull/9" })));
    expect(assigned()).toEqual([taskId(1)]);
  });

  test("is not blamed for texts that changed, but for runs that ended before they started anything", () => {
    const it = backlog(3);
    it.tell(schedule());
    expect(types(answerStarts(it, { kind: "changed_text" }))).toEqual(Array(3).fill("SessionRefused"));
    it.now += 30_000;
    it.tell(schedule());
    const events = held(it).flatMap(({ number, fence }) => {
      it.tell({ type: "ReportOutcome", task: taskId(number), fence, outcome: { kind: "dispatched", run: `${fence}` } });
      return it.tell({ type: "ReportRun", task: taskId(number), fence, run: `${fence}`, state: "ended" });
    });
    expect(types(events)).toEqual(["SessionRefused", "SessionRefused", "SessionRefused", "AgentPaused"]);
  });

  test("is known from logs that do not say whose doing a refusal was", () => {
    const it = backlog(1);
    it.tell(schedule());
    evolve(it.state, { type: "SessionRefused", task: taskId(1), fence: 1, reason: "full", retryAt: it.now });
    expect(it.state.agents.get(jules)?.refusals).toEqual([{ at: it.now, task: taskId(1) }]);
  });
});

describe("a vendor at which the sessions of three workers fail", () => {
  /** Every task that is with a worker runs and ends like this. */
  function endAll(it: Story, state: SessionReport["state"], facts: Partial<SessionReport> = {}): readonly Event[] {
    for (const { number, fence } of held(it)) it.tell(say(number, fence, report("running")));
    it.now += minute;
    return held(it).flatMap(({ number, fence }) => it.tell(say(number, fence, report(state, facts))));
  }

  /** The task of one worker ends like this. */
  function turnOf(it: Story, worker: string, state: SessionReport["state"]): readonly Event[] {
    it.tell(schedule());
    const task = held(it).find((each) => each.worker === worker);
    if (task === undefined) throw new Error(`${worker} has nothing`);
    return it.tell(say(task.number, task.fence, report(state, state === "succeeded" ? good() : {})));
  }

  function outage(): Story {
    const it = backlog(3);
    it.tell(schedule());
    endAll(it, "failed");
    return it;
  }

  test("has an outage: the agent is paused in the decision of the third", () => {
    const it = backlog(3);
    it.tell(schedule());
    const events = endAll(it, "failed");
    expect(types(events).slice(-3)).toEqual(["SessionEnded", "AgentPaused", "RetryScheduled"]);
    expect(events.at(-2)).toEqual({
      type: "AgentPaused",
      agent: jules,
      until: it.now + 5 * minute,
      reason:
        "Sessions of 3 workers failed at the vendor within 10 min, the last with: The session failed at the vendor.",
      cause: "failures",
    });
    expect(it.tell(schedule())).toEqual([]);
  });

  test("makes none of them rest: what fails during the outage is the vendor's doing", () => {
    const it = backlog(3, { health: { failures: 2 } });
    turnOf(it, "jules/1", "failed");
    it.tell(schedule());
    for (const { number, fence } of held(it)) it.tell(say(number, fence, report("running")));
    const failAt = (worker: string): readonly string[] => types(turnOf(it, worker, "failed"));
    expect(failAt("jules/2")).not.toContain("AgentPaused");
    expect(failAt("jules/3")).toContain("AgentPaused");
    expect(failAt("jules/1")).toEqual(["SessionEnded", "RetryScheduled"]);
  });

  test("is tried out with one session, and only a good end of it brings the others back", () => {
    const it = outage();
    it.now += 5 * minute;
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    const [trial] = held(it);
    it.tell(say(trial?.number ?? 0, trial?.fence ?? 0, report("running")));
    expect(it.tell(schedule())).toEqual([]);
    end(it, "succeeded", good());
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned", "TaskAssigned"]);
  });

  test("is waited for twice as long when that session fails as well", () => {
    const it = outage();
    it.now += 5 * minute;
    it.tell(schedule());
    const events = endAll(it, "failed", { reason: "internal error" });
    expect(events).toContainEqual({
      type: "AgentPaused",
      agent: jules,
      until: it.now + 10 * minute,
      reason: "A session still fails after the pause: internal error",
      cause: "failures",
    });
    expect(types(events)).not.toContain("WorkerRested");
  });

  test("has none when one of them ended well in between", () => {
    const it = backlog(3);
    it.tell(schedule());
    const failAt = (worker: string): readonly string[] => types(turnOf(it, worker, "failed"));
    failAt("jules/1");
    turnOf(it, "jules/2", "succeeded");
    expect(failAt("jules/3")).not.toContain("AgentPaused");
    expect(failAt("jules/2")).not.toContain("AgentPaused");
    // Three in a row from here on.
    expect(failAt("jules/1")).toContain("AgentPaused");
  });

  test("has none when it was one task all the time", () => {
    const it = story(
      configOf({
        agents: [{ id: "jules", type: "jules", capacity: 3, dispatch: "api" }],
        retry: { maxAttempts: 9, backoff: { initial: "0s", max: "0s" } },
      }),
    );
    it.tell(observe({ issues: [issue(1)] }));
    for (const worker of ["jules/1", "jules/2", "jules/3"]) {
      it.tell(instruct(1, { verb: "assign", target: worker }));
      expect(types(turnOf(it, worker, "failed"))).toEqual(["SessionStarted", "SessionEnded", "RetryScheduled"]);
    }
  });
});

describe("sessions that fail at the API of their vendor", () => {
  const broken = { failure: "api_error", reason: "429 Too Many Requests" } as const;

  /** The only worker takes the next task, and its session fails at the API. */
  function failNext(it: Story): readonly Event[] {
    it.tell(schedule());
    const [task] = held(it);
    it.tell(say(task?.number ?? 0, task?.fence ?? 0, report("running")));
    it.now += minute;
    return end(it, "failed", broken);
  }

  test("are an outage from the third on, also where one worker had them all, and nobody rests for it", () => {
    const it = backlog(1);
    expect(types(failNext(it))).toEqual(["SessionEnded", "RetryScheduled"]);
    expect(types(failNext(it))).toEqual(["SessionEnded", "RetryScheduled"]);
    const events = failNext(it);
    expect(types(events)).toEqual(["SessionEnded", "AgentPaused", "RetryScheduled"]);
    expect(events[1]).toMatchObject({
      until: it.now + 5 * minute,
      reason: "3 sessions failed at the API of the vendor within 10 min, the last with: 429 Too Many Requests",
      cause: "failures",
    });
    expect(it.tell(schedule())).toEqual([]);
    expect(healthOf(it.state, first, it.now).failuresOfLast).toEqual([0, 0]);
  });

  test("are none when it is one task that always fails", () => {
    const it = story(
      configOf({
        agents: [{ id: "jules", type: "jules", dispatch: "api" }],
        retry: { maxAttempts: 9, backoff: { initial: "0s", max: "0s" } },
      }),
    );
    it.tell(observe({ issues: [issue(1)] }));
    for (let round = 0; round < 4; round += 1) expect(types(failNext(it))).not.toContain("AgentPaused");
  });
});

describe("a task that failed for its surroundings", () => {
  const labels = (priority: string): string[] => ["orchestrate", `priority:${priority}`];
  /** The first task is the longest path, and its session fails like this. */
  function failed(facts: Partial<SessionReport>): Story {
    const agents = [{ id: "jules", type: "jules", dispatch: "api" }];
    const it = story(configOf({ agents, mode: "priority", retry: { backoff: { initial: "0s", max: "0s" } } }));
    it.tell(observe({ issues: [issue(1, { labels: [...labels("high"), "estimate:8h"] })] }));
    it.tell(schedule());
    it.tell(observe({ issues: [issue(2, { labels: labels("low") }), issue(3, { labels: labels("low") })] }));
    it.tell(say(1, 1, report("running")));
    end(it, "failed", facts);
    return it;
  }
  const order = (it: Story): readonly unknown[] =>
    rankReady(it.state, { now: it.now, config: it.config }, 9).map(({ id }) => id);

  test.each([{ failure: "api_error" }, { failure: "vendor_failed" }] as const)(
    "(%j) goes behind all others",
    (facts) => {
      expect(order(failed(facts))).toEqual([2, 3, 1].map(taskId));
    },
  );

  test("goes first where the failure was its own, because nothing is done before its path is", () => {
    expect(order(failed({ failure: "timeout" }))).toEqual([1, 2, 3].map(taskId));
  });

  test("is back in front as soon as a session ends well at that vendor", () => {
    const it = failed({ failure: "api_error" });
    it.tell(schedule());
    it.tell(say(2, 2, report("running")));
    end(it, "succeeded", good());
    expect(order(it)).toEqual([1, 3].map(taskId));
  });

  test("is back in front when the failures are older than those that count, whoever has worked meanwhile", () => {
    const it = failed({ failure: "vendor_failed" });
    it.now += 11 * minute;
    it.tell(schedule());
    expect(order(it)).toEqual([1, 3].map(taskId));
  });

  test("does not wait for an agent that is configured no more", () => {
    const it = failed({ failure: "vendor_failed" });
    evolve(it.state, {
      type: "AgentPaused",
      agent: jules,
      until: it.now + 60 * minute,
      reason: "down",
      cause: "failures",
    });
    it.config = configOf({ mode: "priority", agents: [{ id: "bifrost", type: "bifrost", dispatch: "api" }] });
    it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ agent: "bifrost", task: taskId(2) })]);
    expect(order(it)).toEqual([1, 3].map(taskId));
  });
});

describe("a person", () => {
  test("ends the pause of an agent, and the rests of all its workers, by enabling it", () => {
    const it = paused();
    it.tell(instruct(20, { verb: "disable", worker: "jules/2" }));
    const events = it.tell(instruct(20, { verb: "enable", worker: "jules" }));
    expect(types(events)).toEqual(["WorkerEnabled", "AgentResumed", "CommandAnswered"]);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned", "TaskAssigned"]);
    expect(types(it.tell(instruct(19, { verb: "enable", worker: "jules" })))).toEqual(["CommandAnswered"]);
  });
});
