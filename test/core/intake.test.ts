/** Room: what is let in, what is refused and told, and how it comes in later. */
import { describe, expect, test } from "vitest";
import { runPass } from "../../src/engine/pass.ts";
import type { Actor } from "../../src/model/actor.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { SlashCommand } from "../../src/model/slash.ts";
import { blocker, configOf, issue, observation, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, story, types, type Story } from "../support/given.ts";

function roomFor(queue: number): Story {
  return story(configOf({ limits: { queue } }));
}

function tracked(it: Story): readonly number[] {
  return [...it.state.tasks.entries()].map(([, task]) => task.definition.number);
}

describe("a queue that is full", () => {
  test("takes in the oldest issues and refuses the others", () => {
    const it = roomFor(2);
    it.tell(observe({ issues: [issue(3), issue(1), issue(2), issue(4)] }));
    expect(tracked(it)).toEqual([1, 2]);
    expect(it.tell(observe({ issues: [issue(1), issue(2), issue(3), issue(4)] }))).toEqual([]);
  });

  test("says once how many were left outside, what to do, and when it is over", () => {
    const it = roomFor(1);
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    expect(it.tell(observe({ outside: 2 }))).toEqual([
      {
        type: "WarningRaised",
        warning: {
          code: "queue_full",
          subject: "all",
          detail: "The queue is full at its limit of 1 (limits.queue): 2 selected issues were not taken in.",
          suggestion: expect.stringContaining("raise `limits.queue`"),
          severity: "warning",
        },
      },
    ]);
    expect(it.tell(observe({ outside: 3 }))).toEqual([]);
    expect(it.tell(observe({ outside: 0 }))).toEqual([{ type: "WarningCleared", code: "queue_full", subject: "all" }]);
    expect(it.tell(observe({ outside: 0 }))).toEqual([]);
  });

  test("lets the next one in when a task has ended, and drops none that is in", () => {
    const it = roomFor(1);
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    it.tell(instruct(1, { verb: "complete" }));
    it.tell(observe({ issues: [issue(2)] }));
    expect([tracked(it), it.status(2)]).toEqual([[1, 2], "ready"]);
    it.config = configOf({ limits: { queue: 1 } });
    it.tell(observe({ issues: [issue(1, { updatedAt: 2, reopenedBy: writer }), issue(2)] }));
    expect(tracked(it)).toEqual([1, 2]);
  });

  test("knows a refused blocker as an open issue that is no task, and as a task once it is one", () => {
    const it = roomFor(1);
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2)] }), issue(2)] }));
    expect(it.state.externals.get(taskId(2))?.state).toBe("open");
    expect(it.status(1)).toBe("blocked");
    it.config = configOf({ limits: { queue: 2 } });
    it.tell(observe({ issues: [issue(2)] }));
    expect([it.state.externals.has(taskId(2)), it.status(2)]).toEqual([false, "ready"]);
  });

  test("answers whoever asks on a refused issue, on that issue", () => {
    const it = roomFor(1);
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    const command = { ...instruct(2, { verb: "hold" }), issue: 2, isOutside: true } as Parameters<typeof it.tell>[0];
    expect(it.tell(command)).toMatchObject([
      {
        type: "CommandAnswered",
        task: null,
        issue: 2,
        reaction: "-1",
        answer: expect.stringContaining("The queue is full at its limit of 1"),
      },
    ]);
    expect([...it.state.outbox.entries()].map(([, { effect }]) => effect)).toMatchObject([
      { type: "AcknowledgeComment", answer: { issue: 2, text: expect.stringContaining("taken in by itself") } },
    ]);
  });

  test("says so to whoever selects an issue by asking for it", () => {
    const it = roomFor(1);
    it.tell(observe({ issues: [issue(1)] }));
    expect(answersTo(it, { verb: "approve" })).toEqual([
      [9, expect.stringContaining("The queue is full at its limit of 1")],
    ]);
    expect(answersTo(it, { verb: "hold" })).toEqual([[9, expect.stringContaining("This issue is not a task.")]]);
  });
});

/** The answers that are written on #9, which is no task, and the issues that they are written on. */
function answersTo(
  it: Story,
  instruction: SlashCommand | null,
  { by = writer, ...more }: { readonly by?: Actor; readonly problem?: string; readonly answer?: string } = {},
): readonly unknown[] {
  const before = new Set(it.state.outbox.keys());
  const command = { type: "Instruct", task: taskId(9), comment: `IC_${before.size}`, problem: null, ...more } as const;
  it.tell({ ...command, instruction, by, issue: 9, isOutside: false });
  const recorded = [...it.state.outbox.entries()].filter(([id]) => !before.has(id));
  return recorded.flatMap(([, { effect }]) => {
    const said = effect.type === "AcknowledgeComment" ? effect.answer : undefined;
    return said === undefined ? [] : [[said.issue, said.text]];
  });
}

describe("a command on an issue that is no task", () => {
  const triager: Actor = { ...writer, login: "tom", id: 3, permission: "triage" };

  test("is answered once, with what makes a task of it in this repository", () => {
    const it = story(configOf({ select: { labels: ["agents", "bots"] }, trust: "triage" }));
    expect(answersTo(it, { verb: "hold" })).toEqual([
      [
        9,
        "This issue is not a task. An open issue becomes one when somebody with triage permission puts the label `agents` or `bots` on it, or writes `/orchestrate approve`; `select.labels` in `.github/orchestrate.yml` says which labels count.",
      ],
    ]);
    expect(answersTo(it, { verb: "cancel" })).toHaveLength(1);
  });

  test("that only asks is answered there, and so are a mistake in it and a permission that is missing", () => {
    const it = story();
    expect(answersTo(it, { verb: "help" }, { answer: "The commands" })).toEqual([[9, "The commands"]]);
    expect(answersTo(it, null, { problem: "There is no command `halp`." })).toEqual([
      [9, "There is no command `halp`."],
    ]);
    expect(answersTo(it, { verb: "pause" }, { by: triager })).toEqual([
      [9, expect.stringContaining("needs write permission")],
    ]);
  });

  test("that has nothing to say is acknowledged by its reaction alone", () => {
    expect(answersTo(story(), { verb: "pause" })).toEqual([]);
  });

  test("of a stranger is acknowledged by a reaction and nothing is written, whatever it asks", () => {
    const it = story();
    const readers = [stranger, { ...stranger, permission: "none" as const }];
    for (const by of readers) {
      expect(answersTo(it, { verb: "hold" }, { by })).toEqual([]);
      expect(answersTo(it, { verb: "help" }, { by, answer: "The commands" })).toEqual([]);
      expect(answersTo(it, null, { by, problem: "There is no command `halp`." })).toEqual([]);
    }
    expect([...it.state.outbox.entries()].map(([, { effect }]) => effect.type)).toContain("AcknowledgeComment");
  });
});

describe("a process over its bound of memory", () => {
  const look = {
    type: "Observe",
    id: toCommandId("~look"),
    observation: observation({ issues: [issue(1), issue(2)] }),
  } as const;

  test("takes nothing in and says which bound it is", () => {
    const it = roomFor(10);
    const told = { ...look, observation: observation({ issues: [issue(1), issue(2)], outside: 2 }) };
    const { entries, state } = runPass(it.state, [told], { now: 1, config: it.config, isMemoryFull: true });
    expect(state.tasks.size).toBe(0);
    expect(entries.flatMap((entry) => entry.events)).toMatchObject([
      { warning: { code: "memory", severity: "critical", detail: expect.stringContaining("512 MB (limits.memory)") } },
    ]);
  });

  test("goes on with what is in", () => {
    const it = roomFor(10);
    it.tell(observe({ issues: [issue(1)] }));
    const revised = { ...look, observation: observation({ issues: [issue(1, { title: "Other", updatedAt: 2 })] }) };
    const { entries } = runPass(it.state, [revised], { now: 1, config: it.config, isMemoryFull: true });
    expect(types(entries.flatMap((entry) => entry.events))).toEqual(["TaskRevised"]);
  });

  test("and a full queue: the one that holds now is told, and the other has passed", () => {
    const it = roomFor(1);
    it.tell(observe({ issues: [issue(1), issue(2)], outside: 1 }));
    const told = { ...look, observation: observation({ outside: 1 }) };
    it.config = configOf({ limits: { queue: 5 } });
    const { entries } = runPass(it.state, [told], { now: 1, config: it.config, isMemoryFull: true });
    expect(entries.flatMap((entry) => entry.events)).toMatchObject([
      { type: "WarningCleared", code: "queue_full" },
      { type: "WarningRaised", warning: { code: "memory", detail: expect.stringContaining("1 selected issue was") } },
    ]);
  });
});
