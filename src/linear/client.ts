/**
 * One request to Linear and what its answer means. Documents and their variables are the SDK's; the way there is ours, so that the
 * sandbox can answer in place of the network and no request lasts for ever. The key stays in here.
 */
import type * as Sdk from "@linear/sdk";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import { toLinearFault } from "./classify-error.ts";

export const linearUrl = "https://api.linear.app/graphql";

export interface LinearOptions {
  /** A personal API key, or an OAuth token with or without `Bearer`. */
  readonly key: string;
  /** In place of Linear's own; for the sandbox and for proxies. */
  readonly url?: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Loads the SDK: three megabytes, only where there is something to write. */
  readonly load: () => Promise<typeof Sdk>;
}

/** As long as Linear's own gateway waits. */
const timeoutMs = 30_000;

export interface LinearClient {
  /** The SDK's own methods. Rejects with `LinearFault`. */
  readonly sdk: Sdk.LinearSdk;
  /** A document of our own, where one question serves for several of the SDK's. Rejects with `LinearFault`. */
  query(document: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Loads the SDK and makes a client. */
export async function createLinearClient(options: LinearOptions): Promise<LinearClient> {
  const { LinearSdk, parseLinearError } = await options.load();

  async function query(document: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
    const exchange = await withTimeout(options.clock, (signal) => post(options, { document, variables, signal }));
    if (exchange.data !== null) return exchange.data;
    const { status, headers, errors } = exchange;
    const raw = {
      response: { status, headers, ...(errors.length > 0 && { errors }) },
      message: `Linear answered ${status}`,
    };
    // The SDK's own reading of an answer that is none; it asks for less than its type of it says.
    const error: Sdk.LinearError = parseLinearError(raw as unknown as Parameters<typeof parseLinearError>[0]);
    throw toLinearFault(error, { now: options.clock.now(), key: options.key, codes: exchange.codes });
  }

  return {
    // The SDK hands over its documents as texts with types on them.
    sdk: new LinearSdk(async <Response>(document: unknown, variables?: Record<string, unknown>) => {
      return (await query(String(document), variables ?? {})) as Response;
    }),
    query,
  };
}

interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  /** Null where there is no answer to go by, or not the whole of it. */
  readonly data: unknown;
  readonly errors: readonly unknown[];
  readonly codes: readonly string[];
}

async function post(
  { url = linearUrl, key, fetch }: LinearOptions,
  request: {
    readonly document: string;
    readonly variables: Readonly<Record<string, unknown>>;
    readonly signal: AbortSignal;
  },
): Promise<Exchange> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", authorization: toAuthorization(key) },
    body: JSON.stringify({ query: request.document, variables: request.variables }),
    // A followed redirect would carry the key to another host.
    redirect: "manual",
    signal: request.signal,
  });
  const { data, errors } = readBody(await response.text());
  const isWhole = response.ok && errors.length === 0 && typeof data === "object" && data !== null;
  return {
    status: response.status,
    headers: response.headers,
    data: isWhole ? data : null,
    errors,
    codes: errors.flatMap(codesOf),
  };
}

/** A personal API key goes as it is, a token as a bearer. */
function toAuthorization(key: string): string {
  return key.startsWith("lin_api_") || key.startsWith("Bearer ") ? key : `Bearer ${key}`;
}

function readBody(text: string): { readonly data: unknown; readonly errors: readonly unknown[] } {
  try {
    const body = JSON.parse(text) as { readonly data?: unknown; readonly errors?: unknown } | null;
    return { data: body?.data ?? null, errors: Array.isArray(body?.errors) ? body.errors : [] };
  } catch {
    // A gateway's page: the status says what it means.
    return { data: null, errors: [] };
  }
}

/** `RATELIMITED`, `INPUT_ERROR`: the SDK reads only the type beside it. */
function codesOf(error: unknown): readonly string[] {
  if (typeof error !== "object" || error === null || !("extensions" in error)) return [];
  const { extensions } = error;
  if (typeof extensions !== "object" || extensions === null || !("code" in extensions)) return [];
  return typeof extensions.code === "string" ? [extensions.code] : [];
}

async function withTimeout<Value>(clock: Clock, run: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const controller = new AbortController();
  const timeout = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(new Error("no answer came in time")), {
      once: true,
    });
  });
  const timer = clock.after(timeoutMs, "linear timeout", () => controller.abort());
  try {
    return await Promise.race([run(controller.signal), timeout]);
  } finally {
    timer.cancel();
  }
}
