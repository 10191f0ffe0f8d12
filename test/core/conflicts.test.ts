/** What stands in the way of work in flight, and what becomes of it when somebody says so: never are two at one task. */
import { describe, expect, test } from "vitest";
import { findConflicts, readConflictId } from "../../src/core/conflicts.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { whyNotResolved } from "../../src/core/resolve-conflict.ts";
import type { Command } from "../../src/model/command.ts";
import type { Conflict } from "../../src/model/conflict.ts";
import type { Event } from "../../src/model/event.ts";
import { blocker, configOf, issue, pull, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const agents = [
  { id: "cursor", type: "cursor", capacity: 2, dispatch: "api" },
  { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api" },
];

type Resolve = Extract<Command, { readonly type: "ResolveConflict" }>;

function resolve(facts: Partial<Omit<Resolve, "type" | "id">>): Omit<Resolve, "id"> {
  const defaults = { kind: "silence", resolution: "reassign", target: null, after: null, reason: null } as const;
  return { type: "ResolveConflict", task: taskId(1), ...defaults, by: "http:wanda", ...facts };
}

function conflicts(it: Story): readonly Conflict[] {
  return findConflicts(it.state, { now: it.now, config: it.config });
}

function refusal(it: Story, facts: Parameters<typeof resolve>[0]): string | null {
  return whyNotResolved({ state: it.state, context: { now: it.now, config: it.config } }, resolve(facts));
}

function fence(it: Story, number = 1): number {
  return taskAt(it, number).assignment?.fence ?? 0;
}

/** #1 is with cursor and its session runs; #2 is no less open. */
function running(config: Record<string, unknown> = {}): Story {
  const it = story(configOf({ agents, ...config }));
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:cursor"] }), issue(2, { selectedBy: null })] }));
  it.tell(schedule());
  it.tell(say(1, fence(it), report("running")));
  return it;
}

function silent(): Story {
  const it = running();
  it.now += 3 * 60 * minute;
  return it;
}

/** #2 came to be depended on while #1 was worked on. */
function clashing(): Story {
  const it = story(configOf({ agents }));
  it.tell(observe({ issues: [issue(1), issue(2, { labels: ["orchestrate", "hold"] })] }));
  it.tell(schedule());
  it.tell(say(1, fence(it), report("running")));
  it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2)], updatedAt: 2 })] }));
  return it;
}

/** The pull request of #1 conflicts with its base, and no agent has been sent again yet. */
function unmergeable(): Story {
  const it = running();
  it.tell(observe({ issues: [issue(2, { labels: ["orchestrate", "hold"] })] }));
  it.tell(say(1, fence(it), report("succeeded", { pullUrl: pull(9).url, branch: "orchestrate/1-work" })));
  it.tell(observe({ pulls: [pull(9, { mergeable: "conflict", updatedAt: 2 })] }));
  return it;
}

function ended(it: Story): readonly Event[] {
  return it.tell(say(1, fence(it), report("cancelled", { branch: "orchestrate/1-half" })));
}

describe("conflicts", () => {
  test("are none where work goes on as it should", () => {
    expect(conflicts(running())).toEqual([]);
  });

  test("are told of a session that takes far longer than expected, with since when", () => {
    const it = silent();
    expect(conflicts(it)).toEqual([
      {
        id: `silence:${taskId(1)}`,
        kind: "silence",
        task: taskId(1),
        with: [],
        files: [],
        detail: "cursor/1 has been at it for 180 min, and about 30 min were expected.",
        since: 1_000_000 + 60 * minute,
        resolutions: ["reassign", "queue", "escalate"],
      },
    ]);
  });

  test("are told of a session that began before its blocker was done, until that is done or its end was asked for", () => {
    const it = clashing();
    expect(conflicts(it)).toMatchObject([
      {
        id: `dependency:${taskId(1)}`,
        with: [taskId(2)],
        detail: "cursor/1 is at it, and it depends on #2.",
        resolutions: ["queue", "escalate"],
      },
    ]);
    it.tell(instruct(2, { verb: "complete" }));
    expect(conflicts(it)).toEqual([]);
  });

  test("are told of a pull request that conflicts with its base, with the files where they are known", () => {
    const it = unmergeable();
    const [effect] = [...it.state.outbox.entries()].find((each) => each[1].effect.type === "CollectFeedback") ?? [];
    if (effect === undefined) throw new Error("Nobody was asked to collect feedback.");
    const feedback = { pull: 9, sha: "a", checks: [], reviews: [], moreChecks: 0, strangers: 0, reviewedAt: null };
    const found = { ...feedback, conflicts: { base: "main", paths: ["src/a.ts"], more: 0 } };
    expect(conflicts(it)).toMatchObject([{ id: `merge:${taskId(1)}`, files: [] }]);
    it.tell({ type: "SettleEffects", settled: [{ effect, outcome: { kind: "collected", feedback: found } }] });
    expect(conflicts(it)).toMatchObject([{ id: `merge:${taskId(1)}`, files: ["src/a.ts"] }]);
  });

  test("are told of a merge that another one stands in the way of, with that one and the file", () => {
    const it = story(configOf({ agents, merge: "auto" }));
    it.tell(observe({ issues: [issue(1), issue(2)] }));
    it.tell(schedule());
    for (const number of [1, 2]) {
      it.tell(say(number, fence(it, number), report("succeeded", { pullUrl: pull(8 + number).url })));
      it.tell(observe({ pulls: [pull(8 + number, { branch: `orchestrate/${number}-work`, files: ["a.ts"] })] }));
    }
    expect(conflicts(it)).toMatchObject([
      {
        id: `overlap:${taskId(2)}`,
        with: [taskId(1)],
        files: ["a.ts"],
        detail: "Pull request #10 changes `a.ts` as #1 does, whose merge is on its way.",
      },
    ]);
  });

  test("are told of a second run for what one has claimed", () => {
    const it = story(configOf({ agents: [{ id: "jules", type: "jules", dispatch: "workflow" }] }));
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    it.tell({ type: "ClaimAssignment", task: taskId(1), fence: 1, run: "100" });
    expect(conflicts(it)).toEqual([]);
    const outcome = { kind: "dispatched", run: "101" } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
    expect(conflicts(it)).toMatchObject([
      { id: `claim:${taskId(1)}`, detail: "Run 100 has claimed it for jules/1, and run 101 was dispatched for it." },
    ]);
  });

  test("have ids that say of what and of whom", () => {
    expect(readConflictId("merge:gh:7:1001")).toEqual({ kind: "merge", task: "gh:7:1001" });
    expect([readConflictId("gh:7:1001"), readConflictId("merge"), readConflictId("")]).toEqual([null, null, null]);
  });
});

describe("a conflict that is resolved by another agent", () => {
  test("has its session seen ended first, and another one that can goes on with its branch", () => {
    const it = silent();
    expect(it.tell(resolve({ reason: "Nothing happens." }))).toEqual([
      {
        type: "ConflictResolved",
        task: taskId(1),
        kind: "silence",
        resolution: "reassign",
        by: "http:wanda",
        reason: "Nothing happens.",
      },
      { type: "TaskHandedOver", task: taskId(1), agent: "bifrost", worker: null, by: "http:wanda" },
      { type: "CancelRequested", task: taskId(1), fence: 1, reason: "handed_over", by: "http:wanda" },
    ]);
    expect(it.tell(schedule())).toEqual([]);
    ended(it);
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({
        type: "TaskAssigned",
        worker: "bifrost/1",
        attempt: 1,
        continues: { session: null, branch: "orchestrate/1-half", isBegun: true },
      }),
    ]);
  });

  test("goes to whoever is named, and to another worker of the same agent where there is no other agent", () => {
    const it = silent();
    it.tell(resolve({ target: "cursor/2" }));
    ended(it);
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ worker: "cursor/2" })]);
    const alone = silent();
    alone.config = configOf({ agents: agents.slice(0, 1) });
    alone.tell(resolve({}));
    ended(alone);
    expect(alone.tell(schedule())).toEqual([expect.objectContaining({ worker: "cursor/2" })]);
  });

  test("goes on with the pull request, where that conflicts and nobody is at it", () => {
    const it = unmergeable();
    expect(types(it.tell(resolve({ kind: "merge" })))).toEqual(["ConflictResolved", "AssignmentRequested"]);
    it.now += 10 * minute;
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({ worker: "bifrost/1", continues: { session: null, branch: "orchestrate/1-work" } }),
    ]);
  });

  test("goes on although a person was asked before", () => {
    const it = unmergeable();
    it.tell(resolve({ kind: "merge", resolution: "escalate" }));
    expect(it.status(1)).toBe("manual_review");
    it.tell(resolve({ kind: "merge", target: "bifrost" }));
    it.now += 10 * minute;
    expect(it.tell(schedule())).toEqual([expect.objectContaining({ worker: "bifrost/1" })]);
  });
});

describe("a conflict that is resolved by waiting", () => {
  test("has its session seen ended, uses up no attempt, and goes on by itself when what it depends on is done", () => {
    const it = clashing();
    expect(types(it.tell(resolve({ kind: "dependency", resolution: "queue" })))).toEqual([
      "ConflictResolved",
      "CancelRequested",
    ]);
    expect(conflicts(it)).toEqual([]);
    expect(ended(it)).toMatchObject([
      { result: "queued", detail: expect.stringMatching(/waits for something else first/) },
      { type: "RetryScheduled", counts: false },
    ]);
    it.now += 10 * minute;
    expect([it.status(1), it.tell(schedule())]).toEqual(["blocked", []]);
    it.tell(instruct(2, { verb: "complete" }));
    expect(it.tell(schedule())).toEqual([
      expect.objectContaining({
        type: "TaskAssigned",
        attempt: 1,
        continues: expect.objectContaining({ branch: "orchestrate/1-half" }),
      }),
    ]);
  });

  test.each(["complete", "cancel"] as const)(
    "waits for what is named until that ends, also where it ends by %s",
    (verb) => {
      const it = unmergeable();
      it.tell(resolve({ kind: "merge", resolution: "queue", after: taskId(2) }));
      it.now += 10 * minute;
      expect([it.status(1), it.tell(schedule())]).toEqual(["blocked", []]);
      it.tell(instruct(2, { verb }));
      expect(it.tell(schedule())).toEqual([
        expect.objectContaining({ continues: expect.objectContaining({ branch: "orchestrate/1-work" }) }),
      ]);
    },
  );

  test("puts a silent session back into the queue", () => {
    const it = silent();
    it.tell(resolve({ resolution: "queue" }));
    ended(it);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });
});

describe("a conflict that is resolved by a person", () => {
  test("is told on the issue, and what runs goes on", () => {
    const it = silent();
    const events = it.tell(resolve({ resolution: "escalate", reason: "Look at it." }));
    expect(types(events)).toEqual(["ConflictResolved", "TaskEscalated"]);
    expect(taskAt(it, 1).escalated).toMatch(/asks a person to see to it: Look at it\.$/);
    expect(it.status(1)).toBe("in_progress");
  });

  test("stays told, although the program finds by itself that the session is slow", () => {
    const it = silent();
    it.tell(resolve({ resolution: "escalate", reason: "Look at it." }));
    it.now += minute;
    it.tell({ type: "Tick" });
    expect(taskAt(it, 1).escalated).toMatch(/Look at it\.$/);
    const reloaded = fromSnapshot(toSnapshot(it.state));
    expect(reloaded.tasks.get(taskId(1))?.escalatedBy).toBe("http:wanda");
  });

  test("keeps agents away where none is at it", () => {
    const it = unmergeable();
    it.tell(resolve({ kind: "merge", resolution: "escalate" }));
    it.now += 10 * minute;
    expect([it.status(1), it.tell(schedule())]).toEqual(["manual_review", []]);
  });
});

describe("nothing is changed", () => {
  test.each<[string, () => Story, Parameters<typeof resolve>[0], RegExp]>([
    ["where there is no conflict", running, {}, /no such conflict, or it is over. #1 is in progress/],
    ["of an unknown task", running, { task: taskId(7) }, /no such conflict/],
    ["by another agent, where a blocker is open", clashing, { kind: "dependency" }, /What does is queue or escalate/],
    ["for an agent that there is not", silent, { target: "hal" }, /no agent or worker `hal`/],
    ["for whoever has it", silent, { target: "cursor/1" }, /is with `cursor\/1` already/],
    ["where nobody knows what to wait for", unmergeable, { kind: "merge", resolution: "queue" }, /Say with `after`/],
    [
      "where it would wait for itself",
      unmergeable,
      { kind: "merge", resolution: "queue", after: taskId(1) },
      /cannot wait for itself/,
    ],
  ])("%s", (...[_what, given, facts, why]) => {
    const it = given();
    expect(refusal(it, facts)).toMatch(why);
    expect(it.tell(resolve(facts))).toEqual([]);
  });

  test("where what it is to wait for is over, or waits for it", () => {
    const it = unmergeable();
    it.tell(observe({ issues: [issue(3, { blockedBy: [blocker(1)] })] }));
    const queue = { kind: "merge", resolution: "queue" } as const;
    expect(refusal(it, { ...queue, after: taskId(3) })).toMatch(/waits for it already/);
    it.tell(instruct(2, { verb: "cancel" }));
    expect(refusal(it, { ...queue, after: taskId(2) })).toMatch(/#2 has ended already/);
  });
});

describe("in the log a conflict", () => {
  const tick = { type: "Tick" } as const;

  function news(it: Story): readonly Event[] {
    it.now += minute;
    return it.tell(tick).filter(({ type }) => type === "ConflictDetected" || type === "ConflictPassed");
  }

  test("is told once when it is first seen, with who is at it, and once when it has passed", () => {
    const it = clashing();
    expect(news(it)).toEqual([
      {
        type: "ConflictDetected",
        task: taskId(1),
        kind: "dependency",
        with: [taskId(2)],
        agent: "cursor",
        files: [],
        detail: "cursor/1 is at it, and it depends on #2.",
      },
    ]);
    const since = it.now;
    expect(news(it)).toEqual([]);
    expect(conflicts(it).map((conflict) => [conflict.id, conflict.since])).toEqual([["dependency:gh:7:1001", since]]);
    it.tell(instruct(2, { verb: "complete" }));
    expect(news(it)).toEqual([{ type: "ConflictPassed", task: taskId(1), kind: "dependency" }]);
    expect(news(it)).toEqual([]);
  });

  test("that comes back is told again", () => {
    const it = clashing();
    news(it);
    it.tell(instruct(2, { verb: "complete" }));
    news(it);
    it.tell(instruct(2, { verb: "retry" }));
    it.tell(observe({ issues: [issue(2, { updatedAt: 5, labels: ["orchestrate", "hold"] })] }));
    it.tell(observe({ issues: [issue(3, { labels: ["orchestrate", "hold"] })] }));
    it.tell(observe({ issues: [issue(1, { blockedBy: [blocker(2), blocker(3)], updatedAt: 6 })] }));
    expect(types(news(it))).toEqual(["ConflictDetected"]);
  });

  test("that passes because its task is gone is over as well", () => {
    const it = running({ agents: agents.map((agent) => ({ ...agent, timeout: "9h" })) });
    it.now += 60 * minute;
    expect(types(news(it))).toEqual(["ConflictDetected"]);
    it.tell(instruct(1, { verb: "cancel" }));
    ended(it);
    expect(types(news(it))).toEqual(["ConflictPassed"]);
  });

  test("is known after a snapshot, so that nobody is told twice", () => {
    const it = clashing();
    news(it);
    const restored = fromSnapshot(toSnapshot(it.state));
    expect([...restored.conflicts.entries()]).toEqual([...it.state.conflicts.entries()]);
    expect(restored.conflicts.size).toBe(1);
  });
});
