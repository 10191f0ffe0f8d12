/** A job's line to the App over real HTTP: what it sends, and what it makes of every answer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createAppLine } from "../../src/action/app-line.ts";
import { toTaskId, type WorkerId } from "../../src/model/ids.ts";
import type { AppLine } from "../../src/ports/app-line.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { report } from "../support/build.ts";

interface Heard {
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}

/** What the App answers, one after another; the last one for ever. Null: nothing. */
let answers: readonly (number | null)[] = [200];
const heard: Heard[] = [];
const lines: string[] = [];
const waits: number[] = [];
let server: Server;
let url = "";

beforeEach(async () => {
  answers = [200];
  for (const list of [heard, lines, waits]) list.length = 0;
  // The tokens are masked in the log of a real job by a line on standard output.
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/token")) {
      const audience = new URL(path, "http://app.test").searchParams.get("audience");
      response.end(JSON.stringify({ value: `jwt-for-${audience}` }));
      return;
    }
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const status = answers[Math.min(heard.length, answers.length - 1)] ?? null;
      heard.push({ path, authorization: request.headers.authorization ?? "", body: JSON.parse(body) });
      if (status === null) return;
      const detail = "No.\n::error::x";
      response.writeHead(status, { "content-type": "application/problem+json", location: "http://elsewhere.test/" });
      response.end(status === 200 ? "{}" : JSON.stringify({ detail }));
    });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", `${url}/token?v=1`);
  vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((done) => void server.close(done));
});

const assignment = { task: toTaskId(7, 1_001), worker: "jules/1" as WorkerId, fence: 3, attempt: 2 };
const about = { taskId: "gh:7:1001", workerId: "jules/1", fence: 3, attempt: 2 };

function line(address = url, clock = createManualClock({ isEager: true })): AppLine {
  const note = (message: string, data?: unknown): void => void lines.push(`${message} ${JSON.stringify(data)}`);
  const journal: Journal = { debug: note, info: note, warn: note, error: note };
  const sleep: typeof clock.sleep = async (ms) => void waits.push(ms);
  const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
  return createAppLine({ url: address, audience: "acme" }, { clock: { ...clock, sleep }, fetch, journal });
}

describe("the end of a session", () => {
  test("that went well is sent with everything that is known of it", async () => {
    const seen = report("succeeded", {
      pullUrl: "https://github.test/o/r/pull/9",
      branch: "orchestrate/1-x",
      costUsd: 1.5,
    });
    expect(await line().tellEnd(assignment, seen, 90_400)).toBe("taken");
    expect(heard).toEqual([
      {
        path: "/orchestrator/complete",
        authorization: "Bearer jwt-for-acme",
        body: {
          ...about,
          duration: "90s",
          cost: 1.5,
          pullUrl: "https://github.test/o/r/pull/9",
          branch: "orchestrate/1-x",
          sessionId: "sessions/1",
          success: true,
        },
      },
    ]);
  });

  test.each([
    ["failed", { reason: "No tests" }, { reason: "No tests", failureReason: "vendor_failed", retriable: true }],
    ["failed", { failure: "timeout", isHopeless: true }, { failureReason: "timeout", retriable: false }],
    ["cancelled", {}, { failureReason: "cancelled", retriable: true }],
    [
      "not_found",
      {},
      { reason: "The vendor no longer knows the session.", failureReason: "vendor_failed", retriable: true },
    ],
  ] as const)("%s with %o is sent as a failure", async (state, facts, words) => {
    expect(await line(`${url}/`).tellEnd(assignment, report(state, facts), 0)).toBe("taken");
    expect(heard).toMatchObject([{ path: "/orchestrator/fail" }]);
    expect(heard[0]?.body).toEqual({ ...about, duration: "0s", sessionId: "sessions/1", ...words });
  });

  test("is sent again while the App starts anew, with the same words and a longer wait each time", async () => {
    answers = [503, 429, 200];
    expect(await line().tellEnd(assignment, report("succeeded"), 0)).toBe("taken");
    expect(waits).toEqual([5_000, 10_000]);
    expect(new Set(heard.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(lines.filter((text) => text.includes("sent again"))).toHaveLength(2);
  });

  test("of an assignment that is over is not for anybody to write", async () => {
    answers = [409];
    expect(await line().tellEnd(assignment, report("succeeded"), 0)).toBe("not_live");
    expect(heard).toHaveLength(1);
  });

  test.each([
    [404, 1],
    [405, 1],
    [401, 1],
    [403, 1],
    [400, 1],
    [307, 4],
    [500, 4],
    [503, 4],
  ])("that the App answers with %i after %i tries is the job's to write", async (status, tries) => {
    answers = [status];
    expect(await line().tellEnd(assignment, report("succeeded"), 0)).toBe("not_taken");
    expect(heard).toHaveLength(tries);
    expect(lines.at(-1)).toContain("it is written onto the state branch");
  });

  test("is the job's to write where nobody listens, and where GitHub gives no token", async () => {
    expect(await line("http://127.0.0.1:9").tellEnd(assignment, report("succeeded"), 0)).toBe("not_taken");
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", "");
    expect(await line().tellEnd(assignment, report("succeeded"), 0)).toBe("not_taken");
    expect(lines.at(-1)).toContain("add `id-token: write`");
    expect(heard).toEqual([]);
  });
});

describe("a heartbeat", () => {
  test("says which assignment goes on, with a token of its own", async () => {
    await line().beat(assignment);
    expect(heard).toEqual([{ path: "/orchestrator/heartbeat", authorization: "Bearer jwt-for-acme", body: about }]);
    expect(lines).toEqual([]);
  });

  test("that fails is sent once, goes on being tried, and is worth one line in the log", async () => {
    answers = [503, 404, 200, 500];
    const given = line();
    for (let beats = 0; beats < 4; beats += 1) await given.beat(assignment);
    expect(heard).toHaveLength(4);
    expect(lines.filter((text) => text.includes("heartbeat"))).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test("without an answer holds nobody up", async () => {
    answers = [null];
    const clock = createManualClock();
    const sent = line(url, clock).beat(assignment);
    await vi.waitUntil(() => heard.length === 1, { timeout: 10_000 });
    await clock.advance(10_000);
    await sent;
    expect(lines).toEqual([expect.stringContaining("There was no answer in time.")]);
  });
});
