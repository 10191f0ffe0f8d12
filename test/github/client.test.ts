import { describe, expect, test } from "vitest";
import { createGithubClient } from "../../src/github/client.ts";
import type { GithubClient, GithubOctokit, RestAnswer } from "../../src/github/client.ts";
import { classifyError, readPartialAnswer } from "../../src/github/classify-error.ts";
import { createManualClock } from "../support/manual-clock.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import { silent } from "./embedded.ts";

type Listener = Parameters<GithubOctokit["hook"]["after"]>[1];

interface Scripted {
  readonly client: GithubClient;
  readonly clock: ManualClock;
  /** When each request went out, and with which parameters. */
  readonly sent: { readonly at: number; readonly parameters: Readonly<Record<string, unknown>> }[];
  /** Answers or errors of the next requests; a plain 200 when it is empty. */
  readonly script: (RestAnswer | Error)[];
}

function httpError(status: number, headers: Record<string, string> = {}, message = "no"): Error {
  return Object.assign(new Error(message), { name: "HttpError", status, response: { headers, data: {} } });
}

function createScripted(options: { readonly minGapMs?: number } = {}): Scripted {
  const clock = createManualClock({ isEager: true });
  const script: (RestAnswer | Error)[] = [];
  const sent: Scripted["sent"] = [];
  const listeners: Listener[] = [];
  async function request(url: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<RestAnswer> {
    sent.push({ at: clock.now(), parameters });
    const next = script.shift() ?? { status: 200, headers: {}, data: {} };
    if (next instanceof Error) throw next;
    for (const listener of listeners) listener(next, { url });
    return next;
  }
  const octokit: GithubOctokit = {
    request,
    graphql: async (_document, parameters) => (await request("/graphql", parameters)).data,
    hook: { after: (_name, listener) => void listeners.push(listener) },
  };
  return { client: createGithubClient({ octokit, clock, journal: silent, ...options }), clock, sent, script };
}

function limits(resource: string, remaining: number, resetAt: number): RestAnswer {
  const headers = {
    "x-ratelimit-resource": resource,
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(resetAt / 1_000),
  };
  return { status: 200, headers, data: {} };
}

describe("a write", () => {
  test("is sent once and never repeated, because a lost answer may hide a landed write", async () => {
    const { client, script, sent } = createScripted();
    script.push(httpError(502));
    await expect(client.send("POST /x", {})).rejects.toMatchObject({ kind: "retry", status: 502 });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.parameters).toMatchObject({ request: { retries: 0 } });
  });

  test("follows the one before at our own pace", async () => {
    const { client, sent, clock } = createScripted({ minGapMs: 700 });
    const start = clock.now();
    for (let count = 0; count < 3; count += 1) await client.mutate("mutation { x }", {});
    expect(sent.map((each) => each.at - start)).toEqual([0, 700, 1_400]);
  });

  test("that would be the 81st comment of a minute waits for the next minute", async () => {
    const { client, clock, sent } = createScripted({ minGapMs: 0 });
    for (let count = 0; count < 8; count += 1) await client.mutate("mutation { x }", {}, { creations: 10 });
    await expect(client.mutate("mutation { x }", {}, { creations: 1 })).rejects.toMatchObject({ kind: "limited" });
    expect(sent).toHaveLength(8);
    await clock.advance(60_000);
    await client.mutate("mutation { x }", {}, { creations: 1 });
    expect(sent).toHaveLength(9);
  });
});

describe("a read", () => {
  test("is tried again after an outage, and given up after the third", async () => {
    const { client, script, sent } = createScripted();
    script.push(httpError(502), httpError(500));
    await client.read("GET /x", {});
    expect(sent).toHaveLength(3);
    script.push(httpError(502), httpError(502), httpError(502));
    await expect(client.query("query { x }", {})).rejects.toMatchObject({ kind: "retry" });
    expect(sent).toHaveLength(6);
  });

  test("that found nothing new is null", async () => {
    const { client, script, sent } = createScripted();
    script.push(httpError(304, {}, "Not modified"));
    expect(await client.readIfChanged("GET /x", {}, 'W/"1"')).toBeNull();
    expect(sent[0]?.parameters).toMatchObject({ headers: { "if-none-match": 'W/"1"' } });
  });
});

describe("the budget", () => {
  test("keeps a reserve for what matters, and stops everything when it is spent", async () => {
    const { client, script, clock, sent } = createScripted();
    const resetAt = clock.now() + 600_000;
    script.push(limits("graphql", 400, resetAt));
    await client.query("query { x }", {});
    await expect(client.query("query { x }", {}, { isVital: false })).rejects.toMatchObject({
      kind: "limited",
      retryAfterMs: 600_000,
    });
    script.push(limits("graphql", 0, resetAt));
    await client.query("query { x }", {});
    await expect(client.query("query { x }", {})).rejects.toMatchObject({ kind: "limited" });
    await expect(client.mutate("mutation { x }", {})).rejects.toMatchObject({ kind: "limited" });
    expect(sent).toHaveLength(2);
    await clock.advance(600_000);
    await client.query("query { x }", {});
    expect(sent).toHaveLength(3);
  });

  test("of REST is another than that of GraphQL", async () => {
    const { client, script, clock } = createScripted();
    script.push(limits("core", 0, clock.now() + 600_000));
    await client.read("GET /x", {});
    await expect(client.read("GET /x", {})).rejects.toMatchObject({ kind: "limited" });
    await client.query("query { x }", {});
  });

  test("that GitHub calls spent stops its own kind of call until the reset, and no other", async () => {
    const { client, script, clock } = createScripted();
    const reset = String((clock.now() + 600_000) / 1_000);
    script.push(
      httpError(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }, "API rate limit exceeded"),
    );
    await expect(client.read("GET /x", {})).rejects.toMatchObject({ kind: "limited", retryAfterMs: 600_000 });
    await expect(client.read("GET /x", {})).rejects.toMatchObject({ kind: "limited" });
    await client.query("query { x }", {});
  });

  test("honours the pause that a secondary limit asks for", async () => {
    const { client, script, clock } = createScripted();
    script.push(httpError(429, { "retry-after": "17" }));
    await expect(client.read("GET /x", {})).rejects.toMatchObject({ kind: "limited", retryAfterMs: 17_000 });
    await expect(client.query("query { x }", {})).rejects.toMatchObject({ kind: "limited", retryAfterMs: 17_000 });
    await clock.advance(17_000);
    await client.query("query { x }", {});
  });
});

describe("what went wrong", () => {
  const now = Date.UTC(2026, 0, 5);

  test.each([
    [httpError(401), "forbidden", 300_000],
    [httpError(403, {}, "Resource not accessible by integration"), "forbidden", 300_000],
    [httpError(403, {}, "You have exceeded a secondary rate limit"), "limited", 60_000],
    [
      httpError(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1_000 + 90) }),
      "limited",
      90_000,
    ],
    [httpError(404), "gone", 5_000],
    [httpError(410), "gone", 5_000],
    [httpError(422), "invalid", 60_000],
    [httpError(503, { "retry-after": "9" }), "retry", 9_000],
    [new TypeError("fetch failed"), "retry", 5_000],
    [
      Object.assign(new Error("x"), { errors: [{ type: "RATE_LIMITED", message: "x" }], headers: {} }),
      "limited",
      60_000,
    ],
    [Object.assign(new Error("x"), { errors: [{ type: "NOT_FOUND", message: "x" }] }), "gone", 5_000],
    [
      Object.assign(new Error("x"), { errors: [{ message: "Something went wrong while executing your query" }] }),
      "retry",
      5_000,
    ],
    ["not even an error", "retry", 5_000],
  ])("%s is %s", (error, kind, retryAfterMs) => {
    expect(classifyError(error, now)).toMatchObject({ kind, retryAfterMs });
  });

  test("with revoked credentials is a sentence for the operator", () => {
    expect(classifyError(httpError(401), now).message).toMatch(/refused the credentials.*Set a current private key/);
  });

  test("in a part of an answer leaves the other parts, in the whole leaves none", () => {
    const errors = [{ type: "NOT_FOUND", message: "x", path: ["repository", "i1"] }];
    expect(readPartialAnswer(Object.assign(new Error("x"), { errors, data: { repository: {} } }))).toMatchObject({
      data: { repository: {} },
      errors,
    });
    expect(readPartialAnswer(Object.assign(new Error("x"), { errors: [{ message: "x" }], data: {} }))).toBeNull();
    expect(readPartialAnswer(httpError(502))).toBeNull();
  });
});
