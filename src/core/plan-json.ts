/** JSON with errors that name line and column: the engine's own messages often give neither, and repeat the text. */
import { show } from "./plan-fields.ts";

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

/** Sticky: white space and one token. A text may hold anything here; whether it may in JSON is asked when it is found. */
const tokenPattern =
  /[ \t\n\r]*(?<token>[{}[\],:]|"[^"\\]*(?:\\[^][^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** Walks over the tokens as far as they can belong to one value. */
function describeBreak(text: string): string {
  const opened: string[] = [];
  let standing: Standing = { wanted: "a value", mayClose: false };
  tokenPattern.lastIndex = 0;
  for (;;) {
    const offset = tokenPattern.lastIndex;
    const token: string | undefined = tokenPattern.exec(text)?.groups?.["token"];
    const next: Standing | null = token === undefined ? null : follow(token, standing, opened);
    if (next === null) return `${describePlace(text, offset)} where ${standing.wanted} should be`;
    if (token !== undefined && isBrokenText(token))
      return `${describePlace(text, offset)}, a text with a line break, a control character or a wrong escape in it`;
    standing = next;
  }
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
  if (token === "," || token === ":") return null;
  if (token !== "{" && token !== "[") return afterValue(opened);
  opened.push(token);
  return { wanted: token === "{" ? "a key" : "a value", mayClose: true };
}

function afterValue(opened: readonly string[]): Standing {
  return { wanted: opened.length === 0 ? "the end of the text" : more, mayClose: false };
}

/** `line 3, column 7: found "}"`: lines and columns count from 1. */
function describePlace(text: string, offset: number): string {
  let place = offset;
  while (place < text.length && " \t\n\r".includes(text[place] as string)) place += 1;
  const before = text.slice(0, place);
  const line = before.split("\n").length;
  const found = text.codePointAt(place);
  const shown = found === undefined ? "the end of the text" : show(String.fromCodePoint(found));
  return `line ${line}, column ${place - before.lastIndexOf("\n")}: found ${shown}`;
}
