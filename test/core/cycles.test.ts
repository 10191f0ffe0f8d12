/** A cycle is over when one of its tasks is, and back when that is: nobody is told to cut what holds nobody back. */
import { describe, expect, test } from "vitest";
import { evolve } from "../../src/core/evolve.ts";
import type { Story } from "../support/given.ts";
import { blocker, issue, taskId } from "../support/build.ts";
import { instruct, observe, story, taskAt, types } from "../support/given.ts";

/** Each task with what it waits for. */
function waiting(waits: Readonly<Record<number, readonly number[]>>): Story {
  const it = story();
  const issues = Object.entries(waits).map(([number, on]) =>
    issue(Number(number), { blockedBy: on.map((each) => blocker(each)) }),
  );
  it.tell(observe({ issues }));
  return it;
}

/** The issues of the cycle that a task is said to be in, from itself on. */
function cycleOf(it: Story, number: number): readonly number[] | null {
  return taskAt(it, number).cycle?.map((id) => it.state.tasks.get(id)?.definition.number ?? 0) ?? null;
}

describe("two tasks that wait for each other", () => {
  test("do so no more when one is completed: the other is ready and says nothing of a cycle", () => {
    const it = waiting({ 1: [2], 2: [1] });
    expect(it.tell(instruct(2, { verb: "complete" })).slice(0, -1)).toEqual([
      expect.objectContaining({ type: "TaskCompleted" }),
      { type: "CycleReported", task: taskId(2), cycle: null },
      { type: "CycleReported", task: taskId(1), cycle: null },
    ]);
    expect([it.status(1), it.state.cyclicCount]).toEqual(["ready", 0]);
  });

  test("do so no more when one is called off, fails, or is let go of", () => {
    for (const end of [
      instruct(2, { verb: "cancel" }),
      instruct(2, { verb: "fail", reason: "No way." }),
      observe({ issues: [issue(2, { labels: [], selectedBy: null, updatedAt: 5 })] }),
      observe({ gone: [{ id: taskId(2), reason: "deleted" }] }),
    ]) {
      const it = waiting({ 1: [2], 2: [1] });
      it.tell(end);
      expect([cycleOf(it, 1), it.state.cyclicCount]).toEqual([null, 0]);
    }
  });

  test("do so again when the one that had ended is tried again", () => {
    const it = waiting({ 1: [2], 2: [1] });
    it.tell(instruct(2, { verb: "fail", reason: "No way." }));
    expect(types(it.tell(instruct(2, { verb: "retry" })))).toContain("CycleReported");
    expect([cycleOf(it, 1), cycleOf(it, 2), it.state.cyclicCount]).toEqual([[1, 2], [2, 1], 2]);
  });

  test("are told the truth by the next look, where an older version has left the word of a cycle behind", () => {
    const it = waiting({ 1: [2], 2: [] });
    evolve(it.state, { type: "CycleReported", task: taskId(1), cycle: [taskId(1), taskId(2)] });
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2)], updatedAt: 5 })] }));
    expect([cycleOf(it, 1), it.state.cyclicCount]).toEqual([null, 0]);
  });
});

describe("tasks in more than one cycle", () => {
  test("are told of the other one when the first is over", () => {
    const it = waiting({ 1: [2, 3], 2: [1], 3: [4], 4: [1] });
    expect([cycleOf(it, 1), cycleOf(it, 3), cycleOf(it, 4)]).toEqual([
      [1, 2],
      [3, 4, 1],
      [4, 1, 3],
    ]);
    it.tell(instruct(2, { verb: "complete" }));
    expect([cycleOf(it, 1), cycleOf(it, 2), cycleOf(it, 3)]).toEqual([[1, 3, 4], null, [3, 4, 1]]);
    it.tell(instruct(4, { verb: "cancel" }));
    expect(it.state.cyclicCount).toBe(0);
  });

  test("are all told when the edge that closes both comes last", () => {
    const it = waiting({ 1: [2], 2: [3], 3: [4], 4: [] });
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2), blocker(4)], updatedAt: 5 })] }));
    it.tell(observe({ issues: [issue(4, { blockedBy: [blocker(1)], updatedAt: 5 })] }));
    expect([1, 2, 3, 4].map((number) => cycleOf(it, number))).toEqual([
      [1, 4],
      [2, 3, 4, 1],
      [3, 4, 1, 2],
      [4, 1],
    ]);
  });
});

test("the end of a task in no cycle says nothing of one", () => {
  const it = waiting({ 1: [2], 2: [1], 3: [], 4: [3] });
  expect(types(it.tell(instruct(3, { verb: "complete" })))).toEqual(["TaskCompleted", "CommandAnswered"]);
  expect(it.state.cyclicCount).toBe(2);
});
