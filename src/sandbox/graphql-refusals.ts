/** Refusals of the world's acts as GraphQL errors. */
import { GraphqlFailure } from "./graphql-context.ts";
import type { FailureType } from "./graphql-context.ts";
import { ActRefusal } from "./world-acts.ts";
import type { RefusalStatus } from "./world-acts.ts";

const types: Readonly<Record<RefusalStatus, FailureType>> = {
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "UNPROCESSABLE",
  409: "STALE_DATA",
  410: "NOT_FOUND",
  422: "UNPROCESSABLE",
};

/** An act's refusal as GitHub's GraphQL says it; anything else as it is. */
export function toFailure(error: unknown): unknown {
  return error instanceof ActRefusal ? new GraphqlFailure(types[error.status], error.message, { cause: error }) : error;
}

/** Runs acts; their refusals come out as GraphQL errors. */
export function asGraphql<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw toFailure(error);
  }
}

/** The same for acts that take time. */
export async function asGraphqlLater<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw toFailure(error);
  }
}
