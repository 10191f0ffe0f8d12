import { expect, test } from "vitest";
import { createStream } from "../../src/engine/stream.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, observation } from "../support/build.ts";
import { countingStore, createManualClock, laneOf, partsOf } from "./given.ts";

/** A store in which somebody has written two entries, and another copy that knows nothing yet. */
async function ground() {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  const lane = laneOf(partsOf("one", { store, clock }));
  const config = configOf();
  await lane.submit([{ type: "Configure", id: lane.nextId("configure"), sha: "sha-1", config, problems: [] }]);
  const look = (number: number) => ({
    type: "Observe" as const,
    id: lane.nextId("observe"),
    observation: observation({ issues: [issue(number)] }),
  });
  await lane.submit([look(1)]);
  return { lane, look, store, other: createStream(partsOf("two", { store, clock })) };
}

test("whoever asks for the state before it is there, however many at once, gets each entry folded once", async () => {
  const { lane, other } = await ground();
  const states = await Promise.all([other.current(), other.refresh(), other.current(), other.refresh()]);
  expect(new Set(states).size).toBe(1);
  const own = lane.stream.peek();
  expect(states[0]).toMatchObject({ version: own?.version, eventCount: own?.eventCount });
  expect(own?.version).toBe(2);
});

test("what was decided on an older state than was read meanwhile is not appended", async () => {
  const { lane, look, other } = await ground();
  await other.current();
  await lane.submit([look(2)]);
  let isInForce = false;
  const reading = other.refresh();
  const write = { files: [], summary: "Decide", bringInForce: () => void (isInForce = true) };
  const appended = other.append([], write);
  await reading;
  expect(await appended).toBe(false);
  expect(isInForce).toBe(false);
  expect(other.peek()?.version).toBe(3);
});

test("an entry that cannot be folded leaves nothing behind: the log is read from its beginning the next time", async () => {
  const { other, store } = await ground();
  const { version, eventCount, at } = await other.current();
  const event = { type: "OrchestrationPaused", by: "wanda" };
  const events = [event, { type: "TaskTeleported" }];
  const read = store.read.bind(store);
  store.read = async (stream, since) => {
    const log = await read(stream, since);
    const entry = { id: "from-tomorrow", command: "Instruct", at, events, effects: [] };
    return { ...log, entries: [...log.entries, JSON.stringify(entry)] };
  };
  await expect(other.refresh()).rejects.toThrow("TaskTeleported");
  expect(other.peek()).toBeNull();
  events.pop();
  const after = await other.refresh();
  expect(after).toMatchObject({ isPaused: true, version: version + 1, eventCount: eventCount + 1 });
  expect(after.openCount).toBe(1);
  expect(after.tasks.size).toBe(1);
});

test("whoever follows the log is told of what this copy writes and of what another has written, once it is in force", async () => {
  const { lane, look, other } = await ground();
  await other.current();
  const told: (readonly unknown[])[] = [];
  for (const { tail, peek } of [lane.stream, other]) {
    tail.follow({ grown: () => void told.push([tail.version, peek()?.version, tail.at(3)]), ended: () => undefined });
  }
  await lane.submit([look(2)]);
  await other.refresh();
  const line = expect.stringMatching(/^\{"id":.*"TaskTracked"/) as unknown;
  expect(told).toEqual([
    [3, 3, line],
    [3, 3, line],
  ]);
  expect([lane.stream.tail.since, other.tail.since]).toEqual([1, 1]);
});

test("the whole log is read once for all who ask at a time, and the state is not touched by it", async () => {
  const { lane, look, other, store } = await ground();
  await other.current();
  await lane.submit([look(2)]);
  let reads = 0;
  const read = store.read.bind(store);
  store.read = (stream, since) => {
    reads += 1;
    return read(stream, since);
  };
  const [first, second] = await Promise.all([other.readLog(), other.readLog()]);
  expect([reads, first === second, first.entries.length, other.peek()?.version]).toEqual([1, true, 3, 2]);
});
