/** How the embedded Linear says no: the errors that its API is known to answer with. */
import { GraphQLError } from "graphql";

export interface Refusal {
  readonly status: number;
  readonly error: object;
}

interface Words {
  readonly message: string;
  /** As the SDK knows it: `invalid input`. */
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly people: string;
}

function extensionsOf({ type, code, status, people }: Words): Readonly<Record<string, unknown>> {
  return { type, code, statusCode: status, userError: true, userPresentableMessage: people };
}

function refusal(words: Words): Refusal {
  return { status: words.status, error: { message: words.message, extensions: extensionsOf(words) } };
}

/** Requests that are refused as a whole. */
export const linearFailures = {
  unauthenticated: refusal({
    message: "Authentication required, not authenticated",
    type: "authentication error",
    code: "AUTHENTICATION_ERROR",
    status: 401,
    people: "You need to authenticate to access this operation.",
  }),
  bearer: refusal({
    message: "Authentication failed",
    type: "authentication error",
    code: "AUTHENTICATION_ERROR",
    status: 400,
    people: "An API key goes into the header without Bearer.",
  }),
  limited: refusal({
    message: "Rate limit exceeded",
    type: "ratelimited",
    code: "RATELIMITED",
    status: 400,
    people: "Rate limit exceeded. Please try again later.",
  }),
  invalid: (message: string): Refusal =>
    refusal({ message, type: "graphql error", code: "GRAPHQL_VALIDATION_FAILED", status: 400, people: message }),
  tooComplex: (complexity: number): Refusal =>
    refusal({
      message: "Query too complex",
      type: "invalid input",
      code: "INPUT_ERROR",
      status: 400,
      people: `The query has a complexity of ${complexity}.`,
    }),
} as const;

function failure(words: Words): GraphQLError {
  return new GraphQLError(words.message, { extensions: { ...extensionsOf(words) } });
}

/** Fields that are refused: Linear answers them with 200. */
export const refuse = {
  missing: (entity: string): GraphQLError =>
    failure({
      message: `Entity not found: ${entity}`,
      type: "invalid input",
      code: "INPUT_ERROR",
      status: 400,
      people: `Could not find referenced ${entity}.`,
    }),
  taken: (entity: string, id: string): GraphQLError =>
    failure({
      message: `conflict on insert of ${entity}`,
      type: "invalid input",
      code: "INPUT_ERROR",
      status: 400,
      people: `Entity ${entity} with id ${id} already exists.`,
    }),
  argument: (people: string): GraphQLError =>
    failure({
      message: "Argument Validation Error",
      type: "invalid input",
      code: "INVALID_INPUT",
      status: 400,
      people,
    }),
  forbidden: (people: string): GraphQLError =>
    failure({ message: "Access denied", type: "forbidden", code: "FORBIDDEN", status: 403, people }),
} as const;
