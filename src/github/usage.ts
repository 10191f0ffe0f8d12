/** What a process asks of GitHub: requests, and the points of the two hourly budgets. */

/** The part of an Octokit that every request passes. */
export interface MeteredOctokit {
  readonly hook: {
    wrap(
      name: "request",
      around: (request: (options: { url: string }) => unknown, options: { url: string }) => unknown,
    ): void;
  };
}

export interface Usage {
  readonly requests: number;
  /** Points of the hourly budgets: an answer that nothing changed is free, a GraphQL request is one unless GitHub says more. */
  readonly restPoints: number;
  readonly graphqlPoints: number;
}

/** Counts from now on; the function tells what was counted. */
export function meter(octokit: MeteredOctokit): () => Usage {
  const usage = { requests: 0, restPoints: 0, graphqlPoints: 0 };
  octokit.hook.wrap("request", async (request, options) => {
    usage.requests += 1;
    if (options.url.endsWith("/graphql")) usage.graphqlPoints += 1;
    else usage.restPoints += 1;
    try {
      return await request(options);
    } catch (error) {
      if (isUnchanged(error)) usage.restPoints -= 1;
      throw error;
    }
  });
  return () => ({ ...usage });
}

function isUnchanged(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === 304;
}
