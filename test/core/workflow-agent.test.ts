/** An agent that is a workflow of the repository's own: the run is the session, and its end is the session's end. */
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/model/event.ts";
import { blocker, configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

function assigned(): Story {
  const it = story(configOf({ agents: [{ id: "mine", type: "workflow", workflow: "my-agent.yml" }] }));
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  return it;
}

function dispatched(it: Story, run: string): readonly Event[] {
  const outcome = { kind: "dispatched", run, session: { id: run, url: `https://github.test/runs/${run}` } } as const;
  return it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
}

function claim(it: Story, run: string): readonly Event[] {
  return it.tell({ type: "ClaimAssignment", task: taskId(1), fence: 1, run });
}

function ended(it: Story, run: string, conclusion: string | null): readonly Event[] {
  return it.tell({ type: "ReportRun", task: taskId(1), fence: 1, run, state: "ended", conclusion });
}

describe("which run is the session", () => {
  test("is the one that was dispatched; only that one can claim", () => {
    const it = assigned();
    expect(types(dispatched(it, "100"))).toEqual(["RunDispatched", "SessionStarted"]);
    expect(claim(it, "200")).toEqual([]);
    expect(types(claim(it, "100"))).toEqual(["AssignmentClaimed", "EffectSettled"]);
    expect(claim(it, "200")).toEqual([]);
  });

  test("is the one that claims, where the answer to its dispatch was lost and another was dispatched beside it", () => {
    const it = assigned();
    expect(types(claim(it, "100"))).toEqual(["AssignmentClaimed", "EffectSettled", "SessionStarted"]);
    expect(dispatched(it, "200")).toEqual([]);
    expect(claim(it, "200")).toEqual([]);
    expect(taskAt(it, 1).assignment).toMatchObject({ run: "100", claimedBy: "100", session: { id: "100" } });
    expect(ended(it, "200", "failure")).toEqual([]);
  });
});

describe("a run that ends while nothing was reported", () => {
  test.each([
    ["success", "success", "The session ended well."],
    ["failure", "vendor_failed", "Run 100 ended with failure."],
    ["startup_failure", "vendor_failed", "Run 100 ended with startup failure."],
    ["action_required", "vendor_failed", "Run 100 ended with action required."],
    ["timed_out", "timeout", "Run 100 ended with timed out."],
    ["cancelled", "cancelled", "Run 100 ended with cancelled."],
    [null, "vendor_failed", "Run 100 ended with no conclusion."],
  ])("with %s ends its session with %s", (conclusion, result, detail) => {
    const it = assigned();
    dispatched(it, "100");
    const [end] = ended(it, "100", conclusion);
    expect(end).toMatchObject({ type: "SessionEnded", result, detail });
  });

  test("that was cancelled for its timeout ends with the timeout", () => {
    const it = assigned();
    dispatched(it, "100");
    it.now += 46 * 60_000;
    it.tell({ type: "Tick" });
    expect(ended(it, "100", "cancelled")[0]).toMatchObject({ result: "timeout" });
  });

  test("that GitHub no longer knows ends its session, too", () => {
    const it = assigned();
    dispatched(it, "100");
    const events = it.tell({ type: "ReportRun", task: taskId(1), fence: 1, run: "100", state: "not_found" });
    expect(events[0]).toMatchObject({ type: "SessionEnded", detail: "GitHub no longer knows run 100." });
  });

  test("changes nothing where the end was reported before", () => {
    const it = assigned();
    dispatched(it, "100");
    it.tell(say(1, 1, report("failed", { session: null, failure: "validation", reason: "Two tests are red." })));
    expect(ended(it, "100", "success")).toEqual([]);
    expect(taskAt(it, 1).attempts).toMatchObject([{ result: "validation", detail: "Two tests are red." }]);
  });
});

describe("what an agent says of its end", () => {
  test("that trying again will not help fails the task at once, and what needs it with it", () => {
    const it = assigned();
    it.tell(observe({ issues: [issue(2, { blockedBy: [blocker(1)] })] }));
    dispatched(it, "100");
    const events = it.tell(
      say(1, 1, report("failed", { failure: "reported", reason: "No licence.", isHopeless: true })),
    );
    expect(types(events)).toEqual(["SessionEnded", "TaskFailed", "UpstreamFailed"]);
    expect([it.status(1), it.status(2)]).toEqual(["failed", "upstream_failed"]);
    it.tell(instruct(1, { verb: "retry" }));
    expect([it.status(1), it.status(2)]).toEqual(["ready", "blocked"]);
  });

  test("does not hide that it was told to end", () => {
    const it = assigned();
    dispatched(it, "100");
    it.now += 46 * 60_000;
    it.tell({ type: "Tick" });
    const [end] = it.tell(say(1, 1, report("failed", { failure: "validation", reason: "Stopped." })));
    expect(end).toMatchObject({ result: "timeout", detail: "Stopped." });
  });

  test("of how long it took counts where its start was not seen, and never from before it was assigned", () => {
    for (const [durationMs, took] of [
      [60_000, 60_000],
      [3_600_000, 600_000],
    ] as const) {
      const it = assigned();
      it.now += 600_000;
      it.tell(say(1, 1, report("succeeded", { durationMs })));
      const [attempt] = taskAt(it, 1).attempts;
      expect((attempt?.endedAt ?? 0) - (attempt?.startedAt ?? 0)).toBe(took);
    }
  });
});
