/** The cockpit in the core: what its boxes decide, when it is to be written, and what is remembered of it. */
import { describe, expect, test } from "vitest";
import { evolveEntry } from "../../src/core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Actor } from "../../src/model/actor.ts";
import { commandOf, parseBoxKey } from "../../src/model/box.ts";
import type { CockpitWritten } from "../../src/model/cockpit.ts";
import type { Event } from "../../src/model/event.ts";
import { toCommandId, type TaskId } from "../../src/model/ids.ts";
import { configOf, issue, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;

function given(config: Record<string, unknown> = {}): Story {
  const it = story(configOf(config));
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  return it;
}

function happened(it: Story, event: Event): void {
  evolveEntry(it.state, { id: toCommandId("~other"), command: "Other", at: it.now, events: [event], effects: [] });
}

function written(it: Story, more: Partial<CockpitWritten> = {}): void {
  const cockpit = { issue: 900, node: "I_900", url: "u", digest: "d1", end: null, at: it.now, ...more };
  for (const [id] of it.state.outbox.entries()) {
    if (it.state.outbox.get(id)?.effect.type === "UpdateCockpit") {
      return happened(it, { type: "EffectSettled", effect: id, cockpit });
    }
  }
  happened(it, { type: "EffectSettled", effect: "e0" as never, cockpit });
}

interface Ticked {
  readonly by?: Actor;
  readonly at?: number;
}

function tick(it: Story, key: string, { by = writer, at: tickedAt = it.now }: Ticked = {}): readonly Event[] {
  const box = parseBoxKey(key);
  if (box === null) throw new Error(`${key} is no box.`);
  const task = "number" in box ? taskId(box.number) : ("cockpit" as TaskId);
  const hash = "hash" in box ? { hash: box.hash } : {};
  return it.tell(
    {
      type: "Instruct",
      by,
      task,
      comment: "",
      instruction: commandOf(box),
      problem: null,
      box: { key, tickedAt, ...hash },
    },
    `cockpit:900:${tickedAt}:${key}`,
  );
}

function waits(it: Story): readonly number[] {
  return [...it.state.outbox.entries()].flatMap(([, { effect, notBefore }]) =>
    effect.type === "UpdateCockpit" ? [notBefore - it.now] : [],
  );
}

describe("a ticked box", () => {
  test("does what its command does, once, and is answered in the cockpit and nowhere else", () => {
    const it = given();
    written(it);
    const ticked = { box: "mode:critical", by: "wanda", tickedAt: it.now, isDone: true, answer: null };
    expect(tick(it, "mode:critical")).toEqual([
      { type: "ModeChanged", mode: "critical", by: "wanda" },
      {
        type: "BoxTicked",
        ...ticked,
        kept: expect.objectContaining({ of: null, verb: "mode", by: "wanda" }) as unknown,
      },
    ]);
    expect(tick(it, "mode:critical")).toEqual([]);
    expect(it.state.cockpit?.said).toEqual([
      { box: "mode:critical", by: "wanda", at: it.now, isDone: true, answer: null },
    ]);
    expect(it.entries.flatMap(({ effects }) => effects).map(({ effect }) => effect.type)).toEqual(["UpdateCockpit"]);
    expect(waits(it)).toEqual([2_000]);
  });

  test("of somebody who may not does nothing, and says why without a name that would be pinged", () => {
    const it = given();
    written(it);
    expect(tick(it, "stop", { by: stranger })).toEqual([
      {
        type: "BoxTicked",
        box: "stop",
        by: "sam",
        tickedAt: it.now,
        isDone: false,
        answer:
          "`/orchestrate stop` needs write permission on this repository; you have read. Ask somebody who has it.",
      },
    ]);
  });

  test("approves the text that was there when it was written, and no other", () => {
    const it = given();
    written(it);
    it.tell(observe({ issues: [issue(1, { hash: "aaaa" })] }));
    const edited = { hash: "bbbb", editedBy: stranger, editedAt: 5, updatedAt: 2 };
    it.tell(observe({ issues: [issue(1, edited)] }));
    expect(tick(it, "approve:1:aaaa")).toMatchObject([{ type: "BoxTicked", isDone: false }]);
    expect(it.status(1)).toBe("pending");
    expect(types(tick(it, "approve:1:bbbb"))).toEqual(["TaskTrusted", "BoxTicked"]);
    expect(it.status(1)).toBe("ready");
  });

  test("puts a proposed split in force, and one that was offered before the proposal does not", () => {
    const it = given();
    written(it);
    it.tell(observe({ issues: [issue(1, { hash: "aaaa" })] }));
    expect(tick(it, "split:1:aaaa")).toMatchObject([{ answer: "The split is not proposed any more." }]);
    const text = { body: "- [ ] One\n- [ ] Two", hash: "aaaa", milestone: null };
    it.tell({ ...instruct(1, { verb: "split" }), text } as Parameters<Story["tell"]>[0]);
    const offered = { at: it.now + 1 };
    expect(tick(it, "approve:1:aaaa", offered)).toMatchObject([
      { isDone: false, answer: expect.stringMatching(/was proposed since this box was offered/) },
    ]);
    expect(types(tick(it, "split:1:bbbb", offered))).toEqual(["BoxTicked"]);
    expect(types(tick(it, "split:1:aaaa", offered))).toEqual(["SplitApproved", "BoxTicked"]);
  });

  test("about an issue that is no task is refused", () => {
    const it = given();
    written(it);
    expect(tick(it, "retry:77")).toMatchObject([{ type: "BoxTicked", isDone: false }]);
  });

  test("that attack mode needs more than triage for is refused to whoever has no more", () => {
    const it = given({ trust: "triage" });
    written(it);
    const triage: Actor = { ...stranger, permission: "triage" };
    expect(tick(it, "attack:on", { by: triage })).toMatchObject([{ type: "BoxTicked", isDone: false }]);
    expect(types(tick(it, "pause", { by: triage }))).toEqual(["OrchestrationPaused", "BoxTicked"]);
  });
});

describe("the emergency stop", () => {
  function stopped(): Story {
    const it = given({ retry: { maxAttempts: 1 } });
    it.tell(observe({ issues: [issue(1), issue(2), issue(3)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    return it;
  }

  test("pauses, and asks every session to end", () => {
    const it = stopped();
    expect(it.tell(instruct(1, { verb: "stop" }))).toEqual([
      { type: "OrchestrationPaused", by: "wanda" },
      { type: "CancelRequested", task: taskId(1), fence: 1, reason: "stopped", by: "wanda" },
      { type: "CancelRequested", task: taskId(2), fence: 2, reason: "stopped", by: "wanda" },
      expect.objectContaining({ type: "CommandAnswered", reaction: "+1" }),
    ]);
    expect(types(it.tell(instruct(1, { verb: "stop" })))).toEqual(["CommandAnswered"]);
  });

  test("uses up no attempt, and everything goes on when somebody resumes", () => {
    const it = stopped();
    it.tell(instruct(1, { verb: "stop" }));
    expect(types(it.tell(say(1, 1, report("cancelled", { branch: "orchestrate/1-begun" }))))).toEqual([
      "SessionEnded",
      "RetryScheduled",
    ]);
    it.tell(say(2, 2, report("cancelled", { session: null })));
    expect(it.tell(schedule())).toEqual([]);
    expect(taskAt(it, 1)).toMatchObject({ failuresInRow: 0, attempts: [{ attempt: 1, result: "stopped" }] });
    it.tell(instruct(1, { verb: "resume", number: null }));
    it.tell(schedule());
    expect(taskAt(it, 1).assignment).toMatchObject({ attempt: 1, continues: { branch: "orchestrate/1-begun" } });
    expect(it.state.occupied.size).toBe(2);
  });

  test("does not lose what a session has brought to its end before it could be stopped", () => {
    const it = stopped();
    it.tell(instruct(1, { verb: "stop" }));
    expect(it.tell(say(1, 1, report("succeeded")))).toMatchObject([{ type: "SessionEnded", result: "success" }]);
  });
});

describe("the cockpit is to be written", () => {
  test("first once something may be worked on, and not for what is only selected", () => {
    const it = given();
    it.tell(observe({ issues: [issue(1, { selectedBy: { actor: stranger, at: 1 } })] }));
    expect(waits(it)).toEqual([]);
    it.tell(observe({ issues: [issue(2)] }));
    expect(waits(it)).toEqual([20_000]);
  });

  test("for a configuration that is refused, also where there was never a good one", () => {
    const it = story();
    it.tell({ type: "Configure", sha: "sha-1", config: null, problems: ["line 1: no"] });
    expect(waits(it)).toEqual([20_000]);
  });

  test("at most once a minute for what only goes on, and at once for what somebody did to it", () => {
    const it = given();
    it.tell(observe({ issues: [issue(1)] }));
    written(it);
    it.now += 10_000;
    it.tell(schedule());
    expect(waits(it)).toEqual([60_000]);
    tick(it, "mode:critical");
    expect(waits(it)).toEqual([2_000]);
  });

  test("never where the configuration says so, and never again where a person has closed it", () => {
    const off = given({ cockpit: false });
    off.tell(observe({ issues: [issue(1)] }));
    off.tell(schedule());
    expect(waits(off)).toEqual([]);
    const closed = given();
    written(closed);
    const facts = { issue: 900, state: "closed", touched: null } as const;
    expect(closed.tell({ type: "ObserveCockpit", cockpit: facts })).toEqual([{ type: "CockpitEnded", end: "closed" }]);
    written(closed, { end: "closed", at: closed.now + 1 });
    closed.tell(observe({ issues: [issue(1)] }));
    closed.tell(schedule());
    expect(waits(closed)).toEqual([]);
    expect(closed.tell({ type: "ObserveCockpit", cockpit: { ...facts, state: "open" } })).toEqual([
      { type: "CockpitReopened" },
    ]);
    expect(waits(closed)).toEqual([2_000]);
  });

  test("once more where it was changed by hand while it was being written", () => {
    const it = given();
    written(it);
    it.now += minute;
    const touched = { by: "sam", at: 7 };
    const look = { type: "ObserveCockpit", cockpit: { issue: 900, state: "open", touched } } as const;
    expect(it.tell(look)).toEqual([{ type: "CockpitEdited", by: "sam", editedAt: 7 }]);
    expect(it.tell(look)).toEqual([]);
    written(it, { digest: "d2", at: it.now - 1 });
    expect(it.state.cockpit?.digest).toBeNull();
    written(it, { digest: "d3", at: it.now + 1 });
    expect(it.state.cockpit?.digest).toBe("d3");
  });

  test("anew after it was gone, when the configuration switches it off and on", () => {
    const it = given();
    it.tell(observe({ issues: [issue(1)] }));
    written(it);
    it.tell({ type: "ObserveCockpit", cockpit: { issue: 900, state: "gone", touched: null } });
    for (const [sha, cockpit] of [
      ["sha-2", false],
      ["sha-3", true],
    ] as const) {
      it.tell({ type: "Configure", sha, config: configOf({ cockpit }), problems: [] });
    }
    expect(it.state.cockpit).toBeNull();
    expect(waits(it)).toEqual([20_000]);
  });
});

describe("what is remembered", () => {
  test("is the same after a snapshot, and nothing in one of an older version", () => {
    const it = given();
    written(it);
    tick(it, "pause");
    const lines = toSnapshot(it.state);
    expect(fromSnapshot(lines).cockpit).toEqual(it.state.cockpit);
    const older = lines.map((line) => {
      const { whole, ...rest } = JSON.parse(line) as { readonly whole?: Record<string, unknown> };
      if (whole !== undefined) delete whole["cockpit"];
      return JSON.stringify(whole === undefined ? rest : { whole });
    });
    expect(older).not.toEqual(lines);
    expect(fromSnapshot(older).cockpit).toBeNull();
  });

  test("of ticks is the last six", () => {
    const it = given();
    written(it);
    for (let at = 1; at <= 9; at += 1) tick(it, at % 2 === 0 ? "resume" : "pause", { at });
    expect(it.state.cockpit?.said).toHaveLength(6);
    expect(it.state.cockpit?.said[0]?.box).toBe("pause");
  });

  test("the cockpit is never a task, whatever label it carries", () => {
    const it = given();
    written(it);
    expect(it.tell(observe({ issues: [issue(900, { node: "I_900" })] }))).toEqual([]);
  });
});
