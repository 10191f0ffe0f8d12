/** GET /healthz: whether the process answers, for whatever restarts it. It says nothing of GitHub or of any repository. */
import { z } from "zod";
import { count } from "./answer-fields.ts";
import type { Call, Route } from "./route.ts";

export const healthz: Route = {
  method: "GET",
  path: "/healthz",
  access: "anybody",
  summary: "Whether the process runs",
  // Probes add parameters of their own.
  input: z.object({}),
  output: z.object({
    status: z.literal("ok"),
    build: z.string().nullable().describe("The commit that runs; null where nobody has said it."),
    uptimeSeconds: count,
  }),
  answer: ({ ground: { clock, build, startedAt } }: Call) => ({
    status: "ok",
    build,
    uptimeSeconds: Math.floor((clock.now() - startedAt) / 1_000),
  }),
};
