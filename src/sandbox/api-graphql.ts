/** GraphQL over HTTP: limits, points and counts around the endpoint. */
import type { Counts } from "./api-counts.ts";
import type { Credential } from "./api-credentials.ts";
import type { Limits } from "./api-limits.ts";
import { ApiProblem } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Git } from "./git-types.ts";
import { createGraphqlEndpoint } from "./graphql-endpoint.ts";
import type { GraphqlRequest } from "./graphql-endpoint.ts";
import type { GraphqlContext } from "./graphql-context.ts";
import type { IssueEventRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import type { Acts } from "./world-acts.ts";

interface Parts {
  readonly state: RepositoryState;
  readonly acts: Acts;
  readonly git: Git;
  readonly limits: Limits;
  readonly counts: Counts;
  readonly eventsOf: (issue: number) => readonly IssueEventRecord[];
}

/** Answers one GraphQL request. */
export type AnswerGraphql = (credential: Credential, body: unknown) => Promise<Reply>;

const contentFields = new Set(["addComment", "createIssue", "createPullRequest"]);

function contentsOf({ prepared }: GraphqlRequest): number {
  if (prepared.operation.operation !== "mutation") return 0;
  return prepared.rootFields.filter((name) => contentFields.has(name)).length;
}

function errorsOf(body: unknown): number {
  const errors = typeof body === "object" && body !== null && "errors" in body ? body.errors : [];
  return Array.isArray(errors) ? errors.length : 0;
}

/** The refusal of a secondary limit, as both APIs give it. */
export function tooMuch(retryAfter: number): ApiProblem {
  const message =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service.";
  return new ApiProblem(403, message, { headers: { "retry-after": String(retryAfter) } });
}

/** Makes the door. */
export function createGraphqlDoor(parts: Parts): AnswerGraphql {
  const endpoint = createGraphqlEndpoint();
  const { counts, limits } = parts;

  function contextOf(credential: Credential, request: GraphqlRequest): GraphqlContext {
    const { state, acts, git, eventsOf } = parts;
    return {
      state,
      acts,
      git,
      eventsOf,
      credential,
      actor: { user: credential.actor, viaApp: credential.viaApp },
      budget: () => limits.budget(credential, "graphql"),
      cost: request.cost,
      stateBranch: { tries: 0, commits: 0 },
    };
  }

  function count(request: GraphqlRequest, context: GraphqlContext, body: unknown): void {
    const { counters } = counts;
    counters.graphqlPoints += request.cost.points;
    if (request.prepared.operation.operation !== "mutation") return;
    counters.stateCommits += context.stateBranch.commits;
    if (request.prepared.rootFields.length > context.stateBranch.tries) counters.mutations += 1;
    counters.contentCreations += Math.max(contentsOf(request) - errorsOf(body), 0);
  }

  return async (credential, body) => {
    if (limits.budget(credential, "graphql").remaining <= 0) {
      const message = `API rate limit exceeded for ${credential.name}.`;
      return { status: 200, body: { errors: [{ type: "RATE_LIMITED", message }] } };
    }
    const read = endpoint.read(body);
    const isMutation = read.kind === "ready" && read.request.prepared.operation.operation === "mutation";
    const contents = read.kind === "ready" ? contentsOf(read.request) : 0;
    const wait = limits.secondary(credential, { resource: "graphql", points: isMutation ? 5 : 1, contents });
    if (wait !== null) throw tooMuch(wait);
    if (read.kind === "refused") {
      limits.charge(credential, "graphql", 1);
      return { status: 200, body: read.body };
    }
    const { request } = read;
    limits.charge(credential, "graphql", request.cost.points);
    const context = contextOf(credential, request);
    const answer = await endpoint.run(request, context);
    count(request, context, answer);
    return { status: 200, body: answer };
  };
}
