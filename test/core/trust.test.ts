import { describe, expect, test } from "vitest";
import { blocker, configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types } from "../support/given.ts";

describe("who may start work", () => {
  test("an issue that a stranger labelled waits for approval, and an approval starts it", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1, { selectedBy: { actor: stranger, at: 1 } })] }));
    expect(it.status(1)).toBe("pending");
    expect(it.tell(schedule())).toEqual([]);
    it.tell(instruct(1, { verb: "approve" }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("a later edit by somebody untrusted asks for approval again", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    const edited = issue(1, { hash: "other", updatedAt: 2, editedBy: stranger, editedAt: 50 });
    expect(types(it.tell(observe({ issues: [edited] })))).toEqual(["TaskRevised", "ApprovalRequired"]);
    expect(it.status(1)).toBe("pending");
    expect(it.tell(observe({ issues: [edited] }))).toEqual([]);
  });

  test("an edit by a writer is trusted", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    const edited = issue(1, { hash: "other", updatedAt: 2, editedBy: writer, editedAt: 50 });
    expect(types(it.tell(observe({ issues: [edited] })))).toEqual(["TaskRevised", "TaskTrusted"]);
  });

  test("edges written into the body by an untrusted edit do not count", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    const edited = issue(1, {
      hash: "other",
      updatedAt: 2,
      editedBy: stranger,
      editedAt: 50,
      blockedBy: [blocker(2, { source: "body" })],
    });
    it.tell(observe({ issues: [edited] }));
    expect(it.state.tasks.get(taskId(1))?.blockedBy).toEqual([]);
  });

  test("a stranger's command is refused with the permission it needs, and changes nothing", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    const events = it.tell(instruct(1, { verb: "cancel" }, stranger));
    expect(events).toEqual([
      {
        type: "CommandAnswered",
        task: taskId(1),
        comment: "IC_1",
        reaction: "-1",
        answer: expect.stringContaining("needs write"),
      },
    ]);
  });

  test("where triage may start work, it still takes write to say that work is done, or need not be waited for", () => {
    const tina = { ...writer, login: "tina", permission: "triage" } as const;
    const it = story(configOf({ trust: "triage" }));
    const selectedBy = { actor: tina, at: 1 };
    it.tell(observe({ issues: [issue(1, { selectedBy }), issue(2, { selectedBy, blockedBy: [blocker(1)] })] }));
    expect([it.status(1), it.status(2)]).toEqual(["ready", "blocked"]);
    const refusal = { reaction: "-1", answer: expect.stringContaining("needs write permission") };
    expect(it.tell(instruct(1, { verb: "complete" }, tina))).toMatchObject([refusal]);
    expect(it.tell(instruct(2, { verb: "unblock", number: 1, repository: null }, tina))).toMatchObject([refusal]);
    const closed = { state: "closed", stateReason: "completed", updatedAt: 2 } as const;
    expect(types(it.tell(observe({ issues: [issue(1, { ...closed, selectedBy, closedBy: tina })] })))).toEqual([
      "TaskRevised",
      "TaskCancelled",
    ]);
    expect([it.status(1), it.status(2)]).toEqual(["cancelled", "blocked"]);
  });

  test("the same comment delivered twice is one command", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(instruct(1, { verb: "hold" }), "comment:5");
    expect(it.ask(instruct(1, { verb: "hold" }), "comment:5")).toEqual([]);
  });
});

describe("what counts as done", () => {
  test("the author closing the issue without write access is no receipt: dependents stay blocked", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
    it.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "completed", closedBy: stranger, updatedAt: 2 })] }),
    );
    expect([it.status(1), it.status(2)]).toEqual(["cancelled", "blocked"]);
  });

  test("not planned does not satisfy a hard edge, but ends a soft one", () => {
    const it = story();
    it.tell(
      observe({
        issues: [
          issue(1),
          issue(2, { blockedBy: [blocker(1)] }),
          issue(3, { blockedBy: [blocker(1, { kind: "soft" })] }),
        ],
      }),
    );
    it.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "not_planned", closedBy: writer, updatedAt: 2 })] }),
    );
    expect([it.status(2), it.status(3)]).toEqual(["blocked", "ready"]);
  });

  test("a marker on a fork's pull request proves nothing", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    const forged = pull(9, {
      isSameRepository: false,
      author: stranger,
      marker: { task: taskId(1), fence: 1 },
      branch: "evil",
    });
    expect(it.tell(observe({ pulls: [forged] }))).toEqual([]);
  });

  test("a marker of somebody who is no vendor, on a branch that is not ours, proves nothing", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    const forged = pull(9, { author: writer, marker: { task: taskId(1), fence: 1 }, branch: "feature" });
    expect(it.tell(observe({ pulls: [forged] }))).toEqual([]);
  });

  test("a merged revert takes the receipt back and blocks dependents again", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9, { state: "merged", mergedBy: writer, mergedAt: 5 })] }));
    expect(it.status(2)).toBe("ready");
    const revert = pull(10, {
      state: "merged",
      author: writer,
      branch: "revert-9",
      mergedBy: writer,
      mergedAt: 9,
      reverts: [9],
    });
    expect(types(it.tell(observe({ pulls: [revert] })))).toEqual(["ReceiptRevoked"]);
    expect([it.status(1), it.status(2)]).toEqual(["manual_review", "blocked"]);
  });

  test.each(["checks", "reported"] as const)(
    "a revert takes back what %s said before the merge; what is named and was never merged it does not touch",
    (done) => {
      const it = story(configOf({ done }));
      it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
      it.tell(schedule());
      it.tell(say(1, 1, report("running")));
      it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
      it.tell(observe({ pulls: [pull(9)] }));
      expect([it.status(1), it.status(2)]).toEqual(["completed", "ready"]);
      const at = { mergedAt: it.now + 9, updatedAt: it.now + 9, mergedBy: writer };
      const revert = pull(10, { ...at, state: "merged", author: writer, branch: "revert-9", reverts: [9] });
      expect(it.tell(observe({ pulls: [revert] }))).toEqual([]);
      it.tell(observe({ pulls: [pull(9, { ...at, state: "merged" })] }));
      expect(types(it.tell(observe({ pulls: [revert] })))).toEqual(["ReceiptRevoked"]);
      expect([it.status(1), it.status(2)]).toEqual(["manual_review", "blocked"]);
      expect(it.tell(observe({ pulls: [revert, pull(9, { ...at, state: "merged" })] }))).toEqual([]);
    },
  );

  test("a revert does not take back a person's word that the task is done", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9)] }));
    it.tell(instruct(1, { verb: "complete" }));
    const at = { state: "merged", mergedAt: it.now + 9, updatedAt: it.now + 9, mergedBy: writer } as const;
    it.tell(observe({ pulls: [pull(9, at), pull(10, { ...at, author: writer, branch: "revert-9", reverts: [9] })] }));
    expect(it.status(1)).toBe("completed");
  });

  test("an older look never overrules a newer one", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1, { updatedAt: 5 })] }));
    it.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 9 })] }),
    );
    expect(it.status(1)).toBe("completed");
    expect(it.tell(observe({ issues: [issue(1, { updatedAt: 5 })] }))).toEqual([]);
  });
});

describe("edges that need a person", () => {
  test("a cycle is told on each of its tasks, and taken back when it is cut", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2)] }), issue(2, { blockedBy: [blocker(1)] })] }));
    expect(it.state.tasks.get(taskId(1))?.cycle).toEqual([taskId(1), taskId(2)]);
    expect(it.state.tasks.get(taskId(2))?.cycle).not.toBeNull();
    it.tell(observe({ issues: [issue(2, { updatedAt: 2 })] }));
    expect(it.state.tasks.get(taskId(1))?.cycle).toBeNull();
    expect(it.state.tasks.get(taskId(2))?.cycle).toBeNull();
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("a missing blocker blocks, and unblock waives it", () => {
    const it = story(configOf());
    const missing = blocker(99, { state: "missing", source: "body" });
    it.tell(observe({ issues: [issue(1, { blockedBy: [missing] })] }));
    expect(it.status(1)).toBe("blocked");
    const events = it.tell({
      ...instruct(1, { verb: "unblock", number: 99, repository: null }),
      reference: null,
    } as Parameters<typeof it.tell>[0]);
    expect(types(events)).toEqual(["DependencyWaived", "CommandAnswered"]);
    expect(it.status(1)).toBe("ready");
  });

  test("an issue deleted while its agent works keeps the slot until the session is seen ended", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    expect(types(it.tell(observe({ gone: [{ id: taskId(1), reason: "deleted" }] })))).toEqual([
      "CancelRequested",
      "TaskCancelled",
    ]);
    expect(it.state.occupied.size).toBe(1);
    it.tell(say(1, 1, report("cancelled")));
    expect(it.state.occupied.size).toBe(0);
    it.tell(observe({ gone: [{ id: taskId(1), reason: "deleted" }] }));
    expect([it.status(1), it.status(2)]).toEqual([null, "blocked"]);
  });
});
