/** Turns an Octokit, known by its shape only, into the two calls of the branch store. */
import type { RestAnswer, RestCall, StateRequest } from "./request.ts";

interface OctokitAnswer {
  readonly status: number;
  readonly headers: { readonly etag?: string | undefined };
  readonly data: unknown;
}

export interface OctokitShape {
  graphql(query: string, options: Record<string, unknown>): Promise<unknown>;
  request(route: string, options: Record<string, unknown>): Promise<OctokitAnswer>;
}

/** A repeated compare-and-swap would be answered with a conflict although the first one landed: never repeat. */
const once = { retries: 0 };

function isNotModified(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === 304;
}

/**
 * The calls of the branch store over `octokit`. Use one without Probot's throttle: the store paces itself. Rejects as
 * Octokit does, except for 304, which is an answer here.
 */
export function toRequest(octokit: OctokitShape): StateRequest {
  async function rest(call: RestCall): Promise<RestAnswer> {
    const headers = call.etag === undefined ? {} : { "if-none-match": call.etag };
    try {
      const answer = await octokit.request(`${call.method} ${call.path}`, { ...call.body, headers, request: once });
      return { status: answer.status, etag: answer.headers.etag ?? null, data: answer.data };
    } catch (error) {
      if (isNotModified(error)) return { status: 304, etag: call.etag ?? null, data: null };
      throw error;
    }
  }
  return {
    graphql: (query, variables) => octokit.graphql(query, { ...variables, request: once }),
    rest,
  };
}
