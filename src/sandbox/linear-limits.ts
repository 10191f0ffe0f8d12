/** The limits of Linear's API by the world's clock: two buckets, of requests and of complexity, that fill again steadily. */
import type { Clock } from "../ports/clock.ts";

const hourMs = 60 * 60_000;

export interface LinearLimitsOptions {
  readonly clock: Clock;
  readonly requestsPerHour: number;
  readonly complexityPerHour: number;
}

export interface LinearLimits {
  /** Takes one request of this complexity; false: a bucket is empty, and nothing was taken. */
  take(complexity: number): boolean;
  /** As they stand, with the cost of this request. Resets are epoch milliseconds. */
  headers(complexity: number): Readonly<Record<string, string>>;
}

interface Bucket {
  readonly limit: number;
  left: number;
  at: number;
}

export function createLinearLimits({ clock, requestsPerHour, complexityPerHour }: LinearLimitsOptions): LinearLimits {
  const requests: Bucket = { limit: requestsPerHour, left: requestsPerHour, at: clock.now() };
  const complexities: Bucket = { limit: complexityPerHour, left: complexityPerHour, at: clock.now() };

  function fill(bucket: Bucket): void {
    const now = clock.now();
    bucket.left = Math.min(bucket.limit, bucket.left + ((now - bucket.at) * bucket.limit) / hourMs);
    bucket.at = now;
  }

  function describe(name: string, bucket: Bucket): Readonly<Record<string, string>> {
    const fullAt = bucket.at + ((bucket.limit - bucket.left) * hourMs) / bucket.limit;
    return {
      [`x-ratelimit-${name}-limit`]: String(bucket.limit),
      [`x-ratelimit-${name}-remaining`]: String(Math.floor(bucket.left)),
      [`x-ratelimit-${name}-reset`]: String(Math.ceil(fullAt)),
    };
  }

  return {
    take(complexity) {
      fill(requests);
      fill(complexities);
      if (requests.left < 1 || complexities.left < complexity) return false;
      requests.left -= 1;
      complexities.left -= complexity;
      return true;
    },
    headers: (complexity) => ({
      "x-complexity": String(complexity),
      ...describe("requests", requests),
      ...describe("complexity", complexities),
    }),
  };
}
