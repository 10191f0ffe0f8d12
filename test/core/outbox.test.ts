import { describe, expect, test } from "vitest";
import { dueEffects, nextEffectAt } from "../../src/core/decide-effects.ts";
import type { EffectOutcome } from "../../src/model/command.ts";
import type { RecordedEffect } from "../../src/model/effect.ts";
import type { EffectId } from "../../src/model/ids.ts";
import { issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const minute = 60_000;

/** One task, assigned: its start (`e1`, due now) and its surface (`e2`, due in a minute) are in the outbox. */
function assigned(): Story {
  const it = story();
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  return it;
}

function lease(it: Story, owner: string, limit = 100): readonly EffectId[] {
  const events = it.tell({ type: "LeaseEffects", owner, until: it.now + 3 * minute, limit });
  return events.flatMap((event) => (event.type === "EffectsLeased" ? event.effects : []));
}

function settle(it: Story, ...settled: readonly (readonly [string, EffectOutcome])[]): readonly string[] {
  const named = settled.map(([effect, outcome]) => ({ effect: effect as EffectId, outcome }));
  return types(it.tell({ type: "SettleEffects", settled: named }));
}

function waiting(it: Story): readonly RecordedEffect[] {
  return [...it.state.outbox.entries()].map(([, recorded]) => recorded);
}

function waitingTypes(it: Story): readonly string[] {
  return waiting(it).map((recorded) => `${recorded.id} ${recorded.effect.type}`);
}

describe("a lease", () => {
  test("is the owner's alone: nobody else gets the effect while it lasts", () => {
    const it = assigned();
    expect(lease(it, "one")).toEqual(["e1", "e2"]);
    expect(lease(it, "two")).toEqual([]);
    expect(waiting(it).map((recorded) => recorded.lease?.owner)).toEqual(["one", "one"]);
  });

  test("that has expired is taken over, and the new owner sees that an earlier try may have landed", () => {
    const it = assigned();
    lease(it, "one");
    it.now += 5 * minute;
    expect(lease(it, "two")).toEqual(["e1"]);
    expect(it.state.outbox.get("e1" as EffectId)).toEqual(
      expect.objectContaining({ attempts: 2, lease: expect.objectContaining({ owner: "two" }) }),
    );
  });

  test("on what only shows the state lasts longer, because nobody is harmed when it comes late", () => {
    const it = assigned();
    lease(it, "one");
    it.now += 11 * minute;
    expect(lease(it, "two")).toEqual(["e1"]);
    it.now += 2 * minute;
    expect(lease(it, "three")).toEqual(["e2"]);
  });

  test("reaches a minute ahead, so that what is due soon needs no commit of its own", () => {
    const it = assigned();
    expect(dueEffects(it.state, it.now, 10)).toEqual(["e1", "e2"]);
    expect(dueEffects(it.state, it.now - 1, 10)).toEqual(["e1"]);
  });

  test("takes no more than it was asked for, the oldest first", () => {
    const it = assigned();
    expect(lease(it, "one", 1)).toEqual(["e1"]);
    expect(lease(it, "two", 1)).toEqual(["e2"]);
  });
});

describe("of two effects with one key", () => {
  /** The surface is being written (its time has come) when news arrive that it cannot show. */
  function overtaken(): Story {
    const it = assigned();
    lease(it, "one");
    it.now += minute;
    it.tell(instruct(1, { verb: "cancel" }));
    return it;
  }

  test("the later one waits until the one before it is settled", () => {
    const it = overtaken();
    expect(waitingTypes(it).filter((each) => each.endsWith("UpdateIssue"))).toEqual([
      "e2 UpdateIssue",
      "e4 UpdateIssue",
    ]);
    expect(lease(it, "one")).not.toContain("e4");
    settle(it, ["e2", { kind: "done" }]);
    expect(lease(it, "one")).toEqual(["e4"]);
  });

  test("a third is absorbed by the one that waits", () => {
    const it = overtaken();
    const before = waitingTypes(it);
    it.tell(say(1, 1, report("cancelled")));
    it.tell(instruct(1, { verb: "retry" }));
    expect(waitingTypes(it).filter((each) => each.endsWith("UpdateIssue"))).toEqual(
      before.filter((each) => each.endsWith("UpdateIssue")),
    );
  });
});

describe("a surface that waits", () => {
  test("absorbs a later one and is brought forward when that is more urgent", () => {
    const it = assigned();
    expect(it.state.outbox.get("e2" as EffectId)?.notBefore).toBe(it.now + minute);
    it.tell(say(1, 1, report("waiting", { question: "Which one?" })));
    expect(waitingTypes(it)).toEqual(["e1 StartSession", "e2 UpdateIssue"]);
    expect(it.state.outbox.get("e2" as EffectId)?.notBefore).toBe(it.now);
  });

  test("is not put off by news that could wait longer", () => {
    const it = assigned();
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("failed")));
    expect(it.state.outbox.get("e2" as EffectId)?.notBefore).toBe(it.now);
  });

  test("that was leased ahead is still brought forward, for its owner has not begun it", () => {
    const it = assigned();
    lease(it, "one");
    it.tell(say(1, 1, report("running")));
    expect(it.state.outbox.get("e2" as EffectId)).toEqual(
      expect.objectContaining({ notBefore: it.now, lease: expect.objectContaining({ owner: "one" }) }),
    );
  });

  test("keeps what was written last once it is settled, so that nothing is written twice", () => {
    const it = assigned();
    const surface = { comment: "IC_1", digest: "abc", labels: ["status:assigned"] };
    expect(settle(it, ["e2", { kind: "surfaced", surface }])).toEqual(["EffectSettled"]);
    expect(it.state.tasks.get(taskId(1))?.surface).toEqual(surface);
  });
});

describe("an outcome", () => {
  test("of an effect that is settled already changes nothing", () => {
    const it = assigned();
    settle(it, ["e1", { kind: "done" }]);
    expect(settle(it, ["e1", { kind: "refused", reason: "full", retryAfterMs: null }])).toEqual([]);
    expect(it.status(1)).toBe("assigned");
  });

  test("that is delayed puts the effect off for longer each time, up to five minutes, and frees it for everybody", () => {
    const it = assigned();
    const waits = Array.from({ length: 12 }, () => {
      lease(it, "one");
      settle(it, ["e1", { kind: "delayed", reason: "outage", retryAfterMs: 0 }]);
      const recorded = it.state.outbox.get("e1" as EffectId);
      expect(recorded?.lease).toBeNull();
      const wait = (recorded?.notBefore ?? 0) - it.now;
      it.now += wait;
      return wait;
    });
    expect(waits.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(waits.at(-1)).toBe(5 * minute);
  });

  test("that is delayed waits at least as long as was asked for", () => {
    const it = assigned();
    lease(it, "one");
    settle(it, ["e1", { kind: "delayed", reason: "limit", retryAfterMs: 10 * minute }]);
    expect(it.state.outbox.get("e1" as EffectId)?.notBefore).toBe(it.now + 10 * minute);
    expect(nextEffectAt(it.state)).toBe(it.now + 10 * minute);
  });

  test("that will never come drops the effect and nothing else", () => {
    const it = assigned();
    expect(settle(it, ["e2", { kind: "dropped", reason: "The issue is gone." }])).toEqual(["EffectDropped"]);
    expect(waitingTypes(it)).toEqual(["e1 StartSession"]);
  });

  test("of a start for an old fence is nobody's: the new assignment goes on", () => {
    const it = assigned();
    it.tell(say(1, 1, report("failed")));
    it.now += 60 * minute;
    it.tell(schedule());
    expect(settle(it, ["e1", { kind: "started", session: { id: "sessions/old", url: null } }])).toEqual([
      "EffectSettled",
    ]);
    expect(it.state.tasks.get(taskId(1))?.assignment?.session).toBeNull();
  });

  test("of a dispatch does not count any more once its run has the claim, which settles it", () => {
    const it = assigned();
    it.tell({ type: "ClaimAssignment", task: taskId(1), fence: 1, run: "100" });
    expect(waitingTypes(it)).not.toContain("e1 StartSession");
    expect(settle(it, ["e1", { kind: "refused", reason: "limit", retryAfterMs: null }])).toEqual([]);
    expect(settle(it, ["e1", { kind: "dispatched", run: "200" }])).toEqual([]);
    expect(it.state.occupied.size).toBe(1);
    expect(it.state.tasks.get(taskId(1))?.assignment?.run).toBe("100");
  });

  test("with news of a session is shown by a surface of its own when another was settled beside it", () => {
    const it = assigned();
    lease(it, "one");
    settle(it, ["e1", { kind: "refused", reason: "full", retryAfterMs: null }], ["e2", { kind: "done" }]);
    expect(waitingTypes(it)).toEqual(["e3 UpdateIssue"]);
  });
});

test("a session that cannot be cancelled has a person asked, once", () => {
  const it = assigned();
  it.tell(say(1, 1, report("running")));
  it.tell(instruct(1, { verb: "cancel" }));
  const cancel = waiting(it).find((recorded) => recorded.effect.type === "CancelSession")?.id ?? "";
  expect(settle(it, [cancel, { kind: "cannot_cancel", reason: "no way" }])).toEqual(["EffectSettled", "PersonAsked"]);
  expect(it.state.occupied.size).toBe(1);
});
