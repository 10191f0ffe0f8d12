/** Reports that are not what they say: each is refused with a reason, and nothing is in the log. */
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { taskId } from "../support/build.ts";
import { about, completePath, done, failPath, givenReports, heartbeatPath, type Reports } from "./given-reporters.ts";

interface Refusal {
  readonly status: number;
  readonly detail: RegExp;
}

/** Sends the report with this token to every address, and expects the same refusal. */
async function expectRefused(it: Reports, token: string, refusal: Refusal): Promise<void> {
  const before = await it.events();
  const bodies = { [completePath]: done, [failPath]: { ...about, failureReason: "timeout" }, [heartbeatPath]: about };
  for (const [path, body] of Object.entries(bodies)) {
    const answer = await it.say(path, body, token);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.json).toMatchObject({ status: refusal.status, detail: expect.stringMatching(refusal.detail) });
    expect(answer.status).toBe(refusal.status);
    expect(answer.text).not.toContain(token);
  }
  expect(await it.events()).toEqual(before);
  expect(it.places[0]?.repository.heartbeats.lastOf({ id: taskId(1), assignment: assignmentOf(it) })).toBeNull();
}

function assignmentOf(it: Reports) {
  return it.places[0]?.repository.lane.stream.peek()?.tasks.get(taskId(1))?.assignment ?? null;
}

const past = Math.floor(Date.UTC(2026, 0, 5, 9) / 1_000);

describe("the token of a job is refused", () => {
  test.each<[string, Record<string, unknown>, Refusal]>([
    [
      "for another audience",
      { aud: "https://github.com/acme" },
      { status: 401, detail: /not for the audience "orchestrate"/ },
    ],
    ["that has expired", { exp: past - 60 }, { status: 401, detail: /has expired/ }],
    ["without an end", { exp: undefined }, { status: 401, detail: /its claim exp is wrong/ }],
    ["that is not valid yet", { nbf: past + 600 }, { status: 401, detail: /not valid yet/ }],
    ["that cannot be told from another", { jti: undefined }, { status: 401, detail: /does not say jti/ }],
    [
      "of another repository",
      { repository_id: "8", repository: "evil/shop" },
      { status: 403, detail: /a job of evil\/shop/ },
    ],
    [
      "of a repository that has taken over the name",
      { repository_id: "8" },
      { status: 403, detail: /another repository/ },
    ],
    [
      "of another workflow",
      { workflow_ref: "acme/shop/.github/workflows/ci.yml@refs/heads/main" },
      { status: 403, detail: /Only \.github\/workflows\/my-agent\.yml@refs\/heads\/main reports/ },
    ],
    [
      "of the workflow on another branch",
      { workflow_ref: "acme/shop/.github/workflows/my-agent.yml@refs/heads/evil" },
      { status: 403, detail: /Only .*main reports/ },
    ],
    [
      "of another workflow that calls the right one",
      { workflow_ref: "acme/shop/.github/workflows/ci.yml@refs/heads/evil" },
      { status: 403, detail: /Only .*main reports/ },
    ],
    [
      "of a workflow of the same name elsewhere that this repository has to run",
      { workflow_ref: "evil/shop/.github/workflows/my-agent.yml@refs/heads/main" },
      { status: 403, detail: /Only .*main reports/ },
    ],
    ["of another run", { run_id: "101" }, { status: 403, detail: /of run 101, and run 100 works on the task/ }],
    [
      "of a run that was not dispatched",
      { event_name: "pull_request_target" },
      { status: 403, detail: /"pull_request_target" has started/ },
    ],
  ])("%s", async (_what, claims, refusal) => {
    const it = await givenReports();
    await expectRefused(it, await it.jobToken(claims), refusal);
  });

  test("whatever its subject says: only what its owner cannot choose counts", async () => {
    const it = await givenReports();
    await expectRefused(it, await it.jobToken({ sub: "repo:acme/shop:ref:refs/heads/main", run_id: "9" }), {
      status: 403,
      detail: /run 9/,
    });
    expect((await it.say(heartbeatPath, about, await it.jobToken({ sub: "anything" }))).status).toBe(200);
  });

  test("signed with another key", async () => {
    const it = await givenReports();
    await expectRefused(it, await it.jobToken({}, { isForged: true }), {
      status: 401,
      detail: /signature is not GitHub's/,
    });
  });

  test("of another issuer, without a request to anybody", async () => {
    const it = await givenReports();
    await expectRefused(it, await it.jobToken({ iss: "https://evil.test" }), {
      status: 401,
      detail: /not made by http/,
    });
    expect(it.issuer.fetched()).toBe(0);
  });

  test("that is not signed, or with what everybody knows", async () => {
    const it = await givenReports();
    const claims = JSON.parse(Buffer.from((await it.jobToken()).split(".")[1] ?? "", "base64url").toString()) as object;
    const unsigned = new UnsecuredJWT({ ...claims }).encode();
    await expectRefused(it, `${unsigned.split(".").slice(0, 2).join(".")}.e30`, {
      status: 401,
      detail: /refused|RS256/,
    });
    const shared = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(Buffer.alloc(32));
    await expectRefused(it, shared, { status: 401, detail: /not signed with RS256/ });
    const { privateKey } = await generateKeyPair("RS256");
    const other = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: "k2" }).sign(privateKey);
    await expectRefused(it, other, { status: 401, detail: /signature is not GitHub's/ });
  });

  test("while GitHub's keys cannot be had: not now, but later", async () => {
    const it = await givenReports();
    it.issuer.breakWith(500);
    const token = await it.jobToken();
    const answer = await it.say(completePath, done, token);
    expect(answer.json).toMatchObject({ status: 503, detail: expect.stringMatching(/public keys could not be read/) });
    expect(await it.events()).not.toContainEqual(expect.objectContaining({ type: "SessionEnded" }));
  });
});

describe("a token of a job that was overheard", () => {
  test("says nothing else than it said, while its session goes on", async () => {
    const it = await givenReports();
    const token = await it.jobToken();
    expect((await it.say(heartbeatPath, about, token)).status).toBe(200);
    const before = await it.events();
    for (const [path, body] of [
      [completePath, done],
      [failPath, { ...about, failureReason: "timeout", retriable: false }],
      [heartbeatPath, { ...about, fence: 1 }],
    ] as const) {
      const answer = await it.say(path, body, token);
      expect(answer.json).toMatchObject({
        status: 401,
        detail: expect.stringMatching(/used for another report before/),
      });
    }
    expect(await it.events()).toEqual(before);
    expect((await it.say(heartbeatPath, about, token)).status).toBe(200);
  });

  test("says nothing at all when the session is over", async () => {
    const it = await givenReports();
    const token = await it.jobToken();
    await it.say(completePath, done, token);
    const before = await it.events();
    expect((await it.say(failPath, { ...about, failureReason: "timeout" }, token)).status).toBe(409);
    expect((await it.say(completePath, { ...done, cost: 900 }, token)).status).toBe(409);
    expect((await it.say(completePath, done, token)).json).toMatchObject({ outcome: "success" });
    expect(await it.events()).toEqual(before);
  });
});

describe("a worker token is refused", () => {
  test.each<[string, (it: Reports) => string, Refusal]>([
    [
      "of another worker",
      (it) => it.workerToken("mine/2"),
      { status: 403, detail: /for mine\/2, and the report for mine\/1/ },
    ],
    [
      "of another repository",
      (it) => it.workerToken("mine/1", { repository: "acme/till" }),
      { status: 403, detail: /for acme\/till/ },
    ],
    [
      "of another assignment",
      (it) => it.workerToken("mine/1", { fence: 2 }),
      { status: 403, detail: /fence 2, and the live assignment has 1/ },
    ],
    [
      "that has expired",
      (it) => it.workerToken("mine/1", { expiresAt: it.clock.now() }),
      { status: 401, detail: /has expired/ },
    ],
    [
      "that was changed",
      (it) => it.workerToken("mine/2").replace(/\.[^.]+\./, `.${it.workerToken().split(".")[1]}.`),
      { status: 401, detail: /not of this App/ },
    ],
    ["with more than belongs to it", (it) => `${it.workerToken()}.x`, { status: 401, detail: /not of this App/ }],
    ["that is empty", () => "ow1.", { status: 401, detail: /not of this App/ }],
    [
      "that is none",
      () => "0123456789abcdef0123456789abcdeX",
      { status: 401, detail: /neither the App's, nor a worker's/ },
    ],
  ])("%s", async (_what, tokenOf, refusal) => {
    const it = await givenReports();
    await expectRefused(it, tokenOf(it), refusal);
  });

  test("when the secret has changed, which revokes all of them", async () => {
    const it = await givenReports();
    const other = await givenReports({
      reports: { workerSecret: "another-secret-of-at-least-32-characters", oidc: null },
    });
    await expectRefused(other, it.workerToken(), { status: 401, detail: /its secret has changed/ });
  });

  test("where there are none, as is the token of a job where those are not taken", async () => {
    const it = await givenReports({ reports: { workerSecret: null, oidc: null } });
    await expectRefused(it, it.workerToken(), { status: 401, detail: /ORCHESTRATE_WORKER_SECRET/ });
    await expectRefused(it, await it.jobToken(), { status: 401, detail: /neither the App's/ });
  });

  test("for what is not a report: it neither switches the mode nor reads the status", async () => {
    const it = await givenReports();
    for (const token of [it.workerToken(), await it.jobToken()]) {
      expect((await it.say("/orchestrator/mode", { mode: "effort" }, token)).status).toBe(401);
      expect((await it.ask("/orchestrator/status", { headers: { authorization: `Bearer ${token}` } })).status).toBe(
        401,
      );
    }
  });
});

test("a report without any token is refused before its body is read", async () => {
  const it = await givenReports();
  const answer = await it.post(completePath, "not even JSON", { authorization: "" });
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="orchestrate"']);
});
