/**
 * The API of the embedded GitHub, as an App or a job reaches it: REST under `/api/v3`, GraphQL at `/api/graphql`. Who
 * asks is checked, limits are kept, what is asked is counted, and nothing but an answer ever comes out.
 */
import { actionRoutes } from "./api-action-routes.ts";
import { worldRoutes } from "./api-app-routes.ts";
import type { ApiCall, ApiServices, SentDelivery } from "./api-call.ts";
import { checkRoutes } from "./api-check-routes.ts";
import { talkRoutes } from "./api-comment-routes.ts";
import { createCounts } from "./api-counts.ts";
import { anonymous, createCredentials, isAllowed } from "./api-credentials.ts";
import type { Credential, Credentials } from "./api-credentials.ts";
import { compareRoutes } from "./api-compare-routes.ts";
import { gitRoutes } from "./api-git-routes.ts";
import { createGraphqlDoor, tooMuch } from "./api-graphql.ts";
import type { AnswerGraphql } from "./api-graphql.ts";
import { issueRoutes } from "./api-issue-routes.ts";
import { createLimits } from "./api-limits.ts";
import type { Limits, Resource } from "./api-limits.ts";
import { createEventIndex } from "./api-lookups.ts";
import { pullRoutes } from "./api-pull-routes.ts";
import { relationRoutes } from "./api-relation-routes.ts";
import { ApiProblem, etagOf, matchesEtag, notFound, textOf } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import { createRouter } from "./api-router.ts";
import type { Match, Route } from "./api-router.ts";
import { contentRoutes } from "./api-content-routes.ts";
import type { Git } from "./git-types.ts";
import type { RepositoryState } from "./repository-state.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Acts } from "./world-acts.ts";
import type { ApiCounters, WorldOptions } from "./world.ts";

export interface ApiParts {
  readonly state: RepositoryState;
  readonly acts: Acts;
  readonly git: Git;
  readonly options: WorldOptions;
}

export interface Api {
  /** Answers one request. Never rejects: what breaks inside is a 500, and is kept in `failures`. */
  handle(request: Request): Promise<Response>;
  /** A `GITHUB_TOKEN` for the job of a run. */
  jobToken(run: number, permissions?: Readonly<Record<string, string>>): string;
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
  ...compareRoutes,
  ...actionRoutes,
];

const findRoute = createRouter(routes);
const deliveriesMost = 250;

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

/** The door itself: one for a world. */
class ApiDoor {
  readonly counts = createCounts();
  readonly unknownRoutes: string[] = [];
  readonly failures: unknown[] = [];
  readonly credentials: Credentials;
  readonly #parts: ApiParts;
  readonly #limits: Limits;
  readonly #services: ApiServices;
  readonly #answerGraphql: AnswerGraphql;
  #requestCount = 0;

  constructor(parts: ApiParts) {
    const { state, acts, git, options } = parts;
    this.#parts = parts;
    this.credentials = createCredentials({ state, options, chance: options.chance });
    this.#limits = createLimits(options.clock);
    const eventsOf = createEventIndex(state);
    const { counts } = this;
    this.#answerGraphql = createGraphqlDoor({ state, acts, git, limits: this.#limits, counts, eventsOf });
    this.#services = {
      mint: (wanted) => this.credentials.mint(wanted),
      budget: (credential, resource) => this.#limits.budget(credential, resource),
      eventsOf,
      deliveries: keepDeliveries(acts),
      redeliver: (delivery) => acts.redeliver(delivery),
    };
  }

  async handle(request: Request): Promise<Response> {
    const { concurrency } = this.#limits;
    if (!concurrency.enter()) return this.#respond(tooMuch(60).toReply(), {});
    try {
      const done = await this.#answer(request);
      return this.#respond(done.reply, this.#limitHeaders(done));
    } catch (error) {
      const reply = refusalOf(error);
      if (reply !== undefined) return this.#respond(reply, {});
      this.failures.push(error);
      return this.#respond({ status: 500, body: { message: "Server Error" } }, {});
    } finally {
      concurrency.leave();
    }
  }

  async #answer(request: Request): Promise<Answer> {
    const url = new URL(request.url);
    if (!isGraphql(url.pathname)) return await this.#answerRest(request, url);
    const credential = this.credentials.read(request.headers.get("authorization"));
    if (credential.kind === "app") throw new ApiProblem(401, "Bad credentials");
    const reply =
      request.method === "POST" ? await this.#answerGraphql(credential, await bodyOf(request)) : notFound().toReply();
    return { reply, credential, resource: "graphql" };
  }

  async #answerRest(request: Request, url: URL): Promise<Answer> {
    const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, "").replace(/(?<=.)\/+$/, "") || "/";
    const match = findRoute(request.method, path);
    if (match === null) this.unknownRoutes.push(`${request.method} ${path}`);
    const credential = this.#whoAsks(request, match);
    try {
      if (match === null) throw notFound();
      this.#checkLimits(credential, match.route);
      const call = await this.#callOf(request, { url, match, credential });
      const reply = conditional(request, match.route, await this.#perform(call, match));
      if (reply.status !== 304 && match.route.isFree !== true) this.#limits.charge(credential, "core", 1);
      return { reply, credential, resource: "core" };
    } catch (error) {
      const reply = followed(request, refusalOf(error));
      if (reply === undefined) throw error;
      if (match?.route.isFree !== true) this.#limits.charge(credential, "core", 1);
      return { reply, credential, resource: "core" };
    }
  }

  #whoAsks(request: Request, match: Match | null): Credential {
    const header = request.headers.get("authorization");
    return header === null && match?.route.auth === "anyone" ? anonymous : this.credentials.read(header);
  }

  /** Refuses what goes beyond a limit. Free routes are beyond none. */
  #checkLimits(credential: Credential, route: Route): void {
    if (route.isFree === true) return;
    if (this.#limits.budget(credential, "core").remaining <= 0) {
      throw new ApiProblem(403, `API rate limit exceeded for ${credential.name}.`);
    }
    const wait = this.#limits.secondary(credential, {
      resource: "core",
      points: route.method === "GET" ? 1 : 5,
      contents: route.isContent === true ? 1 : 0,
    });
    if (wait !== null) throw tooMuch(wait);
  }

  async #callOf(
    request: Request,
    { url, match, credential }: { readonly url: URL; readonly match: Match; readonly credential: Credential },
  ): Promise<ApiCall> {
    const { state, acts, git } = this.#parts;
    return {
      params: match.params,
      url,
      accept: request.headers.get("accept") ?? "",
      body: await bodyOf(request),
      credential,
      actor: { user: credential.actor, viaApp: credential.viaApp },
      state,
      acts,
      git,
      services: this.#services,
    };
  }

  async #perform(call: ApiCall, match: Match): Promise<Reply> {
    let isDone = false;
    try {
      checkRepository(match, call.state);
      checkAccess(match, call.credential, call.state);
      const reply = await match.route.handle(call);
      isDone = true;
      return reply;
    } finally {
      this.counts.rest(match.route, call, isDone);
    }
  }

  #limitHeaders({ credential, resource }: Answer): Record<string, string> {
    const { limit, remaining, reset, used } = this.#limits.budget(credential, resource);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-used": String(used),
      "x-ratelimit-resource": resource,
    };
  }

  #respond(reply: Reply, more: Readonly<Record<string, string>>): Response {
    this.#requestCount += 1;
    const id = this.#requestCount.toString(16).toUpperCase().padStart(8, "0");
    const headers = {
      "x-github-request-id": `${id.slice(0, 4)}:${id.slice(4)}`,
      "x-github-media-type": "github.v3; format=json",
      ...more,
      ...reply.headers,
    };
    if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
    return new Response(textOf(reply), {
      status: reply.status,
      headers: { "content-type": contentType(reply), ...headers },
    });
  }
}

/** Where a redirect leads, for a client that follows: to another repository, which the App cannot see. */
function followed(request: Request, reply: Reply | undefined): Reply | undefined {
  return reply?.status === 301 && request.redirect === "follow" ? notFound().toReply() : reply;
}

/** Turns a GET's answer into a 304 where the client has it already. */
function conditional(request: Request, route: Route, reply: Reply): Reply {
  if (route.method !== "GET" || reply.status !== 200) return reply;
  const text = reply.basis === undefined ? textOf(reply) : null;
  const etag = etagOf(reply.basis ?? text ?? "");
  const headers = { ...reply.headers, etag, "cache-control": "private, max-age=60, s-maxage=60" };
  if (matchesEtag(request.headers.get("if-none-match"), etag)) return { status: 304, headers };
  return { status: 200, body: text ?? textOf(reply), headers: { ...headers, "content-type": contentType(reply) } };
}

/** The last webhooks that went out, oldest first. Each has a number of its own beside its GUID. */
function keepDeliveries(acts: Acts): readonly SentDelivery[] {
  const sent: SentDelivery[] = [];
  let nextId = 12_345_000_001;
  acts.onDelivery((delivery) => {
    const isRepeat = sent.some((earlier) => earlier.delivery.id === delivery.id);
    sent.push({ id: nextId, delivery, isRepeat });
    nextId += 7;
    if (sent.length > deliveriesMost) sent.shift();
  });
  return sent;
}

/** Makes the API over the world's state and acts. */
export function createApi(parts: ApiParts): Api {
  const door = new ApiDoor(parts);
  return {
    handle: (request) => door.handle(request),
    jobToken: (run, permissions) => door.credentials.jobToken(run, permissions),
    revokeApp: () => door.credentials.revokeApp(),
    counters: door.counts.counters,
    unknownRoutes: door.unknownRoutes,
    failures: door.failures,
  };
}

function contentType(reply: Reply): string {
  return typeof reply.body === "string" && reply.headers?.["content-type"] === undefined
    ? "application/vnd.github.raw; charset=utf-8"
    : "application/json; charset=utf-8";
}
