/** The section `matching`: what makes an agent suit a task, how long a better one is waited for, and whether work is moved for balance. */
import { z } from "zod";
import { Duration } from "./config-duration.ts";
import { unitMs } from "./duration.ts";

const share = z.number().min(0).max(1_000);
/** A part of a whole, 0 to 1. */
const part = z.number().min(0).max(1);
const counted = z.number().int().min(1).max(100_000);

export const Matching = z.strictObject({
  weights: z
    .strictObject({
      capability: share.default(0.4),
      load: share.default(0.3),
      history: share.default(0.2),
      cohesion: share.default(0.1),
    })
    .prefault({}),
  history: z
    .strictObject({ success: share.default(0.5), time: share.default(0.3), quality: share.default(0.2) })
    .prefault({})
    .describe("What history is made of: tasks that succeed, in the time estimated, and without being sent back."),
  bar: part
    .default(0.7)
    .describe("The fit below which an idle worker may be passed over for a better one that is busy."),
  wait: Duration.default(10 * unitMs.m).describe("The longest that a task waits for a better worker; 0m never waits."),
  lookAhead: counted
    .default(200)
    .describe("How many tasks of the queue are tried when the first ones fit nobody free."),
  rebalance: z
    .strictObject({
      enabled: z.boolean().default(false),
      over: z.number().min(1).max(100).default(1.5),
      under: part.default(0.5),
    })
    .prefault({})
    .describe("Moves a task from an agent used above so many times the mean to one used below this part of it."),
});
