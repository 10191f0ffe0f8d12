import { expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { issue } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest } from "./given.ts";

test("the vendor is asked at the start and every ten minutes, and one that cannot be asked stops nothing", async () => {
  const place = { clock: createManualClock(), store: countingStore((message) => new StoreUnavailable(message)) };
  const fake = fakeWorld([issue(1)]);
  const agent = fake.world.agents.find("jules" as never);
  if (agent === null) throw new Error("There is no agent.");
  const answers = [1, null, 2];
  let asked = 0;
  const runningLimit = async (): Promise<number | null> => {
    asked += 1;
    if (asked > answers.length) throw new Error("No route to the vendor.");
    return answers[asked - 1] ?? null;
  };
  const world = { ...fake.world, agents: { find: () => ({ ...agent, runningLimit }) } };
  const repository = new Repository(partsOf("one", place), world);
  void repository.start();
  await rest();
  expect(asked).toBe(1);
  const changes = async () => (await place.store.events()).filter((event) => event.type === "CapacityChanged");
  expect(await changes()).toEqual([
    { type: "CapacityChanged", agent: "jules", capacity: 1, reason: "its vendor runs one session at once" },
  ]);
  await pass(place.clock, 31 * minute);
  expect(asked).toBeGreaterThan(3);
  expect((await changes()).at(-1)).toMatchObject({ capacity: null });
  repository.stop();
});
