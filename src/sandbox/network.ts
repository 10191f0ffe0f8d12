/**
 * The network between the program and the embedded GitHub and vendors: it routes requests, and loses, refuses, delays
 * and kills as the scenario's faults say. Requests go through the turnstile one after another.
 */
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Faults } from "./faults.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Turnstile } from "./turnstile.ts";

/** How long a client waits for an answer that does not come. */
const requestTimeoutMs = 10_000;
const secondaryLimitSeconds = 60;

/** Where requests end: the embedded GitHub, a vendor, or the embedded Linear. */
export interface Destination {
  readonly kind: "github" | "vendor" | "linear";
  handle(request: Request): Promise<Response>;
}

/** Who calls: a replica, which may die of it, or a job. */
export interface Caller {
  isAlive(): boolean;
  /** Dies on the spot. */
  crash(): void;
  readonly crashRate: number;
  readonly chance: SeededChance;
}

export interface NetworkOptions {
  readonly clock: Clock;
  readonly turnstile: Turnstile;
  readonly faults: Faults;
  /** Null: no such host. */
  readonly route: (url: URL) => Destination | null;
}

export interface Network {
  fetchFor(caller: Caller): Fetch;
}

type Fate = "answered" | "error" | "secondaryLimit" | "timeoutLanded" | "timeoutLost";

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** A 5xx as the front of GitHub or of a vendor gives it, before anything happened. */
export function errorAnswer(chance: SeededChance): Response {
  const status = [500, 502, 503][Math.floor(chance.next() * 3)] ?? 502;
  if (status === 502) {
    return new Response("<html><head><title>502 Bad Gateway</title></head></html>", {
      status,
      headers: { "content-type": "text/html" },
    });
  }
  return json(status, { message: status === 500 ? "Server Error" : "Service Unavailable" });
}

/** GitHub's secondary limit is a 403 that says when to come back; vendors say 429, Linear 400 with a code. */
export function limitAnswer(kind: Destination["kind"]): Response {
  const headers = { "retry-after": String(secondaryLimitSeconds) };
  if (kind === "vendor") return json(429, { error: { code: 429, message: "Too many requests." } }, headers);
  if (kind === "linear") {
    const extensions = { type: "ratelimited", code: "RATELIMITED", statusCode: 400 };
    return json(400, { errors: [{ message: "Rate limit exceeded", extensions }] }, headers);
  }
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return json(403, { message, documentation_url: "https://docs.github.com/rest/overview/rate-limits" }, headers);
}

function unreachable(code: string, message: string): TypeError {
  const cause = Object.assign(new Error(message), { code });
  return new TypeError("fetch failed", { cause });
}

/** Draws what happens to a request; the same number of draws for every fate, so that rates can be compared. */
export function drawFate(chance: SeededChance, api: Faults["api"]): Fate {
  const draw = chance.next();
  const landed = chance.happens(0.5);
  if (draw < api.error) return "error";
  if (draw < api.error + api.secondaryLimit) return "secondaryLimit";
  if (draw < api.error + api.secondaryLimit + api.timeout) return landed ? "timeoutLanded" : "timeoutLost";
  return "answered";
}

/** Octokit reads `url` of an answer; a made Response has none. */
function named(response: Response, url: string): Response {
  Object.defineProperty(response, "url", { value: url, configurable: true });
  return response;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const reason = (): Error =>
      signal.reason instanceof Error ? signal.reason : new Error("The request was aborted.", { cause: signal.reason });
    if (signal.aborted) reject(reason());
    else signal.addEventListener("abort", () => reject(reason()), { once: true });
  });
}

/**
 * What a dead process hears: nothing. Only a request for a token fails, because Octokit keeps the pending ones for all
 * copies of this process together, and a copy that died would hold up those that live.
 */
function silence(request: Request): Promise<never> {
  if (new URL(request.url).pathname.endsWith("/access_tokens"))
    return Promise.reject(unreachable("ECONNRESET", "The process died."));
  return never();
}

/** A network over these destinations. */
export function createNetwork(options: NetworkOptions): Network {
  const { clock, turnstile, faults } = options;

  async function answer(caller: Caller, request: Request, fate: Fate): Promise<Response> {
    const destination = options.route(new URL(request.url));
    if (destination === null) throw unreachable("ENOTFOUND", `getaddrinfo ENOTFOUND ${new URL(request.url).hostname}`);
    const isWanted = (): boolean => caller.isAlive();
    if (fate === "timeoutLanded") await turnstile.pass(() => destination.handle(request), isWanted);
    if (fate === "timeoutLanded" || fate === "timeoutLost") {
      await clock.sleep(requestTimeoutMs, "request timeout");
      throw unreachable("UND_ERR_HEADERS_TIMEOUT", "Headers Timeout Error");
    }
    const response = await turnstile.pass(async () => {
      if (fate === "error") return errorAnswer(caller.chance);
      return fate === "secondaryLimit" ? limitAnswer(destination.kind) : destination.handle(request);
    }, isWanted);
    return response === null ? silence(request) : named(response, request.url);
  }

  function fetchFor(caller: Caller): Fetch {
    async function call(request: Request): Promise<Response> {
      if (!caller.isAlive()) return silence(request);
      const dies = caller.chance.happens(caller.crashRate);
      const diesBefore = caller.chance.happens(0.5);
      const fate = drawFate(caller.chance, faults.api);
      if (dies && diesBefore) {
        caller.crash();
        return silence(request);
      }
      try {
        const response = await answer(caller, request, dies ? "answered" : fate);
        if (dies) caller.crash();
        return caller.isAlive() ? response : await silence(request);
      } catch (error) {
        // A dead process hears of no error either.
        if (!caller.isAlive()) return silence(request);
        throw error;
      }
    }
    return function faultyFetch(input, init) {
      // The signal is heard here; a request that hears it too takes as long to make as to answer.
      const request = new Request(input, { ...init, signal: null });
      const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
      const called = call(request);
      return signal ? Promise.race([called, aborted(signal)]) : called;
    };
  }

  return { fetchFor };
}
