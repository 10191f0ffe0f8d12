/** The section `reports` of the configuration: what is written to the state branch beside the log, for people to read. */
import { z } from "zod";

/** How many pages of a kind may be kept; what is older than this many is looked for and removed. */
export const reportsKeptMax = 366;

export const Reports = z.strictObject({
  daily: z
    .boolean()
    .default(true)
    .describe("The first commit of a day brings the orchestration report of that day along."),
  keep: z.number().int().min(1).max(reportsKeptMax).default(30).describe("The reports of so many days are kept."),
});
