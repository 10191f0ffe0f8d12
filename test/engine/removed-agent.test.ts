/** An agent that was taken out of the file while no copy of the App was at work: the next copy asks for its session to its end. */
import { afterEach, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import type { Config } from "../../src/model/config.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, report } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest, type FakeWorld } from "./given.ts";

const running: Repository[] = [];

afterEach(() => {
  for (const repository of running.splice(0)) repository.stop();
});

/** A vendor of which every session runs until `ended`, and who was asked for what, with the fence of it. */
function world(config: Config, sha: string) {
  const fake = fakeWorld([issue(1), issue(2), issue(3)], config);
  fake.world.tracker.configuration = async () => ({ text: "", sha });
  const asked: string[] = [];
  const seen = { asked, isEnded: false };
  fake.agent.watch = async (session) => {
    asked.push(session.id);
    return report(seen.isEnded ? "succeeded" : "running", { session });
  };
  return { fake, seen };
}

async function begin(owner: string, place: Parameters<typeof partsOf>[1], fake: FakeWorld) {
  const repository = new Repository(partsOf(owner, place), fake.world);
  running.push(repository);
  void repository.start();
  await rest();
  return repository;
}

test("its session is asked for by the copy that comes next, its end frees the worker, and nothing new is started", async () => {
  const clock = createManualClock();
  const place = { clock, store: countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 })) };
  const before = world(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }), "one");
  const first = await begin("one", place, before.fake);
  await pass(clock, minute);
  first.stop();
  expect(before.fake.starts).toHaveLength(1);

  const after = world(configOf({ agents: [] }), "two");
  const second = await begin("two", place, after.fake);
  await pass(clock, 10 * minute);
  expect(after.seen.asked).toContain("sessions/1");
  expect((await second.lane.stream.current()).occupied.size).toBe(1);
  after.seen.isEnded = true;
  await pass(clock, 10 * minute);
  expect((await second.lane.stream.current()).occupied.size).toBe(0);
  expect(after.fake.starts).toEqual([]);
});
