/** `/orchestrate plan` and `/orchestrate simulate` as they are answered on an issue, from a state with a story behind it. */
import { describe, expect, test } from "vitest";
import { stagesCountedMax } from "../../src/model/limits.ts";
import { outlookOf } from "../../src/insight/outlook.ts";
import { toSnapshot } from "../../src/fold/snapshot.ts";
import { toInstruction } from "../../src/engine/instruct.ts";
import { toPlanAnswer } from "../../src/engine/plan-answer.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { Tracker } from "../../src/ports/tracker.ts";
import { renderPlanAnswer } from "../../src/views/plan-answer.ts";
import { blocker, configOf, issue, pull, report, stranger, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;
const agents = [
  { id: "cursor", type: "cursor", capacity: 1, dispatch: "api", capabilities: { typescript: 1, rust: 0 } },
  { id: "jules", type: "jules", capacity: 1, dispatch: "api", capabilities: { rust: 1 } },
];

function labelled(number: number, ...labels: readonly string[]): ReturnType<typeof issue> {
  return issue(number, { labels: ["orchestrate", ...labels] });
}

function planOf(it: Story): ReturnType<typeof toPlanAnswer> {
  return toPlanAnswer(it.state, { now: it.now, config: it.config });
}

/** What somebody who may only read is answered. */
async function answer(it: Story, body: string, by: Actor = stranger): Promise<string> {
  const comment = { body, databaseId: 1, comment: "IC_1", task: taskId(1), number: 1, by };
  const place = { state: it.state, context: { now: it.now, config: it.config }, isOutside: false };
  const instruction = await toInstruction(comment as never, { ...place, tracker: {} as Tracker });
  if (instruction === null) throw new Error("Nobody was asked.");
  const [event] = it.ask(instruction);
  return event?.type === "CommandAnswered" ? `${event.reaction} ${event.answer}` : "";
}

/** #1 runs for an hour at cursor; #2 and #3 are ready, #4 waits for #2, #5 is held. */
function given(config: Record<string, unknown> = {}): Story {
  const it = story(configOf({ agents, ...config }));
  it.now = Date.UTC(2026, 10, 21, 12);
  it.tell(observe({ issues: [labelled(1, "estimate:60m", "agent:cursor")] }));
  it.tell(schedule());
  it.tell(say(1, taskAt(it, 1).assignment?.fence ?? 0, report("running")));
  it.tell(
    observe({
      issues: [
        labelled(2, "priority:urgent", "estimate:45m", "agent:cursor"),
        labelled(3, "estimate:10m", "agent:jules"),
        { ...labelled(4, "estimate:30m"), blockedBy: [blocker(2)] },
        labelled(5, "hold"),
      ],
    }),
  );
  return it;
}

describe("plan", () => {
  test("says what starts next, when and with whom, what runs, and what decides when all is done", async () => {
    expect((await answer(given(), "/orchestrate plan")).split("\n")).toEqual([
      "eyes **Plan** as of 2026-11-21 12:00 UTC, in mode priority (most urgent first)",
      "",
      "**Next**",
      "",
      "|  | Task | Mode | Score | Expected to start | With |",
      "| --- | --- | --- | --- | --- | --- |",
      "| 1 | [#2](https://github.test/o/r/issues/2) Issue 2 | priority | 4 | 2026-11-21 13:00 UTC | `cursor` |",
      "| 2 | [#3](https://github.test/o/r/issues/3) Issue 3 | priority | 0 | now | `jules` |",
      "",
      "**Running**",
      "",
      "- [#1](https://github.test/o/r/issues/1) Issue 1: `cursor/1`, expected until 2026-11-21 13:00 UTC",
      "",
      "**All 5 open tasks**",
      "",
      "- Critical path: 1 h 15 min in 2 tasks, [#2](https://github.test/o/r/issues/2) → [#4](https://github.test/o/r/issues/4); all is done no sooner",
      "- Stages: 2, each of which can start when those before it are done",
      "- Cycles: none",
      "- People: 0 tasks wait for a person, 0 pull requests to be merged",
    ]);
  });

  test("says once that all is paused or at a cap, and gives no instants then", () => {
    const paused = given();
    paused.tell(instruct(1, { verb: "pause" }));
    expect(planOf(paused)).toMatchObject({ isPaused: true, next: [{ start: null }, { start: null }] });
    expect(renderPlanAnswer(planOf(paused))).toContain(
      "**Paused**: nothing new is started until `/orchestrate resume`.",
    );
    const capped = given({ limits: { sessionsPerDay: 1 } });
    expect(planOf(capped).caps[0]).toMatch(/limits\.sessionsPerDay is reached/);
    expect(renderPlanAnswer(planOf(capped))).not.toContain("nobody can say");
  });

  test("says of a task that nobody can take why, in its row", () => {
    const it = given();
    it.tell(observe({ issues: [labelled(6, "needs:cobol", "priority:urgent")] }));
    const row = planOf(it).next.find(({ reference }) => reference === "#6");
    expect(row).toMatchObject({ start: null, reason: { code: "missing_capability" } });
    expect(renderPlanAnswer(planOf(it))).toMatch(/\| \[#6\].* lacks .*capability|\| \[#6\].*capability/);
  });

  test("each task has the mode that ranks it", () => {
    const it = given();
    it.tell(observe({ issues: [labelled(7, "mode:effort")] }));
    expect(planOf(it).next.map(({ reference, mode }) => [reference, mode])).toContainEqual(["#7", "effort"]);
  });

  test("names ten tasks, says how many more are ready, and is short for any backlog", () => {
    const it = given();
    const long = "x".repeat(256);
    it.tell(observe({ issues: Array.from({ length: 200 }, (_, at) => ({ ...issue(100 + at), title: long })) }));
    const text = renderPlanAnswer(planOf(it));
    expect(text.match(/^\| \d+ \|/gm)).toHaveLength(10);
    expect(text).toContain("and 192 more ready tasks");
    expect(text.length).toBeLessThan(4_000);
  });

  test("counts circles and who is in them, and who waits for a person or a merge", () => {
    const it = given();
    const circle = (number: number, on: number) => ({ ...issue(number), blockedBy: [blocker(on)] });
    it.tell(observe({ issues: [circle(11, 12), circle(12, 11), circle(13, 14), circle(14, 15), circle(15, 13)] }));
    it.tell(say(1, taskAt(it, 1).assignment?.fence ?? 0, report("succeeded")));
    it.tell(observe({ pulls: [pull(20)] }));
    const plan = planOf(it);
    expect(plan).toMatchObject({ cycles: 2, inCycles: 5, needPerson: 5, inReview: 1, stages: 2 });
    expect(renderPlanAnswer(plan)).toContain("- Cycles: 2, with 5 tasks that cannot start before a dependency goes");
  });

  test("a session that is over its time ends any moment", () => {
    const it = given();
    it.now += 90 * minute;
    expect(renderPlanAnswer(planOf(it))).toContain("`cursor/1`, expected to end any moment");
  });

  test("nothing is open, or nothing is ready", async () => {
    const empty = story(configOf());
    expect(await answer(empty, "/orchestrate plan")).toContain("Nothing is open.");
    const it = story(configOf());
    it.tell(observe({ issues: [labelled(1, "hold")] }));
    expect(await answer(it, "/orchestrate plan")).toContain("No task is ready: each runs, or waits for something.");
  });

  test("beyond some thousand tasks it counts no stages one by one, and says at least how many there are", () => {
    const it = story(configOf({ limits: { queue: 20_000 } }));
    const count = stagesCountedMax + 1;
    it.tell(
      observe({
        issues: Array.from({ length: count }, (_, at) =>
          at === 1 ? { ...issue(2), blockedBy: [blocker(1)] } : issue(at + 1),
        ),
      }),
    );
    const open = [...it.state.tasks.entries()].map(([, task]) => task);
    expect(outlookOf(it.state, open)).toMatchObject({ stages: 2, areStagesCounted: false });
    expect(renderPlanAnswer(planOf(it))).toContain("- Stages: at least 2,");
  });
});

describe("simulate", () => {
  test("gives a row for each mode with the one in force marked, the bound, and what another mode would save", async () => {
    const it = story(configOf({ agents: [{ ...agents[0], capacity: 2 }], mode: "effort" }));
    it.tell(
      observe({
        issues: [
          labelled(1, "estimate:60m"),
          { ...labelled(2, "estimate:60m"), blockedBy: [blocker(1)] },
          { ...labelled(3, "estimate:60m"), blockedBy: [blocker(2)] },
          ...Array.from({ length: 6 }, (_, at) => labelled(10 + at, "estimate:30m")),
          labelled(30, "hold"),
        ],
      }),
    );
    const text = await answer(it, "/orchestrate simulate");
    expect(text).toContain(
      "Played through 9 open tasks. 1 open task is left out, because it waits for a person, for something outside, or in a circle. **No order is done sooner than in 3 h**: 6 h of work are shared by 2 workers, and the critical path takes 3 h.",
    );
    expect(text).toMatch(/^\| \*\*effort\*\* \(in force\) \| 4 h 30 min \| 1\.5 × \|/m);
    expect(text).toMatch(/^\| critical \| 3 h \| 1 × \|/m);
    expect(text.match(/^\| (?:\*\*)?[a-z]+(?:\*\* \(in force\))? \|/gm)).toHaveLength(6);
    expect(text).toMatch(
      /With `\/orchestrate mode \w+` all is done 1 h 30 min sooner than in mode effort, which is in force\./,
    );
  });

  test("says that no mode is better where none is", async () => {
    const it = story(configOf({ agents: [agents[0]] }));
    it.tell(observe({ issues: [issue(1)] }));
    const text = await answer(it, "/orchestrate simulate");
    expect(text).toContain("No mode is done sooner than priority, which is in force.");
    expect(text).not.toContain("With `/orchestrate mode");
  });

  test("says what there is to say where nothing is open, and where nothing can be played", async () => {
    expect(await answer(story(configOf()), "/orchestrate simulate")).toContain("Nothing is open");
    const it = story(configOf());
    it.tell(observe({ issues: [labelled(1, "hold"), labelled(2, "hold")] }));
    expect(await answer(it, "/orchestrate simulate")).toContain("2 open tasks are left out, because they wait for");
  });
});

test("both only ask: the state is as it was, and a stranger without any permission is refused", async () => {
  const it = given();
  const before = toSnapshot(it.state);
  for (const verb of ["plan", "simulate"]) {
    expect(await answer(it, `/orchestrate ${verb}`)).toMatch(/^eyes /);
    expect(await answer(it, `/orchestrate ${verb}`, { ...stranger, permission: "none" })).toMatch(/^-1 .*needs read/);
    expect(await answer(it, `/orchestrate ${verb} everything`)).toMatch(/^confused .*takes nothing after it/);
  }
  expect(toSnapshot(it.state)).toEqual(before);
});
