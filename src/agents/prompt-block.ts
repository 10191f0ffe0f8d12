/** Blocks of data in a prompt: two lines that the text in between cannot contain, nor anything that looks like them. */
import { createHash } from "node:crypto";

export type BlockName = "TASK" | "FEEDBACK";

/** What delimiters have and text in between must not: also a line that only looks like one would mislead. */
const delimiterWord = /(TASK|FEEDBACK)-DATA-/g;

/** The line before and after `text`. */
export function toDelimiter(name: BlockName, text: string): string {
  return `=====${name}-DATA-${createHash("sha256").update(text).digest("hex").slice(0, 32)}=====`;
}

/** `text` without anything that a delimiter begins with. */
export function disarm(text: string): string {
  return text.replaceAll(delimiterWord, "$1-DATA ");
}

/** Cuts without leaving half of a surrogate pair. */
export function cut(text: string, max: number): string {
  const short = text.slice(0, max);
  return /[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short;
}
