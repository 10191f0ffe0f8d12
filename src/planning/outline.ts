/**
 * A Markdown text as its reader sees it at a glance: sections, and the items of lists with what belongs to each. Code is
 * text and nothing else. Whatever the text, the work is in proportion to its length.
 */

/** work: a part of what is to be done. list: only holds the list of it. context and criteria: nothing to be done by itself. */
export type SectionKind = "work" | "list" | "context" | "criteria";

export interface Section {
  /** 0: what stands before the first heading. */
  readonly rank: number;
  readonly title: string;
  /** As written. */
  readonly heading: string;
  readonly kind: SectionKind;
  /** Without those of sections below it. */
  readonly lines: readonly string[];
}

export interface Item {
  readonly kind: "box" | "step" | "point";
  /** As written, of a step. */
  readonly number: number | null;
  /** Its box is ticked. */
  readonly isDone: boolean;
  readonly line: string;
  /** The lines below it that are its own. */
  readonly more: readonly string[];
  /** The section that it stands in. */
  readonly section: number;
  /** Items of one list have one number. */
  readonly list: number;
  /** Of a box that is indented under another one: the position of that item. */
  readonly under: number | null;
}

export interface Outline {
  readonly sections: readonly Section[];
  readonly items: readonly Item[];
}

/** What a line is, is told by its beginning. */
const lineMax = 500;

const headingPattern = /^ {0,3}(#{1,6})\s+(\S.*)$/;
const itemPattern = /^(\s{0,16})(?:[-*+]|(\d{1,3})[.)])\s+(?:\[([ xX])\]\s+)?(\S.*)$/;
const fencePattern = /^\s*(```|~~~)/;

const criteriaTitle = /^(?:acceptance|definition of done|done (?:means|when)|criteria|requirements)\b/i;
const contextTitle =
  /^(?:about|actual|additional|alternatives?|background|context|current|description|details|discussion|environment|expected|further|goals?|history|how to reproduce|introduction|links?|logs?|motivation|non-goals?|notes?|open questions?|out of scope|overview|problem|questions?|references?|related|reproduc\w*|risks?|scope|screenshots?|see also|steps to reproduce|summary|versions?|why|what happened|user stor\w*)\b/i;
const listTitle =
  /^(?:breakdown|checklist|how|implementation(?: plan| steps)?|parts|pieces|plan|proposal|solution|steps|sub-?tasks?|tasks?|to[ -]?dos?|what to do|work)\b[\s:]*$/i;

interface OpenItem {
  readonly at: number;
  readonly indent: number;
}

interface Draft {
  readonly sections: (Section & { readonly lines: string[] })[];
  readonly items: (Item & { readonly more: string[] })[];
  /** The items that the next line may belong to, the innermost last. */
  open: OpenItem[];
  list: number;
  /** What ends the code that we are in. */
  fence: string | null;
  wasBlank: boolean;
}

/** Sections and items of a text without hidden parts. Never throws. */
export function readOutline(text: string): Outline {
  const first = { rank: 0, title: "", heading: "", kind: "list", lines: [] } as const;
  const draft: Draft = {
    sections: [{ ...first, lines: [] }],
    items: [],
    open: [],
    list: 0,
    fence: null,
    wasBlank: true,
  };
  for (const line of text.split("\n"))
    readLine(
      draft,
      line.replace(/^\t+/, (tabs) => "    ".repeat(tabs.length)),
    );
  return draft;
}

function readLine(draft: Draft, line: string): void {
  const fence = fencePattern.exec(line)?.[1] ?? null;
  if (draft.fence !== null || fence !== null) {
    if (draft.fence === null) draft.fence = fence;
    else if (draft.fence === fence) draft.fence = null;
    return addText(draft, line);
  }
  const start = line.slice(0, lineMax);
  const heading = headingPattern.exec(start);
  if (heading !== null) return openSection(draft, { line, rank: heading[1]?.length ?? 1, title: heading[2] ?? "" });
  const item = itemPattern.exec(start);
  if (item !== null) return addItem(draft, line, item);
  addText(draft, line);
}

function openSection(
  draft: Draft,
  { line, rank, title }: { readonly line: string; readonly rank: number; readonly title: string },
): void {
  draft.open = [];
  draft.list += 1;
  draft.wasBlank = true;
  const name = withoutTrailing(title.trim(), "#").trim();
  const words = name.replaceAll(/^[^\p{L}\p{N}]+/gu, "");
  draft.sections.push({ rank, title: name, heading: line, kind: kindOf(draft, rank, words), lines: [] });
}

/** What stands below a section that is no work is none either. */
function kindOf({ sections }: Draft, rank: number, words: string): SectionKind {
  const above = sections.findLast((section) => section.rank > 0 && section.rank < rank);
  if (above?.kind === "context" || above?.kind === "criteria") return above.kind;
  if (criteriaTitle.test(words)) return "criteria";
  if (contextTitle.test(words)) return "context";
  return listTitle.test(words) ? "list" : "work";
}

function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === character) end -= 1;
  return text.slice(0, end);
}

function addItem(draft: Draft, line: string, match: RegExpExecArray): void {
  const indent = match[1]?.length ?? 0;
  leave(draft, indent);
  const outer = draft.open.at(-1) ?? null;
  const above = outer === null ? undefined : draft.items[outer.at];
  const kind = kindOfItem(match);
  draft.wasBlank = false;
  draft.sections.at(-1)?.lines.push(line);
  if (outer !== null && above !== undefined && !(above.kind === "box" && kind === "box")) {
    above.more.push(line);
    draft.open.push({ at: outer.at, indent });
    return;
  }
  if (outer === null) beginList(draft, kind);
  draft.items.push({ ...readItem(match, line), kind, section: draft.sections.length - 1, ...placeOf(draft, outer) });
  draft.open.push({ at: draft.items.length - 1, indent });
}

/** Steps and points are never in one list. */
function beginList(draft: Draft, kind: Item["kind"]): void {
  const last = draft.items.at(-1);
  if (last?.list === draft.list && (last.kind === "step") !== (kind === "step")) draft.list += 1;
}

function placeOf({ list }: Draft, outer: OpenItem | null): Pick<Item, "list" | "under"> & { readonly more: string[] } {
  return { more: [], list, under: outer === null ? null : outer.at };
}

function kindOfItem([, , number, box]: RegExpExecArray): Item["kind"] {
  if (number !== undefined) return "step";
  return box === undefined ? "point" : "box";
}

function readItem(
  [, , number, box, words = ""]: RegExpExecArray,
  line: string,
): Pick<Item, "number" | "isDone" | "line"> {
  const isDone = box !== undefined && box !== " ";
  return { number: number === undefined ? null : Number(number), isDone, line: words + line.slice(lineMax) };
}

/** A line that begins so far to the left belongs to none of the items that stand further right. */
function leave(draft: Draft, indent: number): void {
  while (draft.open.length > 0 && indent < (draft.open.at(-1)?.indent ?? 0) + 2) draft.open.pop();
}

/** A line that is indented, or goes on without a blank one before it, belongs to the item above. */
function addText(draft: Draft, line: string): void {
  draft.sections.at(-1)?.lines.push(line);
  const isBlank = line.trim() === "";
  const indent = line.length - line.trimStart().length;
  if (!isBlank && draft.wasBlank) {
    leave(draft, indent);
    if (draft.open.length === 0) draft.list += 1;
  }
  draft.wasBlank = isBlank;
  const owner = draft.open.at(-1);
  if (owner !== undefined) draft.items[owner.at]?.more.push(line);
}
