/** `/orchestrate handoff`: a running task goes to another agent with its work, and never are two at it. */
import { describe, expect, test } from "vitest";
import { keptWork } from "../../src/core/decide-preempt.ts";
import { attemptsUsed } from "../../src/core/retry-policy.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { toAgentId } from "../../src/model/ids.ts";
import type { Event } from "../../src/model/event.ts";
import { configOf, issue, pull, report, stranger, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const cursor = { id: "cursor", type: "cursor", capacity: 2, dispatch: "api" };
const bifrost = { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api" };
const jules = { id: "jules", type: "jules", capacity: 1, dispatch: "api" };

/** #1 has been with cursor for ten minutes; bifrost is free. */
function running(config: Record<string, unknown> = {}, labels: readonly string[] = []): Story {
  const it = story(configOf({ agents: [cursor, bifrost, jules], ...config }));
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:cursor", ...labels] })] }));
  it.tell(schedule());
  it.tell(say(1, fence(it), report("running", { session })));
  it.now += 10 * minute;
  return it;
}

const session = { id: "bc-1/run-1", url: null };

function fence(it: Story, number = 1): number {
  return taskAt(it, number).assignment?.fence ?? 0;
}

function handoff(target: string, by?: typeof stranger): ReturnType<typeof instruct> {
  return instruct(1, { verb: "handoff", target }, by);
}

function ended(it: Story, branch: string | null = null): readonly Event[] {
  return it.tell(say(1, fence(it), report("cancelled", { session, branch })));
}

function answerOf(events: readonly Event[]): string {
  const answered = events.at(-1);
  return answered?.type === "CommandAnswered" ? `${answered.reaction} ${answered.answer}` : "";
}

describe("when a running task is handed over", () => {
  test("its session is asked to end, and nothing else starts before that is seen", () => {
    const it = running();
    expect(it.tell(handoff("bifrost"))).toEqual([
      { type: "TaskHandedOver", task: taskId(1), agent: "bifrost", worker: null, by: "wanda" },
      { type: "CancelRequested", task: taskId(1), fence: 1, reason: "handed_over", by: "wanda" },
      {
        type: "CommandAnswered",
        task: taskId(1),
        comment: "IC_1",
        reaction: "+1",
        answer:
          "`bifrost` takes over from `cursor/1` once its session is seen ended, with its branch and pull request as far as there are any. No attempt is used up.",
        kept: { of: taskId(1), on: taskId(1), verb: "handoff", by: "wanda", before: null },
      },
    ]);
    it.now += 60 * minute;
    expect(it.tell(schedule())).toEqual([]);
    expect(it.status(1)).toBe("in_progress");
  });

  test("the other agent goes on with its branch as soon as the end is seen, as the same attempt, and is asked for only once", () => {
    const it = running();
    it.tell(handoff("bifrost"));
    expect(ended(it, "orchestrate/1-half")).toEqual([
      {
        type: "SessionEnded",
        task: taskId(1),
        fence: 1,
        result: "handed_over",
        detail: "Handed over to bifrost by wanda.",
        costUsd: 0,
        pullUrl: null,
        branch: "orchestrate/1-half",
        pullDueAt: null,
      },
      {
        type: "RetryScheduled",
        task: taskId(1),
        reason: "handed_over",
        detail: "Handed over to bifrost by wanda.",
        retryAt: it.now,
        answers: null,
        counts: false,
      },
    ]);
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({
        type: "TaskAssigned",
        worker: "bifrost/1",
        attempt: 1,
        fence: 2,
        continues: { session: null, branch: "orchestrate/1-half", isBegun: true },
      }),
    ]);
    it.tell(say(1, fence(it), report("running")));
    expect(taskAt(it, 1)).toMatchObject({ assignTo: null, failuresInRow: 0 });
    expect([...it.state.workers.entries()]).toEqual([]);
  });

  test("an open pull request is gone on with by the other agent", () => {
    const it = running();
    it.tell(say(1, fence(it), report("succeeded", { pullUrl: pull(9).url, branch: "orchestrate/1-work" })));
    it.tell(
      observe({
        pulls: [pull(9, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"], updatedAt: 2 })],
      }),
    );
    it.now += 10 * minute;
    it.tell(schedule());
    it.tell(say(1, fence(it), report("running", { session: { id: "bc-1/run-2", url: null } })));
    it.tell(handoff("bifrost"));
    ended(it);
    it.now += 10 * minute;
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({
        type: "TaskAssigned",
        worker: "bifrost/1",
        attempt: 2,
        continues: { session: null, branch: "orchestrate/1-work" },
      }),
    ]);
  });

  test("to one worker it goes to that one, also of the same agent", () => {
    const it = running();
    it.tell(handoff("cursor/2"));
    ended(it);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "cursor/2" })]);
  });

  test("it may be changed to whom before the end is seen: nobody is asked to end it twice", () => {
    const it = running();
    it.tell(handoff("bifrost"));
    expect(types(it.tell(handoff("jules")))).toEqual(["TaskHandedOver", "CommandAnswered"]);
    expect(answerOf(it.tell(handoff("jules")))).toBe("+1 It is being handed over to `jules` already.");
    ended(it);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "jules/1" })]);
  });

  test("again and again, no attempt is lost and each is counted by itself", () => {
    const it = running();
    for (const target of ["bifrost", "cursor", "bifrost"]) {
      it.tell(handoff(target));
      ended(it);
      it.tell(schedule());
      it.tell(say(1, fence(it), report("running", { session })));
    }
    const { attempts, assignment } = taskAt(it, 1);
    expect(attempts.map(({ attempt, result }) => [attempt, result])).toEqual(Array(3).fill([1, "handed_over"]));
    expect(assignment?.attempt).toBe(1);
    expect(attemptsUsed(taskAt(it, 1))).toBe(0);
  });

  test("what was begun before a session that had nothing yet is not lost with it", () => {
    const it = running();
    it.tell(handoff("bifrost"));
    ended(it, "orchestrate/1-half");
    it.tell(schedule());
    it.tell(handoff("jules"));
    it.tell(say(1, fence(it), report("not_found", { session: null })));
    expect(keptWork(taskAt(it, 1), toAgentId("jules"))).toEqual({
      session: null,
      branch: "orchestrate/1-half",
      isBegun: true,
    });
  });

  test("a start that is on its way is heard of late, and the wish is not forgotten with it", () => {
    const it = story(configOf({ agents: [cursor, bifrost] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:cursor"] })] }));
    it.tell(schedule());
    it.tell(handoff("bifrost"));
    it.tell(say(1, fence(it), report("running", { session })));
    expect(it.tell(schedule())).toEqual([]);
    ended(it);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "bifrost/1" })]);
  });

  test("one whose start is refused goes to the other agent as well", () => {
    const it = story(configOf({ agents: [cursor, bifrost] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:cursor"] })] }));
    it.tell(schedule());
    it.tell(handoff("bifrost"));
    const start = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "StartSession");
    const outcome = { kind: "refused", reason: "no", retryAfterMs: null } as const;
    it.tell({ type: "SettleEffects", settled: start === undefined ? [] : [{ effect: start[0], outcome }] });
    it.now += 60 * minute;
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "bifrost/1" })]);
  });

  test("a session that ends well meanwhile has done it: nobody takes it over", () => {
    const it = running();
    it.tell(handoff("bifrost"));
    const events = it.tell(say(1, fence(it), report("succeeded", { pullUrl: pull(9).url })));
    expect(events).toEqual([expect.objectContaining({ type: "SessionEnded", result: "success" })]);
    expect(it.tell(schedule())).toEqual([]);
    expect(it.status(1)).toBe("review");
  });

  test("one that is called off meanwhile stays called off", () => {
    const it = running();
    it.tell(handoff("bifrost"));
    it.tell(instruct(1, { verb: "cancel" }));
    expect(types(ended(it))).toEqual(["SessionEnded"]);
    expect(it.status(1)).toBe("cancelled");
    expect(it.tell(schedule())).toEqual([]);
  });

  test("one that waits for an answer is ended as well, and that is no failure", () => {
    const it = running();
    it.tell(say(1, fence(it), report("waiting", { session, question: "Which colour?" })));
    it.tell(handoff("bifrost"));
    expect(ended(it)).toMatchObject([{ result: "handed_over" }, { type: "RetryScheduled", counts: false }]);
  });

  test("one that is being ended for another reason goes to the other agent afterwards, and what it counts for stays", () => {
    const it = running({ agents: [{ ...cursor, timeout: "10m" }, bifrost] });
    it.tell({ type: "Tick" });
    expect(taskAt(it, 1).assignment?.cancelReason).toBe("timeout");
    const events = it.tell(handoff("bifrost"));
    expect(types(events)).toEqual(["TaskHandedOver", "CommandAnswered"]);
    expect(answerOf(events)).not.toContain("No attempt is used up.");
    expect(ended(it)).toMatchObject([{ result: "timeout" }, { type: "RetryScheduled", counts: true }]);
    it.now += 10 * minute;
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({ type: "TaskAssigned", worker: "bifrost/1", attempt: 2 }),
    ]);
  });

  test("is known to every process that begins from a snapshot", () => {
    const it = running();
    it.tell(handoff("bifrost"));
    const again = fromSnapshot(toSnapshot(it.state));
    expect(again.tasks.get(taskId(1))?.assignment?.handedTo).toEqual({ agent: "bifrost", worker: null, by: "wanda" });
    expect(toSnapshot(again)).toEqual(toSnapshot(it.state));
  });
});

describe("what whoever hands over is told beside it", () => {
  test("where a session cannot be ended from here, a person is asked as for every cancel, and nothing starts meanwhile", () => {
    const it = story(configOf({ agents: [jules, bifrost] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:jules"] })] }));
    it.tell(schedule());
    it.tell(say(1, fence(it), report("running")));
    expect(answerOf(it.tell(handoff("bifrost")))).toContain("Sessions of `jules` cannot be ended from here");
    const cancel = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "CancelSession");
    const outcome = { kind: "cannot_cancel", reason: "No way to end it." } as const;
    it.tell({ type: "SettleEffects", settled: cancel === undefined ? [] : [{ effect: cancel[0], outcome }] });
    expect(taskAt(it, 1).assignment).toMatchObject({ personAsked: true, phase: "ending" });
    expect(it.tell(schedule())).toEqual([]);
    it.tell(say(1, fence(it), report("failed")));
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "bifrost/1" })]);
  });

  test("that the other has no free worker, is disabled or is paused", () => {
    const it = running();
    it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "agent:bifrost"] })] }));
    it.tell(schedule());
    expect(answerOf(it.ask(handoff("bifrost")))).toContain(
      "`bifrost` has no free worker now: it takes this when it has one.",
    );
    it.tell(instruct(2, { verb: "disable", worker: "bifrost/1" }));
    expect(answerOf(it.ask(handoff("bifrost/1")))).toContain("after `/orchestrate enable bifrost/1`");
  });

  test("that it is on hold, that all is paused, and that a cap of the day stops everything", () => {
    const it = running({ limits: { sessionsPerDay: 1 } });
    it.tell(instruct(1, { verb: "hold" }));
    it.tell(instruct(1, { verb: "pause" }));
    const answer = answerOf(it.tell(handoff("bifrost")));
    expect(answer).toContain("It is on hold: it goes on after `/orchestrate resume #1`.");
    expect(answer).toContain("Orchestration is paused");
    expect(answer).toContain("limits.sessionsPerDay is reached");
    ended(it);
    expect(it.tell(schedule())).toEqual([]);
  });
});

describe("nothing is ended", () => {
  function expectUntouched(it: Story, command: ReturnType<typeof handoff>, answer: RegExp): void {
    const events = it.tell(command);
    expect(types(events)).toEqual(["CommandAnswered"]);
    expect(answerOf(events)).toMatch(answer);
    expect(taskAt(it, 1).assignment?.phase).toBe("running");
  }

  test("where it is with them already", () => {
    expectUntouched(running(), handoff("cursor"), /^\+1 It is with `cursor\/1` already: it goes on there\.$/);
    expectUntouched(running(), handoff("cursor/1"), /^\+1 It is with `cursor\/1` already/);
  });

  test.each(["devin", "cursor/3", "cursor/", "`rm -rf`", "", "constructor", "__proto__"])(
    "for %j, which nobody is called",
    (target) => {
      expectUntouched(
        running(),
        handoff(target),
        /^-1 There is no agent or worker `[^`]*`\. The agents are: cursor, bifrost, jules\.$/,
      );
    },
  );

  test("for somebody without the permission", () => {
    expectUntouched(running(), handoff("bifrost", stranger), /^-1 @sam: .* needs write permission/);
  });

  test("for an agent that cannot do what the task needs", () => {
    const agents = [
      { ...cursor, capabilities: { rust: 1 } },
      { ...bifrost, capabilities: { css: 1 } },
    ];
    expectUntouched(
      running({ agents }, ["needs:rust"]),
      handoff("bifrost"),
      /^-1 `bifrost` cannot do what the task needs \(`rust`\)/,
    );
  });

  test("where another session would cost more than a task may", () => {
    const agents = [
      { ...cursor, cost: 3 },
      { ...bifrost, cost: 3 },
    ];
    const limits = { costPerTask: 5 };
    expectUntouched(
      running({ agents, limits }),
      handoff("bifrost"),
      /^-1 Another session would cost more .*limits\.costPerTask` is 5/,
    );
  });
});

describe("a task that nobody is at", () => {
  test("is assigned, as with assign", () => {
    const it = story(configOf({ agents: [cursor, bifrost] }));
    it.tell(observe({ issues: [issue(1)] }));
    const unkept = (event: Event): unknown => ({ ...event, kept: null });
    const assigned = it.ask(instruct(1, { verb: "assign", target: "bifrost" }));
    expect(it.ask(handoff("bifrost")).map(unkept)).toEqual(assigned.map(unkept));
    it.tell(handoff("bifrost"));
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "bifrost/1" })]);
  });

  test("has ended, and its session has not: it is refused as assign is", () => {
    const it = running();
    it.tell(instruct(1, { verb: "cancel" }));
    expect(answerOf(it.tell(handoff("bifrost")))).toMatch(
      /^-1 It is with `cursor\/1` now: `\/orchestrate cancel` it first/,
    );
  });

  test("is none: whoever asks is told what makes one", () => {
    const it = story(configOf());
    expect(answerOf(it.tell({ ...handoff("jules"), issue: 1 } as never))).toMatch(/^-1 This issue is not a task/);
  });
});

test("assign names the way for a task that runs", () => {
  const it = running();
  expect(answerOf(it.tell(instruct(1, { verb: "assign", target: "bifrost" })))).toBe(
    "-1 It is with `cursor/1` now: `/orchestrate handoff bifrost` gives it over with what was done of it.",
  );
});
