/** `mode: plan`: a backlog file in, what to do next out, on the page of the run. Asks nobody anything. */
import type { ActionInputs } from "./inputs.ts";
import type { ActionOutcome } from "./outcome.ts";
import { loadPlan } from "../plan.ts";
import { renderPlanSummary } from "../views/plan-summary.ts";

type PlanInputs = Extract<ActionInputs, { readonly mode: "plan" }>;

/** Rejects with one sentence that names the place when the file is no backlog. */
export async function runPlan({ file, ranking }: PlanInputs): Promise<ActionOutcome> {
  const { backlog, plan } = await loadPlan(file, ranking);
  return {
    outputs: {
      outcome: plan.order.length === 0 ? "empty" : "planned",
      order: JSON.stringify(plan.order),
      ready: plan.ready.length,
      waiting: plan.blocked.size,
      cycles: plan.cycles.length,
    },
    annotations: plan.cycles
      .map((ids) => ({
        level: "warning" as const,
        message: `These wait for each other in a circle and can never start: ${ids.slice(0, 8).join(", ")}${ids.length > 8 ? ", …" : ""}.`,
      }))
      .slice(0, 10),
    summary: renderPlanSummary(plan, new Map(backlog.tasks.map((task) => [task.id, task]))),
  };
}
