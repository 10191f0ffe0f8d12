/** How long pieces take: what is written beside them, and what is left of the whole for the others, by how much they say. */
import { parseDuration } from "../model/duration.ts";

const duration = String.raw`(\d{1,4}(?:\.\d{1,2})?)\s{0,3}(m|h|d)(?:ins?|inutes?|rs?|ours?|ays?)?`;
const about = String.raw`(?:(?:~|≈|about|est\.?|estimated?:?)\s{0,3})?`;
/** `(2h)`, `[~30 min]`: at the end, or before what explains it. */
const inBrackets = new RegExp(
  String.raw`\s{0,5}[([]\s{0,3}${about}${duration}\s{0,3}[)\]](?=\s{0,5}(?:$|[:.–—-]))`,
  "iu",
);
/** `– 2h`, `, ~30m`, `: 1 day`. */
const atEnd = new RegExp(String.raw`\s{0,5}(?:[–—,:;|]|\s-|\s~|≈)\s{0,5}${about}${duration}\.?$`, "iu");
const ownLine = new RegExp(
  String.raw`^[\s*_>+-]{0,10}(?:estimate|effort)[\s*_]{0,4}:[\s*_]{0,4}~?${duration}\b`,
  "imu",
);

const minutesMax = 30 * 24 * 60;

/** The estimate beside a title, and the title without it. */
export function readEffort(title: string, text: string): { readonly title: string; readonly minutes: number | null } {
  for (const pattern of [inBrackets, atEnd]) {
    const match = pattern.exec(title);
    const minutes = match === null ? null : toMinutes(match);
    if (match !== null && minutes !== null) {
      return { title: title.slice(0, match.index) + title.slice(match.index + match[0].length), minutes };
    }
  }
  const match = ownLine.exec(text);
  return { title, minutes: match === null ? null : toMinutes(match) };
}

function toMinutes([, amount = "", unit = ""]: RegExpExecArray): number | null {
  const ms = parseDuration(`${amount}${unit.toLowerCase()}`);
  const minutes = ms === null ? 0 : Math.round(ms / 60_000);
  return minutes >= 1 && minutes <= minutesMax ? minutes : null;
}

export interface Effort {
  /** Minutes that are written; null: none are. */
  readonly written: number | null;
  /** How much of what is left is its part. */
  readonly weight: number;
}

/**
 * Minutes of each. What nobody has written shares what the whole has left, to the minute and at least one each; null where the whole
 * has no estimate, or nothing left.
 */
export function shareEffort(efforts: readonly Effort[], whole: number | null): readonly (number | null)[] {
  const written = efforts.reduce((sum, each) => sum + (each.written ?? 0), 0);
  const open = efforts.filter((each) => each.written === null);
  const left = whole === null ? 0 : Math.round(whole) - written;
  if (left < open.length) return efforts.map((each) => each.written);
  const weights = open.reduce((sum, each) => sum + each.weight, 0);
  const spare = left - open.length;
  // Sums that are rounded, and not parts: so the last one ends exactly where the whole does.
  let [weight, given] = [0, 0];
  return efforts.map((each) => {
    if (each.written !== null) return each.written;
    weight += each.weight;
    const until = Math.round((spare * weight) / weights);
    const own = until - given;
    given = until;
    return own + 1;
  });
}
