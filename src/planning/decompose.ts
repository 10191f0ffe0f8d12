/**
 * From a text to the pieces of the work that it describes: its checklist, its numbered steps, its sections, or else its
 * acceptance criteria. What is done already, and what only explains, is no piece. The text is hostile; its pieces are data.
 */
import type { Piece, PieceSource } from "../model/split.ts";
import { readEffort, shareEffort } from "./effort.ts";
import { cutAt, shownText, toHarmless } from "./harmless.ts";
import { orderPieces } from "./order-pieces.ts";
import { readOutline, type Item, type Outline, type Section } from "./outline.ts";

/** One piece is no split. */
export const piecesMin = 2;
/** More is a backlog, which nobody approves at a glance. */
export const piecesMax = 20;

const titleMax = 100;
/** Of one piece; all together stay below GitHub's limit of a body. */
const textMax = 3_000;

/** What is to be split. */
export interface Work {
  readonly body: string;
  /** What the whole is estimated at; null: nobody can say. */
  readonly minutes: number | null;
}

export type Decomposition =
  | { readonly kind: "pieces"; readonly source: PieceSource; readonly pieces: readonly Piece[] }
  /** In a sentence, with what to write. */
  | { readonly kind: "none"; readonly reason: string };

/** The same text gives the same pieces, 2 to 20. Never throws. */
export function decompose({ body, minutes }: Work): Decomposition {
  const found = findParts(readOutline(shownText(body)));
  if (found === null || found.parts.length < piecesMin) return { kind: "none", reason: describeTooFew(found) };
  const { source, parts } = found;
  if (parts.length > piecesMax) return { kind: "none", reason: describeTooMany(source, parts.length) };
  const drafts = parts.map((part) => ({ ...part, ...readEffort(part.line, part.text) }));
  const shares = shareEffort(
    drafts.map((draft) => ({ written: draft.minutes, weight: weightOf(draft) })),
    minutes,
  );
  const places = new Map(drafts.map(({ item }, at) => [item, at]));
  const after = orderPieces(
    drafts.map((draft) => ({
      title: toTitle(draft.title),
      said: `${draft.line}\n${draft.text}`,
      number: draft.number,
      sequence: draft.sequence,
      under: draft.under === null ? null : (places.get(draft.under) ?? null),
    })),
  );
  const pieces = drafts.map((draft, at): Piece => ({
    title: titleOf(draft.title, at),
    text: textOf(draft),
    minutes: shares[at] ?? null,
    after: after[at] ?? [],
  }));
  return { kind: "pieces", source, pieces };
}

const howToWrite =
  "Write what is to be done as a checklist (`- [ ] Add the table`), as numbered steps (`1. Add the table`), or as one `##` section for each part, then give the command again.";

function describeTooFew(found: Found | null): string {
  const what = found === null ? "names no parts" : `names one part alone (${nounOf[found.source]})`;
  return `The text ${what}, and a split needs at least ${piecesMin}. ${howToWrite}`;
}

function describeTooMany(source: PieceSource, count: number): string {
  return `The text names ${count} parts (${nounOf[source]}), and ${piecesMax} are the most that one issue is split into. Put what belongs together under one \`##\` section each, or into issues of their own, then give the command again.`;
}

const nounOf: Readonly<Record<PieceSource, string>> = {
  checklist: "the open boxes of its checklist",
  steps: "its numbered steps",
  sections: "its sections",
  criteria: "its acceptance criteria",
};

/** A piece before its effort and its place are known. */
interface Part {
  readonly line: string;
  readonly text: string;
  readonly number: number;
  readonly sequence: number | null;
  /** The item that it is made of; null: a section. */
  readonly item: Item | null;
  readonly under: Item | null;
}

interface Found {
  readonly source: PieceSource;
  readonly parts: readonly Part[];
}

/** The first kind of parts that there are two of; else the one there is, for the sake of the answer. */
function findParts(outline: Outline): Found | null {
  const sections = sectionParts(outline);
  const lists = [checklistOf(outline), stepsOf(outline)].filter(
    (each) => sections.length < piecesMin || coversSections(outline, each),
  );
  const ways: readonly Found[] = [
    { source: "checklist", parts: toParts(outline, lists.find((list) => list[0]?.kind !== "step") ?? []) },
    { source: "steps", parts: toParts(outline, lists.find((list) => list[0]?.kind === "step") ?? []) },
    { source: "sections", parts: sections },
    { source: "criteria", parts: toParts(outline, criteriaOf(outline)) },
  ];
  return ways.find(({ parts }) => parts.length >= piecesMin) ?? ways.find(({ parts }) => parts.length > 0) ?? null;
}

/** What people are asked to tick when they write an issue is nothing to be done. */
const formality = /^I(?:['’](?:ve|m|ll)\b|\s+(?:have|am|agree|will|understand|confirm|searched|read|checked)\b)/i;

function isWork({ sections }: Outline, item: Item): boolean {
  const kind = sections[item.section]?.kind;
  return (kind === "work" || kind === "list") && !formality.test(item.line);
}

/** Boxes; and the points below a heading that says that they are what is to be done. */
function checklistOf(outline: Outline): readonly Item[] {
  const items = outline.items.filter((item) => isWork(outline, item));
  const boxes = items.filter(({ kind }) => kind === "box");
  if (boxes.length > 0) return boxes;
  return items.filter(({ kind, section }) => kind === "point" && isListed(outline.sections[section]));
}

function isListed(section: Section | undefined): boolean {
  return section?.kind === "list" && section.rank > 0;
}

function stepsOf(outline: Outline): readonly Item[] {
  return outline.items.filter((item) => item.kind === "step" && isWork(outline, item));
}

function criteriaOf({ items, sections }: Outline): readonly Item[] {
  return items.filter(({ section }) => sections[section]?.kind === "criteria");
}

/** Whether no section with work in it would be lost. */
function coversSections(outline: Outline, items: readonly Item[]): boolean {
  const groups = workSections(outline).map(({ from, until }) =>
    items.some(({ section }) => section >= from && section < until),
  );
  return groups.every(Boolean);
}

function toParts({ items }: Outline, chosen: readonly Item[]): readonly Part[] {
  const numbers = new Map(chosen.map((item, at) => [item, item.number ?? at + 1]));
  return chosen
    .filter((item) => !item.isDone)
    .map((item) => ({
      line: item.line,
      text: dedent(item.more),
      number: numbers.get(item) ?? 0,
      sequence: item.kind === "step" ? item.list : null,
      item,
      under: item.under === null ? null : (items[item.under] ?? null),
    }));
}

interface Span {
  readonly from: number;
  /** The first section that is not below it. */
  readonly until: number;
}

/** Sections of the highest rank that has two with work in them. */
function workSections({ sections }: Outline): readonly Span[] {
  for (let rank = 1; rank <= 6; rank += 1) {
    const spans = sections.flatMap((section, from) => {
      if (section.rank !== rank || section.kind !== "work") return [];
      const next = sections.findIndex((other, at) => at > from && other.rank <= rank);
      return [{ from, until: next === -1 ? sections.length : next }];
    });
    if (spans.length >= piecesMin) return spans;
  }
  return [];
}

const numberedTitle = /^(?:(?:step|phase|part|stage)\s{1,3})?(\d{1,3})(?:[.):\s–—-]|$)/i;

/** Sections whose titles count are steps. */
function sectionParts(outline: Outline): readonly Part[] {
  const spans = workSections(outline);
  const titles = spans.map(({ from }) => outline.sections[from]?.title ?? "");
  const numbers = titles.map((title) => numberedTitle.exec(title)?.[1]);
  const isCounted = numbers.every((number) => number !== undefined);
  return spans.map(({ from, until }, at) => ({
    line: isCounted ? (titles[at] ?? "").replace(numberedTitle, "").trim() || (titles[at] ?? "") : (titles[at] ?? ""),
    text: linesOf(outline, { from, until }),
    number: isCounted ? Number(numbers[at]) : at + 1,
    sequence: isCounted ? 0 : null,
    item: null,
    under: null,
  }));
}

function linesOf({ sections }: Outline, { from, until }: Span): string {
  const lines = sections
    .slice(from, until)
    .flatMap(({ heading, lines: own }, at) => (at === 0 ? own : [heading, ...own]));
  return dedent(lines);
}

/** Without what all lines are indented by, and without blank ones around. */
function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const least = indents.reduce((min, indent) => Math.min(min, indent), 100);
  return lines
    .map((line) => (line.trim() === "" ? "" : line.slice(Math.min(least, line.length - line.trimStart().length))))
    .join("\n")
    .replace(/^\n+/, "")
    .trimEnd();
}

/** The words of a line, without the signs of Markdown around them. */
function toTitle(line: string): string {
  return line
    .slice(0, 1_000)
    .replaceAll(/!?\[([^[\]\n]{1,300})\]\([^()\s]{0,500}\)/g, "$1")
    .replaceAll(/\*\*|__|~~/g, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/[\s:;,.–—-]{1,20}$/u, "");
}

function titleOf(line: string, at: number): string {
  const title = toHarmless(toTitle(line), titleMax);
  return title === "" ? `Piece ${at + 1}` : title;
}

/** The line itself comes first where the title has not all of it. */
function textOf({ title, text }: { readonly title: string; readonly text: string }): string {
  const isCut = toTitle(title).length > titleMax;
  return toHarmless([isCut ? title.trim() : "", text].filter((part) => part !== "").join("\n\n"), textMax);
}

/** The more there is to read, the more there is to do; beyond some length it is talk. */
function weightOf({ line, text }: { readonly line: string; readonly text: string }): number {
  return 2 + Math.round(cutAt(`${line}${text}`, 2_000).length / 100);
}
