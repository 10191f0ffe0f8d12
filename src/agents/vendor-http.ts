/**
 * One request to a vendor and what its answer means, the same for every vendor: `ok`, `refused` (the vendor said no and
 * will again), or `unknown` (nobody knows whether it landed). Keys stay in here: no message and no log line carries one.
 */
import type { z } from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";

/** What every adapter is made from. */
export interface VendorOptions {
  readonly fetch: Fetch;
  readonly baseUrl: string;
  readonly key: string;
  readonly clock: Clock;
  readonly journal: Journal;
}

export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  /** The vendor's own word for it, where the body has one: `agent_id_conflict`, `RESOURCE_EXHAUSTED`, `ENOENT`. */
  readonly code: string | null;
  readonly reason: string;
  readonly retryAfterMs: number | null;
}

export interface Unknown {
  readonly kind: "unknown";
  readonly reason: string;
}

export type Answer<Body> = { readonly kind: "ok"; readonly body: Body } | Refused | Unknown;

export interface VendorCall<Body> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Relative to the base URL, with segments already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is a string: that is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Lists only the fields that are read; null when the body of the answer does not matter. */
  readonly schema: z.ZodType<Body> | null;
}

export interface VendorHttp {
  /** Never rejects. */
  call<Body>(call: VendorCall<Body>): Promise<Answer<Body>>;
}

export interface VendorIdentity {
  /** The name for people: `Jules`. */
  readonly vendor: string;
  /** The environment variable that holds the key, for the sentence that asks to check it. */
  readonly keyVariable: string;
  readonly authorization: Readonly<Record<string, string>>;
}

/** As long as the vendors' own clients wait. */
const timeoutMs = 30_000;
/** What is waited after a 429 that names no time. */
const limitMs = 60_000;
/** A wish beyond a day is a broken clock. */
const longestMs = 86_400_000;
const messageMax = 200;

/** Codes by which a vendor says that it is full, under whatever status. */
const capacityCodes = new Set([
  "RESOURCE_EXHAUSTED",
  "rate_limit_exceeded",
  "usage_limit_exceeded",
  "agent_busy",
  "sprite_creation_rate_limited",
  "concurrent_sprite_limit_exceeded",
]);

/** The client of one vendor. */
export function createVendorHttp(options: VendorOptions, identity: VendorIdentity): VendorHttp {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");

  async function call<Body>(request: VendorCall<Body>): Promise<Answer<Body>> {
    const exchange = await withTimeout(options.clock, request.timeoutMs ?? timeoutMs, async (signal) => {
      const response = await options.fetch(toUrl(baseUrl, request), toInit(request, { signal, identity }));
      return { response, text: await response.text() };
    });
    const answer =
      exchange.kind === "done"
        ? readAnswer(exchange.value, request, { identity, key: options.key, now: options.clock.now() })
        : unknown(`${identity.vendor} could not be reached: ${tidy(exchange.reason, options.key)}`);
    if (answer.kind !== "ok") {
      const path = `${request.method} ${request.path}`;
      options.journal.debug("a vendor did not do as asked", { vendor: identity.vendor, path, answer: answer.kind });
    }
    return answer;
  }

  return { call };
}

function toUrl(baseUrl: string, request: VendorCall<unknown>): string {
  const query = new URLSearchParams(request.query).toString();
  return `${baseUrl}${request.path}${query === "" ? "" : `?${query}`}`;
}

function toInit(
  request: VendorCall<unknown>,
  parts: { readonly signal: AbortSignal; readonly identity: VendorIdentity },
): RequestInit {
  const { body } = request;
  const type = typeof body === "string" ? "application/octet-stream" : "application/json";
  return {
    method: request.method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": type }),
      ...parts.identity.authorization,
      ...request.headers,
    },
    // A followed redirect would carry a key header to another host.
    redirect: "manual",
    signal: parts.signal,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  };
}

type Exchange<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "lost"; readonly reason: string };

/** The timer also wins over a `fetch` that does not listen to its signal. */
async function withTimeout<Value>(
  clock: Clock,
  ms: number,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Exchange<Value>> {
  const controller = new AbortController();
  let onTimeout: (exchange: Exchange<Value>) => void = () => undefined;
  const timeout = new Promise<Exchange<Value>>((resolve) => {
    onTimeout = resolve;
  });
  const timer = clock.after(ms, "vendor timeout", () => {
    onTimeout({ kind: "lost", reason: `no answer within ${Math.round(ms / 1_000)} s` });
    controller.abort();
  });
  const exchange = run(controller.signal).then(
    (value): Exchange<Value> => ({ kind: "done", value }),
    (error: unknown): Exchange<Value> => ({ kind: "lost", reason: describeError(error) }),
  );
  const first = await Promise.race([exchange, timeout]);
  timer.cancel();
  return first;
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "the request failed";
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

interface Reading {
  readonly identity: VendorIdentity;
  readonly key: string;
  readonly now: number;
}

function readAnswer<Body>(
  exchange: { readonly response: Response; readonly text: string },
  request: VendorCall<Body>,
  reading: Reading,
): Answer<Body> {
  const { response, text } = exchange;
  if (!response.ok) return classify(response, text, reading);
  if (request.schema === null) return { kind: "ok", body: undefined as Body };
  const parsed = request.schema.safeParse(toJson(text));
  if (parsed.success) return { kind: "ok", body: parsed.data };
  const place = parsed.error.issues[0]?.path.join(".") ?? "";
  const where = place === "" ? "" : ` at ${place}`;
  return unknown(`${reading.identity.vendor} answered ${request.method} with something unexpected${where}.`);
}

function classify(response: Response, text: string, reading: Reading): Refused | Unknown {
  const { status } = response;
  const { vendor, keyVariable } = reading.identity;
  const { code, message, retryAfterSeconds } = readProblem(text);
  const said = tidy(message, reading.key);
  const detail = said === "" ? "" : `: ${said}`;
  if (status >= 500 || status === 408) return unknown(`${vendor} answered with ${status}${detail}`);
  const isFull = status === 429 || (code !== null && capacityCodes.has(code));
  if (isFull) {
    const wish = retryAfterSeconds === null ? headerMs(response, reading.now) : retryAfterSeconds * 1_000;
    const retryAfterMs = Math.min(Math.max(wish ?? limitMs, 1_000), longestMs);
    return { kind: "refused", status, code, reason: `${vendor} has no room now${detail}`, retryAfterMs };
  }
  const refused = { kind: "refused", status, code, retryAfterMs: null } as const;
  if (status === 401 || status === 403) {
    return { ...refused, reason: `${vendor} does not accept the key (${status}); check ${keyVariable}${detail}` };
  }
  if (status < 400) return { ...refused, reason: `${vendor} redirected the request, which is not followed.` };
  return { ...refused, reason: `${vendor} refused with ${status}${detail}` };
}

interface Problem {
  readonly code: string | null;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}

/**
 * Google: `{error:{code,message,status}}`; Cursor: `{error:{code,message}}` or flat; Sprites: `{error,message,
 * retry_after_seconds}`, and `{error,code}` for files.
 */
function readProblem(text: string): Problem {
  const outer = asRecord(toJson(text));
  const inner = asRecord(outer["error"]);
  const pick = (...values: readonly unknown[]): string | null =>
    values.find((value): value is string => typeof value === "string" && value !== "") ?? null;
  const code = pick(inner["status"], inner["code"], outer["code"], outer["error_code"], outer["error"]);
  const message = pick(inner["message"], outer["message"], outer["error"]) ?? "";
  const seconds = outer["retry_after_seconds"];
  return { code, message, retryAfterSeconds: typeof seconds === "number" && seconds >= 0 ? seconds : null };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function headerMs(response: Response, now: number): number | null {
  const header = response.headers.get("retry-after");
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : at - now;
}

/** One short line for people: the vendor's text is not ours, and must not carry the key back. */
function tidy(text: string, key: string): string {
  const safe = key === "" ? text : text.replaceAll(key, "[key]");
  return safe
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, messageMax);
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: whoever asked for a shape finds out by its schema, with a sentence.
    return undefined;
  }
}

function unknown(reason: string): Unknown {
  return { kind: "unknown", reason };
}
