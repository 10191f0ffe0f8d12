/** Reads a YAML text that a stranger may have written: bounded, with the place of whatever is wrong, and of every value in it. */
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import { offsetOf, placeOfOffset } from "./locate.ts";
import { type ConfigProblem, type PathPart, renderPath } from "./problem.ts";

export interface YamlProblem {
  readonly path: readonly PathPart[];
  /** Whether the key or the value is wrong. */
  readonly target: "key" | "value";
  readonly message: string;
}

export type YamlReading =
  /** `data` is null where there is nothing but comments. */
  | { readonly kind: "read"; readonly data: object | null; locate(problem: YamlProblem): ConfigProblem }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** What is said of a text that no person would write. */
export interface Bounds {
  readonly tooLarge: string;
  readonly tooDeep: string;
  readonly noMapping: string;
}

/** 256 KB: a thousand times a usual file, and still read in milliseconds. */
export const yamlBytesMax = 256 * 1024;
/** The deepest key that exists is four levels down; brackets in texts and comments count too, hence the margin. */
const flowDepthMax = 64;
const indentMax = 200;
/** Each alias repeats its anchor; this many are written by people, more only by those who want to exhaust memory. */
const aliasesMax = 50;

/** Never throws. */
export function readYaml(text: string, bounds: Bounds): YamlReading {
  if (Buffer.byteLength(text) > yamlBytesMax) return atStart(bounds.tooLarge);
  if (isNestedTooDeep(text)) return atStart(bounds.tooDeep);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text.replace(/^\uFEFF/, ""), {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "error",
    });
    const problems = findSyntaxProblems(document, lines);
    if (problems.length > 0) return { kind: "invalid", problems };
    const data: unknown = document.contents === null ? null : document.toJS({ maxAliasCount: aliasesMax });
    if (data !== null && (!isMap(document.contents) || typeof data !== "object")) return atStart(bounds.noMapping);
    return {
      kind: "read",
      data,
      locate: ({ path, target, message }) => ({
        ...placeOfOffset(lines, offsetOf(document, path, target)),
        path: renderPath(path),
        message,
      }),
    };
  } catch (error) {
    // The parser's own limits: aliases without an anchor or in excess (ReferenceError), nesting (RangeError).
    return atStart(`The file cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
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

function atStart(message: string): YamlReading {
  return { kind: "invalid", problems: [{ line: 1, column: 1, path: "", message }] };
}

/** 20: nobody repairs more at once, and all of them go into one comment. */
const problemsMax = 20;

/** In the order of the text, and no more than anybody reads. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const sorted = problems.toSorted((left, right) => left.line - right.line || left.column - right.column);
  const shown = sorted.slice(0, problemsMax);
  const last = shown.at(-1);
  if (last !== undefined && sorted.length > problemsMax) {
    shown.push({ ...last, path: "", message: `There are ${sorted.length - problemsMax} more problems below.` });
  }
  return shown;
}
