/** Holds what routes answer against what they say that they answer: the description that programs read must be true. */
import { z } from "zod";

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: object } };
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}

/** What an answer in JSON was to. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Throws unless an answer in JSON is all that the document says of it, and nothing more. */
export function assertDescribed(document: unknown, asked: Asked, answer: unknown): void {
  if (answer === null) return;
  const schema = findSchema(document as Described, asked);
  const problems = schema === null ? ["nothing is said of it"] : problemsWith(schema, answer);
  if (problems.length === 0) return;
  throw new Error(`${asked.method} ${asked.path} does not answer as /openapi.json says: ${problems.join("; ")}`);
}

/** The schema that the document gives for an answer; null where it tells of none such. */
function findSchema({ paths, components }: Described, asked: Asked): object | null {
  if (asked.status >= 400) return components.schemas.Problem;
  const path = asked.path.split("?", 1)[0] ?? "";
  const template = Object.keys(paths).find((each) => patternOf(each).test(path));
  const operation = paths[template ?? ""]?.[asked.method.toLowerCase()];
  return operation?.responses[String(asked.status)]?.content?.["application/json"]?.schema ?? null;
}

function patternOf(template: string): RegExp {
  const source = template.replaceAll(".", String.raw`\.`).replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${source}$`);
}

/** What is wrong with `answer`, and what of it the schema does not tell: `[]` when all of it is described, and so. */
export function problemsWith(schema: object, answer: unknown): readonly string[] {
  const read = z.fromJSONSchema(closed(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(answer);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** The same, but for objects that say what is in them: nothing else may be in those. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const own = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isListed = "properties" in own && !("additionalProperties" in own);
  return isListed ? { ...own, additionalProperties: false } : own;
}
