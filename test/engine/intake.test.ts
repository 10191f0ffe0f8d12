/** What comes in, by the clock: the refresh, what is waited for outside, room and memory. */
import { afterEach, describe, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import type { EngineParts } from "../../src/engine/parts.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { BlockerFacts } from "../../src/model/observation.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Hint, Poll, Tracker } from "../../src/ports/tracker.ts";
import { configOf, issue, report, taskId, writer } from "../support/build.ts";
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

async function started(
  place: ReturnType<typeof ground>,
  fake: FakeWorld,
  parts: Partial<EngineParts> = {},
): Promise<Repository> {
  const repository = new Repository({ ...partsOf("one", place), ...parts }, fake.world);
  running.push(repository);
  void repository.start();
  await rest();
  return repository;
}

/** A journal that keeps the lines of refreshes, those for close lookers in brackets. */
function refreshLog(): { readonly journal: Journal; readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (form: (line: string) => string) => (message: string) => {
    if (message.startsWith("refresh:")) lines.push(form(message));
  };
  const nothing = () => undefined;
  return {
    lines,
    journal: { info: keep((line) => line), debug: keep((line) => `(${line})`), warn: nothing, error: nothing },
  };
}

function onTracker(fake: FakeWorld, more: Partial<Tracker>): void {
  Object.assign(fake.world.tracker, more);
}

function comment(number: number, body: string): Hint & { readonly kind: "comment" } {
  const author = { login: "wanda", id: 1, isBot: false };
  return { kind: "comment", comment: `IC_${number}`, databaseId: number, number, task: taskId(number), author, body };
}

const nothing: Poll = {
  wanted: { everything: false, issues: [], pulls: [], commits: [], tracked: [] },
  comments: [],
  configurationMoved: false,
  stateMoved: false,
};

describe("the refresh", () => {
  test("asks the tracker every minute, although what is in flight is looked after every half", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1)]);
    let [polls, watches] = [0, 0];
    onTracker(fake, { poll: async () => ((polls += 1), nothing) });
    fake.agent.watch = async (session) => ((watches += 1), report("running", { session }));
    await started(place, fake);
    await pass(place.clock, 10 * minute);
    expect(polls).toBe(10);
    expect(watches).toBeGreaterThanOrEqual(19);
  });

  test("says what was added, removed and changed, and nothing but to close lookers where nothing was", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1), issue(2)]);
    const { journal, lines } = refreshLog();
    let wanted: readonly number[] = [];
    onTracker(fake, { poll: async () => ({ ...nothing, wanted: { ...nothing.wanted, issues: wanted } as never }) });
    await started(place, fake, { journal });
    await pass(place.clock, minute);
    fake.issues.set(1, issue(1, { labels: ["orchestrate", "hold"], updatedAt: 2 }));
    fake.issues.set(2, issue(2, { selectedBy: null, updatedAt: 2 }));
    fake.issues.set(3, issue(3));
    wanted = [1, 2, 3];
    await pass(place.clock, minute);
    wanted = [];
    await pass(place.clock, minute);
    expect(lines).toEqual([
      "refresh: 2 added, 0 removed, 0 changed",
      "refresh: 1 added, 0 removed, 1 changed",
      "(refresh: 0 added, 0 removed, 0 changed)",
    ]);
  });

  test("goes by the configuration", async () => {
    const place = ground();
    const fake = fakeWorld([], configOf({ cycle: { every: "10s", refresh: "20s" } }));
    let polls = 0;
    onTracker(fake, { poll: async () => ((polls += 1), nothing) });
    await started(place, fake);
    await pass(place.clock, 2 * minute);
    expect(polls).toBeGreaterThanOrEqual(5);
    expect(polls).toBeLessThanOrEqual(6);
  });
});

describe("what is waited for outside", () => {
  const review: BlockerFacts = {
    id: "gh:9:pull-7" as TaskId,
    reference: "x/y#7",
    url: null,
    state: "open",
    waitsFor: "pull",
    kind: "hard",
    source: "body",
  };

  test("is asked for with every refresh, and the task starts when it is over", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1, { blockedBy: [review] })]);
    let isMerged = false;
    const { look } = fake.world.tracker;
    onTracker(fake, {
      look: async (wanted) => ({
        ...(await look(wanted)),
        externals: isMerged ? (wanted.waits ?? []).map((each) => ({ ...each, state: "completed" as const })) : [],
      }),
    });
    const repository = await started(place, fake);
    await pass(place.clock, 5 * minute);
    const asked = fake.looks.filter((wanted) => (wanted.waits ?? []).length > 0);
    expect(asked.map((wanted) => wanted.waits?.map((each) => each.reference))).toEqual(Array(5).fill(["x/y#7"]));
    expect(fake.starts).toEqual([]);
    isMerged = true;
    await pass(place.clock, 2 * minute);
    expect(fake.starts.map((each) => each.number)).toEqual([1]);
    const state = await repository.lane.stream.current();
    expect(state.externals.get(review.id)?.state).toBe("completed");
  });

  test("is asked for by turns where it is much", async () => {
    const place = ground();
    const many = Array.from({ length: 70 }, (_, index) => ({
      ...review,
      id: `gh:9:pull-${100 + index}` as TaskId,
      reference: `x/y#${100 + index}`,
    }));
    const fake = fakeWorld([issue(1, { blockedBy: many })]);
    await started(place, fake);
    await pass(place.clock, 3 * minute);
    const asked = fake.looks.flatMap((wanted) => wanted.waits ?? []).map((each) => each.id);
    expect(asked).toHaveLength(90);
    expect(new Set(asked)).toHaveLength(70);
  });

  test("is a date: the task starts at that instant, without a look", async () => {
    const place = ground();
    const at = new Date(place.clock.now() + 2 * 24 * 60 * minute).toISOString();
    const date = { ...review, id: `wait:date:${at}` as TaskId, reference: at, waitsFor: "date" as const };
    const fake = fakeWorld([issue(1, { blockedBy: [date] })], configOf({ cycle: { every: "7d", refresh: "7d" } }));
    await started(place, fake);
    await place.clock.advance(24 * 60 * minute);
    await rest();
    expect(fake.starts).toEqual([]);
    await place.clock.advance(24 * 60 * minute);
    await rest();
    expect(fake.starts.map((each) => each.number)).toEqual([1]);
  });
});

describe("room", () => {
  const two = configOf({ limits: { queue: 2 } });

  test("lets the oldest in from outside with the next cycle after a task has ended", async () => {
    const place = ground();
    const fake = fakeWorld(
      [1, 2, 3, 4].map((number) => issue(number)),
      two,
    );
    const repository = await started(place, fake);
    const tracked = async () =>
      [...(await repository.lane.stream.current()).tasks.entries()].map(([, task]) => task.definition.number);
    expect(await tracked()).toEqual([1, 2]);
    const state = await repository.lane.stream.current();
    expect(state.warnings.get("queue_full:all")?.detail).toContain("2 selected issues were not taken in");
    fake.issues.set(2, issue(2, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 2 }));
    repository.hear([{ kind: "issue", number: 2 }]);
    await pass(place.clock, minute);
    expect(await tracked()).toEqual([1, 2, 3]);
    fake.issues.set(1, issue(1, { state: "closed", stateReason: "completed", closedBy: writer, updatedAt: 2 }));
    repository.hear([{ kind: "issue", number: 1 }]);
    await pass(place.clock, minute);
    expect(await tracked()).toEqual([1, 2, 3, 4]);
    expect((await repository.lane.stream.current()).warnings.has("queue_full:all")).toBe(false);
  });

  test("with none, an idle cycle asks for nothing and appends nothing", async () => {
    const place = ground();
    const nobody = configOf({ limits: { queue: 2 }, agents: [] });
    const fake = fakeWorld(
      [1, 2, 3].map((number) => issue(number)),
      nobody,
    );
    await started(place, fake);
    await pass(place.clock, 10 * minute);
    const [looks, appends] = [fake.looks.length, place.store.appends.length];
    await pass(place.clock, 20 * minute);
    expect([fake.looks.length, place.store.appends.length]).toEqual([looks, appends]);
  });

  test("with none, whoever asks on an issue outside is answered there", async () => {
    const place = ground();
    const fake = fakeWorld(
      [1, 2, 3].map((number) => issue(number)),
      two,
    );
    onTracker(fake, {
      hear: async (hints) =>
        hints.map(({ comment: id, databaseId, task, number, body }) => ({
          comment: id,
          databaseId,
          task,
          number,
          by: writer,
          body,
        })),
    });
    const repository = await started(place, fake);
    repository.hear([comment(3, "/orchestrate status")]);
    await pass(place.clock, 10_000);
    const [answer] = fake.written.filter((surface) => surface.number === 3);
    expect(answer?.comment).toContain("The queue is full at its limit of 2 (limits.queue)");
    expect(answer?.labels).toEqual([]);
  });

  test("is none in a process over its bound of memory, and comes back with it", async () => {
    const place = ground();
    let megabytes = 600;
    const fake = fakeWorld([issue(1)]);
    const repository = await started(place, fake, { memory: () => megabytes });
    expect((await repository.lane.stream.current()).tasks.size).toBe(0);
    expect([...(await repository.lane.stream.current()).warnings.keys()]).toEqual(["memory:all"]);
    megabytes = 100;
    await pass(place.clock, minute);
    expect(fake.starts.map((each) => each.number)).toEqual([1]);
    expect((await repository.lane.stream.current()).warnings.size).toBe(0);
  });
});
