/**
 * The part of an issue's text that says what is to be done and by what it is known to be done: written by `orchestrate prep`, and replaced as
 * a whole when it is written again. It stands first, because behind what others wrote it could stand in code or in a comment that was never closed.
 */
import { criteriaIn } from "./criteria.ts";

/** Bounds of one criterion, as criteria.ts keeps them. */
export const criterionMax = 200;
export const criteriaMax = 20;

const begin = "<!-- orchestrate-prep begin: replaced when orchestrate prep is run again -->";
const end = "<!-- orchestrate-prep end -->";
const section = /<!-- orchestrate-prep begin[^\n]*?-->[\s\S]*?<!-- orchestrate-prep end -->/g;
const stray = /<!-- orchestrate-prep (?:begin[^\n]*?|end) -->/g;

export interface Preparation {
  readonly goal: string;
  readonly criteria: readonly string[];
}

/** As Markdown; neither goal nor criteria can open a heading, a block of code or a comment in it. */
export function renderPreparation({ goal, criteria }: Preparation): string {
  const points = criteria.map((each) => `- [ ] ${disarm(each.replaceAll(/\s+/g, " ").trim())}`);
  const lines = disarm(toLines(goal)).split("\n").map(escapeStart).join("\n").trim();
  return `## Goal\n\n${lines}\n\n## Acceptance criteria\n\n${points.join("\n")}`;
}

/** The text of an issue with `prepared` in it, in place of what was prepared before. The same again changes nothing. */
export function withPreparation(body: string, prepared: string): string {
  const rest = toLines(body).replaceAll(section, "").replaceAll(stray, "").trim();
  const own = closeCode(disarm(toLines(prepared)).trim());
  const parting = rest === "" ? "" : `\n\n${"#".repeat(highestRank(own))} As it was written before`;
  return [`${begin}\n${own}${parting}\n${end}`, rest].filter((part) => part !== "").join("\n\n");
}

/** The acceptance criteria that are read from `text` once it is in an issue. */
export function criteriaOf(text: string): readonly string[] {
  return criteriaIn(withPreparation("", text));
}

function toLines(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

/** A comment could hide what follows, or look like one of ours. */
function disarm(text: string): string {
  return text.replaceAll("<!--", "&lt;!--").replaceAll("-->", "--&gt;");
}

/** What makes a line more than a line of text: a heading, its underline, a fence. */
function escapeStart(line: string): string {
  return line.replace(/^(\s{0,3})(#{1,6}(?=\s|$)|`{3,}|~{3,}|=+\s*$|-+\s*$)/, "$1\\$2");
}

/** Of its headings: one of that rank ends each of them, so that points which follow in the text are none of its criteria. */
function highestRank(text: string): number {
  const ranks = [...text.matchAll(/^ {0,3}(#{1,6})\s/gm)].map(([, marks = ""]) => marks.length);
  return Math.min(2, ...ranks);
}

/** Code that is never closed would swallow all that comes after it. */
function closeCode(text: string): string {
  let open: string | null = null;
  for (const line of text.split("\n")) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    const [, mark = "", info = ""] = fence ?? [];
    if (fence === null) continue;
    if (open === null) open = mark;
    else if (mark.startsWith(open) && info.trim() === "") open = null;
  }
  return open === null ? text : `${text}\n${open}`;
}
