/** The one reading of a duration, wherever a person writes one. */

const durationPattern = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/;
export const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `5m`, `2h`, `7d`; a bare number is minutes. Returns milliseconds, or null when it is not a duration. */
export function parseDuration(text: string | number): number | null {
  const match = durationPattern.exec(String(text).trim());
  if (match === null) return null;
  const unit = (match[2] ?? "m") as keyof typeof unitMs;
  const ms = Math.round(Number(match[1]) * unitMs[unit]);
  // Four hundred digits are Infinity, which JSON would store as null.
  return Number.isSafeInteger(ms) ? ms : null;
}
