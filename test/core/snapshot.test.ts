/** What a process that starts from a snapshot must not see differently from one that has been there all along. */
import { expect, test } from "vitest";
import { evolve } from "../../src/core/evolve.ts";
import { readingOf } from "../../src/fold/figures.ts";
import { rankReady } from "../../src/core/rank-ready.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { createState, dependentsOf } from "../../src/state/state.ts";
import type { Event } from "../../src/model/event.ts";
import { blocker, configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story } from "../support/given.ts";

test("tasks that tie are ranked in the same order", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1, { createdAt: 0 }), issue(2, { createdAt: 0 })] }));
  // #1 becomes ready after #2.
  it.tell(instruct(1, { verb: "hold" }));
  it.tell(instruct(1, { verb: "resume", number: 1 }));
  const context = { now: it.now, config: configOf() };
  expect(rankReady(it.state, context, 10).map((each) => each.id)).toEqual([taskId(1), taskId(2)]);
  expect(rankReady(fromSnapshot(toSnapshot(it.state)), context, 10)).toEqual(rankReady(it.state, context, 10));
});

test("those who wait for a task are known in the same order", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1), issue(2), issue(3, { blockedBy: [blocker(1)] })] }));
  it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(1)], updatedAt: 2 })] }));
  const reloaded = fromSnapshot(toSnapshot(it.state));
  expect(dependentsOf(reloaded, taskId(1))).toEqual(dependentsOf(it.state, taskId(1)));
  expect(dependentsOf(reloaded, taskId(1))).toEqual([taskId(2), taskId(3)]);
});

test("a pull request that no longer speaks for its task is not given to another", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
  it.tell(observe({ pulls: [pull(9, { state: "closed" })] }));
  it.tell(instruct(1, { verb: "retry" }));
  for (const state of [it.state, fromSnapshot(toSnapshot(it.state))]) expect(state.pulls.get(9)).toBe(taskId(1));
  it.tell(say(2, 2, report("succeeded", { pullUrl: pull(9).url })));
  expect(it.state.tasks.get(taskId(2))?.pull).toBeNull();
  it.tell(observe({ pulls: [pull(9, { state: "merged", mergedBy: writer, mergedAt: 5, updatedAt: 2 })] }));
  expect([it.status(1), it.status(2)]).toEqual(["ready", "in_progress"]);
});

test("a reading says the same of agents that have done nothing", () => {
  const it = story();
  it.tell(instruct(1, { verb: "disable", worker: "jules/1" }));
  it.tell(instruct(1, { verb: "enable", worker: "jules/1" }));
  expect([...it.state.slots.keys()]).toEqual(["jules"]);
  for (const state of [it.state, fromSnapshot(toSnapshot(it.state))]) {
    expect(readingOf(state, it.now + 60_000).busyMs).toEqual({});
  }
});

test("an event that a newer version has written stops the replay, and says what to do", () => {
  const event = { type: "TaskTeleported", task: taskId(1) } as unknown as Event;
  expect(() => evolve(createState(), event)).toThrow(
    "TaskTeleported, which this version does not know: update Orchestrate",
  );
});

test("what comes and goes is written in one order, whenever it came", () => {
  const [one, other] = [createState(), createState()];
  const told = { "queue_depth:all": 1, "agent_paused:jules": 2 };
  const progress = { since: 1, firstAt: null, started: 0, completed: 0, failed: 0 };
  one.watch = { ...one.watch, told, progress };
  other.watch = { progress, told: { "agent_paused:jules": 2, "queue_depth:all": 1 }, ...other.watch };
  expect(toSnapshot(other)).toEqual(toSnapshot(one));
});
