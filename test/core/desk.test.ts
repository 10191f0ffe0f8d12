/** Agents that take their work themselves: what they may claim, what ends it, and what their silence means. */
import { describe, expect, test } from "vitest";
import { judgeClaim } from "../../src/core/decide-claim-task.ts";
import { expectedStart } from "../../src/insight/expected-start.ts";
import { whyIdle } from "../../src/insight/why-idle.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";
import { blocker, configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const desk = toAgentId("desk");
const deskEntry = { id: "desk", type: "pull", capacity: 2 };

function withDesk(config: Record<string, unknown> = {}, ...issues: Parameters<typeof issue>[]): Story {
  const it = story(configOf({ agents: [deskEntry], ...config }));
  const all = issues.length === 0 ? [issue(1), issue(2)] : issues.map((each) => issue(...each));
  it.tell(observe({ issues: all }));
  return it;
}

function claim(number: number | null, more: Record<string, unknown> = {}): Parameters<Story["tell"]>[0] {
  const task = number === null ? null : taskId(number);
  return { type: "ClaimTask", task, agent: desk, worker: null, by: "wanda", ...more };
}

function beat(number: number, fence: number, note: string | null = null): Parameters<Story["tell"]>[0] {
  return { type: "HearAgent", task: taskId(number), fence, note };
}

function refusal(it: Story, number: number | null, worker: string | null = null): readonly string[] {
  const task = number === null ? null : taskId(number);
  const ask = { task, agent: desk, worker: worker === null ? null : toWorkerId(desk, Number(worker.slice(5))) };
  const verdict = judgeClaim({ state: it.state, context: { now: it.now, config: it.config } }, ask);
  return verdict.kind === "granted" ? [] : verdict.why.map(({ code }) => code);
}

describe("a claim", () => {
  test("is an assignment with its session, and nobody is asked to start it", () => {
    const it = withDesk();
    const events = it.tell(claim(2));
    expect(events).toEqual([
      expect.objectContaining({ type: "TaskAssigned", task: taskId(2), worker: "desk/1", fence: 1, takenBy: "wanda" }),
      { type: "SessionStarted", task: taskId(2), fence: 1, session: { id: "desk:1", url: null } },
    ]);
    expect(it.status(2)).toBe("in_progress");
    const effects = [...it.state.outbox.entries()].map(([, { effect }]) => effect.type);
    expect(effects).not.toContain("StartSession");
    expect(effects).toContain("UpdateIssue");
  });

  test("of nothing in particular is the best that fits, as the mode ranks it", () => {
    const it = withDesk(
      {},
      [1, { labels: ["orchestrate", "needs:rust"] }],
      [2],
      [3, { labels: ["orchestrate", "P0"] }],
    );
    it.config = configOf({ agents: [{ ...deskEntry, capabilities: { go: 1 } }] });
    expect(it.tell(claim(null))[0]).toMatchObject({ task: taskId(3), worker: "desk/1" });
    expect(it.tell(claim(null))[0]).toMatchObject({ task: taskId(2), worker: "desk/2" });
    expect(refusal(it, 1)).toEqual(["missing_capability"]);
    expect(it.tell(claim(null))).toEqual([]);
    expect(refusal(it, null)).toEqual(["nothing_fits"]);
  });

  test("is refused, and decides nothing, for what nobody may start", () => {
    const given: readonly [
      readonly string[],
      Record<string, unknown>,
      Parameters<typeof issue>[1],
      (it: Story) => void,
    ][] = [
      [["needs_approval"], {}, { selectedBy: { actor: stranger, at: 1 } }, () => undefined],
      [["held"], {}, { labels: ["orchestrate", "hold"] }, () => undefined],
      [["blocked"], {}, { blockedBy: [blocker(2)] }, () => undefined],
      [["paused"], {}, {}, (it) => it.tell(instruct(2, { verb: "pause" }))],
      [["taken"], {}, {}, (it) => it.tell(claim(1))],
      [["at_capacity"], { agents: [{ ...deskEntry, capacity: 1 }] }, {}, (it) => it.tell(claim(2))],
      [["quota_spent"], { agents: [{ ...deskEntry, quota: 1 }] }, {}, (it) => it.tell(claim(2))],
      [["cap_sessions_per_day"], { limits: { sessionsPerDay: 1 } }, {}, (it) => it.tell(claim(2))],
      [["limit_in_progress"], { limits: { inProgress: 1 } }, {}, (it) => it.tell(claim(2))],
      [["disabled"], {}, {}, (it) => it.tell(instruct(2, { verb: "disable", worker: "desk" }))],
      [["not_pinned"], {}, { labels: ["orchestrate", "agent:other"] }, () => undefined],
    ];
    for (const [codes, config, facts, before] of given) {
      const it = withDesk(config, [1, facts], [2]);
      before(it);
      const { version } = it.state;
      expect(refusal(it, 1)).toEqual(codes);
      expect(it.tell(claim(1))).toEqual([]);
      expect(it.state.version).toBe(version);
    }
  });

  test("is refused for an agent that is given its work, and for one that is not there", () => {
    const it = withDesk({ agents: [deskEntry, { id: "jules", type: "jules" }] });
    expect(it.tell(claim(1, { agent: toAgentId("jules") }))).toEqual([]);
    expect(it.tell(claim(1, { agent: toAgentId("nobody") }))).toEqual([]);
    const verdict = judgeClaim(
      { state: it.state, context: { now: it.now, config: it.config } },
      { task: taskId(1), agent: toAgentId("jules"), worker: null },
    );
    expect(verdict).toMatchObject({
      why: [
        {
          detail: expect.stringMatching(/^jules is of the type jules, which is given its work\. .* these are: desk\.$/),
        },
      ],
    });
  });

  test("is refused for another text than the approved one", () => {
    const it = withDesk();
    expect(it.tell(claim(1, { text: { hash: "another", criteria: [] } }))).toEqual([]);
    const events = it.tell(claim(1, { text: { hash: "hash-1", criteria: ["It works."] } }));
    expect(events[1]).toMatchObject({ type: "SessionStarted", criteria: ["It works."] });
  });

  test("by one worker takes that slot, and no other", () => {
    const it = withDesk();
    const worker = toWorkerId(desk, 2);
    expect(it.tell(claim(1, { worker }))[0]).toMatchObject({ worker: "desk/2" });
    expect(it.tell(claim(2, { worker }))).toEqual([]);
    expect(refusal(it, 2, "desk/2")).toEqual(["at_capacity"]);
  });

  test("whose command comes twice is one claim", () => {
    const it = withDesk();
    expect(it.tell(claim(null), "order:1")).toHaveLength(2);
    expect(it.tell(claim(null), "order:1")).toEqual([]);
  });
});

describe("an agent that takes its work itself", () => {
  test("is given none, and the reason says how it is taken", () => {
    const it = withDesk();
    expect(it.tell(schedule())).toEqual([]);
    const context = { now: it.now, config: it.config };
    expect(whyIdle(it.state, context, 5).tasks).toEqual([
      { number: 1, codes: ["takes_itself"] },
      { number: 2, codes: ["takes_itself"] },
    ]);
    expect(waitingReasons(it.state, taskAt(it, 1), context)).toEqual([
      {
        code: "takes_itself",
        detail: "2 workers: take their work themselves, with orchestrate claim 1 --agent desk.",
      },
    ]);
    expect(expectedStart(it.state, taskAt(it, 1), context)).toBeNull();
  });

  test("is nobody that waits are weighed against, and nobody gives way in it", () => {
    const it = withDesk({ agents: [deskEntry, { id: "jules", type: "jules", capacity: 1 }] }, [1], [2], [3]);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ worker: "jules/1" })]);
    it.tell(claim(null));
    it.tell(claim(null));
    it.now += 60 * minute;
    it.tell(observe({ issues: [issue(9, { labels: ["orchestrate", "P0"] })] }));
    expect(types(it.tell(schedule()))).not.toContain("TaskPreempted");
  });

  test("has what a person assigns to it kept for itself", () => {
    const it = withDesk({ agents: [deskEntry, { id: "jules", type: "jules" }] });
    const [asked, answer] = it.tell(instruct(2, { verb: "assign", target: "desk" }));
    expect(asked).toMatchObject({ type: "AssignmentRequested", agent: "desk" });
    expect(answer).toMatchObject({
      answer: expect.stringContaining("`desk` takes its work itself: this is kept for it"),
    });
    expect(it.tell(schedule()).map((event) => "task" in event && event.task)).toEqual([taskId(1)]);
    expect(it.tell(claim(2))[0]).toMatchObject({ worker: "desk/1" });
  });
});

describe("a session at a desk", () => {
  function claimed(config: Record<string, unknown> = {}): Story {
    const it = withDesk(config);
    it.tell(claim(1));
    return it;
  }

  test("ends with its pull request, as soon as that is no draft, and the merge completes the task", () => {
    const it = claimed();
    expect(it.tell(observe({ pulls: [pull(9, { isDraft: true, author: writer })] }))).toEqual([]);
    const events = it.tell(observe({ pulls: [pull(9, { updatedAt: 2, author: writer })] }));
    expect(types(events)).toEqual(["PullRequestLinked", "SessionEnded"]);
    expect([it.status(1), it.state.occupied.size]).toEqual(["review", 0]);
    const merged = pull(9, { state: "merged", updatedAt: 3, mergedBy: writer, mergedAt: it.now, author: writer });
    expect(types(it.tell(observe({ pulls: [merged] })))).toEqual(["PullRequestChanged", "TaskCompleted"]);
  });

  test("that goes on with an open pull request ends when the agent says so, and not because it is open", () => {
    const it = claimed();
    const red = { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"], author: writer } as const;
    expect(types(it.tell(observe({ pulls: [pull(9, red)] })))).toContain("RetryScheduled");
    it.now += 60 * minute;
    const [assigned] = it.tell(claim(1));
    expect(assigned).toMatchObject({ attempt: 2, continues: { branch: "orchestrate/1-work" } });
    const pushed = pull(9, { sha: "b".repeat(40), updatedAt: 2, author: writer });
    it.tell(observe({ pulls: [pushed] }));
    expect(it.status(1)).toBe("in_progress");
    expect(types(it.tell(say(1, 2, report("succeeded", { session: null }))))).toEqual(["SessionEnded"]);
    expect(it.status(1)).toBe("review");
  });

  test("that is silent has a person asked once, keeps its slot, and a late heartbeat makes it live again", () => {
    const it = claimed();
    it.now += 10 * minute;
    const [asked] = it.tell({ type: "Tick" });
    expect(asked).toMatchObject({
      type: "SessionWaiting",
      isSilent: true,
      question: expect.stringMatching(
        /^Nothing has been heard of desk\/1 since .* there is no vendor that could be asked\./,
      ),
    });
    expect(it.tell({ type: "Tick" })).toEqual([]);
    expect(it.tell(schedule())).toEqual([]);
    expect([it.status(1), it.state.occupied.size, refusal(it, 1)]).toEqual(["needs_input", 1, ["taken"]]);
    expect(types(it.tell(beat(1, 1)))).toEqual(["SessionContinued"]);
    expect(it.status(1)).toBe("in_progress");
    expect(it.tell({ type: "Tick" })).toEqual([]);
  });

  test("whose time is over has a person asked, and as much again when it goes on", () => {
    const it = claimed({ agents: [{ ...deskEntry, timeout: "45m", heartbeat: "1h" }] });
    it.now += 45 * minute;
    const [asked] = it.tell({ type: "Tick" });
    expect(asked).toMatchObject({
      type: "SessionWaiting",
      question: expect.stringContaining("longer than its timeout"),
    });
    it.now += 5 * minute;
    const events = it.tell(beat(1, 1, "nearly done"));
    expect(events).toEqual([
      { type: "SessionContinued", task: taskId(1), fence: 1, timeoutMs: 95 * minute },
      { type: "SessionHeard", task: taskId(1), fence: 1, note: "nearly done" },
    ]);
    expect(it.tell({ type: "Tick" })).toEqual([]);
  });

  test("that sends heartbeats costs at most one entry in a third of the time", () => {
    const it = claimed();
    let entries = 0;
    for (let count = 0; count < 60; count += 1) {
      it.now += minute;
      entries += it.tell(beat(1, 1)).length;
      expect(it.tell({ type: "Tick" })).toEqual([]);
      if (count === 40) break;
    }
    expect(entries).toBe(10);
    expect(it.tell(beat(1, 7))).toEqual([]);
  });

  test.each(["complete", "fail", "cancel"] as const)(
    "ends with the task, when a person says %s: the worker is free",
    (verb) => {
      const it = claimed();
      const instruction = verb === "fail" ? { verb, reason: "no" } : { verb };
      expect(types(it.tell(instruct(1, instruction)))).toContain("SessionEnded");
      expect(it.state.occupied.size).toBe(0);
      expect(it.tell(beat(1, 1))).toEqual([]);
      const ends = { complete: "completed", fail: "failed", cancel: "cancelled" } as const;
      expect(it.status(1)).toBe(ends[verb]);
      expect(it.tell(claim(2))).toHaveLength(2);
    },
  );

  test("that is handed over ends first, unless it is silent: then the person's word is its end", () => {
    const agents = [deskEntry, { id: "jules", type: "jules", dispatch: "api" }];
    const live = claimed({ agents });
    expect(types(live.tell(instruct(1, { verb: "handoff", target: "jules" })))).not.toContain("SessionEnded");
    expect(live.tell(beat(1, 1))).toEqual([]);
    expect(types(live.tell(say(1, 1, report("cancelled", { session: null }))))).toEqual([
      "SessionEnded",
      "RetryScheduled",
    ]);
    const silent = claimed({ agents });
    silent.now += 10 * minute;
    silent.tell({ type: "Tick" });
    const events = silent.tell(instruct(1, { verb: "handoff", target: "jules" }));
    expect(types(events)).toContain("SessionEnded");
    silent.now += minute;
    const started = silent.tell(schedule()).find((event) => event.type === "TaskAssigned" && event.task === taskId(1));
    expect(started).toMatchObject({ agent: "jules" });
  });
});

test("the type needs no dispatch, and refuses one with what to do", () => {
  const read = (entry: object) => configOf({ agents: [{ id: "desk", type: "pull", ...entry }] }).agents[0];
  expect(read({})).toMatchObject({ dispatch: "none", capacity: 1 });
  for (const dispatch of ["workflow", "api", "label"])
    expect(() => read({ dispatch })).toThrow(/takes its work itself, and is started by nobody: leave dispatch out/);
  expect(() => configOf({ agents: [{ id: "j", type: "jules", dispatch: "none" }] })).toThrow(
    /write workflow, api or label/,
  );
  expect(defaultConfig.agents).toEqual([]);
});
