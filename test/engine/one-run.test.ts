import { expect, test } from "vitest";
import { runOnce, type RunResult } from "../../src/engine/one-run.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { TrackerUnavailable, type Hint } from "../../src/ports/tracker.ts";
import { blocker, issue } from "../support/build.ts";
import type { Entry } from "../../src/model/event.ts";
import { types } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, type FakeWorld } from "./given.ts";

function ground(fake: FakeWorld = fakeWorld([issue(1), issue(2)])) {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  /** A process of its own, which keeps nothing. Rejects as the run does. */
  async function run(owner: string, budgetMs = 5 * minute, hints: readonly Hint[] = []): Promise<RunResult> {
    const ended: RunResult[] = [];
    const running = runOnce(partsOf(owner, { store, clock }), fake.world, { hints, budgetMs });
    void running.then((result) => ended.push(result)).catch(() => undefined);
    for (let seconds = 0; seconds < 900 && ended.length === 0; seconds += 1) await pass(clock, 1_000);
    return ended[0] ?? running;
  }
  return { clock, store, fake, run };
}

test("a run starts what is ready, shows it at once although it could wait for company, and leaves nothing leased", async () => {
  const it = ground();
  const began = it.clock.now();
  const result = await it.run("one");
  expect(it.fake.starts.map(({ number }) => number)).toEqual([1, 2]);
  expect(it.fake.written.map(({ number }) => number)).toContain(2);
  expect([...result.state.outbox.entries()]).toEqual([]);
  expect(result.isComplete).toBe(true);
  expect(it.clock.now() - began).toBeLessThan(minute);
  expect(types(result.events)).toEqual(types(await it.store.events()));
});

test("a run that finds nothing new writes nothing, and says when somebody last wrote", async () => {
  const it = ground();
  const first = await it.run("one");
  const appends = it.store.appends.length;
  const second = await it.run("two");
  expect(it.store.appends.length).toBe(appends);
  expect(second.events).toEqual([]);
  expect(second.lastWrittenAt).toBe(first.state.at);
  expect(it.fake.looks.filter(({ everything }) => everything).length).toBe(1);
});

test("everything is read again after an hour, and that is written down", async () => {
  const it = ground();
  await it.run("one");
  await pass(it.clock, 61 * minute);
  const result = await it.run("two");
  expect(it.fake.looks.filter(({ everything }) => everything).length).toBe(2);
  expect(types(result.events)).toContain("CursorMoved");
});

test("an outage is waited out within the budget; beyond it the run says that it is not complete, and the next one goes on", async () => {
  const it = ground();
  it.fake.beforeLook = () => {
    throw new TrackerUnavailable("It is down.", { retryAfterMs: 10_000 });
  };
  const cut = await it.run("one", minute);
  expect(cut.isComplete).toBe(false);
  expect(it.fake.starts).toEqual([]);
  it.fake.beforeLook = () => undefined;
  expect((await it.run("two")).isComplete).toBe(true);
  expect(it.fake.starts.map(({ number }) => number)).toEqual([1, 2]);
});

test("a run that is cut off in the middle of a start costs a repetition of just that, once its lease has ended", async () => {
  const it = ground(fakeWorld([issue(1)]));
  it.fake.onStart = () => new Promise(() => undefined);
  void runOnce(partsOf("dead", it), it.fake.world, { hints: [], budgetMs: minute }).catch(() => undefined);
  await pass(it.clock, 2_000);
  it.fake.onStart = ({ fence }) => ({ kind: "started", session: { id: `sessions/${fence}`, url: null } });
  await it.run("two");
  expect(it.fake.starts.length).toBe(1);
  await pass(it.clock, 5 * minute);
  await it.run("three");
  expect(it.fake.starts.map(({ fence }) => fence)).toEqual([1, 1]);
});

test("what a run finds goes with what it decides on it, and what came of that with its end: two commits", async () => {
  const it = ground(fakeWorld([issue(1), issue(2, { blockedBy: [blocker(1)] })]));
  await it.run("one");
  const before = it.store.appends.length;
  it.fake.issues.set(2, issue(2, { state: "closed", stateReason: "not_planned", updatedAt: 2 }));
  await pass(it.clock, 5 * minute);
  await it.run("two", 5 * minute, [{ kind: "issue", number: 2 }]);
  const entries = it.store.appends.slice(before).map((lines) => lines.map((line) => JSON.parse(line) as Entry));
  expect(entries.map((written) => written.map(({ command }) => command))).toEqual([
    ["Observe", "LeaseEffects"],
    ["SettleEffects", "SettleEffects"],
  ]);
});
