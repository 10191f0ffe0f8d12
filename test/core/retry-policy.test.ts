import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { avoidedAgents, determineRetryAction, timeoutFor, type RetryAction } from "../../src/core/retry-policy.ts";
import type { Config } from "../../src/model/config.ts";
import { toAgentId, toWorkerId, type AgentId } from "../../src/model/ids.ts";
import { failureReasons, type Attempt, type FailureReason, type Task } from "../../src/model/task.ts";
import { configOf, issue, taskId } from "../support/build.ts";
import { observe, story } from "../support/given.ts";

const minute = 60_000;
const jules = toAgentId("jules");
const bifrost = toAgentId("bifrost");
const both = [jules, bifrost];

const two = {
  agents: [
    { id: "jules", type: "jules", capacity: 2, dispatch: "api" },
    { id: "bifrost", type: "bifrost", dispatch: "api", capabilities: { typescript: 1 } },
  ],
};

/** How an attempt ended, and what became of its good end. */
type End = readonly [agent: AgentId, reason: FailureReason | "success" | "red"];

/** A task with these attempts, oldest first, of which the last `failuresInRow` counted ones are held against it. */
function taskWith(ends: readonly End[], fields: Partial<Task> = {}): Task {
  const it = story();
  it.tell(observe({ issues: [issue(1)] }));
  const task = it.state.tasks.get(taskId(1));
  if (task === undefined) throw new Error("the issue is no task");
  const attempts = ends.map(([agent, reason], index): Attempt => {
    const isRed = reason === "red";
    return {
      attempt: index + 1,
      fence: index + 1,
      agent,
      worker: toWorkerId(agent, 1),
      session: null,
      startedAt: 0,
      endedAt: index,
      result: isRed ? "success" : reason,
      ...(isRed ? { failedLater: "checks_failed" as const } : {}),
      detail: "",
      costUsd: 0,
      branch: null,
    };
  });
  const failures = ends.filter(([, reason]) => reason !== "success" && reason !== "preempted").length;
  return { ...task, attempts, failuresInRow: failures, ...fields };
}

/** What follows when the last of these attempts has just failed. */
function after(ends: readonly End[], config: Config = configOf(two), agents: readonly AgentId[] = both): RetryAction {
  const [, last] = ends.at(-1) ?? [jules, "timeout"];
  const reason = last === "red" ? "checks_failed" : last === "success" ? "no_result" : last;
  const task = taskWith(ends, { failuresInRow: ends.length - 1 });
  return determineRetryAction(task, { reason, detail: "It failed." }, { config, agents });
}

describe("what follows from a failure", () => {
  test("of the checks is the same agent on its pull request, and after two in a row another agent", () => {
    const patient = configOf({ ...two, retry: { maxAttempts: 9 } });
    expect(after([[jules, "red"]], patient)).toEqual({ kind: "same_agent", counts: true, failures: 1, plan: null });
    const twice = [
      [jules, "red"],
      [jules, "red"],
    ] as const satisfies readonly End[];
    expect(after(twice, patient)).toEqual({
      kind: "other_agent",
      counts: true,
      failures: 2,
      plan: "bifrost is preferred: jules failed 2 times",
    });
  });

  test("in time is more time for the next attempt", () => {
    expect(after([[jules, "timeout"]])).toEqual(
      expect.objectContaining({ kind: "longer_timeout", plan: "it gets 68 min at jules" }),
    );
  });

  test.each([
    ["no_result", "bifrost is preferred: jules brought no result"],
    ["vendor_failed", "bifrost is preferred: jules failed at its vendor"],
    ["validation", "bifrost is preferred: jules brought work that did not pass its validation"],
  ] as const)("that casts doubt on the agent (%s) is another agent at once", (reason, plan) => {
    expect(after([[jules, reason]])).toEqual(expect.objectContaining({ kind: "other_agent", plan }));
  });

  test("is the same agent where there is no other", () => {
    expect(after([[jules, "no_result"]], configOf(two), [jules])).toEqual(
      expect.objectContaining({ kind: "same_agent", plan: null }),
    );
  });

  test("before the last attempt is another agent when only one has tried", () => {
    const strict = configOf({ ...two, retry: { maxAttempts: 2, switchAfter: 5 } });
    expect(after([[jules, "red"]], strict)).toEqual(
      expect.objectContaining({
        kind: "other_agent",
        plan: "bifrost is preferred: jules is the only one that has tried",
      }),
    );
    const capped = configOf({ ...two, retry: { maxAttempts: 9, switchAfter: 9 }, limits: { attemptsPerTask: 2 } });
    expect(after([[jules, "red"]], capped)).toEqual(expect.objectContaining({ kind: "other_agent" }));
  });

  test("is the end when the attempts are used up, and says who tried what", () => {
    expect(
      after([
        [jules, "timeout"],
        [jules, "red"],
        [bifrost, "no_result"],
      ]),
    ).toEqual({
      kind: "give_up",
      reason:
        "It failed. 3 of 3 attempts (retry.maxAttempts) have failed: " +
        "jules 2 times (timeout, checks failed), bifrost once (no result).",
    });
  });

  test("of the base is no failure: nothing is counted, and at the cap a person is asked to resolve it", () => {
    expect(after([[jules, "conflict"]])).toEqual(expect.objectContaining({ kind: "same_agent", counts: false }));
    const ends = Array.from({ length: 6 }, (): End => [jules, "conflict"]);
    expect(after(ends)).toEqual({
      kind: "person",
      reason:
        "It failed. Agents have tried as often as limits.attemptsPerTask (6) allows: please resolve it on the branch and merge.",
    });
  });

  test("is always decided, and names another agent only where there is one that is not to be avoided", () => {
    const end = fc.tuple(fc.constantFrom(...both), fc.constantFrom(...failureReasons, "success", "red"));
    const agents = fc.subarray(both);
    fc.assert(
      fc.property(fc.array(end as fc.Arbitrary<End>, { minLength: 1, maxLength: 8 }), agents, (ends, able) => {
        const config = configOf(two);
        const action = after(ends, config, able);
        const avoided = avoidedAgents(taskWith(ends), config);
        const others = able.filter((agent) => !avoided.includes(agent));
        const isHonest = action.kind !== "other_agent" || others.length > 0;
        const isSaid = !("reason" in action) || /^It failed\. .+\.$/.test(action.reason);
        expect({ action, isHonest, isSaid }).toEqual({ action, isHonest: true, isSaid: true });
      }),
    );
  });
});

describe("the agents that a task is not to go to again", () => {
  const config = configOf({ ...two, retry: { maxAttempts: 9 } });

  test("are none for a task that has not failed, or was forgiven", () => {
    expect(avoidedAgents(taskWith([]), config)).toEqual([]);
    expect(avoidedAgents(taskWith([[jules, "no_result"]], { failuresInRow: 0 }), config)).toEqual([]);
  });

  test("are those that brought nothing, failed twice, or refused the last start", () => {
    expect(avoidedAgents(taskWith([[jules, "no_result"]]), config)).toEqual([jules]);
    expect(avoidedAgents(taskWith([[jules, "red"]]), config)).toEqual([]);
    expect(
      avoidedAgents(
        taskWith([
          [jules, "red"],
          [jules, "timeout"],
        ]),
        config,
      ),
    ).toEqual([jules]);
    expect(
      avoidedAgents(
        taskWith([
          [jules, "vendor_failed"],
          [bifrost, "no_result"],
        ]),
        config,
      ),
    ).toEqual([bifrost, jules]);
    expect(avoidedAgents(taskWith([], { refusedBy: bifrost }), config)).toEqual([bifrost]);
  });

  test("do not include one whose session only gave way", () => {
    const ends = [
      [jules, "timeout"],
      [jules, "preempted"],
    ] as const satisfies readonly End[];
    expect(avoidedAgents(taskWith(ends), config)).toEqual([]);
  });

  test("are none where a person has chosen the agent", () => {
    const failed = taskWith([[jules, "no_result"]]);
    expect(avoidedAgents({ ...failed, assignTo: { agent: jules, worker: null } }, config)).toEqual([]);
    const labelled = { ...failed, definition: { ...failed.definition, pinnedAgent: jules } };
    expect(avoidedAgents(labelled, config)).toEqual([]);
  });
});

describe("the time that a session gets", () => {
  const config = configOf(two);
  const [agent] = config.agents;
  if (agent === undefined) throw new Error("there is no agent");
  const timeouts = (count: number): Task => taskWith(Array.from({ length: count }, (): End => [jules, "timeout"]));

  test("grows by half with every timeout in a row, up to four times the agent's own", () => {
    const minutes = [0, 1, 2, 3, 4, 5].map((count) => timeoutFor(timeouts(count), agent, config) / minute);
    expect(minutes).toEqual([45, 67.5, 101.25, 151.875, 180, 180]);
  });

  test("is the agent's own again after another failure, and grows on over a session that gave way", () => {
    expect(
      timeoutFor(
        taskWith([
          [jules, "timeout"],
          [jules, "red"],
        ]),
        agent,
        config,
      ),
    ).toBe(45 * minute);
    expect(
      timeoutFor(
        taskWith([
          [jules, "timeout"],
          [jules, "preempted"],
        ]),
        agent,
        config,
      ),
    ).toBe(67.5 * minute);
  });

  test("stays the same where the configuration wants no growth", () => {
    expect(timeoutFor(timeouts(3), agent, configOf({ ...two, retry: { timeoutGrowth: 1 } }))).toBe(45 * minute);
  });
});
