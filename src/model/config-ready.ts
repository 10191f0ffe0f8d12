/** What an issue has to say before it is started, and what is done about one that says what another says. */
import { z } from "zod";

export const Ready = z.strictObject({
  goal: z.boolean().default(false).describe("An issue has to say what it is for before it is started."),
  criteria: z.boolean().default(false).describe("It has to name acceptance criteria."),
  estimate: z.boolean().default(false).describe("Somebody has to have estimated it."),
  minimumLength: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe("Its text has to have at least so many characters; 0 asks for none."),
  duplicates: z
    .enum(["text", "title", "allow"])
    .default("text")
    .describe("An issue with the title and text of another open one, or with its title alone, is held."),
});
