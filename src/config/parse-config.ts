/**
 * Reads the text of `.github/orchestrate.yml`. Whatever the text is, the answer is a whole configuration or a list of
 * problems with their places; half a configuration never leaves this file, so that the last good one can stay.
 */
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import { Config, defaultConfig } from "../model/config.ts";
import { checkMeaning } from "./check-meaning.ts";
import { type DescribedIssue, describeIssue } from "./describe-issue.ts";
import { configSchema, type SchemaNode } from "./json-schema.ts";
import { offsetOf, placeOfOffset } from "./locate.ts";
import { type ConfigProblem, renderPath } from "./problem.ts";

export type ConfigReading =
  | { readonly kind: "valid"; readonly config: Config }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** The same before anything has a line: problems have the path to the key or value. */
export type ConfigDataReading =
  | { readonly kind: "valid"; readonly config: Config }
  | { readonly kind: "invalid"; readonly problems: readonly DescribedIssue[] };

/** 256 KB: a thousand times a usual file, and still read in milliseconds. */
const bytesMax = 256 * 1024;
/** The deepest key that exists is four levels down; brackets in texts and comments count too, hence the margin. */
const flowDepthMax = 64;
const indentMax = 200;
/** Each alias repeats its anchor; this many are written by people, more only by those who want to exhaust memory. */
const aliasesMax = 50;
/** 20: nobody repairs more at once, and all of them go into one comment. */
const problemsMax = 20;

/** Never throws. An empty or comment-only text is the default configuration. */
export function parseConfig(text: string): ConfigReading {
  if (Buffer.byteLength(text) > bytesMax) {
    return atStart(`The file is larger than ${bytesMax / 1024} KB: configuration needs far less, so it was not read.`);
  }
  if (isNestedTooDeep(text)) return atStart("The file is nested too deep: no key is more than four levels down.");
  const lines = new LineCounter();
  let document: Document;
  let data: unknown;
  try {
    document = parseDocument(text.replace(/^\uFEFF/, ""), {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "error",
    });
    const broken = findSyntaxProblems(document, lines);
    if (broken.length > 0) return invalid(broken);
    if (document.contents === null) return { kind: "valid", config: defaultConfig };
    data = document.toJS({ maxAliasCount: aliasesMax });
  } catch (error) {
    // The parser's own limits: aliases without an anchor or in excess (ReferenceError), nesting (RangeError).
    return atStart(`The file cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  return validate(data, document, lines);
}

function validate(data: unknown, document: Document, lines: LineCounter): ConfigReading {
  if (data === null) return { kind: "valid", config: defaultConfig };
  if (!isMap(document.contents) || typeof data !== "object") {
    return atStart("The file must be a mapping of keys to values, such as `mode: balanced`.");
  }
  const reading = readConfigData(data);
  if (reading.kind === "valid") return reading;
  return invalid(
    reading.problems.map(({ path, target, message }) => ({
      ...placeOfOffset(lines, offsetOf(document, path, target)),
      path: renderPath(path),
      message,
    })),
  );
}

/** What a parsed mapping means: every rule of shape and meaning, without the text around it. */
export function readConfigData(data: unknown): ConfigDataReading {
  const written = withoutEmpty(data, configSchema);
  const result = Config.safeParse(written);
  const problems = result.success
    ? checkMeaning(result.data).map((problem) => ({ ...problem, target: "value" as const }))
    : result.error.issues.flatMap((issue) => describeIssue(issue, written));
  return result.success && problems.length === 0
    ? { kind: "valid", config: result.data }
    : { kind: "invalid", problems };
}

/** `agents:` with everything under it commented out means the default, as if the key were not there. */
function withoutEmpty(data: unknown, node: Readonly<SchemaNode>): unknown {
  if (Array.isArray(data))
    return node.items === undefined ? data : data.map((item) => withoutEmpty(item, node.items ?? {}));
  if (typeof data !== "object" || data === null || node.properties === undefined) return data;
  const properties = node.properties;
  const entries = Object.entries(data)
    .filter(([key, value]) => value !== null || !Object.hasOwn(properties, key))
    .map(([key, value]) => [key, withoutEmpty(value, Object.hasOwn(properties, key) ? (properties[key] ?? {}) : {})]);
  return Object.fromEntries(entries);
}

function findSyntaxProblems(document: Document, lines: LineCounter): readonly ConfigProblem[] {
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    ...placeOfOffset(lines, error.pos[0]),
    path: "",
    message: describeSyntax(error),
  }));
  if (problems.length > 0) return problems;
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key)) return;
      const offset = pair.key !== null && typeof pair.key === "object" && "range" in pair.key ? pair.key.range : null;
      const start = Array.isArray(offset) ? Number(offset[0]) : 0;
      problems.push({ ...placeOfOffset(lines, start), path: "", message: "A key must be a plain word or number." });
    },
  });
  return problems;
}

function describeSyntax(error: YAMLError): string {
  switch (error.code) {
    case "DUPLICATE_KEY":
      return "This key is written twice in the same mapping: keep one of them.";
    case "TAB_AS_INDENT":
      return "A tab is used for indentation: write spaces.";
    case "MULTIPLE_DOCS":
      return "A second document starts here: write everything into one, without `---`.";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "There is a second colon on this line, or the next line is indented too far: put each key on its own line.";
    case "TAG_RESOLVE_FAILED":
      return `${error.message}: write plain values without tags.`;
    default:
      return `This is not valid YAML: ${error.message}.`;
  }
}

/** Looks at brackets and indentation only: what is nested for its own sake is refused before the parser pays for it. */
function isNestedTooDeep(text: string): boolean {
  let depth = 0;
  for (const line of text.split("\n")) {
    const prefix = /^(?: *(?:[-?] +)*)/.exec(line)?.[0] ?? "";
    if (prefix.length > indentMax) return true;
    for (const bracket of line.match(/[[\]{}]/g) ?? []) {
      depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
      if (depth > flowDepthMax) return true;
    }
  }
  return false;
}

function atStart(message: string): ConfigReading {
  return invalid([{ line: 1, column: 1, path: "", message }]);
}

function invalid(problems: readonly ConfigProblem[]): ConfigReading {
  const sorted = problems.toSorted((left, right) => left.line - right.line || left.column - right.column);
  const shown = sorted.slice(0, problemsMax);
  const last = shown.at(-1);
  if (last !== undefined && sorted.length > problemsMax) {
    shown.push({ ...last, path: "", message: `There are ${sorted.length - problemsMax} more problems below.` });
  }
  return { kind: "invalid", problems: shown };
}
