import { describe, expect, test } from "vitest";
import { healthOf, isUnresponsive } from "../../src/core/decide-health.ts";
import { nextDueAt } from "../../src/core/decide-tick.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Event } from "../../src/model/event.ts";
import { configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";
import { backlog, end, first, good, held, minute, tick, turn } from "./health-story.ts";

/** A worker that has failed three tasks in a row, and rests. */
function resting(): Story {
  const it = backlog(1);
  turn(it, "failed");
  turn(it, "failed");
  turn(it, "failed");
  return it;
}

describe("a worker that fails three tasks within ten minutes", () => {
  test("rests for a quarter of an hour, decided together with the third failure", () => {
    const it = backlog(1);
    expect(types(turn(it, "failed"))).toEqual(["SessionEnded", "RetryScheduled"]);
    turn(it, "failed");
    expect(turn(it, "failed")).toEqual([
      expect.objectContaining({ type: "SessionEnded" }),
      {
        type: "WorkerRested",
        worker: first,
        until: it.now + 15 * minute,
        reason: "It failed 3 tasks within 10 min: #1, #2, #3.",
      },
      expect.objectContaining({ type: "RetryScheduled" }),
    ]);
  });

  test("is given nothing while it rests, and the other workers go on", () => {
    const it = resting();
    it.now += 14 * minute;
    expect(tick(it)).toEqual([]);
    expect(it.tell(schedule())).toEqual([]);
    it.config = configOf({ agents: [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }] });
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", worker: "jules/2" })]);
  });

  test("goes on when the three are further apart", () => {
    const it = backlog(1);
    turn(it, "failed");
    it.now += 9 * minute;
    turn(it, "failed");
    expect(types(turn(it, "failed"))).toEqual(["SessionEnded", "RetryScheduled"]);
  });

  test("goes on when it was one bad task each time", () => {
    const it = story(
      configOf({
        agents: [{ id: "jules", type: "jules", dispatch: "api" }],
        retry: { maxAttempts: 9, backoff: { initial: "1s", max: "1s" } },
      }),
    );
    it.tell(observe({ issues: [issue(1)] }));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(types(turn(it, "failed"))).toEqual(["SessionEnded", "RetryScheduled"]);
      it.now += 1_000;
    }
  });
});

describe("a worker that fails more than 30 % of its last ten attempts", () => {
  /** Ten attempts, far enough apart that only the rate can tell; true: it fails. */
  function play(fails: readonly boolean[]): readonly string[] {
    const it = backlog(1, { limits: { sessionsPerDay: 1_000 } });
    let last: readonly Event[] = [];
    for (const isBad of fails) {
      it.now += 10 * minute;
      last = isBad ? turn(it, "failed") : turn(it, "succeeded", good());
    }
    return types(last);
  }

  test("rests with the fourth failure of ten", () => {
    expect(play([true, true, true, ...Array<boolean>(6).fill(false), true])).toContain("WorkerRested");
  });

  test("goes on with three of ten", () => {
    expect(play([true, true, ...Array<boolean>(7).fill(false), true])).not.toContain("WorkerRested");
  });

  test("goes on with four failures while there are fewer than ten attempts to judge by", () => {
    expect(play([true, true, true, ...Array<boolean>(5).fill(false), true])).not.toContain("WorkerRested");
  });

  test("forgets what is further back than ten attempts", () => {
    expect(play([true, true, true, ...Array<boolean>(8).fill(false), true])).not.toContain("WorkerRested");
  });
});

describe("an end that is not the worker's doing", () => {
  test("counts neither for nor against it: cancelled ones never make it rest", () => {
    const it = backlog(1, { health: { failures: 1 } });
    expect(types(turn(it, "cancelled"))).toEqual(["SessionEnded", "RetryScheduled"]);
    it.tell(schedule());
    const [task] = held(it);
    it.tell(say(task?.number ?? 0, task?.fence ?? 0, report("waiting", { question: "Which one?" })));
    expect(types(end(it, "failed"))).toEqual(["SessionEnded", "ManualReviewRequired"]);
    expect(healthOf(it.state, first, it.now).failuresOfLast).toEqual([0, 0]);
  });
});

describe("a good end that turns out to be none", () => {
  const red = { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] } as const;

  test("counts against the worker when its pull request is red: one attempt is one result", () => {
    const it = backlog(1, { health: { failures: 2 } });
    turn(it, "succeeded", { pullUrl: pull(31).url });
    expect(healthOf(it.state, first, it.now).failuresOfLast).toEqual([0, 1]);
    it.tell(observe({ pulls: [pull(31, { ...red, updatedAt: 2 })] }));
    expect(healthOf(it.state, first, it.now).failuresOfLast).toEqual([1, 1]);
    turn(it, "succeeded", { pullUrl: pull(32).url });
    const events = it.tell(observe({ pulls: [pull(32, { ...red, branch: "orchestrate/2-work", updatedAt: 2 })] }));
    expect(types(events)).toEqual(["PullRequestChanged", "RetryScheduled", "WorkerRested"]);
  });

  test("counts when no pull request came", () => {
    const it = backlog(1, { health: { failures: 1 } });
    turn(it, "succeeded");
    it.now += 4 * minute;
    expect(tick(it)).toEqual(["WorkerRested"]);
    expect(it.state.tasks.get(taskId(1))?.attempts.at(-1)).toEqual(
      expect.objectContaining({ result: "success", failedLater: "no_result" }),
    );
  });

  test("counts with the last attempt as well, when the task is given up with it", () => {
    const it = backlog(1, { health: { failures: 1 }, retry: { maxAttempts: 1 } });
    turn(it, "succeeded", { pullUrl: pull(31).url });
    const events = it.tell(observe({ pulls: [pull(31, { ...red, updatedAt: 2 })] }));
    expect(types(events)).toEqual(["PullRequestChanged", "TaskFailed", "WorkerRested"]);
  });

  test("is forgiven with the rest that came in between", () => {
    const it = backlog(1, { health: { failures: 2 } });
    turn(it, "succeeded", { pullUrl: pull(31).url });
    turn(it, "failed");
    turn(it, "failed");
    it.now += 15 * minute;
    expect(tick(it)).toEqual(["WorkerTried"]);
    const events = it.tell(observe({ pulls: [pull(31, { ...red, updatedAt: 2 })] }));
    expect(types(events)).toEqual(["PullRequestChanged", "RetryScheduled"]);
  });
});

describe("a worker that has rested", () => {
  function tried(): Story {
    const it = resting();
    it.now += 15 * minute;
    expect(tick(it)).toEqual(["WorkerTried"]);
    return it;
  }

  test("is tried out with one task at the instant that was told before, and only once", () => {
    const it = resting();
    const until = it.now + 15 * minute;
    it.now += 5 * minute;
    expect(nextDueAt({ state: it.state, context: { now: it.now, config: it.config } })).toBe(until);
    it.now = until;
    expect(tick(it)).toEqual(["WorkerTried"]);
    expect(tick(it)).toEqual([]);
    it.tell(schedule());
    expect(held(it)).toHaveLength(1);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("is trusted again when that task ends well", () => {
    const it = tried();
    expect(healthOf(it.state, first, it.now)).toEqual(expect.objectContaining({ isResting: false, isOnTrial: true }));
    expect(turn(it, "succeeded", good())).toContainEqual({
      type: "WorkerRestored",
      worker: first,
      by: "orchestrate",
    });
    expect(types(turn(it, "failed"))).not.toContain("WorkerRested");
  });

  test("rests again at once when it does not", () => {
    const it = tried();
    expect(turn(it, "failed")).toContainEqual({
      type: "WorkerRested",
      worker: first,
      until: it.now + 15 * minute,
      reason: "The task that tried it out after its rest failed as well.",
    });
  });

  test("stays on trial while nobody has seen a pull request, and rests again when none comes", () => {
    const it = tried();
    expect(types(turn(it, "succeeded"))).toEqual(["SessionEnded"]);
    it.now += 4 * minute;
    expect(tick(it)).toEqual(["WorkerRested"]);
  });

  test("is the same after a restart", () => {
    const it = resting();
    const again = fromSnapshot(toSnapshot(it.state));
    expect(healthOf(again, first, it.now)).toEqual(healthOf(it.state, first, it.now));
    expect(toSnapshot(again)).toEqual(toSnapshot(it.state));
  });
});

describe("a person", () => {
  test("who asks for a worker that rests or is disabled, or for an agent that is paused, is told so and what to do", () => {
    const it = story(configOf({ health: { failures: 1, refusals: 1 } }));
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    const ask = (target: string): string | null | undefined =>
      it
        .ask(instruct(3, { verb: "assign", target }))
        .flatMap((event) => (event.type === "CommandAnswered" ? [event.answer] : []))[0];
    expect([ask("jules/1"), ask("jules")]).toEqual([null, null]);
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("succeeded")));
    it.now += 3 * minute;
    it.tell({ type: "Tick" });
    expect(ask("jules/1")).toBe(
      "`jules/1` rests after failures until 1970-01-01T00:34:40.000Z: it takes this then, or at once after `/orchestrate enable jules/1`.",
    );
    it.tell(instruct(1, { verb: "disable", worker: "jules/1" }));
    expect(ask("jules/1")).toBe("`jules/1` is disabled: it takes this after `/orchestrate enable jules/1`.");
    it.tell({
      type: "ReportOutcome",
      task: taskId(2),
      fence: 2,
      outcome: { kind: "refused", reason: "503", retryAfterMs: null },
    });
    expect(ask("jules")).toContain("`jules` is paused because of its vendor until 1970-01-01T00:24:40.000Z");
  });

  test("ends a rest by enabling the worker", () => {
    const it = resting();
    expect(it.tell(instruct(20, { verb: "enable", worker: "jules/1" }))).toEqual([
      { type: "WorkerRestored", worker: first, by: "wanda" },
      expect.objectContaining({ type: "CommandAnswered" }),
    ]);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });
});

describe("what is told of a worker", () => {
  test("is until when it rests and why, and how many of its last attempts failed", () => {
    const it = resting();
    expect(healthOf(it.state, first, it.now)).toEqual({
      isResting: true,
      until: it.now + 15 * minute,
      reason: "It failed 3 tasks within 10 min: #1, #2, #3.",
      isOnTrial: false,
      failuresOfLast: [3, 3],
    });
  });

  test("is that one nobody knows is well", () => {
    expect(healthOf(story().state, first, 0)).toEqual({
      isResting: false,
      until: null,
      reason: null,
      isOnTrial: false,
      failuresOfLast: [0, 0],
    });
  });
});

describe("an agent that sends heartbeats", () => {
  const [withBeats, without] = configOf({
    agents: [
      { id: "jules", type: "jules", dispatch: "api", heartbeat: "10m" },
      { id: "cursor", type: "cursor", dispatch: "api" },
    ],
  }).agents;

  test("is unresponsive when it has been silent for longer than that; others never are", () => {
    const it = backlog(1);
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    const task = it.state.tasks.get(taskId(1));
    if (task === undefined || withBeats === undefined || without === undefined) throw new Error("nothing to judge");
    expect(isUnresponsive(task, withBeats, { now: it.now + 10 * minute, beatAt: null, health: it.config.health })).toBe(
      false,
    );
    expect(
      isUnresponsive(task, withBeats, { now: it.now + 10 * minute + 1, beatAt: null, health: it.config.health }),
    ).toBe(true);
    expect(isUnresponsive(task, without, { now: it.now + 600 * minute, beatAt: null, health: it.config.health })).toBe(
      false,
    );
    // One that sent a heartbeat without being configured to is known to send them: ten minutes.
    const beatAt = it.now + minute;
    expect(isUnresponsive(task, without, { now: beatAt + 10 * minute, beatAt, health: it.config.health })).toBe(false);
    expect(isUnresponsive(task, without, { now: beatAt + 10 * minute + 1, beatAt, health: it.config.health })).toBe(
      true,
    );
    it.tell(say(1, 1, report("not_found")));
    expect(
      isUnresponsive({ ...task, assignment: null }, withBeats, {
        now: it.now + 600 * minute,
        beatAt: null,
        health: it.config.health,
      }),
    ).toBe(false);
  });
});
