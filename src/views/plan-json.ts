/** A plan and a comparison as JSON, for programs: the keys are a contract. */
import type { Comparison, Plan } from "../model/plan.ts";

/** One line, in the documented order of keys. Ids of any kind are safe as keys. */
export function renderPlanJson(plan: Plan): string {
  const { mode, order, ready, stages, criticalPath, cycles, assignments } = plan;
  return JSON.stringify({
    mode,
    order,
    ready,
    blocked: Object.fromEntries(plan.blocked),
    stages,
    criticalPath,
    impact: Object.fromEntries(plan.impact),
    scores: Object.fromEntries(plan.scores),
    cycles,
    assignments,
  });
}

export function renderComparisonJson(comparison: Comparison): string {
  return JSON.stringify(comparison);
}
