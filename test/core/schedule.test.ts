import { describe, expect, test } from "vitest";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

describe("when two issues are selected and one waits for the other", () => {
  function given() {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
    return it;
  }

  test("only the free one is assigned, with a fence and the reasons", () => {
    const it = given();
    expect(it.tell(schedule())).toEqual([
      {
        type: "TaskAssigned",
        task: taskId(1),
        agent: "jules",
        worker: "jules/1",
        attempt: 1,
        fence: 1,
        continues: null,
        timeoutMs: 45 * 60_000,
        expectedMs: 30 * 60_000,
        reasons: expect.objectContaining({ algorithm: "priority", rank: 1, readyCount: 1 }),
      },
    ]);
    expect(it.status(2)).toBe("blocked");
  });

  test("scheduling again starts nothing a second time", () => {
    const it = given();
    it.tell(schedule());
    expect(it.tell(schedule())).toEqual([]);
  });

  test("a merge by a writer with green checks is the receipt and unblocks the dependent in the same decision", () => {
    const it = given();
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    expect(it.status(1)).toBe("review");
    const events = it.tell(observe({ pulls: [pull(9, { state: "merged", mergedBy: writer, mergedAt: 5 })] }));
    expect(types(events)).toEqual(["PullRequestChanged", "TaskCompleted"]);
    expect(it.status(2)).toBe("ready");
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("a claim of the agent that it is done unblocks nobody", () => {
    const it = given();
    it.tell(schedule());
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    expect(it.status(2)).toBe("blocked");
  });
});

describe("when several issues are ready", () => {
  test("priority decides, then the older one", () => {
    const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 3, dispatch: "api" }] }));
    it.tell(
      observe({
        issues: [
          issue(1),
          issue(2, { createdAt: 0 }),
          issue(3, { labels: ["orchestrate", "priority:urgent"], createdAt: 9 }),
        ],
      }),
    );
    const assigned = it.tell(schedule()).map((event) => (event.type === "TaskAssigned" ? event.task : null));
    expect(assigned).toEqual([taskId(3), taskId(2), taskId(1)]);
  });

  test("no more are started than there are slots, and none above the batch", () => {
    const it = story(
      configOf({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }], limits: { batch: 2 } }),
    );
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned"]);
  });

  test("the cap on sessions a day stops starts, counting those that have not begun", () => {
    const it = story(configOf({ limits: { sessionsPerDay: 1 } }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("tasks whose retry is still to come do not use up the look ahead", () => {
    const it = story(
      configOf({
        matching: { lookAhead: 1 },
        health: { refusals: 9, failures: 9 },
        agents: [{ id: "jules", type: "jules", capacity: 3, dispatch: "api" }],
      }),
    );
    it.tell(observe({ issues: [1, 2, 3].map((number) => issue(number)) }));
    it.tell(schedule());
    for (const fence of [1, 2, 3]) {
      it.tell(say(fence, fence, report("running")));
      it.tell(say(fence, fence, report("failed")));
    }
    it.tell(observe({ issues: [issue(4)] }));
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(4) })]);
  });

  test("a task behind more than the look ahead that fit nobody free is told so, not that it is next", () => {
    const jules = { id: "jules", type: "jules", capacity: 1, dispatch: "api", capabilities: { rust: 1 } };
    const it = story(configOf({ matching: { lookAhead: 2 }, agents: [jules] }));
    const needing = (need: string): Partial<IssueFacts> => ({
      labels: ["orchestrate", `needs:${need}`, "priority:urgent"],
    });
    it.tell(observe({ issues: [issue(1, needing("go")), issue(2, needing("java")), issue(3)] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskEscalated", "TaskEscalated"]);
    const context = { now: it.now, config: it.config };
    const codes = (): readonly string[] =>
      waitingReasons(it.state, taskAt(it, 3), context).map((reason) => reason.code);
    expect(codes()).toEqual(["look_ahead"]);
    it.tell(instruct(1, { verb: "hold" }));
    expect(codes()).toEqual(["next_pass"]);
  });

  describe("many urgent tasks that only somebody could take who takes nothing", () => {
    const jules = { id: "jules", type: "jules", capacity: 1, dispatch: "api" };
    const cursor = { id: "cursor", type: "cursor", capacity: 2, dispatch: "api" };

    /** So many of them, and #5000, which anybody can take, behind them all. */
    function behind(count: number, facts: Partial<IssueFacts>, config: Record<string, unknown> = {}): Story {
      const it = story(configOf({ agents: [jules, cursor], limits: { queue: 9_000 }, ...config }));
      const before = Array.from({ length: count }, (_, at) => issue(at + 1, facts));
      it.tell(observe({ issues: [...before, issue(5_000)] }));
      return it;
    }

    const labelled = (...labels: readonly string[]): Partial<IssueFacts> => ({
      labels: ["orchestrate", "priority:urgent", ...labels],
    });
    const assigned = (it: Story): readonly unknown[] =>
      it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.task] : []));

    test.each([
      ["are pinned to an agent that is off", labelled("agent:cursor"), {}],
      ["are pinned to an agent that is not configured", labelled("agent:devin"), {}],
      ["need what nobody can", labelled("needs:cobol"), { agents: [{ ...jules, capabilities: { go: 1 } }] }],
      ["have a label of which enough are worked on", labelled("db"), { limits: { queue: 9_000, labels: { db: 1 } } }],
    ])("keep nothing from the others when they %s", (when, facts, config) => {
      const it = behind(1_000, facts, config);
      if (when === "are pinned to an agent that is off") it.tell(instruct(1, { verb: "disable", worker: "cursor" }));
      const first = assigned(it);
      expect(first).toContain(taskId(5_000));
      expect(first.filter((id) => id !== taskId(5_000))).toHaveLength(when.startsWith("have a label") ? 1 : 0);
    });

    test("are still told to a person, each of them", () => {
      const it = behind(300, labelled("agent:devin"));
      const told = it.tell(schedule()).filter((event) => event.type === "TaskEscalated");
      expect(told).toHaveLength(300);
    });

    test("are taken as soon as there is somebody", () => {
      const it = behind(1_000, labelled("agent:cursor"));
      it.tell(instruct(1, { verb: "disable", worker: "cursor" }));
      expect(assigned(it)).toEqual([taskId(5_000)]);
      it.tell(instruct(1, { verb: "enable", worker: "cursor" }));
      expect(assigned(it)).toEqual([taskId(1), taskId(2)]);
    });

    test("are passed over ten times as often as tasks are tried, and no more: then it is said", () => {
      const few = { matching: { lookAhead: 4 } };
      const within = behind(40, labelled("agent:devin"), few);
      expect(assigned(within)).toEqual([taskId(5_000)]);
      const beyond = behind(42, labelled("agent:devin"), few);
      expect(assigned(beyond)).toEqual([]);
      const context = { now: beyond.now, config: beyond.config };
      expect(waitingReasons(beyond.state, taskAt(beyond, 5_000), context).map(({ code }) => code)).toEqual([
        "look_ahead",
      ]);
    });
  });

  test("one behind others for a full agent may still make somebody give way, when it is the more urgent one", () => {
    const it = story(configOf({ mode: "effort", agents: [{ id: "cursor", type: "cursor", dispatch: "api" }] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "priority:low", "estimate:2h"] })] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running", { session: { id: "bc-1/run-1", url: null } })));
    it.now += 30 * 60_000;
    it.tell(
      observe({
        issues: [
          issue(2, { labels: ["orchestrate", "priority:low", "estimate:5m", "agent:cursor"] }),
          issue(3, { labels: ["orchestrate", "priority:urgent", "estimate:30m", "agent:cursor"] }),
        ],
      }),
    );
    expect(it.tell(schedule())).toContainEqual(
      expect.objectContaining({ type: "TaskPreempted", task: taskId(1), for: taskId(3) }),
    );
  });

  test("a task that asks for a worker which is gone is told to a person, and taken when the worker is back", () => {
    const withSlots = (capacity: number) =>
      configOf({ agents: [{ id: "jules", type: "jules", capacity, dispatch: "api" }] });
    const it = story(withSlots(3));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(instruct(1, { verb: "assign", target: "jules/3" }));
    it.config = withSlots(2);
    const reason =
      "It asks for the worker jules/3, and jules no longer has as many: ask for another with /orchestrate assign.";
    expect(it.tell(schedule())).toEqual([{ type: "TaskEscalated", task: taskId(1), reason }]);
    expect(it.tell(schedule())).toEqual([]);
    it.config = withSlots(3);
    expect(it.tell(schedule())).toEqual([
      { type: "EscalationLifted", task: taskId(1) },
      expect.objectContaining({ type: "TaskAssigned", worker: "jules/3" }),
    ]);
  });

  test("nothing waits for a better worker that is disabled and will not be free", () => {
    const skilled = (id: string, type: string, level: number) => ({
      id,
      type,
      dispatch: "api",
      capacity: 1,
      capabilities: { typescript: level },
    });
    const it = story(configOf({ agents: [skilled("jules", "jules", 1), skilled("cursor", "cursor", 0.1)] }));
    const labels = ["orchestrate", "needs:typescript", "estimate:5m"];
    it.tell(observe({ issues: [issue(1, { labels }), issue(2, { labels })] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    it.tell(say(1, 1, report("running")));
    expect(it.tell(schedule())).toEqual([]);
    it.tell(instruct(1, { verb: "disable", worker: "jules/1" }));
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", agent: "cursor" })]);
  });

  test("without an agent nothing is started", () => {
    const it = story(configOf({ agents: [] }));
    it.tell(observe({ issues: [issue(1)] }));
    expect(it.tell(schedule())).toEqual([]);
  });
});
