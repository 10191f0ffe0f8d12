/** Hashes of our own texts, to tell whether what we wrote last is what we would write now. */

/**
 * 64 bits of FNV-1a in two halves: enough to tell whether a text of ours changed, and without secrets to keep. Constants
 * from the FNV reference; the second half starts from another basis.
 */
export function digestOf(text: string): string {
  let left = 0x811c9dc5;
  let right = 0xcbf29ce4;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    left = Math.imul(left ^ code, 0x01000193) >>> 0;
    right = Math.imul(right ^ (code + index), 0x01000193) >>> 0;
  }
  return left.toString(16).padStart(8, "0") + right.toString(16).padStart(8, "0");
}

const sealPattern = /\n<!-- orchestrate:written:([0-9a-f]{16}) -->\s*$/;

/** The text with a hash of itself behind it, so that any copy of the program sees whether somebody changed it by hand. */
export function sealText(text: string): string {
  const content = normalise(text);
  return `${content}\n<!-- orchestrate:written:${digestOf(content)} -->\n`;
}

/** Whether it is as we wrote it, whoever of us did. Anybody could forge it: it saves a look, and proves nothing. */
export function isSealed(text: string): boolean {
  const seal = sealPattern.exec(text);
  return seal !== null && digestOf(normalise(text.slice(0, seal.index))) === seal[1];
}

/** Browsers write other line ends, and the tracker may trim. */
function normalise(text: string): string {
  return text.replaceAll("\r\n", "\n").trimEnd();
}
