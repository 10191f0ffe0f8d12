/** A plan and a comparison as JSON, for programs: the keys are a contract. */
import type { Comparison, Plan } from "../model/plan.ts";

/** One line, in the documented order of keys; objects with ids as keys hold them in the order of the input. */
export function renderPlanJson(plan: Plan): string {
  const parts: readonly (readonly [key: string, json: string])[] = [
    ["mode", JSON.stringify(plan.mode)],
    ["order", JSON.stringify(plan.order)],
    ["ready", JSON.stringify(plan.ready)],
    ["blocked", renderMap(plan.blocked)],
    ["stages", JSON.stringify(plan.stages)],
    ["criticalPath", JSON.stringify(plan.criticalPath)],
    ["impact", renderMap(plan.impact)],
    ["scores", renderMap(plan.scores)],
    ["cycles", JSON.stringify(plan.cycles)],
    ["assignments", JSON.stringify(plan.assignments)],
    ...(plan.impactError === null ? [] : [["impactError", String(plan.impactError)] as const]),
  ];
  return `{${parts.map(([key, json]) => `"${key}":${json}`).join(",")}}`;
}

export function renderComparisonJson(comparison: Comparison): string {
  return JSON.stringify(comparison);
}

/** Written directly: an object with thousands of keys is slow to make, and would sort those that look like numbers. */
function renderMap(map: ReadonlyMap<string, unknown>): string {
  return `{${Array.from(map, ([id, value]) => `${JSON.stringify(id)}:${JSON.stringify(value)}`).join(",")}}`;
}
