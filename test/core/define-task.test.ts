/** What an issue says of its task: kinds of work, wishes, the time of its milestone, and what its kind has taken so far. */
import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/core/define-task.ts";
import { createState } from "../../src/state/state.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import type { TaskDefinition } from "../../src/model/task.ts";
import { configOf, issue, taskId } from "../support/build.ts";
import { instruct, observe, story } from "../support/given.ts";

const state = createState();
const config = configOf();

function define(facts: Partial<IssueFacts>): TaskDefinition {
  return defineTask(issue(1, facts), { state, config }, null);
}

describe("a definition", () => {
  test("has the labels that are not ours, and those of wishes apart", () => {
    const labels = ["orchestrate", "docs", "Area: API", "needs:go", "prefers:rust", "P1"];
    expect(define({ labels })).toMatchObject({ labels: ["Area: API", "docs"], needs: ["go"], prefers: ["rust"] });
  });

  test.each([
    [
      { createdAt: 10, dueAt: 20 },
      { from: 10, to: 20 },
    ],
    [{ createdAt: 10, dueAt: null }, null],
    [{ createdAt: 20, dueAt: 10 }, null],
    [{}, null],
  ])("of a milestone with %j runs %j", (times, span) => {
    expect(define({ milestone: { title: "1.0", labels: [], ...times } }).milestoneSpan).toEqual(span);
  });
});

describe("what a kind of work has taken", () => {
  function learn(successes: number, minutes: number): void {
    it.state.learned.set("jules|docs", { successes, failures: 1, minutes });
  }
  let it = story();
  let looks = 1;

  function learned(facts: Partial<IssueFacts> = {}): number | null | undefined {
    looks += 1;
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "docs"], updatedAt: looks, ...facts })] }));
    return it.state.tasks.get(taskId(1))?.definition.learnedMinutes;
  }

  test("is the mean of at least three good attempts, in steps of five minutes", () => {
    it = story();
    learn(2, 60);
    expect(learned()).toBeNull();
    learn(3, 51);
    expect(learned()).toBe(15);
  });

  test("stays as it was said until it is off by more than half, so that looks do not disturb each other", () => {
    it = story();
    learn(4, 80);
    expect(learned()).toBe(20);
    learn(5, 145);
    expect(it.ask(observe({ issues: [issue(1, { labels: ["orchestrate", "docs"], updatedAt: looks + 1 })] }))).toEqual(
      [],
    );
    learn(6, 240);
    expect(learned()).toBe(40);
  });

  test("is nothing where somebody has estimated, or where it is another kind of work by now", () => {
    it = story();
    learn(4, 80);
    expect(learned({ labels: ["orchestrate", "docs", "estimate:1h"] })).toBeNull();
    expect(learned()).toBe(20);
    expect(learned({ labels: ["orchestrate", "api"] })).toBeNull();
  });

  test("is not said again of a task that has ended", () => {
    it = story();
    expect(learned()).toBeNull();
    it.tell(instruct(1, { verb: "complete" }));
    learn(4, 80);
    expect(learned()).toBeNull();
  });

  test("comes of the agents of the configuration, all together", () => {
    it = story(
      configOf({
        agents: [
          { id: "jules", type: "jules" },
          { id: "cursor", type: "cursor" },
        ],
      }),
    );
    learn(2, 20);
    it.state.learned.set("cursor|docs", { successes: 2, failures: 0, minutes: 60 });
    it.state.learned.set("gone|docs", { successes: 9, failures: 0, minutes: 9_000 });
    expect(learned()).toBe(20);
  });
});
