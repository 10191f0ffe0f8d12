/**
 * What a Markdown text points at: dependencies, closing references, reverts, and our marker. The text is hostile: it is
 * read as Markdown, so that code, quotes, struck text and HTML comments do not count, and only its beginning is read.
 */
import { Lexer } from "marked";
import type { Token } from "marked";
import { toTaskId } from "../model/ids.ts";
import type { TaskId } from "../model/ids.ts";
import type { DependencyKind } from "../model/task.ts";

export interface Reference {
  /** `owner/name`; null: the repository of the text itself. */
  readonly repository: string | null;
  readonly number: number;
}

export interface DependencyReference extends Reference {
  readonly kind: DependencyKind;
}

/** GitHub cuts bodies at 65,536 characters; nothing beyond is read. */
const textMax = 65_536;
const referencesMax = 50;
/** The parser's time grows with the square of a paragraph: 4,000 characters take it 16 ms at worst, 64,000 four seconds. */
const paragraphMax = 4_000;
const paragraphsTotalMax = 32_000;

/** Stands for what was left out, so that words on both sides of it do not meet. */
const gap = "\uFFFC";
const blockEnd = "\u0001";
const itemEnd = "\u0002";
const listEnd = "\u0003";
const ourSigns = new RegExp(`[${blockEnd}${itemEnd}${listEnd}]`, "g");

const skipped: ReadonlySet<string> = new Set([
  "code",
  "codespan",
  "blockquote",
  "html",
  "del",
  "image",
  "escape",
  "def",
  "hr",
]);
const ends: Readonly<Record<string, string>> = {
  paragraph: blockEnd,
  heading: blockEnd,
  list_item: itemEnd,
  list: listEnd,
};

const mayMatter = /#\d|\/issues\/|\/pull\/|block|depend|clos|fix|resolv|revert/i;

/** The text as Markdown tokens; only paragraphs that may matter are read to the end. Throws when nesting is too deep. */
function readTokens(text: string): readonly Token[] {
  const markdown = text
    .slice(0, textMax)
    // Our own signs are nobody else's; and quotes or lists many deep in one line are the parser's dearest constructs.
    .replaceAll(ourSigns, " ")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/^[ \t]{0,3}(?:>[ \t]?){6}.*$/gm, ">")
    .replaceAll(/^(?:[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+){8}.*$/gm, "");
  const parser = new Lexer({ gfm: true });
  const tokens = parser.blockTokens(markdown, parser.tokens);
  let left = paragraphsTotalMax;
  for (const paragraph of parser.inlineQueue) {
    if (left <= 0 || !mayMatter.test(paragraph.src)) continue;
    const source = paragraph.src.slice(0, Math.min(paragraphMax, left));
    left -= source.length;
    parser.inlineTokens(source, paragraph.tokens);
  }
  return tokens;
}

/** The words of the text as a reader sees them; "" when it cannot be read as Markdown at all. */
function readProse(text: string): string {
  if (!mayMatter.test(text)) return "";
  let tokens: readonly Token[];
  try {
    tokens = readTokens(text);
  } catch {
    // Nesting thousands deep overflows the parser's stack. Such a text names nothing.
    return "";
  }
  const parts: string[] = [];
  const stack: (Token | string)[] = tokens.toReversed();
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    if (typeof token === "string") parts.push(token);
    else readToken(token, stack, parts);
  }
  return parts.join("");
}

/** Adds the words of one token to `parts`, or what it contains to the `stack`. */
function readToken(token: Token, stack: (Token | string)[], parts: string[]): void {
  if (token.type === "space" || token.type === "checkbox") return;
  if (skipped.has(token.type)) {
    // An HTML tag in a line is invisible to the reader; a comment or a block of HTML separates.
    parts.push(/^<\/?[a-z][a-z0-9]{0,20}>$/i.test(token.raw) ? "" : gap);
    return;
  }
  const end = ends[token.type];
  if (end !== undefined) stack.push(end);
  const inner = readInner(token);
  if (inner !== null) stack.push(...inner.toReversed());
  else parts.push(token.type === "text" || token.type === "br" ? token.raw : gap);
}

function readInner(token: Token): readonly (Token | string)[] | null {
  if (token.type === "list") return (token as { items?: Token[] }).items ?? [];
  if (token.type === "table") {
    const table = token as { header?: { tokens: Token[] }[]; rows?: { tokens: Token[] }[][] };
    return [...(table.header ?? []), ...(table.rows ?? []).flat()].flatMap((cell) => [...cell.tokens, blockEnd]);
  }
  return (token as { tokens?: Token[] }).tokens ?? null;
}

const afterWords = "\\b[ \\t\\n]*:?[ \\t\\n]*";
const dependencyWords = new RegExp(
  `(?<![\\w/-])(?<negation>(?:\\w{0,8}n['’]t|not|never|no longer)\\s{1,9})?(?<soft>soft(?:ly)?[\\s-]{1,9})?(?:blocked[\\s-]by|depends[\\s-]on)${afterWords}(?<list>\u0001+)?`,
  "giu",
);
const closingWords = new RegExp(`(?<![\\w/-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)${afterWords}`, "giu");
const revertWords = new RegExp(`(?<![\\w/-])reverts${afterWords}`, "giu");
const inlineSeparator = /[ \t]*(?:,[ \t]*and\b|,|&|\band\b)?[ \t]*\n?[ \t]*/iuy;
const listSeparator = new RegExp(`[^${itemEnd}${listEnd}]*${itemEnd}[ \t]*`, "uy");
const reference =
  /(?:(?<repository>[\w-]{1,39}\/[\w.-]{1,100})?#(?<number>[1-9]\d{0,9})|https?:\/\/(?<host>[\w.:-]{1,255})\/(?<path>[\w-]{1,39}\/[\w.-]{1,100})\/(?:issues|pull)\/(?<id>[1-9]\d{0,9}))(?![\w#-]|\/\w)/uy;

function readReference(
  prose: string,
  at: number,
  host: string,
): { readonly found: Reference; readonly end: number } | null {
  reference.lastIndex = at;
  const groups = reference.exec(prose)?.groups;
  if (groups === undefined) return null;
  if (groups["host"] !== undefined && groups["host"].toLowerCase() !== host.toLowerCase()) return null;
  const number = Number(groups["number"] ?? groups["id"]);
  // GraphQL's Int; no issue has a higher number.
  if (number > 2_147_483_647) return null;
  return { found: { repository: groups["repository"] ?? groups["path"] ?? null, number }, end: reference.lastIndex };
}

/** The references that follow `at`: separated by commas or "and", or each at the beginning of an item of a list. */
function readList(prose: string, at: number, options: { host: string; isList: boolean }): readonly Reference[] {
  const found: Reference[] = [];
  const separator = options.isList ? listSeparator : inlineSeparator;
  for (let next = readReference(prose, at, options.host); next !== null && found.length < referencesMax;) {
    found.push(next.found);
    separator.lastIndex = next.end;
    const isMore = separator.exec(prose) !== null && separator.lastIndex > next.end;
    next = isMore ? readReference(prose, separator.lastIndex, options.host) : null;
  }
  return found;
}

/** A reference written out with its own repository is the same as the short one. */
function localise(found: Reference, own: string | null): Reference {
  return found.repository?.toLowerCase() === own?.toLowerCase() ? { repository: null, number: found.number } : found;
}

function toKey(found: Reference): string {
  return `${found.repository?.toLowerCase() ?? ""}#${found.number}`;
}

export interface ReferenceOptions {
  /** `owner/name` of the repository that the text is in. */
  readonly repository: string | null;
  /** Host of full addresses, `github.com` unless said otherwise. */
  readonly host?: string;
}

/**
 * Dependencies that a body names: `Blocked by #1, #2 and owner/repo#3`, `Depends on #4`, also over a list; soft ones as
 * `Soft depends on #5`. At most 50, each once; hard wins over soft. Never throws.
 */
export function parseDependencies(body: string, options: ReferenceOptions): readonly DependencyReference[] {
  const prose = readProse(body);
  const host = options.host ?? "github.com";
  const found = new Map<string, DependencyReference>();
  for (const { index, 0: words, groups = {} } of prose.matchAll(dependencyWords)) {
    if (groups["negation"] !== undefined) continue;
    const kind = groups["soft"] === undefined ? "hard" : "soft";
    for (const each of readList(prose, index + words.length, { host, isList: groups["list"] !== undefined })) {
      const local = localise(each, options.repository);
      const known = found.get(toKey(local));
      const isWanted = known === undefined ? found.size < referencesMax : kind === "hard";
      if (isWanted) found.set(toKey(local), { ...local, kind });
    }
  }
  return [...found.values()];
}

function parseAfter(words: RegExp, body: string, options: ReferenceOptions): readonly Reference[] {
  const prose = readProse(body);
  const found = new Map<string, Reference>();
  for (const match of prose.matchAll(words)) {
    // Only the first reference after a keyword closes; GitHub wants the word again for each.
    const next = readReference(prose, match.index + match[0].length, options.host ?? "github.com");
    if (next === null || found.size >= referencesMax) continue;
    const local = localise(next.found, options.repository);
    found.set(toKey(local), local);
  }
  return [...found.values()];
}

/** Issues that the description of a pull request closes: `Fixes #1`, `closes owner/repo#2`. Never throws. */
export function parseClosing(body: string, options: ReferenceOptions): readonly Reference[] {
  return parseAfter(closingWords, body, options);
}

/** Numbers of pull requests of the same repository that a description reverts: `Reverts owner/repo#3`. Never throws. */
export function parseReverts(body: string, options: ReferenceOptions): readonly number[] {
  return parseAfter(revertWords, body, options)
    .filter((each) => each.repository === null)
    .map((each) => each.number);
}

const marker =
  /<!--\s{0,9}orchestrate:task=gh:(?<repository>\d{1,19}):(?<issue>\d{1,19})\s{1,9}attempt=\d{1,9}\s{1,9}fence=(?<fence>\d{1,15})\s{0,9}-->/u;

/** The marker of an assignment in a description; it is public and proves nothing. */
export function parseMarker(body: string): { readonly task: TaskId; readonly fence: number } | null {
  const groups = marker.exec(body.slice(0, textMax))?.groups;
  const { repository, issue, fence } = groups ?? {};
  if (repository === undefined || issue === undefined || fence === undefined) return null;
  return { task: toTaskId(repository, issue), fence: Number(fence) };
}
