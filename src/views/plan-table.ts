/** Tables and lists of a plan for a terminal: columns line up, hostile text is one harmless line, and long lists are cut. */
import { toPlainLine } from "./markdown.ts";

/** A number is set to the right, with two digits behind the point where its column has fractions; a text is cleaned. */
export type Cell = string | number;

/** Enough to recognise a title or an id, so that a row stays a line. */
const cellMax = 48;
/** The first are what somebody looks for; a screenful shows them. */
const rowsMax = 20;

/** The rows under their header, two spaces in, each column as wide as its widest cell. */
export function renderTable(header: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const digits = header.map((_, column) => (rows.every((row) => isWhole(row[column])) ? 0 : 2));
  const texts = rows.map((row) =>
    row.map((cell, column) => (typeof cell === "number" ? cell.toFixed(digits[column]) : clean(cell))),
  );
  const widths = header.map((name, column) =>
    texts.reduce((width, row) => Math.max(width, lengthOf(row[column] ?? "")), lengthOf(name)),
  );
  const isRight = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const toLine = (row: readonly string[]): string =>
    `  ${row.map((text, column) => pad(text, { width: widths[column] ?? 0, right: isRight[column] ?? false })).join("  ")}`;
  return [header, ...texts].map((row) => toLine(row).trimEnd());
}

/** A table of the first items, and how many more there are. Only what is shown is laid out: a backlog may be very long. */
export function renderCutTable<Item>(
  header: readonly string[],
  items: readonly Item[],
  toRow: (item: Item, place: number) => readonly Cell[],
): readonly string[] {
  const { shown, rest } = cut(items, rowsMax);
  return [...renderTable(header, shown.map(toRow)), ...sayRest(rest)];
}

/** The first items as a line each, and how many more there are. */
export function renderCutList<Item>(
  items: readonly Item[],
  toLine: (item: Item, place: number) => string,
): readonly string[] {
  const { shown, rest } = cut(items, rowsMax);
  return [...shown.map((item, place) => `  ${toLine(item, place)}`), ...sayRest(rest)];
}

/** `a, b, c and 4 more`. */
export function joinIds(ids: readonly string[], max: number, separator = ", "): string {
  const { shown, rest } = cut(ids, max);
  const line = shown.map(clean).join(separator);
  return rest === 0 ? line : `${line}${separator.trimEnd()} and ${rest} more`;
}

function cut<Item>(items: readonly Item[], max: number): { readonly shown: readonly Item[]; readonly rest: number } {
  // One item more costs less than saying that there is one.
  const shown = items.slice(0, items.length === max + 1 ? max + 1 : max);
  return { shown, rest: items.length - shown.length };
}

function sayRest(rest: number): readonly string[] {
  return rest === 0 ? [] : [`  and ${rest} more (all with --json)`];
}

function isWhole(cell: Cell | undefined): boolean {
  return typeof cell !== "number" || Number.isInteger(cell);
}

function clean(text: string): string {
  return toPlainLine(text, cellMax);
}

/** In letters, not in units of UTF-16. */
function lengthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, { width, right }: { readonly width: number; readonly right: boolean }): string {
  const gap = " ".repeat(Math.max(0, width - lengthOf(text)));
  return right ? `${gap}${text}` : `${text}${gap}`;
}
