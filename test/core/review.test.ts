/** A reviewer who asks for changes on an agent's pull request is answered by the agent: once, and only one whose word counts. */
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/model/event.ts";
import type { Feedback } from "../../src/model/feedback.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import { dossiersMax, feedbackWaitMs } from "../../src/model/limits.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { toCommandId } from "../../src/model/ids.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { configOf, issue, pull, report, stranger, taskId, writer } from "../support/build.ts";
import { collected, instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const sha = "a".repeat(40);
const asked = (at: number, by = writer): Partial<PullFacts> => ({ objections: [{ by, at }] });
const red = { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] } as const;

/** Issue 1, whose session has ended well and left the green pull request #9. */
function underReview(config: Record<string, unknown> = {}): Story {
  const it = story(configOf(config));
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
  see(it);
  return it;
}

function see(it: Story, facts: Partial<PullFacts> = {}): readonly Event[] {
  return it.tell(observe({ pulls: [pull(9, facts)] }));
}

function collecting(it: Story): number {
  return [...it.state.outbox.entries()].filter(([, { effect }]) => effect.type === "CollectFeedback").length;
}

function feedback(fields: Partial<Feedback> = {}): Feedback {
  return { pull: 9, sha, checks: [], reviews: [], moreChecks: 0, strangers: 0, reviewedAt: null, ...fields };
}

/** The answer of an agent: another session that ends well. */
function answer(it: Story): void {
  it.now += 10 * 60_000;
  it.tell(schedule());
  const { fence } = it.state;
  it.tell(say(1, fence, report("running")));
  it.tell(say(1, fence, report("succeeded", { pullUrl: pull(9).url })));
}

describe("when somebody with write access asks for changes", () => {
  test("the agent is sent back, no failure is counted, and what was said is asked for", () => {
    const it = underReview();
    expect(see(it, asked(5))).toEqual([
      expect.objectContaining({ type: "PullRequestChanged" }),
      {
        type: "RetryScheduled",
        task: taskId(1),
        reason: "changes_requested",
        detail: "wanda asked for changes on pull request #9.",
        retryAt: it.now + 30_000,
        answers: `${sha} review`,
        counts: false,
        answersReview: 5,
      },
    ]);
    expect(collecting(it)).toBe(1);
    expect(taskAt(it, 1).failuresInRow).toBe(0);
  });

  test("the retry waits for the words, and goes on with the same pull request", () => {
    const it = underReview();
    see(it, asked(5));
    it.now += 60_000;
    expect(it.tell(schedule())).toEqual([]);
    expect(waitingReasons(it.state, taskAt(it, 1), it)).toContainEqual(expect.objectContaining({ code: "feedback" }));
    it.tell(collected(it, feedback({ reviewedAt: 5 })));
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({
        type: "TaskAssigned",
        attempt: 2,
        continues: expect.objectContaining({ branch: "orchestrate/1-work" }),
      }),
    ]);
  });

  test("the retry does not wait for ever", () => {
    const it = underReview();
    see(it, asked(5));
    it.now += 30_000 + feedbackWaitMs;
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("the review is answered once, whatever is pushed; the next one is another", () => {
    const it = underReview();
    see(it, asked(5));
    answer(it);
    const pushed = { sha: "b".repeat(40), updatedAt: 6 };
    expect(types(see(it, { ...asked(5), ...pushed }))).toEqual(["PullRequestChanged"]);
    expect(see(it, { ...asked(5), ...pushed })).toEqual([]);
    expect(it.status(1)).toBe("review");
    expect(types(see(it, { ...asked(9), ...pushed, updatedAt: 9 }))).toEqual(["PullRequestChanged", "RetryScheduled"]);
  });

  test("an answer that changes nothing is an attempt without a result", () => {
    const it = underReview();
    see(it, asked(5));
    answer(it);
    it.now += 5 * 60_000;
    expect(see(it, asked(5))).toEqual([]);
    expect(it.tell({ type: "Tick" })).toContainEqual(
      expect.objectContaining({ type: "RetryScheduled", reason: "no_result" }),
    );
  });

  test("reviews use up the cap on attempts, and then a person is asked", () => {
    const it = underReview({ limits: { attemptsPerTask: 2 } });
    see(it, asked(5));
    answer(it);
    see(it, { ...asked(5), sha: "b".repeat(40), updatedAt: 6 });
    expect(see(it, { ...asked(9), sha: "b".repeat(40), updatedAt: 9 })).toContainEqual({
      type: "ManualReviewRequired",
      task: taskId(1),
      reason:
        "wanda asked for changes on pull request #9. Agents have tried as often as limits.attemptsPerTask (2) allows: please make the changes on the branch.",
    });
  });

  test("a red check goes first, and the words go with it: the review is answered by the same attempt", () => {
    const it = underReview();
    expect(see(it, { ...asked(5), ...red })).toContainEqual(
      expect.objectContaining({ type: "RetryScheduled", reason: "checks_failed", answersReview: 5 }),
    );
    answer(it);
    expect(types(see(it, { ...asked(5), sha: "b".repeat(40), updatedAt: 6 }))).toEqual(["PullRequestChanged"]);
  });

  test("a red check that was answered on this commit stays answered", () => {
    const it = underReview();
    see(it, red);
    answer(it);
    expect(see(it, { ...asked(5), ...red, updatedAt: 6 })).toContainEqual(
      expect.objectContaining({ reason: "changes_requested", answers: `${sha} ci` }),
    );
    answer(it);
    expect(see(it, { ...asked(5), ...red, updatedAt: 7 })).toEqual([]);
  });

  test("green checks do not complete the task against it", () => {
    const it = underReview({ done: "checks" });
    it.tell(instruct(1, { verb: "retry" }));
    expect(types(see(it, { ...asked(5), updatedAt: 6 }))).not.toContain("TaskCompleted");
  });
});

test("a stranger who asks for changes sends nobody anywhere", () => {
  const it = underReview();
  expect(see(it, asked(5, stranger))).toEqual([]);
  expect(collecting(it)).toBe(0);
});

test("what is said of a pull request from a fork is nobody's", () => {
  const it = underReview();
  const fork = pull(10, { ...red, ...asked(5), isSameRepository: false, closes: [taskId(1)] });
  expect(it.tell(observe({ pulls: [fork] }))).toEqual([]);
  expect(collecting(it)).toBe(0);
});

describe("what was collected", () => {
  test("is kept while the task is open, over a snapshot, and is not asked for again on the same commit", () => {
    const it = underReview();
    see(it, red);
    it.tell(collected(it, feedback({ checks: [{ name: "ci", conclusion: "failure", url: null, lines: ["no"] }] })));
    expect(fromSnapshot(toSnapshot(it.state)).dossiers.get(taskId(1))).toEqual(it.state.dossiers.get(taskId(1)));
    it.tell(instruct(1, { verb: "retry" }));
    expect(collecting(it)).toBe(0);
    it.tell(instruct(1, { verb: "complete" }));
    expect(it.state.dossiers.size).toBe(0);
  });

  test("answers also a review that came after the retry was decided", () => {
    const it = underReview();
    see(it, red);
    it.tell(collected(it, feedback({ reviewedAt: 7 })));
    answer(it);
    expect(types(see(it, { ...asked(7), sha: "b".repeat(40), updatedAt: 8 }))).toEqual(["PullRequestChanged"]);
  });

  test("counts for nothing when the task has ended meanwhile", () => {
    const it = underReview();
    see(it, red);
    const late = collected(it, feedback());
    it.tell(instruct(1, { verb: "cancel" }));
    expect(types(it.tell(late))).toEqual(["EffectSettled"]);
    expect(it.state.dossiers.size).toBe(0);
  });

  test("is gone without after three tries", () => {
    const it = underReview();
    see(it, red);
    const [[effect] = []] = [...it.state.outbox.entries()].filter(([, each]) => each.effect.type === "CollectFeedback");
    const failed = { effect: effect as never, outcome: { kind: "delayed", reason: "down", retryAfterMs: 1 } } as const;
    const lasts = [1, 2, 3].map(() => {
      it.now += 60_000;
      it.tell({ type: "LeaseEffects", owner: "me", until: it.now + 60_000, limit: 10 });
      return types(it.tell({ type: "SettleEffects", settled: [failed] })).at(-1);
    });
    expect(lasts).toEqual(["EffectDelayed", "EffectDelayed", "EffectDropped"]);
    it.now -= 120_000;
    expect(types(it.tell(schedule()))).toContain("TaskAssigned");
  });

  test("is bounded: the oldest goes first", () => {
    const it = story(configOf());
    const numbers = Array.from({ length: dossiersMax + 2 }, (_, index) => index + 1);
    it.tell(observe({ issues: numbers.map((number) => issue(number)) }));
    for (const number of numbers) {
      const event: Event = { type: "FeedbackCollected", task: taskId(number), feedback: feedback() };
      evolveEntry(it.state, {
        id: toCommandId(`~${number}`),
        command: "test",
        at: number,
        events: [event],
        effects: [],
      });
    }
    expect(it.state.dossiers.size).toBe(dossiersMax);
    expect(numbers.filter((number) => !it.state.dossiers.has(taskId(number)))).toEqual([1, 2]);
  });
});
