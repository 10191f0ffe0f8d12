import { describe, expect, test } from "vitest";
import { evolveEntry } from "../../src/core/evolve.ts";
import { milestoneLookMax } from "../../src/model/limits.ts";
import { longestChain, openSurvey, outlookOf } from "../../src/core/milestone-outlook.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { createState } from "../../src/state/state.ts";
import type { Config } from "../../src/model/config.ts";
import type { Event } from "../../src/model/event.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { taskOfWarning } from "../../src/model/warning.ts";
import { blocker, configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;
const hour = 60 * minute;
const begin = 1_000_000;
const two = configOf({ agents: [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }] });
const code = "deadline";
const subject = "milestone v2: the search";

/** An issue of the milestone that is due `hours` after the beginning. */
function due(number: number, hours: number, facts: Partial<IssueFacts> = {}): IssueFacts {
  const milestone = { title: "v2: the search", labels: [], createdAt: 0, dueAt: begin + hours * hour };
  return issue(number, { milestone, labels: ["orchestrate", "estimate:1h"], ...facts });
}

/** So many tasks of an hour each, that do not wait for each other. */
function milestone(count: number, hours: number, config: Config = two): Story {
  const it = story(config);
  it.tell(observe({ issues: Array.from({ length: count }, (_, index) => due(index + 1, hours)) }));
  return it;
}

/** Ticks after `ms`; what was told of due dates. */
function after(it: Story, ms: number): readonly Event[] {
  it.now += ms;
  return it
    .tell({ type: "Tick" })
    .filter((event) =>
      event.type === "WarningRaised"
        ? event.warning.code === code
        : event.type === "WarningCleared" && event.code === code,
    );
}

const severities = (events: readonly Event[]): readonly string[] =>
  events.map((event) => (event.type === "WarningRaised" ? event.warning.severity : event.type));

function wordsOf(it: Story): string {
  const warning = it.state.warnings.get(`${code}:${subject}`);
  return warning === undefined ? "" : `${warning.detail} ${warning.suggestion}`;
}

describe("a milestone that cannot be done by its due date", () => {
  test("is told with the date, the expected end, what decides, and what can be done", () => {
    const it = milestone(8, 3);
    expect(after(it, 5 * minute)).toEqual([
      {
        type: "WarningRaised",
        warning: {
          code,
          subject,
          severity: "warning",
          detail:
            "It is due on 1970-01-01 03:16 UTC and is expected to be done about 1970-01-01 04:21 UTC. There are 8 open tasks with 8 hours of work for 2 workers, and that decides; the longest chain takes 60 minutes: #1.",
          suggestion:
            "Move out what nothing waits for and is of low priority (#1, #2, #3, #4, #5), add workers (`agents[].capacity`), put the longest chain first with `/orchestrate mode critical`, or move the due date.",
        },
      },
    ]);
    expect(taskOfWarning({ subject })).toBeNull();
    expect(after(it, 5 * minute)).toEqual([]);
  });

  test("is none while there is time, and passes only well before the date", () => {
    const it = milestone(8, 4.5);
    expect(after(it, 5 * minute)).toEqual([]);
    expect(severities(after(it, 30 * minute))).toEqual(["warning"]);
    it.tell(instruct(1, { verb: "complete" }));
    expect(after(it, 5 * minute)).toEqual([]);
    it.tell(instruct(2, { verb: "complete" }));
    expect(after(it, 5 * minute)).toEqual([{ type: "WarningCleared", code, subject }]);
  });

  test("is told of its longest chain where that decides, through tasks that are not of the milestone", () => {
    const it = story(
      configOf({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }], mode: "critical" }),
    );
    const chain = [
      issue(1, { labels: ["orchestrate", "estimate:2h"] }),
      due(2, 3, { blockedBy: [blocker(1)] }),
      due(3, 3, { blockedBy: [blocker(2)], labels: ["orchestrate", "estimate:1h", "priority:high"] }),
      due(4, 3, { blockedBy: [blocker(1)] }),
      // It waits for the milestone, which does not wait for it.
      issue(5, { labels: ["orchestrate", "estimate:8h"], blockedBy: [blocker(3)] }),
    ];
    it.tell(observe({ issues: chain }));
    after(it, 5 * minute);
    expect(wordsOf(it)).toBe(
      "It is due on 1970-01-01 03:16 UTC and is expected to be done about 1970-01-01 04:21 UTC. There are 3 open tasks with 3 hours of work. Their longest chain decides, 4 hours: #1, then #2, then #3. Move out what nothing waits for and is of low priority (#4), split the tasks of the chain, or move the due date.",
    );
  });

  test("goes by its own pace once five of its tasks are done, however many workers there are", () => {
    const it = milestone(20, 10, configOf({ agents: [{ id: "jules", type: "jules", capacity: 20, dispatch: "api" }] }));
    it.tell(schedule());
    for (let number = 1; number <= 4; number += 1) {
      it.now += 30 * minute;
      it.tell(instruct(number, { verb: "complete" }));
    }
    expect(after(it, 5 * minute)).toEqual([]);
    it.now += hour;
    it.tell(instruct(5, { verb: "complete" }));
    // Five in three hours, and fifteen are left: nine hours, where seven are left.
    expect(severities(after(it, 5 * minute))).toEqual(["warning"]);
    expect(wordsOf(it)).toContain("Its pace decides, 5 tasks in the last 3 hours; the longest chain takes");
  });

  test("counts what is done of sessions that run, and nothing of what only waits for its reviewers", () => {
    const it = milestone(2, 50);
    it.tell(schedule());
    const fenceOf = (number: number): number => taskAt(it, number).assignment?.fence ?? 0;
    it.tell(say(1, fenceOf(1), report("running")));
    it.tell(say(2, fenceOf(2), report("running")));
    it.now += 20 * minute;
    it.tell(say(2, fenceOf(2), report("succeeded", { pullUrl: "https://github.test/o/r/pull/9" })));
    const outlook = outlookOf(openSurvey(it.state, { now: it.now, config: it.config }), "v2: the search");
    expect([outlook?.minutes, outlook?.chain?.minutes, outlook?.workers]).toEqual([40, 40, 2]);
  });

  test("counts the workers of agents that can do its tasks, and are not switched off", () => {
    const agents = [
      { id: "jules", type: "jules", capacity: 5, dispatch: "api", capabilities: { docs: 1 } },
      { id: "bifrost", type: "bifrost", capacity: 3, dispatch: "api" },
      { id: "desk", type: "pull", capacity: 9 },
    ];
    const it = story(configOf({ agents }));
    it.tell(observe({ issues: [due(1, 1, { labels: ["orchestrate", "needs:rust"] })] }));
    it.tell(instruct(1, { verb: "disable", worker: "bifrost/2" }));
    const workers = (config: Config): number | undefined =>
      outlookOf(openSurvey(it.state, { now: it.now, config }), "v2: the search")?.workers;
    expect(workers(it.config)).toBe(2);
    expect(workers(configOf({ agents, limits: { inProgress: 1 } }))).toBe(1);
  });

  test("is critical once the date has passed with open tasks, and over with the last of them, or with another date", () => {
    const it = milestone(2, 2);
    expect(after(it, 5 * minute)).toEqual([]);
    expect(severities(after(it, 2 * hour))).toEqual(["critical"]);
    expect(wordsOf(it)).toMatch(
      /^It was due on 1970-01-01 02:16 UTC and is expected to be done about 1970-01-01 03:21 UTC\./,
    );
    it.tell(instruct(1, { verb: "complete" }));
    it.tell(instruct(2, { verb: "complete" }));
    expect(severities(after(it, 5 * minute))).toEqual(["WarningCleared"]);
    const moved = milestone(2, 2);
    after(moved, 3 * hour);
    moved.tell(observe({ issues: [due(1, 90, { updatedAt: 2 })] }));
    expect(severities(after(moved, 5 * minute))).toEqual(["WarningCleared"]);
    moved.tell(observe({ issues: [due(1, 1, { updatedAt: 3 })] }));
    expect(severities(after(moved, 5 * minute))).toEqual(["critical"]);
    moved.tell(
      observe({
        issues: [
          due(1, 1, { updatedAt: 4, milestone: { title: "v2: the search", labels: [], createdAt: 0, dueAt: null } }),
        ],
      }),
    );
    expect(severities(after(moved, 5 * minute))).toEqual(["WarningCleared"]);
  });

  test("is no news where nobody could be given its tasks, until the date", () => {
    const it = milestone(2, 2, configOf({ agents: [] }));
    expect(after(it, 5 * minute)).toEqual([]);
    after(it, 2 * hour);
    expect(wordsOf(it)).toContain("It was due on 1970-01-01 02:16 UTC, and no worker can be given its tasks.");
  });

  test("is judged once in `alerts.every`, and the same by whoever reads the log or a snapshot of it", () => {
    const it = milestone(8, 5);
    it.tell({ type: "Tick" });
    it.now += 20 * minute;
    const [first] = after(it, 40 * minute);
    expect(first).toBeUndefined();
    it.tell(observe({ issues: Array.from({ length: 8 }, (_, index) => due(index + 9, 5)) }));
    expect(severities(after(it, 5 * minute))).toEqual(["warning"]);
    it.tell(instruct(1, { verb: "complete" }));
    const replayed = createState();
    for (const entry of it.entries) evolveEntry(replayed, entry);
    const context = { now: it.now, config: it.config };
    const seen = [it.state, replayed, fromSnapshot(toSnapshot(it.state))].map((state) => {
      const outlook = outlookOf(openSurvey(state, context), "v2: the search");
      return [outlook?.openCount, outlook?.minutes, outlook?.needMs];
    });
    expect(seen[0]?.[0]).toBe(15);
    expect(new Set(seen.map((each) => JSON.stringify(each)))).toHaveLength(1);
  });
});

describe("the work that judging takes", () => {
  /** One milestone with more tasks than are looked at, in one chain; and the tasks that somebody reads. */
  function large(): { readonly it: Story; readonly reads: () => number } {
    const it = story(two);
    const count = milestoneLookMax + 500;
    const limits = { queue: 10_000 };
    it.config = configOf({ agents: [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }], limits });
    const issues = Array.from({ length: count }, (_, index) =>
      due(index + 1, 10_000, index === 0 ? {} : { blockedBy: [blocker(index)] }),
    );
    it.tell(observe({ issues }));
    let reads = 0;
    const { at } = it.state.tasks;
    it.state.tasks.at = (number) => {
      reads += 1;
      return at.call(it.state.tasks, number);
    };
    return { it, reads: () => reads };
  }

  test("is bounded: a milestone of more tasks is judged by their number alone", () => {
    const { it, reads } = large();
    const context = { now: it.now, config: it.config };
    const outlook = (): ReturnType<typeof outlookOf> => outlookOf(openSurvey(it.state, context), "v2: the search");
    expect(outlook()).toMatchObject({ openCount: 1_500, chain: null, tasks: [], minutes: 1_500 * 60, decider: "work" });
    const built = reads();
    expect(outlook()?.openCount).toBe(1_500);
    expect(reads() - built).toBeLessThan(10);
  });

  test("follows a change with a look at the task that changed", () => {
    const { it, reads } = large();
    const work = (): number =>
      it.state.milestoneTasks.workOf("v2: the search", it.state.tasks, it.state.numbering.size).minutes;
    expect(work()).toBe(1_500 * 60);
    it.tell(instruct(1, { verb: "complete" }));
    it.tell(instruct(2, { verb: "estimate", minutes: 10 }));
    const before = reads();
    expect(work()).toBe(1_498 * 60 + 10);
    expect(reads() - before).toBeLessThan(10);
  });

  test("finds a chain that is too long to be followed as far as it looks", () => {
    const { it } = large();
    const { tasks, minutes } = longestChain(it.state, [taskAt(it, 1_500)], it.now);
    expect(tasks).toHaveLength(milestoneLookMax);
    expect(minutes).toBe(milestoneLookMax * 60);
  });

  test("passes over circles", () => {
    const it = story(two);
    it.tell(
      observe({ issues: [due(1, 9, { blockedBy: [blocker(2)] }), due(2, 9, { blockedBy: [blocker(1)] }), due(3, 9)] }),
    );
    expect(
      longestChain(
        it.state,
        [1, 2, 3].map((number) => taskAt(it, number)),
        it.now,
      ).minutes,
    ).toBeLessThanOrEqual(120);
    expect(it.state.tasks.get(taskId(1))?.cycle).not.toBeNull();
  });
});
