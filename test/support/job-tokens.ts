/** GitHub's issuer of identity tokens, as the jobs of a repository find it in their environment: a token says which run it was made in. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { agentWorkflowPath } from "../../src/model/agent-workflow.ts";
import type { JobParts } from "../../src/sandbox/replica.ts";

/** Longer than at GitHub (five minutes), where time runs faster than the network. */
const lifeSeconds = 3_600;
const keyId = "k1";

export interface TokenIssuer {
  readonly url: string;
  /** What GitHub adds to the environment of a job with `id-token: write`. */
  environmentOf(job: JobParts): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: keyId, alg: "RS256", use: "sig" };
  const jobs = new Map<string, JobParts>();
  let tokens = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://issuer.test");
    const bearer = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const job = jobs.get(bearer);
    const audience = searchParams.get("audience") ?? "";
    const answer =
      pathname === "/.well-known/jwks"
        ? Promise.resolve({ keys: [key] })
        : job && mint(job, audience).then((value) => ({ value }));
    if (answer === undefined) return void response.writeHead(401).end();
    void answer.then((body) => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function mint({ clock, repository, runId, inputs }: JobParts, audience: string): Promise<string> {
    const now = Math.floor(clock.now() / 1_000);
    tokens += 1;
    const claims = {
      jti: `token-${tokens}`,
      sub: `repo:${repository}:ref:refs/heads/main`,
      iss: url,
      aud: audience,
      iat: now,
      nbf: now - 600,
      exp: now + lifeSeconds,
      repository,
      repository_id: inputs["task"]?.split(":")[1],
      run_id: runId,
      event_name: "workflow_dispatch",
      workflow_ref: `${repository}/${agentWorkflowPath}@refs/heads/main`,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: keyId, typ: "JWT" }).sign(privateKey);
  }

  return {
    url,
    environmentOf(job) {
      const bearer = `request-token-${job.runId}`;
      jobs.set(bearer, job);
      return { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => void server.close(done));
    },
  };
}
