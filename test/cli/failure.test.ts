/** What goes wrong between a terminal and GitHub, as the one sentence that the command ends with. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { explainFailure } from "../../src/cli/failure.ts";
import { connect, findPlace, type Connection } from "../../src/connect.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import { StoreTooNew, StoreUnavailable } from "../../src/ports/store.ts";
import { UsageError } from "../../src/usage-error.ts";

const now = Date.UTC(2026, 0, 5, 9);
const secret = "ghp_secret0123456789";
const baseUrl = "https://git.example/api/v3";

function connectionOver(fetch: Fetch): Connection {
  return { credentials: { kind: "token", token: secret }, baseUrl, fetch };
}

function explain(error: unknown, connection = connectionOver(globalThis.fetch)): Error {
  return explainFailure(error, { repository: "acme/shop", connection, now });
}

/** What a command ends with when GitHub, or the way to it, answers its first question so. */
async function afterAnswer(answer: () => Response): Promise<string> {
  const connection = connectionOver(async () => answer());
  const failed = await findPlace(await connect(connection, "acme/shop"), "acme/shop").catch((error: unknown) => error);
  return explain(failed, connection).message;
}

function refused(status: number, message: string, headers: Readonly<Record<string, string>> = {}): () => Response {
  return () => Response.json({ message }, { status, headers });
}

const spent = {
  "x-ratelimit-remaining": "0",
  "x-ratelimit-limit": "5000",
  "x-ratelimit-reset": String((now + 1_800_000) / 1_000),
};

describe("an answer of GitHub", () => {
  test.each([
    [
      "no such repository",
      refused(404, "Not Found"),
      /^There is no repository acme\/shop, or these credentials may not/,
    ],
    [
      "bad credentials",
      refused(401, "Bad credentials"),
      /^GitHub refuses the credentials: .* Set a current GITHUB_TOKEN/,
    ],
    [
      "a missing permission",
      refused(403, "Resource not accessible"),
      /^GitHub does not allow this .*orchestrate doctor/,
    ],
    [
      "a spent limit",
      refused(403, "API rate limit exceeded", spent),
      /rate limit .* is spent: run this again after 2026-01-05 09:31 UTC\.$/,
    ],
    [
      "a short pause",
      refused(429, "Slow down", { "retry-after": "60" }),
      /rate limit .* after 2026-01-05 09:02 UTC\.$/,
    ],
    [
      "an outage",
      refused(502, "Bad Gateway"),
      /^GitHub does not answer at https:\/\/git\.example \(.*\): check the network/,
    ],
  ] as const)(
    "that is %s is told in a sentence with what to do, and without the token",
    async (_what, answer, words) => {
      const said = await afterAnswer(answer);
      expect(said).toMatch(words);
      expect(said).not.toContain(secret);
    },
  );

  test("that tries to write to the terminal is one harmless line", async () => {
    const said = await afterAnswer(refused(403, "no\u001B]0;owned\u0007\n\u009B31m\u202Eway"));
    expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("no answer", () => {
  test.each([
    ["nobody listens", new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })],
    ["it takes too long", new DOMException("The operation was aborted due to timeout", "TimeoutError")],
  ])("because %s is told as the network's", async (_what, thrown) => {
    const said = await afterAnswer(() => {
      throw thrown;
    });
    expect(said).toMatch(/^GitHub does not answer at https:\/\/git\.example /);
  });
});

describe("a GitHub App", () => {
  async function afterInstallation(status: number): Promise<string> {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const connection: Connection = {
      credentials: { kind: "app", appId: "7", privateKey: pem },
      baseUrl,
      fetch: async () => refused(status, "No")(),
    };
    return explain(await connect(connection, "acme/shop").catch((error: unknown) => error), connection).message;
  }

  test("that is not installed there, or whose key is another's, is told by the names of the variables", async () => {
    expect(await afterInstallation(404)).toMatch(/^The App 7 is not installed on acme\/shop: .* or set GITHUB_TOKEN/);
    expect(await afterInstallation(401)).toMatch(/key of the App 7: set PRIVATE_KEY .* this APP_ID\.$/);
  });
});

describe("the state branch", () => {
  test("that a newer version wrote is told as it is", () => {
    expect(explain(new StoreTooNew("Update Orchestrate.")).message).toBe("Update Orchestrate.");
  });

  test("that GitHub does not let be written is told with what GitHub said", () => {
    const cause = Object.assign(new Error("Resource not accessible by personal access token"), { status: 403 });
    const said = explain(new StoreUnavailable("GitHub refused the commit", { cause })).message;
    expect(said).toMatch(/^GitHub does not allow this .*personal access token.*orchestrate doctor acme\/shop/);
  });
});

test("bad usage stays bad usage, and anything else is its own message on one line", () => {
  const usage = new UsageError("Write a mode.");
  expect(explain(usage)).toBe(usage);
  expect(explain(new Error("Something\nbroke\u001B[2J")).message).toBe("Something broke [2J");
});
