import { describe, expect, test } from "vitest";
import { runOnce, type RunResult } from "../../src/engine/one-run.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { TrackerUnavailable, type HeardComment, type Hint } from "../../src/ports/tracker.ts";
import { blocker, issue, taskId, writer } from "../support/build.ts";
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

describe("news that decides nothing", () => {
  const unmoved = { everything: false, pulls: [], commits: [], tracked: [] };
  const order: HeardComment = {
    comment: "IC_7",
    databaseId: 7,
    task: taskId(1),
    number: 1,
    by: writer,
    body: "/orchestrate priority high",
  };

  /** A repository at rest: everything was read just now. Every look back finds these issues and comments, as far as they come after its cursor. */
  async function quiet(news: { readonly issues?: readonly number[]; readonly comments?: readonly HeardComment[] }) {
    const it = ground(fakeWorld([issue(1, { labels: ["orchestrate", "hold"] })]));
    await it.run("zero");
    const from: (number | null)[] = [];
    const given: number[] = [];
    it.fake.world.tracker.catchUp = async (cursor) => {
      from.push(cursor?.issues ?? null);
      const isRead = (cursor?.issues ?? 0) > 0;
      const { issues = [], comments = [] } = isRead ? {} : news;
      const next = { issues: it.clock.now(), near: [], events: 0, comments: 0 };
      given.push(next.issues);
      return { wanted: { ...unmoved, issues }, comments, cockpits: [], cursor: next };
    };
    return { ...it, from, given };
  }

  test("is read again by the next run, which costs reads and no commit, and written down after a quarter of an hour", async () => {
    const it = await quiet({ issues: [1] });
    const appends = it.store.appends.length;
    await pass(it.clock, 5 * minute);
    expect((await it.run("one")).events).toEqual([]);
    await pass(it.clock, 5 * minute);
    expect((await it.run("two")).events).toEqual([]);
    expect(it.store.appends.length).toBe(appends);
    await pass(it.clock, 6 * minute);
    expect(types((await it.run("three")).events)).toEqual(["CursorMoved"]);
    await it.run("four");
    // Two runs and the one that wrote it down read from the same place; the next one goes on behind it.
    expect(it.from).toEqual([0, 0, 0, it.given[2]]);
    expect(it.store.appends.length).toBe(appends + 1);
  });

  test("is written down at once where it is more than twenty", async () => {
    const it = await quiet({ issues: Array.from({ length: 21 }, (_, index) => index + 1) });
    expect(types((await it.run("one")).events)).toEqual(["CursorMoved"]);
    const few = await quiet({ issues: Array.from({ length: 20 }, (_, index) => index + 1) });
    expect((await few.run("one")).events).toEqual([]);
  });

  test("is decided once: a command that one run has obeyed is read again by the next and obeyed no more", async () => {
    const it = await quiet({ comments: [order] });
    expect(types((await it.run("one")).events)).toContain("PriorityOverridden");
    const before = (await it.store.events()).length;
    await pass(it.clock, 2 * minute);
    const again = await it.run("two");
    expect(types(again.events)).not.toContain("PriorityOverridden");
    expect(types(await it.store.events()).filter((type) => type === "PriorityOverridden")).toHaveLength(1);
    expect((await it.store.events()).length - before).toBe(again.events.length);
  });
});
