/**
 * The words of a Markdown text as a reader sees them: code, quotes, struck text and HTML comments do not count, and only the
 * beginning is read. The text is hostile, so that every step is bounded.
 */
import { Lexer } from "marked";
import type { Token } from "marked";

/** GitHub cuts bodies at 65,536 characters; nothing beyond is read. */
export const textMax = 65_536;
/** The parser's time grows with the square of a paragraph: 4,000 characters take it 16 ms at worst, 64,000 four seconds. */
const paragraphMax = 4_000;
const paragraphsTotalMax = 32_000;

/** Stands for what was left out, so that words on both sides of it do not meet. */
const gap = "\uFFFC";
const blockEnd = "\u0001";
export const itemEnd = "\u0002";
export const listEnd = "\u0003";
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

const mayMatter = /#\d|\/issues\/|\/pull\/|block|depend|clos|fix|resolv|revert|wait|not before/i;

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
export function readProse(text: string): string {
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
