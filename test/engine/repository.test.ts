import { afterEach, describe, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { TrackerUnavailable } from "../../src/ports/tracker.ts";
import { issue, report, taskId } from "../support/build.ts";
import { types } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest, type FakeWorld } from "./given.ts";

const running: Repository[] = [];

afterEach(() => {
  for (const repository of running.splice(0)) repository.stop();
});

function ground() {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  return { clock, store };
}

/** A copy of the App at work; resolves when it has taken stock and done what was due. */
async function started(owner: string, place: ReturnType<typeof ground>, fake: FakeWorld): Promise<Repository> {
  const repository = new Repository(partsOf(owner, place), fake.world);
  running.push(repository);
  void repository.start();
  await rest();
  return repository;
}

/** Starts at the vendor as `task/fence`. */
function startsOf(fake: FakeWorld): readonly string[] {
  return fake.starts.map((each) => `${each.number}/${each.fence}`);
}

describe("a copy that dies", () => {
  test("between an act and its acknowledgement costs one repetition of just that, after its lease", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1), issue(2)]);
    let first: Repository | null = null;
    fake.onStart = ({ number, fence }) => {
      // It dies with the vendor's answer for #1 in its hand.
      if (number === 1 && first !== null) first.stop();
      return { kind: "started", session: { id: `sessions/${fence}`, url: null } };
    };
    first = new Repository(partsOf("one", place), fake.world);
    running.push(first);
    void first.start();
    await rest();
    expect(startsOf(fake)).toEqual(["1/1", "2/2"]);
    await started("two", place, fake);
    await pass(place.clock, 3 * minute);
    expect(startsOf(fake)).toEqual(["1/1", "2/2"]);
    await pass(place.clock, 3 * minute);
    // Neither had been acknowledged: both are asked for again, with the same fence, so the vendor finds what it has.
    expect(startsOf(fake)).toEqual(["1/1", "2/2", "1/1", "2/2"]);
    expect(types(await place.store.events()).filter((type) => type === "SessionStarted")).toHaveLength(2);
    await pass(place.clock, 20 * minute);
    expect(startsOf(fake).length).toBe(4);
  });

  test("after its acknowledgements costs nothing: the next one takes stock and starts nothing twice", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1), issue(2), issue(3)]);
    const first = await started("one", place, fake);
    expect(startsOf(fake)).toEqual(["1/1", "2/2"]);
    await pass(place.clock, minute);
    first.stop();
    const second = await started("two", place, fake);
    await pass(place.clock, 20 * minute);
    expect(startsOf(fake)).toEqual(["1/1", "2/2"]);
    expect((await second.lane.stream.current()).occupied.size).toBe(2);
  });
});

describe("a copy that is stopped on purpose", () => {
  test("writes down what could have waited: the next one need not do it again", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    const first = await started("one", place, fake);
    await pass(place.clock, 10 * minute);
    fake.agent.watch = async (session) => report("waiting", { session, question: "Which one?" });
    const before = fake.written.length;
    await pass(place.clock, minute);
    const written = fake.written.length;
    expect(written).toBeGreaterThan(before);
    const parting = first.part();
    await rest();
    await parting;
    const second = await started("two", place, fake);
    expect([...(await second.lane.stream.current()).outbox.keys()]).toEqual([]);
    await pass(place.clock, 20 * minute);
    expect(fake.written.length).toBe(written);
  });

  test("gives back what it holds: the next one need not wait for its lease", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    fake.onStart = () => ({ kind: "unknown", reason: "The answer was lost." });
    const first = await started("one", place, fake);
    const parting = first.part();
    await rest();
    await parting;
    const before = fake.written.length;
    await started("two", place, fake);
    await pass(place.clock, 2 * minute);
    expect(fake.written.length).toBeGreaterThan(before);
  });

  test("takes nothing new on while it does", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    const first = await started("one", place, fake);
    fake.issues.set(2, issue(2));
    const parting = first.part();
    first.hear([{ kind: "issue", number: 2 }]);
    await rest();
    await parting;
    expect(startsOf(fake)).toEqual(["1/1"]);
    await expect(first.lane.submit([])).rejects.toThrow("has stopped");
  });
});

test("two copies at once start each task once", async () => {
  const place = ground();
  const fake = fakeWorld([issue(1), issue(2), issue(3)]);
  await Promise.all([started("one", place, fake), started("two", place, fake)]);
  await pass(place.clock, 2 * minute);
  expect(startsOf(fake).toSorted()).toEqual(["1/1", "2/2"]);
});

test("a copy at rest appends nothing, however many cycles go by", async () => {
  const place = ground();
  const fake = fakeWorld([issue(1)]);
  await started("one", place, fake);
  await pass(place.clock, 10 * minute);
  const before = place.store.appends.length;
  await pass(place.clock, 30 * minute);
  expect(place.store.appends.length).toBe(before);
});

test("the life of a task up to its session is few commits", async () => {
  const place = ground();
  await started("one", place, fakeWorld([issue(1)]));
  await pass(place.clock, 20 * minute);
  expect(place.store.appends.length).toBeLessThanOrEqual(5);
});

describe("when the tracker cannot be reached", () => {
  test("what was wanted stays wanted, and is looked at once when it is back", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    const repository = await started("one", place, fake);
    const looksBefore = fake.looks.length;
    let left = 2;
    fake.beforeLook = () => {
      left -= 1;
      if (left >= 0) throw new TrackerUnavailable("Out of order.", { retryAfterMs: 5_000 });
    };
    fake.issues.set(2, issue(2));
    fake.issues.set(3, issue(3));
    repository.hear([{ kind: "issue", number: 2 }]);
    await rest();
    repository.hear([{ kind: "issue", number: 3 }]);
    await pass(place.clock, 12_000);
    const looks = fake.looks.slice(looksBefore);
    expect(looks.length).toBe(3);
    expect(looks.at(-1)?.issues.toSorted()).toEqual([2, 3]);
    const state = await repository.lane.stream.current();
    expect([taskId(2), taskId(3)].map((id) => state.tasks.has(id))).toEqual([true, true]);
  });

  test("at the start, stock is taken as soon as it is back, and nothing is scheduled before", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    let isOut = true;
    fake.beforeLook = () => {
      if (isOut) throw new TrackerUnavailable("Out of order.", { retryAfterMs: 5_000 });
    };
    await started("one", place, fake);
    await pass(place.clock, minute);
    expect(startsOf(fake)).toEqual([]);
    isOut = false;
    await pass(place.clock, 10_000);
    expect(startsOf(fake)).toEqual(["1/1"]);
  });
});

describe("when the vendor", () => {
  test("does not say whether it started, the start is asked for again with the same fence", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    fake.onStart = ({ fence }) =>
      fake.starts.length < 3
        ? { kind: "unknown", reason: "The answer was lost." }
        : { kind: "started", session: { id: `sessions/${fence}`, url: null } };
    await started("one", place, fake);
    await pass(place.clock, 5 * minute);
    expect(startsOf(fake)).toEqual(["1/1", "1/1", "1/1"]);
    expect(types(await place.store.events()).filter((type) => type === "TaskAssigned")).toHaveLength(1);
  });

  test("refuses, the slot is free for the wait and the next start has a new fence", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    fake.onStart = ({ fence }) =>
      fence === 1
        ? { kind: "refused", reason: "Full.", retryAfterMs: null }
        : { kind: "started", session: { id: `sessions/${fence}`, url: null } };
    await started("one", place, fake);
    await pass(place.clock, 2 * minute);
    expect(startsOf(fake)).toEqual(["1/1", "1/2"]);
  });
});

test("a text that changed after it was approved starts nothing", async () => {
  const place = ground();
  const fake = fakeWorld([issue(1)]);
  const { tracker } = fake.world;
  const changed: FakeWorld = {
    ...fake,
    world: {
      ...fake.world,
      tracker: {
        ...tracker,
        brief: async (number) => ({ number, url: "", title: "Other", body: "evil", hash: "another" }),
      },
    },
  };
  await started("one", place, changed);
  await pass(place.clock, minute);
  expect(fake.starts).toEqual([]);
  expect(types(await place.store.events())).toContain("SessionRefused");
});
