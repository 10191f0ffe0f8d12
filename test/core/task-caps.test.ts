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
