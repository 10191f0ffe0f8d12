/** The one place that tells what a failed request to GitHub means for the store. */
import { z } from "zod";
import { StoreUnavailable } from "../ports/store.ts";

/** The branch holds something that this program did not write, or not all of what it wrote. A person has to look. */
export class StoreCorrupt extends Error {
  override readonly name = "StoreCorrupt";
  /** The file on the state branch. */
  readonly path: string;
  /** What is wrong with it; goes on from its path. */
  readonly problem: string;
  constructor(path: string, problem: string, options: { cause?: unknown } = {}) {
    super(
      `${path} on the state branch ${problem}. Nothing was written. ` +
        "Restore a backup with `orchestrate restore`, or the branch to its last good commit with git; Orchestrate goes on from there.",
      options,
    );
    this.path = path;
    this.problem = problem;
  }
}

export type Fault =
  /** Somebody else moved the branch first. */
  | { readonly kind: "stale" }
  /** A rate limit; `retryAfterMs` is null where GitHub did not say. */
  | { readonly kind: "limited"; readonly retryAfterMs: number | null }
  /** No answer, or one that says nothing about the effect: it may have landed. */
  | { readonly kind: "lost" }
  /** GitHub said no; the same request would be refused again. */
  | { readonly kind: "refused"; readonly status: number | null };

const FailedRequest = z.object({
  status: z.number().optional().catch(undefined),
  message: z.string().catch(""),
  headers: z.record(z.string(), z.unknown()).optional().catch(undefined),
  response: z
    .object({ headers: z.record(z.string(), z.unknown()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  errors: z
    .array(z.object({ type: z.string().optional(), message: z.string().catch("") }))
    .optional()
    .catch(undefined),
});
type FailedRequest = z.output<typeof FailedRequest>;

const limitPattern = /rate limit|abuse detection/i;

function retryAfterMs(failed: FailedRequest, now: number): number | null {
  const headers = failed.response?.headers ?? failed.headers ?? {};
  const seconds = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const reset = Number(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] !== undefined && Number(headers["x-ratelimit-remaining"]) === 0 && reset > 0) {
    return Math.max(0, reset * 1_000 - now);
  }
  return null;
}

function isLimited(failed: FailedRequest): boolean {
  if (failed.errors?.some((error) => error.type === "RATE_LIMITED" || limitPattern.test(error.message)) === true) {
    return true;
  }
  if (failed.status === 429) return true;
  if (failed.status !== 403) return false;
  const headers = failed.response?.headers ?? {};
  const isSpent = headers["x-ratelimit-remaining"] !== undefined && Number(headers["x-ratelimit-remaining"]) === 0;
  return headers["retry-after"] !== undefined || isSpent || limitPattern.test(failed.message);
}

/** Classifies what a request was rejected with. `now` is epoch milliseconds, for limits that name an instant. */
export function classifyFault(error: unknown, now: number): Fault {
  const parsed = FailedRequest.safeParse(error);
  if (!parsed.success) return { kind: "lost" };
  const failed = parsed.data;
  if (failed.errors?.some((each) => each.type === "STALE_DATA") === true) return { kind: "stale" };
  if (isLimited(failed)) return { kind: "limited", retryAfterMs: retryAfterMs(failed, now) };
  // GraphQL answers an inner failure with 200 and an error without a type ("Something went wrong…"): it says nothing.
  if (failed.errors !== undefined) {
    const isRefusal = failed.errors.some((each) => each.type !== undefined);
    return isRefusal ? { kind: "refused", status: null } : { kind: "lost" };
  }
  if (failed.status === undefined || failed.status >= 500 || failed.status === 408) return { kind: "lost" };
  return { kind: "refused", status: failed.status };
}

/** What was thrown, as a line for the journal. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error that callers of the store see for a request that failed. `doing` completes "GitHub …". */
export function toUnavailable(error: unknown, doing: string, now: number): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const fault = classifyFault(error, now);
  if (fault.kind === "limited") {
    return new StoreUnavailable(`GitHub's rate limit stopped ${doing}: ${messageOf(error)}`, {
      cause: error,
      retryAfterMs: fault.retryAfterMs ?? 60_000,
    });
  }
  const verb = fault.kind === "refused" ? "refused" : "gave no usable answer to";
  return new StoreUnavailable(`GitHub ${verb} ${doing}: ${messageOf(error)}`, { cause: error });
}
