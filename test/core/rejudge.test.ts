/** What a person was told of a task that nobody can take: taken back as soon as it is no longer so, and told once while it is. */
import { describe, expect, test } from "vitest";
import { advance } from "../../src/core/decide.ts";
import { judgedMax, surfaceDelayMs } from "../../src/model/limits.ts";
import { react } from "../../src/core/react.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { toTaskView } from "../../src/engine/task-views.ts";
import type { Event } from "../../src/model/event.ts";
import { toAgentId, toCommandId } from "../../src/model/ids.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { renderSticky } from "../../src/views/sticky-comment.ts";
import { blocker, configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";
import { held } from "./health-story.ts";

const hour = 60 * 60_000;
const jules = { id: "jules", type: "jules", capacity: 1, dispatch: "api", capabilities: { go: 1 } };
const cursor = { id: "cursor", type: "cursor", capacity: 1, dispatch: "api", capabilities: { rust: 1 } };
const lifted: Event = { type: "EscalationLifted", task: taskId(1) };
const noAgent = "No agent of the configuration can do what it needs (rust)";

function labelled(...labels: readonly string[]): IssueFacts {
  return issue(1, { labels: ["orchestrate", ...labels] });
}

let commits = 0;

/** Another configuration comes into force; the events that follow from it. */
function configure(it: Story, config: Record<string, unknown>): readonly Event[] {
  it.config = configOf(config);
  const events = it.tell({ type: "Configure", sha: `sha-${(commits += 1)}`, config: it.config, problems: [] });
  expect(types(events)[0]).toBe("ConfigurationAccepted");
  return events.slice(1);
}

/** #1 has these labels, is looked at by the schedule, and a person is told that nobody can take it. */
function told(facts: IssueFacts = labelled("needs:rust"), agents: readonly unknown[] = [jules]): Story {
  const it = story(configOf({ agents }));
  it.tell(observe({ issues: [facts] }));
  expect(types(it.tell(schedule()))).toEqual(["TaskEscalated"]);
  return it;
}

function comment(it: Story): string {
  return renderSticky(toTaskView(it.state, taskAt(it, 1), { now: it.now, config: it.config }));
}

/** The tasks that a person is told of with the next schedule. */
function toldNext(it: Story): readonly string[] {
  return it.tell(schedule()).flatMap((event) => (event.type === "TaskEscalated" ? [event.task] : []));
}

/** The one worker is at #100, whatever comes after it. */
function occupied(config: Record<string, unknown> = {}): Story {
  const it = story(configOf({ agents: [jules], ...config }));
  it.tell(observe({ issues: [issue(100, { labels: ["orchestrate", "estimate:3h"] })] }));
  it.tell(schedule());
  it.tell(say(100, 1, report("running")));
  return it;
}

function many(count: number, ...labels: readonly string[]): readonly IssueFacts[] {
  return Array.from({ length: count }, (_, index) => issue(101 + index, { labels: ["orchestrate", ...labels] }));
}

describe("a task that nobody can ever take is told of with the next schedule", () => {
  test("although every worker is busy, and although as many more urgent ones stand before it as there may be", () => {
    const it = occupied();
    it.tell(observe({ issues: [...many(300, "priority:urgent"), labelled("needs:rust", "priority:low")] }));
    expect(toldNext(it)).toEqual([taskId(1)]);
    expect(comment(it)).toContain(noAgent);
    expect(it.tell(schedule())).toEqual([]);
  });

  test("although nothing gives way to anything", () => {
    const it = occupied({ preemption: { enabled: false } });
    it.tell(observe({ issues: [labelled("agent:devin")] }));
    expect(toldNext(it)).toEqual([taskId(1)]);
  });

  test("when it has waited for long and is changed so, by its labels or by a person who asks for an agent", () => {
    const it = occupied({ agents: [jules, cursor] });
    it.tell(
      observe({
        issues: [...many(300, "priority:urgent"), labelled(), issue(2, { labels: ["orchestrate", "needs:go"] })],
      }),
    );
    expect(toldNext(it)).toEqual([]);
    it.tell(observe({ issues: [{ ...labelled("needs:cobol"), updatedAt: 2 }] }));
    it.tell(instruct(2, { verb: "assign", target: "cursor" }));
    expect(toldNext(it)).toEqual([taskId(1), taskId(2)]);
  });

  test("when what it waited for is done, and when another configuration names nobody who can", () => {
    const it = occupied();
    const behind = { ...labelled("needs:rust"), blockedBy: [blocker(2)] };
    it.tell(observe({ issues: [issue(2), behind, issue(3, { labels: ["orchestrate", "needs:go"] })] }));
    expect(toldNext(it)).toEqual([]);
    it.tell(instruct(2, { verb: "complete" }));
    expect(toldNext(it)).toEqual([taskId(1)]);
    configure(it, { agents: [{ ...jules, capabilities: { rust: 1 } }] });
    expect(toldNext(it)).toEqual([taskId(3)]);
  });

  test("by a process that has just read a snapshot as well, once", () => {
    const it = occupied();
    it.tell(observe({ issues: [labelled("needs:rust")] }));
    const restarted = fromSnapshot(toSnapshot(it.state));
    const context = { now: it.now, config: it.config };
    const schedules = (id: string): readonly string[] =>
      types(advance(restarted, { command: { type: "Schedule", id: toCommandId(id) }, context }));
    expect(schedules("~one")).toEqual(["TaskEscalated"]);
    expect(schedules("~two")).toEqual([]);
  });

  test("and a thousand of them are told of one part after another", () => {
    const it = occupied();
    it.tell(observe({ issues: many(judgedMax + 3, "needs:rust") }));
    expect(toldNext(it)).toHaveLength(judgedMax);
    expect(toldNext(it)).toHaveLength(3);
    expect(toldNext(it)).toEqual([]);
  });

  test("but not again because its decision was taken back and made once more", () => {
    const it = occupied();
    it.tell(observe({ issues: [labelled("needs:rust")] }));
    expect(types(it.ask(schedule()))).toEqual(["TaskEscalated"]);
    expect(toldNext(it)).toEqual([taskId(1)]);
    expect(toldNext(it)).toEqual([]);
  });
});

describe("when another configuration comes into force", () => {
  test("that names somebody who can, the words are gone from the comment, which is written, and the task starts", () => {
    const it = told();
    expect(comment(it)).toContain(noAgent);
    expect(configure(it, { agents: [jules, cursor] })).toEqual([lifted]);
    expect(comment(it)).not.toContain(noAgent);
    expect(comment(it)).toContain("The next free worker takes it.");
    expect(react(it.state, lifted)).toEqual([
      { effect: { type: "UpdateIssue", task: taskId(1) }, afterMs: surfaceDelayMs },
    ]);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("they go although nobody who can is free, and although the task may not start now", () => {
    const busy = told();
    busy.tell(observe({ issues: [issue(2)] }));
    busy.tell(schedule());
    expect(busy.status(2)).toBe("assigned");
    expect(configure(busy, { agents: [{ ...jules, capabilities: {} }] })).toEqual([lifted]);
    const held = told();
    held.tell(instruct(1, { verb: "hold" }));
    expect(configure(held, { agents: [jules, cursor] })).toEqual([lifted]);
  });

  test("that changes nothing of it, it stays told and is not told again", () => {
    const it = told();
    expect(configure(it, { agents: [{ ...jules, capacity: 2 }] })).toEqual([]);
    expect(it.tell(schedule())).toEqual([]);
    expect(comment(it)).toContain(noAgent);
  });

  test("that makes it so for another reason, that one is told instead", () => {
    const it = told(labelled("agent:cursor"));
    expect(taskAt(it, 1).escalated).toContain("which the configuration does not name");
    expect(configure(it, { agents: [jules, cursor] })).toEqual([lifted]);
    const both = told(labelled("agent:cursor", "needs:go"));
    const reason =
      "It asks for the agent cursor, which cannot do what it needs (go): ask for another with /orchestrate assign.";
    expect(configure(both, { agents: [jules, cursor] })).toEqual([{ type: "TaskEscalated", task: taskId(1), reason }]);
  });

  test("one that is bad changes nothing, and the recovery from it judges by what is in force then", () => {
    const it = told();
    const bad = { type: "Configure", sha: "bad", config: null, problems: [] } as const;
    expect(types(it.tell(bad))).toEqual(["ConfigurationRejected"]);
    expect(configure(it, { agents: [jules, cursor] })).toEqual([lifted]);
  });

  test("and goes back and forth, it is told again each time that it is so again, and once", () => {
    const it = told();
    for (let round = 0; round < 3; round += 1) {
      expect(configure(it, { agents: [jules, cursor] })).toEqual([lifted]);
      expect(configure(it, { agents: [jules] })).toEqual([]);
      expect(types(it.tell(schedule()))).toEqual(["TaskEscalated"]);
      expect(it.tell(schedule())).toEqual([]);
    }
  });

  test("nothing is said of tasks that nobody was told of, nor of those that a person was told of for another reason", () => {
    const untold = story(configOf({ agents: [jules, cursor] }));
    untold.tell(observe({ issues: [labelled("needs:rust"), issue(2)] }));
    expect(configure(untold, { agents: [cursor] })).toEqual([]);
    const unmerged = story();
    unmerged.tell(observe({ issues: [issue(1)] }));
    unmerged.tell(schedule());
    unmerged.tell(say(1, 1, report("running")));
    unmerged.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    unmerged.tell(observe({ pulls: [pull(9, { checks: "pending", requiredChecks: "pending" })] }));
    unmerged.now += 100 * hour;
    expect(types(unmerged.tell({ type: "Tick" }))).toContain("TaskEscalated");
    expect(configure(unmerged, { limits: { batch: 3 } })).toEqual([]);
    expect(comment(unmerged)).toContain("for its checks, a review or its merge.");
  });

  test("that raises what one task may cost, or leaves it, the words go, or stay", () => {
    const it = story(configOf({ limits: { costPerTask: 3 } }));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("failed", { costUsd: 3 })));
    it.now += hour;
    expect(types(it.tell(schedule()))).toEqual(["TaskEscalated"]);
    expect(configure(it, { limits: { costPerTask: 3, batch: 3 } })).toEqual([]);
    expect(configure(it, { limits: { costPerTask: 9 } })).toEqual([lifted]);
  });

  test("that names the agent again whose pull request is to be gone on with, the words go", () => {
    const it = story(configOf({ agents: [jules] }));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("succeeded", { pullUrl: pull(9).url })));
    const red = { checks: "failure", requiredChecks: "failure", failedChecks: ["build"] } as const;
    it.tell(observe({ pulls: [pull(9, red)] }));
    configure(it, { agents: [cursor] });
    it.now += hour;
    expect(types(it.tell(schedule()))).toEqual(["TaskEscalated"]);
    expect(taskAt(it, 1).escalated).toContain("It asks for the agent jules");
    expect(configure(it, { agents: [jules, cursor] })).toEqual([lifted]);
  });
});

describe("when the issue is revised", () => {
  test("so that somebody can take it, the words are gone with the revision", () => {
    const it = told();
    expect(types(it.tell(observe({ issues: [{ ...labelled(), updatedAt: 2 }] })))).toEqual([
      "TaskRevised",
      "EscalationLifted",
    ]);
    expect(comment(it)).not.toContain(noAgent);
  });

  test("in another way, it stays told and is not told again", () => {
    const it = told();
    const urgent = { ...labelled("needs:rust", "priority:urgent"), updatedAt: 2 };
    expect(types(it.tell(observe({ issues: [urgent] })))).toEqual(["TaskRevised"]);
    expect(it.tell(schedule())).toEqual([]);
    expect(comment(it)).toContain(noAgent);
  });

  test("to need something else that nobody can, that is told instead", () => {
    const it = told();
    const events = it.tell(observe({ issues: [{ ...labelled("needs:cobol"), updatedAt: 2 }] }));
    expect(types(events)).toEqual(["TaskRevised", "TaskEscalated"]);
    expect(comment(it)).toContain("(cobol)");
  });

  test("and closed with it, nothing is said beside its end", () => {
    const it = told();
    const closed = { ...labelled(), updatedAt: 2, state: "closed", stateReason: "not_planned" } as const;
    expect(types(it.tell(observe({ issues: [closed] })))).toEqual(["TaskRevised", "TaskCancelled"]);
  });
});

describe("when a person asks for another agent", () => {
  test("that can, the words are gone with the answer", () => {
    const it = told(labelled("agent:devin"));
    const events = it.tell(instruct(1, { verb: "assign", target: "jules" }));
    expect(types(events)).toEqual(["AssignmentRequested", "EscalationLifted", "CommandAnswered"]);
  });

  test("that cannot either, it is told of that one at once", () => {
    const it = told(labelled("needs:rust"), [jules, { ...cursor, capabilities: { css: 1 } }]);
    const events = it.tell(instruct(1, { verb: "assign", target: "cursor" }));
    expect(types(events)).toEqual(["AssignmentRequested", "TaskEscalated", "CommandAnswered"]);
    expect(comment(it)).toContain("It asks for the agent cursor, which cannot do what it needs (rust)");
  });
});

describe("what passes by itself", () => {
  test("takes nothing back and tells nothing anew: a vendor's outage says nothing of what its agent can do", () => {
    const it = told(labelled("needs:rust"), [{ ...jules, capacity: 3 }]);
    it.tell(observe({ issues: [issue(2), issue(3), issue(4)] }));
    it.tell(schedule());
    const outcome = { kind: "refused", reason: "503 Service Unavailable", retryAfterMs: null } as const;
    for (const { number, fence } of held(it)) {
      it.tell({ type: "ReportOutcome", task: taskId(number), fence, outcome });
    }
    expect(it.state.agents.get(toAgentId("jules"))?.pausedUntil).toBeGreaterThan(it.now);
    expect(it.tell(schedule())).toEqual([]);
    expect(configure(it, { agents: [{ ...jules, capacity: 3 }] })).toEqual([]);
    const reasons = waitingReasons(it.state, taskAt(it, 1), { now: it.now, config: it.config });
    expect(reasons.map(({ code }) => code)).toEqual(["missing_capability"]);
    it.now += 2 * hour;
    expect(it.tell(schedule())).not.toContainEqual(expect.objectContaining({ task: taskId(1) }));
    expect(comment(it)).toContain(noAgent);
  });

  test("is the limit of a vendor: a worker that is there again is waited for, and the words go", () => {
    const two = { ...jules, capacity: 2 };
    const it = story(configOf({ agents: [two] }));
    it.tell(observe({ issues: [issue(2), issue(3)] }));
    it.tell(schedule());
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(instruct(1, { verb: "assign", target: "jules/2" }));
    const limit = (sessions: number) =>
      ({ type: "ReportCapacity", agent: toAgentId("jules"), limit: sessions }) as const;
    it.tell(limit(1));
    expect(types(it.tell(schedule()))).toEqual(["TaskEscalated"]);
    it.tell(limit(2));
    expect(it.tell(schedule())).toEqual([lifted]);
  });
});
