/**
 * What a GraphQL document costs, by its declared shape: each connection is one request for every parent that it may have;
 * the sum is divided by 100. The shape is worked out once a document, the numbers once a request.
 */
import { getNamedType, GraphQLObjectType, isCompositeType, Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";

type Amount = number | { readonly variable: string };

interface Shape {
  /** How many there may be for each parent; null: not a list. */
  readonly amount: Amount | null;
  readonly isConnection: boolean;
  readonly below: readonly Shape[];
}

export interface Cost {
  readonly points: number;
  readonly nodes: number;
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

function amountOf(field: FieldNode): Amount {
  for (const argument of field.arguments ?? []) {
    const name = argument.name.value;
    const { value } = argument;
    if (name === "first" || name === "last") {
      if (value.kind === Kind.INT) return Number(value.value);
      if (value.kind === Kind.VARIABLE) return { variable: value.name.value };
    }
    if (name === "ids") {
      if (value.kind === Kind.LIST) return value.values.length;
      if (value.kind === Kind.VARIABLE) return { variable: value.name.value };
    }
  }
  return 1;
}

function shapesOf(set: SelectionSetNode | undefined, parent: GraphQLCompositeType, walk: Walk): readonly Shape[] {
  return (set?.selections ?? []).flatMap((selection): readonly Shape[] => {
    if (selection.kind === Kind.FIELD) return shapeOfField(selection, parent, walk);
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
    const condition = fragment?.typeCondition?.name.value;
    const type = condition === undefined ? parent : walk.schema.getType(condition);
    return isCompositeType(type) ? shapesOf(fragment?.selectionSet, type, walk) : [];
  });
}

function shapeOfField(field: FieldNode, parent: GraphQLCompositeType, walk: Walk): readonly Shape[] {
  const definition = "getFields" in parent ? parent.getFields()[field.name.value] : undefined;
  if (definition === undefined) return [];
  const type = getNamedType(definition.type);
  if (!isCompositeType(type)) return [];
  const below = shapesOf(field.selectionSet, type, walk);
  const isConnection = type instanceof GraphQLObjectType && type.name.endsWith("Connection");
  if (isConnection) return [{ amount: amountOf(field), isConnection, below }];
  if (field.name.value === "nodes" && parent.name === "Query")
    return [{ amount: amountOf(field), isConnection, below }];
  return below;
}

function valueOf(amount: Amount | null, variables: Readonly<Record<string, unknown>>): number {
  if (amount === null) return 1;
  if (typeof amount === "number") return amount;
  const value = variables[amount.variable];
  if (Array.isArray(value)) return value.length;
  return typeof value === "number" ? value : 1;
}

interface Sum {
  requests: number;
  nodes: number;
  readonly variables: Readonly<Record<string, unknown>>;
}

function add(shapes: readonly Shape[], parents: number, sum: Sum): void {
  for (const shape of shapes) {
    const amount = valueOf(shape.amount, sum.variables);
    if (shape.isConnection) {
      sum.requests += parents;
      sum.nodes += parents * amount;
    }
    add(shape.below, parents * amount, sum);
  }
}

/** Prepares the reckoning of one operation. The result takes the variables and gives points and nodes. */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (variables: Readonly<Record<string, unknown>>) => Cost {
  const root = schema.getRootType(operation.operation);
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const shapes = root ? shapesOf(operation.selectionSet, root, { schema, fragments }) : [];
  return (variables) => {
    const sum: Sum = { requests: 0, nodes: 0, variables };
    add(shapes, 1, sum);
    return { points: Math.max(1, Math.round(sum.requests / 100)), nodes: sum.nodes };
  };
}
