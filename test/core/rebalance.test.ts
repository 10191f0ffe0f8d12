/** Where `matching.rebalance` asks for it a task is moved from an agent that is used far too much to one that is used far too little. */
import { describe, expect, test } from "vitest";
import { attemptsUsed } from "../../src/core/retry-policy.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { Event } from "../../src/model/event.ts";
import { renderEventLine } from "../../src/views/log-line.ts";
import { configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const cursor = { id: "cursor", type: "cursor", capacity: 2, dispatch: "api" };
const bifrost = { id: "bifrost", type: "bifrost", capacity: 2, dispatch: "api" };
const jules = { id: "jules", type: "jules", capacity: 2, dispatch: "api" };

interface Given {
  readonly agents?: readonly Record<string, unknown>[];
  readonly config?: Record<string, unknown>;
  /** What is special about issue 2. */
  readonly labels?: readonly string[];
  /** How many sessions run; the others have not started. */
  readonly running?: number;
  readonly issues?: number;
}

/** The first agent has all tasks, two hours each, and the others had none: they were switched off when work was handed out. */
function lopsided({
  agents = [cursor, bifrost],
  config = {},
  labels = [],
  running = 2,
  issues = 2,
}: Given = {}): Story {
  const it = story(configOf({ agents, matching: { rebalance: { enabled: true } }, ...config }));
  const facts = Array.from({ length: issues }, (_, index) =>
    issue(index + 1, { labels: ["orchestrate", "estimate:2h", ...(index === 1 ? labels : [])] }),
  );
  it.tell(observe({ issues: facts }));
  for (const { id } of agents.slice(1)) it.tell(instruct(1, { verb: "disable", worker: String(id) }));
  it.tell(schedule());
  for (let number = 1; number <= running; number += 1) {
    it.now += minute;
    it.tell(say(number, fence(it, number), report("running", { session: sessionOf(number) })));
  }
  for (const { id } of agents.slice(1)) it.tell(instruct(1, { verb: "enable", worker: String(id) }));
  it.now += 10 * minute;
  return it;
}

const sessionOf = (number: number): { readonly id: string; readonly url: null } => ({
  id: `bc-${number}/run-1`,
  url: null,
});

function fence(it: Story, number: number): number {
  return taskAt(it, number).assignment?.fence ?? 0;
}

function tick(it: Story): readonly Event[] {
  return it.tell({ type: "Tick" }).filter(({ type }) => type === "TaskHandedOver" || type === "CancelRequested");
}

/** Which issues are moved where. */
function moved(it: Story): readonly string[] {
  return tick(it).flatMap((event) =>
    event.type === "TaskHandedOver" ? [`#${taskNumber(it, event.task)} to ${event.agent}`] : [],
  );
}

function taskNumber(it: Story, id: ReturnType<typeof taskId>): number {
  return it.state.tasks.get(id)?.definition.number ?? 0;
}

function ended(it: Story, number: number, branch: string | null = null): readonly Event[] {
  return it.tell(say(number, fence(it, number), report("cancelled", { session: sessionOf(number), branch })));
}

const why = "cursor is used to 100 % and bifrost to 0 %, where the mean is 50 %.";

describe("an agent that is used to more than 1.5 times the mean, beside one that is used to less than half of it", () => {
  test("hands over the session that has run for the shortest time, which is asked to end first", () => {
    const it = lopsided();
    expect(tick(it)).toEqual([
      { type: "TaskHandedOver", task: taskId(2), agent: "bifrost", worker: null, by: "orchestrate", reason: why },
      { type: "CancelRequested", task: taskId(2), fence: fence(it, 2), reason: "handed_over", by: "orchestrate" },
    ]);
    it.now += minute;
    expect(it.tell(schedule())).toEqual([]);
    expect(it.status(2)).toBe("in_progress");
  });

  test("has what it had begun gone on with there, as the same attempt, and the assignment says why", () => {
    const it = lopsided();
    tick(it);
    const events = ended(it, 2, "orchestrate/2-half");
    expect(events).toEqual([
      expect.objectContaining({
        type: "SessionEnded",
        result: "handed_over",
        detail: `Handed over to bifrost by orchestrate: ${why}`,
      }),
      expect.objectContaining({ type: "RetryScheduled", reason: "handed_over", counts: false, retryAt: it.now }),
    ]);
    const [assigned] = it.tell(schedule());
    expect(assigned).toMatchObject({
      type: "TaskAssigned",
      agent: "bifrost",
      attempt: 1,
      continues: { branch: "orchestrate/2-half", isBegun: true, session: null },
      reasons: { note: `moved here to balance the agents: ${why}` },
    });
    expect(attemptsUsed(taskAt(it, 2))).toBe(0);
    expect([taskAt(it, 2).preemptions, taskAt(it, 2).failuresInRow]).toEqual([1, 0]);
  });

  test("hands over what has not started before what runs", () => {
    const it = lopsided({ running: 1 });
    expect(moved(it)).toEqual(["#2 to bifrost"]);
    const other = lopsided({ running: 0, issues: 1, agents: [{ ...cursor, capacity: 1 }, bifrost] });
    expect(moved(other)).toEqual(["#1 to bifrost"]);
  });

  test("hands over one task a pass to each of the others, and looks again only after `alerts.every`", () => {
    const third = { ...bifrost, id: "sprites" };
    const it = lopsided({ agents: [{ ...cursor, capacity: 4 }, bifrost, third], running: 4, issues: 4 });
    expect(moved(it)).toEqual(["#4 to bifrost", "#3 to sprites"]);
    it.now += minute;
    expect(moved(it)).toEqual([]);
    // Nothing more would be gained: when those two have arrived, half of each agent's workers are taken.
    it.now += 5 * minute;
    expect(moved(it)).toEqual([]);
  });

  test("goes on with another task after `alerts.every` while that is a relief", () => {
    const it = lopsided({
      agents: [
        { ...cursor, capacity: 4 },
        { ...bifrost, capacity: 4 },
      ],
      running: 4,
      issues: 4,
    });
    expect(moved(it)).toEqual(["#4 to bifrost"]);
    it.now += minute;
    expect(moved(it)).toEqual([]);
    it.now += 5 * minute;
    expect(moved(it)).toEqual(["#3 to bifrost"]);
    it.now += 5 * minute;
    expect(moved(it)).toEqual([]);
  });

  test("never gets back what was moved once, whoever is used too much by then", () => {
    const it = lopsided();
    tick(it);
    ended(it, 2);
    it.tell(observe({ issues: [issue(3, { labels: ["orchestrate", "estimate:2h", "agent:bifrost"] })] }));
    it.tell(schedule());
    for (const number of [2, 3])
      it.tell(say(number, fence(it, number), report("running", { session: sessionOf(number) })));
    it.tell(instruct(1, { verb: "cancel" }));
    ended(it, 1);
    it.now += 30 * minute;
    expect(moved(it)).toEqual([]);
    expect(taskAt(it, 2).assignment?.agent).toBe("bifrost");
    const read = fromSnapshot(toSnapshot(it.state));
    expect(read.tasks.get(taskId(2))?.isRebalanced).toBe(true);
  });
});

describe("nothing is moved", () => {
  test("unless the key asks for it", () => {
    expect(moved(lopsided({ config: { matching: {} } }))).toEqual([]);
    expect(moved(lopsided())).toEqual(["#2 to bifrost"]);
  });

  test("within the bounds of the keys", () => {
    expect(moved(lopsided({ config: { matching: { rebalance: { enabled: true, over: 2 } } } }))).toEqual([]);
    expect(moved(lopsided({ config: { matching: { rebalance: { enabled: true, under: 0 } } } }))).toEqual([]);
  });

  test("where two agents would only change places", () => {
    expect(moved(lopsided({ issues: 1, running: 1 }))).toEqual([]);
  });

  test("that is near its end, whose pull request is open, or whose session nobody can end", () => {
    const late = lopsided();
    late.now += 90 * minute;
    expect(moved(late)).toEqual([]);
    const open = lopsided({ issues: 1, running: 1, agents: [{ ...cursor, capacity: 1 }, bifrost] });
    open.tell(
      observe({
        pulls: [
          pull(9, { branch: "orchestrate/1-work", checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] }),
        ],
      }),
    );
    expect(taskAt(open, 1).pull?.number).toBe(9);
    expect(moved(open)).toEqual([]);
    expect(moved(lopsided({ agents: [jules, bifrost] }))).toEqual([]);
  });

  test("to an agent that suits it worse than `matching.bar`, or where a label asks for the one that has it", () => {
    const fit = (share: number): readonly string[] => {
      const agents = [
        { ...cursor, capabilities: { docs: 1 } },
        { ...bifrost, capabilities: { docs: share } },
      ];
      return moved(lopsided({ agents, labels: ["needs:docs"] }));
    };
    expect(fit(0.4)).toEqual(["#1 to bifrost"]);
    expect(fit(0.9)).toEqual(["#2 to bifrost"]);
    const pinned = lopsided({ labels: ["agent:cursor"] });
    expect(moved(pinned)).toEqual(["#1 to bifrost"]);
  });

  test("that a person gave to its agent", () => {
    const it = story(configOf({ agents: [cursor, bifrost], matching: { rebalance: { enabled: true } } }));
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "estimate:2h"] })] }));
    it.tell(instruct(1, { verb: "assign", target: "cursor" }));
    it.tell(schedule());
    it.tell(say(1, fence(it, 1), report("running", { session: sessionOf(1) })));
    it.now += 10 * minute;
    expect(moved(it)).toEqual([]);
  });

  test("more often than `preemption.perTask` says", () => {
    expect(
      moved(lopsided({ config: { matching: { rebalance: { enabled: true } }, preemption: { perTask: 1 } } })),
    ).toEqual(["#2 to bifrost"]);
    const it = lopsided({ config: { matching: { rebalance: { enabled: true } }, preemption: { perTask: 1 } } });
    for (const number of [1, 2]) (it.state.tasks.own(taskId(number)) ?? { preemptions: 0 }).preemptions = 1;
    expect(moved(it)).toEqual([]);
  });

  test("while everything is paused", () => {
    const it = lopsided();
    it.tell(instruct(1, { verb: "pause" }));
    expect(moved(it)).toEqual([]);
  });
});

describe("a task that is to be moved", () => {
  test("goes to whoever is free when there is no room any more where it was to go", () => {
    const it = lopsided();
    tick(it);
    it.tell(instruct(1, { verb: "disable", worker: "bifrost" }));
    ended(it, 2);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", agent: "cursor" })]);
  });

  test("was not moved where its session ended well before", () => {
    const it = lopsided();
    tick(it);
    it.tell(
      say(2, fence(it, 2), report("succeeded", { session: sessionOf(2), pullUrl: "https://github.test/o/r/pull/9" })),
    );
    expect([taskAt(it, 2).preemptions, taskAt(it, 2).assignTo]).toEqual([0, null]);
  });

  test("goes where a person says instead, and that is no move", () => {
    const it = lopsided({ agents: [cursor, bifrost, jules] });
    tick(it);
    it.tell(instruct(2, { verb: "handoff", target: "jules" }));
    expect(taskAt(it, 2).preemptions).toBe(0);
    ended(it, 2);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ type: "TaskAssigned", agent: "jules" })]);
  });

  test("is told of with the reason", () => {
    const it = lopsided();
    const [event] = tick(it);
    const line = event === undefined ? "" : renderEventLine(event, { task: () => "#2" });
    expect(line).toContain(`#2 is handed over to bifrost, to balance the agents: ${why}`);
    expect(types(it.tell(schedule()))).toEqual([]);
  });
});
