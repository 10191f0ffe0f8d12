/**
 * Takes secrets and everything that does not show out of text that programs printed or people wrote, before any of it is kept
 * or passed on. What only looks like a secret goes too: a line less costs an attempt little, a key that leaks costs much.
 */

/** What stands in place of a secret. */
export const removed = "[removed]";

/** What begins an escape sequence, and what may end a long one. */
const escapeStart = "\u001B\u009B";
const bell = "\u0007";
/** Colours, cursor moves, titles, links: CSI, OSC up to its end, and the two-character sequences. */
const escapes = new RegExp(
  String.raw`[${escapeStart}](?:\[[0-?]*[ -/]*[@-~]|\][^${bell}${escapeStart}\n]*(?:${bell}|[${escapeStart}]\\)?|[@-Z\\^_=>]|[0-?]*[ -/]*[@-~])`,
  "gu",
);
/** Nothing of these is seen: control and format characters, variation selectors, fillers, halves of pairs. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** What people see of it: line ends are line feeds, tabs are spaces, nothing hidden or coloured is left. */
export function toVisibleText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll("\t", "  ")
    .replaceAll(invisible, (character) => (kept.has(character) ? character : ""))
    .replaceAll(escapes, "")
    .replaceAll(invisible, (character) => (character === "\n" ? character : ""));
}

/** What escape sequences begin and end with has to stand until they are gone. */
const kept: ReadonlySet<string> = new Set(["\n", bell, "\u001B", "\u009B"]);

/** Tokens that tell by their form what they are. */
const tokens: readonly RegExp[] = [
  /gh[oprsu]_[\w.-]{10,}/gi,
  /github_pat_\w{10,}/gi,
  /(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{12,}/g,
  /xox[a-z]{1,2}-[\w-]{8,}/gi,
  /xapp-[\w-]{8,}/gi,
  /hooks\.slack\.com\/(?:services|workflows)\/[\w/-]+/gi,
  // OpenAI, Anthropic; Stripe in both modes.
  /(?<![a-z0-9])sk-[\w-]{12,}/gi,
  /(?<![a-z0-9])[prs]k_(?:live|test)_\w{8,}/gi,
  /whsec_[\w+/=]{8,}/gi,
  /AIza[\w-]{20,}/g,
  /ya29\.[\w-]{10,}/g,
  /(?:npm|hf|dop_v1|doo_v1|lin_api|lin_oauth|fo1|shpat|shpss|secret|dp\.pt|pul)_[a-z0-9]{20,}/gi,
  /pypi-[\w-]{16,}/gi,
  /gl(?:pat|ptt|cbt|rt|dt|soat)-[\w.-]{10,}/gi,
  /SG\.[\w-]{10,}\.[\w-]{10,}/g,
  /FlyV1 +[\w+/=,-]{10,}/gi,
  // Signed and encrypted web tokens.
  /eyJ[\w-]{6,}(?:\.[\w-]*){1,4}/g,
];

/** What follows one of these words is a secret, whatever its form. The word stays. */
const headers =
  /((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,30}(?:api-?key|token|secret|signature))(["']? {0,3}[:=] {0,3})[^\n]+/gi;
const schemes = /(\b(?:bearer|basic|negotiate|digest) {1,3}["']?)([\w+/=.~:-]{6,})/gi;
const passwords =
  /((?:password|passwd|passphrase|pwd|secret|credentials?)["'\]]{0,2} {0,3}(?:=>|[:=]) {0,3})("[^"\n]{1,500}"|'[^'\n]{1,500}'|["']?[^\s"',;]{3,})/gi;
/** Tokens and keys are also words of grammar and of data structures: only a value that is no word is taken for one. */
const keys =
  /((?:token|key|auth|sig|signature|session|sas|dsn)["'\]]{0,2} {0,3}(?:=>|[:=]) {0,3}["']?)((?=[^\s"'&,;]*\d)[^\s"'&,;]{10,})/gi;
/** `https://user:password@host`, and a token alone before the host. */
const userInfo = /([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/@]{1,500}@/gi;

const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of a key, perhaps behind a prefix of the program that printed it. */
const keyLine = /(?:^|[\s|"'>:])[\w+/=]{16,}["'\\n,]*\s*$/;

/** An RSA key of 16,384 bits has 200 lines. */
const keyLinesMax = 250;

/** Long, and so mixed that it is no name: what is left of keys whose form nobody knows. Commit ids are all lower case. */
const dense = /[\w-]{24,}/g;
const turnsShare = 0.33;

/**
 * The same text as people see it, with `[removed]` for each secret. Works on lines of any length in time linear to it; the
 * result may be cut anywhere without bringing a secret back.
 */
export function redact(text: string): string {
  let safe = withoutKeys(toVisibleText(text));
  for (const token of tokens) safe = safe.replaceAll(token, removed);
  return safe
    .replaceAll(headers, (_whole, name: string, sign: string) => `${name}${sign}${removed}`)
    .replaceAll(schemes, (whole, name: string, value: string) => (isValue(value) ? `${name}${removed}` : whole))
    .replaceAll(userInfo, `$1${removed}@`)
    .replaceAll(passwords, `$1${removed}`)
    .replaceAll(keys, `$1${removed}`)
    .replaceAll(dense, (word) => (isDense(word) ? removed : word));
}

/** Private keys, line by line: a text may begin or end in the midst of one. */
function withoutKeys(text: string): string {
  if (!text.includes("PRIVATE KEY")) return text;
  const lines = text.split("\n");
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const begins = keyBegin.test(line);
    if (!begins && !keyEnd.test(line)) {
      kept.push(line);
      continue;
    }
    if (begins) index = endOfKey(lines, index);
    // Its head was cut off: what stands before the end is the key.
    else while (keyLine.test(kept.at(-1) ?? "")) kept.pop();
    kept.push(removed);
  }
  return kept.join("\n");
}

/** The index of the last line of the key that begins at `begin`; of one without an end, the last that looks like a key's. */
function endOfKey(lines: readonly string[], begin: number): number {
  const ahead = lines.slice(begin, begin + keyLinesMax);
  const end = ahead.findIndex((line) => keyEnd.test(line));
  if (end !== -1) return begin + end;
  let last = begin;
  while (keyLine.test(lines[last + 1] ?? "")) last += 1;
  return last;
}

/** Random letters turn from word to number and to capitals twice as often as names that are made of words. */
function isDense(word: string): boolean {
  if (!/\d/.test(word) || !/[A-Z]/.test(word) || !/[a-z]/.test(word)) return false;
  let turns = 0;
  for (let index = 1; index < word.length; index += 1) {
    if (isTurn(word.charAt(index - 1), word.charAt(index))) turns += 1;
  }
  return turns >= word.length * turnsShare;
}

function isTurn(before: string, after: string): boolean {
  return /\d/.test(before) !== /\d/.test(after) || (/[a-z]/.test(before) && /[A-Z]/.test(after));
}

/** `basic usage` is no secret: a value has digits or signs in it, or capitals beyond the first letter. */
function isValue(text: string): boolean {
  return /[\d+/=~]/.test(text) || /.[A-Z]/.test(text);
}
