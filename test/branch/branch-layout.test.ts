/** How the state branch looks and what it costs: files, requests, bytes, compaction, older schema versions, pace. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { ProbotOctokit } from "probot";
import { describe, expect, test } from "vitest";
import { blobIdOf } from "../../src/branch/load.ts";
import { toRequest } from "../../src/branch/octokit-request.ts";
import { figuresOfTheDay } from "../../src/core/caps.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { allBrokenInvariants } from "../../src/core/invariants.ts";
import { statusOf } from "../../src/state/readiness.ts";
import { fromSnapshot } from "../../src/fold/snapshot.ts";
import { createState, type State } from "../../src/state/state.ts";
import type { Entry } from "../../src/model/event.ts";
import { toStreamId } from "../../src/model/ids.ts";
import type { EventStore } from "../../src/ports/store.ts";
import { appendOf, contentOf, entry } from "../contract/event-store.contract.ts";
import { BranchDouble, RestFailure } from "./branch-double.ts";
import { createKeptJournal, createSteppedClock, earlyCompaction, givenStore } from "./store-given.ts";

const stream = toStreamId(42);
const foldAlways = { smallMax: 1, bytesMin: 0 };

async function appendMany(store: EventStore, ids: readonly string[]): Promise<void> {
  const content = contentOf(await store.read(stream));
  for (const id of ids) {
    const before = [...content];
    await store.append(stream, content.length, appendOf([id], { snapshot: () => before }));
    content.push(entry(id));
  }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `e${index}`);
}

describe("the files of the branch", () => {
  test("the first append makes README, schema and one segment with its operation and range", async () => {
    const double = new BranchDouble();
    await givenStore(double.request).append(stream, 0, appendOf(["a", "b"]));
    expect([...double.files.keys()].toSorted()).toEqual([
      "README.md",
      "state/log/0000000001-0000000002.ndjson",
      "state/schema.json",
    ]);
    const named = [...(double.files.get("README.md") ?? "").matchAll(/^\| `(?<path>[^`]+)`/gm)];
    // What the page names and nobody writes would be looked for in vain.
    expect(named.map(({ groups }) => groups?.["path"])).toEqual([
      "state/log/",
      "state/snapshot/",
      "state/schema.json",
      "tasks/<status>/<number>.md",
      "plans/<number>.md",
    ]);
    expect(double.files.get("state/schema.json")).toBe('{"version":3}\n');
    const [header, ...lines] = (double.files.get("state/log/0000000001-0000000002.ndjson") ?? "").trimEnd().split("\n");
    expect(JSON.parse(header ?? "")).toEqual({ operation: expect.any(String), first: 1, last: 2 });
    expect(lines).toEqual(["a", "b"].map(entry));
  });

  test("task files come, move and go with the append, and one that is not there is not deleted", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    await store.append(stream, 0, appendOf(["a"], { files: [{ path: "tasks/ready/7.md", text: "seven" }] }));
    const files = [
      { path: "tasks/ready/7.md", text: null },
      { path: "tasks/assigned/7.md", text: "seven" },
      { path: "tasks/blocked/8.md", text: null },
    ];
    expect(await store.append(stream, 1, appendOf(["b"], { files }))).toBe("appended");
    expect([...double.files.keys()].filter((path) => path.startsWith("tasks/"))).toEqual(["tasks/assigned/7.md"]);
    const gone = [{ path: "tasks/assigned/7.md", text: null }];
    expect(await givenStore(double.request).append(stream, 2, appendOf(["c"], { files: gone }))).toBe("appended");
    expect([...double.files.keys()].some((path) => path.startsWith("tasks/"))).toBe(false);
  });

  test("more files than a commit takes follow in commits of their own", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    await store.append(stream, 0, appendOf(["a"]));
    const files = Array.from({ length: 250 }, (_, index) => ({ path: `tasks/ready/${index}.md`, text: `${index}` }));
    expect(await store.append(stream, 1, appendOf(["b"], { files }))).toBe("appended");
    expect(double.written).toHaveLength(3);
    expect([...double.files.keys()].filter((path) => path.startsWith("tasks/"))).toHaveLength(250);
    expect(await store.append(stream, 2, appendOf(["c"]))).toBe("appended");
  });

  test("files that could not follow are left behind with a warning, and the append still counts", async () => {
    const double = new BranchDouble();
    const journal = createKeptJournal();
    const store = givenStore(double.request, { journal });
    await store.append(stream, 0, appendOf(["a"]));
    let commits = 0;
    double.interference = {
      before: (kind) => {
        if (kind === "commit" && (commits += 1) === 2) throw new RestFailure(429, "Too many requests");
      },
    };
    const files = Array.from({ length: 250 }, (_, index) => ({ path: `tasks/ready/${index}.md`, text: `${index}` }));
    expect(await store.append(stream, 1, appendOf(["b"], { files }))).toBe("appended");
    expect(journal.lines.at(-1)).toMatchObject({ level: "warn", data: { skipped: 151 } });
  });

  test.each([
    "state/log/1.ndjson",
    "../x",
    "/tasks/1.md",
    "tasks/a/b/c.md",
    "tasks/../README.md",
    "README.md",
    "tasks/a b.md",
  ])("a file beside the log may not be %s", async (path) => {
    const double = new BranchDouble();
    const attempt = givenStore(double.request).append(stream, 0, appendOf(["a"], { files: [{ path, text: "x" }] }));
    await expect(attempt).rejects.toThrow(/no path/);
    expect(double.head).toBeNull();
  });

  test("a headline mentions nobody, closes nothing and is one line", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    await store.append(stream, 0, appendOf(["a"]));
    await store.append(
      stream,
      1,
      appendOf(["b"], { summary: "Fixes #12, GH-3\n\nOrchestrate-Operation: x @ada https://x.test/1" }),
    );
    const [headline = "", ...rest] = double.message.split("\n");
    expect(headline).not.toMatch(/#\d|GH-|@|https/);
    expect(rest).toEqual(["", expect.stringMatching(/^Orchestrate-Operation: op\d+$/)]);
  });
});

describe("the cost", () => {
  const line = (index: number): string => JSON.stringify({ task: index, body: "x".repeat(1_500) });

  async function givenBacklog(tasks: number): Promise<BranchDouble> {
    const double = new BranchDouble();
    const store = givenStore(double.request, { compaction: foldAlways });
    await store.append(stream, 0, appendOf(["a"]));
    const lines = Array.from({ length: tasks }, (_, index) => line(index));
    await store.append(stream, 1, appendOf(["b"], { snapshot: () => lines }));
    return double;
  }

  test("a cold load of 1,000 tasks takes at most three requests, with full logs behind the snapshot", async () => {
    const double = await givenBacklog(1_000);
    const store = givenStore(double.request);
    const files = Array.from({ length: 1_000 }, (_, index) => ({ path: `tasks/ready/${index}.md`, text: `${index}` }));
    await store.append(stream, 2, appendOf(["c"], { files }));
    for (let version = 3; version < 180; version += 1) await store.append(stream, version, appendOf([`e${version}`]));
    double.requests.length = 0;
    const log = await givenStore(double.request).read(stream);
    expect(log.version).toBe(180);
    expect(log.snapshot?.lines).toHaveLength(1_000);
    expect(log.entries).toHaveLength(179);
    expect(double.requests.length).toBeLessThanOrEqual(3);
  });

  test("shards and segments stay below the size at which GitHub cuts texts", async () => {
    const double = await givenBacklog(1_000);
    await givenStore(double.request).append(
      stream,
      2,
      appendOf([], { entries: Array.from({ length: 400 }, (_, index) => line(index)) }),
    );
    for (const text of double.files.values()) expect(Buffer.byteLength(text)).toBeLessThan(205_000);
    const log = await givenStore(double.request).read(stream);
    expect(log.entries.slice(1)).toEqual(Array.from({ length: 400 }, (_, index) => line(index)));
  });

  test("a text that GitHub cuts all the same is read whole by its blob", async () => {
    const double = await givenBacklog(200);
    double.truncateAbove = 150_000;
    const log = await givenStore(double.request).read(stream);
    expect(log.snapshot?.lines).toHaveLength(200);
    expect(double.requests.filter((kind) => kind === "blob").length).toBeGreaterThan(0);
  });

  test("a write is one request, and its bytes do not grow with the backlog", async () => {
    const bytes: number[] = [];
    for (const tasks of [10, 2_000]) {
      const double = await givenBacklog(tasks);
      const store = givenStore(double.request);
      await store.read(stream);
      double.requests.length = 0;
      for (let version = 2; version < 10; version += 1) await store.append(stream, version, appendOf([`e${version}`]));
      expect(double.requests).toEqual(Array.from({ length: 8 }, () => "commit"));
      bytes.push(...double.written.slice(-8));
    }
    expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThan(50);
  });

  test("over a long life, all upkeep together costs less than five times what is decided", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    let plain = 0;
    const state = Array.from({ length: 300 }, (_, index) => line(index));
    for (let version = 0; version < 600; version += 1) {
      const own = line(version);
      plain += own.length;
      await store.append(stream, version, appendOf([], { entries: [own], snapshot: () => state }));
    }
    expect(double.written.reduce((sum, each) => sum + each, 0)).toBeLessThan(5 * plain);
    expect([...double.files.keys()].length).toBeLessThan(75);
  });

  test("a read that finds nothing new is one request, a read after one foreign write is two", async () => {
    const double = await givenBacklog(100);
    const store = givenStore(double.request);
    await store.read(stream);
    double.requests.length = 0;
    await store.read(stream);
    expect(double.requests).toEqual(["outline"]);
    await givenStore(double.request).append(stream, 2, appendOf(["c"]));
    double.requests.length = 0;
    expect((await store.read(stream, 2)).entries).toEqual([entry("c")]);
    expect(double.requests).toEqual(["outline", "blobs"]);
  });

  test("own writes are known without being fetched again", async () => {
    const double = await givenBacklog(10);
    const store = givenStore(double.request);
    await store.read(stream);
    await store.append(stream, 2, appendOf(["c"]));
    double.requests.length = 0;
    expect((await store.read(stream)).version).toBe(3);
    expect(double.requests).toEqual(["outline"]);
  });

  test("a peek is one conditional request; it tells the version at the known head, and null at another", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    expect(await store.peek(stream)).toBeNull();
    await store.read(stream);
    expect(await store.peek(stream)).toBe(0);
    await store.append(stream, 0, appendOf(["a"]));
    expect([await store.peek(stream), await store.peek(stream)]).toEqual([1, 1]);
    await givenStore(double.request).append(stream, 1, appendOf(["b"]));
    double.requests.length = 0;
    expect(await store.peek(stream)).toBeNull();
    expect(double.requests).toEqual(["head"]);
  });

  test("blob ids are git's own, in both hashes", () => {
    expect(blobIdOf("hello\n", "0".repeat(40))).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    expect(blobIdOf("hello\n", "0".repeat(64))).toBe(
      "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4",
    );
  });
});

describe("compaction", () => {
  test("replaces snapshot and segments in one commit and keeps the branch small", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request, { compaction: earlyCompaction });
    await appendMany(store, numbered(40));
    const paths = [...double.files.keys()];
    expect(paths.filter((path) => path.startsWith("state/log/")).length).toBeLessThanOrEqual(6);
    expect(paths.filter((path) => path.startsWith("state/snapshot/"))).toHaveLength(1);
    expect(contentOf(await givenStore(double.request).read(stream))).toEqual(numbered(40).map(entry));
    expect(double.commitCount).toBe(40);
  });

  test("merges many small segments without asking for the state, and every entry stays", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request);
    function refuse(): never {
      throw new Error("Nobody should have asked for the state.");
    }
    let most = 0;
    for (const [version, id] of numbered(220).entries()) {
      await store.append(stream, version, appendOf([id], { snapshot: refuse }));
      most = Math.max(most, double.files.size);
    }
    expect(most).toBeLessThan(55);
    expect(double.commitCount).toBe(220);
    const log = await givenStore(double.request).read(stream, 150);
    expect(log.entries).toEqual(numbered(220).slice(150).map(entry));
  });

  test("a snapshot part that is missing is named", async () => {
    const double = new BranchDouble();
    const store = givenStore(double.request, { compaction: foldAlways });
    await store.append(stream, 0, appendOf(["a"]));
    const lines = Array.from({ length: 500 }, () => JSON.stringify("x".repeat(1_000)));
    await store.append(stream, 1, appendOf(["b"], { snapshot: () => lines }));
    const files = new Map(double.files);
    files.delete("state/snapshot/0000000001-002.ndjson");
    double.push(files);
    await expect(givenStore(double.request).read(stream)).rejects.toMatchObject({
      name: "StoreCorrupt",
      path: "state/snapshot/0000000001-002.ndjson",
    });
  });
});

/** A branch as an older version of the program left it. */
async function givenFixture(name: string): Promise<BranchDouble> {
  const root = resolve(import.meta.dirname, "../fixtures", name);
  const files = new Map<string, string>();
  for (const found of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!found.isFile()) continue;
    const path = join(found.parentPath, found.name);
    files.set(relative(root, path).replaceAll("\\", "/"), await readFile(path, "utf8"));
  }
  const double = new BranchDouble();
  double.push(files, name);
  return double;
}

describe("a branch of schema version 2", () => {
  async function stateIn(fixture: string): Promise<State> {
    const log = await givenStore((await givenFixture(fixture)).request).read(stream);
    const state = log.snapshot === null ? createState() : fromSnapshot(log.snapshot.lines);
    for (const line of log.entries) evolveEntry(state, JSON.parse(line) as Entry);
    return state;
  }

  test.each(["state-branch-v2", "state-branch-v2-log"])("%s is read with everything that it holds", async (fixture) => {
    const state = await stateIn(fixture);
    expect(allBrokenInvariants(state)).toEqual([]);
    const standing = [...state.tasks.entries()].map(([, task]) => [task.definition.number, statusOf(state, task)]);
    expect(standing).toEqual([
      [1, "ready"],
      [2, "in_progress"],
      [3, "blocked"],
      [4, "assigned"],
    ]);
    expect(figuresOfTheDay(state, state.at)).toMatchObject({ sessions: 2 });
  });

  test("becomes version 3 with the next append, and is then read as it is", async () => {
    const double = await givenFixture("state-branch-v2");
    const store = givenStore(double.request);
    const before = await store.read(stream);
    expect(await store.append(stream, 8, appendOf(["new"], { snapshot: () => ['{"whole":{}}'] }))).toBe("appended");
    expect(before.version).toBe(8);
    expect(double.files.get("state/schema.json")).toBe('{"version":3}\n');
    expect((await givenStore(double.request).read(stream)).entries).toEqual([entry("new")]);
  });
});

describe("a branch of schema version 1", () => {
  const givenVersion1 = (): Promise<BranchDouble> => givenFixture("state-branch-v1");

  test("is read with all its entries, and reading changes nothing", async () => {
    const double = await givenVersion1();
    const log = await givenStore(double.request).read(stream);
    expect(log.version).toBe(3);
    expect(log.entries.map((line) => JSON.parse(line).commands)).toEqual([["observe-1"], ["comment-1"], ["comment-2"]]);
    expect(double.commitCount).toBe(1);
  });

  test("becomes the current version with the next append, in one commit, without the old files", async () => {
    const double = await givenVersion1();
    const store = givenStore(double.request);
    const before = (await store.read(stream)).entries;
    expect(await store.append(stream, 3, appendOf(["new"], { snapshot: () => before }))).toBe("appended");
    expect([...double.files.keys()].toSorted()).toEqual([
      "README.md",
      "state/log/0000000004-0000000004.ndjson",
      "state/schema.json",
      "state/snapshot/0000000003-001.ndjson",
      "tasks/ready/7.md",
    ]);
    expect(double.files.get("state/schema.json")).toBe('{"version":3}\n');
    expect(contentOf(await givenStore(double.request).read(stream))).toEqual([...before, entry("new")]);
    expect(await store.append(stream, 4, appendOf(["next"]))).toBe("appended");
  });

  test("with a damaged line is refused by name", async () => {
    const double = await givenVersion1();
    double.push(new Map([...double.files, ["state/log.ndjson", "{}\n{\n"]]));
    await expect(givenStore(double.request).read(stream)).rejects.toThrow(/state\/log\.ndjson.*line 2 is not JSON/);
  });
});

describe("the pace", () => {
  test("lets one commit follow another at once after a rest, then leaves a second between them, and none when it has passed", async () => {
    const clock = createSteppedClock();
    const store = givenStore(new BranchDouble().request, { clock, minGapMs: 1_000 });
    await store.append(stream, 0, appendOf(["a"]));
    await store.append(stream, 1, appendOf(["b"]));
    clock.advance(400);
    await store.append(stream, 2, appendOf(["c"]));
    await store.append(stream, 3, appendOf(["d"]));
    clock.advance(5_000);
    await store.append(stream, 4, appendOf(["e"]));
    expect(clock.slept).toEqual([600, 1_000]);
  });

  test("keeps at most one write in flight, whatever its callers do", async () => {
    const double = new BranchDouble();
    let inFlight = 0;
    let most = 0;
    double.interference = {
      before: (kind) => {
        if (kind === "commit") most = Math.max(most, (inFlight += 1));
      },
      after: (kind) => {
        if (kind === "commit") inFlight -= 1;
      },
    };
    const store = givenStore(double.request);
    await store.append(stream, 0, appendOf(["a"]));
    const attempts = Array.from({ length: 8 }, (_, index) => store.append(stream, 1 + index, appendOf([`w${index}`])));
    expect(await Promise.all(attempts)).toEqual(Array.from({ length: 8 }, () => "appended"));
    expect(most).toBe(1);
  });

  test("a second stream on the branch of one repository is a mistake that is said", async () => {
    const store = givenStore(new BranchDouble().request);
    await store.read(stream);
    await expect(store.read(toStreamId(43))).rejects.toThrow(/holds stream gh:42, not gh:43/);
  });
});

describe("over an Octokit", () => {
  function givenOctokit(answers: readonly Response[]) {
    const asked: { readonly url: string; readonly headers: unknown; readonly body: unknown }[] = [];
    const left = [...answers];
    const fetch = async (url: string, init: { headers: unknown; body?: string }): Promise<Response> => {
      asked.push({ url, headers: init.headers, body: init.body === undefined ? null : JSON.parse(init.body) });
      return left.shift() ?? new Response("{}", { status: 500 });
    };
    return { asked, request: toRequest(new ProbotOctokit({ request: { fetch }, throttle: { enabled: false } })) };
  }

  function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
    return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
  }

  test("a conditional call sends the ETag and takes 304 for an answer", async () => {
    const { asked, request } = givenOctokit([
      json({ a: 1 }, 200, { etag: '"x"' }),
      new Response(null, { status: 304 }),
    ]);
    const call = { method: "GET", path: "/repos/octo/shop/git/ref/heads/orchestrate/state" } as const;
    expect(await request.rest(call)).toEqual({ status: 200, etag: '"x"', data: { a: 1 } });
    expect(await request.rest({ ...call, etag: '"x"' })).toEqual({ status: 304, etag: '"x"', data: null });
    expect(asked.map((each) => each.url)).toEqual(
      Array.from({ length: 2 }, () => `https://api.github.com${call.path}`),
    );
    expect(asked[1]?.headers).toMatchObject({ "if-none-match": '"x"' });
  });

  test("a failed write is asked once, although Probot's Octokit repeats", async () => {
    const { asked, request } = givenOctokit([json({}, 502), json({}, 502)]);
    await expect(request.graphql("mutation { x }", { input: {} })).rejects.toMatchObject({ status: 502 });
    expect(asked).toHaveLength(1);
  });

  test("STALE_DATA in an answer of 200 is told from other failures", async () => {
    const stale = {
      data: { createCommitOnBranch: null },
      errors: [{ type: "STALE_DATA", message: "Expected branch" }],
    };
    const { asked, request } = givenOctokit([json(stale)]);
    await expect(request.graphql("mutation { x }", { input: {} })).rejects.toMatchObject({
      errors: [{ type: "STALE_DATA" }],
    });
    expect(asked[0]?.body).toEqual({ query: "mutation { x }", variables: { input: {} } });
  });
});
