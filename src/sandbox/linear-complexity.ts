/** What a document costs at Linear: a tenth a property, one an object, times the page size of each list that it is in. */
import { getNamedType, isCompositeType, Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLSchema,
  SelectionSetNode,
} from "graphql";

const pageDefault = 50;

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The complexity of the first operation, rounded up. */
export function complexityOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const root = operation === undefined ? null : schema.getRootType(operation.operation);
  if (operation === undefined || !root) return 0;
  return Math.ceil(costOf(operation.selectionSet, root, { schema, fragments, variables }));
}

function costOf(set: SelectionSetNode, parent: GraphQLCompositeType, walk: Walk): number {
  let cost = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) cost += costOfField(selection, parent, walk);
    else {
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
      const type = walk.schema.getType(fragment?.typeCondition?.name.value ?? parent.name);
      if (fragment !== undefined && isCompositeType(type)) cost += costOf(fragment.selectionSet, type, walk);
    }
  }
  return cost;
}

function costOfField(field: FieldNode, parent: GraphQLCompositeType, walk: Walk): number {
  const definition = "getFields" in parent ? parent.getFields()[field.name.value] : undefined;
  const type = definition === undefined ? undefined : getNamedType(definition.type);
  if (field.selectionSet === undefined || !isCompositeType(type)) return 0.1;
  const below = costOf(field.selectionSet, type, walk);
  return type.name.endsWith("Connection") ? 1 + pageSize(field, walk.variables) * below : 1 + below;
}

function pageSize(field: FieldNode, variables: Walk["variables"]): number {
  for (const { name, value } of field.arguments ?? []) {
    if (name.value !== "first" && name.value !== "last") continue;
    if (value.kind === Kind.INT) return Number(value.value);
    const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : null;
    if (typeof given === "number") return given;
  }
  return pageDefault;
}
