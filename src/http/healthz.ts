/** GET /healthz: whether the process answers, for whatever restarts it. It says nothing of GitHub or of any repository. */
import type { Route } from "./route.ts";

export const healthz: Route = {
  method: "GET",
  path: "/healthz",
  access: "anybody",
  answer: () => ({ status: "ok" }),
};
