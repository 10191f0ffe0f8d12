/**
 * The App inside the sandbox: replicas that take signed webhooks, one that listens on a real port, and the jobs of the
 * agent workflow. The same code as in the field; only the surroundings are given.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { sign } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createProbot, ProbotOctokit, type Probot } from "probot";
import pino from "pino";
import { z } from "zod";
import { createApplication, type Application } from "./app.ts";
import { connect, findPlace } from "./connect.ts";
import { toHints } from "./github/webhook.ts";
import { insist, toSurroundings } from "./play-job.ts";
import type { AuditParts, ListeningApp, Replica, ReplicaParts, RunParts } from "./sandbox/replica.ts";
import { auditRepository, wireRun, type RepositoryOctokit, type Surroundings } from "./wire.ts";

export { playJob } from "./play-job.ts";

type Handler = Parameters<Parameters<Application["load"]>[1]["addHandler"]>[0];

const webhooksPath = "/api/github/webhooks";

/** A copy of the App that takes webhooks in process, through the signature check. */
export async function startReplica(parts: ReplicaParts): Promise<Replica> {
  const { probot, application } = await loadApp(parts);
  return {
    receive: (delivery) =>
      probot.webhooks.verifyAndReceive({
        id: delivery.id,
        name: delivery.event,
        payload: delivery.body,
        signature: delivery.signature,
      }),
    async stop() {
      application.stop();
    },
  };
}

/** A copy of the App behind a real port, with its HTTP routes: `httpToken` opens them to its operator, `reports` says who else may report there. */
export async function startListeningApp(
  parts: ReplicaParts & Pick<Surroundings, "reports" | "httpToken">,
): Promise<ListeningApp & { readonly url: string }> {
  const handlers: Handler[] = [];
  const { probot, application } = await loadApp(parts, (handler) => void handlers.push(handler));
  handlers.unshift(await probot.getNodeMiddleware({ path: webhooksPath }));
  const server = createServer((request, response) => void answer(handlers, request, response));
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    webhookUrl: `${url}${webhooksPath}`,
    async stop() {
      application.stop();
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** The first that knows the address answers, webhooks before the routes, as in Probot's own server. */
async function answer(handlers: readonly Handler[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const handler of handlers) if ((await handler(request, response)) === true) return;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

async function loadApp(
  parts: ReplicaParts,
  addHandler: (handler: Handler) => void = () => undefined,
): Promise<{ readonly probot: Probot; readonly application: Application }> {
  const { probot, application } = await createApp(parts);
  await probot.load(application.load, { cwd: ".", addHandler });
  await application.start();
  return { probot, application };
}

async function createApp(parts: ReplicaParts): Promise<{ readonly probot: Probot; readonly application: Application }> {
  // What is loaded in the middle of a run takes real time, in which virtual time would go on.
  if (parts.linearKey !== undefined) await import("@linear/sdk");
  const application = createApplication(toSurroundings(parts));
  const probot = createProbot({
    overrides: {
      appId: parts.appId,
      privateKey: parts.privateKey,
      secret: parts.webhookSecret,
      baseUrl: parts.baseUrl,
      request: { fetch: parts.fetch },
      log: pino({ level: "silent" }),
      Octokit: withOwnPace(parts.privateKey),
    },
    env: {},
  });
  await probot.ready();
  return { probot, application };
}

/**
 * Throttle and retry off: pace and repetition are the program's own. The App's token is signed in one step, because virtual
 * time must not pass while a thread of the platform signs.
 */
function withOwnPace(privateKey: string): typeof ProbotOctokit {
  return ProbotOctokit.defaults((options: Record<string, unknown>) => ({
    ...options,
    throttle: { enabled: false },
    retry: { enabled: false },
    ...(hasPrivateKey(options["auth"])
      ? { auth: { ...options["auth"], privateKey: undefined, createJwt: createJwtFor(privateKey) } }
      : {}),
  })) as typeof ProbotOctokit;
}

function hasPrivateKey(auth: unknown): auth is Record<string, unknown> {
  return typeof auth === "object" && auth !== null && "privateKey" in auth && auth.privateKey !== undefined;
}

function createJwtFor(
  privateKey: string,
): (appId: number | string, skewSeconds?: number) => Promise<{ jwt: string; expiresAt: string }> {
  return async (appId, skewSeconds = 0) => {
    // Octokit's own token has the same life: issued 30 seconds ago, ten minutes long.
    const issuedAt = Math.floor(Date.now() / 1_000) + skewSeconds - 30;
    const expiresAt = issuedAt + 600;
    const head = encode({ alg: "RS256", typ: "JWT" });
    const claims = encode({ iat: issuedAt, exp: expiresAt, iss: appId });
    const signature = sign("RSA-SHA256", Buffer.from(`${head}.${claims}`), privateKey).toString("base64url");
    return { jwt: `${head}.${claims}.${signature}`, expiresAt: new Date(expiresAt * 1_000).toISOString() };
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** The last look at a run: the state against a fresh observation. */
export async function auditFinal(
  parts: AuditParts,
): Promise<{ readonly problems: readonly string[]; readonly events: number }> {
  // Octokit hands a token request that is under way to whoever asks next, also one of a copy that has just died.
  return insist(parts, async () => {
    const octokit = parts.token === null ? await asInstallation(parts) : await asJob({ ...parts, token: parts.token });
    return auditRepository(toSurroundings(parts), await findPlace(octokit, parts.repository), octokit);
  });
}

async function asInstallation(parts: ReplicaParts): Promise<RepositoryOctokit> {
  const { probot, application } = await createApp(parts);
  application.stop();
  const [owner = "", name = ""] = parts.repository.split("/");
  const root = await probot.auth();
  const installation = await root.request("GET /repos/{owner}/{repo}/installation", { owner, repo: name });
  const { id } = installation.data as { readonly id: number };
  return (await probot.auth(id)) as unknown as RepositoryOctokit;
}

/** With the token of a job, or any other that is given as it is. */
function asJob(parts: Pick<RunParts, "token" | "baseUrl" | "fetch" | "repository">): Promise<RepositoryOctokit> {
  return connect({ ...parts, credentials: { kind: "token", token: parts.token } }, parts.repository);
}

/** As the Action has it, where the workflow does not say. */
const runBudgetMs = 5 * 60_000;

const RunPayload = z.object({
  repository: z.object({ id: z.number(), full_name: z.string(), default_branch: z.string() }),
});

/** Plays a run of the orchestration's own workflow, as the Action does on a runner. */
export async function playRun(parts: RunParts): Promise<"success" | "failure"> {
  const { repository } = RunPayload.parse(parts.payload);
  const [owner = "", name = ""] = repository.full_name.split("/");
  const place = { owner, name, id: repository.id, defaultBranch: repository.default_branch };
  const surroundings = toSurroundings({ ...parts, owner: `run-${parts.runId}` });
  const hints = toHints(parts.event, parts.payload, null);
  const result = await wireRun(surroundings, { place, octokit: await asJob(parts), hints, budgetMs: runBudgetMs });
  const { isComplete, events } = result;
  parts.journal.info("The run ended.", { cause: parts.event, isComplete, events: events.length });
  return "success";
}
