/** The keys of `alerts.notify`: what is sent to the webhook. Where that is, is a secret of the process and stands in no file. */
import { z } from "zod";

export const Notify = z.strictObject({
  severity: z
    .enum(["notice", "warning", "critical"])
    .default("warning")
    .describe("Alerts below this severity are not sent."),
  progress: z.boolean().default(false).describe("The summary of metrics.summary is sent as well."),
});
