/** The GraphQL endpoint: a request body in, GitHub's kind of answer out. Errors of one field leave the others alone. */
import { execute, GraphQLError } from "graphql";
import type { ExecutionResult, GraphQLSchema } from "graphql";
import { GraphqlFailure } from "./graphql-context.ts";
import type { GraphqlContext } from "./graphql-context.ts";
import type { Cost } from "./graphql-cost.ts";
import { createDocuments } from "./graphql-documents.ts";
import type { Prepared } from "./graphql-documents.ts";
import { buildGithubSchema } from "./graphql-schema.ts";

export interface GraphqlRequest {
  readonly prepared: Prepared;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cost: Cost;
}

export type ReadRequest =
  | { readonly kind: "ready"; readonly request: GraphqlRequest }
  | { readonly kind: "refused"; readonly body: unknown };

export interface GraphqlEndpoint {
  /** Reads and checks a body. `refused` is the answer already; its HTTP status is 200. */
  read(body: unknown): ReadRequest;
  run(request: GraphqlRequest, context: GraphqlContext): Promise<unknown>;
}

/** GitHub refuses documents that may touch more. */
const nodesMost = 500_000;

let shared: GraphQLSchema | null = null;

function schemaOnce(): GraphQLSchema {
  shared ??= buildGithubSchema();
  return shared;
}

function formatted(error: GraphQLError): object {
  const { message, path, locations, originalError } = error;
  if (!(originalError instanceof GraphqlFailure)) {
    // A value that does not fit its variable or type; anything thrown by mistake must not look like GitHub's answer.
    if (originalError !== undefined && !(originalError instanceof GraphQLError)) throw originalError;
    return { message, ...(path === undefined ? {} : { path }), locations: locations ?? [] };
  }
  return { type: originalError.type, ...(path === undefined ? {} : { path }), locations: locations ?? [], message };
}

function answer(result: ExecutionResult): unknown {
  const { data, errors } = result;
  if (errors === undefined) return { data };
  return data === undefined ? { errors: errors.map(formatted) } : { data, errors: errors.map(formatted) };
}

function refused(errors: readonly object[]): ReadRequest {
  return { kind: "refused", body: { errors } };
}

/** Makes the endpoint. The schema is built once a process. */
export function createGraphqlEndpoint(): GraphqlEndpoint {
  const schema = schemaOnce();
  const documents = createDocuments(schema);
  return {
    read(body) {
      const { query, variables, operationName } = (typeof body === "object" && body !== null ? body : {}) as Record<
        string,
        unknown
      >;
      if (typeof query !== "string" || query.trim() === "") {
        return refused([{ message: "A query attribute must be specified and must be a string." }]);
      }
      const found = documents(query, typeof operationName === "string" ? operationName : null);
      if (found.kind === "invalid") return refused(found.errors);
      const { prepared } = found;
      const given = (typeof variables === "object" && variables !== null ? variables : {}) as Record<string, unknown>;
      const cost = prepared.cost(given);
      if (cost.nodes > nodesMost) {
        const message = `This query requests up to ${cost.nodes} possible nodes which exceeds the maximum limit of ${nodesMost}.`;
        return refused([{ type: "MAX_NODE_LIMIT_EXCEEDED", message }]);
      }
      return { kind: "ready", request: { prepared, variables: given, cost } };
    },
    async run({ prepared, variables }, contextValue) {
      const result = await execute({
        schema,
        document: prepared.document,
        contextValue,
        variableValues: variables,
        operationName: prepared.operation.name?.value ?? null,
      });
      return answer(result);
    },
  };
}
