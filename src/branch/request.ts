/** What the branch store needs of GitHub: one GraphQL call and one REST call. The wiring brings them with its own token. */

export interface RestCall {
  readonly method: "GET" | "POST" | "PATCH";
  /** From the root of the API: `/repos/owner/name/git/refs`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Makes the call conditional: an answer of 304 costs nothing. */
  readonly etag?: string;
}

export interface RestAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly data: unknown;
}

/**
 * Both calls must settle in bounded time and must not repeat a request by themselves. They reject for every answer that
 * is not a success (and not 304), with an error that may carry `status`, `response.headers` and GraphQL's `errors`.
 */
export interface StateRequest {
  /** Resolves with the `data` of the answer. */
  graphql(query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
  rest(call: RestCall): Promise<RestAnswer>;
}
