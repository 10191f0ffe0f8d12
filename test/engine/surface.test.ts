import { expect, test } from "vitest";
import { toSurface } from "../../src/engine/surface.ts";
import { blocker, configOf, issue, taskId } from "../support/build.ts";
import { observe, schedule, story, type Story } from "../support/given.ts";

function commentOn(it: Story, number: number): string | null {
  const task = it.state.tasks.get(taskId(number));
  if (task === undefined) throw new Error(`Issue ${number} is not tracked.`);
  return toSurface(it.state, task, { context: { now: it.now, config: it.config }, isRepeat: false }).wanted.comment;
}

test("an issue that waits in the queue gets no comment: it would be a notification about nothing", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }));
  it.tell(observe({ issues: [issue(1), issue(2), issue(3, { blockedBy: [blocker(1)] })] }));
  it.tell(schedule());
  expect([commentOn(it, 2), commentOn(it, 3)]).toEqual([null, null]);
});

test("an issue that no agent will ever take says so", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:nobody"] })] }));
  it.tell(schedule());
  expect(commentOn(it, 1)).toContain("⚠️ It asks for the agent nobody, which the configuration does not name");
});

test("an issue behind one that will never be completed says so", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(9, { state: "not_planned" })] })] }));
  expect(commentOn(it, 1)).toContain(
    "It cannot start: [#9](https://github.test/o/r/issues/9) was closed as not planned.",
  );
});
