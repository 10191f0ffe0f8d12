import { expect, test } from "vitest";
import { runOnce } from "../../src/engine/one-run.ts";
import { Repository } from "../../src/engine/repository.ts";
import type { OperatorFacts } from "../../src/model/operator.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { TrackerUnavailable } from "../../src/ports/tracker.ts";
import { configOf, issue } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest } from "./given.ts";

/** Two agents whose operators overlap, and one task; `answers` are what GitHub says one time after the other, and then for ever. */
function given(...answers: readonly (OperatorFacts["presence"] | Error)[]) {
  const place = { clock: createManualClock(), store: countingStore((message) => new StoreUnavailable(message)) };
  const agents = [
    { id: "jules", type: "jules", dispatch: "api", operators: ["ada", "bob"] },
    { id: "spare", type: "jules", dispatch: "api", operators: ["ADA"] },
  ];
  const fake = fakeWorld([issue(1)], configOf({ agents }));
  const asked: (readonly string[])[] = [];
  const findOperators = async (logins: readonly string[]): Promise<readonly OperatorFacts[]> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? "available";
    asked.push(logins);
    if (answer instanceof Error) throw answer;
    return logins.map((login) => ({ login, presence: answer, until: null }));
  };
  const world = { ...fake.world, tracker: { ...fake.world.tracker, findOperators } };
  return { place, fake, world, asked };
}

test("everybody is asked for once, before anything is started, and every ten minutes; nothing is started for nobody", async () => {
  const it = given("busy", "busy", "available");
  const repository = new Repository(partsOf("one", it.place), it.world);
  void repository.start();
  await rest();
  expect(it.asked).toEqual([["ada", "bob"]]);
  await pass(it.place.clock, 9 * minute);
  expect(it.asked).toHaveLength(1);
  await pass(it.place.clock, 2 * minute);
  expect([it.asked.length, it.fake.starts.length]).toEqual([2, 0]);
  await pass(it.place.clock, 10 * minute);
  expect([it.asked.length, it.fake.starts.length]).toEqual([3, 1]);
  repository.stop();
});

test("who cannot be asked for means what was said last", async () => {
  const it = given("busy", new TrackerUnavailable("It is down.", { retryAfterMs: 10_000 }));
  const repository = new Repository(partsOf("one", it.place), it.world);
  void repository.start();
  await pass(it.place.clock, 31 * minute);
  expect(it.asked.length).toBeGreaterThan(2);
  expect(it.fake.starts).toEqual([]);
  repository.stop();
});

test("where the first question finds nobody who answers it is asked again with the next cycle, and nothing starts before", async () => {
  const it = given(new TrackerUnavailable("It is down.", { retryAfterMs: 10_000 }), "available");
  const repository = new Repository(partsOf("one", it.place), it.world);
  void repository.start();
  await rest();
  expect([it.asked.length, it.fake.starts.length]).toEqual([1, 0]);
  await pass(it.place.clock, minute);
  expect([it.asked.length, it.fake.starts.length]).toEqual([2, 1]);
  repository.stop();
});

test("a run of the Action asks before it starts anything, too", async () => {
  const it = given("busy");
  const running = runOnce(partsOf("one", it.place), it.world, { hints: [], budgetMs: 5 * minute });
  await pass(it.place.clock, minute);
  const { events } = await running;
  expect(it.asked).toEqual([["ada", "bob"]]);
  expect(events.filter(({ type }) => type === "OperatorsChanged")).toHaveLength(2);
  expect(it.fake.starts).toEqual([]);
});
