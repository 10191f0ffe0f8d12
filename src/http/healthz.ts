/** GET /healthz: whether the process answers, for whatever restarts it. It says nothing of GitHub or of any repository. */
import { z } from "zod";
import type { Route } from "./route.ts";

export const healthz: Route = {
  method: "GET",
  path: "/healthz",
  access: "anybody",
  summary: "Whether the process runs",
  // Probes add parameters of their own.
  input: z.object({}),
  output: z.object({ status: z.literal("ok") }),
  answer: () => ({ status: "ok" }),
};
