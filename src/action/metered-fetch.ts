/** Counts what goes to GitHub on its way: requests, answers that cost nothing, and what is left of the hour. */
import type { Fetch } from "../ports/fetch.ts";
import type { ApiUsage, Quota } from "../views/run-summary.ts";

export interface MeteredFetch {
  readonly fetch: Fetch;
  usage(): ApiUsage;
}

/** A `fetch` that counts. Getting a token, and asking for the limits, is in no count of GitHub's either. */
export function meterFetch(fetch: Fetch): MeteredFetch {
  const counts = { rest: 0, notModified: 0, graphql: 0 };
  const left = new Map<string, Quota>();
  return {
    async fetch(input, init) {
      const response = await fetch(input, init);
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (/\/(?:access_tokens|installation|rate_limit)$/.test(pathname)) return response;
      if (pathname.endsWith("/graphql")) counts.graphql += 1;
      else if (response.status === 304) counts.notModified += 1;
      else counts.rest += 1;
      const bucket = response.headers.get("x-ratelimit-resource");
      const quota = readQuota(response.headers);
      if (bucket !== null && quota !== null) left.set(bucket, quota);
      return response;
    },
    usage: () => ({ ...counts, restLeft: left.get("core") ?? null, graphqlLeft: left.get("graphql") ?? null }),
  };
}

function readQuota(headers: Headers): Quota | null {
  const [left, limit] = ["x-ratelimit-remaining", "x-ratelimit-limit"].map((name) => headers.get(name));
  if (left === null || limit === null || left === undefined || limit === undefined) return null;
  return Number.isFinite(Number(left)) && Number.isFinite(Number(limit))
    ? { left: Number(left), limit: Number(limit) }
    : null;
}
