/** Where stages are barriers nothing of a stage is started before the stages before it are over, and whoever is held back says by what. */
import { describe, expect, test } from "vitest";
import { expectedStart } from "../../src/insight/expected-start.ts";
import { whyIdle } from "../../src/insight/why-idle.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import type { Config } from "../../src/model/config.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, configOf, issue, taskId } from "../support/build.ts";
import { instruct, observe, schedule, story, taskAt, type Story } from "../support/given.ts";

const agents = [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }];
const strict = configOf({ agents, strictStages: true });

/** Each task with what it waits for. */
function given(waits: Readonly<Record<number, readonly number[]>>, config: Config = strict): Story {
  const it = story(config);
  it.tell(observe({ issues: Object.entries(waits).map(([number, on]) => waiting(Number(number), on)) }));
  return it;
}

function waiting(number: number, on: readonly number[], facts: Partial<IssueFacts> = {}): IssueFacts {
  return issue(number, { blockedBy: on.map((each) => blocker(each)), ...facts });
}

/** The issues that a schedule starts. */
function started(it: Story): readonly number[] {
  return it
    .tell(schedule())
    .flatMap((event) =>
      event.type === "TaskAssigned" ? [it.state.tasks.get(event.task)?.definition.number ?? 0] : [],
    );
}

function reasons(it: Story, number: number): ReturnType<typeof waitingReasons> {
  return waitingReasons(it.state, taskAt(it, number), { now: it.now, config: it.config });
}

/** Each of them ends. */
function complete(it: Story, ...numbers: readonly number[]): void {
  for (const number of numbers) it.tell(instruct(number, { verb: "complete" }));
}

describe("a task whose blockers are done", () => {
  test("is started where stages are only a view, whatever else of an earlier stage is open", () => {
    const it = given({ 1: [], 2: [1], 3: [] }, configOf({ agents }));
    complete(it, 1);
    expect(started(it)).toEqual([2, 3]);
  });

  test("is held back until the last task of the earlier stage has ended, and says so", () => {
    const it = given({ 1: [], 2: [1], 3: [], 4: [] });
    complete(it, 1);
    expect(started(it)).toEqual([3, 4]);
    expect(reasons(it, 2)).toEqual([
      {
        code: "earlier_stage",
        detail: "It is of stage 2. strictStages keeps it behind stage 1, of which 2 tasks have not ended, first #3.",
      },
    ]);
    complete(it, 3);
    expect(reasons(it, 2)[0]?.detail).toContain("1 task has not ended, first #4.");
    expect(started(it)).toEqual([]);
    it.tell(instruct(4, { verb: "cancel" }));
    expect(started(it)).toEqual([2]);
  });

  test("is of the stage that the ended tasks before it give it, not of the first that is left", () => {
    const it = given({ 1: [], 2: [1], 3: [2], 4: [], 5: [4] });
    complete(it, 1, 2, 4);
    expect(started(it)).toEqual([5]);
    expect(reasons(it, 3)[0]?.detail).toContain("It is of stage 3. strictStages keeps it behind stage 2");
  });

  test("is held back again by one that is opened again, or comes in, while what runs goes on", () => {
    const it = given({ 1: [], 2: [1], 3: [1], 4: [1] });
    it.config = configOf({ agents: [{ ...agents[0], capacity: 1 }], strictStages: true });
    complete(it, 1);
    expect(started(it)).toEqual([2]);
    it.tell(observe({ issues: [waiting(9, [], { labels: ["orchestrate", "hold"] })] }));
    it.config = strict;
    expect(started(it)).toEqual([]);
    expect([it.status(2), reasons(it, 9)[0]?.code]).toEqual(["assigned", "held"]);
    it.tell(instruct(9, { verb: "cancel" }));
    it.tell(observe({ issues: [waiting(8, [3])] }));
    expect(started(it)).toEqual([3, 4]);
  });

  test("is not held back by a parent of sub-issues, whose children are the work, nor by what is no task here", () => {
    const it = given({ 1: [], 2: [1], 5: [7] });
    complete(it, 1);
    it.tell(observe({ issues: [issue(3, { children: [blocker(8, { source: "sub_issue" })] })] }));
    expect([it.status(3), it.status(5)]).toEqual(["blocked", "blocked"]);
    expect(reasons(it, 2).map(({ code }) => code)).toEqual(["earlier_stage"]);
    complete(it, 5);
    expect(started(it)).toEqual([2]);
  });

  test("is not held back by tasks that wait for each other, and is of a stage once they do no more", () => {
    const it = given({ 1: [], 2: [1], 3: [4], 4: [3], 5: [3] });
    complete(it, 1);
    expect(started(it)).toEqual([2]);
    it.tell(observe({ issues: [waiting(6, [])] }));
    complete(it, 3);
    expect(started(it)).toEqual([6]);
    expect(reasons(it, 4)[0]?.detail).toContain("It is of stage 2. strictStages keeps it behind stage 1");
    complete(it, 6);
    expect(started(it)).toEqual([4, 5]);
  });

  test("is of an earlier stage once the edge before it was lifted", () => {
    const it = given({ 1: [], 2: [1], 3: [] });
    const reference = { id: taskId(1), reference: "#1", url: null };
    it.tell({ ...instruct(2, { verb: "unblock", repository: null, number: 1 }), reference } as never);
    expect(started(it)).toEqual([1, 2, 3]);
  });

  test("is expected to start at no time that can be said", () => {
    const it = given({ 1: [], 2: [1], 3: [] });
    complete(it, 1);
    expect(expectedStart(it.state, taskAt(it, 2), { now: it.now, config: it.config })).toBeNull();
    expect(expectedStart(it.state, taskAt(it, 3), { now: it.now, config: it.config })).toBe(it.now);
  });
});

test("what is held back takes nobody's place in the queue, however urgent and many it is", () => {
  const config = configOf({ agents, strictStages: true, matching: { lookAhead: 1 } });
  const held = Array.from({ length: 12 }, (_, index) =>
    waiting(10 + index, [1], { labels: ["orchestrate", "priority:urgent"] }),
  );
  const it = story(config);
  it.tell(observe({ issues: [issue(1), issue(2, { labels: ["orchestrate", "priority:low"] }), ...held] }));
  complete(it, 1);
  expect(started(it)).toEqual([2]);
  const { tasks } = whyIdle(it.state, { now: it.now, config }, 20);
  expect(new Set(tasks.flatMap(({ codes }) => codes))).toEqual(new Set(["earlier_stage"]));
});

test("switching the barrier on and off counts from the next schedule", () => {
  const it = given({ 1: [], 2: [1], 3: [], 4: [1] });
  complete(it, 1);
  it.config = configOf({ agents: [{ ...agents[0], capacity: 1 }], strictStages: true });
  expect(started(it)).toEqual([3]);
  it.config = configOf({ agents: [{ ...agents[0], capacity: 2 }] });
  expect(started(it)).toEqual([2]);
  it.config = strict;
  expect(started(it)).toEqual([]);
});
