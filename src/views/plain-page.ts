/**
 * Markdown of the views as plain text for a terminal: the same words without marks, links, tables' bars and diagrams. It reads only
 * what our own views write, in which everything that others wrote is escaped; so an escaped mark is text, and any other is ours.
 */

/** A column is filled up to here; what is longer moves the rest of its own row only. */
const columnMax = 44;

/** For a browser; with the note below it, which says what is not drawn. */
const diagramPattern = /^```mermaid\n[^]*?\n```$(?:\n\n_.+_$)?/gm;

interface Block {
  readonly kind: "text" | "table" | "code";
  readonly lines: readonly string[];
}

/** Lines of plain text without control characters; ends without a line break. */
export function toPlainPage(markdown: string): string {
  const shown = markdown.replaceAll(diagramPattern, "").replaceAll(/<!--.*?-->/gs, "");
  const lines = toBlocks(shown.split("\n")).flatMap(renderBlock);
  return (
    dropEmptySections(lines)
      .map((line) => toHarmless(line).trimEnd())
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      // A list or a table stands right below its title.
      .replaceAll(/:\n\n(?=[ -]|\d)/g, ":\n")
      .trim()
  );
}

/** One line of our Markdown as plain text. */
export function toPlainWords(markdown: string): string {
  return toHarmless(stripMarks(markdown));
}

/** Consecutive lines of a kind. */
function toBlocks(lines: readonly string[]): readonly Block[] {
  const blocks: { kind: Block["kind"]; lines: string[] }[] = [];
  let isCode = false;
  for (const line of lines) {
    if (line.startsWith("```")) {
      isCode = !isCode;
      continue;
    }
    const kind = isCode ? "code" : line.startsWith("| ") ? "table" : "text";
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  return blocks;
}

function renderBlock({ kind, lines }: Block): readonly string[] {
  if (kind === "code") return lines.map((line) => `    ${line}`);
  return kind === "table" ? renderTable(lines) : lines.map(renderLine);
}

/** A title, in whichever of our two ways, ends with a colon: what belongs to it follows. */
function renderLine(line: string): string {
  const title = /^#{1,6} (?<words>.+)$/.exec(line) ?? /^\*\*(?<words>(?:(?!\*\*).)+)\*\*$/.exec(line);
  const words = title?.groups?.["words"];
  if (words === undefined) return stripMarks(line.replace(/^_(?<words>.+)_$/, "$<words>"));
  const text = stripMarks(words);
  return /[.!?:]$/.test(text) ? text : `${text}:`;
}

/** Without the line between head and rows; columns line up as far as they are not too long. */
function renderTable(lines: readonly string[]): readonly string[] {
  const rows = lines
    .filter((line) => !/^\|(?: -+ \|)+$/.test(line))
    .map((line) => line.replace(/^\| /, "").replace(/ \|$/, "").split(" | ").map(stripMarks));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(columnMax, Math.max(...rows.map((row) => lengthOf(row[column] ?? "")))),
  );
  return rows.map((row) => `  ${row.map((cell, column) => fill(cell, widths[column] ?? 0)).join("  ")}`.trimEnd());
}

function fill(text: string, width: number): string {
  return `${text}${" ".repeat(Math.max(0, width - lengthOf(text)))}`;
}

/** In letters, not in units of UTF-16. */
function lengthOf(text: string): number {
  return [...text].length;
}

const markPattern =
  /`(?<code>[^`]*)`|\\(?<escaped>[\\`*_[\]|~$])|&(?<entity>amp|lt|gt|#8203);|\[(?<label>(?:\\.|`[^`]*`|[^\\\]`])*)\]\(https?:[^()\s]*\)|\*\*|<\/?\w+>/g;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", "#8203": "" };

/** In one go from left to right, so that what comes out is never read as a mark again. */
function stripMarks(markdown: string): string {
  return markdown.replaceAll(markPattern, (...match) => {
    const { code, escaped, entity, label } = match.at(-1) as Readonly<Record<string, string | undefined>>;
    if (label !== undefined) return stripMarks(label);
    return code ?? escaped ?? (entity === undefined ? "" : (entities[entity] ?? ""));
  });
}

/** A title below which nothing is left, because it was a diagram, says nothing. */
function dropEmptySections(lines: readonly string[]): readonly string[] {
  return lines.filter((line, place) => {
    if (!line.endsWith(":") || line.startsWith(" ") || line.startsWith("-")) return true;
    const next = lines.slice(place + 1).find((each) => each.trim() !== "");
    return next !== undefined && !(next.endsWith(":") && !next.startsWith(" ") && !next.startsWith("-"));
  });
}

/** Whatever the views have let through: nothing moves the cursor, hides or reorders text. */
function toHarmless(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "");
}
