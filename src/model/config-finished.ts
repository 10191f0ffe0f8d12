/** When work counts as finished: what is done about acceptance criteria that nobody has ticked. */
import { z } from "zod";

export const Finished = z.strictObject({
  criteria: z
    .enum(["off", "warn", "require"])
    .default("off")
    .describe(
      "What is done about acceptance criteria that nobody has ticked: nothing, a warning, or no merge without a person.",
    ),
});
