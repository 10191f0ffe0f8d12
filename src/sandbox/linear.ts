/**
 * The embedded Linear: its GraphQL endpoint with keys, limits and errors as Linear answers them, over what `linear-store.ts` remembers.
 * Written from Linear's documentation and its published SDK, never from our adapter.
 */
import { buildSchema, execute, GraphQLError, parse, validate } from "graphql";
import type { DocumentNode, ExecutionResult, GraphQLSchema } from "graphql";
import type { Clock } from "../ports/clock.ts";
import { complexityOf } from "./linear-complexity.ts";
import { linearFailures, type Refusal } from "./linear-errors.ts";
import { createLinearLimits } from "./linear-limits.ts";
import { linearRoot } from "./linear-root.ts";
import { linearSchema } from "./linear-schema.ts";
import { createLinearStore, type LinearStore } from "./linear-store.ts";

/** A single query that costs more is refused, whatever is left. */
const complexityMax = 10_000;

export interface LinearOptions {
  readonly clock: Clock;
  /** Keys that are let in, with the user of each: personal API keys (`lin_api_…`), and OAuth tokens. */
  readonly users: Readonly<Record<string, string>>;
  readonly requestsPerHour?: number;
  readonly complexityPerHour?: number;
}

export interface Linear {
  readonly store: LinearStore;
  /** Requests that were answered, by the name of their first field. */
  readonly asked: readonly string[];
  /** Rejects never. */
  handle(request: Request): Promise<Response>;
}

let shared: GraphQLSchema | null = null;

function schemaOnce(): GraphQLSchema {
  shared ??= buildSchema(linearSchema, { assumeValid: true, assumeValidSDL: true });
  return shared;
}

/** A Linear without an issue. */
export function createLinear(options: LinearOptions): Linear {
  const { clock } = options;
  const schema = schemaOnce();
  const store = createLinearStore({ clock });
  const { requestsPerHour = 5_000, complexityPerHour = 250_000 } = options;
  const limits = createLinearLimits({ clock, requestsPerHour, complexityPerHour });
  const asked: string[] = [];

  async function answer(request: Request): Promise<Response> {
    const caller = callerOf(request.headers.get("authorization") ?? "", options.users);
    if (typeof caller !== "string") return toResponse(caller, limits.headers(0));
    const { query, variables } = readBody(await request.text());
    const document = prepare(schema, query);
    if ("status" in document) return toResponse(document, limits.headers(0));
    const complexity = complexityOf(schema, document, variables);
    if (complexity > complexityMax)
      return toResponse(linearFailures.tooComplex(complexity), limits.headers(complexity));
    if (!limits.take(complexity)) return toResponse(linearFailures.limited, limits.headers(complexity));
    const result = await execute({
      schema,
      document,
      rootValue: linearRoot({ store, user: caller, note: (field) => asked.push(field) }),
      variableValues: variables,
    });
    return new Response(JSON.stringify(toBody(result)), {
      status: 200,
      headers: toHeaders(limits.headers(complexity)),
    });
  }

  return { store, asked, handle: answer };
}

/** The user of the key; a personal key must not come as a bearer, a token must. */
function callerOf(authorization: string, users: LinearOptions["users"]): string | Refusal {
  const isBearer = authorization.startsWith("Bearer ");
  const key = isBearer ? authorization.slice("Bearer ".length) : authorization;
  if (isBearer && key.startsWith("lin_api_")) return linearFailures.bearer;
  const user = isBearer === !key.startsWith("lin_api_") && Object.hasOwn(users, key) ? users[key] : undefined;
  return user ?? linearFailures.unauthenticated;
}

function readBody(text: string): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } {
  try {
    const body = JSON.parse(text) as { readonly query?: unknown; readonly variables?: unknown } | null;
    const { query, variables } = body ?? {};
    const given = typeof variables === "object" && variables !== null ? variables : {};
    return { query: typeof query === "string" ? query : "", variables: given as Readonly<Record<string, unknown>> };
  } catch {
    // What is not JSON holds no query, and is refused for that.
    return { query: "", variables: {} };
  }
}

function prepare(schema: GraphQLSchema, query: string): DocumentNode | Refusal {
  try {
    const document = parse(query);
    const [problem] = validate(schema, document);
    return problem === undefined ? document : linearFailures.invalid(problem.message);
  } catch (error) {
    if (error instanceof GraphQLError) return linearFailures.invalid(error.message);
    throw error;
  }
}

/** Every field that fails here is one that must not be null, so nothing else is answered beside an error. */
function toBody({ data, errors }: ExecutionResult): unknown {
  if (errors === undefined) return { data };
  return {
    errors: errors.map(({ message, path, originalError, extensions }) => {
      // A value that does not fit its type; anything thrown by mistake must not look like Linear's answer.
      if (originalError !== undefined && !(originalError instanceof GraphQLError)) throw originalError;
      return { message, ...(path === undefined ? {} : { path }), extensions };
    }),
    data: null,
  };
}

function toResponse({ status, error }: Refusal, headers: Readonly<Record<string, string>>): Response {
  return new Response(JSON.stringify({ errors: [error] }), { status, headers: toHeaders(headers) });
}

function toHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { "content-type": "application/json; charset=utf-8", ...headers };
}
