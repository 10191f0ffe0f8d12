/** `/orchestrate simulate`: what is played through, from where the tasks stand, and that nothing is changed by it. */
import { describe, expect, test } from "vitest";
import { simulate } from "../../src/insight/simulate.ts";
import { toSnapshot } from "../../src/fold/snapshot.ts";
import { modes } from "../../src/model/mode.ts";
import { blocker, configOf, issue, pull, report } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;
const one = { id: "cursor", type: "cursor", capacity: 1, dispatch: "api" };

function played(it: Story, max?: number): ReturnType<typeof simulate> {
  return simulate(it.state, { now: it.now, config: it.config }, max);
}

function makespans(it: Story): Readonly<Record<string, number>> {
  return Object.fromEntries(played(it).comparison.modes.map((each) => [each.mode, each.makespanMinutes]));
}

function labelled(number: number, ...labels: readonly string[]): ReturnType<typeof issue> {
  return issue(number, { labels: ["orchestrate", ...labels] });
}

describe("when the open tasks are played through", () => {
  test("each mode gives its own figures: the longest chain first is done soonest where one worker too few is the trouble", () => {
    const it = story(configOf({ agents: [{ ...one, capacity: 2 }], mode: "effort" }));
    const chain = [
      labelled(1, "estimate:60m"),
      { ...labelled(2, "estimate:60m"), blockedBy: [blocker(1)] },
      { ...labelled(3, "estimate:60m"), blockedBy: [blocker(2)] },
    ];
    const small = Array.from({ length: 6 }, (_, index) => labelled(10 + index, "estimate:30m"));
    it.tell(observe({ issues: [...chain, ...small] }));
    const { mode, comparison, leftOut, openCount } = played(it);
    expect({ mode, leftOut, openCount, tasks: comparison.tasks, bound: comparison.lowerBoundMinutes }).toEqual({
      mode: "effort",
      leftOut: 0,
      openCount: 9,
      tasks: 9,
      bound: 180,
    });
    expect(comparison.modes.map((each) => each.mode)).toEqual([...modes]);
    expect(makespans(it)).toMatchObject({ critical: 180, effort: 270 });
  });

  test("what runs goes on with what is left of it and before all others, whatever the mode", () => {
    const it = story(configOf({ agents: [one] }));
    it.tell(observe({ issues: [labelled(1, "estimate:60m", "priority:low")] }));
    it.tell(schedule());
    it.tell(say(1, taskAt(it, 1).assignment?.fence ?? 0, report("running")));
    it.now += 45 * minute;
    it.tell(observe({ issues: [labelled(2, "estimate:10m", "priority:urgent")] }));
    const { comparison } = played(it);
    for (const { makespanMinutes, meanCompletedMinutes } of comparison.modes) {
      expect([makespanMinutes, meanCompletedMinutes]).toEqual([25, 20]);
    }
  });

  test("what is learned of a kind of work counts where nobody has estimated, and 30 minutes where nothing is known", () => {
    const it = story(configOf({ agents: [one] }));
    it.tell(observe({ issues: [labelled(1), labelled(2)] }));
    const task = taskAt(it, 2);
    it.tell(observe({ issues: [labelled(1), labelled(2)] }));
    Object.assign(task.definition, { learnedMinutes: 12 });
    expect(played(it).comparison.workMinutes).toBe(42);
  });

  test("who waits for a person, in a circle or for something outside is left out, with all that waits for these", () => {
    const it = story(configOf({ agents: [one] }));
    it.tell(
      observe({
        issues: [
          issue(1),
          issue(2),
          { ...issue(3), blockedBy: [blocker(2)] },
          { ...issue(4), blockedBy: [blocker(99)] },
          { ...issue(5), blockedBy: [blocker(6)] },
          { ...issue(6), blockedBy: [blocker(5)] },
        ],
      }),
    );
    it.tell(instruct(2, { verb: "hold" }));
    expect(played(it)).toMatchObject({ openCount: 6, leftOut: 5, comparison: { tasks: 1 } });
  });

  test("a pull request that only waits to be merged takes no time, and holds nobody up", () => {
    const it = story(configOf({ agents: [one] }));
    it.tell(
      observe({ issues: [labelled(1, "estimate:60m"), { ...labelled(2, "estimate:20m"), blockedBy: [blocker(1)] }] }),
    );
    it.tell(schedule());
    it.tell(say(1, taskAt(it, 1).assignment?.fence ?? 0, report("succeeded")));
    it.tell(observe({ pulls: [pull(10)] }));
    expect(it.status(1)).toBe("review");
    expect(played(it).comparison).toMatchObject({ tasks: 2, workMinutes: 20 });
  });

  test("disabled workers play no part; with nobody left it is played as if there were some, and says so", () => {
    const it = story(configOf({ agents: [{ ...one, capacity: 2 }] }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    it.tell(instruct(1, { verb: "disable", worker: "cursor/2" }));
    expect(played(it)).toMatchObject({ hasWorkers: true, comparison: { capacity: 1 } });
    it.tell(instruct(1, { verb: "disable", worker: "cursor" }));
    expect(played(it)).toMatchObject({ hasWorkers: false, comparison: { capacity: 3 } });
  });

  test("nothing is open: there is nothing to play", () => {
    const it = story(configOf({ agents: [] }));
    expect(played(it)).toMatchObject({ openCount: 0, leftOut: 0, hasWorkers: false, comparison: { tasks: 0 } });
  });
});

describe("more tasks than are played", () => {
  test("are cut to the first of the order with what waits for them, and nobody is played without what he waits for", () => {
    const it = story(configOf({ agents: [one] }));
    const issues = Array.from({ length: 60 }, (_, index) => {
      const number = index + 1;
      return number % 3 === 1 ? issue(number) : { ...issue(number), blockedBy: [blocker(number - 1)] };
    });
    it.tell(observe({ issues }));
    const { comparison, leftOut, openCount } = played(it, 21);
    expect({ tasks: comparison.tasks, leftOut, openCount }).toEqual({ tasks: 21, leftOut: null, openCount: 60 });
    expect(comparison.criticalPathMinutes).toBe(90);
  });

  test("exactly as many as are played are all of them", () => {
    const it = story(configOf({ agents: [one] }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    expect(played(it, 2).leftOut).toBe(0);
    expect(played(it, 1).leftOut).toBeNull();
  });
});

test("the state is as it was, and the same state gives the same figures", () => {
  const it = story(configOf({ agents: [one] }));
  it.tell(observe({ issues: [issue(1), { ...issue(2), blockedBy: [blocker(1)] }] }));
  const before = toSnapshot(it.state);
  expect(played(it)).toEqual(played(it));
  expect(toSnapshot(it.state)).toEqual(before);
});
