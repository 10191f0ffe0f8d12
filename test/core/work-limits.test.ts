import { describe, expect, test } from "vitest";
import { fairShare, openWorkLimits, type WorkLimits } from "../../src/core/work-limits.ts";
import type { Task } from "../../src/model/task.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { observe, say, schedule, story, type Story } from "../support/given.ts";

function jules(capacity: number): Record<string, unknown> {
  return { id: "jules", type: "jules", capacity, dispatch: "api" };
}

function task(it: Story, number: number): Task {
  const found = it.state.tasks.get(taskId(number));
  if (found === undefined) throw new Error(`Issue ${number} is not tracked.`);
  return found;
}

/** What is left to start of `numbers` when each that is not held back is started in turn. */
function startable(it: Story, limits: WorkLimits, numbers: readonly number[]): readonly number[] {
  return numbers.filter((number) => {
    if (limits.blocks(task(it, number)) !== null) return false;
    limits.take(task(it, number));
    return true;
  });
}

describe("limits on work in progress", () => {
  /** Issue 1 with the label runs; 2 to 4 wait, 2 and 3 with it. */
  function oneRuns(limits: Record<string, unknown>): Story {
    const it = story(configOf({ agents: [jules(1)] }));
    it.tell(
      observe({
        issues: [1, 2, 3, 4].map((number) =>
          issue(number, { labels: ["orchestrate", number === 4 ? "ui" : "Database"] }),
        ),
      }),
    );
    it.tell(schedule());
    it.config = configOf({ agents: [jules(9)], limits });
    return it;
  }

  test("hold back nothing where none is configured", () => {
    const it = oneRuns({});
    expect(startable(it, openWorkLimits(it.state, it.config), [2, 3, 4])).toEqual([2, 3, 4]);
  });

  test("count the whole repository, with what runs already", () => {
    const it = oneRuns({ inProgress: 3 });
    const limits = openWorkLimits(it.state, it.config);
    expect(startable(it, limits, [2, 3, 4])).toEqual([2, 3]);
    expect(limits.blocks(task(it, 4))).toEqual({
      code: "limit_in_progress",
      detail: "The limit limits.inProgress is reached: 3 of 3 tasks are being worked on.",
    });
  });

  test("count each label, whatever its letter case; other work goes past", () => {
    const it = oneRuns({ labels: { database: 2 } });
    const limits = openWorkLimits(it.state, it.config);
    expect(startable(it, limits, [2, 3, 4])).toEqual([2, 4]);
    expect(limits.blocks(task(it, 3))).toEqual({
      code: "limit_label",
      detail: "The limit limits.labels is reached for database: 2 of 2 tasks are being worked on.",
    });
  });

  test("count the quick wins under their label", () => {
    const it = story(configOf({ limits: { labels: { "quick-win": 1 } } }));
    it.tell(observe({ issues: [1, 2].map((number) => issue(number, { labels: ["orchestrate", "quick-win"] })) }));
    expect(startable(it, openWorkLimits(it.state, it.config), [1, 2])).toEqual([1]);
  });

  test("do not count a pull request that waits for people", () => {
    const it = oneRuns({ inProgress: 1 });
    it.tell(say(1, 1, report("succeeded", { pullUrl: "https://github.test/o/r/pull/9" })));
    expect(it.status(1)).toBe("review");
    expect(startable(it, openWorkLimits(it.state, it.config), [2, 3])).toEqual([2]);
  });
});

describe("fair share between milestones", () => {
  function backlog(milestones: Readonly<Record<number, string | null>>, config: Record<string, unknown> = {}): Story {
    const it = story(configOf({ agents: [jules(4)], limits: { fairShare: true }, ...config }));
    it.tell(
      observe({
        issues: Object.entries(milestones).map(([number, title]) =>
          issue(Number(number), { milestone: title === null ? null : { title, labels: [] } }),
        ),
      }),
    );
    return it;
  }

  function shareOf(it: Story, numbers: readonly number[]): WorkLimits {
    const lookedAt = numbers.map((number) => task(it, number));
    return fairShare(it.state, { now: it.now, config: it.config }, lookedAt);
  }

  test("passes over a milestone that holds its share while another waits", () => {
    const it = backlog({ 1: "one", 2: "one", 3: "one", 4: "two", 5: "two", 6: "two" });
    const numbers = [1, 2, 3, 4, 5, 6];
    const limits = shareOf(it, numbers);
    expect(startable(it, limits, [1, 2, 3])).toEqual([1, 2]);
    expect(limits.blocks(task(it, 3))).toEqual({
      code: "fair_share",
      detail: "Its milestone holds 2 of its share of 2 slots, and the milestone two waits.",
    });
    expect(startable(it, limits, [4, 5])).toEqual([4, 5]);
  });

  test("leaves no slot empty where those it makes room for fit nobody, however far the look ahead is used up", () => {
    const it = story(configOf({ agents: [jules(4)], limits: { fairShare: true }, matching: { lookAhead: 4 } }));
    const ofMilestone = (number: number, title: string, ...labels: readonly string[]) =>
      issue(number, { milestone: { title, labels: [] }, labels: ["orchestrate", ...labels] });
    const others = [2, 3, 4, 5, 6, 7].map((number) => ofMilestone(number, "one"));
    it.tell(observe({ issues: [ofMilestone(1, "two", "agent:nobody"), ...others] }));
    it.tell(schedule());
    expect(it.state.occupied.size).toBe(4);
  });

  test("gives the rest to whoever is left once the others have theirs", () => {
    const it = backlog({ 1: "one", 2: "one", 3: "one", 4: "two" });
    const limits = shareOf(it, [1, 2, 3, 4]);
    expect(startable(it, limits, [1, 2, 3, 4])).toEqual([1, 2, 4]);
    expect(startable(it, limits, [3])).toEqual([3]);
  });

  test("counts what runs already, and work without a milestone as one of its own", () => {
    const it = backlog({ 1: "one", 2: "one", 3: "one", 4: null }, { limits: { fairShare: true, batch: 2 } });
    it.tell(schedule());
    const limits = shareOf(it, [3, 4]);
    expect(limits.blocks(task(it, 3))?.detail).toBe(
      "Its milestone holds 2 of its share of 2 slots, and work without a milestone waits.",
    );
    expect(limits.blocks(task(it, 4))).toBeNull();
  });

  test("is off unless it is asked for", () => {
    const it = backlog({ 1: "one", 2: "one", 3: "one", 4: "two" }, { limits: {} });
    expect(startable(it, shareOf(it, [1, 2, 3, 4]), [1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
  });
});
