/**
 * The JSON Schema of the configuration, made from the zod schema. Editors complete and check with it, and the
 * sentences about what may be written come from the same place, so that neither can differ from what is accepted.
 */
import { z } from "zod";
import { Config, defaultConfig } from "../model/config.ts";
import { AgentConfig } from "../model/config-agent.ts";
import { Duration } from "../model/config-duration.ts";
import type { PathPart } from "./problem.ts";

/** The part of JSON Schema that zod writes for this configuration. */
export interface SchemaNode {
  type?: string | readonly string[];
  description?: string;
  default?: unknown;
  const?: string | number | boolean;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  properties?: Record<string, SchemaNode>;
  additionalProperties?: boolean | SchemaNode;
  propertyNames?: SchemaNode;
  anyOf?: readonly SchemaNode[];
  items?: SchemaNode;
  /** How short or long a duration may be; put into the description, where editors show it. */
  range?: string;
}

const durationDescription = Duration.description ?? "";
const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** Milliseconds as a person writes them in the file: the longest unit that divides them. */
export function toDurationText(ms: number): string {
  const unit = units.find(([, size]) => ms >= size && ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}

function isDuration(node: SchemaNode): boolean {
  return Array.isArray(node.type) && node.type.includes("string") && node.type.includes("number");
}

/**
 * Zod leaves defaults out where parsing changes the type, and shows `{}` where a whole section may be missing. Both
 * are filled from the parsed default, so that editors and docs show what an empty file means.
 */
function fillDefaults(node: SchemaNode, value: unknown): void {
  if (value === undefined) return;
  if (node.properties !== undefined) {
    delete node.default;
    for (const [key, child] of Object.entries(node.properties)) fillDefaults(child, pick(value, key));
  } else if (isDuration(node)) {
    node.default = toDurationText(Number(value));
  } else if (typeof node.additionalProperties === "object" && isDuration(node.additionalProperties)) {
    const scale = value as Readonly<Record<string, number>>;
    node.default = Object.fromEntries(Object.entries(scale).map(([key, ms]) => [key, toDurationText(ms)]));
  } else {
    node.default = value;
  }
}

function pick(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** Safe-integer bounds say nothing to a person. */
function tidy(node: SchemaNode): void {
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
}

/** A duration says what it looks like, and how short or long it may be. */
function describeDurations(node: SchemaNode): void {
  if (isDuration(node)) {
    const own = node.description === durationDescription ? [] : [node.description ?? ""];
    const range = node.range === undefined ? [] : [`${upperFirst(node.range)}.`];
    node.description = [...own, durationDescription, ...range].filter((sentence) => sentence !== "").join(" ");
    delete node.range;
  }
  const { additionalProperties: values } = node;
  const children = [
    ...Object.values(node.properties ?? {}),
    node.items,
    typeof values === "object" ? values : undefined,
  ];
  for (const child of children) if (child !== undefined) describeDurations(child);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function createSchema(): SchemaNode {
  const schema = z.toJSONSchema(Config, {
    io: "input",
    override: ({ jsonSchema }) => tidy(jsonSchema as SchemaNode),
  }) as SchemaNode;
  describeDurations(schema);
  fillDefaults(schema, defaultConfig);
  const agent = schema.properties?.["agents"]?.items;
  if (agent !== undefined) {
    const example = AgentConfig.parse({ id: "example", type: "jules" });
    fillDefaults(agent, { ...example, id: undefined, type: undefined });
  }
  return schema;
}

/** What may be written, as editors read it. */
export const configSchema: Readonly<SchemaNode> = createSchema();

/** The text of docs/orchestrate.schema.json. */
export function renderConfigSchema(): string {
  const title = "Orchestrate configuration (.github/orchestrate.yml)";
  return `${JSON.stringify({ title, ...configSchema }, null, 2)}\n`;
}

/** The node that describes the value at `path`, or null where the configuration, or another `root`, knows no such place. */
export function schemaAt(
  path: readonly PathPart[],
  root: Readonly<SchemaNode> = configSchema,
): Readonly<SchemaNode> | null {
  let node: SchemaNode | null = root;
  for (const part of path) {
    if (node === null) return null;
    node = childOf(withoutNull(node), part);
  }
  return node === null ? null : withoutNull(node);
}

/** What may be empty beside one shape is described by that shape. */
function withoutNull(node: Readonly<SchemaNode>): Readonly<SchemaNode> {
  const shapes = (node.anyOf ?? []).filter(({ type }) => type !== "null");
  return shapes.length === 1 ? (shapes[0] ?? node) : node;
}

function childOf(node: Readonly<SchemaNode>, part: PathPart): SchemaNode | null {
  if (typeof part === "number") return node.items ?? null;
  if (node.properties !== undefined && Object.hasOwn(node.properties, part)) return node.properties[part] ?? null;
  return typeof node.additionalProperties === "object" ? node.additionalProperties : null;
}

/** The keys that may stand in the mapping at `path`. */
export function knownKeys(path: readonly PathPart[], root: Readonly<SchemaNode> = configSchema): readonly string[] {
  const node = schemaAt(path, root);
  return Object.keys(node?.properties ?? {}).concat(node?.propertyNames?.enum ?? []);
}

/** What a person should write at a place that this node describes: `write a whole number from 1 to 1000`. */
export function describeWish(node: Readonly<SchemaNode>): string {
  if (node.enum !== undefined) return `write one of ${node.enum.join(", ")}`;
  if (node.const !== undefined) return `write ${node.const}`;
  if (isDuration(node)) return "write a duration such as 90s, 5m, 2h or 7d; a bare number is minutes";
  switch (node.type) {
    case "integer":
      return `write a whole number${describeRange(node.minimum, node.maximum)}`;
    case "number":
      return `write a number${describeRange(node.minimum, node.maximum)}`;
    case "string":
      return `write a text${describeCount("character", node.minLength, node.maxLength)}`;
    case "boolean":
      return "write true or false";
    case "array":
      return `write a list${describeCount("entr", node.minItems, node.maxItems)}`;
    default:
      return describeMapping(node);
  }
}

function describeMapping(node: Readonly<SchemaNode>): string {
  const keys = Object.keys(node.properties ?? {});
  return keys.length === 0 ? "write a mapping of keys to values" : `write a mapping with ${keys.join(", ")}`;
}

function describeRange(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

function describeCount(noun: "character" | "entr", minimum: number | undefined, maximum: number | undefined): string {
  const toWord = (count: number): string =>
    noun === "entr" ? (count === 1 ? "entry" : "entries") : plural(noun, count);
  if (minimum !== undefined && maximum !== undefined) return ` of ${minimum} to ${maximum} ${toWord(maximum)}`;
  if (minimum !== undefined) return ` of at least ${minimum} ${toWord(minimum)}`;
  return maximum === undefined ? "" : ` of at most ${maximum} ${toWord(maximum)}`;
}

function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}
