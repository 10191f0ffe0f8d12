import { describe, expect, test } from "vitest";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, issue, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, schedule, story, types, type Story } from "../support/given.ts";

function parent(number: number, children: readonly number[], facts: Partial<IssueFacts> = {}): IssueFacts {
  return issue(number, { children: children.map((child) => blocker(child, { source: "sub_issue" })), ...facts });
}

function done(number: number): IssueFacts {
  return issue(number, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 2 });
}

/** #1 has the sub-issues #2 and #3; #4 waits for #1. */
function family(): Story {
  const it = story();
  it.tell(observe({ issues: [parent(1, [2, 3]), issue(2), issue(3), issue(4, { blockedBy: [blocker(1)] })] }));
  return it;
}

describe("a parent of sub-issues", () => {
  test("is never given to an agent: its children are the work", () => {
    const it = family();
    const assigned = it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.task] : []));
    expect(assigned).toEqual([taskId(2), taskId(3)]);
    expect(it.status(1)).toBe("blocked");
  });

  test("is completed with its last child, and who waits for it goes on in the same decision", () => {
    const it = family();
    expect(types(it.tell(observe({ issues: [done(2)] })))).toEqual(["TaskRevised", "TaskCompleted"]);
    expect(it.status(1)).toBe("blocked");
    const events = it.tell(observe({ issues: [done(3)] }));
    expect(events.slice(1)).toEqual([
      expect.objectContaining({ type: "TaskCompleted", task: taskId(3) }),
      expect.objectContaining({
        type: "TaskCompleted",
        task: taskId(1),
        receipt: expect.objectContaining({ kind: "children" }),
      }),
    ]);
    expect(it.status(4)).toBe("ready");
  });

  test("is closed on GitHub too, because no pull request does it", () => {
    const it = family();
    it.tell(observe({ issues: [done(2), done(3)] }));
    const shown = [...it.state.outbox.entries()].map(([, recorded]) => recorded.effect);
    expect(shown).toContainEqual({ type: "UpdateIssue", task: taskId(1) });
  });

  test("stays open while a child was called off: that is not a receipt", () => {
    const it = family();
    const off = issue(3, { state: "closed", stateReason: "not_planned", closedBy: writer, updatedAt: 2 });
    it.tell(observe({ issues: [done(2), off] }));
    expect([it.status(1), it.status(4)]).toEqual(["blocked", "blocked"]);
  });

  test("is not completed while somebody who may not start work has selected it", () => {
    const it = story();
    it.tell(observe({ issues: [parent(1, [2], { selectedBy: { actor: stranger, at: 1 } }), issue(2)] }));
    it.tell(observe({ issues: [done(2)] }));
    expect(it.status(1)).toBe("pending");
  });

  test("completes its own parent in the same decision, however deep", () => {
    const it = story();
    it.tell(observe({ issues: [parent(1, [2]), parent(2, [3]), issue(3)] }));
    expect(types(it.tell(instruct(3, { verb: "complete" })))).toEqual([
      "TaskCompleted",
      "TaskCompleted",
      "TaskCompleted",
      "CommandAnswered",
    ]);
    expect([it.status(1), it.status(2)]).toEqual(["completed", "completed"]);
  });

  test("counts a sub-issue that is not work here as soon as it is seen completed", () => {
    const it = story();
    it.tell(observe({ issues: [parent(1, [9])] }));
    expect(it.status(1)).toBe("blocked");
    const child = blocker(9, { source: "sub_issue", state: "completed" });
    it.tell(observe({ issues: [issue(1, { children: [child], updatedAt: 2 })] }));
    expect(it.status(1)).toBe("completed");
  });

  test("waits for its blockers as well as for its children", () => {
    const it = story();
    it.tell(observe({ issues: [parent(1, [2], { blockedBy: [blocker(3)] }), issue(2), issue(3)] }));
    it.tell(observe({ issues: [done(2)] }));
    expect(it.status(1)).toBe("blocked");
    it.tell(observe({ issues: [done(3)] }));
    expect(it.status(1)).toBe("completed");
  });
});
