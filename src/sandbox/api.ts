/**
 * The API of the embedded GitHub, as an App or a job reaches it: REST under `/api/v3`, GraphQL at `/api/graphql`. Who
 * asks is checked, limits are kept, what is asked is counted, and nothing but an answer ever comes out.
 */
import { actionRoutes } from "./api-action-routes.ts";
import { worldRoutes } from "./api-app-routes.ts";
import type { ApiCall, ApiServices } from "./api-call.ts";
import { checkRoutes } from "./api-check-routes.ts";
import { talkRoutes } from "./api-comment-routes.ts";
import { createCounts } from "./api-counts.ts";
import { anonymous, createCredentials, isAllowed } from "./api-credentials.ts";
import type { Credential } from "./api-credentials.ts";
import { gitRoutes } from "./api-git-routes.ts";
import { createGraphqlDoor, tooMuch } from "./api-graphql.ts";
import { issueRoutes } from "./api-issue-routes.ts";
import { createLimits } from "./api-limits.ts";
import type { Resource } from "./api-limits.ts";
import { createEventIndex } from "./api-lookups.ts";
import { pullRoutes } from "./api-pull-routes.ts";
import { relationRoutes } from "./api-relation-routes.ts";
import { ApiProblem, etagOf, matchesEtag, notFound } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import { createRouter } from "./api-router.ts";
import type { Match, Route } from "./api-router.ts";
import { contentRoutes } from "./api-content-routes.ts";
import type { Git } from "./git-types.ts";
import type { Delivery } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Acts } from "./world-acts.ts";
import type { ApiCounters, WorldOptions } from "./world.ts";

export interface ApiParts {
  readonly state: RepositoryState;
  readonly acts: Acts;
  readonly git: Git;
  readonly options: WorldOptions;
  /** Hands a delivery out once more, for `POST /app/hook/deliveries/{id}/attempts`. */
  readonly redeliver?: (delivery: Delivery) => void;
}

export interface Api {
  /** Answers one request. Never rejects: what breaks inside is a 500, and is kept in `failures`. */
  handle(request: Request): Promise<Response>;
  /** A `GITHUB_TOKEN` for the job of a run. */
  jobToken(run: number): string;
  /** From now on the App's key and tokens are answered with 401. */
  revokeApp(): void;
  readonly counters: ApiCounters;
  /** `GET /path` of requests that no route takes. */
  readonly unknownRoutes: readonly string[];
  /** Faults of the embedded GitHub itself; there should be none. */
  readonly failures: readonly unknown[];
}

const routes: readonly Route[] = [
  ...worldRoutes,
  ...issueRoutes,
  ...talkRoutes,
  ...relationRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...gitRoutes,
  ...contentRoutes,
  ...actionRoutes,
];

const findRoute = createRouter(routes);
const deliveriesMost = 1_000;

function isGraphql(path: string): boolean {
  return path === "/api/graphql" || path === "/graphql" || path === "/api/v3/graphql";
}

/** A refusal as a reply; undefined: it is no refusal, but a fault. */
function refusalOf(error: unknown): Reply | undefined {
  if (error instanceof ApiProblem) return error.toReply();
  if (!(error instanceof ActRefusal)) return undefined;
  const { status, message, code } = error;
  if (status !== 422 || code === null) return new ApiProblem(status, message).toReply();
  return new ApiProblem(422, "Validation Failed", { errors: [{ resource: "Issue", code, message }] }).toReply();
}

async function bodyOf(request: Request): Promise<Readonly<Record<string, unknown>>> {
  if (request.method === "GET" || request.method === "HEAD") return {};
  const text = await request.text();
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    // Older clients send labels as a bare list.
    if (Array.isArray(value)) return { labels: value };
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ApiProblem(400, "Problems parsing JSON");
}

function checkRepository(match: Match, state: RepositoryState): void {
  const { owner, repo } = match.params;
  if (owner === undefined || repo === undefined) return;
  if (`${owner}/${repo}`.toLowerCase() !== state.repository.fullName.toLowerCase()) throw notFound();
}

function checkAccess({ route }: Match, credential: Credential, state: RepositoryState): void {
  if (route.auth === "anyone") return;
  if (route.auth === "app") {
    if (credential.kind !== "app") throw new ApiProblem(401, "A JSON web token could not be decoded");
    return;
  }
  if (credential.kind === "app") throw new ApiProblem(401, "Bad credentials");
  const wanted = { needs: route.needs ?? ["metadata"], level: route.level ?? "read" } as const;
  if (!isAllowed(credential, wanted, state)) throw new ApiProblem(403, "Resource not accessible by integration");
}

interface Answer {
  readonly reply: Reply;
  readonly credential: Credential;
  readonly resource: Resource;
}

/** Makes the API over the world's state and acts. */
export function createApi(parts: ApiParts): Api {
  const { state, acts, git, options } = parts;
  const credentials = createCredentials({ state, options, chance: options.chance });
  const limits = createLimits(options.clock);
  const counts = createCounts();
  const unknownRoutes: string[] = [];
  const failures: unknown[] = [];
  const deliveries: Delivery[] = [];
  const eventsOf = createEventIndex(state);
  const answerGraphql = createGraphqlDoor({ state, acts, git, limits, counts, eventsOf });
  let requests = 0;

  acts.onDelivery((delivery) => {
    deliveries.push(delivery);
    if (deliveries.length > deliveriesMost) deliveries.shift();
  });

  const services: ApiServices = {
    mint: (wanted) => credentials.mint(wanted),
    budget: (credential, resource) => limits.budget(credential, resource),
    eventsOf,
    deliveries,
    redeliver(delivery) {
      if (parts.redeliver === undefined) throw new ApiProblem(422, "Deliveries cannot be attempted again here.");
      parts.redeliver(delivery);
    },
  };

  function whoAsks(request: Request, match: Match | null): Credential {
    const header = request.headers.get("authorization");
    return header === null && match?.route.auth === "anyone" ? anonymous : credentials.read(header);
  }

  /** Refuses what goes beyond a limit. Free routes are beyond none. */
  function checkLimits(credential: Credential, { route }: Match): void {
    if (route.isFree === true) return;
    if (limits.budget(credential, "core").remaining <= 0) {
      throw new ApiProblem(403, `API rate limit exceeded for ${credential.name}.`);
    }
    const cost = {
      resource: "core",
      points: route.method === "GET" ? 1 : 5,
      contents: route.isContent === true ? 1 : 0,
    } as const;
    const wait = limits.secondary(credential, cost);
    if (wait !== null) throw tooMuch(wait);
  }

  async function perform(call: ApiCall, match: Match): Promise<Reply> {
    let reply: Reply | undefined;
    try {
      checkRepository(match, state);
      checkAccess(match, call.credential, state);
      reply = await match.route.handle(call);
      return reply;
    } finally {
      counts.rest(match.route, call, reply !== undefined);
    }
  }

  async function answerRest(request: Request, url: URL): Promise<Answer> {
    const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, "").replace(/(?<=.)\/+$/, "") || "/";
    const match = findRoute(request.method, path);
    if (match === null) unknownRoutes.push(`${request.method} ${path}`);
    const credential = whoAsks(request, match);
    try {
      if (match === null) throw notFound();
      checkLimits(credential, match);
      const body = await bodyOf(request);
      const accept = request.headers.get("accept") ?? "";
      const actor = { user: credential.actor, viaApp: credential.viaApp };
      const call: ApiCall = { params: match.params, url, accept, body, credential, actor, state, acts, git, services };
      return {
        reply: conditional(request, credential, { match, reply: await perform(call, match) }),
        credential,
        resource: "core",
      };
    } catch (error) {
      const reply = refusalOf(error);
      if (reply === undefined) throw error;
      if (match?.route.isFree !== true) limits.charge(credential, "core", 1);
      return { reply, credential, resource: "core" };
    }
  }

  /** Turns a GET's answer into a 304 where the client has it already; that is free, everything else costs a point. */
  function conditional(
    request: Request,
    credential: Credential,
    { match, reply }: { match: Match; reply: Reply },
  ): Reply {
    const isFree = match.route.isFree === true;
    if (match.route.method === "GET" && reply.status === 200) {
      const body = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
      const etag = etagOf(body);
      const headers = { ...reply.headers, etag, "cache-control": "private, max-age=60, s-maxage=60" };
      if (matchesEtag(request.headers.get("if-none-match"), etag)) return { status: 304, headers };
      if (!isFree) limits.charge(credential, "core", 1);
      return { status: 200, body, headers: { ...headers, "content-type": contentType(reply) } };
    }
    if (!isFree) limits.charge(credential, "core", 1);
    return reply;
  }

  async function answer(request: Request): Promise<Answer> {
    const url = new URL(request.url);
    if (!isGraphql(url.pathname)) return await answerRest(request, url);
    const credential = credentials.read(request.headers.get("authorization"));
    if (credential.kind === "app") throw new ApiProblem(401, "Bad credentials");
    const reply =
      request.method === "POST" ? await answerGraphql(credential, await bodyOf(request)) : notFound().toReply();
    return { reply, credential, resource: "graphql" };
  }

  function limitHeaders({ credential, resource }: Answer): Record<string, string> {
    const { limit, remaining, reset, used } = limits.budget(credential, resource);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-used": String(used),
      "x-ratelimit-resource": resource,
    };
  }

  function respond(reply: Reply, more: Readonly<Record<string, string>>): Response {
    requests += 1;
    const id = requests.toString(16).toUpperCase().padStart(8, "0");
    const headers = {
      "x-github-request-id": `${id.slice(0, 4)}:${id.slice(4)}`,
      "x-github-media-type": "github.v3; format=json",
      ...more,
      ...reply.headers,
    };
    if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
    const body = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    return new Response(body, { status: reply.status, headers: { "content-type": contentType(reply), ...headers } });
  }

  async function handle(request: Request): Promise<Response> {
    if (!limits.concurrency.enter()) return respond(tooMuch(60).toReply(), {});
    try {
      const done = await answer(request);
      return respond(done.reply, limitHeaders(done));
    } catch (error) {
      const reply = refusalOf(error);
      if (reply !== undefined) return respond(reply, {});
      failures.push(error);
      return respond({ status: 500, body: { message: "Server Error" } }, {});
    } finally {
      limits.concurrency.leave();
    }
  }

  const { jobToken, revokeApp } = credentials;
  return { handle, jobToken, revokeApp, counters: counts.counters, unknownRoutes, failures };
}

function contentType(reply: Reply): string {
  return typeof reply.body === "string" && reply.headers?.["content-type"] === undefined
    ? "application/vnd.github.raw; charset=utf-8"
    : "application/json; charset=utf-8";
}
