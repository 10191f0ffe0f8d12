/** Why a cycle started nothing: each task is named once, with its reasons, however the queue is read for them. */
import { expect, test } from "vitest";
import { readyInOrder } from "../../src/core/rank-ready.ts";
import { whyIdle } from "../../src/insight/why-idle.ts";
import { blocker, configOf, issue, taskId } from "../support/build.ts";
import { observe, story } from "../support/given.ts";

const agents = [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }];

test("each task is named once, ready ones first, and what is left is counted", () => {
  const it = story(configOf({ agents, limits: { fairShare: true } }));
  it.tell(observe({ issues: [issue(1), issue(2), issue(3), issue(4, { blockedBy: [blocker(1)] }), issue(5)] }));
  const context = { now: it.now, config: configOf({ agents, limits: { fairShare: true } }) };
  const { tasks, more } = whyIdle(it.state, context, 4);
  expect(tasks.map(({ number }) => number)).toEqual([1, 2, 3, 5]);
  expect(tasks.map(({ codes }) => codes)).toEqual([["next_pass"], ["next_pass"], ["next_pass"], ["next_pass"]]);
  expect(more).toBe(1);
  expect(whyIdle(it.state, context, 10).tasks.map(({ number }) => number)).toEqual([1, 2, 3, 5, 4]);
});

test("one reading of the queue does not disturb another", () => {
  const it = story(configOf({ agents }));
  it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
  const context = { now: it.now, config: configOf({ agents }) };
  const wanted = [taskId(1), taskId(2), taskId(3)];
  const outer = [];
  const inner = [];
  for (const { id } of readyInOrder(it.state, context)) {
    outer.push(id);
    inner.push([...readyInOrder(it.state, context)].map((entry) => entry.id));
  }
  expect(outer).toEqual(wanted);
  expect(inner).toEqual([wanted, wanted, wanted]);
});
