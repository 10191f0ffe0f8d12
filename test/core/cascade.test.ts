import { describe, expect, test } from "vitest";
import { cascadeOf } from "../../src/core/cascade.ts";
import { expectedStart } from "../../src/insight/expected-start.ts";
import { createState } from "../../src/state/state.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { whyIdle } from "../../src/insight/why-idle.ts";
import { toPlanAnswer } from "../../src/engine/plan-answer.ts";
import { toAgentViews } from "../../src/engine/task-views.ts";
import { toStatusDocument } from "../../src/http/status.ts";
import type { Event } from "../../src/model/event.ts";
import { toAgentId } from "../../src/model/ids.ts";
import { describePause } from "../../src/views/agents-table.ts";
import { renderPlanAnswer } from "../../src/views/plan-answer.ts";
import { describeWaiting } from "../../src/views/reasons.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";
import { held, minute } from "./health-story.ts";

const names = ["jules", "cursor", "bifrost"] as const;
const agentOf = (type: string, capacity = 3): Record<string, unknown> => ({
  id: type,
  type,
  capacity,
  dispatch: "api",
});
const refused = { kind: "refused", reason: "503 Service Unavailable", retryAfterMs: null } as const;

/** Three agents with three workers each, or those of `more`, of which two at once are many, and thirty tasks. */
function three({ health = {}, ...more }: Record<string, unknown> & { readonly health?: object } = {}): Story {
  const it = story(
    configOf({
      agents: names.map((name) => agentOf(name)),
      retry: { backoff: { initial: "1s", max: "1s" } },
      health: { cascade: { agents: 2 }, ...health },
      ...more,
    }),
  );
  it.tell(observe({ issues: Array.from({ length: 30 }, (_, index) => issue(index + 1)) }));
  it.tell(schedule());
  return it;
}

/** The vendor of `agent` refuses every start that is on its way to it. */
function refuse(it: Story, agent: string): readonly Event[] {
  return held(it).flatMap(({ number, fence, worker }) =>
    worker.startsWith(`${agent}/`) && taskAt(it, number).assignment?.startedAt === null
      ? it.tell({ type: "ReportOutcome", task: taskId(number), fence, outcome: refused })
      : [],
  );
}

/** Every session that is with `agent` runs. */
function run(it: Story, agent: string): void {
  for (const { number, fence, worker } of held(it)) {
    if (worker.startsWith(`${agent}/`)) it.tell(say(number, fence, report("running")));
  }
}

/** Jules and Cursor refuse all that was given out; the sessions of Bifrost run, and one of its workers is free. */
function cascaded(more: Parameters<typeof three>[0] = {}): Story {
  const it = three(more);
  run(it, "bifrost");
  refuse(it, "jules");
  refuse(it, "cursor");
  const last = held(it).at(-1);
  it.tell(say(last?.number ?? 0, last?.fence ?? 0, report("succeeded", { pullUrl: "https://github.test/o/r/pull/9" })));
  return it;
}

/** Who is given work now. */
function given(it: Story): readonly string[] {
  return it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.agent] : []));
}

const told = (events: readonly Event[]): readonly Event[] => events.filter(({ type }) => type.startsWith("Warning"));

describe("two of three vendors that fail at once", () => {
  test("are told of at once, with what happens next and what a person can do", () => {
    const it = three();
    run(it, "bifrost");
    expect(told(refuse(it, "jules"))).toEqual([]);
    expect(told(refuse(it, "cursor"))).toEqual([
      {
        type: "WarningRaised",
        warning: {
          code: "cascade",
          subject: "all",
          severity: "critical",
          detail: `2 of 3 agents fail at their vendors at once (jules, cursor). Nothing new is started at any agent; what runs goes on and is watched, and so do merges. Each of these vendors is tried out with one task when its pause is over, the first at ${new Date(it.now + 5 * minute).toISOString()}.`,
          suggestion:
            "It passes by itself when fewer of them fail. Look at what they share: GitHub, the network, keys that have run out. `/orchestrate enable jules` says that this vendor is back, `/orchestrate resume` that all are.",
        },
      },
    ]);
  });

  test("stop every start, that of the agent whose vendor is well too, and nothing that runs", () => {
    const it = cascaded();
    const running = held(it).length;
    expect(it.ask(schedule())).toEqual([]);
    expect(running).toBe(2);
    expect(held(it)).toHaveLength(running);
    it.now += minute;
    const [one] = held(it);
    const end = say(
      one?.number ?? 0,
      one?.fence ?? 0,
      report("succeeded", { pullUrl: "https://github.test/o/r/pull/10" }),
    );
    expect(types(it.tell(end))).toContain("SessionEnded");
    expect(given(it)).toEqual([]);
  });

  test("let every task that waits say so, and a cycle that starts nothing", () => {
    const it = cascaded();
    const context = { now: it.now, config: it.config };
    const [reason, ...others] = waitingReasons(it.state, taskAt(it, 25), context);
    expect([reason?.code, ...others.map(({ code }) => code)]).toEqual(["cascade", "agent_paused"]);
    expect(describeWaiting(reason ?? { code: "", detail: "" })).toBe(
      "2 of 3 agents fail at their vendors at once (jules, cursor). Nothing new is started before fewer of them do. It goes on by itself; `/orchestrate enable` with the name of an agent says that its vendor is back, `/orchestrate resume` that all are.",
    );
    expect(whyIdle(it.state, context, 1).tasks).toEqual([
      { number: expect.any(Number), codes: ["cascade", "agent_paused"] },
    ]);
    expect(expectedStart(it.state, taskAt(it, 25), context)).toBeNull();
  });

  test("make each agent say that it is paused, the one whose vendor is well too", () => {
    const it = cascaded();
    const views = toAgentViews(it.state, { now: it.now, config: it.config });
    const reason = "2 of 3 agents fail at their vendors at once (jules, cursor).";
    expect(views.map(({ id, pause }) => [id, pause?.until ?? null])).toEqual([
      ["jules", it.now + 5 * minute],
      ["cursor", it.now + 5 * minute],
      ["bifrost", null],
    ]);
    expect(views[2]?.pause?.reason).toBe(reason);
    expect(views.slice(2).flatMap(describePause)).toEqual([`paused: ${reason}`]);
    expect(toStatusDocument("o/r", it.state, { now: it.now, config: it.config })).toMatchObject({
      availableWorkers: 0,
    });
  });

  test("are what the plan says why nothing new is started", () => {
    const it = cascaded();
    const plan = renderPlanAnswer(toPlanAnswer(it.state, { now: it.now, config: it.config }));
    expect(plan).toContain("**Nothing new is started.** 2 of 3 agents fail at their vendors at once (jules, cursor).");
  });

  test("are each tried out with one task when the pause is over; the first that is back lifts it, and says so", () => {
    const it = cascaded();
    it.now += 5 * minute;
    const tried = it.tell(schedule());
    expect(tried.flatMap((event) => (event.type === "TaskAssigned" ? [event.agent] : [])).toSorted()).toEqual([
      "cursor",
      "jules",
    ]);
    const rejected = tried.flatMap((event) => (event.type === "TaskAssigned" ? [event.reasons.rejectedCount] : []));
    expect(rejected[0]).toMatchObject({ cascade: 3 });
    expect(given(it)).toEqual([]);
    run(it, "jules");
    expect(told(it.tell(schedule()))).toEqual([{ type: "WarningCleared", code: "cascade", subject: "all" }]);
    expect(held(it).filter(({ worker }) => worker.startsWith("bifrost/"))).toHaveLength(3);
    expect(held(it).filter(({ worker }) => worker.startsWith("jules/"))).toHaveLength(3);
    expect(held(it).filter(({ worker }) => worker.startsWith("cursor/"))).toHaveLength(1);
  });

  test("are over when a person says of one that it is back, and at once", () => {
    const it = cascaded();
    expect(types(it.tell(instruct(30, { verb: "enable", worker: "jules" })))).toEqual(
      expect.arrayContaining(["AgentResumed", "WarningCleared"]),
    );
    expect(new Set(given(it))).toEqual(new Set(["jules", "bifrost"]));
  });

  test("are over when a person resumes everything, which cannot be taken back", () => {
    const it = cascaded();
    const events = it.tell(instruct(30, { verb: "resume", number: null }));
    expect(events.filter(({ type }) => /^Agent|^Warning/.test(type))).toEqual([
      { type: "AgentResumed", agent: "jules", by: "wanda" },
      { type: "WarningCleared", code: "cascade", subject: "all" },
      { type: "AgentResumed", agent: "cursor", by: "wanda" },
    ]);
    expect(new Set(given(it))).toEqual(new Set(names));
    it.tell(instruct(30, { verb: "undo" }));
    expect(taskAt(it, 30).answer).toContain("`resume` by `wanda` cannot be taken back.");
  });

  test("are over where nothing was there to try them out with for as long again", () => {
    const it = cascaded();
    for (const { number } of it.entries.length > 0
      ? Array.from({ length: 30 }, (_, index) => ({ number: index + 1 }))
      : []) {
      if (it.state.ready.has(taskId(number))) it.tell(instruct(number, { verb: "hold" }));
    }
    it.now += 10 * minute;
    expect(told(it.tell({ type: "Tick" }))).toContainEqual({ type: "WarningCleared", code: "cascade", subject: "all" });
  });

  test("keep an agent that takes its work itself from nothing, and do not count it", () => {
    const agents = [...names.slice(0, 2).map((name) => agentOf(name)), { id: "desk", type: "pull" }];
    const it = three({ agents });
    refuse(it, "jules");
    refuse(it, "cursor");
    expect(cascadeOf(it.state, { now: it.now, config: it.config })).toEqual({
      failing: ["jules", "cursor"],
      enabled: 2,
    });
    const claim = { type: "ClaimTask", task: null, agent: toAgentId("desk"), worker: null, by: "ann" } as const;
    expect(types(it.tell(claim))).toEqual(["TaskAssigned", "SessionStarted"]);
  });

  test("are the same to whoever reads the log, or a snapshot of it", () => {
    const it = cascaded();
    const replayed = createState();
    for (const entry of it.entries) evolveEntry(replayed, entry);
    const context = { now: it.now, config: it.config };
    const expected = { failing: ["jules", "cursor"], enabled: 3 };
    expect(cascadeOf(replayed, context)).toEqual(expected);
    expect(cascadeOf(fromSnapshot(toSnapshot(it.state)), context)).toEqual(expected);
  });
});

describe("what is no cascade", () => {
  const open = (it: Story): unknown => cascadeOf(it.state, { now: it.now, config: it.config });

  test("one vendor that fails stops its own agent alone, also where it is the only one", () => {
    const alone = three({ agents: [agentOf("jules")], health: { cascade: { agents: 1 } } });
    expect(told(refuse(alone, "jules"))).toEqual([]);
    expect(open(alone)).toBeNull();
    const one = three({ health: { cascade: { agents: 1 } } });
    refuse(one, "jules");
    expect(open(one)).toBeNull();
  });

  test("two of five are less than half", () => {
    const more = ["four", "five"].map((id) => ({ ...agentOf("bifrost"), id }));
    const it = three({ agents: [...names.map((name) => agentOf(name)), ...more], health: { refusals: 2 } });
    refuse(it, "jules");
    refuse(it, "cursor");
    expect(open(it)).toBeNull();
    expect(given(it)).not.toEqual([]);
    // An agent that a person has switched off is no part of the whole.
    it.tell(instruct(30, { verb: "disable", worker: "five" }));
    expect(open(it)).toEqual({ failing: ["jules", "cursor"], enabled: 4 });
  });

  test("the key sets how many it takes, and 0 switches it off", () => {
    for (const agents of [0, 3]) {
      const it = cascaded({ health: { cascade: { agents } } });
      expect(open(it)).toBeNull();
      expect(given(it)).toEqual(["bifrost"]);
    }
  });
});
