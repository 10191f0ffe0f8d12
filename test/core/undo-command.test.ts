/** `/orchestrate undo`: one step back, said whose it was, and refused with a way out where there is none. */
import { describe, expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { Event } from "../../src/model/event.ts";
import type { SlashCommand } from "../../src/model/slash.ts";
import type { Task } from "../../src/model/task.ts";
import { blocker, configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const mona: Actor = { ...writer, login: "mona" };
const tilda: Actor = { ...writer, login: "tilda", permission: "triage" };

/** #1 is ready, #2 waits for it. */
function given(config: Record<string, unknown> = {}): Story {
  const it = story(configOf(config));
  it.tell(observe({ issues: [issue(1), { ...issue(2), blockedBy: [blocker(1)] }] }));
  return it;
}

function undo(it: Story, number = 1, by: Actor = mona): readonly Event[] {
  return it.tell(instruct(number, { verb: "undo" }, by));
}

function answerOf(events: readonly Event[]): string {
  const answered = events.at(-1);
  return answered?.type === "CommandAnswered" ? `${answered.reaction} ${answered.answer}` : "";
}

/** What a command may change of a task. */
function settingsOf(it: Story, number = 1): unknown {
  const { isHeld, priorityOverride, estimateOverride, assignTo, blockedBy, unblocked, outcome, receipt }: Task = taskAt(
    it,
    number,
  );
  const { isPaused, mode } = it.state;
  const disabled = [...it.state.disabledWorkers.keys()];
  return {
    isHeld,
    priorityOverride,
    estimateOverride,
    assignTo,
    blockedBy,
    unblocked,
    outcome,
    receipt,
    isPaused,
    mode,
    disabled,
  };
}

describe("the last command is taken back, and whose it was is said", () => {
  test("a hold: the events, and the answer", () => {
    const it = given();
    it.tell(instruct(1, { verb: "hold" }));
    expect(undo(it)).toEqual([
      { type: "TaskResumed", task: taskId(1), by: "mona" },
      {
        type: "CommandAnswered",
        task: taskId(1),
        comment: "IC_1",
        reaction: "+1",
        answer: "`hold` by `wanda` is taken back.",
        kept: {
          of: taskId(1),
          on: taskId(1),
          verb: "hold",
          by: "wanda",
          before: { what: "hold", was: false },
          undoneBy: "mona",
        },
      },
    ]);
    expect(it.status(1)).toBe("ready");
  });

  const commands: readonly (readonly [string, SlashCommand])[] = [
    ["priority", { verb: "priority", priority: 1 }],
    ["estimate", { verb: "estimate", minutes: 5 }],
    ["assign to an agent", { verb: "assign", target: "jules" }],
    ["assign to a worker", { verb: "assign", target: "jules/2" }],
    ["handoff of a task that nobody is at", { verb: "handoff", target: "jules" }],
    ["cancel", { verb: "cancel" }],
    ["fail", { verb: "fail", reason: "no" }],
    ["complete", { verb: "complete" }],
    ["pause", { verb: "pause" }],
    ["mode", { verb: "mode", mode: "critical" }],
    ["attack", { verb: "attack", to: "on" }],
    ["disable", { verb: "disable", worker: "jules" }],
  ];
  test.each(commands)("%s", (_name, command) => {
    const it = given();
    const before = settingsOf(it);
    it.tell(instruct(1, command));
    expect(settingsOf(it)).not.toEqual(before);
    expect(answerOf(undo(it))).toMatch(new RegExp(`^\\+1 \`${command.verb}\` by \`wanda\` is taken back\\.`));
    expect(settingsOf(it)).toEqual(before);
    expect(it.status(1)).toBe("ready");
    expect(it.status(2)).toBe("blocked");
  });

  test("to what a command before it had set", () => {
    const it = given();
    it.tell(instruct(1, { verb: "priority", priority: 2 }));
    it.tell(instruct(1, { verb: "priority", priority: 4 }));
    undo(it);
    expect(taskAt(it, 1).priorityOverride).toBe(2);
  });

  test("a resume, of the task that it named, on the issue of that task", () => {
    const it = given();
    it.tell(instruct(1, { verb: "hold" }));
    it.tell(instruct(2, { verb: "resume", number: 1 }));
    undo(it);
    expect(taskAt(it, 1).isHeld).toBe(true);
  });

  test("a resume of everything, an attack that was switched off, and an enable", () => {
    const it = given({ mode: "attack" });
    it.tell(instruct(1, { verb: "pause" }));
    it.tell(instruct(1, { verb: "resume", number: null }));
    undo(it);
    expect(it.state.isPaused).toBe(true);
    it.tell(instruct(1, { verb: "attack", to: "off" }));
    undo(it);
    expect(it.state.mode).toBeNull();
    it.tell(instruct(1, { verb: "disable", worker: "jules/2" }));
    it.tell(instruct(1, { verb: "enable", worker: "jules" }));
    undo(it);
    expect([...it.state.disabledWorkers.keys()]).toEqual(["jules/2"]);
  });

  test("blocked-by: what it had waited for before stays, in the way it did", () => {
    const it = given();
    const reference = { id: taskId(3), reference: "#3", url: null };
    it.tell(observe({ issues: [issue(3)] }));
    const before = settingsOf(it);
    it.tell({ ...instruct(1, { verb: "blocked-by", number: 3, repository: null }), reference } as never);
    expect(it.status(1)).toBe("blocked");
    undo(it);
    expect(settingsOf(it)).toEqual(before);
    const soft = { ...issue(4), blockedBy: [blocker(3, { kind: "soft" })] };
    it.tell(observe({ issues: [soft] }));
    it.tell({ ...instruct(4, { verb: "blocked-by", number: 3, repository: null }), reference } as never);
    undo(it, 4);
    expect(taskAt(it, 4).blockedBy).toEqual([{ on: taskId(3), kind: "soft", source: "native" }]);
  });

  test("unblock: it waits again, and the failure of what it waits for reaches it again", () => {
    const it = given();
    const reference = { id: taskId(1), reference: "#1", url: null };
    it.tell({ ...instruct(2, { verb: "unblock", number: 1, repository: null }), reference } as never);
    expect(it.status(2)).toBe("ready");
    it.tell(instruct(1, { verb: "fail", reason: "no" }));
    expect(undo(it, 2)).toMatchObject([
      { type: "DependencyRestored", task: taskId(2), on: taskId(1), by: "mona" },
      { type: "UpstreamFailed", task: taskId(2) },
      { type: "CommandAnswered" },
    ]);
    expect(it.status(2)).toBe("upstream_failed");
  });

  test("an approval before anybody has begun: it waits for one again", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1, { selectedBy: { actor: stranger, at: 1 } })] }));
    it.tell(instruct(1, { verb: "approve" }));
    expect(it.status(1)).toBe("ready");
    undo(it);
    expect(it.status(1)).toBe("pending");
    expect(taskAt(it, 1).pendingReason).toBe("mona took the approval by wanda back.");
  });

  test("an assignment that was an approval as well", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1, { selectedBy: { actor: stranger, at: 1 } })] }));
    it.tell(instruct(1, { verb: "assign", target: "jules" }));
    undo(it);
    expect(taskAt(it, 1)).toMatchObject({
      assignTo: null,
      pendingReason: expect.stringContaining("took back") as string,
    });
  });

  test("a failure: those who had failed with it come back, and a session that is being ended is said to be", () => {
    const it = given();
    it.tell(schedule());
    it.tell(instruct(1, { verb: "fail", reason: "no" }));
    expect(it.status(2)).toBe("upstream_failed");
    expect(answerOf(undo(it))).toContain("Its session is being ended already, and that is not taken back");
    expect(it.status(2)).toBe("blocked");
    it.tell(say(1, 1, report("cancelled")));
    it.now += 60_000;
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });
});

describe("a receipt that a command gave is taken back", () => {
  function completed(): Story {
    const it = given();
    it.tell(instruct(1, { verb: "complete" }));
    return it;
  }

  const app: Actor = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" };

  test("those who were ready because of it wait again", () => {
    const it = completed();
    expect(it.status(2)).toBe("ready");
    undo(it);
    expect([it.status(1), it.status(2)]).toEqual(["ready", "blocked"]);
  });

  test("the issue that was closed for it is opened again, also where its closing is seen only now", () => {
    const it = completed();
    undo(it);
    const closed = issue(1, { state: "closed", stateReason: "completed", closedBy: app, updatedAt: 2 });
    expect(types(it.tell(observe({ issues: [closed] })))).toEqual(["TaskRevised"]);
    expect(it.status(1)).toBe("ready");
    const pending = [...it.state.outbox.entries()].filter(([, { effect }]) => effect.type === "UpdateIssue");
    expect(pending).not.toEqual([]);
    it.tell(observe({ issues: [issue(1, { updatedAt: 3 })] }));
    expect(taskAt(it, 1).isReopening).toBe(false);
  });

  test("a person who closes it meanwhile has the last word", () => {
    const it = completed();
    undo(it);
    it.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 2 })] }),
    );
    expect(it.status(1)).toBe("completed");
  });

  test("not where something that waited for it has been completed since", () => {
    const it = completed();
    it.now += 1_000;
    it.tell(instruct(2, { verb: "complete" }));
    expect(answerOf(undo(it))).toMatch(
      /^-1 `complete` by `wanda` cannot be taken back: #2, which waited for it, was completed since\. Reopen the issue/,
    );
    expect(it.status(1)).toBe("completed");
  });
});

describe("what cannot be taken back is refused with what to do instead", () => {
  function expectRefused(it: Story, words: RegExp, number = 1): void {
    const before = toSnapshot(it.state)
      .filter((line) => line.includes('"task":{"id"'))
      .map((line) => line.replace(/"answer":.*$/, ""));
    const events = undo(it, number);
    expect(types(events)).toEqual(["CommandAnswered"]);
    expect(answerOf(events)).toMatch(words);
    expect(
      toSnapshot(it.state)
        .filter((line) => line.includes('"task":{"id"'))
        .map((line) => line.replace(/"answer":.*$/, "")),
    ).toEqual(before);
  }

  test("nothing was said here", () => {
    expectRefused(given(), /^-1 There is no command that changed this task and can be taken back\.$/);
  });

  test("what was said about everything elsewhere is named, with where", () => {
    const it = given();
    it.tell(instruct(2, { verb: "pause" }));
    expectRefused(it, /The last one about everything, `pause` by `wanda`, was given on #2: take it back there\.$/);
    undo(it, 2);
    expect(it.state.isPaused).toBe(false);
  });

  test("an undo: one step is all there is, for as long as nobody says something new", () => {
    const it = given();
    it.tell(instruct(1, { verb: "hold" }));
    undo(it);
    expectRefused(it, /^-1 `hold` by `wanda` was taken back by `mona` already, and one step is all that is kept\./);
    it.tell(instruct(1, { verb: "hold" }));
    expect(answerOf(undo(it))).toMatch(/^\+1 /);
  });

  test("an assignment, and an approval, once somebody is at it", () => {
    const it = given();
    it.tell(instruct(1, { verb: "assign", target: "jules" }));
    it.tell(schedule());
    expectRefused(
      it,
      /^-1 `assign` by `wanda` cannot be taken back: `jules\/1` is at the task\. `\/orchestrate handoff`/,
    );
    const other = story();
    other.tell(observe({ issues: [issue(1, { selectedBy: { actor: stranger, at: 1 } })] }));
    other.tell(instruct(1, { verb: "approve" }));
    other.tell(schedule());
    expectRefused(other, /^-1 `approve` by `wanda` cannot be taken back: `jules\/1` is at the task/);
    other.tell(say(1, 1, report("failed")));
    expectRefused(other, /work on the task has begun\. `\/orchestrate hold`/);
  });

  test.each([
    [{ verb: "retry" }, /`retry` by `wanda` cannot be taken back\. `\/orchestrate hold` keeps/],
    [{ verb: "stop" }, /`stop` by `wanda` cannot be taken back\. The sessions were cancelled; `\/orchestrate resume`/],
    [
      { verb: "handoff", target: "jules/2" },
      /`handoff` by `wanda` cannot be taken back\. `\/orchestrate handoff` with the agent/,
    ],
  ] as const)("%j", (command, words) => {
    const it = given();
    it.tell(schedule());
    if (command.verb === "retry") {
      it.tell(instruct(1, { verb: "fail", reason: "no" }));
      it.tell(say(1, 1, report("cancelled")));
    }
    it.tell(instruct(1, command));
    expectRefused(it, words);
  });

  test("what something newer has changed again: the mode through another door, and a hold that the task ended after", () => {
    const it = given();
    it.tell(instruct(1, { verb: "mode", mode: "effort" }));
    it.tell({ type: "SwitchMode", mode: "blocker", by: "http:token" });
    expectRefused(it, /^-1 `mode` by `wanda` cannot be taken back: it was changed again since/);
    const cancelled = given();
    cancelled.tell(instruct(1, { verb: "cancel" }));
    cancelled.tell(
      observe({ issues: [issue(1, { state: "closed", stateReason: "not_planned", closedBy: writer, updatedAt: 2 })] }),
    );
    expectRefused(cancelled, /the issue was closed since\. Reopen it/);
  });

  test("anything that was said before the task was merged", () => {
    const it = given();
    it.tell(instruct(1, { verb: "hold" }));
    it.tell(instruct(1, { verb: "resume", number: 1 }));
    it.tell(schedule());
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    it.tell(observe({ pulls: [pull(9, { state: "merged", mergedBy: writer, mergedAt: 5, updatedAt: 2 })] }));
    expect(it.status(1)).toBe("completed");
    expectRefused(it, /^-1 There is no command that changed this task/);
    expect(it.state.lastCommands.size).toBe(0);
  });

  test("a command that changed nothing is none: the one before it is taken back", () => {
    const it = given();
    it.tell(instruct(1, { verb: "priority", priority: 1 }));
    it.tell(instruct(1, { verb: "resume", number: 1 }));
    it.tell(instruct(1, { verb: "assign", target: "devin" }));
    undo(it);
    expect(taskAt(it, 1).priorityOverride).toBeNull();
  });
});

describe("which one is the last", () => {
  test("of the one about this task and the one about everything that was given here, the newer", () => {
    const it = given();
    it.tell(instruct(1, { verb: "hold" }));
    it.tell(instruct(1, { verb: "pause" }));
    undo(it);
    expect([it.state.isPaused, taskAt(it, 1).isHeld]).toEqual([false, true]);
  });

  test("one about everything that was given elsewhere is no matter of this issue", () => {
    const it = given();
    it.tell(instruct(1, { verb: "hold" }));
    it.tell(instruct(2, { verb: "pause" }));
    undo(it);
    expect([it.state.isPaused, taskAt(it, 1).isHeld]).toEqual([true, false]);
  });

  test("on an issue that is no task, one about everything", () => {
    const it = given();
    it.tell({ ...instruct(9, { verb: "pause" }), issue: 9 } as never);
    it.tell({ ...instruct(9, { verb: "undo" }), issue: 9 } as never);
    expect(it.state.isPaused).toBe(false);
  });
});

test("needs write, also where triage may start work", () => {
  const it = given({ trust: "triage" });
  it.tell(instruct(1, { verb: "hold" }));
  for (const by of [stranger, tilda]) expect(answerOf(undo(it, 1, by))).toMatch(/^-1 .*needs write permission/);
  expect(taskAt(it, 1).isHeld).toBe(true);
});

test("a process that begins from a snapshot knows the last command, and an older snapshot has none", () => {
  const it = given();
  it.tell(instruct(1, { verb: "estimate", minutes: 5 }));
  it.tell(instruct(2, { verb: "pause" }));
  const lines = toSnapshot(it.state);
  expect(toSnapshot(fromSnapshot(lines))).toEqual(lines);
  const older = fromSnapshot(lines.filter((line) => !line.includes('"lastCommands"')));
  expect(older.lastCommands.size).toBe(0);
  it.tell({
    type: "Observe",
    observation: {
      isComplete: false,
      issues: [],
      pulls: [],
      gone: [{ id: taskId(1), reason: "deleted" }],
      unreadable: [],
    },
  } as never);
  expect([...it.state.lastCommands.keys()]).toEqual(["*"]);
});
