/**
 * Hostile text on its way into Markdown. Whatever a stranger wrote in a title, a branch or an answer of a vendor, it
 * pings nobody, links nothing, opens no tag and ends no table cell.
 */

/** 200: titles end at 256 on GitHub, and nobody needs the last words to recognise one. */
const titleMax = 200;
const urlPattern = /^https?:\/\/[^\s<>()"'\\`[\]|{}^]{1,1000}$/;
const localReferencePattern = /^#[1-9]\d{0,9}$/;
const foreignReferencePattern = /^[\w-]{1,39}\/[\w.-]{1,100}#[1-9]\d{0,9}$/;
// Control, zero-width and bidirectional characters: they hide text from the reader or reorder it.
const invisiblePattern = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]+/gu;
const loneSurrogatePattern = /\p{Cs}/gu;
const zeroWidthSpace = "\u200B";

/** One line of plain text without control characters, for terminals, logs and commit messages. */
export function toPlainLine(text: string, lengthMax = titleMax): string {
  const line = text
    .replaceAll(loneSurrogatePattern, "")
    .replaceAll(invisiblePattern, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const letters = [...line];
  return letters.length <= lengthMax ? line : `${letters.slice(0, lengthMax - 1).join("")}…`;
}

/** Hostile text as inline Markdown that shows exactly the same characters. */
export function escapeText(text: string, lengthMax = titleMax): string {
  return (
    toPlainLine(text, lengthMax)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[\\`*_[\]|~$]/g, String.raw`\$&`)
      // GitHub looks for mentions, references and addresses after Markdown, so only a break inside stops them.
      // Numbers first: what breaks the others has a number of its own.
      .replaceAll(/#(?=\d)/g, "#&#8203;")
      .replaceAll("@", "@&#8203;")
      .replaceAll(/gh-(?=\d)/gi, "$&&#8203;")
      .replaceAll(/:\/\//g, ":&#8203;//")
      .replaceAll(/www(?=\.)/gi, "$&&#8203;")
      // At the start of a line these would open a heading, list or quote.
      .replace(/^(?:#+(?=\s|$)|[+=-]|\d+[.)](?=\s|$))/, "&#8203;$&")
  );
}

/** Hostile text as inline code, in which GitHub looks for nothing. */
export function toCode(text: string, lengthMax = titleMax): string {
  const harmless = toPlainLine(text, lengthMax)
    .replaceAll("`", "ˋ")
    .replaceAll("|", "¦")
    // Whoever looks for our marker in the text of a comment does not know what is code.
    .replaceAll("<!--", "<! --");
  return harmless === "" ? "" : `\`${harmless}\``;
}

/** A link where the address is one, else only its label. The label is Markdown already. */
export function toLink(label: string, url: string | null): string {
  return url !== null && urlPattern.test(url) ? `[${label}](${url})` : label;
}

/**
 * `#12` as a link. An issue of another repository is shown as code: a link would post a notice there, and whoever
 * may write an issue here could make us do so anywhere.
 */
export function toReference(reference: string, url: string | null): string {
  if (localReferencePattern.test(reference)) return toLink(reference, url);
  return foreignReferencePattern.test(reference) ? toCode(reference) : escapeText(reference);
}

/** Markdown of our own that repeats words of others: keeps its form, but no mention, tag or image in it works. */
export function defuse(markdown: string): string {
  return markdown
    .replaceAll(loneSurrogatePattern, "")
    .replaceAll(/@(?=[a-z0-9_])/gi, `@${zeroWidthSpace}`)
    .replaceAll(/<(?=[a-z/!?])/gi, `<${zeroWidthSpace}`)
    .replaceAll("![", `!${zeroWidthSpace}[`);
}

/** Cuts at the last whole line that fits, and says that it did. */
export function cutLines(markdown: string, lengthMax: number): string {
  if (markdown.length <= lengthMax) return markdown;
  const notice = "\n\n_The rest is left out: it is longer than GitHub takes._\n";
  const kept = markdown.slice(0, lengthMax - notice.length);
  const end = kept.lastIndexOf("\n");
  // An odd number of fences would swallow the notice.
  const body = end > 0 ? kept.slice(0, end) : kept;
  const isFenceOpen = (body.match(/^```/gm)?.length ?? 0) % 2 === 1;
  return isFenceOpen ? `${body.slice(0, -4)}\n\`\`\`${notice}` : `${body}${notice}`;
}

/** A Markdown table; the cells are Markdown already. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const toRow = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("\n", " ")).join(" | ")} |`;
  return [toRow(head), toRow(head.map(() => "---")), ...rows.map(toRow)].join("\n");
}
