/** The log over HTTP: a page of it, and the stream that goes on, read from a real connection. */
import { request } from "node:http";
import { connect } from "node:net";
import { onTestFinished, describe, expect, test } from "vitest";
import { minute, pass, rest } from "../engine/given.ts";
import { issue } from "../support/build.ts";
import { givenRoutes, token, type Routes } from "./given.ts";

const path = "/orchestrator/events";
const headers = { authorization: `Bearer ${token}` };

interface Frame {
  readonly id: number;
  readonly event: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- A test says what it expects of it.
  readonly data: any;
}

interface Reader {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What has come, as an EventSource would see it. */
  readonly frames: readonly Frame[];
  text: string;
  isOver: boolean;
  leave(): void;
}

function toFrames(text: string): readonly Frame[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .filter((block) => block !== ":")
    .map((block) => {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
      const { id, event = "message", data } = fields as Record<string, string>;
      return { id: Number(id), event, data: JSON.parse(data ?? "") as unknown };
    });
}

async function follow(it: Routes, query = "", more: Readonly<Record<string, string>> = {}): Promise<Reader> {
  const reader = await new Promise<Reader>((resolve, reject) => {
    const sent = request(`${it.url}${path}${query}`, { headers: { ...headers, ...more } }, (response) => {
      const self = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: "",
        isOver: false,
        get frames() {
          return toFrames(self.text);
        },
        leave: () => void sent.destroy(),
      };
      response.setEncoding("utf8");
      response.on("data", (text: string) => void (self.text += text));
      response.on("close", () => void (self.isOver = true));
      response.on("error", () => undefined);
      resolve(self);
    });
    sent.on("error", reject);
    sent.end();
  });
  onTestFinished(() => reader.leave());
  await soon(() => reader.text !== "" || reader.isOver);
  return reader;
}

/** Until it is so: what goes over a socket arrives when it arrives. */
async function soon(isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 400 && !isSo(); round += 1) {
    await rest();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(isSo()).toBe(true);
}

function tailOf(it: Routes, place = 0) {
  const tail = it.places[place]?.repository.lane.stream.tail;
  if (tail === undefined) throw new Error("There is such a place.");
  return tail;
}

const switchTo = (it: Routes, mode: string) => it.post("/orchestrator/mode", { mode });

describe("a page of the log", () => {
  test("has the newest entries, oldest first, with each event as it is in the log and as people read it", async () => {
    const it = await givenRoutes();
    await switchTo(it, "effort");
    const { json } = await it.ask(`${path}?stream=false&limit=2`);
    expect(json).toMatchObject({ repository: "acme/shop", since: 1, isComplete: true });
    expect(json.entries.map((entry: { version: number }) => entry.version)).toEqual([json.version - 1, json.version]);
    expect(json.entries[1]).toEqual({
      version: json.version,
      at: "2026-01-05T09:00:00.000Z",
      command: "SwitchMode",
      events: [
        {
          type: "ModeChanged",
          line: expect.stringContaining("effort"),
          task: null,
          reference: null,
          number: null,
          event: { type: "ModeChanged", mode: "effort", by: "http:token" },
        },
      ],
    });
    const whole = await it.ask(`${path}?stream=false`);
    const events = whole.json.entries.flatMap((entry: { events: readonly { event: unknown }[] }) => entry.events);
    expect(events.map(({ event }: { event: unknown }) => event)).toEqual(await it.places[0]?.events());
    const assigned = events.find(({ type }: { type: string }) => type === "TaskAssigned");
    expect(assigned).toMatchObject({ task: "gh:7:1001", reference: "#1", number: 1 });
    expect(assigned.line).toMatch(/^#1 is assigned to jules\/1/);
  });

  test("goes on after a version, so that whoever asks again and again misses nothing", async () => {
    const it = await givenRoutes();
    const seen: number[] = [];
    for (let after = 0, isLast = false; !isLast;) {
      const { json } = await it.ask(`${path}?stream=false&limit=1&after=${after}`);
      seen.push(...json.entries.map((entry: { version: number }) => entry.version));
      after = json.entries.at(-1)?.version ?? after;
      isLast = after === json.version;
    }
    expect(seen).toEqual(Array.from({ length: tailOf(it).version }, (_, index) => index + 1));
    const { json } = await it.ask(`${path}?stream=false&after=${tailOf(it).version}`);
    expect(json).toMatchObject({ isComplete: true, entries: [] });
  });

  test("says that it is not complete where what was asked for is not kept any more", async () => {
    const it = await givenRoutes();
    const tail = tailOf(it);
    tail.note(tail.version, []);
    tail.note(tail.version + 10, [JSON.stringify({ id: "x", command: "Tick", at: 0, events: [], effects: [] })]);
    const { json } = await it.ask(`${path}?stream=false&after=1`);
    expect(json).toMatchObject({ isComplete: false, since: tail.version, version: tail.version });
    expect(json.entries).toHaveLength(1);
    expect((await it.ask(`${path}?stream=false&limit=1`)).json.isComplete).toBe(true);
    expect((await it.ask(`${path}?stream=false&limit=2`)).json.isComplete).toBe(false);
  });

  test("costs no request: nothing is read from the store, and nothing written", async () => {
    const it = await givenRoutes();
    const store = it.places[0]?.store;
    if (store === undefined) throw new Error("There is a place.");
    store.read = () => Promise.reject(new Error("The store was read."));
    const before = store.appends.length;
    expect((await it.ask(`${path}?stream=false`)).status).toBe(200);
    expect(store.appends.length).toBe(before);
  });
});

describe("the stream", () => {
  test("begins with where the log stands, and tells each entry as it lands", async () => {
    const it = await givenRoutes({ issues: [] });
    const at = tailOf(it).version;
    const reader = await follow(it);
    expect([reader.status, reader.headers["content-type"]]).toEqual([200, "text/event-stream"]);
    expect(reader.headers["cache-control"]).toBe("no-store");
    await switchTo(it, "effort");
    await soon(() => reader.frames.length === 2);
    expect(reader.frames[0]).toEqual({
      id: at,
      event: "start",
      data: { repository: "acme/shop", after: at, since: 1, version: at },
    });
    const page = await it.ask(`${path}?stream=false&limit=1`);
    expect(reader.frames[1]).toEqual({
      id: at + 1,
      event: "message",
      data: { repository: "acme/shop", ...page.json.entries[0] },
    });
  });

  test.each<[string, string, Record<string, string>]>([
    ["after=", "?after=1", {}],
    ["Last-Event-ID", "", { "last-event-id": "1" }],
    ["Last-Event-ID, whatever the address says,", "?after=3", { "last-event-id": "1" }],
  ])("goes on by %s where the reader left off: every entry once, in order", async (_how, query, more) => {
    const it = await givenRoutes();
    const reader = await follow(it, query, more);
    await switchTo(it, "effort");
    const wanted = Array.from({ length: tailOf(it).version - 1 }, (_, index) => index + 2);
    await soon(() => reader.frames.length > wanted.length);
    expect(reader.frames.slice(1).map(({ id }) => id)).toEqual(wanted);
  });

  test("tells what another copy of the App has written, once this one has read it", async () => {
    const it = await givenRoutes({ issues: [] });
    const [place] = it.places;
    const reader = await follow(it);
    const { version } = tailOf(it);
    const events = [{ type: "OrchestrationPaused", by: "wanda" }];
    const entry = { id: "other", command: "Instruct", at: it.clock.now(), events, effects: [] };
    await place?.store.append(place.repository.stream, version, {
      entries: [JSON.stringify(entry)],
      files: [],
      summary: "Pause",
      snapshot: () => [],
    });
    await place?.repository.lane.refresh();
    await soon(() => reader.frames.length === 2);
    expect(reader.frames[1]?.data.events[0].line).toBe("paused by wanda: nothing new is started");
  });

  test("says where entries are missing, and goes on with the first that is known", async () => {
    const it = await givenRoutes({ issues: [] });
    const tail = tailOf(it);
    const behind = tail.version;
    tail.note(behind + 10, []);
    const reader = await follow(it, "?after=0");
    await soon(() => reader.frames.length === 2);
    const data = { repository: "acme/shop", after: 0, since: behind + 11, version: behind + 10 };
    expect(reader.frames[1]).toEqual({ id: behind + 10, event: "gap", data });
  });

  test("waits where another copy has told the reader more than this one knows yet, and tells nothing twice", async () => {
    const it = await givenRoutes({ issues: [] });
    const { version } = tailOf(it);
    const reader = await follow(it, `?after=${version + 1}`);
    await switchTo(it, "effort");
    await switchTo(it, "blocker");
    await soon(() => reader.frames.length === 2);
    expect(reader.frames.map(({ id }) => id)).toEqual([version + 1, version + 2]);
    expect(reader.frames[0]?.data).toMatchObject({ after: version + 1, version });
  });

  test("no text of other people ends a frame or begins another", async () => {
    const title = "One\n\nid: 99\nevent: gap\ndata: {}\r\n\u2028\u0000 \ud800";
    const it = await givenRoutes({ issues: [issue(1, { labels: ["orchestrate"], title })] });
    const reader = await follow(it, "?after=0");
    const { version } = tailOf(it);
    await soon(() => reader.frames.length === version + 1);
    expect(reader.frames.map(({ event }) => event)).toEqual([
      "start",
      ...Array.from({ length: version }, () => "message"),
    ]);
    const told = reader.frames.flatMap(({ data }) => data.events ?? []);
    const tracked = told.find(({ type }: { type: string }) => type === "TaskTracked");
    expect(tracked.event.definition.title).toBe(title);
    expect(tracked.line).not.toMatch(/\p{Cc}/u);
  });

  test("sends a comment every 15 seconds, so that nobody in between takes it for dead", async () => {
    const it = await givenRoutes({ issues: [] });
    const reader = await follow(it);
    await pass(it.clock, 14_000);
    expect(reader.text).not.toContain("\n\n:");
    await pass(it.clock, 17_000);
    await soon(() => reader.text.split("\n\n").filter((block) => block === ":").length === 2);
    expect(reader.frames).toHaveLength(1);
  });

  test("a reader that goes away leaves nothing behind", async () => {
    const it = await givenRoutes({ issues: [] });
    const timers = it.clock.pendingCount;
    const reader = await follow(it);
    expect([tailOf(it).followerCount, it.clock.pendingCount]).toEqual([1, timers + 1]);
    reader.leave();
    await soon(() => tailOf(it).followerCount === 0);
    expect(it.clock.pendingCount).toBe(timers);
  });

  test("a trouble of the App's own ends it, and the App's log says why; the decisions go on", async () => {
    const it = await givenRoutes({ issues: [] });
    const reader = await follow(it);
    const tail = tailOf(it);
    tail.at = () => "{";
    await switchTo(it, "effort");
    await soon(() => reader.isOver);
    expect(it.journal).toEqual([expect.stringMatching(/^A request could not be answered\. .*SyntaxError/)]);
    expect((await it.ask("/orchestrator/status")).json.mode).toBe("effort");
  });

  test("ends when the orchestration of the repository stops", async () => {
    const it = await givenRoutes({ names: ["acme/shop", "acme/till"] });
    const reader = await follow(it, "?repository=acme/shop");
    const other = await follow(it, "?repository=acme/till");
    it.places[0]?.repository.stop();
    await soon(() => reader.isOver);
    expect(tailOf(it).followerCount).toBe(0);
    expect(other.isOver).toBe(false);
  });

  test("a reader that takes nothing holds no more than it was sent, however the log grows, and is let go after a minute", async () => {
    const it = await givenRoutes({ issues: [] });
    const tail = tailOf(it);
    const socket = connect(Number(new URL(it.url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => undefined);
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    await soon(() => tail.followerCount === 1);
    const reads: number[] = [];
    const at = tail.at.bind(tail);
    tail.at = (version) => {
      reads.push(version);
      return at(version);
    };
    const events = [{ type: "OrchestrationPaused", by: "w".repeat(200_000) }];
    const wide = { id: "x", command: "Tick", at: 0, events, effects: [] };
    for (let round = 0; round < 150; round += 1) {
      tail.note(tail.version + 1, [JSON.stringify(wide)]);
      await rest();
    }
    // What the machine's sockets take is gone; after that not one entry more is even looked at.
    const before = reads.length;
    expect(before).toBeLessThan(150);
    for (let round = 0; round < 20; round += 1) tail.note(tail.version + 1, [JSON.stringify(wide)]);
    await rest();
    expect(reads.length).toBe(before);
    await pass(it.clock, minute);
    await soon(() => tail.followerCount === 0);
  });

  test("more readers than may follow at a time are told to come back later, and the routes go on", async () => {
    const it = await givenRoutes({ names: ["acme/shop", "acme/till"] });
    const leaving = Array.from({ length: 31 }, () =>
      tailOf(it, 1).follow({ grown: () => undefined, ended: () => undefined }),
    );
    const last = await follow(it, "?repository=acme/shop");
    const answer = await it.ask(`${path}?repository=acme/shop`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(answer.json.detail).toMatch(/^32 readers follow the log already/);
    expect((await it.ask(`${path}?repository=acme/shop&stream=false`)).status).toBe(200);
    leaving[0]?.();
    expect((await follow(it, "?repository=acme/shop")).status).toBe(200);
    expect(last.isOver).toBe(false);
  });

  test("whoever asks for its head alone is answered, and follows nothing", async () => {
    const it = await givenRoutes();
    const response = await fetch(`${it.url}${path}`, { method: "HEAD", headers });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect(tailOf(it).followerCount).toBe(0);
  });
});

test.each<[string, Record<string, string>, readonly [number, RegExp]]>([
  ["?after=-1", {}, [400, /^`after` must be a version of the log/]],
  ["?after=", {}, [400, /^`after` must be a version of the log/]],
  ["?stream=no", {}, [400, /^`stream` must be true or false/]],
  ["?stream=false&limit=0", {}, [400, /^`limit` must be a whole number from 1 to 500/]],
  ["?stream=false&limit=501", {}, [400, /^`limit` must be a whole number from 1 to 500/]],
  ["", { "last-event-id": "abc" }, [400, /^The header `Last-Event-ID` must be a version/]],
  ["?repository=acme/other", {}, [404, /no repository of this name/]],
  ["", { authorization: "Bearer wrong" }, [401, /not the token/]],
])("%s with %j is refused", async (query, more, [status, detail]) => {
  const it = await givenRoutes();
  const answer = await it.ask(`${path}${query}`, { headers: more });
  expect([answer.status, answer.json.status]).toEqual([status, status]);
  expect(answer.json.detail).toMatch(detail);
  expect(tailOf(it).followerCount).toBe(0);
});

test("while the state is being read the answer is to come back, and not an empty log", async () => {
  const it = await givenRoutes({ isStarted: false });
  for (const query of ["", "?stream=false"]) {
    const answer = await it.ask(`${path}${query}`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  }
});
