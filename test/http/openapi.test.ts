/** The description that programs read: it is OpenAPI 3.1, tells of every route, and is true of what they answer. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { problemsWith } from "./answers.ts";
import { givenRoutes } from "./given.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/http.md"), "utf8");

async function askForDocument() {
  const it = await givenRoutes({ token: null, names: [] });
  const response = await fetch(`${it.url}/openapi.json`);
  expect(response.headers.get("content-type")).toBe("application/json");
  return OpenApi.parse(await response.json());
}

/** As the specification has it, of what is used here; a field that it does not know is refused. */
const Schema = z.record(z.string(), z.unknown());
const Content = z.record(z.string().regex(/^[a-z]+\/[a-z.+-]+/), z.strictObject({ schema: Schema }));
const Reference = z.strictObject({ $ref: z.string().regex(/^#\/components\//) });
const Parameter = z.strictObject({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  description: z.string().optional(),
  required: z.boolean(),
  schema: Schema,
});
const Response = z.strictObject({ description: z.string(), content: Content });
const Operation = z.strictObject({
  operationId: z.string().regex(/^[A-Za-z]+$/),
  summary: z.string(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.strictObject({ required: z.literal(true), content: Content }).optional(),
  responses: z.record(z.string().regex(/^(?:[1-5]\d\d|default)$/), z.union([Reference, Response])),
  security: z.array(z.record(z.string(), z.tuple([]))),
});
const OpenApi = z.strictObject({
  openapi: z.literal("3.1.1"),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string().startsWith("/"), z.partialRecord(z.enum(["get", "post", "patch", "delete"]), Operation)),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.strictObject({
        type: z.literal("http"),
        scheme: z.literal("bearer"),
        bearerFormat: z.string().optional(),
        description: z.string(),
      }),
    ),
    schemas: z.record(z.string(), Schema),
    responses: z.record(z.string(), Response),
  }),
});
type Document = z.output<typeof OpenApi>;

function operationsOf({ paths }: Document) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

test("anybody may read it, also where the routes are switched off: it is OpenAPI 3.1, and every name is said once", async () => {
  const document = await askForDocument();
  const ids = operationsOf(document).map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain("getApiOrchestratorTasksIdHistory");
});

test("every reference leads somewhere, and every way to authenticate is one that it explains", async () => {
  const document = await askForDocument();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/(?<path>[^"]+)"/g)].map(
    ({ groups }) => groups?.["path"] ?? "",
  );
  const lost = references.filter((path) => {
    let node: unknown = document;
    for (const part of path.split("/")) node = (node as Record<string, unknown> | undefined)?.[part];
    return node === undefined;
  });
  expect(references.length).toBeGreaterThan(10);
  expect(lost).toEqual([]);
  const schemes = Object.keys(document.components.securitySchemes);
  const used = operationsOf(document).flatMap(({ operation }) => operation.security.flatMap(Object.keys));
  expect([...new Set(used)].toSorted()).toEqual(schemes.toSorted());
});

test("each place of a path is a parameter that has to be there, and nothing else stands in the path", async () => {
  const document = await askForDocument();
  for (const { path, operation } of operationsOf(document)) {
    const places = [...path.matchAll(/\{(?<name>\w+)\}/g)].map(({ groups }) => groups?.["name"]);
    const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ name, required }) => [name, required])).toEqual(places.map((name) => [name, true]));
  }
});

test("every route says what it is for, what it takes and what it answers, and who may ask", async () => {
  const document = await askForDocument();
  for (const { method, operation } of operationsOf(document)) {
    const { summary, responses, security, requestBody } = operation;
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
    expect(requestBody !== undefined).toBe(method === "post" || method === "patch");
    const ok = Response.parse(responses["200"] ?? responses["201"]);
    for (const { schema } of Object.values(ok.content)) expect(Object.keys(schema)).not.toEqual([]);
    expect("401" in responses).toBe(security.length > 0);
    expect(responses["default"]).toEqual({ $ref: "#/components/responses/Problem" });
  }
});

test("the inputs are those that the routes parse: what may be left out, and what is one of a few words", async () => {
  const { paths } = await askForDocument();
  const asked = paths["/orchestrator/explain"]?.get?.parameters.map(({ name, required }) => [name, required]);
  expect(asked).toEqual([
    ["task", true],
    ["repository", false],
  ]);
  const body = paths["/orchestrator/mode"]?.post?.requestBody?.content["application/json"]?.schema;
  expect(body).toMatchObject({ required: ["mode"], additionalProperties: false });
  expect(JSON.stringify(body?.["properties"])).toContain('"enum":["priority","blocker"');
  const reporters = paths["/orchestrator/complete"]?.post;
  expect(reporters?.security).toEqual([{ app: [] }, { worker: [] }, { job: [] }]);
  expect(Object.keys(reporters?.responses ?? {})).toEqual(expect.arrayContaining(["403", "409", "413", "415", "429"]));
});

test("the page names every route, and the table has no other", async () => {
  const document = await askForDocument();
  const routes = operationsOf(document).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  expect(routes.filter((route) => !page.includes(`\`${route}\``))).toEqual([]);
  const rows = [...page.matchAll(/^\| \[`(?<route>[A-Z]+ \/[^`]*)`\]/gm)].map(({ groups }) => groups?.["route"] ?? "");
  expect(rows.filter((row) => !routes.includes(row))).toEqual([]);
});

test("an answer with a field that is not described, or without one that is, does not pass for what was described", () => {
  const schema = z.toJSONSchema(z.object({ a: z.object({ b: z.string() }).nullable() }), { io: "input" });
  expect(problemsWith(schema, { a: { b: "x" } })).toEqual([]);
  expect(problemsWith(schema, { a: { b: "x", c: 1 } })).toHaveLength(1);
  expect(problemsWith(schema, {})).toHaveLength(1);
});
