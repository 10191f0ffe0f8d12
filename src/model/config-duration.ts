/** How a duration is written in the configuration. */
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
