import { describe, expect, test } from "vitest";
import { agentsInService } from "../../src/core/decide-health.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event, EventOf } from "../../src/model/event.ts";
import { toAgentId, type AgentId } from "../../src/model/ids.ts";
import { blocker, configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, types, type Story } from "../support/given.ts";

const minute = 60_000;
const hour = 60 * minute;
const jules = toAgentId("jules");
const bifrost = toAgentId("bifrost");
const both = [jules, bifrost];

/** Jules is preferred: there is more room. */
const two = {
  agents: [
    { id: "jules", type: "jules", capacity: 2, dispatch: "api" },
    { id: "bifrost", type: "bifrost", dispatch: "api", capabilities: { typescript: 1 } },
  ],
};

describe("the agents that could take a task", () => {
  function inService(change: (it: Story) => void, labels: readonly string[] = []): readonly AgentId[] {
    const it = story(configOf(two));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", ...labels] })] }));
    change(it);
    const task = it.state.tasks.get(taskId(1));
    return task === undefined ? [] : agentsInService(it.state, { now: it.now, config: it.config }, task);
  }

  test("are all that are configured and able", () => {
    expect(inService(() => undefined)).toEqual(both);
    expect(inService(() => undefined, ["needs:TypeScript"])).toEqual(both);
    expect(inService(() => undefined, ["needs:rust"])).toEqual([jules]);
    expect(inService(() => undefined, ["agent:bifrost"])).toEqual([bifrost]);
  });

  test("are not those without a worker in use", () => {
    expect(inService((it) => it.tell(instruct(1, { verb: "disable", worker: "jules/1" })))).toEqual(both);
    expect(inService((it) => it.tell(instruct(1, { verb: "disable", worker: "jules" })))).toEqual([bifrost]);
  });
});

/** One task of one agent, running. */
function running(config: Config = configOf()): Story {
  const it = story(config);
  it.tell(observe({ issues: [issue(1), issue(2, { blockedBy: [blocker(1)] })] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return it;
}

describe("a question that nobody answers", () => {
  test("asks for a person when the session ends over it, and fails nobody who waits", () => {
    const it = running();
    it.tell(say(1, 1, report("waiting", { question: "Which database?" })));
    expect(it.tell(say(1, 1, report("failed", { reason: "timed out" })))).toEqual([
      expect.objectContaining({
        type: "SessionEnded",
        result: "needs_input",
        detail: "The agent asked, and nobody answered: Which database?",
      }),
      {
        type: "ManualReviewRequired",
        task: taskId(1),
        reason:
          "The agent asked, and nobody answered: Which database? Write the answer into the issue before it is tried again.",
      },
    ]);
    expect([it.status(1), it.status(2)]).toEqual(["manual_review", "blocked"]);
    it.tell(instruct(1, { verb: "retry" }));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("is no such thing once the agent has gone on", () => {
    const it = running();
    it.tell(say(1, 1, report("waiting", { question: "Which database?" })));
    it.tell(say(1, 1, report("running")));
    expect(types(it.tell(say(1, 1, report("failed"))))).toEqual(["SessionEnded", "RetryScheduled"]);
  });
});

describe("the next attempt", () => {
  /** One task; the first attempt is with Jules. */
  function begun(more: Record<string, unknown> = {}): Story {
    const it = story(configOf({ ...two, ...more }));
    it.tell(observe({ issues: [issue(1)] }));
    expect(next(it)).toEqual(expect.objectContaining({ agent: jules, timeoutMs: 45 * minute }));
    return it;
  }

  /** The next assignment, after any backoff; its session runs. */
  function next(it: Story): EventOf<"TaskAssigned"> | undefined {
    it.now += hour;
    const events: readonly Event[] = it.tell(schedule());
    it.tell(say(1, it.state.fence, report("running")));
    return events.find((event) => event.type === "TaskAssigned");
  }

  test("goes to another agent when the first has brought nothing", () => {
    const it = begun();
    it.tell(say(1, 1, report("succeeded")));
    it.now += 4 * minute;
    expect(it.tell({ type: "Tick" })).toContainEqual(
      expect.objectContaining({ type: "RetryScheduled", plan: "bifrost is preferred: jules brought no result" }),
    );
    expect(next(it)?.agent).toBe(bifrost);
  });

  test("goes on with the pull request at the same agent, and after two red ones at another", () => {
    const it = begun({ retry: { maxAttempts: 9 } });
    const red = { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] } as const;
    const turnRed = (sha: string, updatedAt: number): void => {
      it.tell(say(1, it.state.fence, report("succeeded", { pullUrl: pull(9).url })));
      it.tell(observe({ pulls: [pull(9, { ...red, sha, updatedAt })] }));
    };
    turnRed("a".repeat(40), 2);
    expect(next(it)).toEqual(
      expect.objectContaining({ agent: jules, continues: expect.objectContaining({ branch: "orchestrate/1-work" }) }),
    );
    turnRed("b".repeat(40), 3);
    expect(next(it)).toEqual(
      expect.objectContaining({
        agent: bifrost,
        continues: expect.objectContaining({ session: null, branch: "orchestrate/1-work" }),
      }),
    );
  });

  test("has half as much time again after a timeout, and is ended only then", () => {
    const it = begun({ agents: two.agents.slice(0, 1) });
    it.now += 45 * minute;
    it.tell({ type: "Tick" });
    it.tell(say(1, 1, report("cancelled")));
    expect(next(it)).toEqual(expect.objectContaining({ agent: jules, timeoutMs: 67.5 * minute }));
    it.now += 67 * minute;
    expect(types(it.tell({ type: "Tick" }))).not.toContain("CancelRequested");
    it.now += minute;
    expect(types(it.tell({ type: "Tick" }))).toContain("CancelRequested");
  });

  test("stays with the agent that a person asked for when its start was refused, until one has started", () => {
    const it = story(
      configOf({
        agents: [
          { id: "jules", type: "jules", dispatch: "api" },
          { id: "cursor", type: "cursor", dispatch: "api" },
        ],
      }),
    );
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(instruct(1, { verb: "assign", target: "jules" }));
    const agents = (): readonly string[] =>
      it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.agent] : []));
    expect(agents()).toEqual(["jules"]);
    const outcome = { kind: "refused", reason: "503", retryAfterMs: null } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
    it.now += minute;
    expect(agents()).toEqual(["jules"]);
    it.tell(say(1, it.state.fence, report("running")));
    it.tell(say(1, it.state.fence, report("failed")));
    it.now += 10 * minute;
    expect(agents()).toEqual(["cursor"]);
  });

  test("goes to another agent when the start was refused", () => {
    const it = story(configOf(two));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    const outcome = { kind: "refused", reason: "full", retryAfterMs: null } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
    expect(next(it)).toEqual(expect.objectContaining({ agent: bifrost, attempt: 1 }));
  });

  test("is with another agent before the task is given up, and the end says who has tried", () => {
    const it = begun({ retry: { switchAfter: 9 } });
    it.tell(say(1, 1, report("cancelled")));
    expect(next(it)?.agent).toBe(jules);
    it.tell(say(1, 2, report("cancelled")));
    expect(next(it)?.agent).toBe(bifrost);
    expect(it.tell(say(1, 3, report("failed", { reason: "Out of memory." })))).toContainEqual({
      type: "TaskFailed",
      task: taskId(1),
      reason:
        "Out of memory. 3 of 3 attempts (retry.maxAttempts) have failed: jules 2 times (cancelled), bifrost once (vendor failed).",
      cause: "vendor_failed",
    });
  });

  test("is where a person wants it, whatever has failed there", () => {
    const it = begun();
    it.tell(say(1, 1, report("failed")));
    it.tell(instruct(1, { verb: "assign", target: "jules" }));
    expect(next(it)?.agent).toBe(jules);
  });
});

describe("a retry", () => {
  test("says what it does differently, and nothing where it does the same again", () => {
    const alone = running();
    const [, same] = alone.tell(say(1, 1, report("failed")));
    expect(same).toEqual(expect.objectContaining({ type: "RetryScheduled", reason: "vendor_failed" }));
    expect(same).not.toHaveProperty("plan");
    const it = running(configOf({ agents: [...two.agents].toReversed() }));
    const [, other] = it.tell(say(1, 1, report("failed")));
    expect(other).toEqual(
      expect.objectContaining({ type: "RetryScheduled", plan: "jules is preferred: bifrost failed at its vendor" }),
    );
  });

  test("knows of an attempt that ended well that its checks failed", () => {
    const it = running();
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    const red = { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"], updatedAt: 2 } as const;
    it.tell(observe({ pulls: [pull(9, red)] }));
    expect(it.state.tasks.get(taskId(1))?.attempts).toEqual([
      expect.objectContaining({ result: "success", failedLater: "checks_failed" }),
    ]);
  });

  test("remembers who refused the start until somebody has started", () => {
    const it = story();
    it.tell(observe({ issues: [issue(1)] }));
    const refusal = (): AgentId | null | undefined => it.state.tasks.get(taskId(1))?.refusedBy;
    const answer = (outcome: { readonly kind: "changed_text" } | typeof refused): void => {
      it.tell(schedule());
      it.tell({ type: "ReportOutcome", task: taskId(1), fence: it.state.fence, outcome });
      it.now += 10 * minute;
    };
    const refused = { kind: "refused", reason: "full", retryAfterMs: null } as const;
    answer({ kind: "changed_text" });
    expect(refusal()).toBeNull();
    answer(refused);
    expect(refusal()).toBe(jules);
    it.tell(schedule());
    it.tell(say(1, it.state.fence, report("running")));
    expect(refusal()).toBeNull();
  });
});

describe("whose agent was lost", () => {
  function lostBy(
    config: Config,
    how: Parameters<typeof report>,
  ): { readonly it: Story; readonly agents: readonly string[] } {
    const it = running(config);
    it.tell(say(1, 1, report(...how)));
    const assigned = it.tell(schedule()).filter((event) => event.type === "TaskAssigned");
    return { it, agents: assigned.map(({ agent }) => agent) };
  }

  test("a task is with another agent in the very pass that sees it, however long the backoff", () => {
    const config = configOf({ ...two, retry: { backoff: { initial: "5m", max: "10m" } } });
    expect(lostBy(config, ["not_found"]).agents).toEqual(["bifrost"]);
    expect(lostBy(config, ["failed"]).agents).toEqual(["bifrost"]);
  });

  test("a task that only the same agent can take waits for its backoff: what was amiss may pass", () => {
    const { it, agents } = lostBy(configOf(), ["not_found"]);
    expect(agents).toEqual([]);
    it.now += 30_000;
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("a task that failed by its own work waits, whoever goes on with it", () => {
    const it = running(configOf(two));
    it.tell(say(1, 1, report("succeeded")));
    it.now += 3 * minute;
    expect(types(it.tell({ type: "Tick" }))).toContain("RetryScheduled");
    expect(it.tell(schedule())).toEqual([]);
    it.now += 30_000;
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", agent: "bifrost" })]);
  });
});
