/** What can be read off the text of an issue without understanding it: its goal, its acceptance criteria, how long it is. */

/** In numbers, because texts are not kept; what nobody has ticked is, where the configuration asks for it. */
export interface TextFacts {
  /** A section or a line says what it is for. */
  readonly hasGoal: boolean;
  /** How many acceptance criteria it names. */
  readonly criteria: number;
  /** Characters that people read, blanks counted once. */
  readonly characters: number;
  /** Acceptance criteria with an open box, as they stand there; missing: there are none. */
  readonly unticked?: readonly string[];
}

/** GitHub's own limit of a body. */
const rawMax = 65_536;

const heading = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;
const criteriaTitle =
  /^(?:\**)(?:acceptance(?: criteria)?|definition of done|done (?:means|when)|criteria|requirements)\b/i;
const goalTitle =
  /^\**(?:goals?|objectives?|purpose|motivation|problem(?: statement)?|user story|summary|context|background|why|what|description)\b/i;
/** `Goal: …`, `**Goal:** …`, and a user story. */
const goalLine =
  /^\s{0,3}\**(?:goal|objective|purpose|motivation|problem|why)\**\s*:\**\s*\S|^\s{0,3}\**as an? .{1,80}\bi (?:want|need|can|would like)\b/i;
const item = /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$/;
const box = /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s+\[[ xX]\]\s+(\S.*)$/;
const open = /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s+\[ \]\s/;
const fence = /^ {0,3}(?:```|~~~)/;
/** What a form of GitHub's writes into a field that was left empty. */
const noResponse = "_No response_";

/** What `body` says, hidden text and code left out. */
export function readText(body: string): TextFacts {
  const shown = withoutComments(body.slice(0, rawMax));
  const lines = proseLines(shown);
  const unticked = criteriaItems(body).filter((line) => open.test(line));
  return {
    hasGoal: lines.some((line) => goalLine.test(line)) || sectionOf(lines, goalTitle).some(saysSomething),
    criteria: criteriaLines(body).length,
    characters: shown.replaceAll(/\s+/g, " ").trim().length,
    ...(unticked.length === 0 ? {} : { unticked: unticked.flatMap((line) => item.exec(line)?.[1] ?? []) }),
  };
}

/** The acceptance criteria as they stand there: the points of a section that is called so, or else the checklist. */
export function criteriaLines(body: string): readonly string[] {
  return criteriaItems(body).flatMap((line) => item.exec(line)?.[1] ?? []);
}

/** With their marks. */
function criteriaItems(body: string): readonly string[] {
  const lines = proseLines(withoutComments(body.slice(0, rawMax)));
  const section = sectionOf(lines, criteriaTitle).filter((line) => item.test(line));
  return section.length > 0 ? section : lines.filter((line) => box.test(line));
}

function saysSomething(line: string): boolean {
  const text = line.trim();
  return text !== "" && text !== noResponse && !heading.test(line);
}

function withoutComments(text: string): string {
  const parts = text.split("<!--");
  const shown = parts.slice(1).map((part) => (part.includes("-->") ? part.slice(part.indexOf("-->") + 3) : ""));
  return [parts[0] ?? "", ...shown].join("");
}

/** Code is no prose. */
function proseLines(text: string): readonly string[] {
  let isCode = false;
  return text.split(/\r\n?|\n/).filter((line) => {
    if (!fence.test(line)) return !isCode;
    isCode = !isCode;
    return false;
  });
}

/** The lines below the first heading of that name, up to the next heading of its rank or above. */
function sectionOf(lines: readonly string[], title: RegExp): readonly string[] {
  const start = lines.findIndex((line) => title.test(heading.exec(line)?.[2] ?? ""));
  if (start === -1) return [];
  const rank = heading.exec(lines[start] ?? "")?.[1]?.length ?? 6;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (heading.exec(line)?.[1]?.length ?? 7) <= rank);
  return end === -1 ? rest : rest.slice(0, end);
}
