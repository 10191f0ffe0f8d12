/** The one place that reads what went wrong at GitHub: every failed call becomes a fault with a kind, a sentence and a wait. */
import { z } from "zod";

/**
 * retry: outage or lost answer. limited: a rate limit, GitHub's or our own. gone: no such thing, or none that we may see.
 * forbidden: credentials or permissions. invalid: the request itself is refused and will be again.
 */
export type FaultKind = "retry" | "limited" | "gone" | "forbidden" | "invalid";

export interface GraphError {
  readonly type: string | null;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** A failed call to GitHub, classified. */
export class GithubFault extends Error {
  override readonly name = "GithubFault";
  readonly kind: FaultKind;
  readonly retryAfterMs: number;
  readonly status: number | null;
  /** The hour's points of this kind of call are spent; other kinds may go on. */
  readonly isHourSpent: boolean;
  constructor(
    message: string,
    options: {
      kind: FaultKind;
      retryAfterMs: number;
      status?: number | null;
      isHourSpent?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status ?? null;
    this.isHourSpent = options.isHourSpent ?? false;
  }
}

const Headers = z.record(z.string(), z.union([z.string(), z.number()]).optional().catch(undefined));

const ThrownGraphError = z
  .object({
    type: z.string().nullish().catch(null),
    message: z.string().catch("unknown error"),
    path: z
      .array(z.union([z.string(), z.number()]))
      .nullish()
      .catch(null),
  })
  .transform((error): GraphError => ({ type: error.type ?? null, message: error.message, path: error.path ?? [] }));

const Thrown = z.object({
  name: z.string().catch("Error"),
  message: z.string().catch("unknown error"),
  status: z.number().optional().catch(undefined),
  headers: Headers.optional().catch(undefined),
  response: z
    .object({ headers: Headers.catch({}) })
    .optional()
    .catch(undefined),
  errors: z.array(ThrownGraphError).optional().catch(undefined),
  data: z.unknown().optional(),
});

const retryMs = 5_000;
/** GitHub asks for at least a minute after a secondary limit that names no time. */
const limitMs = 60_000;
const forbiddenMs = 300_000;
/** A reset is at most an hour away; more is a broken clock. */
const longestMs = 3_660_000;

const passingText = /something went wrong while executing|timeout|timed out|temporarily unavailable/i;
const limitText = /rate limit|abuse detection|submitted too quickly/i;

function readWait(headers: z.output<typeof Headers>, now: number): number | null {
  const retryAfter = Number(headers["retry-after"]);
  if (Number.isFinite(retryAfter) && headers["retry-after"] !== undefined) {
    return Math.min(Math.max(1_000, retryAfter * 1_000), longestMs);
  }
  const reset = Number(headers["x-ratelimit-reset"]);
  if (Number(headers["x-ratelimit-remaining"] ?? Number.NaN) === 0 && Number.isFinite(reset)) {
    return Math.min(Math.max(1_000, reset * 1_000 - now), longestMs);
  }
  return null;
}

/** The kind of one error of a GraphQL answer. */
export function classifyGraphError(error: GraphError): FaultKind {
  switch (error.type) {
    case "NOT_FOUND":
      return "gone";
    case "FORBIDDEN":
    case "INSUFFICIENT_SCOPES":
      return "forbidden";
    case "RATE_LIMITED":
    case "RATE_LIMIT":
      return "limited";
    case "SERVICE_UNAVAILABLE":
    case "INTERNAL":
      return "retry";
    default:
      if (limitText.test(error.message)) return "limited";
      return passingText.test(error.message) ? "retry" : "invalid";
  }
}

function classifyStatus(status: number, message: string, wait: number | null): FaultKind {
  if (status === 429) return "limited";
  if (status === 403) return wait !== null || limitText.test(message) ? "limited" : "forbidden";
  if (status === 401) return "forbidden";
  if (status === 404 || status === 410) return "gone";
  if (status >= 500 || status === 408 || status === 409) return "retry";
  return "invalid";
}

function explain(kind: FaultKind, status: number | null, message: string): string {
  const said = message.slice(0, 300);
  if (status === 401) {
    return `GitHub refused the credentials (401: ${said}): the key was revoked or expired, or the clock of this machine is wrong. Set a current private key or token and start again.`;
  }
  if (kind === "forbidden") {
    return `GitHub does not allow it (${said}): check that the installation has accepted the App's permissions.`;
  }
  if (kind === "limited") return `GitHub's rate limit is reached (${said}).`;
  if (kind === "retry") return `GitHub could not be reached or failed (${said}).`;
  return `GitHub answered: ${said}.`;
}

const waits: Readonly<Record<FaultKind, number>> = {
  retry: retryMs,
  limited: limitMs,
  gone: retryMs,
  forbidden: forbiddenMs,
  invalid: limitMs,
};

function readThrown(error: unknown): z.output<typeof Thrown> {
  // The message of an error is not enumerable; everything else that Octokit adds is.
  const fields: unknown =
    error instanceof Error ? Object.assign({ name: error.name, message: error.message }, error) : error;
  const thrown = Thrown.safeParse(fields);
  return thrown.success ? thrown.data : { name: "Error", message: String(error), data: null };
}

/** Turns anything that a call threw into a fault. `now` is epoch milliseconds, for limits that name an instant. */
export function classifyError(error: unknown, now: number): GithubFault {
  if (error instanceof GithubFault) return error;
  const thrown = readThrown(error);
  const headers = thrown.response?.headers ?? thrown.headers ?? {};
  const wait = readWait(headers, now);
  const kind = readKind(thrown, wait);
  const status = thrown.status ?? null;
  return new GithubFault(explain(kind, status, thrown.errors?.[0]?.message ?? thrown.message), {
    kind,
    retryAfterMs: toWait(kind, wait),
    status,
    isHourSpent: kind === "limited" && headers["retry-after"] === undefined && wait !== null,
    cause: error,
  });
}

/** What GitHub asked for where it may ask, else our own. */
function toWait(kind: FaultKind, wait: number | null): number {
  const mayAsk = kind === "limited" || kind === "retry";
  return mayAsk && wait !== null ? wait : waits[kind];
}

function readKind(thrown: z.output<typeof Thrown>, wait: number | null): FaultKind {
  const first = thrown.errors?.[0];
  if (first !== undefined) return classifyGraphError(first);
  return thrown.status === undefined ? "retry" : classifyStatus(thrown.status, thrown.message, wait);
}

/** The data and the errors of a GraphQL answer that was only partly good; null when the call failed as a whole. */
export function readPartialAnswer(
  error: unknown,
): { readonly data: unknown; readonly errors: readonly GraphError[] } | null {
  const { data, errors = [] } = readThrown(error);
  if (errors.length === 0 || data === null || data === undefined) return null;
  return errors.some((each) => each.path.length === 0) ? null : { data, errors };
}
