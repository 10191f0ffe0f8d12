import { describe, expect, test } from "vitest";
import { keptWork } from "../../src/core/decide-preempt.ts";
import { rankReady } from "../../src/core/rank-ready.ts";
import { attemptsUsed } from "../../src/core/retry-policy.ts";
import { toAgentId } from "../../src/model/ids.ts";
import { modes } from "../../src/model/mode.ts";
import type { Task } from "../../src/model/task.ts";
import { blocker, configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const minute = 60_000;
const cursor = { id: "cursor", type: "cursor", capacity: 2, dispatch: "api" };

function labelled(number: number, ...labels: readonly string[]): ReturnType<typeof issue> {
  return issue(number, { labels: ["orchestrate", ...labels] });
}

/** Issues 1 (low) and 2 (medium), an hour each, run on both workers of the one agent for `minutes`. */
function busy(options: { readonly minutes?: number; readonly config?: Record<string, unknown> } = {}): Story {
  const it = story(configOf({ agents: [cursor], ...options.config }));
  it.tell(
    observe({ issues: [labelled(1, "priority:low", "estimate:60m"), labelled(2, "priority:medium", "estimate:60m")] }),
  );
  it.tell(schedule());
  for (const number of [1, 2]) it.tell(say(number, fenceOf(it, number), running(number)));
  it.now += (options.minutes ?? 25) * minute;
  return it;
}

function running(number: number): ReturnType<typeof report> {
  return report("running", { session: { id: `bc-${number}/run-1`, url: null } });
}

function ended(number: number, branch: string | null = null): ReturnType<typeof report> {
  return report("cancelled", { session: { id: `bc-${number}/run-1`, url: null }, branch });
}

function taskOf(it: Story, number: number): Task {
  const task = it.state.tasks.get(taskId(number));
  if (task === undefined) throw new Error(`Issue ${number} is not tracked.`);
  return task;
}

function fenceOf(it: Story, number: number): number {
  return taskOf(it, number).assignment?.fence ?? 0;
}

function urgent(it: Story, number = 5, ...labels: readonly string[]): void {
  it.tell(observe({ issues: [labelled(number, "priority:urgent", ...labels)] }));
}

describe("when urgent work waits and every worker has long been busy", () => {
  test("the least urgent task gives way: its session is asked to end, and the reason has the numbers", () => {
    const it = busy();
    urgent(it);
    expect(it.tell(schedule())).toEqual([
      {
        type: "TaskPreempted",
        task: taskId(1),
        for: taskId(5),
        reason:
          "#5 has priority urgent, and every worker that could take it has been busy for more than 20 min; this has priority low and has run for 25 of about 60 min.",
      },
      { type: "CancelRequested", task: taskId(1), fence: 2, reason: "preempted", by: "orchestrate" },
    ]);
    expect(it.status(1)).toBe("in_progress");
    expect(it.state.occupied.size).toBe(2);
  });

  test("of equally urgent ones the one gives way that has been at it for the shortest time", () => {
    const it = story(configOf({ agents: [cursor] }));
    it.tell(observe({ issues: [labelled(1, "estimate:2h"), labelled(2, "estimate:2h")] }));
    it.tell(schedule());
    it.tell(say(2, fenceOf(it, 2), running(2)));
    it.now += minute;
    it.tell(say(1, fenceOf(it, 1), running(1)));
    it.now += 25 * minute;
    urgent(it);
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1) });
  });

  test("only one gives way for it, however often it is asked", () => {
    const it = busy();
    urgent(it);
    expect(types(it.tell(schedule()))).toEqual(["TaskPreempted", "CancelRequested"]);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("a second urgent task makes a second one give way, and a third nobody", () => {
    const it = busy();
    for (const number of [5, 6, 7]) urgent(it, number);
    expect(it.tell(schedule())).toMatchObject([
      { type: "TaskPreempted", task: taskId(1), for: taskId(5) },
      { type: "CancelRequested", task: taskId(1) },
      { type: "TaskPreempted", task: taskId(2), for: taskId(6) },
      { type: "CancelRequested", task: taskId(2) },
    ]);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("what waits for urgent work is as urgent", () => {
    const it = busy();
    it.tell(observe({ issues: [issue(5), labelled(6, "priority:urgent")] }));
    it.tell(observe({ issues: [{ ...labelled(6, "priority:urgent"), blockedBy: [blocker(5)], updatedAt: 2 }] }));
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1), for: taskId(5) });
  });
});

describe("what arrives is weighed by its urgency, wherever the mode ranks it", () => {
  const day = 24 * 60 * minute;
  const one = { ...cursor, capacity: 1 };

  /** #1, which is low, has run for 25 of its 60 minutes with the one worker, and `waiting` come. */
  function waitedFor(config: Record<string, unknown>, waiting: readonly ReturnType<typeof issue>[]): Story {
    const it = story(configOf({ agents: [one], ...config }));
    it.now = 2_000 * day;
    it.tell(observe({ issues: [{ ...labelled(1, "priority:low", "estimate:60m"), createdAt: it.now }] }));
    it.tell(schedule());
    it.tell(say(1, fenceOf(it, 1), running(1)));
    it.now += 25 * minute;
    it.tell(observe({ issues: waiting }));
    return it;
  }

  function several(count: number, make: (number: number) => ReturnType<typeof issue>): ReturnType<typeof issue>[] {
    return Array.from({ length: count }, (_, index) => make(100 + index));
  }

  function rankOf(it: Story, number: number): number {
    const ranked = rankReady(it.state, { now: it.now, config: it.config }, 10_000);
    return ranked.findIndex(({ id }) => id === taskId(number)) + 1;
  }

  test("behind old work that is not urgent, in the mode that nobody has chosen", () => {
    const old = several(25, (number) => ({ ...labelled(number, "priority:low"), createdAt: 1_880 * day }));
    const it = waitedFor({ mode: "balanced" }, old);
    it.tell(observe({ issues: [{ ...labelled(5, "priority:urgent"), createdAt: it.now }] }));
    expect(rankOf(it, 5)).toBe(26);
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1), for: taskId(5) });
    it.tell(say(1, fenceOf(it, 1), ended(1)));
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskAssigned", task: taskId(5) });
  });

  test("behind small work, and also where it is urgent only because urgent work waits for it", () => {
    const small = several(300, (number) => labelled(number, "priority:low", "estimate:5m"));
    const large = labelled(5, "priority:low", "estimate:4h");
    const behind = { ...labelled(6, "priority:urgent"), blockedBy: [blocker(5)] };
    const it = waitedFor({ mode: "effort" }, [...small, large, behind]);
    expect(rankOf(it, 5)).toBe(301);
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1), for: taskId(5) });
    const own = waitedFor({ mode: "effort", blockers: { inherit: false } }, [...small, large, behind]);
    expect(own.tell(schedule())).toEqual([]);
  });

  test("behind urgent work that waits for somebody else, or may not start", () => {
    const agents = [one, { id: "jules", type: "jules", capacity: 1, dispatch: "api" }];
    const it = waitedFor({ agents, limits: { labels: { database: 1 } } }, [
      labelled(2, "priority:urgent", "agent:jules", "database"),
    ]);
    it.tell(schedule());
    const others = several(90, (number) =>
      labelled(number, "priority:urgent", ...(number % 2 === 0 ? ["agent:jules"] : ["database"])),
    );
    it.tell(observe({ issues: [...others, labelled(3, "priority:high", "agent:cursor")] }));
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1), for: taskId(3) });
  });

  test("for the worker that a person asked for, although others of its agent have just begun", () => {
    const it = story(configOf({ agents: [cursor] }));
    it.tell(observe({ issues: [labelled(1, "priority:low", "estimate:60m")] }));
    it.tell(schedule());
    it.tell(say(1, fenceOf(it, 1), running(1)));
    it.now += 25 * minute;
    it.tell(observe({ issues: [labelled(2, "priority:low", "estimate:60m")] }));
    it.tell(schedule());
    urgent(it);
    expect(it.tell(schedule())).toEqual([]);
    it.tell(instruct(5, { verb: "assign", target: it.state.tasks.get(taskId(1))?.assignment?.worker ?? "" }));
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1), for: taskId(5) });
  });
});

describe("nobody gives way", () => {
  function expectNobody(it: Story): void {
    expect(types(it.tell(schedule()))).not.toContain("TaskPreempted");
  }

  test("while one worker has been at its task for less than 20 minutes", () => {
    const it = busy({ minutes: 19 });
    urgent(it);
    expectNobody(it);
  });

  test("for work that is no more urgent than anything that runs", () => {
    const it = busy();
    it.tell(observe({ issues: [labelled(5, "priority:low")] }));
    expectNobody(it);
  });

  test("near the end, also past the expected time; but once it is stale nobody can tell, and it may", () => {
    const it = busy({ minutes: 49 });
    urgent(it);
    expectNobody(it);
    it.now += 60 * minute;
    expectNobody(it);
    it.now += 12 * minute;
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1) });
  });

  test("near the end of what important work waits for: it is looked into earlier, and gives way no earlier", () => {
    const it = story(configOf({ agents: [{ ...cursor, capacity: 1, timeout: "5h" }] }));
    it.tell(
      observe({
        issues: [
          labelled(1, "priority:low", "estimate:30m"),
          issue(2, { labels: ["orchestrate", "priority:high"], blockedBy: [blocker(1)] }),
        ],
      }),
    );
    it.tell(schedule());
    it.tell(say(1, fenceOf(it, 1), running(1)));
    it.now += 31 * minute;
    urgent(it);
    expectNobody(it);
    it.now += 28 * minute;
    expectNobody(it);
    it.now += 2 * minute;
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1) });
  });

  test("with an open pull request", () => {
    const it = busy({ config: { agents: [{ ...cursor, capacity: 2 }] } });
    for (const number of [1, 2]) {
      const branch = `orchestrate/${number}-work`;
      it.tell(
        observe({
          pulls: [pull(10 + number, { branch, checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] })],
        }),
      );
    }
    expect(taskOf(it, 1).pull?.number).toBe(11);
    urgent(it);
    expectNobody(it);
  });

  test("where the vendor cannot end a session: a person would have to", () => {
    const it = busy({ config: { agents: [{ ...cursor, type: "jules" }] } });
    urgent(it);
    expectNobody(it);
  });

  test("where the agent cannot do the urgent work", () => {
    const it = busy({ config: { agents: [{ ...cursor, capabilities: { css: 1 } }] } });
    urgent(it, 5, "needs:rust");
    expectNobody(it);
  });

  test("where a slot becomes free anyway", () => {
    const it = busy();
    urgent(it);
    it.tell(instruct(2, { verb: "cancel" }));
    expectNobody(it);
  });

  test("where it is switched off", () => {
    const it = busy({ config: { preemption: { enabled: false } } });
    urgent(it);
    expectNobody(it);
  });

  test("of an agent that has more sessions than it may run by now: whoever gave way would make room for nobody", () => {
    const it = busy();
    it.config = configOf({ agents: [{ ...cursor, capacity: 1 }] });
    urgent(it);
    expectNobody(it);
  });

  test("more often than twice", () => {
    const it = busy({ config: { agents: [{ ...cursor, capacity: 1 }] } });
    for (const number of [5, 6]) {
      urgent(it, number);
      const holder = [...it.state.occupied.entries()][0]?.[1];
      it.tell(instruct(holder === taskId(1) ? 1 : 2, { verb: "priority", priority: 4 }));
      expect(types(it.tell(schedule()))).toEqual(["TaskPreempted", "CancelRequested"]);
      const victim = holder === taskId(1) ? 1 : 2;
      it.tell(say(victim, fenceOf(it, victim), ended(victim)));
      it.tell(schedule());
      it.tell(say(number, fenceOf(it, number), running(number)));
      it.tell(instruct(number, { verb: "cancel" }));
      it.tell(say(number, fenceOf(it, number), ended(number)));
      it.tell(instruct(victim, { verb: "priority", priority: 1 }));
      it.tell(schedule());
      it.tell(say(victim, fenceOf(it, victim), running(victim)));
      it.tell(instruct(victim, { verb: "priority", priority: 4 }));
      it.now += 25 * minute;
    }
    urgent(it, 7);
    expect(it.tell(schedule())).toEqual([]);
  });
});

describe("when the session that gave way is seen ended", () => {
  function gaveWay(branch: string | null = null): Story {
    const it = busy();
    urgent(it);
    it.tell(schedule());
    it.tell(say(1, fenceOf(it, 1), ended(1, branch)));
    return it;
  }

  test("it is ready again at once, and no attempt and no failure is counted", () => {
    const it = gaveWay();
    expect(it.status(1)).toBe("ready");
    expect(taskOf(it, 1)).toMatchObject({ failuresInRow: 0, preemptions: 1, retryAt: it.now });
    expect(attemptsUsed(taskOf(it, 1))).toBe(0);
    expect([...it.state.workers.entries()]).toEqual([]);
  });

  test("the freed worker goes to the task that it was freed for, and the other goes on afterwards as the same attempt", () => {
    const it = gaveWay();
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({ type: "TaskAssigned", task: taskId(5), worker: "cursor/2" }),
    ]);
    expect(taskOf(it, 5).promised).toBeNull();
    it.tell(say(5, fenceOf(it, 5), report("succeeded", { pullUrl: pull(9).url })));
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({ type: "TaskAssigned", task: taskId(1), attempt: 1 }),
    ]);
  });

  test("its branch is kept for whoever goes on, its session for the same agent", () => {
    const it = gaveWay("orchestrate/1-half");
    const session = { id: "bc-1/run-1", url: null };
    const kept = { branch: "orchestrate/1-half", isBegun: true };
    expect(keptWork(taskOf(it, 1), toAgentId("cursor"))).toEqual({ session, ...kept });
    expect(keptWork(taskOf(it, 1), toAgentId("bifrost"))).toEqual({ session: null, ...kept });
    expect(keptWork(taskOf(it, 2), toAgentId("cursor"))).toBeNull();
  });

  test("where it had ended well meanwhile, that counts as success, and it has not given way", () => {
    const it = busy();
    urgent(it);
    it.tell(schedule());
    const events = it.tell(say(1, fenceOf(it, 1), report("succeeded", { pullUrl: pull(9).url })));
    expect(events).toEqual([expect.objectContaining({ type: "SessionEnded", result: "success" })]);
    expect(taskOf(it, 1).preemptions).toBe(0);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(5) })]);
  });

  test("one that a person called off meanwhile stays called off", () => {
    const it = busy();
    urgent(it);
    it.tell(schedule());
    it.tell(instruct(1, { verb: "cancel" }));
    expect(types(it.tell(say(1, fenceOf(it, 1), ended(1))))).toEqual(["SessionEnded"]);
    expect(it.status(1)).toBe("cancelled");
  });

  test("a task that is put on hold meanwhile loses its claim", () => {
    const it = gaveWay();
    it.tell(instruct(5, { verb: "hold" }));
    expect(taskOf(it, 5).promised).toBeNull();
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(1) })]);
  });
});

describe("the freed worker is kept for the task", () => {
  for (const mode of modes) {
    test(`in the mode ${mode}, whatever else comes meanwhile`, () => {
      const it = busy({ config: { mode } });
      urgent(it, 5, "estimate:8h");
      it.tell(schedule());
      it.tell(
        observe({
          issues: [
            labelled(6, "priority:urgent", "estimate:1m", "quick-win"),
            issue(7, { blockedBy: [blocker(6)] }),
            issue(8, { blockedBy: [blocker(7)] }),
          ],
        }),
      );
      it.tell(say(1, fenceOf(it, 1), ended(1)));
      expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(5) })]);
    });
  }

  test("also where a better worker is soon free, for which it would have waited", () => {
    const capable = (id: string, type: string, css: number): Record<string, unknown> => ({
      id,
      type,
      capacity: 1,
      dispatch: "api",
      capabilities: { css, rust: css === 1 ? 0 : 1 },
    });
    const it = story(configOf({ agents: [capable("bifrost", "bifrost", 0.3), capable("cursor", "cursor", 1)] }));
    it.tell(
      observe({
        issues: [
          labelled(1, "priority:low", "estimate:2h", "needs:rust"),
          labelled(2, "priority:medium", "estimate:50m", "needs:css"),
        ],
      }),
    );
    it.tell(schedule());
    for (const number of [1, 2]) it.tell(say(number, fenceOf(it, number), running(number)));
    it.now += 45 * minute;
    it.tell(observe({ issues: [labelled(5, "priority:high", "needs:css")] }));
    expect(it.tell(schedule())[0]).toMatchObject({ type: "TaskPreempted", task: taskId(1), for: taskId(5) });
    it.tell(say(1, fenceOf(it, 1), ended(1)));
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({ type: "TaskAssigned", task: taskId(5), worker: "bifrost/1" }),
    ]);
  });

  test("also from tasks that are ranked by a mode of their own", () => {
    const it = busy();
    urgent(it, 5, "mode:priority");
    it.tell(schedule());
    it.tell(observe({ issues: [labelled(6, "mode:attack", "quick-win"), labelled(7, "mode:effort", "estimate:1m")] }));
    it.tell(say(1, fenceOf(it, 1), ended(1)));
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(5) })]);
  });
});
