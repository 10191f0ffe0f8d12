/**
 * Nothing starves in any mode: however much better work goes on coming, a task that is behind k others which have waited for as long
 * or longer is started within n * (k + 1) starts from when it is starving.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { toCommandId } from "../../src/model/ids.ts";
import { modes } from "../../src/model/mode.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { blocker, configOf, issue } from "../support/build.ts";
import { observe, schedule, story, type Story } from "../support/given.ts";
import { complete, startAll } from "./attack-story.ts";

const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }];
const day = 24 * 60 * 60_000;

/** What every mode puts last: no priority, large, nothing waits for it, new. */
function low(number: number): IssueFacts {
  return issue(number, { labels: ["orchestrate", "estimate:8h"], createdAt: 900_000 + number });
}

/** What every mode puts first, with a task behind it that is large; old, so that age alone does not help the others in `balanced`. */
function better(number: number): readonly IssueFacts[] {
  return [
    issue(number, { labels: ["orchestrate", "priority:high", "estimate:1m", "quick-win"], createdAt: number }),
    issue(number + 1, { labels: ["orchestrate", "estimate:5d", "hold"], blockedBy: [blocker(number)] }),
  ];
}

/** Lets the only worker do one task after another while two better ones, from `first` on, come for each; the order in which they were started. */
function played(it: Story, starts: number, first = 100): readonly number[] {
  const started: number[] = [];
  for (let round = 0; round < starts; round += 1) {
    it.tell(observe({ issues: [...better(first + 4 * round), ...better(first + 2 + 4 * round)] }));
    const [event] = it.tell(schedule());
    const number = event?.type === "TaskAssigned" ? it.state.tasks.get(event.task)?.definition.number : undefined;
    if (number === undefined) throw new Error("Nothing was started.");
    started.push(number);
    startAll(it);
    it.now += 60_000;
    complete(it, number);
  }
  return started;
}

const cases = fc.record({
  mode: fc.constantFrom(...modes),
  everyNthStart: fc.integer({ min: 1, max: 5 }),
  lowCount: fc.integer({ min: 1, max: 4 }),
  startsBefore: fc.nat(5),
});

test("in every mode the last of the tasks that wait is started in time while better work comes without end", () => {
  fc.assert(
    fc.property(cases, ({ mode, everyNthStart, lowCount, startsBefore }) => {
      const limits = { sessionsPerDay: 1_000, costPerDay: 1_000 };
      const it = story(configOf({ mode, agents, limits, ageing: { everyNthStart, perWeek: 0 } }));
      const waiting = Array.from({ length: lowCount }, (_, index) => index + 1);
      it.tell(observe({ issues: waiting.map(low) }));
      it.now += 1;
      const before = played(it, startsBefore);
      expect(before.filter((number) => number <= lowCount)).toEqual([]);
      it.now += 8 * day;
      it.tell(observe({ issues: Array.from({ length: 30 }, (_, index) => better(1_000 + 2 * index)).flat() }));
      const started = played(it, everyNthStart * lowCount, 500);
      expect(started.filter((number) => number <= lowCount)).toEqual(waiting);
    }),
    { numRuns: 60 },
  );
});

test("in every mode they wait for ever where nobody counts how long", () => {
  const endless = modes.map((mode) => {
    const it = story(configOf({ mode, agents, ageing: { starvingAfter: "3650d", perWeek: 0 } }));
    it.tell(observe({ issues: [low(1)] }));
    it.now += 30 * day;
    played(it, 40);
    return it.status(1);
  });
  expect(endless).toEqual(modes.map(() => "ready"));
});

test("who starts from a snapshot gives the same start away", () => {
  fc.assert(
    fc.property(fc.constantFrom(...modes), fc.integer({ min: 1, max: 9 }), (mode, starts) => {
      const it = story(configOf({ mode, agents, ageing: { starvingAfter: "1h", everyNthStart: 3 } }));
      it.tell(observe({ issues: [1, 2, 3].map(low) }));
      it.now += day;
      played(it, starts);
      it.tell(observe({ issues: better(1_000) }));
      const reloaded = fromSnapshot(toSnapshot(it.state));
      const command = { type: "Schedule", id: toCommandId("~reloaded") } as const;
      const decided = decide(reloaded, command, { now: it.now, config: it.config });
      expect(decided).toHaveLength(1);
      expect(it.tell(schedule())).toEqual(decided);
    }),
    { numRuns: 40 },
  );
});
