/** What happened to one task, asked for over HTTP: from the log as far as there is one, and what the state keeps beyond that. */
import { expect, test } from "vitest";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { minute, pass } from "../engine/given.ts";
import { givenRoutes, type Routes } from "./given.ts";

const pathOf = (id: string) => `/api/orchestrator/tasks/${id}/history`;

interface Told {
  readonly type: string;
  readonly version: number;
  readonly command: string;
  readonly by: string | null;
  readonly line: string;
}

function placeOf(it: Routes) {
  const [place] = it.places;
  if (place === undefined) throw new Error("There is a place.");
  return place;
}

/** As after a restart: this copy remembers nothing of what the store has. */
function forget(it: Routes): void {
  const { tail } = placeOf(it).repository.lane.stream;
  tail.note(tail.version + 1, ["x".repeat(2_000_000)]);
}

/** The store has folded the first `count` entries into a snapshot. */
function compact(it: Routes, count: number): void {
  const { store } = placeOf(it);
  const read = store.read.bind(store);
  store.read = async (stream) => {
    const log = await read(stream);
    return { ...log, snapshot: { version: count, lines: [] }, entries: log.entries.slice(count) };
  };
}

async function fail(it: Routes) {
  const body = { taskId: "gh:7:1001", workerId: "jules/1", fence: 1, failureReason: "validation", retriable: true };
  expect((await it.post("/orchestrator/fail", body)).status).toBe(200);
}

const workflow = { agents: [{ id: "jules", type: "jules", dispatch: "workflow" }] };

test("the whole story of a task is told, oldest first, with who did what and a line for people", async () => {
  const it = await givenRoutes(workflow);
  await it.post("/orchestrator/override", { taskId: "gh:7:1003", agent: "jules", by: "wanda" });
  await fail(it);
  const { json } = await it.ask(pathOf("1"));
  expect(json).toMatchObject({
    repository: "acme/shop",
    task: "gh:7:1001",
    reference: "#1",
    title: "Issue 1",
    isComplete: true,
    since: 1,
  });
  const told = json.events as readonly Told[];
  expect(told.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["TaskTracked", "TaskTrusted", "TaskAssigned", "SessionEnded", "RetryScheduled"]),
  );
  expect(told[0]).toMatchObject({ type: "TaskTracked", command: "Observe", by: null, line: "#1 is tracked: Issue 1" });
  expect(told.map(({ version }) => version)).toEqual(told.map(({ version }) => version).toSorted((a, b) => a - b));
  expect(told.find(({ type }) => type === "SessionEnded")).toMatchObject({ command: "ReportSession" });
  const log = await placeOf(it).events();
  expect(told.length).toBe(log.filter((event) => "task" in event && event.task === "gh:7:1001").length);
  const asked = (await it.ask(pathOf("3"))).json.events as readonly Told[];
  expect(asked.find(({ type }) => type === "AssignmentRequested")).toMatchObject({ by: "http:wanda" });
});

test("a task is named by its number or its id, written as it is or percent-encoded", async () => {
  const it = await givenRoutes();
  const answers = await Promise.all(
    ["1", "%231", "gh:7:1001", "gh%3A7%3A1001", "1?repository=acme/shop"].map((id) => {
      const [place = "", query] = id.split("?");
      return it.ask(pathOf(place) + (query === undefined ? "" : `?${query}`));
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

test("what this copy does not remember is read from the store, and both say the same", async () => {
  const it = await givenRoutes(workflow);
  await fail(it);
  const before = await it.ask(pathOf("1"));
  forget(it);
  expect((await it.ask(pathOf("1"))).json).toEqual(before.json);
});

test("of a log that begins with a snapshot only the rest is told, and that it is only the rest; the attempts are all there", async () => {
  const it = await givenRoutes(workflow);
  await fail(it);
  const { json: whole } = await it.ask(pathOf("1"));
  const events = whole.events as readonly Told[];
  const ended = events.find(({ type }) => type === "SessionEnded")?.version ?? 0;
  forget(it);
  compact(it, ended);
  const { json } = await it.ask(pathOf("1"));
  expect(json).toMatchObject({ isComplete: false, since: ended + 1 });
  expect(json.events).toEqual(events.filter(({ version }) => version > ended));
  expect(json.attempts[0]).toEqual({
    attempt: 1,
    agent: "jules",
    worker: "jules/1",
    fence: 1,
    session: expect.any(String),
    sessionUrl: null,
    startedAt: "2026-01-05T09:00:00.000Z",
    endedAt: "2026-01-05T09:00:00.000Z",
    result: "validation",
    detail: expect.any(String),
    costUsd: 0,
    branch: null,
  });
  expect(json.attempts).toEqual(whole.attempts);
});

test("the live attempt is the last one, without an end", async () => {
  const it = await givenRoutes();
  const { json } = await it.ask(pathOf("1"));
  expect(json.attempts).toHaveLength(1);
  expect(json.attempts[0]).toMatchObject({ worker: "jules/1", fence: 1, endedAt: null, result: null, costUsd: null });
  expect((await it.ask(pathOf("2"))).json.attempts).toEqual([]);
});

test.each([
  ["77", 404, /^#77 is no task of this repository\.$/],
  ["gh:7:77", 404, /^gh:7:77 is no task of this repository\.$/],
  ["nonsense", 404, /a task is named by the number of its issue/],
  ["..%2F..%2Fetc", 404, /a task is named by/],
])("%s is refused with a %i", async (id, status, detail) => {
  const it = await givenRoutes();
  const answer = await it.ask(pathOf(id));
  expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  expect(answer.json.detail).toMatch(detail);
});

test("only whoever has the token is told, and no parameter but the repository is known", async () => {
  const it = await givenRoutes();
  expect((await it.ask(pathOf("1"), { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
  expect((await it.ask(`${pathOf("1")}?after=1`)).status).toBe(400);
});

test("while the state is being read, or the store is out of reach, the answer is to come back, and not a part for the whole", async () => {
  const unread = await givenRoutes({ isStarted: false });
  expect((await unread.ask(pathOf("1"))).status).toBe(503);
  const it = await givenRoutes();
  forget(it);
  const { store } = placeOf(it);
  store.read = () => Promise.reject(new StoreUnavailable("GitHub is down."));
  const down = await it.ask(pathOf("1"));
  expect([down.status, down.headers.get("retry-after")]).toEqual([503, "30"]);
  store.read = () => new Promise(() => undefined);
  const slow = it.ask(pathOf("1"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await pass(it.clock, minute);
  expect((await slow).status).toBe(503);
});

test("asking writes nothing, and reads the log once for all who ask at a time", async () => {
  const it = await givenRoutes();
  forget(it);
  const { store } = placeOf(it);
  const [read, before] = [store.read.bind(store), store.appends.length];
  let reads = 0;
  store.read = async (stream, since) => {
    reads += 1;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return read(stream, since);
  };
  await Promise.all(Array.from({ length: 5 }, () => it.ask(pathOf("1"))));
  expect([reads, store.appends.length]).toEqual([1, before]);
});
