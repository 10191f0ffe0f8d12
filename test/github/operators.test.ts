/** Asking the embedded GitHub who is available: what comes back, what it costs, and what an unknown login does to the others. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TrackerUnavailable } from "../../src/ports/tracker.ts";
import { createEmbedded, type Embedded } from "./embedded.ts";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

function graphql(body: unknown): () => Response {
  return () => Response.json(body);
}

describe("who is available", () => {
  test("is one request for all, whoever of them GitHub does not know", async () => {
    const until = github.clock.now() + 3_600_000;
    github.world.setStatus({ by: "walt", isBusy: true, expiresAt: until });
    github.world.setStatus({ by: "tess", isBusy: true });
    github.world.setStatus({ by: "rita", isBusy: false });
    expect(await github.tracker.findOperators(["walt", "nobody-at-all", "TESS", "rita", "ada"])).toEqual([
      { login: "walt", presence: "busy", until: Math.floor(until / 1_000) * 1_000 },
      { login: "nobody-at-all", presence: "unknown", until: null },
      { login: "TESS", presence: "busy", until: null },
      { login: "rita", presence: "available", until: null },
      { login: "ada", presence: "available", until: null },
    ]);
    expect(github.requests).toHaveLength(1);
    expect(github.documents.join("")).not.toContain('login: \\"walt\\"');
  });

  test("is the same for the token of a job", async () => {
    github.world.setStatus({ by: "walt", isBusy: true });
    expect(await github.asJob().findOperators(["walt"])).toEqual([{ login: "walt", presence: "busy", until: null }]);
  });

  test("is one request for each hundred", async () => {
    const logins = Array.from({ length: 101 }, (_, index) => `login-${index}`);
    expect(await github.tracker.findOperators(logins)).toHaveLength(101);
    expect(github.requests).toHaveLength(2);
  });
});

describe("what GitHub cannot say", () => {
  test("of one login is left out with a warning, and the others count", async () => {
    github.interfere = graphql({
      data: { u0: null, u1: { status: null } },
      errors: [{ type: "SERVICE_UNAVAILABLE", message: "Try again.", path: ["u0"] }],
    });
    expect(await github.tracker.findOperators(["walt", "tess"])).toEqual([
      { login: "tess", presence: "available", until: null },
    ]);
    expect(github.warnings).toHaveLength(1);
  });

  test("at all is an outage as with every other look", async () => {
    github.interfere = () => new Response("", { status: 502 });
    await expect(github.tracker.findOperators(["walt"])).rejects.toBeInstanceOf(TrackerUnavailable);
    github.interfere = graphql({ data: { u0: { status: { indicatesLimitedAvailability: "perhaps" } } } });
    await expect(github.tracker.findOperators(["walt"])).rejects.toBeInstanceOf(TrackerUnavailable);
  });
});
