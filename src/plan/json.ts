/** JSON with errors that name line and column: the engine's own messages often give neither, and repeat the text. */
import { show } from "./fields.ts";

/** The text is not JSON. The message says where it stops being so. */
export class JsonInvalid extends Error {
  override readonly name = "JsonInvalid";
}

/** The value that the text stands for. Throws JsonInvalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonInvalid(`not JSON: ${describeBreak(text)}`);
  }
}

const more = '"," or the end of what was opened';
type Wanted = "a value" | "a key" | '":"' | typeof more | "the end of the text";

interface Standing {
  readonly wanted: Wanted;
  /** Just behind an opening, where nothing has to follow. */
  readonly mayClose: boolean;
}

/** Sticky: one token that is not a text. */
const tokenPattern = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Walks over the tokens as far as they can belong to one value. */
function describeBreak(text: string): string {
  const opened: string[] = [];
  let standing: Standing = { wanted: "a value", mayClose: false };
  for (let offset = skipSpace(text, 0); ;) {
    const token = tokenAt(text, offset);
    if (token === "" && text[offset] === '"') return `${describePlace(text, offset)} without an end`;
    const next = follow(token, standing, opened);
    if (next === null) return `${describePlace(text, offset)} where ${standing.wanted} should be`;
    if (isBrokenText(token))
      return `${describePlace(text, offset)} with a line break, a control character or a wrong escape in it`;
    standing = next;
    offset = skipSpace(text, offset + token.length);
  }
}

function skipSpace(text: string, from: number): number {
  let offset = from;
  while (offset < text.length && " \t\n\r".includes(text[offset] as string)) offset += 1;
  return offset;
}

/** The token that begins here, empty when none does. Whether a text may be in JSON is not asked here. */
function tokenAt(text: string, offset: number): string {
  if (text[offset] === '"') return text.slice(offset, textEnd(text, offset));
  tokenPattern.lastIndex = offset;
  return tokenPattern.exec(text)?.[0] ?? "";
}

/** Behind the closing quotation mark, or `offset` when there is none. A pattern would need a stack as deep as the text is long. */
function textEnd(text: string, offset: number): number {
  for (let place = offset + 1; place < text.length; place += text[place] === "\\" ? 2 : 1)
    if (text[place] === '"') return place + 1;
  return offset;
}

function isBrokenText(token: string): boolean {
  if (!token.startsWith('"')) return false;
  try {
    JSON.parse(token);
    return false;
  } catch {
    return true;
  }
}

/** What is wanted after the token; null when it cannot stand here. */
function follow(token: string, { wanted, mayClose }: Standing, opened: string[]): Standing | null {
  if (token === "}" || token === "]") {
    const isOpen = opened.at(-1) === (token === "}" ? "{" : "[");
    if (!isOpen || !(mayClose || wanted === more)) return null;
    opened.pop();
    return afterValue(opened);
  }
  switch (wanted) {
    case "a value":
      return followValue(token, opened);
    case "a key":
      return token.startsWith('"') ? { wanted: '":"', mayClose: false } : null;
    case '":"':
      return token === ":" ? { wanted: "a value", mayClose: false } : null;
    case more:
      return token === "," ? { wanted: opened.at(-1) === "{" ? "a key" : "a value", mayClose: false } : null;
    case "the end of the text":
      return null;
  }
}

function followValue(token: string, opened: string[]): Standing | null {
  if (token === "" || token === "," || token === ":") return null;
  if (token !== "{" && token !== "[") return afterValue(opened);
  opened.push(token);
  return { wanted: token === "{" ? "a key" : "a value", mayClose: true };
}

function afterValue(opened: readonly string[]): Standing {
  return { wanted: opened.length === 0 ? "the end of the text" : more, mayClose: false };
}

/** `line 3, column 7: found "}"`: lines and columns count from 1. */
function describePlace(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `line ${line}, column ${offset - before.lastIndexOf("\n")}: found ${describeFound(text.codePointAt(offset))}`;
}

function describeFound(letter: number | undefined): string {
  if (letter === undefined) return "the end of the text";
  const found = String.fromCodePoint(letter);
  return found === '"' ? "a quoted text" : show(found);
}
