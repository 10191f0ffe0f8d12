/**
 * The ledger of what GitHub lets us do: hourly points, points a minute, content creations, and a pace for writes. It
 * counts ahead and is corrected by the headers of every answer. Spent means stop: nothing goes out before the reset.
 */
import type { Clock } from "../ports/clock.ts";
import { GithubFault } from "./classify-error.ts";

export type Bucket = "core" | "graphql";

export interface Call {
  readonly bucket: Bucket;
  /** Points of the hourly budget. */
  readonly cost: number;
  readonly isWrite: boolean;
  /** Comments and other content that it creates. */
  readonly creations: number;
  /** May use the reserve: completions, writes, reads of what a webhook points at. */
  readonly isVital: boolean;
}

export type AnswerHeaders = Readonly<Record<string, string | number | undefined>>;

export interface Budget {
  /** Waits for the pace of writes. Rejects with a `limited` fault when the budget does not allow the call now. */
  admit(call: Call): Promise<void>;
  /** Reads the rate limit headers of an answer, good or bad. */
  note(headers: AnswerHeaders): void;
  /** The hour's points of one kind are spent. */
  spend(bucket: Bucket, retryAfterMs: number): void;
  /** GitHub said stop: nothing is admitted for so long. */
  stop(retryAfterMs: number): void;
}

interface Meter {
  readonly windowMs: number;
  readonly limit: number;
  entries: { readonly at: number; readonly amount: number }[];
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** The share of an hourly budget that only vital calls may use. */
const reserveShare = 0.1;

/** Points a minute, from GitHub's documentation of secondary limits: a read counts 1, a write 5. */
const pointsAMinute: Readonly<Record<Bucket, number>> = { core: 900, graphql: 2_000 };

/** How long until `amount` fits; 0 when it fits now. */
function waitFor(meter: Meter, amount: number, now: number): number {
  meter.entries = meter.entries.filter((entry) => entry.at > now - meter.windowMs);
  let used = meter.entries.reduce((sum, entry) => sum + entry.amount, 0);
  if (amount <= 0 || used + amount <= meter.limit) return 0;
  for (const entry of meter.entries) {
    used -= entry.amount;
    if (used + amount <= meter.limit) return entry.at + meter.windowMs - now;
  }
  return meter.windowMs;
}

function refuse(what: string, retryAfterMs: number): GithubFault {
  return new GithubFault(`${what}; waiting ${Math.ceil(retryAfterMs / 1_000)} s.`, {
    kind: "limited",
    retryAfterMs: Math.max(1_000, retryAfterMs),
  });
}

/** A ledger for one credential. `minGapMs` is the least time between two writes (GitHub advises a second). */
export function createBudget(options: { readonly clock: Clock; readonly minGapMs?: number }): Budget {
  const { clock } = options;
  const minGapMs = options.minGapMs ?? 1_000;
  const hourly = new Map<string, { limit: number; remaining: number; resetAt: number }>();
  const minutes: Readonly<Record<Bucket, Meter>> = {
    core: { windowMs: minuteMs, limit: pointsAMinute.core, entries: [] },
    graphql: { windowMs: minuteMs, limit: pointsAMinute.graphql, entries: [] },
  };
  const creations: readonly Meter[] = [
    { windowMs: minuteMs, limit: 80, entries: [] },
    { windowMs: hourMs, limit: 500, entries: [] },
  ];
  let stoppedUntil = 0;
  let nextWriteAt = 0;

  function check(call: Call, now: number): void {
    if (now < stoppedUntil) throw refuse("GitHub asked for a pause", stoppedUntil - now);
    const bucket = hourly.get(call.bucket);
    if (bucket !== undefined && now < bucket.resetAt) {
      const available = bucket.remaining - (call.isVital ? 0 : bucket.limit * reserveShare);
      if (call.cost > available) throw refuse(`The hourly ${call.bucket} budget is spent`, bucket.resetAt - now);
    }
    const minuteWait = waitFor(minutes[call.bucket], call.isWrite ? 5 : 1, now);
    if (minuteWait > 0) throw refuse("The points of this minute are spent", minuteWait);
    for (const meter of creations) {
      const wait = waitFor(meter, call.creations, now);
      if (wait > 0) throw refuse(`${meter.limit} comments in ${meter.windowMs / minuteMs} min are the limit`, wait);
    }
  }

  function count(call: Call, now: number): void {
    const bucket = hourly.get(call.bucket);
    if (bucket !== undefined) bucket.remaining -= call.cost;
    minutes[call.bucket].entries.push({ at: now, amount: call.isWrite ? 5 : 1 });
    if (call.creations > 0) for (const meter of creations) meter.entries.push({ at: now, amount: call.creations });
  }

  return {
    async admit(call) {
      const now = clock.now();
      check(call, now);
      count(call, now);
      if (!call.isWrite) return;
      const at = Math.max(now, nextWriteAt);
      nextWriteAt = at + minGapMs;
      if (at > now) await clock.sleep(at - now, "pace");
    },
    note(headers) {
      const limit = Number(headers["x-ratelimit-limit"]);
      const remaining = Number(headers["x-ratelimit-remaining"]);
      const resetAt = Number(headers["x-ratelimit-reset"]) * 1_000;
      if (![limit, remaining, resetAt].every(Number.isFinite)) return;
      hourly.set(String(headers["x-ratelimit-resource"] ?? "core"), { limit, remaining, resetAt });
    },
    spend(bucket, retryAfterMs) {
      const limit = hourly.get(bucket)?.limit ?? 0;
      hourly.set(bucket, { limit, remaining: 0, resetAt: clock.now() + retryAfterMs });
    },
    stop(retryAfterMs) {
      stoppedUntil = Math.max(stoppedUntil, clock.now() + retryAfterMs);
    },
  };
}
