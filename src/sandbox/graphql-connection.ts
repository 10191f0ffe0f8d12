/** Connections: one page of a list with opaque cursors, and the bounds that GitHub insists on. */
import { GraphqlFailure } from "./graphql-context.ts";

export interface PageArgs {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

export interface Connection<Item> {
  readonly nodes: readonly Item[];
  readonly edges: () => readonly { readonly cursor: string; readonly node: Item }[];
  readonly pageInfo: () => {
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
  };
  readonly totalCount: number;
}

const most = 100;

function keyOf(item: unknown, index: number): string {
  const node = typeof item === "object" && item !== null && "node" in item ? item.node : undefined;
  return typeof node === "string" ? node : String(index);
}

function cursorOf(items: readonly unknown[], index: number): string {
  return Buffer.from(`cursor:v2:${index}:${keyOf(items[index], index)}`).toString("base64");
}

/** Where the item of a cursor is now; where it was, when it is gone. */
function indexOf(items: readonly unknown[], cursor: string, name: string): number {
  const match = /^cursor:v2:(\d+):(.*)$/s.exec(Buffer.from(cursor, "base64").toString("utf8"));
  const [, position, key] = match ?? [];
  if (position === undefined || key === undefined) {
    throw new GraphqlFailure("ARGUMENT_ERROR", `\`${cursor}\` does not appear to be a valid cursor of \`${name}\`.`);
  }
  const hint = Number(position);
  if (keyOf(items[hint], hint) === key) return hint;
  const found = items.findIndex((item, index) => keyOf(item, index) === key);
  return found === -1 ? hint - 1 : found;
}

function checkBounds(args: PageArgs, name: string): void {
  const { first, last } = args;
  if ((first ?? null) === null && (last ?? null) === null) {
    throw new GraphqlFailure(
      "MISSING_PAGINATION_BOUNDARIES",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  for (const [bound, value] of [
    ["first", first],
    ["last", last],
  ] as const) {
    if ((value ?? 0) > most) {
      throw new GraphqlFailure(
        "EXCESSIVE_PAGINATION",
        `Requesting ${value} records on the \`${name}\` connection exceeds the \`${bound}\` limit of ${most} records.`,
      );
    }
  }
}

/** One page of `items`. `name` is the field, for messages. Throws without bounds, or with too wide ones. */
export function connect<Item>(items: readonly Item[], args: PageArgs, name: string): Connection<Item> {
  checkBounds(args, name);
  let from = typeof args.after === "string" ? indexOf(items, args.after, name) + 1 : 0;
  let to = typeof args.before === "string" ? indexOf(items, args.before, name) : items.length;
  if (typeof args.first === "number") to = Math.min(to, from + args.first);
  if (typeof args.last === "number") from = Math.max(from, to - args.last);
  const nodes = items.slice(from, to);
  return {
    nodes,
    edges: () => nodes.map((node, index) => ({ cursor: cursorOf(items, from + index), node })),
    pageInfo: () => ({
      endCursor: nodes.length === 0 ? null : cursorOf(items, from + nodes.length - 1),
      hasNextPage: from + nodes.length < items.length,
      hasPreviousPage: from > 0,
      startCursor: nodes.length === 0 ? null : cursorOf(items, from),
    }),
    totalCount: items.length,
  };
}
