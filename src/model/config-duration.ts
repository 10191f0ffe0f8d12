/** How a duration is written in the configuration, and how short or long one may be. */
import { z } from "zod";
import { parseDuration } from "./duration.ts";

/** A duration in the configuration, milliseconds once parsed. */
export const Duration = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null) return ms;
    context.addIssue(`"${value}" is not a duration: write 90s, 5m, 2h or 7d; a bare number is minutes`);
    return z.NEVER;
  })
  .describe("A duration such as 90s, 5m, 2h or 7d; a bare number is minutes.");

/**
 * A duration of at least `least`, for what a shorter time would make meaningless, and at most `most`, both as a person writes
 * them. The range goes into the JSON Schema as `range`, which json-schema.ts puts into words.
 */
export function durationFrom(least: string, most?: string): typeof Duration {
  const range = most === undefined ? `at least ${least}` : `${least} to ${most}`;
  const leastMs = parseDuration(least) ?? 0;
  const mostMs = most === undefined ? Infinity : (parseDuration(most) ?? Infinity);
  return Duration.refine((ms) => ms >= leastMs && ms <= mostMs, `write ${range}`).meta({ range });
}
