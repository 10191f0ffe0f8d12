/**
 * The shape of the source tree: which room may import which, what pure rooms may not touch, and how files look. The first
 * half feeds the lint configuration with files that break each rule, because a rule that never bites is no rule.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");
/** Rooms by rank: a room may import from ranks before its own, never from its own rank or a later one. */
const ranks = [
  ["model"],
  ["graph"],
  ["ranking", "matching", "planning", "patterns"],
  ["state", "plan"],
  ["fold"],
  ["core", "views"],
  ["insight"],
  ["ports"],
  ["engine", "config", "telemetry"],
  ["branch", "postgres", "memory", "redis", "github", "linear", "webhook", "agents"],
  ["http", "mcp", "sandbox"],
] as const;
const rooms = ranks.flat();
const pureRooms: readonly string[] = [
  "model",
  "graph",
  "ranking",
  "matching",
  "planning",
  "patterns",
  "state",
  "plan",
  "fold",
  "core",
  "insight",
  "views",
  "ports",
];
const adapters: readonly string[] = ["branch", "postgres", "memory", "redis", "github", "linear", "webhook", "agents"];
const doors = ["app", "action", "cli"];
/** Doors of several files: they stand above everything and nobody imports them but the doors themselves. */
const doorRooms = ["action", "cli", "doctor"];

interface Breach {
  readonly file: string;
  readonly code: string;
  /** The rule that must bite; null where the file must pass. */
  readonly rule: string | null;
}

function importOf(from: string): string {
  return `/** Owns a fixture. */\nimport type { Thing } from "${from}";\n\nexport type Copy = Thing;\n`;
}

function breach(file: string, rule: string, code: string): Breach {
  return { file: `src/${file}`, rule, code: `/** Owns a fixture. */\n${code}\n` };
}

/** Every import that the layers forbid: a later rank, the own rank, or another adapter. */
function forbiddenImports(): Breach[] {
  const found: Breach[] = [];
  for (const [rank, members] of ranks.entries()) {
    for (const room of members) {
      const forbidden = ranks
        .slice(rank)
        .flat()
        .filter((other) => other !== room);
      for (const other of forbidden) {
        const file = `src/${room}/reads-${other}.ts`;
        found.push({ file, code: importOf(`../${other}/thing.ts`), rule: "no-restricted-imports" });
      }
      for (const door of doorRooms) {
        const file = `src/${room}/reads-${door}-room.ts`;
        found.push({ file, code: importOf(`../${door}/thing.ts`), rule: "no-restricted-imports" });
      }
      for (const door of [...doors, "wire"]) {
        const file = `src/${room}/reads-${door}.ts`;
        found.push({ file, code: importOf(`../${door}.ts`), rule: "no-restricted-imports" });
      }
    }
  }
  return found;
}

/** The sandbox is checked against GitHub, never against the App; so it sees none of the App's own adapters. */
function sandboxImports(): Breach[] {
  return [...adapters, "engine"].map((room) => ({
    file: `src/sandbox/reads-${room}.ts`,
    code: importOf(`../${room}/thing.ts`),
    rule: "no-restricted-imports",
  }));
}

function impureCode(): Breach[] {
  const restricted = "no-restricted-globals";
  const found: Breach[] = [];
  for (const room of pureRooms) {
    found.push(
      breach(`${room}/asks-time.ts`, "no-restricted-properties", "export const now = Date.now();"),
      breach(`${room}/asks-chance.ts`, "no-restricted-properties", "export const roll = Math.random();"),
      breach(`${room}/asks-process.ts`, restricted, "export const home = process.env;"),
      breach(`${room}/asks-network.ts`, restricted, 'export const answer = fetch("https://example.org");'),
      breach(`${room}/asks-timer.ts`, restricted, "setTimeout(String, 5);"),
      breach(`${room}/asks-global.ts`, restricted, "export const later = globalThis.setTimeout;"),
      breach(`${room}/asks-crypto.ts`, restricted, "export const id = crypto.randomUUID();"),
      breach(`${room}/asks-disk.ts`, "no-restricted-imports", 'export { readFileSync } from "node:fs";'),
      breach(`${room}/asks-disk-unprefixed.ts`, "no-restricted-imports", 'export { readFileSync } from "fs";'),
    );
  }
  for (const room of ["engine", "config", "sandbox", ...adapters]) {
    found.push(
      breach(`${room}/asks-time.ts`, "no-restricted-properties", "export const now = Date.now();"),
      breach(`${room}/asks-chance.ts`, "no-restricted-properties", "export const roll = Math.random();"),
      breach(`${room}/asks-timer.ts`, restricted, "setInterval(String, 5);"),
      breach(`${room}/asks-network.ts`, restricted, 'export const answer = fetch("https://example.org");'),
      breach(`${room}/sleeps.ts`, "no-restricted-imports", 'export { setTimeout } from "node:timers/promises";'),
    );
  }
  return found;
}

function otherRules(): Breach[] {
  const lines = Array.from({ length: 301 }, (_, line) => `export const line${line} = ${line};`).join("\n");
  const statements = Array.from({ length: 61 }, (_, line) => `  total += ${line};`).join("\n");
  const branches = Array.from({ length: 12 }, (_, line) => `  if (n === ${line}) return ${line + 1};`).join("\n");
  return [
    breach(
      "core/first-of-circle.ts",
      "no-cycle",
      'import { two } from "./second-of-circle.ts";\nexport const one = () => two;',
    ),
    breach(
      "core/second-of-circle.ts",
      "no-cycle",
      'import { one } from "./first-of-circle.ts";\nexport const two = () => one;',
    ),
    breach("core/default.ts", "no-default-export", "export default 1;"),
    breach("core/CamelCase.ts", "filename-case", "export const one = 1;"),
    breach("core/any.ts", "no-explicit-any", "export function same(one: any): number {\n  return one;\n}"),
    breach("core/sure.ts", "no-non-null-assertion", "export const one = [1].at(0)!;"),
    breach(
      "core/value.ts",
      "consistent-type-imports",
      'import { Thing } from "../model/thing.ts";\nexport type Copy = Thing;',
    ),
    breach("engine/talks.ts", "no-console", 'console.log("hello");'),
    breach("core/long.ts", "max-lines", lines),
    breach(
      "core/long-function.ts",
      "max-lines-per-function",
      `export function f(total: number): number {\n${statements}\n  return total;\n}`,
    ),
    breach("core/branches.ts", "complexity", `export function f(n: number): number {\n${branches}\n  return 0;\n}`),
    breach(
      "core/parameters.ts",
      "max-params",
      "export const f = (a: number, b: number, c: number, d: number) => a + b + c + d;",
    ),
    breach(
      "core/deep.ts",
      "max-depth",
      "export function f(a: number): number {\n  if (a > 1) {\n    if (a > 2) {\n      if (a > 3) {\n        if (a > 4) {\n          return a;\n        }\n      }\n    }\n  }\n  return 0;\n}",
    ),
    breach("wire.ts", "no-restricted-imports", 'export { app } from "./app.ts";'),
  ];
}

/** What must stay possible; a rule that bites everything would pass all of the tests above. */
function allowedFiles(): Breach[] {
  const pass = (file: string, code: string): Breach => ({
    file: `src/${file}`,
    rule: null,
    code: `/** Owns a fixture. */\n${code}\n`,
  });
  const allowed = rooms.map((room) => {
    const file = room === "model" ? "./other.ts" : "../model/thing.ts";
    return pass(`${room}/allowed.ts`, `import type { Thing } from "${file}";\nexport type Copy = Thing;`);
  });
  return [
    ...allowed,
    pass("core/instant.ts", 'export const instants = [new Date(5).toISOString(), Date.parse("2026-01-01")];'),
    pass("engine/reads-ports.ts", 'import type { Clock } from "../ports/clock.ts";\nexport type Copy = Clock;'),
    pass("branch/reads-node.ts", 'export { readFile } from "node:fs/promises";'),
    pass("agents/hashes.ts", 'export { createHash } from "node:crypto";'),
    pass("model/parses.ts", 'export { z } from "zod";'),
    pass("sandbox/wall-clock.ts", "export const now = (): number => Date.now();"),
    pass("app.ts", "export default function app(): void {}"),
  ];
}

describe("the lint configuration", () => {
  const files = [...forbiddenImports(), ...sandboxImports(), ...impureCode(), ...otherRules(), ...allowedFiles()];
  let folder = "";
  let bites: ReadonlyMap<string, ReadonlySet<string>> = new Map();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "orchestrate-lint-"));
    await Promise.all(files.map((file) => mkdir(join(folder, dirname(file.file)), { recursive: true })));
    await Promise.all(files.map((file) => writeFile(join(folder, file.file), file.code)));
    bites = await lint(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function missed(breaches: readonly Breach[]): string[] {
    return breaches
      .filter(({ file, rule }) => rule !== null && !bites.get(file)?.has(rule))
      .map(({ file, rule }) => `${file}: ${rule}`);
  }

  test("refuses every import against the arrows, between rooms of one rank and between adapters", () => {
    expect(missed(forbiddenImports())).toEqual([]);
  });
  test("refuses the sandbox every look at the App's own adapters and engine", () => {
    expect(missed(sandboxImports())).toEqual([]);
  });
  test("refuses clock, chance, timers, network, process and disk where they must come through ports", () => {
    expect(missed(impureCode())).toEqual([]);
  });
  test("refuses cycles, default exports, oversized files and functions, and the other habits we do without", () => {
    expect(missed(otherRules())).toEqual([]);
  });
  test("lets what is allowed pass", () => {
    expect(
      allowedFiles().flatMap(({ file }) => [...(bites.get(file) ?? [])].map((rule) => `${file}: ${rule}`)),
    ).toEqual([]);
  });
});

describe("every source file", async () => {
  const files = await sourceFiles();
  const breaches = (isBreach: (file: SourceFile) => boolean): string[] =>
    files.filter(isBreach).map((file) => file.path);

  test("opens with a comment that says what it owns", () => {
    expect(
      breaches(({ text }) => !/^(?:#![^\n]*\n)?\/(?:\*\*|\/) ?\S|^(?:#![^\n]*\n)?\/\*\*\n \* \S/.test(text)),
    ).toEqual([]);
  });
  test("is named in kebab-case", () => {
    expect(
      breaches(({ path }) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.(?:ts|json|graphql|html|css)$/.test(basename(path))),
    ).toEqual([]);
  });
  test("lies in a room, and rooms are flat", () => {
    const known: readonly string[] = [...rooms, ...doorRooms, "dashboard"];
    expect(
      breaches(({ path }) => {
        const parts = path.split("/");
        return parts.length > 3 || (parts.length === 3 && !known.includes(parts[1] ?? ""));
      }),
    ).toEqual([]);
  });
  test("is free of machine paths and of work left for later", () => {
    // Put together here, so that this file does not hold what it forbids.
    const homes = ["home", "Users", "root", "work"].map((name) => `/${name}/`);
    const later = ["TO", "FIX"].map((word, index) => word + ["DO", "ME"][index]);
    expect(breaches(({ text }) => later.some((word) => new RegExp(`\\b${word}\\b`).test(text)))).toEqual([]);
    // The home of a Sprite is a place on the vendor's machine, the same for everybody.
    expect(
      breaches(({ text }) => homes.some((home) => new RegExp(`["'\`\\s(]${home}(?!sprite/)\\w`).test(text))),
    ).toEqual([]);
  });
  test("reads the clock nowhere but in the ports' implementations", () => {
    // The linter cannot tell `new Date()` from `new Date(instant)`.
    const isExempt = (path: string): boolean => /^src\/(?:sandbox\/[a-z-]*clock|system-ports)\.ts$/.test(path);
    expect(breaches(({ path, text }) => !isExempt(path) && /\bnew Date\(\s*\)|\bDate\(\s*\)/.test(text))).toEqual([]);
  });
  test("imports at the top, where the rules can see it", () => {
    const isDoor = (path: string): boolean => path.split("/").length === 2;
    expect(breaches(({ path, text }) => !isDoor(path) && /\bimport\(|\brequire\(/.test(text))).toEqual([]);
  });
});

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

async function sourceFiles(): Promise<readonly SourceFile[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths
    .toSorted()
    .map(async (path) => ({ path: relative(root, path), text: await readFile(path, "utf8") }));
  return (await Promise.all(files)).filter(({ path }) => path.endsWith(".ts"));
}

/** Runs the linter once over a folder: which rules bit in which file. */
async function lint(folder: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const linter = join(root, "node_modules", "oxlint", "bin", "oxlint");
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  // The linter ends with 1 when it finds something, which is what it is here for.
  const output = await promisify(execFile)(
    process.execPath,
    [linter, "-c", join(root, "oxlintrc.json"), "-f", "json", "src"],
    options,
  ).catch((failure: { readonly stdout?: string }) => {
    if (failure.stdout === undefined || failure.stdout === "") throw failure;
    return { stdout: failure.stdout };
  });
  const report = JSON.parse(output.stdout) as {
    readonly diagnostics: readonly { readonly filename: string; readonly code: string }[];
  };
  const bites = new Map<string, Set<string>>();
  for (const { filename, code } of report.diagnostics) {
    const rule = /\(([^)]+)\)/.exec(code)?.[1] ?? code;
    const rules = bites.get(filename) ?? new Set();
    bites.set(filename, rules.add(rule));
  }
  return bites;
}
