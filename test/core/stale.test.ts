import { describe, expect, test } from "vitest";
import { escalateUnplaceable } from "../../src/core/decide-escalation.ts";
import { detectStaleAssignments, isStale } from "../../src/core/decide-stale.ts";
import { nextDueAt } from "../../src/core/decide-tick.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Event } from "../../src/model/event.ts";
import type { Task } from "../../src/model/task.ts";
import { blocker, configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, tryOut, types, type Story } from "../support/given.ts";

const minute = 60_000;
const hour = 60 * minute;
const jules = { id: "jules", type: "jules", capacity: 2, dispatch: "api", timeout: "9h" };

/** Issue 1 with these labels, running since now. */
function running(labels: readonly string[] = [], config: Record<string, unknown> = {}): Story {
  const it = story(configOf({ agents: [jules], ...config }));
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...labels] })] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return it;
}

function task(it: Story, number = 1): Task {
  const found = it.state.tasks.get(taskId(number));
  if (found === undefined) throw new Error(`Issue ${number} is not tracked.`);
  return found;
}

function context(it: Story): Parameters<typeof isStale>[2] {
  return { now: it.now, config: it.config };
}

function tick(it: Story): readonly Event[] {
  return it.tell({ type: "Tick" });
}

/** Lets time pass to what is due next, and ticks. */
function wake(it: Story): readonly Event[] {
  const dueAt = nextDueAt({ state: it.state, context: context(it) });
  if (dueAt === null) throw new Error("nothing is due");
  it.now = dueAt;
  return tick(it);
}

function reasons(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => (event.type === "TaskEscalated" ? [event.reason] : []));
}

describe("a session is stale", () => {
  test("at twice its estimate, not before", () => {
    const it = running(["estimate:45m"]);
    it.now += 90 * minute - 1;
    expect(detectStaleAssignments(it.state, context(it))).toEqual([]);
    it.now += 1;
    expect(detectStaleAssignments(it.state, context(it))).toEqual([taskId(1)]);
  });

  test("never before 20 minutes, however small it was thought to be", () => {
    const it = running(["estimate:2m"]);
    it.now += 20 * minute - 1;
    expect(isStale(it.state, task(it), context(it))).toBe(false);
    it.now += 1;
    expect(isStale(it.state, task(it), context(it))).toBe(true);
  });

  test("after half of the time where high work waits for it: that is looked into first", () => {
    const it = running(["estimate:45m"]);
    it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "priority:high"], blockedBy: [blocker(1)] })] }));
    it.now += 45 * minute;
    expect(isStale(it.state, task(it), context(it))).toBe(true);
  });

  describe("where nobody has estimated its task", () => {
    const bifrost = { ...jules, id: "bifrost", type: "bifrost" };

    /** Sessions of `agent` at tasks with these labels, one after the other, each of which ended well after so many minutes. */
    function after(
      it: Story,
      durations: readonly number[],
      {
        labels = [],
        agent = "jules",
        first = 100,
      }: { labels?: readonly string[]; agent?: string; first?: number } = {},
    ): Story {
      for (const [index, minutes] of durations.entries()) {
        const number = first + index;
        it.tell(observe({ issues: [issue(number, { labels: ["orchestrate", `agent:${agent}`, ...labels] })] }));
        it.tell(schedule());
        const { fence = 0 } = task(it, number).assignment ?? {};
        it.tell(say(number, fence, report("running")));
        it.now += minutes * minute;
        it.tell(say(number, fence, report("succeeded", { pullUrl: pull(number).url })));
        it.tell(instruct(number, { verb: "complete" }));
      }
      return it;
    }

    /** After how many minutes a session of issue 1 is stale. */
    function staleAfter(it: Story, labels: readonly string[] = [], agent = "jules"): number {
      it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", `agent:${agent}`, ...labels] })] }));
      it.tell(schedule());
      it.tell(say(1, task(it).assignment?.fence ?? 0, report("running")));
      const from = it.now;
      while (!isStale(it.state, task(it), context(it))) it.now += minute;
      return (it.now - from) / minute;
    }

    const given = (config: Record<string, unknown> = {}): Story =>
      story(configOf({ agents: [jules, bifrost], ...config }));
    const tens = [80, 10, 20, 30, 40, 50, 60, 70, 95, 25];

    test("when it takes longer than nine of ten at tasks of its kind did", () => {
      expect(staleAfter(after(given(), tens, { labels: ["area:api"] }), ["area:api"])).toBe(80);
    });

    test("when it takes longer than nine of ten of its agent, else of all, where too few are of its kind", () => {
      const known = (): Story => {
        const it = after(given(), tens.slice(1), { labels: ["area:api"] });
        return after(it, [45], { agent: "bifrost", first: 200 });
      };
      expect(staleAfter(after(known(), [35], { first: 300 }), ["area:api"])).toBe(70);
      expect(staleAfter(known(), ["area:web"], "bifrost")).toBe(70);
      expect(staleAfter(given())).toBe(60);
    });

    test("from stale.sample sessions on, and never before stale.min", () => {
      expect(staleAfter(after(given({ stale: { sample: 3 } }), [50, 40, 45]))).toBe(50);
      expect(staleAfter(after(given({ stale: { sample: 4 } }), [50, 40, 45]))).toBe(60);
      expect(staleAfter(after(given({ stale: { sample: 1 } }), [3]))).toBe(20);
    });

    test("by the newest fifty: how it was in the beginning is forgotten", () => {
      const it = after(
        given(),
        Array.from({ length: 20 }, () => 400),
      );
      after(
        it,
        Array.from({ length: 50 }, () => 35),
        { first: 200 },
      );
      expect(staleAfter(it)).toBe(35);
      expect(it.state.durations.get("jules")?.list()).toHaveLength(50);
    });

    test("by its estimate all the same once a person has given it one", () => {
      expect(staleAfter(after(given(), tens), ["estimate:1h"])).toBe(120);
    });

    test("as early as it is expected to end where high work waits for it", () => {
      const it = after(
        given(),
        Array.from({ length: 10 }, () => 50),
        { labels: ["area:api"] },
      );
      it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "priority:high"], blockedBy: [blocker(1)] })] }));
      expect(staleAfter(it, ["area:api"])).toBe(50);
      const uneven = after(given(), [10, 10, 10, 10, 10, 10, 10, 10, 90, 90], { labels: ["area:api"] });
      uneven.tell(
        observe({ issues: [issue(2, { labels: ["orchestrate", "priority:high"], blockedBy: [blocker(1)] })] }),
      );
      expect(staleAfter(uneven, ["area:api"])).toBe(45);
    });

    test("and a session that failed, was cancelled or never started teaches nothing", () => {
      const it = given({ stale: { sample: 1 } });
      it.tell(observe({ issues: [issue(50)] }));
      it.tell(schedule());
      it.tell(say(50, 1, report("running")));
      it.now += 3 * hour;
      it.tell(say(50, 1, report("failed", { reason: "It broke." })));
      expect([...it.state.durations.keys()]).toEqual([]);
    });

    test("the same after a snapshot, and by what is expected after one of an older version", () => {
      const it = after(given(), tens);
      const lines = toSnapshot(it.state);
      const again = fromSnapshot(lines);
      expect(again.durations.get("jules")?.list()).toEqual(tens.map((minutes) => minutes * 60_000));
      expect(toSnapshot(again)).toEqual(lines);
      const older = fromSnapshot(lines.filter((line) => !line.includes('"name":"durations"')));
      expect(older.durations.size).toBe(0);
    });

    test("and people are told what was to be expected of it", () => {
      const it = after(given({ stale: { sample: 3 } }), [25, 25, 25]);
      staleAfter(it);
      expect(reasons(tick(it))).toEqual([expect.stringContaining("which was about 25 min")]);
    });
  });

  test("also when it was given a worker and never started", () => {
    const it = story(configOf({ agents: [jules] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "estimate:45m"] })] }));
    it.tell(schedule());
    it.now += 90 * minute;
    expect(detectStaleAssignments(it.state, context(it))).toEqual([taskId(1)]);
  });

  test("not while it waits for a person, or is being ended", () => {
    const it = running();
    it.tell(say(1, 1, report("waiting", { question: "Which?" })));
    it.now += 3 * hour;
    expect(detectStaleAssignments(it.state, context(it))).toEqual([]);
    it.tell(instruct(1, { verb: "cancel" }));
    it.now += 3 * hour;
    expect(detectStaleAssignments(it.state, context(it))).toEqual([]);
  });

  test("which is told once and ends nothing: it goes on until its timeout", () => {
    const it = running(["estimate:45m"]);
    expect(wake(it)).toEqual([
      {
        type: "TaskEscalated",
        task: taskId(1),
        reason:
          "It takes longer than expected, which was about 45 min from 1970-01-01 00:16 UTC on: its vendor is asked, and it goes on until its timeout.",
      },
      {
        type: "ConflictDetected",
        task: taskId(1),
        kind: "silence",
        with: [],
        agent: "jules",
        files: [],
        detail: "jules/1 has been at it for 90 min, and about 45 min were expected.",
      },
    ]);
    expect(reasons(tick(it))).toEqual([]);
    expect(it.status(1)).toBe("in_progress");
  });
});

describe("a session over its timeout", () => {
  test("is asked to end by the timeout that it was given, whatever the configuration says by now", () => {
    const it = running(["estimate:8h"], { agents: [{ ...jules, timeout: "30m" }] });
    it.config = configOf({ agents: [{ ...jules, timeout: "3h" }] });
    expect(types(wake(it))).toEqual(["CancelRequested"]);
    expect(it.now).toBe(1_000_000 + 30 * minute);
  });
});

describe("what does not move goes to a person once", () => {
  test("a session without news for two hours, after it was told that it takes long", () => {
    const it = running(["estimate:45m"]);
    wake(it);
    expect(reasons(wake(it))).toEqual([
      "The session of jules/1 has not moved since 1970-01-01 00:16 UTC: look at it, or end it with /orchestrate cancel.",
    ]);
    expect(it.now).toBe(1_000_000 + 2 * hour);
    expect(reasons(tick(it))).toEqual([]);
  });

  test("a question that nobody answers; an answer makes it new", () => {
    const it = running(["estimate:8h"]);
    it.tell(say(1, 1, report("waiting", { question: "Which?" })));
    it.now += 2 * hour;
    expect(reasons(tick(it))).toEqual(["The question of jules/1 has not been answered since 1970-01-01 00:16 UTC."]);
    it.tell(say(1, 1, report("running")));
    expect(task(it).escalated).toBeNull();
  });

  test("a green pull request that nobody merges; the merge ends it", () => {
    const it = running();
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    it.now += 2 * hour - 1;
    expect(reasons(tick(it))).toEqual([]);
    it.now += 1;
    expect(reasons(tick(it))).toEqual([
      "Pull request #9 has waited since 1970-01-01 00:16 UTC: for its checks, a review or its merge.",
    ]);
    expect(reasons(tick(it))).toEqual([]);
    it.tell(observe({ pulls: [pull(9, { state: "merged", mergedBy: writer, mergedAt: it.now, updatedAt: 2 })] }));
    expect([it.status(1), task(it).escalated]).toEqual(["completed", null]);
  });

  test("in half of the time where urgent work waits for it", () => {
    const it = running();
    it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "priority:urgent"], blockedBy: [blocker(1)] })] }));
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.now += hour;
    expect(reasons(tick(it))).toHaveLength(1);
  });

  test("a start that never came", () => {
    const it = story(configOf({ agents: [jules] }));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.now += 2 * hour;
    expect(reasons(tick(it))).toEqual(["jules/1 was given it and has not started since 1970-01-01 00:16 UTC."]);
  });
});

describe("what cannot be resolved reaches a person within five minutes", () => {
  test("an end that is not confirmed", () => {
    const it = running();
    it.tell(instruct(1, { verb: "cancel" }));
    const asked = it.now;
    expect(reasons(wake(it))).toEqual([
      "The end of the session of jules/1 was asked for at 1970-01-01 00:16 UTC and has not been seen: end it at its vendor.",
    ]);
    expect(it.now - asked).toBe(5 * minute);
    it.tell(say(1, 1, report("cancelled")));
    expect(task(it).escalated).toBeNull();
  });

  test("but not one that the vendor cannot be asked for: there a person was asked at once", () => {
    const it = running();
    it.tell(instruct(1, { verb: "cancel" }));
    it.tell({
      type: "ReportOutcome",
      task: taskId(1),
      fence: 1,
      outcome: { kind: "cannot_cancel", reason: "Jules has no way." },
    });
    it.now += hour;
    expect(reasons(tick(it))).toEqual([]);
  });

  test("a session whose agent is no longer configured", () => {
    const it = running();
    it.config = configOf({ agents: [{ ...jules, id: "other" }] });
    it.now += 5 * minute;
    expect(reasons(tick(it))).toEqual([
      "The configuration no longer names the agent jules: the session can be neither asked for nor ended from here.",
    ]);
  });

  test("a hard blocker that was closed as not planned, on the issue that waits for it", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] }), issue(3)] }));
    it.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "not_planned", closedBy: writer, updatedAt: 2 })] }),
    );
    const shown = it.entries.at(-1)?.effects.map((each) => each.effect) ?? [];
    expect(shown).toContainEqual({ type: "UpdateIssue", task: taskId(2) });
    expect(shown).not.toContainEqual({ type: "UpdateIssue", task: taskId(3) });
  });

  test("an issue elsewhere that was closed as a duplicate, on the issue that waits for it", () => {
    const it = story();
    it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(9)] })] }));
    it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(9, { state: "duplicate" })], updatedAt: 2 })] }));
    expect(it.entries.at(-1)?.effects.map((each) => each.effect)).toEqual([{ type: "UpdateIssue", task: taskId(2) }]);
  });

  test("a cap that stops everything, as a warning that passes with the day", () => {
    const it = running([], { limits: { sessionsPerDay: 1 } });
    expect(types(tick(it))).not.toContain("WarningRaised");
    it.tell(observe({ issues: [issue(2)] }));
    expect(tick(it)).toEqual([
      {
        type: "WarningRaised",
        warning: expect.objectContaining({
          code: "needs_person",
          subject: "all",
          detail: "The cap limits.sessionsPerDay is reached: 1 of 1 in the last 24 hours.",
        }),
      },
    ]);
    expect(tick(it)).toEqual([]);
    it.tell(say(1, 1, report("cancelled")));
    it.now += 24 * hour;
    expect(tick(it)).toContainEqual({ type: "WarningCleared", code: "needs_person", subject: "all" });
  });
});

describe("a ready task that no agent will ever take", () => {
  function told(labels: readonly string[], codes: Record<string, number>): readonly string[] {
    const it = story(configOf({ agents: [jules] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...labels] })] }));
    const events = tryOut(it.state, context(it), (decision) => {
      for (let looks = 0; looks < 2; looks += 1) escalateUnplaceable(decision, taskAt(it, 1), codes);
    });
    return reasons(events);
  }

  test("is told at once and once, with what it asks for", () => {
    expect(told(["needs:rust"], { missing_capability: 2 })).toEqual([
      "No agent of the configuration can do what it needs (rust): name it under capabilities of an agent, or remove the needs: label.",
    ]);
    expect(told(["agent:nobody"], { not_pinned: 2 })).toEqual([
      "It asks for the agent nobody, which the configuration does not name: ask for another with /orchestrate assign.",
    ]);
    expect(told(["agent:jules", "needs:rust"], { not_pinned: 1, missing_capability: 1 })).toEqual([
      "It asks for the agent jules, which cannot do what it needs (rust): ask for another with /orchestrate assign.",
    ]);
    expect(told([], { cap_cost_per_task: 1 })).toEqual([
      "It has cost as much as one task may (limits.costPerTask, 20 US dollars): raise it, or cancel the task.",
    ]);
  });

  test("is not one that waits for what passes", () => {
    expect(told(["needs:rust"], { missing_capability: 1, at_capacity: 1 })).toEqual([]);
    expect(told([], {})).toEqual([]);
  });

  test("what was told is taken back when its labels change", () => {
    const it = story(configOf({ agents: [jules] }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:nobody"] })] }));
    task(it).escalated = "It asks for nobody.";
    it.tell(observe({ issues: [issue(1, { updatedAt: 2 })] }));
    expect(task(it).escalated).toBeNull();
  });
});

describe("an idle tick", () => {
  test("decides nothing while all goes as it should", () => {
    const it = running(["estimate:45m"]);
    for (let passed = 0; passed < 15; passed += 1) {
      it.now += minute;
      expect(reasons(tick(it))).toEqual([]);
    }
  });
});
