/** Whatever is sent: an answer of the documented kinds, and a state that is whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { allBrokenInvariants } from "../../src/core/invariants.ts";
import { about, completePath, done, failPath, givenReports, heartbeatPath } from "./given-reporters.ts";
import { token } from "./given.ts";

const fields = ["taskId", "workerId", "duration", "cost", "success", "failureReason", "retriable", "fence", "attempt"];
const others = ["sessionId", "pullUrl", "branch", "reason", "repository", "__proto__", "constructor"];
const value = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("gh:7:1001", "gh:7:1002", "mine/1", "mine/0", "90s", "1e400", -0, 1e308, true, "$(id)", "${{ x }}"),
);
const body = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom(...fields, ...others), value),
  fc.dictionary(fc.constantFrom(...fields, ...others), value).map((change) => ({ ...done, ...change })),
  fc
    .dictionary(fc.constantFrom(...fields, ...others), value)
    .map((change) => ({ ...about, failureReason: "x", ...change })),
);

test("random bodies are answered, and break nothing", async () => {
  const it = await givenReports();
  const path = fc.constantFrom(completePath, failPath, heartbeatPath);
  await fc.assert(
    fc.asyncProperty(path, body, async (to, sent) => {
      const answer = await it.say(to, sent, token);
      expect([200, 400, 404, 409]).toContain(answer.status);
      expect(answer.json).not.toBeNull();
    }),
    { numRuns: 150 },
  );
  const state = it.places[0]?.repository.lane.stream.peek();
  if (state === null || state === undefined) throw new Error("There is no state.");
  expect(allBrokenInvariants(state)).toEqual([]);
  expect(it.journal).toEqual([]);
});

test("random tokens are refused", async () => {
  const it = await givenReports();
  const part = fc.base64String().map((text) => text.replaceAll(/[+/=]/g, "-"));
  const sent = fc.oneof(
    part,
    fc.tuple(part, part, part).map((parts) => parts.join(".")),
    fc.tuple(part, part).map((parts) => `ow1.${parts.join(".")}`),
    fc.jsonValue().map((claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.e30`),
  );
  await fc.assert(
    fc.asyncProperty(sent, async (bearer) => {
      expect((await it.say(completePath, done, bearer)).status).toBe(401);
    }),
    { numRuns: 100 },
  );
  expect(it.issuer.fetched()).toBe(0);
});
