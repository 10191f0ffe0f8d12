/**
 * The limits of the API by the world's clock: the hourly budget of each credential (REST and GraphQL apart), and the
 * secondary limits on points a minute, content creation and concurrency.
 */
import type { Clock } from "../ports/clock.ts";
import type { Credential } from "./api-credentials.ts";

export type Resource = "core" | "graphql";

export interface Budget {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Epoch seconds. */
  readonly reset: number;
}

const hour = 3_600_000;
const minute = 60_000;
const maxConcurrent = 100;
const pointsPerMinute: Readonly<Record<Resource, number>> = { core: 900, graphql: 2_000 };
const contentPerMinute = 80;
const contentPerHour = 500;

interface Window {
  startedAt: number;
  used: number;
}

/** Sums what happened in the last stretch of time; old entries fall out as it is asked. */
interface Sliding {
  readonly entries: { readonly at: number; readonly amount: number }[];
  head: number;
  sum: number;
}

export interface Limits {
  /** The budget as it stands. */
  budget(credential: Credential, resource: Resource): Budget;
  /** Takes points out of the hourly budget. */
  charge(credential: Credential, resource: Resource, points: number): void;
  /** Seconds to wait when a secondary limit is met; null: go on, and the request is counted. */
  secondary(credential: Credential, request: SecondaryCost): number | null;
  readonly concurrency: { enter(): boolean; leave(): void };
}

export interface SecondaryCost {
  readonly resource: Resource;
  readonly points: number;
  readonly contents: number;
}

function sum(sliding: Sliding, since: number): number {
  for (;;) {
    const entry = sliding.entries[sliding.head];
    if (entry === undefined || entry.at > since) break;
    sliding.sum -= entry.amount;
    sliding.head += 1;
  }
  if (sliding.head > 1_000) {
    sliding.entries.splice(0, sliding.head);
    sliding.head = 0;
  }
  return sliding.sum;
}

function add(sliding: Sliding, at: number, amount: number): void {
  sliding.entries.push({ at, amount });
  sliding.sum += amount;
}

function getOrMake<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const value = make();
  map.set(key, value);
  return value;
}

/** Makes the book-keeping of all limits over the world's clock. */
export function createLimits(clock: Clock): Limits {
  const windows = new Map<string, Window>();
  const slidings = new Map<string, Sliding>();
  let open = 0;

  function windowOf(credential: Credential, resource: Resource): Window {
    const window = getOrMake(windows, `${credential.bucket} ${resource}`, () => ({ startedAt: clock.now(), used: 0 }));
    if (clock.now() >= window.startedAt + hour) {
      window.startedAt = clock.now();
      window.used = 0;
    }
    return window;
  }

  function sliding(credential: Credential, name: string): Sliding {
    return getOrMake(slidings, `${credential.bucket} ${name}`, () => ({ entries: [], head: 0, sum: 0 }));
  }

  function secondary(credential: Credential, request: SecondaryCost): number | null {
    const now = clock.now();
    const points = sliding(credential, request.resource);
    if (sum(points, now - minute) + request.points > pointsPerMinute[request.resource]) return 60;
    if (request.contents > 0) {
      const lately = sliding(credential, "content minute");
      const hourly = sliding(credential, "content hour");
      if (sum(lately, now - minute) + request.contents > contentPerMinute) return 60;
      if (sum(hourly, now - hour) + request.contents > contentPerHour) {
        const oldest = hourly.entries[hourly.head]?.at ?? now;
        return Math.max(Math.ceil((oldest + hour - now) / 1_000), 60);
      }
      add(lately, now, request.contents);
      add(hourly, now, request.contents);
    }
    add(points, now, request.points);
    return null;
  }

  return {
    budget(credential, resource) {
      const window = windowOf(credential, resource);
      const limit = credential.limit;
      return {
        limit,
        used: Math.min(window.used, limit),
        remaining: Math.max(limit - window.used, 0),
        reset: Math.ceil((window.startedAt + hour) / 1_000),
      };
    },
    charge(credential, resource, points) {
      windowOf(credential, resource).used += points;
    },
    secondary,
    concurrency: {
      enter() {
        if (open >= maxConcurrent) return false;
        open += 1;
        return true;
      },
      leave() {
        open -= 1;
      },
    },
  };
}
