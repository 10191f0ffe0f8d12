/** The faults of a scenario: what may go wrong on the way, and how often. All off by default. */
import { z } from "zod";
import { Duration } from "../model/config-duration.ts";

const share = "write a share from 0 to 1";
const rate = z.number({ error: share }).min(0, share).max(1, share);

/** `[min, max]`, or one duration for both. */
export const DurationRange = z
  .union([z.tuple([Duration, Duration]), Duration], {
    error: "write a duration such as 5m, or the shortest and the longest such as [1m, 5m]",
  })
  .transform((value): readonly [number, number] => (typeof value === "number" ? [value, value] : value))
  .refine(([least, most]) => least <= most, "the first duration must not be longer than the second");

export const Faults = z
  .strictObject({
    webhooks: z
      .strictObject({
        drop: rate.default(0),
        duplicate: rate.default(0),
        reorder: z
          .union([z.boolean().transform(Number), rate], { error: "write a share from 0 to 1, or true or false" })
          .default(0),
        delay: DurationRange.nullable().default(null),
      })
      .prefault({}),
    api: z
      .strictObject({ error: rate.default(0), secondaryLimit: rate.default(0), timeout: rate.default(0) })
      .refine((api) => api.error + api.secondaryLimit + api.timeout <= 1, "the rates together must not be above 1")
      .prefault({}),
    crash: z
      .union([rate.transform((value) => ({ rate: value })), z.strictObject({ rate: rate.default(0) })], {
        error: "write { rate: 0.01 }, a share from 0 to 1 of the calls",
      })
      .prefault({}),
    actions: z.strictObject({ cancel: rate.default(0), delay: DurationRange.nullable().default(null) }).prefault({}),
    replicas: z.number().int().min(1).max(20).default(1),
  })
  .prefault({});
export type Faults = z.output<typeof Faults>;

/** Nothing goes wrong. */
export const noFaults: Faults = Faults.parse({});

/** Everything goes wrong now and then: what a bad week looks like, in a day. */
export const allFaults: Faults = Faults.parse({
  webhooks: { drop: 0.1, duplicate: 0.1, reorder: 0.2, delay: ["0s", "20s"] },
  api: { error: 0.03, secondaryLimit: 0.01, timeout: 0.02 },
  crash: { rate: 0.003 },
  replicas: 2,
});
