/** GraphQL documents, parsed, validated and reckoned once each: a run sends the same few thousands of times. */
import { getOperationAST, GraphQLError, Kind, parse, validate } from "graphql";
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { costOf } from "./graphql-cost.ts";
import type { Cost } from "./graphql-cost.ts";

export interface Prepared {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Fields at the root of the operation, aliases counted one by one. */
  readonly rootFields: readonly string[];
  readonly cost: (variables: Readonly<Record<string, unknown>>) => Cost;
}

export type PreparedOrErrors =
  | { readonly kind: "ready"; readonly prepared: Prepared }
  | { readonly kind: "invalid"; readonly errors: readonly object[] };

const most = 500;

/** An unknown field in GitHub's words; other errors of validation as they are. */
function inGithubWords(error: GraphQLError): object {
  const locations = error.locations ?? [];
  const unknown = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  const [, fieldName, typeName] = unknown ?? [];
  if (fieldName === undefined || typeName === undefined) return { locations, message: error.message };
  return {
    path: pathOf(error),
    extensions: { code: "undefinedField", typeName, fieldName },
    locations,
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
  };
}

function pathOf(error: GraphQLError): readonly string[] {
  const node = error.nodes?.[0];
  return node?.kind === Kind.FIELD ? ["query", node.name.value] : ["query"];
}

function prepare(schema: GraphQLSchema, query: string, operationName: string | null): PreparedOrErrors {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const errors = [{ message: `Parse error: ${error.message}`, locations: error.locations ?? [] }];
    return { kind: "invalid", errors };
  }
  const problems = validate(schema, document);
  if (problems.length > 0) return { kind: "invalid", errors: problems.map(inGithubWords) };
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    const message = operationName === null ? "An operation name is required" : `No operation named "${operationName}"`;
    return { kind: "invalid", errors: [{ message }] };
  }
  const rootFields = operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
  return { kind: "ready", prepared: { document, operation, rootFields, cost: costOf(schema, document, operation) } };
}

/** A cache of prepared documents; the oldest go when it is full. */
export function createDocuments(
  schema: GraphQLSchema,
): (query: string, operationName: string | null) => PreparedOrErrors {
  const known = new Map<string, PreparedOrErrors>();
  return (query, operationName) => {
    const key = operationName === null ? query : `${operationName} ${query}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = prepare(schema, query, operationName);
    known.set(key, made);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return made;
  };
}
