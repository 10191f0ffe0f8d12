/**
 * The indexes of the ranking against oracles written apart: what waits behind a task by walking the graph, and the queue by
 * sorting everything. If they differ, the wrong task is started, or two machines start different ones.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve } from "../../src/core/evolve.ts";
import { rankReady, takeInOrder } from "../../src/core/rank-ready.ts";
import { reachOf } from "../../src/state/reach.ts";
import { isEnded } from "../../src/state/readiness.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { starvingInOrder } from "../../src/core/starving.ts";
import { createState, type State } from "../../src/state/state.ts";
import { begin, takeBack } from "../../src/state/transaction.ts";
import { urgentInOrder } from "../../src/core/urgency.ts";
import { modes, type Mode } from "../../src/model/mode.ts";
import type { Event } from "../../src/model/event.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { Dependency, Priority, Task } from "../../src/model/task.ts";
import { configOf, taskId } from "../support/build.ts";
import { givenDefinition } from "../views/given.ts";

const tasksMax = 12;
const number = fc.integer({ min: 1, max: tasksMax });

/** An event by what it does; those that cannot follow from what is there are left out when it is played. */
type Step =
  | { readonly kind: "track"; readonly number: number; readonly priority: Priority; readonly minutes: number | null }
  | { readonly kind: "block"; readonly number: number; readonly on: readonly number[]; readonly soft: boolean }
  | { readonly kind: "complete" | "fail" | "retry" | "reopen" | "untrack" | "hold" | "resume"; readonly number: number }
  | { readonly kind: "priority"; readonly number: number; readonly priority: Priority }
  | { readonly kind: "estimate"; readonly number: number; readonly minutes: number };

const priority = fc.constantFrom<Priority>(1, 2, 3, 4, 5);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("track" as const),
      number,
      priority,
      minutes: fc.option(fc.integer({ min: 1, max: 300 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("block" as const),
      number,
      on: fc.array(number, { maxLength: 4 }),
      soft: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("complete" as const, "fail", "retry", "reopen", "untrack", "hold", "resume"),
      number,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("priority" as const), number, priority }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("estimate" as const), number, minutes: fc.integer({ min: 1, max: 300 }) }),
  },
);

function eventsOf(state: State, planned: Step): readonly Event[] {
  const task = taskId(planned.number);
  const known = state.tasks.get(task);
  if (planned.kind === "track") {
    if (known !== undefined) return [];
    const definition = givenDefinition({
      number: planned.number,
      createdAt: 1_000 * ((planned.number * 7) % 5),
      priority: planned.priority,
      estimateMinutes: planned.minutes,
    });
    return [
      { type: "TaskTracked", task, definition },
      { type: "TaskTrusted", task, by: "wanda", hash: "h" },
    ];
  }
  if (known === undefined) return [];
  switch (planned.kind) {
    case "block": {
      // Only on lower numbers: cycles are the business of the other histories.
      const on = [...new Set(planned.on)].filter((each) => each < planned.number).map(taskId);
      const blockedBy = on
        .toSorted()
        .map((each): Dependency => ({ on: each, kind: planned.soft ? "soft" : "hard", source: "native" }));
      return [{ type: "DependenciesChanged", task, blockedBy }];
    }
    case "complete":
      return isEnded(known)
        ? []
        : [
            {
              type: "TaskCompleted",
              task,
              receipt: { kind: "command", by: "wanda", at: 1, reference: "r", warning: null },
            },
          ];
    case "fail":
      return isEnded(known) ? [] : [{ type: "TaskFailed", task, reason: "r" }];
    case "retry":
      return isEnded(known)
        ? []
        : [{ type: "RetryScheduled", task, reason: "timeout", detail: "d", retryAt: 1, answers: null, counts: true }];
    case "reopen":
      return isEnded(known) ? [{ type: "TaskReopened", task, by: "wanda" }] : [];
    case "untrack":
      return [{ type: "TaskUntracked", task, reason: "r" }];
    case "hold":
      return [{ type: "TaskHeld", task, by: "wanda" }];
    case "resume":
      return [{ type: "TaskResumed", task, by: "wanda" }];
    case "priority":
      return [{ type: "PriorityOverridden", task, priority: planned.priority, by: "wanda" }];
    case "estimate":
      return [{ type: "EstimateOverridden", task, minutes: planned.minutes, by: "wanda" }];
  }
}

function openTasks(state: State): readonly Task[] {
  return [...state.tasks.entries()].map(([, task]) => task).filter((task) => !isEnded(task));
}

function minutesOf(task: Task): number {
  return task.estimateOverride ?? task.definition.estimateMinutes ?? 30;
}

/** Open tasks that wait for `id` over a hard edge. */
function waiters(state: State, id: TaskId): readonly Task[] {
  return openTasks(state).filter((task) => task.blockedBy.some((edge) => edge.on === id && edge.kind === "hard"));
}

function behind(state: State, id: TaskId, found = new Set<TaskId>()): ReadonlySet<TaskId> {
  for (const waiter of waiters(state, id)) {
    if (found.has(waiter.id)) continue;
    found.add(waiter.id);
    behind(state, waiter.id, found);
  }
  return found;
}

function tail(state: State, task: Task): number {
  return minutesOf(task) + Math.max(0, ...waiters(state, task.id).map((waiter) => tail(state, waiter)));
}

function inherited(state: State, task: Task): number {
  const own = task.priorityOverride ?? task.definition.priority;
  return Math.min(own, ...waiters(state, task.id).map((waiter) => inherited(state, waiter)));
}

function expectedReach(state: State): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    openTasks(state).map((task) => [
      task.id,
      {
        direct: waiters(state, task.id).length,
        transitive: behind(state, task.id).size,
        tailMinutes: tail(state, task),
        minutes: minutesOf(task),
        priority: inherited(state, task),
      },
    ]),
  );
}

function reachIn(state: State): Readonly<Record<string, unknown>> {
  return Object.fromEntries(openTasks(state).map((task) => [task.id, reachOf(state, task.id)]));
}

/** What decides between two ready tasks in each mode, most telling first; lower goes first. */
function keysOf(state: State, task: Task, mode: Mode): readonly number[] {
  const estimate = task.estimateOverride ?? task.definition.estimateMinutes;
  const effort = estimate ?? Number.POSITIVE_INFINITY;
  const all = openTasks(state);
  const roundedUp = (values: readonly number[]): number => 2 ** Math.ceil(Math.log2(Math.max(1, ...values)));
  const impact = behind(state, task.id).size;
  switch (mode) {
    case "priority":
      return [inherited(state, task)];
    case "blocker":
      return [-impact, -waiters(state, task.id).length];
    case "effort":
      return [effort];
    case "critical":
      return [-tail(state, task)];
    case "attack":
      return [estimate !== null && estimate < 15 ? 0 : 1, effort];
    case "balanced": {
      const share = impact / roundedUp(all.map((each) => behind(state, each.id).size));
      const size = minutesOf(task) / roundedUp(all.map(minutesOf));
      const score = 0.4 * ((5 - inherited(state, task)) / 4) + 0.3 * share + 0.3 * (1 - size);
      const age = (0.05 * task.definition.createdAt) / (7 * 24 * 3_600_000);
      return [Math.round((age - score) * 1e9)];
    }
  }
}

function expectedOrder(state: State, mode: Mode): readonly TaskId[] {
  const ready = openTasks(state).filter((task) => !task.isHeld && task.upstreamFailed === null && isFree(state, task));
  const keys = new Map(
    ready.map((task) => [
      task.id,
      [
        tierOf(state, task),
        ...keysOf(state, task, mode),
        inherited(state, task),
        task.definition.createdAt,
        task.definition.number,
      ],
    ]),
  );
  return ready.toSorted((a, b) => compareLists(keys.get(a.id) ?? [], keys.get(b.id) ?? [])).map((task) => task.id);
}

/** After a failure on a path than which none is longer, it goes before all others. */
function tierOf(state: State, task: Task): number {
  const longest = Math.max(...openTasks(state).map((each) => tail(state, each)));
  return task.failuresInRow > 0 && tail(state, task) >= longest ? -1 : 0;
}

function isFree(state: State, task: Task): boolean {
  return task.blockedBy.every((edge) => {
    const blocker = state.tasks.get(edge.on);
    // One that is not tracked is an issue elsewhere that nobody has looked at.
    if (blocker === undefined) return false;
    return edge.kind === "hard" ? blocker.receipt !== null : isEnded(blocker);
  });
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function ids(state: State, mode: Mode, max = 100): readonly TaskId[] {
  return rankReady(state, { now: 5_000, config: configOf({ mode }) }, max).map((entry) => entry.id);
}

/** The best few, as a schedule takes them out of the queue. */
function taken(state: State, mode: Mode, max: number): readonly TaskId[] {
  const found: TaskId[] = [];
  for (const { id } of takeInOrder(state, { now: 5_000, config: configOf({ mode }) })) {
    found.push(id);
    if (found.length === max) break;
  }
  return found;
}

test("what waits behind every open task is what a walk over the graph finds, after any change, kept or taken back", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(60), (steps, markAt) => {
      const state = createState();
      let mark: number | null = null;
      const looks: (readonly [unknown, unknown])[] = [];
      for (const [at, planned] of steps.entries()) {
        if (at === markAt) mark = begin(state);
        for (const event of eventsOf(state, planned)) evolve(state, event);
        looks.push([reachIn(state), expectedReach(state)]);
      }
      expect(looks.map(([found]) => found)).toEqual(looks.map(([, wanted]) => wanted));
      if (mark !== null) takeBack(state, mark);
      expect(reachIn(state)).toEqual(expectedReach(state));
    }),
    { numRuns: 300 },
  );
});

test("the queue is everything sorted, in every mode, after any change, kept or taken back, and after a snapshot", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.array(fc.constantFrom(...modes), { minLength: 4, maxLength: 4 }),
      fc.nat(60),
      (steps, [first, second, third, last], markAt) => {
        const state = createState();
        let mark: number | null = null;
        const looks: (readonly [unknown, unknown])[] = [];
        const look = (mode: Mode | undefined, max = 100): void => {
          looks.push([ids(state, mode as Mode, max), expectedOrder(state, mode as Mode).slice(0, max)]);
        };
        for (const [at, planned] of steps.entries()) {
          if (at === markAt) {
            look(first);
            mark = begin(state);
          }
          for (const event of eventsOf(state, planned)) evolve(state, event);
          // What was not read stays where it was.
          if (at % 7 === 0) look(second, 1 + (at % 3));
          if (at % 7 === 3)
            looks.push([taken(state, second as Mode, 2), expectedOrder(state, second as Mode).slice(0, 2)]);
        }
        look(third);
        const reloaded = fromSnapshot(toSnapshot(state));
        expect(ids(reloaded, last as Mode)).toEqual(expectedOrder(state, last as Mode));
        if (mark !== null) takeBack(state, mark);
        look(third);
        expect(looks.map(([found]) => found)).toEqual(looks.map(([, wanted]) => wanted));
      },
    ),
    { numRuns: 300 },
  );
});

/** The ready tasks that are not of the lowest priority, most urgent first, then the oldest. */
function expectedUrgent(state: State, inherit: boolean): readonly TaskId[] {
  const urgency = (task: Task): number =>
    inherit ? inherited(state, task) : (task.priorityOverride ?? task.definition.priority);
  const keys = (task: Task): readonly number[] => [urgency(task), task.definition.createdAt, task.definition.number];
  return [...state.ready.keys()]
    .flatMap((id) => state.tasks.get(id) ?? [])
    .filter((task) => urgency(task) < 5)
    .toSorted((a, b) => compareLists(keys(a), keys(b)))
    .map(({ id }) => id);
}

function urgentIds(state: State, inherit: boolean): readonly TaskId[] {
  const context = { now: 5_000, config: configOf({ blockers: { inherit } }) };
  return [...urgentInOrder(state, context)].map(({ id }) => id);
}

test("the order of urgency is everything sorted, after any change, kept or taken back, and after a snapshot", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.nat(60),
      (steps, [first = true, second = true, third = true], markAt) => {
        const state = createState();
        let mark: number | null = null;
        const looks: (readonly [unknown, unknown])[] = [];
        const look = (of: State, inherit: boolean): void => {
          looks.push([urgentIds(of, inherit), expectedUrgent(of, inherit)]);
        };
        for (const [at, planned] of steps.entries()) {
          if (at === markAt) {
            look(state, first);
            mark = begin(state);
          }
          for (const event of eventsOf(state, planned)) evolve(state, event);
          if (at % 5 === 0) look(state, second);
        }
        look(state, third);
        look(fromSnapshot(toSnapshot(state)), first);
        if (mark !== null) takeBack(state, mark);
        look(state, third);
        expect(looks.map(([found]) => found)).toEqual(looks.map(([, wanted]) => wanted));
      },
    ),
    { numRuns: 300 },
  );
});

/** The tasks that have been ready since before `since`, the longest first, then as everywhere. */
function expectedStarving(state: State, since: number): readonly TaskId[] {
  const keys = (task: Task): readonly number[] => [
    task.readySince ?? 0,
    inherited(state, task),
    task.definition.createdAt,
    task.definition.number,
  ];
  return [...state.ready.keys()]
    .flatMap((id) => state.tasks.get(id) ?? [])
    .filter((task) => (task.readySince ?? 0) < since)
    .toSorted((a, b) => compareLists(keys(a), keys(b)))
    .map(({ id }) => id);
}

function starvingIds(state: State, since: number): readonly TaskId[] {
  const context = { now: since + 60_000, config: configOf({ ageing: { starvingAfter: "60s" } }) };
  return [...starvingInOrder(state, context)].map(({ id }) => id);
}

test("the order of the waits is everything sorted, after any change, kept or taken back, and after a snapshot", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.array(fc.nat(30), { minLength: 3, maxLength: 3 }),
      fc.nat(60),
      (steps, [first = 0, second = 0, third = 0], markAt) => {
        const state = createState();
        let mark: number | null = null;
        const looks: (readonly [unknown, unknown])[] = [];
        const look = (of: State, since: number): void => {
          looks.push([starvingIds(of, since), expectedStarving(of, since)]);
        };
        for (const [at, planned] of steps.entries()) {
          if (at === markAt) {
            look(state, first);
            mark = begin(state);
          }
          // Some become ready at the same instant.
          state.at = Math.floor(at / 3);
          for (const event of eventsOf(state, planned)) evolve(state, event);
          if (at % 5 === 0) look(state, second);
        }
        look(state, third);
        look(fromSnapshot(toSnapshot(state)), first);
        if (mark !== null) takeBack(state, mark);
        look(state, third);
        expect(looks.map(([found]) => found)).toEqual(looks.map(([, wanted]) => wanted));
      },
    ),
    { numRuns: 300 },
  );
});

test("a task that has failed goes first as soon as no path is longer than its own", () => {
  const state = createState();
  const play = (planned: Step): void => {
    for (const event of eventsOf(state, planned)) evolve(state, event);
  };
  const minutes = [100, 40, 60, 100, 100];
  for (const [at, each] of minutes.entries()) play({ kind: "track", number: at + 1, priority: 3, minutes: each });
  play({ kind: "block", number: 4, on: [3], soft: false });
  play({ kind: "hold", number: 5 });
  play({ kind: "priority", number: 1, priority: 5 });
  play({ kind: "retry", number: 1 });
  expect(ids(state, "priority", 1)).toEqual([taskId(3)]);
  play({ kind: "complete", number: 4 });
  expect(ids(state, "priority", 1)).toEqual([taskId(1)]);
});
