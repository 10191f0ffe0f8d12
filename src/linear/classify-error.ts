/** What an error of Linear means: try again later, never again, or somebody was there first. */
import type { LinearError } from "@linear/sdk";

export type LinearFaultKind =
  /** An outage, a limit or a lost answer: the same again later. */
  | "later"
  /** The key is refused, or may not do this. */
  | "key"
  /** What was named is not there. */
  | "gone"
  /** An entity with this id is there already, or was once. */
  | "taken"
  /** Linear will say no again. */
  | "refused";

export class LinearFault extends Error {
  override readonly name = "LinearFault";
  readonly kind: LinearFaultKind;
  readonly retryAfterMs: number;
  constructor(message: string, of: { kind: LinearFaultKind; retryAfterMs?: number; cause?: unknown }) {
    super(message, { cause: of.cause });
    this.kind = of.kind;
    this.retryAfterMs = of.retryAfterMs ?? laterMs;
  }
}

/** After an answer that names no time. */
const laterMs = 10_000;
const limitMs = 60_000;
/** The buckets fill steadily, so there is room for one request long before they are full, which is when they are reset. */
const longestMs = 10 * 60_000;
/** An instant below is in seconds. */
const secondsMax = 100_000_000_000;
const messageMax = 200;

/** An answer that is an error, as it is judged. */
interface Said {
  readonly status: number;
  /** The SDK's reading of it. */
  readonly type: string;
  readonly codes: readonly string[];
  /** Linear's own words; the SDK puts the words for people in their place. */
  readonly raw: string;
}

interface Judgement {
  readonly kind: LinearFaultKind;
  readonly isIt: (said: Said) => boolean;
  readonly words: (said: Said) => string;
  /** Whether Linear's words are told, too. */
  readonly isQuoted: boolean;
}

/** The first that fits counts. */
const judgements: readonly Judgement[] = [
  {
    // Linear answers a limit with 400, a gateway in front of it with 429.
    kind: "later",
    isIt: ({ codes, type }) => codes.includes("RATELIMITED") || type === "Ratelimited",
    words: () => "Linear's rate limit is reached",
    isQuoted: false,
  },
  {
    kind: "later",
    isIt: ({ status }) => status >= 500 || status === 408,
    words: ({ status }) => `Linear answered with ${status}`,
    isQuoted: true,
  },
  {
    kind: "taken",
    isIt: ({ raw }) => /^conflict on insert/i.test(raw),
    words: () => "Linear has had it before",
    isQuoted: true,
  },
  {
    kind: "gone",
    isIt: ({ raw }) => /^entity not found/i.test(raw),
    words: () => "Linear does not find it",
    isQuoted: true,
  },
  {
    kind: "key",
    isIt: ({ status, codes }) => status === 401 || codes.includes("AUTHENTICATION_ERROR"),
    words: () => "Linear does not accept the key: check LINEAR_API_KEY",
    isQuoted: false,
  },
  {
    kind: "key",
    isIt: ({ status, type }) => status === 403 || type === "Forbidden",
    words: () => "The account of LINEAR_API_KEY may not do this",
    isQuoted: true,
  },
  { kind: "later", isIt: ({ type }) => passing.has(type), words: () => "Linear has trouble", isQuoted: true },
  { kind: "refused", isIt: () => true, words: ({ status }) => `Linear refused with ${status}`, isQuoted: true },
];

/** What Linear answered, as a fault. `key` never comes back in a message. */
export function toLinearFault(
  error: LinearError,
  at: { readonly now: number; readonly key: string; readonly codes: readonly string[] },
): LinearFault {
  const said = { status: error.status ?? 0, type: String(error.type), codes: at.codes, raw: rawMessage(error) };
  const { kind, words, isQuoted } = judgements.find(({ isIt }) => isIt(said)) ?? (judgements.at(-1) as Judgement);
  const quoted = isQuoted ? tidy(error.errors?.[0]?.message ?? "", at.key) : "";
  const message = `${words(said)}${quoted === "" ? "" : `: ${quoted}`}`;
  const retryAfterMs = isQuoted ? laterMs : untilReset(error.raw?.response?.headers, at.now);
  return new LinearFault(`${message.replace(/[.\s]+$/, "")}.`, { kind, retryAfterMs, cause: error });
}

/** Whatever else was thrown on the way: nobody knows whether it landed. */
export function toFault(error: unknown): LinearFault {
  if (error instanceof LinearFault) return error;
  const reason = error instanceof Error ? describe(error) : "the request failed";
  return new LinearFault(`Linear could not be reached: ${tidy(reason, "")}.`, { kind: "later", cause: error });
}

const passing: ReadonlySet<string> = new Set([
  "NetworkError",
  "InternalError",
  "LockTimeout",
  "BootstrapError",
  "Unknown",
]);

function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function rawMessage(error: LinearError): string {
  const first: unknown = error.raw?.response?.errors?.[0];
  if (typeof first !== "object" || first === null || !("message" in first)) return "";
  return typeof first.message === "string" ? first.message : "";
}

/** Until the limit that is spent has room again; what Linear says it in differs from page to page of its documentation. */
function untilReset(headers: Headers | undefined, now: number): number {
  const read = (name: string): number => Number(headers?.get(name) ?? Number.NaN);
  const waits = [read("retry-after") * 1_000];
  for (const budget of ["requests", "endpoint-requests", "complexity"]) {
    if (read(`x-ratelimit-${budget}-remaining`) > 0) continue;
    const reset = read(`x-ratelimit-${budget}-reset`);
    waits.push((reset < secondsMax ? reset * 1_000 : reset) - now);
  }
  const known = waits.filter(Number.isFinite);
  const wish = known.length === 0 ? limitMs : Math.max(...known);
  return Math.min(Math.max(wish, 1_000), longestMs);
}

/** One short line for people, without the key. */
function tidy(text: string, key: string): string {
  const safe = key === "" ? text : text.replaceAll(key, "[key]");
  return safe
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, messageMax);
}
