/** What every event store owes its callers, whatever it is built on. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type StreamId, toStreamId } from "../../src/model/ids.ts";
import { type Append, type EventStore, type Log, StoreUnavailable } from "../../src/ports/store.ts";

export interface StoreHost {
  /** A store of another process on the same stream. It compacts after a few writes, if it compacts at all. */
  connect(): EventStore;
  /** Lets the time pass that an unavailable store asked for. */
  wait(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface StoreContract {
  createHost(): Promise<StoreHost>;
  /** How many random histories to try: few where a host is dear. */
  readonly runs: number;
}

const stream: StreamId = toStreamId(42);

export function entry(id: string): string {
  return JSON.stringify({ id, note: 'zwölf 文字 \u2028 "quoted"' });
}

export function appendOf(ids: readonly string[], options: Partial<Append> = {}): Append {
  return { entries: ids.map(entry), files: [], summary: "Record decisions", snapshot: () => [], ...options };
}

/** The state of these tests is the list of entries, so a snapshot's lines are the entries it stands for. */
export function contentOf(log: Log): string[] {
  return [...(log.snapshot?.lines ?? []), ...log.entries];
}

/** More than 50 writers need at the worst, so that a store that never lets anybody in fails instead of hanging. */
const triesMax = 500;

function refuseToWait(): never {
  throw new Error("This store should not have been unavailable.");
}

async function tryToAppend(store: EventStore, id: string): Promise<number | null> {
  const log = await store.read(stream);
  const content = contentOf(log);
  if (content.includes(entry(id))) return log.version;
  const outcome = await store.append(stream, log.version, appendOf([id], { snapshot: () => content }));
  return outcome === "appended" ? log.version + 1 : null;
}

/** Appends as the engine does: read, decide, append; again after a conflict or a pause. Returns the version it won. */
export async function appendUntilIn(
  store: EventStore,
  id: string,
  wait: StoreHost["wait"] = refuseToWait,
): Promise<number> {
  for (let attempt = 0; attempt < triesMax; attempt += 1) {
    try {
      const version = await tryToAppend(store, id);
      if (version !== null) return version;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await wait(error.retryAfterMs ?? 1_000);
    }
  }
  throw new Error(`The entry ${id} did not get in within ${triesMax} tries.`);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function describeReading(connect: () => EventStore): void {
  test("an unknown stream has version 0 and nothing in it", async () => {
    expect(await connect().read(stream)).toEqual({ version: 0, snapshot: null, entries: [] });
  });

  test("what one store appends, another reads in the same order and letter by letter", async () => {
    expect(await connect().append(stream, 0, appendOf(["a", "b"]))).toBe("appended");
    expect(await connect().append(stream, 2, appendOf(["c"]))).toBe("appended");
    expect(await connect().read(stream)).toEqual({
      version: 3,
      snapshot: null,
      entries: [entry("a"), entry("b"), entry("c")],
    });
  });

  test("a reader that names its version gets only what came after it", async () => {
    const store = connect();
    await store.append(stream, 0, appendOf(["a", "b", "c"]));
    expect(await store.read(stream, 1)).toEqual({ version: 3, snapshot: null, entries: [entry("b"), entry("c")] });
    expect(await store.read(stream, 3)).toEqual({ version: 3, snapshot: null, entries: [] });
    expect((await connect().read(stream, 2)).entries).toEqual([entry("c")]);
  });

  test("a reader that is ahead of the stream gets all of it, to start anew", async () => {
    const store = connect();
    await store.append(stream, 0, appendOf(["a"]));
    expect(await store.read(stream, 7)).toEqual({ version: 1, snapshot: null, entries: [entry("a")] });
  });

  test("the version after one's own append is told without reading, or not told", async () => {
    const store = connect();
    await store.append(stream, 0, appendOf(["a", "b"]));
    expect(await store.peek(stream)).toBe(2);
    await connect().append(stream, 2, appendOf(["c"]));
    expect([3, null]).toContain(await store.peek(stream));
  });
}

function describeWriting(connect: () => EventStore): void {
  test("an append on an old version is a conflict and changes nothing", async () => {
    const [one, other] = [connect(), connect()];
    await one.read(stream);
    await other.read(stream);
    await one.append(stream, 0, appendOf(["a"]));
    expect(await other.append(stream, 0, appendOf(["b"]))).toBe("conflict");
    expect(await one.append(stream, 0, appendOf(["c"]))).toBe("conflict");
    expect(contentOf(await connect().read(stream))).toEqual([entry("a")]);
  });

  test("an append on a version that is yet to come is a conflict", async () => {
    expect(await connect().append(stream, 3, appendOf(["a"]))).toBe("conflict");
    expect((await connect().read(stream)).version).toBe(0);
  });

  test("after a conflict and a new read the append succeeds", async () => {
    const [one, other] = [connect(), connect()];
    await other.read(stream);
    await one.append(stream, 0, appendOf(["a"]));
    await other.append(stream, 0, appendOf(["b"]));
    expect(await appendUntilIn(other, "b")).toBe(2);
    expect(contentOf(await one.read(stream))).toEqual([entry("a"), entry("b")]);
  });

  test("an append of nothing keeps the version", async () => {
    const store = connect();
    await store.append(stream, 0, appendOf(["a"]));
    expect(await store.append(stream, 1, appendOf([]))).toBe("appended");
    expect(await store.append(stream, 0, appendOf([]))).toBe("conflict");
    expect((await store.read(stream)).version).toBe(1);
  });

  test("an entry that is not one line of JSON is refused and nothing of its append is kept", async () => {
    const store = connect();
    for (const bad of ["{", '{"a":\n1}']) {
      await expect(store.append(stream, 0, appendOf([], { entries: [entry("a"), bad] }))).rejects.toThrow(/line|JSON/);
    }
    expect((await connect().read(stream)).version).toBe(0);
    expect(await store.append(stream, 0, appendOf(["a"]))).toBe("appended");
  });

  test("compaction keeps the content: snapshot and entries together are every append in order", async () => {
    const stores = [connect(), connect()] as const;
    const ids = range(24).map((index) => `e${index}`);
    for (const [index, id] of ids.entries()) await appendUntilIn(stores[index % 2 === 0 ? 0 : 1], id);
    const log = await connect().read(stream);
    expect(log.version).toBe(24);
    expect(contentOf(log)).toEqual(ids.map(entry));
    const late = await stores[0].read(stream, 23);
    expect(late.entries).toEqual([entry("e23")]);
    expect(late.snapshot).toBeNull();
    const early = await stores[0].read(stream, 1);
    expect(early.snapshot === null ? early.entries : contentOf(early)).toEqual(
      (early.snapshot === null ? ids.slice(1) : ids).map(entry),
    );
  });
}

/** Waits for all of them, also after a failure: nobody may still be writing when the host closes. */
async function race<Result>(runners: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(runners);
  return Promise.all(runners);
}

function describeRacing(connect: () => EventStore, wait: StoreHost["wait"]): void {
  test("of racing first writers exactly one wins, the others lose nothing", async () => {
    const stores = range(5).map(() => connect());
    const outcomes = await race(stores.map((store, index) => store.append(stream, 0, appendOf([`w${index}`]))));
    expect(outcomes.filter((outcome) => outcome === "appended")).toHaveLength(1);
    await race(stores.map((store, index) => appendUntilIn(store, `w${index}`, wait)));
    expect(contentOf(await connect().read(stream)).toSorted()).toEqual(range(5).map((index) => entry(`w${index}`)));
  });

  test("of 50 racing writers exactly one wins each version, and every entry is in once", async () => {
    const ids = range(50).map((index) => `w${index}`);
    const versions = await race(ids.map((id) => appendUntilIn(connect(), id, wait)));
    expect(versions.toSorted((a, b) => a - b)).toEqual(range(50).map((index) => index + 1));
    const log = await connect().read(stream);
    expect(log.version).toBe(50);
    const content = contentOf(log);
    expect(content.toSorted()).toEqual(ids.map(entry).toSorted());
    for (const [index, id] of ids.entries()) expect(content[(versions[index] ?? 0) - 1]).toBe(entry(id));
  }, 120_000);
}

type Step = {
  readonly process: number;
  readonly act: "read" | "append" | "append-stale" | "restart";
  readonly count: number;
};

const steps = fc.array(
  fc.record<Step>({
    process: fc.nat(2),
    act: fc.constantFrom("read", "append", "append", "append-stale", "restart"),
    count: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 40 },
);

/** Three processes, the plain list that they must agree with, and what they did not agree on. */
interface Play {
  readonly connect: () => EventStore;
  readonly processes: { store: EventStore; seen: number }[];
  readonly model: string[];
  readonly problems: string[];
}

async function playRead({ model, problems }: Play, process: Play["processes"][number]): Promise<void> {
  const log = await process.store.read(stream, process.seen);
  const wanted = log.snapshot === null ? model.slice(process.seen) : model;
  if (JSON.stringify(contentOf(log)) !== JSON.stringify(wanted)) problems.push(`read since ${process.seen}`);
  process.seen = log.version;
}

async function playAppend(play: Play, process: Play["processes"][number], ids: readonly string[]): Promise<void> {
  const content = [...play.model];
  const version = process.seen;
  const outcome = await process.store.append(stream, version, appendOf(ids, { snapshot: () => content }));
  if (outcome === "conflict") return;
  if (version !== content.length && ids.length > 0) play.problems.push(`appended at ${version} of ${content.length}`);
  play.model.push(...ids.map(entry));
  if (ids.length > 0) process.seen = play.model.length;
}

async function playStep(play: Play, step: Step, index: number): Promise<void> {
  const process = play.processes[step.process];
  if (process === undefined) return;
  const ids = range(step.count).map((each) => `${index}.${each}`);
  const before = play.model.length;
  switch (step.act) {
    case "restart":
      process.store = play.connect();
      break;
    case "read":
      await playRead(play, process);
      break;
    case "append":
      await playRead(play, process);
      await playAppend(play, process, ids);
      // Nobody else writes in between, so an append on the version just read must land.
      if (play.model.length !== before + ids.length) play.problems.push(`step ${index} was a needless conflict`);
      break;
    case "append-stale":
      await playAppend(play, process, ids);
      break;
  }
}

/** Plays a history and compares each answer with a plain list. */
async function playHistory(connect: () => EventStore, history: readonly Step[]): Promise<void> {
  const processes = range(3).map(() => ({ store: connect(), seen: 0 }));
  const play: Play = { connect, processes, model: [], problems: [] };
  for (const [index, step] of history.entries()) await playStep(play, step, index);
  expect(play.problems).toEqual([]);
  const log = await connect().read(stream);
  expect(log.version).toBe(play.model.length);
  expect(contentOf(log)).toEqual(play.model);
}

/** Runs the contract. Each test gets a host of its own. */
export function describeEventStore(name: string, contract: StoreContract): void {
  describe(`${name} as an event store`, () => {
    let host: StoreHost | null = null;

    function connect(): EventStore {
      if (host === null) throw new Error("There is no host outside of a test.");
      return host.connect();
    }

    beforeEach(async () => {
      host = await contract.createHost();
    });

    afterEach(async () => {
      await host?.close();
      host = null;
    });

    describeReading(connect);
    describeWriting(connect);
    describeRacing(connect, async (ms) => host?.wait(ms));

    test("random histories of three processes equal a plain list", async () => {
      const property = fc.asyncProperty(steps, async (history) => {
        const own = await contract.createHost();
        try {
          await playHistory(() => own.connect(), history);
        } finally {
          await own.close();
        }
      });
      await fc.assert(property, { numRuns: contract.runs });
    }, 120_000);
  });
}
