import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { EventOf } from "../../src/model/event.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { blocker, issue, report } from "../support/build.ts";
import { minute, pass } from "../engine/given.ts";
import { backlog, givenRoutes, token, type Answer, type Routes } from "./given.ts";

const modePath = "/orchestrator/mode";
const statusPath = "/orchestrator/status";

async function modesSet(it: Routes, place = 0): Promise<readonly EventOf<"ModeChanged">[]> {
  const events = (await it.places[place]?.events()) ?? [];
  return events.filter((event): event is EventOf<"ModeChanged"> => event.type === "ModeChanged");
}

/** A problem document with this status, whose detail says so. */
function expectProblem(answer: Answer, status: number, detail: RegExp): void {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.json).toEqual({
    type: "about:blank",
    title: expect.stringMatching(/^[A-Z]/),
    status,
    detail: expect.stringMatching(detail),
  });
  expect(answer.status).toBe(status);
}

describe("a mode switched by HTTP", () => {
  test("is answered with what is in force, and ranks the next assignment", async () => {
    const it = await givenRoutes();
    const answer = await it.post(modePath, { mode: "effort", repository: "acme/shop" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.json).toEqual({ repository: "acme/shop", mode: "effort", setBy: "http:token", note: null });
    // #1 has the only worker; by priority #2 would be next.
    const lane = it.places[0]?.repository.lane;
    const task = backlog[0]?.id;
    if (lane === undefined || task === undefined) throw new Error("There is no repository.");
    const command = { type: "ReportSession", task, fence: 1, report: report("failed") } as const;
    await lane.submit([{ ...command, id: lane.nextId("test") }]);
    const assigned = ((await it.places[0]?.events()) ?? []).filter((event) => event.type === "TaskAssigned");
    expect(assigned.map(({ task: each, reasons }) => [each, reasons.algorithm])).toEqual([
      [backlog[0]?.id, "priority"],
      [backlog[2]?.id, "effort"],
    ]);
  });

  test("to null is the configuration's again", async () => {
    const it = await givenRoutes();
    await it.post(modePath, { mode: "critical" });
    expect((await it.post(modePath, { mode: null })).json).toMatchObject({ mode: "priority", setBy: null });
    expect((await modesSet(it)).map(({ mode }) => mode)).toEqual(["critical", null]);
  });

  test("says what else there is to know: attack mode without anything to attack", async () => {
    const it = await givenRoutes({ issues: [issue(1, { labels: ["orchestrate", "estimate:4h"] })] });
    expect((await it.post(modePath, { mode: "attack" })).json.note).toMatch(/^No task is a quick win now/);
  });

  test("twice with one key is decided once, even if somebody switched in between", async () => {
    const it = await givenRoutes();
    const key = { "idempotency-key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"' };
    expect((await it.post(modePath, { mode: "effort" }, key)).json).toMatchObject({ mode: "effort", note: null });
    await it.post(modePath, { mode: "blocker" });
    const repeated = await it.post(modePath, { mode: "effort" }, key);
    expect(repeated.json).toMatchObject({ mode: "blocker", note: expect.stringMatching(/used before/) });
    expect((await modesSet(it)).map(({ mode }) => mode)).toEqual(["effort", "blocker"]);
    await it.post(modePath, { mode: "effort" }, { "idempotency-key": "another" });
    expect((await modesSet(it)).map(({ mode }) => mode)).toEqual(["effort", "blocker", "effort"]);
  });

  test("sent at once with one key is decided once", async () => {
    const it = await givenRoutes();
    const key = { "idempotency-key": "race" };
    const answers = await Promise.all([1, 2, 3].map(() => it.post(modePath, { mode: "effort" }, key)));
    expect(answers.map(({ json }) => json.mode)).toEqual(["effort", "effort", "effort"]);
    expect(await modesSet(it)).toHaveLength(1);
  });

  test("reaches the repository that it names, in any letter case, and no other", async () => {
    const it = await givenRoutes({ names: ["acme/shop", "acme/till"] });
    expect((await it.post(modePath, { mode: "effort", repository: "Acme/TILL" })).json.repository).toBe("acme/till");
    expect([(await modesSet(it, 0)).length, (await modesSet(it, 1)).length]).toEqual([0, 1]);
  });

  test("while the state cannot be written is answered in time, and is not lost", async () => {
    const it = await givenRoutes();
    const [place] = it.places;
    if (place === undefined) throw new Error("There is no repository.");
    const isTried = new Promise<void>((resolve) => {
      place.store.trouble = () => {
        resolve();
        throw new StoreUnavailable("GitHub is down.", { retryAfterMs: minute });
      };
    });
    const asked = it.post(modePath, { mode: "effort" });
    await isTried;
    await it.clock.advance(20_000);
    const answer = await asked;
    expectProblem(answer, 503, /cannot be written now.*not lost/);
    expect(answer.headers.get("retry-after")).toBe("30");
    place.store.trouble = null;
    await pass(it.clock, minute);
    expect((await modesSet(it)).map(({ mode }) => mode)).toEqual(["effort"]);
  });
});

describe("the status", () => {
  test("counts what is ready, blocked and in hand, with the figures, the mode and the open warnings", async () => {
    const waits = issue(4, { blockedBy: [blocker(2)] });
    const it = await givenRoutes({ issues: [...backlog, waits] });
    const { status, json } = await it.ask(`${statusPath}?repository=acme/shop`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      repository: "acme/shop",
      mode: "priority",
      setBy: null,
      isPaused: false,
      readyQueueLength: 2,
      blockedQueueLength: 1,
      assignedTasks: 1,
      availableWorkers: 0,
      lastUpdate: "2026-01-05T09:00:00.000Z",
      queue: { health: "ok" },
      utilisation: { total: 1 },
      warnings: [],
    });
    expect(Object.keys(json)).toEqual(expect.arrayContaining(["throughput", "velocity", "costUsd", "readings"]));
  });

  test("counts free workers as available, but for those of an agent that is paused because of its vendor", async () => {
    const idle = await givenRoutes({ issues: [], capacity: 4 });
    expect((await idle.ask(statusPath)).json).toMatchObject({ assignedTasks: 0, availableWorkers: 4 });
    const down = await givenRoutes({ capacity: 4, isVendorDown: true });
    expect((await down.places[0]?.events())?.map(({ type }) => type)).toContain("AgentPaused");
    const { json } = await down.ask(statusPath);
    expect(json).toMatchObject({ assignedTasks: 0, availableWorkers: 0, utilisation: { byAgent: [{ free: 4 }] } });
  });

  test("shows a switch at once, and is never kept by anybody in between", async () => {
    const it = await givenRoutes();
    await it.post(modePath, { mode: "effort" });
    const answer = await it.ask(statusPath);
    expect(answer.json).toMatchObject({ mode: "effort", setBy: "http:token" });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("appends nothing and reads nothing, however often it is asked for", async () => {
    const it = await givenRoutes();
    const before = it.places[0]?.store.appends.length;
    for (let time = 0; time < 5; time += 1) await it.ask(statusPath);
    expect(it.places[0]?.store.appends.length).toBe(before);
  });

  test("says that it comes later, while the state is still being read", async () => {
    const it = await givenRoutes({ isStarted: false });
    const answer = await it.ask(statusPath);
    expectProblem(answer, 503, /still being read/);
    expect(answer.headers.get("retry-after")).toBe("5");
  });
});

describe("which repository is meant", () => {
  test("need not be said where there is one", async () => {
    const it = await givenRoutes();
    expect((await it.ask(statusPath)).json.repository).toBe("acme/shop");
  });

  test("must be said where there are several: the answer names the parameter, and none of them", async () => {
    const it = await givenRoutes({ names: ["acme/shop", "acme/till"] });
    const asked = await it.ask(statusPath);
    expectProblem(asked, 400, /query parameter `repository`/);
    const posted = await it.post(modePath, { mode: "effort" });
    expectProblem(posted, 400, /`repository` in the body/);
    expect(asked.text + posted.text).not.toMatch(/shop|till/);
    expect([(await modesSet(it, 0)).length, (await modesSet(it, 1)).length]).toEqual([0, 0]);
  });

  test("must exist: the answer lists none", async () => {
    const it = await givenRoutes();
    const asked = await it.ask(`${statusPath}?repository=acme/secret`);
    expectProblem(asked, 404, /no repository of this name/);
    expectProblem(await it.post(modePath, { mode: "effort", repository: "acme/secret" }), 404, /of this name/);
    expect(asked.text).not.toContain("shop");
  });

  test("cannot be said before the App is installed anywhere", async () => {
    const it = await givenRoutes({ names: [] });
    expectProblem(await it.ask(statusPath), 404, /no repository yet/);
  });
});

describe("what is no request of ours", () => {
  test.each<[string, unknown, RegExp]>([
    ["a mode that is none", { mode: "fast" }, /^`mode` must be priority, .* or attack, or null\.$/],
    ["no mode", {}, /^`mode` must be/],
    ["a mode that is no text", { mode: 5 }, /^`mode` must be/],
    ["a field that is not known", { mode: null, repo: "acme/shop" }, /^There is no field `repo` here\.$/],
    [
      "a name without owner",
      { mode: null, repository: "shop" },
      /^`repository` must name a repository as owner\/name\.$/,
    ],
    ["a name that is a path", { mode: null, repository: "../../etc" }, /^`repository` must name/],
    ["a list", [], /^The body must be a JSON object\.$/],
    ["a text that is not JSON", "mode=effort", /not JSON/],
    ["nothing", "", /not JSON/],
  ])("%s is a 400 that names what is wrong, and changes nothing", async (_what, body, detail) => {
    const it = await givenRoutes();
    expectProblem(await it.post(modePath, body), 400, detail);
    expect(await modesSet(it)).toEqual([]);
  });

  test("bytes that are no UTF-8 are a 400", async () => {
    const it = await givenRoutes();
    const headers = { "content-type": "application/json" };
    const body = new Uint8Array([0x7b, 0xff, 0x7d]);
    expectProblem(await it.ask(modePath, { method: "POST", headers, body }), 400, /not JSON in UTF-8/);
  });

  test.each(["with space", "", "ü", "x".repeat(129)])("an Idempotency-Key like %j is a 400", async (key) => {
    const it = await givenRoutes();
    expectProblem(await it.post(modePath, { mode: "effort" }, { "idempotency-key": key }), 400, /`Idempotency-Key`/);
    expect(await modesSet(it)).toEqual([]);
  });

  test("a parameter that is not known is a 400", async () => {
    const it = await givenRoutes();
    expectProblem(await it.ask(`${statusPath}?repo=acme/shop`), 400, /no field `repo`/);
  });

  test.each<[string, Record<string, string>]>([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["text", { "content-type": "text/plain" }],
    ["something like JSON", { "content-type": "application/jsonp" }],
  ])("%s is a 415", async (_what, headers) => {
    const it = await givenRoutes();
    expectProblem(await it.post(modePath, { mode: "effort" }, headers), 415, /application\/json/);
    expect(await modesSet(it)).toEqual([]);
  });

  test("JSON with a character set is JSON", async () => {
    const it = await givenRoutes();
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    expect((await it.post(modePath, { mode: "effort" }, headers)).status).toBe(200);
  });

  test("a body over 64 KB is a 413, with its length announced or not, and one of just that size is read", async () => {
    const it = await givenRoutes();
    const fits = JSON.stringify({ mode: "effort" }).padEnd(64 * 1024);
    expect((await it.post(modePath, fits)).status).toBe(200);
    expectProblem(await it.post(modePath, `${fits} `), 413, /over 64 KB/);
    expectProblem(await it.post(modePath, fits.padEnd(3_000_000)), 413, /over 64 KB/);
    const pieces = new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < 5; piece += 1) controller.enqueue(new TextEncoder().encode(" ".repeat(16_384)));
        controller.close();
      },
    });
    const headers = { "content-type": "application/json" };
    const streamed = { method: "POST", headers, body: pieces, duplex: "half" } as RequestInit;
    expectProblem(await it.ask(modePath, streamed), 413, /over 64 KB/);
  });

  test("another method is a 405 that says which it takes", async () => {
    const it = await givenRoutes();
    const got = await it.ask(modePath);
    expectProblem(got, 405, /POST only/);
    expect(got.headers.get("allow")).toBe("POST");
    const deleted = await it.ask(statusPath, { method: "DELETE" });
    expectProblem(deleted, 405, /GET, HEAD only/);
    expect(deleted.headers.get("allow")).toBe("GET, HEAD");
  });

  test.each([
    "/orchestrator/nothing",
    "/orchestrator",
    "//orchestrator/mode",
    "/api/orchestrator/nothing",
    "/metrics/x",
    "/openapi.json/",
    "/healthz/",
    "/",
  ])("%s is a problem document, as every address is where there is nothing", async (path) => {
    const it = await givenRoutes();
    expectProblem(await it.ask(path), 404, /nothing at this address/);
    expectProblem(await it.post(path, {}), 404, /nothing at this address/);
  });

  test("a trouble of the App's own is a 500 without its insides, which are in the log", async () => {
    const it = await givenRoutes();
    it.places[0]?.repository.lane.stop("the disk of machine seven is full");
    const answer = await it.post(modePath, { mode: "effort" });
    expectProblem(answer, 500, /log says what/);
    expect(answer.text).not.toContain("machine seven");
    expect(it.journal).toEqual([expect.stringMatching(/^A request could not be answered\. .*machine seven/)]);
  });
});

describe("who may", () => {
  const change = (text: string, at: number): string =>
    text.slice(0, at) + (text[at] === "x" ? "y" : "x") + text.slice(at + 1);

  test.each<[string, string]>([
    ["a token that is shorter", `Bearer ${token.slice(0, -1)}`],
    ["a token that is longer", `Bearer ${token}0`],
    ["a token whose first byte differs", `Bearer ${change(token, 0)}`],
    ["a token whose last byte differs", `Bearer ${change(token, token.length - 1)}`],
    ["a token in other letter case", `Bearer ${token.toUpperCase()}`],
    ["another scheme", `Basic ${Buffer.from(`orchestrate:${token}`).toString("base64")}`],
    ["the token alone", token],
    ["two words", `Bearer ${token} ${token}`],
    ["no token", "Bearer"],
  ])("%s is a 401, and nothing is changed or told", async (_what, authorization) => {
    const it = await givenRoutes();
    const posted = await it.post(modePath, { mode: "effort" }, { authorization });
    expectProblem(posted, 401, /token/);
    expect(posted.headers.get("www-authenticate")).toBe('Bearer realm="orchestrate"');
    const asked = await it.ask(statusPath, { headers: { authorization } });
    expectProblem(asked, 401, /token/);
    expect(posted.text + asked.text).not.toContain(token.slice(0, 8));
    expect(await modesSet(it)).toEqual([]);
  });

  test("without the header the answer says what to send", async () => {
    const it = await givenRoutes();
    const response = await fetch(`${it.url}${statusPath}`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/Authorization: Bearer <token>/) });
  });

  test("two tokens are one too many, though one of them is right", async () => {
    const it = await givenRoutes();
    const headers = ["authorization", `Bearer ${token}`, "authorization", "Bearer other", "host", "localhost"];
    const status = await new Promise((resolve, reject) => {
      request(`${it.url}${statusPath}`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(401);
  });

  test("the scheme may be written in any letter case", async () => {
    const it = await givenRoutes();
    expect((await it.ask(statusPath, { headers: { authorization: `bearer ${token}` } })).status).toBe(200);
  });

  test("nobody, where no token is set: the answer says how to switch the routes on", async () => {
    const it = await givenRoutes({ token: null });
    for (const answer of [await it.post(modePath, { mode: "effort" }), await it.ask(statusPath)]) {
      expectProblem(answer, 401, /switched off\. Set ORCHESTRATE_HTTP_TOKEN/);
    }
    const authorization = "Bearer null";
    expectProblem(await it.ask(statusPath, { headers: { authorization } }), 401, /switched off/);
    expect(await modesSet(it)).toEqual([]);
  });

  test("anybody may ask whether the process answers", async () => {
    const it = await givenRoutes({ token: null, names: [] });
    await pass(it.clock, 90_000);
    const response = await fetch(`${it.url}/healthz`);
    const answer = { status: "ok", build: "1f0c2d4e5b6a79880011223344556677889900aa", uptimeSeconds: 90 };
    expect([response.status, await response.json()]).toEqual([200, answer]);
    const head = await fetch(`${it.url}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});
