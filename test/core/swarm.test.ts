/** `/orchestrate swarm`: several workers at once on the sub-issues of one issue, before other work. */
import { describe, expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { toTaskView } from "../../src/engine/task-views.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event } from "../../src/model/event.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { describeNextStep } from "../../src/views/next-step.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { blocker, configOf, issue, taskId } from "../support/build.ts";
import { instruct, observe, schedule, story, taskAt, type Story } from "../support/given.ts";
import { complete, startAll } from "./attack-story.ts";

const jules = { id: "jules", type: "jules", capacity: 4, dispatch: "api" };
const parts = [11, 12, 13] as const;

function high(number: number): IssueFacts {
  return issue(number, { labels: ["orchestrate", "priority:high"] });
}

/** #1 has three sub-issues of no priority, beside six of high priority. */
function backlog(config: Config = configOf({ agents: [jules] })): Story {
  const it = story(config);
  const children = parts.map((number) => blocker(number, { source: "sub_issue" }));
  const issues = [issue(1, { children }), ...parts.map((number) => issue(number, { labels: ["orchestrate", "api"] }))];
  it.tell(observe({ issues: [...issues, ...[21, 22, 23, 24, 25, 26].map(high)] }));
  return it;
}

function swarm(workers: number, number = 1): ReturnType<typeof instruct> {
  return instruct(number, { verb: "swarm", workers });
}

function startedNow(it: Story): readonly number[] {
  return it
    .tell(schedule())
    .flatMap((event) =>
      event.type === "TaskAssigned" ? [it.state.tasks.get(event.task)?.definition.number ?? 0] : [],
    );
}

function answerOf(events: readonly Event[]): string {
  const answered = events.at(-1);
  return answered?.type === "CommandAnswered" ? `${answered.reaction} ${answered.answer}` : "";
}

describe("a swarm", () => {
  test("starts the sub-issues of its issue before work of a higher priority, as many at once as were asked for", () => {
    const it = backlog();
    it.tell(swarm(2));
    expect(startedNow(it)).toEqual([11, 12, 21, 22]);
  });

  test("waits for what is urgent", () => {
    const it = backlog(configOf({ agents: [{ ...jules, capacity: 2 }] }));
    it.tell(observe({ issues: [issue(30, { labels: ["orchestrate", "priority:urgent"] })] }));
    it.tell(swarm(2));
    expect(startedNow(it)).toEqual([30, 11]);
  });

  test("is not there: they take their turn by the mode", () => {
    expect(startedNow(backlog())).toEqual([21, 22, 23, 24]);
  });

  test("is filled up again as its sub-issues are done, and no further", () => {
    const it = backlog();
    it.tell(swarm(2));
    startedNow(it);
    startAll(it);
    complete(it, 11, 21);
    expect(startedNow(it)).toEqual([13, 23]);
    startAll(it);
    complete(it, 12);
    expect(startedNow(it)).toEqual([24]);
  });

  test("says in the event and in words that the start was for it", () => {
    const it = backlog();
    it.tell(swarm(1));
    const [event] = it.tell(schedule());
    expect(event).toMatchObject({ type: "TaskAssigned", task: taskId(11), reasons: { swarm: 1 } });
    const view = toTaskView(it.state, taskAt(it, 11), it);
    expect(renderExplain(view)).toContain("Started for the swarm of #1, whatever its rank among 9 ready tasks");
  });

  test("is told on its issue, and on the sub-issues that wait for their turn", () => {
    const it = backlog(configOf({ agents: [{ ...jules, capacity: 1 }] }));
    it.tell(swarm(2));
    startedNow(it);
    const told = (number: number): string => describeNextStep(toTaskView(it.state, taskAt(it, number), it));
    expect(told(1)).toBe(
      "It has sub-issues and completes with the last of them. `wanda` called a swarm: up to 2 workers at once go to them before other work, 1 now. `/orchestrate swarm 0` calls it off.",
    );
    expect(told(12)).toContain("It belongs to the swarm of #1, which goes before other work.");
    expect(told(21)).not.toContain("swarm");
  });

  test("stops nobody, and passes over a sub-issue that is held, blocked or waits for its retry", () => {
    const it = backlog(configOf({ agents: [{ ...jules, capacity: 2 }] }));
    expect(startedNow(it)).toEqual([21, 22]);
    it.tell(swarm(3));
    it.tell(instruct(11, { verb: "hold" }));
    expect(startedNow(it)).toEqual([]);
    startAll(it);
    complete(it, 21, 22);
    expect(startedNow(it)).toEqual([12, 13]);
  });

  test("goes beyond no limit", () => {
    const agents = [jules];
    const it = backlog(configOf({ agents, limits: { labels: { api: 1 } } }));
    it.tell(swarm(3));
    expect(startedNow(it)).toEqual([11, 21, 22, 23]);
    const capped = backlog(configOf({ agents, limits: { sessionsPerDay: 1 } }));
    capped.tell(swarm(3));
    expect(startedNow(capped)).toEqual([11]);
  });

  test("is over with its issue, and does not come back when that is reopened", () => {
    const it = backlog();
    it.tell(swarm(2));
    it.tell(instruct(1, { verb: "cancel" }));
    expect(it.state.swarms.size).toBe(0);
    it.tell(instruct(1, { verb: "retry" }));
    expect(startedNow(it)).toEqual([21, 22, 23, 24]);
  });

  test("is over when its issue is no task any more", () => {
    const it = backlog();
    it.tell(swarm(2));
    it.tell(observe({ gone: [{ id: taskId(1), reason: "deleted" }] }));
    expect(it.state.swarms.size).toBe(0);
  });

  test("is in a snapshot", () => {
    const it = backlog();
    it.tell(swarm(2));
    const again = fromSnapshot(toSnapshot(it.state));
    expect(again.swarms.get(taskId(1))).toEqual({ workers: 2, by: "wanda" });
    expect(toSnapshot(again)).toEqual(toSnapshot(it.state));
  });

  test("of two issues goes to the older one first", () => {
    const it = backlog(configOf({ agents: [{ ...jules, capacity: 1 }] }));
    it.tell(observe({ issues: [issue(2, { children: [blocker(21, { source: "sub_issue" })] })] }));
    it.tell(swarm(1, 2));
    it.tell(swarm(1));
    expect(startedNow(it)).toEqual([11]);
  });
});

describe("the command", () => {
  test("is refused where there are no sub-issues, with what to do", () => {
    const it = backlog();
    expect(answerOf(it.tell(swarm(2, 21)))).toBe(
      "-1 It has no sub-issues to put workers on. `/orchestrate split` proposes some, or add them on GitHub, each with the label of tasks.",
    );
    expect(it.state.swarms.size).toBe(0);
  });

  test("says what keeps the swarm smaller", () => {
    const it = backlog(configOf({ agents: [{ ...jules, capacity: 2 }] }));
    expect(answerOf(it.tell(swarm(9)))).toBe("+1 Only 3 of its sub-issues are open: no more workers can be at them.");
    expect(answerOf(it.tell(swarm(3)))).toBe("+1 All agents together have 2 workers now.");
  });

  test("calls it off with 0, and says where there is none", () => {
    const it = backlog();
    it.tell(swarm(2));
    expect(answerOf(it.tell(swarm(0)))).toBe("+1 null");
    expect(startedNow(it)).toEqual([21, 22, 23, 24]);
    expect(answerOf(it.tell(swarm(0)))).toBe("-1 It has no swarm.");
  });

  test("can be taken back", () => {
    const it = backlog();
    it.tell(swarm(2));
    it.tell(swarm(3));
    expect(answerOf(it.tell(instruct(1, { verb: "undo" })))).toBe("+1 `swarm` by `wanda` is taken back.");
    expect(it.state.swarms.get(taskId(1))?.workers).toBe(2);
  });
});
