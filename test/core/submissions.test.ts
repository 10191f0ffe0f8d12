/** Work that is submitted from outside: its issue is asked for once, and its text is trusted as whoever submitted it is. */
import { describe, expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { submissionsMax } from "../../src/model/limits.ts";
import type { EffectOutcome } from "../../src/model/command.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import type { Submission } from "../../src/model/submission.ts";
import { configOf, issue, stranger, taskId } from "../support/build.ts";
import { observe, schedule, story, types, type Story } from "../support/given.ts";

const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;

function asked(id: string, facts: Partial<Submission> = {}): Submission {
  return { id, title: "Fix it", body: "Now.", labels: [], blockedBy: [], by: "http:wanda", ...facts };
}

function submit(it: Story, id = "one"): readonly string[] {
  return types(it.tell({ type: "SubmitTask", submission: asked(id) }));
}

/** What became of the issue that was asked for first. */
function settle(it: Story, outcome: EffectOutcome): void {
  const [effect] = [...it.state.outbox.entries()].find((each) => each[1].effect.type === "OpenIssue") ?? [];
  if (effect === undefined) throw new Error("No issue was asked for.");
  it.tell({ type: "SettleEffects", settled: [{ effect, outcome }] });
}

function made(number: number, facts: Partial<IssueFacts> = {}): IssueFacts {
  const own = { author: "orchestrate", selectedBy: { actor: bot, at: 1 }, madeFor: { submission: "one" } };
  return issue(number, { ...own, ...facts });
}

describe("a submission", () => {
  test("asks for its issue once, however often it comes", () => {
    const it = story();
    expect(submit(it)).toEqual(["TaskSubmitted"]);
    expect(submit(it)).toEqual([]);
    const effects = [...it.state.outbox.entries()].map(([, { effect }]) => effect);
    expect(effects).toEqual([{ type: "OpenIssue", submission: "one" }]);
  });

  test("is nothing new where one like it was submitted less than ten minutes ago", () => {
    const it = story();
    submit(it);
    it.now += 10 * 60_000 - 1;
    expect(it.tell({ type: "SubmitTask", submission: asked("two"), alike: ["one"] })).toEqual([]);
    it.now += 1;
    expect(types(it.tell({ type: "SubmitTask", submission: asked("two"), alike: ["one"] }))).toEqual(["TaskSubmitted"]);
  });

  test("lets go of its text once the issue is there, and knows its number after a snapshot", () => {
    const it = story();
    submit(it);
    expect(fromSnapshot(toSnapshot(it.state)).submissions.get("one")?.asked?.body).toBe("Now.");
    settle(it, { kind: "created", number: 40 });
    const reloaded = fromSnapshot(toSnapshot(it.state));
    expect(reloaded.submissions.get("one")).toEqual({ at: it.now, by: "http:wanda", issue: 40 });
    expect(submit(it)).toEqual([]);
  });

  test("that GitHub never takes is over, with the reason", () => {
    const it = story();
    submit(it);
    settle(it, { kind: "dropped", reason: "Issues are disabled." });
    expect(it.state.submissions.get("one")).toMatchObject({ refusal: "Issues are disabled." });
    expect(it.state.outbox.size).toBe(0);
  });

  test("leaves nothing behind where the queue is full, with those counted whose issues are on their way", () => {
    const it = story(configOf({ limits: { queue: 2 } }));
    it.tell(observe({ issues: [issue(1)] }));
    expect(submit(it, "one")).toEqual(["TaskSubmitted"]);
    expect(submit(it, "two")).toEqual([]);
    expect(it.state.submissions.size).toBe(1);
  });

  test("is forgotten when a thousand newer ones are over, the oldest first", () => {
    const it = story();
    for (let count = 0; count <= submissionsMax; count += 1) {
      it.now += 1_000;
      it.tell({ type: "SubmitTask", submission: asked(`s${count}`) });
      settle(it, { kind: "created", number: 10_000 + count });
    }
    expect([it.state.submissions.size, it.state.submissions.has("s0")]).toEqual([submissionsMax, false]);
  });
});

describe("the issue of a submission", () => {
  test("may be worked on at once, in the name of whoever submitted it", () => {
    const it = story();
    submit(it);
    expect(it.tell(observe({ issues: [made(40)] }))).toContainEqual({
      type: "TaskTrusted",
      task: taskId(40),
      by: "http:wanda",
      hash: "hash-40",
    });
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("asks for approval again once somebody has edited it who may not start work", () => {
    const it = story();
    submit(it);
    it.tell(observe({ issues: [made(40)] }));
    const edited = { hash: "evil", editedBy: stranger, editedAt: 2, madeFor: null, updatedAt: 2 };
    it.tell(observe({ issues: [made(40, edited)] }));
    expect(it.status(40)).toBe("pending");
  });

  test("is one alone: another one with its mark waits for approval", () => {
    const it = story();
    submit(it);
    settle(it, { kind: "created", number: 40 });
    it.tell(observe({ issues: [made(40), made(41)] }));
    expect([it.status(40), it.status(41)]).toEqual(["ready", "pending"]);
  });

  test.each<[string, Partial<IssueFacts>]>([
    ["that nobody submitted", { madeFor: { submission: "two" } }],
    ["that is not ours, or was edited before it was read", { madeFor: null }],
    ["that somebody else selected", { selectedBy: { actor: stranger, at: 1 } }],
    ["that another bot selected", { selectedBy: { actor: { ...bot, login: "evil[bot]" }, at: 1 } }],
  ])("waits for approval where it is one %s", (_what, facts) => {
    const it = story();
    submit(it);
    it.tell(observe({ issues: [made(40, facts)] }));
    expect(it.status(40)).toBe("pending");
  });
});
