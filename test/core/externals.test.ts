/** What a task may wait for that is no task: dates, people, workflows, pull requests; and partial results. */
import { describe, expect, test } from "vitest";
import { nextDueAt } from "../../src/core/decide-tick.ts";
import { watchedExternals } from "../../src/core/externals.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { BlockerFacts } from "../../src/model/observation.ts";
import type { External } from "../../src/model/task.ts";
import { toExplainedView } from "../../src/engine/task-views.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { blocker, configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

/** 2026-12-01T00:00Z. */
const date = Date.UTC(2026, 11, 1);
const hour = 60 * 60_000;

function wait(id: string, reference: string, waitsFor: External["waitsFor"]): BlockerFacts {
  return {
    id: id as TaskId,
    reference,
    url: null,
    state: "open",
    kind: "hard",
    source: "body",
    ...(waitsFor === undefined ? {} : { waitsFor }),
  };
}

const december = wait("wait:date:2026-12-01T00:00:00.000Z", "2026-12-01", "date");
const ada = wait("wait:person:ada", "@ada", "person");
const green = wait("wait:workflow:o/r:ci.yml@main", "workflow ci.yml on main", "workflow");
const review = wait("gh:9:pull-7", "x/y#7", "pull");
const elsewhere = wait("gh:9:500", "x/y#5", undefined);

function waiting(...blockedBy: readonly BlockerFacts[]): Story {
  const it = story();
  it.now = date - hour;
  it.tell(observe({ issues: [issue(1, { blockedBy })] }));
  return it;
}

function explained(it: Story): string {
  const task = it.state.tasks.get(taskId(1));
  return task === undefined ? "" : renderExplain(toExplainedView(it.state, task, { now: it.now, config: it.config }));
}

/** What `external` is now, as the tracker says. */
function news(external: BlockerFacts, state: External["state"]) {
  return observe({
    externals: [
      {
        id: external.id,
        reference: external.reference,
        url: null,
        state,
        ...(external.waitsFor === undefined ? {} : { waitsFor: external.waitsFor }),
      },
    ],
  });
}

describe("a date", () => {
  test("holds a task back until it comes, wakes the engine then, and is told once", () => {
    const it = waiting(december);
    expect(it.status(1)).toBe("blocked");
    expect(it.ask({ type: "Tick" })).toEqual([]);
    expect(nextDueAt({ state: it.state, context: { now: it.now, config: it.config } })).toBe(date);
    it.now = date;
    expect(types(it.tell({ type: "Tick" }))).toEqual(["ExternalObserved"]);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    expect(it.tell({ type: "Tick" })).toEqual([]);
  });

  test("that has come is none for an issue that names it later, and stays so for a clock that is behind", () => {
    const it = waiting(december);
    it.now = date + hour;
    it.tell({ type: "Tick" });
    it.tell(observe({ issues: [issue(2, { blockedBy: [december] })] }));
    expect(it.status(2)).toBe("ready");
    it.now = date - hour;
    expect(it.tell(observe({ issues: [issue(2, { blockedBy: [december] })] }))).toEqual([]);
    expect(it.status(2)).toBe("ready");
  });

  test("that nobody waits for any more wakes nobody", () => {
    const it = waiting(december);
    it.tell(observe({ issues: [issue(1, { updatedAt: 2 })] }));
    expect(nextDueAt({ state: it.state, context: { now: it.now, config: it.config } })).toBeNull();
    it.now = date;
    expect(it.tell({ type: "Tick" })).toEqual([]);
  });

  test("that does not exist never comes, and the task says so", () => {
    const it = waiting({ ...wait("wait:date:2026-02-30", "2026-02-30", "date"), state: "missing" });
    it.now = date;
    expect(it.tell({ type: "Tick" })).toEqual([]);
    expect(explained(it)).toContain("2026-02-30 is missing");
  });

  test("is known again after a snapshot", () => {
    const it = waiting(december);
    const reloaded = fromSnapshot(toSnapshot(it.state));
    expect([...reloaded.dates.entries()]).toEqual([[december.id, date]]);
  });
});

describe("a person", () => {
  test("says so with unblock and their own name, without any other right", () => {
    const it = waiting(ada);
    expect(explained(it)).toContain("is still to say so");
    const by = { ...stranger, login: "Ada", permission: "none" as const };
    expect(types(it.tell(instruct(1, { verb: "unblock", wait: "@ada" }, by)))).toEqual([
      "DependencyWaived",
      "CommandAnswered",
    ]);
    expect(it.status(1)).toBe("ready");
  });

  test("cannot say so for another one without write access", () => {
    const it = waiting(ada);
    it.tell(instruct(1, { verb: "unblock", wait: "@ada" }, stranger));
    expect(it.status(1)).toBe("blocked");
    it.tell(instruct(1, { verb: "unblock", wait: "@ada" }, writer));
    expect(it.status(1)).toBe("ready");
  });

  test("who is not waited for lifts nothing", () => {
    const it = waiting(ada);
    const by = { ...writer, login: "eve" };
    const events = it.tell(instruct(1, { verb: "unblock", wait: "@eve" }, by));
    expect(events).toMatchObject([{ type: "CommandAnswered", reaction: "-1" }]);
  });
});

describe("what somebody with write lifts by its name", () => {
  test.each([
    ["2026-12-01", december],
    ["workflow ci.yml on main", green],
    ["workflow ci.yml", green],
  ])("%s", (named, external) => {
    const it = waiting(external);
    it.tell(instruct(1, { verb: "unblock", wait: named }));
    expect(it.status(1)).toBe("ready");
  });

  test("is not a workflow on another branch, nor an issue of that name", () => {
    const it = waiting(green, { ...elsewhere, reference: "2026-12-01" });
    for (const named of ["workflow ci.yml on release", "2026-12-01"]) {
      expect(it.tell(instruct(1, { verb: "unblock", wait: named }))).toMatchObject([{ reaction: "-1" }]);
    }
    expect(it.status(1)).toBe("blocked");
  });
});

describe("a pull request, a workflow, an issue elsewhere", () => {
  test.each([review, green, elsewhere])("$reference lets the task go on when it is over, once", (external) => {
    const it = waiting(external);
    expect(it.status(1)).toBe("blocked");
    expect(types(it.tell(news(external, "completed")))).toEqual(["ExternalObserved"]);
    expect(it.status(1)).toBe("ready");
    expect(it.tell(news(external, "completed"))).toEqual([]);
  });

  test("news of what nobody waits for are none", () => {
    const it = waiting();
    expect(it.tell(news(review, "completed"))).toEqual([]);
  });

  test("are watched while they are open and an open task waits for them", () => {
    const it = waiting(review, green, elsewhere, december, ada, blocker(2));
    expect(watchedExternals(it.state).map((each) => each.reference)).toEqual([
      "x/y#5",
      "x/y#7",
      "workflow ci.yml on main",
    ]);
    it.tell(news(review, "completed"));
    it.tell(instruct(1, { verb: "unblock", wait: "workflow ci.yml on main" }));
    expect(watchedExternals(it.state).map((each) => each.reference)).toEqual(["x/y#5"]);
    it.tell(instruct(1, { verb: "cancel" }));
    expect(watchedExternals(it.state)).toEqual([]);
  });

  test("say in words how they stand", () => {
    const it = waiting(review, green, december);
    const text = explained(it);
    expect(text).toContain("workflow ci.yml on main is not green yet");
    expect(text).toContain("2026-12-01 is still to come");
    expect(text).toContain("`x/y#7` (not merged yet)");
  });
});

describe("partial results", () => {
  test("are enough for a soft edge that says so, as soon as there is a pull request", () => {
    const it = story(configOf());
    const soft = blocker(1, { kind: "soft", source: "body", partial: true });
    it.tell(
      observe({
        issues: [
          issue(1),
          issue(2, { blockedBy: [soft] }),
          issue(3, { blockedBy: [{ ...soft, partial: undefined as never }] }),
        ],
      }),
    );
    it.tell(schedule());
    expect(it.status(2)).toBe("blocked");
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    expect([it.status(2), it.status(3)]).toEqual(["ready", "blocked"]);
  });

  test("are not enough for a hard edge, whatever the text says", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1, { partial: true })] })] }));
    expect(it.state.tasks.get(taskId(2))?.blockedBy).toEqual([{ on: taskId(1), kind: "hard", source: "native" }]);
  });
});

describe("an issue here that is no task", () => {
  const closed = { state: "closed", stateReason: "completed", labels: [], selectedBy: null, updatedAt: 2 } as const;

  function blockedBy2(kind: "hard" | "soft" = "hard"): Story {
    const it = story();
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2, { kind })] })] }));
    expect(it.status(1)).toBe("blocked");
    return it;
  }

  test("that its author closes holds a hard edge back and says why; a soft one only wanted its end", () => {
    const it = blockedBy2();
    it.tell(observe({ issues: [issue(2, { ...closed, closedBy: stranger })] }));
    expect([it.status(1), it.tell(schedule())]).toEqual(["blocked", []]);
    expect(explained(it)).toContain("2 is closed by somebody who has no write access. It counts when");
    const soft = blockedBy2("soft");
    soft.tell(observe({ issues: [issue(2, { ...closed, closedBy: stranger })] }));
    expect(soft.status(1)).toBe("ready");
  });

  test("that somebody with write closes, or a merged pull request, is done, and stays so when its closer leaves", () => {
    const byWriter = blockedBy2();
    byWriter.tell(observe({ issues: [issue(2, { ...closed, closedBy: writer })] }));
    expect(byWriter.status(1)).toBe("ready");
    byWriter.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2, { state: "closed" })], updatedAt: 3 })] }));
    expect(byWriter.status(1)).toBe("ready");
    const byMerge = blockedBy2();
    byMerge.tell(observe({ issues: [issue(2, { ...closed, closedBy: stranger, isClosedByMerge: true })] }));
    expect(byMerge.status(1)).toBe("ready");
  });

  test("that a stranger closes does not complete its parent", () => {
    const it = story();
    const child = blocker(2, { source: "sub_issue", state: "closed" });
    it.tell(observe({ issues: [issue(1, { children: [child] })] }));
    expect(it.status(1)).toBe("blocked");
    it.tell(observe({ issues: [issue(1, { children: [{ ...child, state: "completed" }], updatedAt: 2 })] }));
    expect(it.status(1)).toBe("completed");
  });

  test("and was done as a task before its label was taken off stays done, although the program itself closed it", () => {
    const it = story();
    it.tell(observe({ issues: [issue(2), issue(1, { blockedBy: [blocker(2)] })] }));
    it.tell(instruct(2, { verb: "complete" }));
    it.tell(observe({ issues: [issue(2, { ...closed, closedBy: { ...stranger, kind: "bot" } })] }));
    expect([it.status(2), it.status(1)]).toEqual([null, "ready"]);
  });

  test("and is named by a command is waited for as it is: not at all where it is done already", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(3)] }));
    const blockedBy = (number: number, state: External["state"]) => ({
      ...instruct(number, { verb: "blocked-by", number: 2, repository: null }),
      reference: blocker(2, { state }),
    });
    it.tell(blockedBy(1, "completed"));
    expect(it.status(1)).toBe("ready");
    it.tell(blockedBy(3, "open"));
    expect([it.status(1), it.status(3)]).toEqual(["blocked", "blocked"]);
  });
});
