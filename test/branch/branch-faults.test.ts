/** What the branch store makes of lost answers, conflicts, limits, races and hands that meddle with the branch. */
import { describe, expect, test } from "vitest";
import { toStreamId } from "../../src/model/ids.ts";
import { StoreTooNew, StoreUnavailable } from "../../src/ports/store.ts";
import { appendOf, appendUntilIn, contentOf, entry } from "../contract/event-store.contract.ts";
import { BranchDouble, GraphqlFailure, type Interference, type RequestKind, RestFailure } from "./branch-double.ts";
import { createKeptJournal, createSteppedClock, givenStore } from "./store-given.ts";

const stream = toStreamId(42);

/** Throws at the first request of a kind, before or after its effect. */
function failOnce(kind: RequestKind, when: "before" | "after", error: Error): Interference {
  let isDone = false;
  return {
    [when](asked: RequestKind) {
      if (asked !== kind || isDone) return;
      isDone = true;
      throw error;
    },
  };
}

async function givenBranch(ids: readonly string[] = ["a"]) {
  const double = new BranchDouble();
  const store = givenStore(double.request);
  await store.append(stream, 0, appendOf(ids));
  return { double, store };
}

async function storedIn(double: BranchDouble): Promise<string[]> {
  double.interference = {};
  return contentOf(await givenStore(double.request).read(stream));
}

describe("when the answer to a write is lost", () => {
  const losses = [
    new RestFailure(502, "Bad Gateway"),
    new TypeError("fetch failed"),
    new GraphqlFailure(null, "Something went wrong"),
  ];

  test.each(losses)("and the write landed, it counts as appended: %s", async (loss) => {
    const { double, store } = await givenBranch();
    double.interference = failOnce("commit", "after", loss);
    expect(await store.append(stream, 1, appendOf(["b"]))).toBe("appended");
    expect(await store.append(stream, 2, appendOf(["c"]))).toBe("appended");
    expect(await storedIn(double)).toEqual(["a", "b", "c"].map(entry));
  });

  test.each(losses)("and the write did not land, it is a conflict and the next try lands: %s", async (loss) => {
    const { double, store } = await givenBranch();
    double.interference = failOnce("commit", "before", loss);
    expect(await store.append(stream, 1, appendOf(["b"]))).toBe("conflict");
    expect(await appendUntilIn(store, "b")).toBe(2);
    expect(await storedIn(double)).toEqual(["a", "b"].map(entry));
  });

  test("a write that only changes files is found by the trailer of its commit", async () => {
    const { double, store } = await givenBranch();
    double.interference = failOnce("commit", "after", new RestFailure(502, "Bad Gateway"));
    const files = [{ path: "tasks/ready/1.md", text: "one" }];
    expect(await store.append(stream, 1, appendOf([], { files }))).toBe("appended");
    expect(double.message).toMatch(/Orchestrate-Operation: \w+$/);
  });

  test("and the branch cannot be read either, the store is unavailable; the log then tells what landed", async () => {
    const { double, store } = await givenBranch();
    double.interference = {
      after: (kind) => {
        if (kind === "commit") throw new RestFailure(502, "Bad Gateway");
      },
      before: (kind) => {
        if (kind === "outline") throw new RestFailure(503, "Unavailable");
      },
    };
    await expect(store.append(stream, 1, appendOf(["b"]))).rejects.toThrow(StoreUnavailable);
    double.interference = {};
    expect(await store.append(stream, 1, appendOf(["b"]))).toBe("conflict");
    expect(await appendUntilIn(store, "b")).toBe(2);
    expect(await storedIn(double)).toEqual(["a", "b"].map(entry));
  });

  test("and it lands only after the store looked for it, nothing is lost and nothing is there twice", async () => {
    const { double, store } = await givenBranch();
    const held: (() => Promise<unknown>)[] = [];
    const late = givenStore({
      rest: (call) => double.request.rest(call),
      graphql(query, variables) {
        const perform = (): Promise<unknown> => double.request.graphql(query, variables);
        if (!query.startsWith("mutation") || held.length > 0) return perform();
        held.push(perform);
        return Promise.reject(new RestFailure(504, "Gateway Timeout"));
      },
    });
    expect(await late.append(stream, 1, appendOf(["b"]))).toBe("conflict");
    const log = await late.read(stream);
    await held[0]?.();
    expect(contentOf(await store.read(stream))).toEqual(["a", "b"].map(entry));
    expect(await late.append(stream, log.version, appendOf(["b"]))).toBe("conflict");
    expect(await appendUntilIn(late, "b")).toBe(2);
    expect(contentOf(await store.read(stream))).toEqual(["a", "b"].map(entry));
  });

  test("and it was the one that makes the branch, it is found on the branch", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    double.interference = failOnce("ref", "after", new RestFailure(502, "Bad Gateway"));
    expect(await store.append(stream, 0, appendOf(["a"]))).toBe("appended");
    expect(await storedIn(double)).toEqual([entry("a")]);
  });
});

describe("when somebody else was first", () => {
  test("STALE_DATA is a conflict, asks for nothing more, and the next read shows what they wrote", async () => {
    const { double, store } = await givenBranch();
    await appendUntilIn(givenStore(double.request), "theirs");
    double.requests.length = 0;
    expect(await store.append(stream, 1, appendOf(["ours"]))).toBe("conflict");
    expect(double.requests).toEqual(["commit"]);
    expect(contentOf(await store.read(stream))).toEqual(["a", "theirs"].map(entry));
  });

  test("of five first writers one makes the branch and four are told of a conflict", async () => {
    const double = new BranchDouble();
    const stores = Array.from({ length: 5 }, () => givenStore(double.request));
    const outcomes = await Promise.all(stores.map((store, index) => store.append(stream, 0, appendOf([`w${index}`]))));
    expect(outcomes.toSorted()).toEqual(["appended", "conflict", "conflict", "conflict", "conflict"]);
    expect(double.requests.filter((kind) => kind === "ref")).toHaveLength(5);
  });

  test("writers that share one store wait for each other and lose nothing", async () => {
    const { double, store } = await givenBranch();
    await Promise.all(Array.from({ length: 10 }, (_, index) => appendUntilIn(store, `w${index}`)));
    expect((await storedIn(double)).length).toBe(11);
  });

  test("a branch that was deleted is a conflict, then a stream at version 0", async () => {
    const { double, store } = await givenBranch();
    double.head = null;
    expect(await store.append(stream, 1, appendOf(["b"]))).toBe("conflict");
    expect((await store.read(stream)).version).toBe(0);
  });

  test("a branch that went back to an older commit is read as it is, with a warning", async () => {
    const double = new BranchDouble();
    const journal = createKeptJournal();
    const store = givenStore(double.request, { journal });
    await store.append(stream, 0, appendOf(["a"]));
    const old = double.head;
    await store.append(stream, 1, appendOf(["b"]));
    double.head = old;
    expect((await store.read(stream)).version).toBe(1);
    expect(journal.lines.map((line) => line.level)).toEqual(["warn"]);
  });
});

describe("when GitHub refuses", () => {
  const limits: readonly (readonly [string, Error, number])[] = [
    ["retry-after", new RestFailure(403, "You have exceeded a secondary rate limit", { "retry-after": "7" }), 7_000],
    [
      "a reset time",
      new RestFailure(429, "API rate limit exceeded", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030" }),
      30_000,
    ],
    ["no time", new RestFailure(403, "You have exceeded a secondary rate limit"), 60_000],
    ["a GraphQL error", new GraphqlFailure("RATE_LIMITED", "API rate limit exceeded"), 60_000],
  ];

  test.each(limits)(
    "because of a limit with %s, the store says when to come back",
    async (_name, error, retryAfterMs) => {
      const { double, store } = await givenBranch();
      double.interference = failOnce("commit", "before", error);
      await expect(store.append(stream, 1, appendOf(["b"]))).rejects.toMatchObject({
        name: "StoreUnavailable",
        retryAfterMs,
      });
    },
  );

  test("because of a limit, nothing is asked until it is over, then the write goes on without a read", async () => {
    const double = new BranchDouble();
    const clock = createSteppedClock();
    const store = givenStore(double.request, { clock });
    await store.append(stream, 0, appendOf(["a"]));
    double.interference = failOnce("commit", "before", new RestFailure(429, "Too many", { "retry-after": "10" }));
    await expect(store.append(stream, 1, appendOf(["b"]))).rejects.toThrow(StoreUnavailable);
    double.requests.length = 0;
    clock.advance(4_000);
    await expect(store.append(stream, 1, appendOf(["b"]))).rejects.toMatchObject({ retryAfterMs: 6_000 });
    await expect(store.read(stream)).rejects.toMatchObject({ retryAfterMs: 6_000 });
    expect(double.requests).toEqual([]);
    clock.advance(6_000);
    expect((await store.read(stream)).version).toBe(1);
    expect(await store.append(stream, 1, appendOf(["b"]))).toBe("appended");
  });

  test("because the repository is empty, the sentence says to push a first commit, and a later try works", async () => {
    const double = new BranchDouble();
    double.isEmpty = true;
    const store = givenStore(double.request);
    expect((await store.read(stream)).version).toBe(0);
    await expect(store.append(stream, 0, appendOf(["a"]))).rejects.toThrow(/octo\/shop is empty.*push a first commit/);
    double.isEmpty = false;
    expect(await store.append(stream, 0, appendOf(["a"]))).toBe("appended");
  });

  test("because of a rule of the repository, the store is unavailable and names what GitHub said", async () => {
    const { double, store } = await givenBranch();
    double.interference = failOnce(
      "commit",
      "before",
      new GraphqlFailure("UNPROCESSABLE", "Repository rule violations found"),
    );
    const attempt = store.append(stream, 1, appendOf(["b"]));
    await expect(attempt).rejects.toThrow(StoreUnavailable);
    await expect(attempt).rejects.toThrow(/Repository rule violations found/);
    expect(await storedIn(double)).toEqual([entry("a")]);
  });

  test("because the repository is not shown to the App, the sentence says so", async () => {
    const store = givenStore({
      rest: async () => ({ status: 200, etag: null, data: null }),
      graphql: async () => ({ repository: null }),
    });
    await expect(store.read(stream)).rejects.toThrow(/shows no repository octo\/shop/);
  });
});

describe("when the branch is not what this program wrote", () => {
  async function readAfter(change: (files: Map<string, string>) => void): Promise<unknown> {
    const { double, store } = await givenBranch(["a", "b"]);
    await store.append(stream, 2, appendOf(["c"]));
    const files = new Map(double.files);
    change(files);
    double.push(files);
    const commits = double.commitCount;
    const other = givenStore(double.request);
    const failure = await other.read(stream).then(
      () => null,
      (error: unknown) => error,
    );
    await expect(other.append(stream, 3, appendOf(["d"]))).rejects.toEqual(failure);
    expect(double.commitCount).toBe(commits);
    return failure;
  }

  const first = "state/log/0000000001-0000000002.ndjson";
  const second = "state/log/0000000003-0000000003.ndjson";

  test("a newer schema version is refused with both versions and what to do", async () => {
    const failure = await readAfter((files) => files.set("state/schema.json", '{"version":4}\n'));
    expect(failure).toBeInstanceOf(StoreTooNew);
    expect(String(failure)).toMatch(/version 4.*up to 3.*Update Orchestrate/);
  });

  test.each<{
    readonly what: string;
    readonly path: string;
    readonly damage: (text: string) => string;
    readonly problem: RegExp;
  }>([
    {
      what: "a line that is no JSON",
      path: second,
      damage: (text) => text.replace('{"id"', "{id"),
      problem: /line 2 is not JSON/,
    },
    { what: "a cut last line", path: second, damage: (text) => text.slice(0, -5), problem: /cut off/ },
    {
      what: "an entry that is gone",
      path: first,
      damage: (text) => `${text.split("\n").slice(0, 2).join("\n")}\n`,
      problem: /2 entries and holds 1/,
    },
    { what: "a merge conflict", path: first, damage: (text) => `<<<<<<< ours\n${text}`, problem: /line 1 is not JSON/ },
    { what: "nothing", path: first, damage: () => "", problem: /is empty/ },
    {
      what: "no header",
      path: first,
      damage: (text) => text.slice(text.indexOf("\n") + 1),
      problem: /no segment header/,
    },
  ])("a segment with $what is named, and nothing is written", async ({ path, damage, problem }) => {
    const failure = await readAfter((files) => files.set(path, damage(files.get(path) ?? "")));
    expect(failure).toMatchObject({ name: "StoreCorrupt", path });
    expect(String(failure)).toContain(path);
    expect(String(failure)).toMatch(problem);
  });

  test("a branch that somebody made by hand, without a state, is a stream at version 0 that can be appended to", async () => {
    const double = new BranchDouble();
    double.push(new Map([["README.md", "Mine."]]));
    const store = givenStore(double.request);
    expect((await store.read(stream)).version).toBe(0);
    expect(await store.append(stream, 0, appendOf(["a"]))).toBe("appended");
    expect(double.files.get("README.md")).toBe("Mine.");
    expect(await storedIn(double)).toEqual([entry("a")]);
  });

  test("a missing segment is noticed at the one that does not follow", async () => {
    const failure = await readAfter((files) => files.delete(first));
    expect(failure).toMatchObject({ name: "StoreCorrupt", path: second });
    expect(String(failure)).toMatch(/entry 1 is due/);
  });

  test("a schema file that is missing or no JSON is named", async () => {
    for (const damage of [null, "{", '{"version":"two"}']) {
      const failure = await readAfter((files) => {
        if (damage === null) files.delete("state/schema.json");
        else files.set("state/schema.json", damage);
      });
      expect(failure).toMatchObject({ name: "StoreCorrupt", path: "state/schema.json" });
    }
  });
});
