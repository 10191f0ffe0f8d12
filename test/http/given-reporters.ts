/** Who reports, for tests: a local issuer whose keys are served over HTTP, and repositories with an agent that is a workflow. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { onTestFinished } from "vitest";
import { mintWorkerToken } from "../../src/http/worker-token.ts";
import type { Ground } from "../../src/http/route.ts";
import type { Event } from "../../src/model/event.ts";
import { pass } from "../engine/given.ts";
import { issue, taskId } from "../support/build.ts";
import { givenRoutes, type Answer, type Routes } from "./given.ts";

export const workerSecret = "a-secret-of-at-least-32-characters";
export const audience = "orchestrate";

/** One pair for all: to make one takes a while. Another signs what is forged. */
const [ours, theirs] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);

export interface Issuer {
  readonly url: string;
  /** How often the keys were asked for. */
  readonly fetched: () => number;
  /** Answers with this status from now on. */
  breakWith(status: number): void;
}

export async function givenIssuer(): Promise<Issuer> {
  const key = { ...(await exportJWK(ours.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  let fetched = 0;
  let broken: number | null = null;
  const server = createServer((request, response) => {
    fetched += 1;
    const isKeys = request.url === "/.well-known/jwks" && broken === null;
    response.writeHead(isKeys ? 200 : (broken ?? 404), { "content-type": "application/json" });
    response.end(isKeys ? JSON.stringify({ keys: [key] }) : "{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, fetched: () => fetched, breakWith: (status) => void (broken = status) };
}

export const myWorkflow = ".github/workflows/my-agent.yml";

export interface Reports extends Routes {
  readonly issuer: Issuer;
  /** A token as GitHub makes it for run 100, with these claims changed; `undefined` leaves one out. */
  jobToken(change?: Readonly<Record<string, unknown>>, how?: { readonly isForged?: boolean }): Promise<string>;
  workerToken(
    worker?: string,
    change?: { readonly repository?: string; readonly fence?: number; readonly expiresAt?: number },
  ): string;
  /** A POST with this token, and with an `Idempotency-Key` where one is given. */
  say(path: string, body: unknown, token: string | { readonly bearer: string; readonly key: string }): Promise<Answer>;
  events(): Promise<readonly Event[]>;
}

export const completePath = "/orchestrator/complete";
export const failPath = "/orchestrator/fail";
export const heartbeatPath = "/orchestrator/heartbeat";

/** What run 100 says of task 1, which worker mine/1 has with fence 1. */
export const about = { taskId: taskId(1), workerId: "mine/1" };
export const done = { ...about, duration: 25, cost: 1.5, success: true };

let tokens = 0;

/** Two tasks, and an agent of one worker that is a workflow: run 100 works on task 1. */
export async function givenReports(options: Parameters<typeof givenRoutes>[0] = {}): Promise<Reports> {
  const issuer = await givenIssuer();
  const oidc: Ground["reports"]["oidc"] = { issuer: issuer.url, audience, fetch: (url, init) => fetch(url, init) };
  const it = await givenRoutes({
    agents: [{ id: "mine", type: "workflow", workflow: "my-agent.yml" }],
    issues: [issue(1), issue(2)],
    reports: { workerSecret, oidc },
    ...options,
  });
  // Until the dispatch of run 100 is in the log.
  await pass(it.clock, 95_000);
  const place = it.places[0];
  if (place === undefined) throw new Error("There is no repository.");
  return {
    ...it,
    issuer,
    events: () => place.events(),
    async jobToken(change = {}, { isForged = false } = {}) {
      const now = Math.floor(it.clock.now() / 1_000);
      tokens += 1;
      const claims = {
        jti: `token-${tokens}`,
        // Of whatever form its owner has chosen: nobody looks at it.
        sub: "repo:acme@1/shop@7:ref:refs/heads/main",
        iss: issuer.url,
        aud: audience,
        iat: now,
        nbf: now - 600,
        exp: now + 300,
        repository: "acme/shop",
        repository_id: "7",
        run_id: "100",
        event_name: "workflow_dispatch",
        workflow_ref: `acme/shop/${myWorkflow}@refs/heads/main`,
        job_workflow_ref: `acme/shop/${myWorkflow}@refs/heads/main`,
        ...change,
      };
      return new SignJWT(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>)
        .setProtectedHeader({ alg: "RS256", kid: "k1", typ: "JWT" })
        .sign((isForged ? theirs : ours).privateKey);
    },
    workerToken: (worker = "mine/1", change = {}) =>
      mintWorkerToken(workerSecret, { repository: "acme/shop", worker, fence: null, expiresAt: null, ...change }),
    say(path, body, sent) {
      const { bearer, key } = typeof sent === "string" ? { bearer: sent, key: null } : sent;
      const headers = { authorization: `Bearer ${bearer}`, ...(key === null ? {} : { "idempotency-key": key }) };
      return it.post(path, body, headers);
    },
  };
}
