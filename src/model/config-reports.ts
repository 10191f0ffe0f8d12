/** The section `reports` of the configuration: what is written to the state branch beside the log, for people to read. */
import { z } from "zod";

/** How many pages of a kind may be kept; what is older than this many is looked for and removed. */
export const reportsKeptMax = 366;

/** What a retrospective looks back at: more is read by nobody. */
export const retrospectiveTasksMax = 100;

export const Reports = z.strictObject({
  daily: z
    .boolean()
    .default(true)
    .describe("The first commit of a day brings the orchestration report of that day along."),
  retrospective: z
    .number()
    .int()
    .min(0)
    .max(retrospectiveTasksMax)
    .default(3)
    .describe("After so many completed tasks a commit brings a retrospective of them along; 0 never."),
  keep: z
    .number()
    .int()
    .min(1)
    .max(reportsKeptMax)
    .default(30)
    .describe("The reports of so many days, and so many retrospectives, are kept."),
});
