/** The caps of one task hold against every door: a command, a reopened issue, another configuration. */
import { describe, expect, test } from "vitest";
import { waitingReasons } from "../../src/core/waiting.ts";
import { configOf, issue, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const hour = 60 * 60_000;
const jules = { id: "jules", type: "jules", capacity: 1, dispatch: "api" };

function codes(it: Story, number: number): readonly string[] {
  const context = { now: it.now, config: it.config };
  return waitingReasons(it.state, taskAt(it, number), context).map((reason) => reason.code);
}

/** #1 is given to somebody, who brings nothing. Returns what the schedule decided. */
function failOnce(it: Story): readonly string[] {
  const decided = types(it.tell(schedule()));
  const { fence } = it.state;
  it.tell(say(1, fence, report("running")));
  it.tell(say(1, fence, report("failed")));
  it.now += hour;
  return decided;
}

/** Agents have tried #1 as often as they may, and it has failed. */
function spent(): Story {
  const it = story(configOf({ agents: [jules], limits: { attemptsPerTask: 2 } }));
  it.tell(observe({ issues: [issue(1)] }));
  for (let attempt = 0; attempt < 2; attempt += 1) expect(failOnce(it)).toEqual(["TaskAssigned"]);
  expect(it.status(1)).toBe("failed");
  return it;
}

/** Closed and opened again by a person who may start work. */
function reopened(it: Story): void {
  it.tell(observe({ issues: [issue(1, { state: "closed", stateReason: "not_planned", updatedAt: 2 })] }));
  it.tell(observe({ issues: [issue(1, { reopenedBy: writer, updatedAt: 3 })] }));
}

function raise(it: Story, attemptsPerTask: number): readonly string[] {
  it.config = configOf({ agents: [jules], limits: { attemptsPerTask } });
  return types(it.tell({ type: "Configure", sha: `sha-${attemptsPerTask}`, config: it.config, problems: [] }));
}

describe("the cap on attempts", () => {
  test("is not got round by retry: it is refused with the cap and where to raise it, and nothing is started", () => {
    const it = spent();
    const answer =
      "Agents have tried it 2 times, and the cap `limits.attemptsPerTask` allows 2 in the life of a task. Raise it in `.github/orchestrate.yml`, then ask again; or do it by hand, and `/orchestrate complete` accepts it.";
    for (const verb of ["retry", "assign"] as const) {
      const asked = verb === "retry" ? ({ verb } as const) : ({ verb, target: "jules" } as const);
      expect(it.tell(instruct(1, asked))).toEqual([expect.objectContaining({ reaction: "-1", answer })]);
    }
    expect([it.status(1), it.tell(schedule())]).toEqual(["failed", []]);
  });

  test("is not got round by a reopened issue: the task waits, says why, and a person is told once", () => {
    const it = spent();
    reopened(it);
    const reason = "Agents have tried it as often as limits.attemptsPerTask (2) allows: raise it, or cancel the task.";
    expect(it.tell(schedule())).toEqual([{ type: "TaskEscalated", task: taskId(1), reason }]);
    it.now += hour;
    expect([it.tell(schedule()), codes(it, 1)]).toEqual([[], ["cap_attempts_per_task"]]);
    expect(types(it.tell(instruct(1, { verb: "retry" })))).toEqual(["CommandAnswered"]);
  });

  test("that is raised lets the task go on, and holds again at the new number", () => {
    const it = spent();
    reopened(it);
    it.tell(schedule());
    expect(raise(it, 3)).toEqual(["ConfigurationAccepted", "EscalationLifted"]);
    expect(failOnce(it)).toEqual(["TaskAssigned"]);
    expect(it.status(1)).toBe("failed");
    expect(types(it.tell(instruct(1, { verb: "retry" })))).toEqual(["CommandAnswered"]);
  });

  test("that is lowered between two attempts stops the next one", () => {
    const it = story(configOf({ agents: [jules] }));
    it.tell(observe({ issues: [issue(1), issue(2, { labels: ["orchestrate", "hold"] })] }));
    failOnce(it);
    raise(it, 1);
    expect(types(it.tell(schedule()))).toEqual(["TaskEscalated"]);
    it.tell(instruct(2, { verb: "resume", number: 2 }));
    it.tell(observe({ issues: [issue(3)] }));
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", task: taskId(3) })]);
  });
});

describe("a session that would cost more than is left", () => {
  const dear = { id: "dear", type: "jules", capacity: 5, dispatch: "api", cost: 10 };
  const cheap = { id: "cheap", type: "cursor", capacity: 5, dispatch: "api", cost: 2 };

  function agentsOf(it: Story): readonly string[] {
    return it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event.agent] : []));
  }

  function backlog(config: Record<string, unknown>, count = 4): Story {
    const it = story(configOf(config));
    it.tell(observe({ issues: Array.from({ length: count }, (_, index) => issue(index + 1)) }));
    return it;
  }

  test("of the day is not started, which is told as the cap; one that reaches the cap exactly is", () => {
    const it = backlog({ agents: [dear], limits: { costPerDay: 15 } });
    expect(agentsOf(it)).toEqual(["dear"]);
    const context = { now: it.now, config: it.config };
    expect(waitingReasons(it.state, taskAt(it, 2), context)).toEqual([
      {
        code: "cap_cost_per_day",
        detail:
          "The cap limits.costPerDay has no room for another session: 10.00 of 15 US dollars in the last 24 hours, 10.00 of it for sessions that have not ended; the cheapest agent costs 10.00 a session.",
      },
    ]);
    expect(agentsOf(backlog({ agents: [dear], limits: { costPerDay: 20 } }))).toEqual(["dear", "dear"]);
    expect(agentsOf(backlog({ agents: [dear], limits: { costPerDay: 9 } }))).toEqual([]);
  });

  test("of the day goes to a cheaper agent instead, as long as that fits", () => {
    const it = backlog({ agents: [dear, cheap], limits: { costPerDay: 15 } }, 6);
    const started = agentsOf(it);
    expect(started.toSorted()).toEqual(["cheap", "cheap", "dear"]);
    const pinned = backlog({ agents: [dear, cheap], limits: { costPerDay: 5 } }, 0);
    pinned.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:dear"] }), issue(2)] }));
    expect(agentsOf(pinned)).toEqual(["cheap"]);
    expect(codes(pinned, 1)).toEqual(["cap_cost_per_day", "not_pinned"]);
  });

  test("of the task is not started, and a person is told that nobody fits; a cheaper agent still takes it", () => {
    const never = backlog({ agents: [dear], limits: { costPerTask: 5 } }, 1);
    const reason =
      "Another session would cost more than one task may (limits.costPerTask, 5 US dollars): raise it, let a cheaper agent take it, or cancel the task.";
    expect(never.tell(schedule())).toEqual([{ type: "TaskEscalated", task: taskId(1), reason }]);
    expect([never.tell(schedule()), codes(never, 1)]).toEqual([[], ["cap_cost_per_task"]]);
    expect(agentsOf(backlog({ agents: [dear, cheap], limits: { costPerTask: 5 } }, 1))).toEqual(["cheap"]);
  });

  test("of one task keeps nothing from the tasks after it", () => {
    const it = backlog({ agents: [{ ...dear, capacity: 1 }], limits: { costPerTask: 15 } }, 1);
    expect(failOnce(it)).toEqual(["TaskAssigned"]);
    it.tell(observe({ issues: [issue(2)] }));
    expect(types(it.tell(schedule())).toSorted()).toEqual(["TaskAssigned", "TaskEscalated"]);
    expect(taskAt(it, 1).escalated).toContain("of which 10.00 are spent");
    expect(it.status(2)).toBe("assigned");
  });
});
