import { describe, expect, test } from "vitest";
import { blocker, configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { observe, say, schedule, story, types } from "../support/given.ts";

describe("when two issues are selected and one waits for the other", () => {
  function given() {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
    return it;
  }

  test("only the free one is assigned, with a fence and the reasons", () => {
    const it = given();
    expect(it.tell(schedule())).toEqual([
      {
        type: "TaskAssigned",
        task: taskId(1),
        agent: "jules",
        worker: "jules/1",
        attempt: 1,
        fence: 1,
        continues: null,
        timeoutMs: 45 * 60_000,
        expectedMs: 30 * 60_000,
        reasons: expect.objectContaining({ algorithm: "priority", rank: 1, readyCount: 1 }),
      },
    ]);
    expect(it.status(2)).toBe("blocked");
  });

  test("scheduling again starts nothing a second time", () => {
    const it = given();
    it.tell(schedule());
    expect(it.tell(schedule())).toEqual([]);
  });

  test("a merge by a writer with green checks is the receipt and unblocks the dependent in the same decision", () => {
    const it = given();
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    expect(it.status(1)).toBe("review");
    const events = it.tell(observe({ pulls: [pull(9, { state: "merged", mergedBy: writer, mergedAt: 5 })] }));
    expect(types(events)).toEqual(["PullRequestChanged", "TaskCompleted"]);
    expect(it.status(2)).toBe("ready");
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("a claim of the agent that it is done unblocks nobody", () => {
    const it = given();
    it.tell(schedule());
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    expect(it.status(2)).toBe("blocked");
  });
});

describe("when several issues are ready", () => {
  test("priority decides, then the older one", () => {
    const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 3, dispatch: "api" }] }));
    it.tell(
      observe({
        issues: [
          issue(1),
          issue(2, { createdAt: 0 }),
          issue(3, { labels: ["orchestrate", "priority:urgent"], createdAt: 9 }),
        ],
      }),
    );
    const assigned = it.tell(schedule()).map((event) => (event.type === "TaskAssigned" ? event.task : null));
    expect(assigned).toEqual([taskId(3), taskId(2), taskId(1)]);
  });

  test("no more are started than there are slots, and none above the batch", () => {
    const it = story(
      configOf({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }], limits: { batch: 2 } }),
    );
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned"]);
  });

  test("the cap on sessions a day stops starts, counting those that have not begun", () => {
    const it = story(configOf({ limits: { sessionsPerDay: 1 } }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("without an agent nothing is started", () => {
    const it = story(configOf({ agents: [] }));
    it.tell(observe({ issues: [issue(1)] }));
    expect(it.tell(schedule())).toEqual([]);
  });
});
