import { describe, expect, test } from "vitest";
import type { EffectId } from "../../src/model/ids.ts";
import { configOf, issue, pull, taskId } from "../support/build.ts";
import { collected, instruct, observe, schedule, story, types, type Story } from "../support/given.ts";

/** A task whose agent was started by a label: nobody can be asked for the session. */
function labelled(): Story {
  const it = story(
    configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "label", cost: 2, timeout: "45m" }] }),
  );
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  it.tell(schedule());
  const session = { id: "label:jules:1", url: null };
  it.tell({ type: "SettleEffects", settled: [{ effect: "e1" as EffectId, outcome: { kind: "started", session } }] });
  expect(it.status(1)).toBe("in_progress");
  return it;
}

describe("a session that was started by a label", () => {
  test("ends with its pull request: the slot is free and the next task starts", () => {
    const it = labelled();
    const events = it.tell(observe({ pulls: [pull(9)] }));
    expect(events).toEqual([
      expect.objectContaining({ type: "PullRequestLinked", task: taskId(1) }),
      expect.objectContaining({ type: "SessionEnded", fence: 1, result: "success", costUsd: 2, pullDueAt: null }),
    ]);
    expect(it.status(1)).toBe("review");
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(2) })]);
  });

  test("ends red where its pull request is red, and is tried again", () => {
    const it = labelled();
    const red = pull(9, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    expect(types(it.tell(observe({ pulls: [red] })))).toEqual(["PullRequestLinked", "SessionEnded", "RetryScheduled"]);
  });

  test("that goes on with a red pull request is not ended by that, but by its next commit", () => {
    const it = labelled();
    const red = pull(9, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    it.tell(observe({ pulls: [red] }));
    it.tell(collected(it));
    it.now += 10 * 60_000;
    it.tell(schedule());
    const fence = it.state.tasks.get(taskId(1))?.assignment?.fence ?? 0;
    const [effect] = [...it.state.outbox.entries()].findLast(([, each]) => each.effect.type === "StartSession") ?? [];
    const outcome = { kind: "started", session: { id: `label:jules:${fence}`, url: null } } as const;
    it.tell({ type: "SettleEffects", settled: [{ effect: effect ?? ("" as EffectId), outcome }] });
    it.now += 60_000;
    expect(it.tell(observe({ pulls: [{ ...red, updatedAt: 2 }] }))).toEqual([]);
    expect(it.status(1)).toBe("in_progress");
    const mended = pull(9, { sha: "b".repeat(40), updatedAt: 3 });
    expect(types(it.tell(observe({ pulls: [mended] })))).toEqual(["PullRequestChanged", "SessionEnded"]);
    expect(it.status(1)).toBe("review");
  });

  test("is not ended by a pull request that is somebody else's", () => {
    const it = labelled();
    expect(it.tell(observe({ pulls: [pull(9, { isSameRepository: false })] }))).toEqual([]);
    expect(it.state.occupied.size).toBe(1);
  });

  test("that is silent past its timeout keeps its slot, and a person is asked once", () => {
    const it = labelled();
    it.now += 46 * 60_000;
    expect(types(it.tell({ type: "Tick" }))).toEqual(["CancelRequested"]);
    const cancel = [...it.state.outbox.entries()].find(([, each]) => each.effect.type === "CancelSession")?.[0];
    const settled = [
      { effect: cancel ?? ("" as EffectId), outcome: { kind: "cannot_cancel", reason: "A label cannot be asked." } },
    ] as const;
    expect(types(it.tell({ type: "SettleEffects", settled }))).toEqual(["EffectSettled", "PersonAsked"]);
    expect(it.tell({ type: "Tick" })).toEqual([]);
    expect(it.tell(schedule())).toEqual([]);
    expect(it.state.tasks.get(taskId(1))?.assignment?.personAsked).toBe(true);
  });

  test("that a person calls off has a person asked too, and its late pull request still frees the slot", () => {
    const it = labelled();
    it.tell(instruct(1, { verb: "cancel" }));
    expect([it.status(1), it.state.occupied.size]).toEqual(["cancelled", 1]);
    it.tell(observe({ pulls: [pull(9)] }));
    expect([it.status(1), it.state.occupied.size]).toEqual(["cancelled", 0]);
  });

  /** Silent past its timeout, and a person was asked to end it. */
  function asked(): Story {
    const it = labelled();
    it.now += 46 * 60_000;
    it.tell({ type: "Tick" });
    askPerson(it);
    return it;
  }

  function askPerson(it: Story): void {
    const [effect] = [...it.state.outbox.entries()].find(([, each]) => each.effect.type === "CancelSession") ?? [];
    const outcome = { kind: "cannot_cancel", reason: "A label cannot be asked." } as const;
    it.tell({ type: "SettleEffects", settled: [{ effect: effect ?? ("" as EffectId), outcome }] });
  }

  test("is over when the person who was asked says `retry`: the timeout counts as a failure, and it is tried again at once", () => {
    const it = asked();
    const events = it.tell(instruct(1, { verb: "retry" }));
    expect(events.find(({ type }) => type === "SessionEnded")).toMatchObject({
      result: "timeout",
      detail: "wanda says that the session has ended.",
    });
    expect([it.status(1), it.state.occupied.size]).toEqual(["ready", 0]);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(1) })]);
  });

  test("is over when the person who was asked says `cancel`, also where it was called off before", () => {
    const it = asked();
    it.tell(instruct(1, { verb: "cancel" }));
    expect([it.status(1), it.state.occupied.size]).toEqual(["cancelled", 0]);
    const before = labelled();
    before.tell(instruct(1, { verb: "cancel" }));
    askPerson(before);
    expect(before.state.occupied.size).toBe(1);
    expect(before.tell(instruct(1, { verb: "cancel" })).at(-1)).toMatchObject({
      type: "CommandAnswered",
      answer: null,
    });
    expect([before.status(1), before.state.occupied.size]).toEqual(["cancelled", 0]);
  });

  test("is not over for a word before a person was asked to end it", () => {
    const it = labelled();
    expect(types(it.tell(instruct(1, { verb: "retry" })))).toEqual(["CommandAnswered"]);
    it.tell(instruct(1, { verb: "cancel" }));
    expect(it.state.occupied.size).toBe(1);
  });
});
