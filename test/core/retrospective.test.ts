/** A look back at completed tasks: what it counts, what it finds good and bad, and when the next one is due. */
import { describe, expect, test } from "vitest";
import { lastCompleted, retrospectiveOf } from "../../src/insight/retrospective.ts";
import { judgeImprovements, judgeSuccesses } from "../../src/insight/retrospective-rules.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { createState } from "../../src/state/state.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import type { AgentPart, LookBack, Retrospective } from "../../src/model/retrospective.ts";
import type { SessionReport } from "../../src/model/observation.ts";
import { blocker, configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;

function configured(config: Record<string, unknown> = {}): Story {
  const it = story(
    configOf({
      agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }],
      retry: { maxAttempts: 5, backoff: { initial: "0s" } },
      ...config,
    }),
  );
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  return it;
}

function found(it: Story, ...numbers: readonly number[]): void {
  it.tell(observe({ issues: numbers.map((number) => issue(number, { labels: ["orchestrate", "estimate:30m"] })) }));
}

/** The next attempt at the task, which takes so many minutes. */
function attempt(it: Story, number: number, end: { readonly minutes: number } & Partial<SessionReport>): void {
  const { minutes, state = "succeeded", ...facts } = end;
  it.now += minute;
  it.tell(schedule());
  const { fence } = taskAt(it, number).assignment ?? { fence: 0 };
  it.tell(say(number, fence, report("running")));
  it.now += minutes * minute;
  it.tell(say(number, fence, report(state, facts)));
}

function complete(it: Story, number: number): void {
  it.tell(instruct(number, { verb: "complete" }));
}

/** A pass with a tick that is written: nothing else closes a retrospective. */
function pass(it: Story): void {
  it.now += minute;
  found(it, 900 + it.entries.length);
  it.tell(schedule());
}

function lookBack(it: Story, ...numbers: readonly number[]): Retrospective {
  return retrospectiveOf(it.state, it, numbers.map(taskId));
}

describe("a look back", () => {
  test("counts attempts, agents, time against the estimate, failures, what was sent back, and cost", () => {
    const it = configured();
    found(it, 1, 2);
    attempt(it, 1, { minutes: 10, state: "failed", reason: "Out of memory.", costUsd: 1 });
    attempt(it, 1, { minutes: 20, costUsd: 0.5 });
    complete(it, 1);
    const { tasks, agents } = lookBack(it, 1);
    expect(tasks).toEqual([
      {
        task: taskId(1),
        reference: "#1",
        url: "https://github.test/o/r/issues/1",
        title: "Issue 1",
        completedAt: new Date(it.now).toISOString(),
        receipt: "command",
        attempts: 2,
        agents: ["jules"],
        minutes: 30,
        estimateMinutes: 30,
        failures: [{ reason: "vendor_failed", times: 1 }],
        sentBack: 0,
        costUsd: 1.5,
      },
    ]);
    expect(agents).toEqual([{ agent: "jules", tasks: 1, attempts: 2, failed: 1, minutes: 30, costUsd: 1.5 }]);
  });

  test("names the three tasks that come next, in their order", () => {
    const it = configured({ agents: [] });
    found(it, 1, 2, 3, 4);
    it.tell(instruct(4, { verb: "priority", priority: 1 }));
    expect(lookBack(it).next.map(({ reference }) => reference)).toEqual(["#4", "#1", "#2"]);
  });

  test("names those that what is in hand will make ready, where too few are", () => {
    const it = configured({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] });
    const waiting = (number: number, ...on: readonly number[]): ReturnType<typeof issue> =>
      issue(number, { blockedBy: on.map((each) => blocker(each)) });
    it.tell(observe({ issues: [issue(1), waiting(2, 1), waiting(3, 2), waiting(4, 1, 3)] }));
    it.tell(schedule());
    expect(it.status(1)).toBe("assigned");
    expect(lookBack(it).next.map(({ reference }) => reference)).toEqual(["#2"]);
    it.tell(observe({ issues: [issue(5)] }));
    expect(lookBack(it).next.map(({ reference }) => reference)).toEqual(["#5", "#2"]);
  });

  test("leaves out what is gone or open again", () => {
    const it = configured();
    found(it, 1);
    complete(it, 1);
    expect(lookBack(it, 1, 2).tasks).toHaveLength(1);
    it.tell(instruct(1, { verb: "undo" }));
    expect(lookBack(it, 1).tasks).toEqual([]);
  });

  test("is of the last tasks that were completed, however many are asked for", () => {
    const it = configured({ agents: [] });
    found(it, 1, 2, 3);
    for (const number of [3, 1, 2]) {
      it.now += minute;
      complete(it, number);
    }
    expect(lastCompleted(it.state, 2)).toEqual([taskId(1), taskId(2)]);
    expect(lastCompleted(it.state, 9)).toEqual([taskId(3), taskId(1), taskId(2)]);
    expect(lastCompleted(createState(), 3)).toEqual([]);
  });

  test("is the same from a snapshot, and changes nothing", () => {
    const it = configured();
    found(it, 1, 2);
    attempt(it, 1, { minutes: 20 });
    complete(it, 1);
    const lines = toSnapshot(it.state);
    const first = lookBack(it, 1);
    expect(retrospectiveOf(fromSnapshot(lines), it, [taskId(1)])).toEqual(first);
    expect(toSnapshot(it.state)).toEqual(lines);
  });
});

function task(facts: Partial<LookBack> = {}): LookBack {
  const number = facts.reference ?? "#1";
  return {
    task: `gh:7:${number}`,
    reference: number,
    url: "",
    title: "",
    completedAt: "",
    receipt: "merge",
    attempts: 1,
    agents: ["jules"],
    minutes: 30,
    estimateMinutes: 30,
    failures: [],
    sentBack: 0,
    costUsd: 0,
    ...facts,
  };
}

function agent(name: string, attempts: number, failed: number): AgentPart {
  return { agent: name, tasks: 1, attempts, failed, minutes: 0, costUsd: 0 };
}

describe("what went well", () => {
  test("is what holds for at least half of the tasks", () => {
    expect(judgeSuccesses([task(), task({ attempts: 2 })])).toEqual([
      { code: "first_attempt", count: 1, of: 2 },
      { code: "no_failure", attempts: 3 },
      { code: "on_time", count: 2, of: 2 },
      { code: "not_sent_back", tasks: 2 },
    ]);
  });

  test("is nothing where every task failed, was late and came back", () => {
    const bad = { attempts: 2, minutes: 31, failures: [{ reason: "timeout", times: 1 } as const], sentBack: 1 };
    expect(judgeSuccesses([task(bad), task(bad)])).toEqual([]);
  });

  test("is nothing where no agent took part", () => {
    expect(judgeSuccesses([task({ attempts: 0, minutes: 0 })])).toEqual([]);
  });
});

describe("what to improve", () => {
  const timeout = { reason: "timeout", times: 1 } as const;

  test("is the same failure twice, in one task or in two, and not once", () => {
    expect(judgeImprovements([task({ failures: [timeout] })], [])).toEqual([]);
    expect(
      judgeImprovements([task({ failures: [timeout] }), task({ reference: "#2", failures: [timeout] })], []),
    ).toEqual([{ code: "same_failure", reason: "timeout", times: 2, tasks: ["#1", "#2"] }]);
    expect(judgeImprovements([task({ failures: [{ ...timeout, times: 2 }] })], [])).toHaveLength(1);
  });

  test("is an estimate that is off by more than twice, either way", () => {
    const tasks = [60, 61, 15, 14].map((minutes) => task({ reference: `#${minutes}`, minutes }));
    expect(judgeImprovements(tasks, [])).toEqual([
      { code: "underestimated", tasks: ["#61"] },
      { code: "overestimated", tasks: ["#14"] },
    ]);
    expect(judgeImprovements([task({ minutes: 999, estimateMinutes: null })], [])).toEqual([]);
  });

  test("is an agent that fails more often than the others, by the share of its attempts", () => {
    expect(judgeImprovements([], [agent("cursor", 4, 2), agent("jules", 10, 2)])).toEqual([
      { code: "failing_agent", agent: "cursor", failed: 2, attempts: 4 },
    ]);
    expect(judgeImprovements([], [agent("cursor", 4, 1), agent("jules", 10, 0)])).toEqual([]);
    // Alone, it is measured by half of its attempts.
    expect(judgeImprovements([], [agent("jules", 4, 2)])).toEqual([]);
    expect(judgeImprovements([], [agent("jules", 4, 3)])).toHaveLength(1);
  });

  test("is work that was sent back twice, and a task that took three attempts", () => {
    expect(judgeImprovements([task({ sentBack: 1 })], [])).toEqual([]);
    expect(judgeImprovements([task({ attempts: 3, sentBack: 2 })], [])).toEqual([
      { code: "sent_back", times: 2, tasks: ["#1"] },
      { code: "many_attempts", tasks: ["#1"] },
    ]);
  });
});

describe("the next retrospective", () => {
  test("is due at the end of the pass after the third completed task, with the tasks that it is about", () => {
    const it = configured();
    found(it, 1, 2, 3, 4);
    complete(it, 1);
    complete(it, 2);
    pass(it);
    expect(it.state.watch.retrospection).toMatchObject({ count: 0, done: [taskId(1), taskId(2)] });
    complete(it, 3);
    complete(it, 4);
    expect(it.state.watch.retrospection).toMatchObject({ count: 0 });
    pass(it);
    const all = [1, 2, 3, 4].map(taskId);
    expect(it.state.watch.retrospection).toEqual({ count: 1, at: it.now, done: [], last: all });
    pass(it);
    expect(it.state.watch.retrospection).toMatchObject({ count: 1, last: all });
    // Whoever has the log alone knows as much, and so does a snapshot.
    const again = createState();
    for (const entry of it.entries) evolveEntry(again, entry);
    expect(again.watch).toEqual(it.state.watch);
    expect(fromSnapshot(toSnapshot(it.state)).watch).toEqual(it.state.watch);
  });

  test("does not count a task twice, nor one whose receipt was taken back", () => {
    const it = configured({ reports: { retrospective: 2 } });
    found(it, 1, 2);
    complete(it, 1);
    it.tell(instruct(1, { verb: "undo" }));
    expect(taskAt(it, 1).receipt).toBeNull();
    expect(it.state.watch.retrospection?.done).toEqual([]);
    complete(it, 1);
    pass(it);
    expect(it.state.watch.retrospection).toMatchObject({ count: 0, done: [taskId(1)] });
  });

  test("never comes where none are wanted, and nothing is gathered for it", () => {
    const it = configured({ reports: { retrospective: 0 } });
    found(it, 1);
    complete(it, 1);
    pass(it);
    expect(it.state.watch.retrospection).toBeUndefined();
  });
});
