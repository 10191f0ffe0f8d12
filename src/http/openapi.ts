/** GET /openapi.json: every route, described for programs from the very data that the routes are. */
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { eventStreamType } from "./event-stream.ts";
import type { ProblemStatus } from "./problem.ts";
import type { Route, SuccessStatus } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

/** The part of JSON Schema that is looked into here. */
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
}

const Output = z.looseObject({
  openapi: z.string().regex(/^3\.1\./),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
  components: z.looseObject({}),
});

/** The route that describes `others` and itself. It is the same document for every caller, and holds no secret. */
export function openapi(others: readonly Route[]): Route {
  let known: Json | null = null;
  const route: Route = {
    method: "GET",
    path: "/openapi.json",
    access: "anybody",
    summary: "This description of the routes, OpenAPI 3.1",
    input: z.object({}),
    output: Output,
    answer: () => (known ??= describe([...others, route])),
  };
  return route;
}

function describe(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = toOperation(route);
  return {
    openapi: "3.1.1",
    info: {
      title: "Orchestrate",
      version: "1",
      description: "The HTTP routes of the App. docs/http.md says more of each.",
    },
    paths,
    components: { securitySchemes, schemas: { Problem: problemSchema }, responses: problems },
  };
}

function toOperation(route: Route): Json {
  const { summary, access, statuses = [200] } = route;
  const input = toSchema(route.input) as ObjectSchema;
  const parameters = [...placesOf(route), ...(hasBody(route) ? [] : queryOf(input)), ...headersOf(route)];
  return {
    operationId: operationIdOf(route),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody(route) && { requestBody: { required: true, content: { "application/json": { schema: input } } } }),
    responses: { ...successesOf(route, statuses), ...problemsOf(route, input) },
    security: security[access],
  };
}

function successesOf(route: Route, statuses: readonly SuccessStatus[]): Json {
  const answer = { description: `${route.summary}.`, content: contentOf(route) };
  return Object.fromEntries(statuses.map((status) => [status, answer]));
}

function hasBody({ method }: Route): boolean {
  return method === "POST" || method === "PATCH";
}

/** `getOrchestratorTasksIdHistory`: the names of what programs make from the description, so they stay. */
function operationIdOf({ method, path }: Route): string {
  const words = path.split(/[^a-z]+/i).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

function placesOf({ path }: Route): readonly Json[] {
  return [...path.matchAll(/\{(?<name>\w+)\}/g)].map(({ groups }) => {
    return { name: groups?.["name"], in: "path", required: true, schema: { type: "string" } };
  });
}

function queryOf({ properties = {}, required = [] }: ObjectSchema): readonly Json[] {
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema;
    return {
      name,
      in: "query",
      ...(description !== undefined && { description }),
      required: required.includes(name),
      schema: rest,
    };
  });
}

function headersOf({ method, isLive }: Route): readonly Json[] {
  if (isLive) return [header("Last-Event-ID", "The version of the last entry that the reader has.", "^[0-9]{1,15}$")];
  if (method === "GET") return [];
  return [header("Idempotency-Key", "What was decided with it is not decided again.", "^[!-~]{1,128}$")];
}

function header(name: string, description: string, pattern: string): Json {
  return { name, in: "header", description, required: false, schema: { type: "string", pattern } };
}

function contentOf({ mediaType = "application/json", output, isLive }: Route): Json {
  const answer = { [mediaType]: { schema: toSchema(output) } };
  return isLive ? { ...answer, [eventStreamType]: { schema: { type: "string" } } } : answer;
}

/** What may go wrong follows from what is asked for, and of whom; `default` is everything else. */
function problemsOf(route: Route, { properties = {} }: ObjectSchema): Json {
  const { path, access } = route;
  const hasInput = Object.keys(properties).length > 0;
  const isReport = access === "reporter";
  const found: readonly (ProblemStatus | false)[] = [
    hasInput && 400,
    access !== "anybody" && 401,
    isReport && 403,
    ("repository" in properties || path.includes("{")) && 404,
    route.method !== "GET" && 409,
    hasBody(route) && 413,
    hasBody(route) && 415,
    isReport && 429,
    "repository" in properties && 503,
  ];
  const named = found.filter((status) => status !== false).map((status) => [status, refTo(status)] as const);
  return { ...Object.fromEntries(named), default: { $ref: "#/components/responses/Problem" } };
}

function refTo(status: ProblemStatus): Json {
  return { $ref: `#/components/responses/${nameOf(status)}` };
}

function nameOf(status: ProblemStatus): string {
  return (STATUS_CODES[status] ?? "").replaceAll(/[^A-Za-z]/g, "");
}

const described: readonly ProblemStatus[] = [400, 401, 403, 404, 409, 413, 415, 429, 503];
const problemContent = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
const problems: Json = Object.fromEntries([
  ...described.map((status) => [nameOf(status), { description: STATUS_CODES[status], content: problemContent }]),
  ["Problem", { description: "What went wrong.", content: problemContent }],
]);

const problemSchema = toSchema(
  z
    .object({
      type: z.literal("about:blank"),
      title: z.string(),
      status: z.int(),
      detail: z.string().describe("What happened, and what the person who sent the request can do."),
    })
    .describe("RFC 9457."),
);

const securitySchemes: Json = {
  app: { type: "http", scheme: "bearer", description: "ORCHESTRATE_HTTP_TOKEN of the App." },
  worker: { type: "http", scheme: "bearer", description: "What `orchestrate token` makes for one worker." },
  job: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "What GitHub makes for a job with `id-token: write`.",
  },
};

const security: Readonly<Record<Route["access"], readonly Json[]>> = {
  anybody: [],
  token: [{ app: [] }],
  reporter: [{ app: [] }, { worker: [] }, { job: [] }],
};

/** In the dialect that is OpenAPI 3.1's own. Answers are described open, as inputs are: a later version may say more. */
function toSchema(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input", override: dropSafeBounds });
  return rest;
}

/** That a number can be counted with is true of each of them, and not worth saying. */
function dropSafeBounds({ jsonSchema }: { readonly jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}
