/** Text of others that is going to stand in an issue of ours: it calls nobody, commands nothing, hides nothing, and has an end. */
import { stripHiddenText } from "../model/hidden-text.ts";

/** GitHub's own limit of a body: no more is looked at. */
const rawMax = 65_536;
const zeroWidthSpace = "\u200B";

/** What a reader of the text sees, with line feeds alone. */
export function shownText(text: string): string {
  return stripHiddenText(text.slice(0, rawMax));
}

/** Markdown that keeps its form: no mention in it rings, and no line of it begins with a command. */
export function toHarmless(markdown: string, lengthMax: number): string {
  return cutAt(
    markdown
      .replaceAll(/@(?=[a-z0-9_])/gi, `@${zeroWidthSpace}`)
      .replaceAll(/^([\s>*+-]{0,20})\/(?=orchestrate\b)/gim, `$1${zeroWidthSpace}/`),
    lengthMax,
  );
}

const ellipsis = "…";

/** At most so long, cut at a space where there is one near, and never within a character. */
export function cutAt(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const short = text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, "");
  const space = Math.max(short.lastIndexOf(" "), short.lastIndexOf("\n"));
  return `${(space > lengthMax / 2 ? short.slice(0, space) : short).trimEnd()}${ellipsis}`;
}
