/** docs/functions.md names what is there: functions in their files, events, keys, series, routes and commands. A row that has come loose fails. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { configSchema, type SchemaNode } from "../src/config/json-schema.ts";
import { slashSpecs } from "../src/model/slash-commands.ts";
import { givenRoutes } from "./http/given.ts";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "functions.md"), "utf8");

interface Row {
  readonly theirs: string;
  readonly ours: string;
  readonly differs: string;
}

const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| They say "))
  .map((line): Row => {
    const [, theirs = "", ours = "", differs = ""] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { theirs, ours, differs };
  });

function textOf(path: string): string {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Declared there at the top, or as a method; an import or a mention is none. */
function isDeclared(name: string, path: string): boolean {
  const declared = new RegExp(`^(?:export )?(?:async )?(?:function\\*?|class|const|interface|type) ${name}\\b`, "m");
  const method = new RegExp(`^ {2,4}(?:get |async |\\*)?${name}\\([^;]*\\{$`, "m");
  return declared.test(textOf(path)) || method.test(textOf(path));
}

/** Every key that a file may have, by its path. */
function keysOf(node: Readonly<SchemaNode>, path = ""): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const own = path === "" ? key : `${path}.${key}`;
    if (child.items?.properties !== undefined) return [own, ...keysOf(child.items, `${own}[]`)];
    return [own, ...keysOf(child, own)];
  });
}

const events = ["event", "event-cockpit", "event-outbox", "event-registry", "dead-letter"]
  .map((name) => textOf(`src/model/${name}.ts`))
  .join("\n");
const series = textOf("src/http/metrics.ts");
const keys = new Set(keysOf(configSchema));
const verbs = new Set(slashSpecs.map(({ verb }) => verb as string));
const cli = ["cli", "cli-operator", "cli-desk", "cli-hook", "cli-reports"]
  .map((name) => textOf(`src/${name}.ts`))
  .join("\n");
interface Named {
  readonly pattern: RegExp;
  readonly isThere: (name: string, place: string) => boolean;
}

/** The ways in which something of ours may be named. */
const ways: readonly Named[] = [
  { pattern: /`(?<name>\w+)` in `(?<place>[^`]+)`/g, isThere: isDeclared },
  {
    pattern: /event `(?<name>\w+)`/g,
    isThere: (name) => new RegExp(`readonly type: "${name}"`).test(events),
  },
  { pattern: /key `(?<name>[^`]+)`/g, isThere: (name) => keys.has(name) },
  { pattern: /series `(?<name>\w+)`/g, isThere: (name) => series.includes(`"${name}"`) },
  { pattern: /`\/orchestrate (?<name>[a-z-]+)`/g, isThere: (name) => verbs.has(name) },
  { pattern: /`orchestrate (?<name>\w+)`/g, isThere: (name) => cli.includes(`.command("${name}")`) },
];

/** `GET /path`: whether it is answered is asked of the routes themselves. */
const route = /`(?<method>[A-Z]+) (?<path>\/[^`]+)`/g;

function lost(cell: string): readonly string[] {
  return ways.flatMap(({ pattern, isThere }) =>
    [...cell.matchAll(pattern)]
      .filter(({ groups }) => !isThere(groups?.["name"] ?? "", groups?.["place"] ?? ""))
      .map(([whole]) => whole),
  );
}

/** What stands in the cell beside what was recognised: nothing but commas. */
function unread(cell: string): string {
  const patterns = [...ways.map(({ pattern }) => pattern), route];
  return patterns.reduce((rest, pattern) => rest.replaceAll(pattern, ""), cell).replaceAll(/[\s,;]/g, "");
}

describe("the tables of docs/functions.md", () => {
  test("have rows, each of which says what of ours it is", () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter(({ ours }) => ours === "" || unread(ours) !== "")).toEqual([]);
  });

  test.each(rows)("$theirs is where the row says", ({ ours, differs }) => {
    expect(lost(ours)).toEqual([]);
    expect(lost(differs)).toEqual([]);
  });

  test("leave out none of the sixty numbers of the first document", () => {
    const named = rows
      .flatMap(({ theirs }) => [...theirs.matchAll(/000\/(?<numbers>\d+(?:, \d+)*)/g)])
      .flatMap(({ groups }) => (groups?.["numbers"] ?? "").split(", ").map(Number));
    const missing = Array.from({ length: 60 }, (_, index) => index + 1).filter((number) => !named.includes(number));
    expect(missing).toEqual([]);
  });

  test("name routes that the App answers to", async () => {
    const { url } = await givenRoutes();
    const answer = await fetch(`${url}/openapi.json`);
    const { paths } = (await answer.json()) as { readonly paths: Readonly<Record<string, object>> };
    const named = rows.flatMap(({ ours, differs }) => [...`${ours} ${differs}`.matchAll(route)]);
    const gone = named.filter(({ groups }) => {
      const methods = paths[groups?.["path"] ?? ""] ?? {};
      return !Object.hasOwn(methods, (groups?.["method"] ?? "").toLowerCase());
    });
    expect(named.length).toBeGreaterThan(15);
    expect(gone.map(([whole]) => whole)).toEqual([]);
  });

  test("name tests that are there", () => {
    const tests = [...page.matchAll(/`(?<path>test\/[^`]+)`/g)].map(({ groups }) => groups?.["path"] ?? "");
    expect(tests.length).toBeGreaterThan(50);
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

test("a function that is not there, or only mentioned in its file, is found out", () => {
  expect(lost("`isReady` in `src/state/readiness.ts`")).toEqual([]);
  expect(lost("`isSteady` in `src/state/readiness.ts`, `isReady` in `src/core/gone.ts`")).toHaveLength(2);
  // It is used there, and lives elsewhere.
  expect(lost("`contextOf` in `src/engine/cycle.ts`")).toHaveLength(1);
  expect(lost("event `TaskDreamed`, key `limits.dreams`, series `dreams_total`")).toHaveLength(3);
  expect(lost("`/orchestrate dream`, `orchestrate dream`")).toHaveLength(2);
});
