/**
 * Histories in which work gives way again and again: urgent issues arrive while both agents are full, sessions start late, end
 * well or badly, and confirm their ends whenever they like. Judged by the rules of every history (play-history.ts).
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve } from "../../src/core/evolve.ts";
import { createState, type State } from "../../src/state/state.ts";
import type { Entry } from "../../src/model/event.ts";
import type { AssignmentPhase } from "../../src/model/task.ts";
import { blocker, configOf, issue, observation, report, taskId } from "../support/build.ts";
import type { PlannedPass, Step } from "./histories.ts";
import { playHistory } from "./play-history.ts";

const minute = 60_000;
const config = configOf({
  mode: "balanced",
  agents: [
    { id: "cursor", type: "cursor", capacity: 2, dispatch: "api" },
    { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api" },
  ],
  retry: { backoff: { initial: "1s", max: "1s" } },
});

/** Three issues are there from the beginning; these arrive. */
const number = fc.integer({ min: 1, max: 6 });

const arrive: fc.Arbitrary<Step> = fc
  .record({
    number,
    priority: fc.constantFrom("urgent", "high", "medium", "low", "none"),
    estimate: fc.constantFrom("10m", "60m", "4h"),
    behind: fc.option(number, { freq: 3 }),
  })
  .map((draw) => ({ now }) => ({
    type: "Observe",
    observation: observation({
      issues: [
        issue(draw.number, {
          labels: ["orchestrate", `priority:${draw.priority}`, `estimate:${draw.estimate}`],
          blockedBy: draw.behind === null || draw.behind <= draw.number ? [] : [blocker(draw.behind)],
          updatedAt: now,
        }),
      ],
    }),
  }));

/** A live session in one of `phases` says how it is. */
function says(
  phases: readonly AssignmentPhase[],
  states: readonly ("running" | "succeeded" | "failed" | "cancelled")[],
): fc.Arbitrary<Step> {
  return fc
    .record({ place: fc.nat(2), state: fc.constantFrom(...states) })
    .map(({ place, state: said }) => ({ state }) => {
      const [task, fence] = liveOf(state, phases)[place] ?? [taskId(place), 0];
      const session = { id: `s-${fence}`, url: null };
      return {
        type: "ReportSession",
        task,
        fence,
        report: report(said, { session, branch: said === "cancelled" ? "b" : null }),
      };
    });
}

function liveOf(
  state: State,
  phases: readonly AssignmentPhase[],
): readonly (readonly [ReturnType<typeof taskId>, number])[] {
  return [...state.tasks.entries()].flatMap(([id, { assignment }]) =>
    assignment !== null && phases.includes(assignment.phase) ? [[id, assignment.fence] as const] : [],
  );
}

const step = fc.oneof(
  { weight: 4, arbitrary: arrive },
  { weight: 6, arbitrary: says(["claimed", "dispatched"], ["running"]) },
  { weight: 1, arbitrary: says(["running"], ["succeeded", "failed"]) },
  { weight: 4, arbitrary: says(["ending"], ["cancelled", "cancelled", "succeeded", "failed"]) },
);

const histories: fc.Arbitrary<readonly PlannedPass[]> = fc
  .array(
    fc.record({
      waitMs: fc.constantFrom(0, minute, 5 * minute, 22 * minute),
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
      isFull: fc.constant(true),
      repeats: fc.constantFrom(0, 0, 0, 1),
    }),
    { minLength: 5, maxLength: 40, size: "max" },
  )
  .map((passes) => [...opening, ...passes]);

function pass(steps: readonly Step[]): PlannedPass {
  return { waitMs: 0, steps, isFull: true, repeats: 0 };
}

const unhurried = [7, 8, 9];

/** Three long tasks that nobody is in a hurry for are with the three workers. */
const opening: readonly PlannedPass[] = [
  pass([() => ({ type: "Configure", sha: "one", config, problems: [] })]),
  pass([
    () => ({
      type: "Observe",
      observation: observation({
        issues: unhurried.map((each) => issue(each, { labels: ["orchestrate", "priority:low", "estimate:4h"] })),
      }),
    }),
  ]),
  pass(
    unhurried.map((each) => ({ state }) => {
      const fence = state.tasks.get(taskId(each))?.assignment?.fence ?? 0;
      const session = { id: `s-${fence}`, url: null };
      return { type: "ReportSession", task: taskId(each), fence, report: report("running", { session }) };
    }),
  ),
];

/** Who was given a worker although a task that somebody had given way to could have been started instead. */
function overtakers(lines: readonly string[]): readonly string[] {
  const state = createState();
  const found: string[] = [];
  for (const line of lines) {
    const entry = JSON.parse(line) as Entry;
    state.at = entry.at;
    for (const event of entry.events) {
      const promised = [...state.ready.keys()].filter((id) => (state.tasks.get(id)?.promised ?? null) !== null);
      if (event.type === "TaskAssigned" && promised.length > 0 && !promised.includes(event.task))
        found.push(event.task);
      evolve(state, event);
    }
  }
  return found;
}

test("whoever gives way is less urgent and loses no attempt, and the slot goes to the task that it was freed for", () => {
  let gaveWay = 0;
  fc.assert(
    fc.property(histories, (history) => {
      const { problems, lines } = playHistory(history);
      gaveWay += lines.filter((line) => line.includes('"TaskPreempted"')).length;
      const log = problems.length === 0 ? [] : lines.slice(-6);
      expect({ problems, overtakers: overtakers(lines), log }).toEqual({ problems: [], overtakers: [], log: [] });
    }),
    { numRuns: 40 },
  );
  // A property over histories in which nothing happens would say nothing.
  expect(gaveWay).toBeGreaterThan(5);
});
