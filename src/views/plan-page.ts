/** A plan in words for a terminal: what to take next and why, what goes on side by side, what is stuck, who takes what. */
import type { Plan, PlannedAssignment } from "../model/plan.ts";
import { joinIds, renderCutList, renderCutTable } from "./plan-table.ts";
import { count, describeMinutes, modeWords } from "./words.ts";

/** What the page says of a task beside its place in the plan. */
export interface PlannedTask {
  readonly title: string;
  readonly estimateMinutes: number | null;
}

const idsMax = 8;
const blockersMax = 3;

/** The whole page; ends without a line break. `tasks` holds those of the input by id. */
export function renderPlan(plan: Plan, tasks: ReadonlyMap<string, PlannedTask>): string {
  const sections = [
    summarise(plan, tasks.size),
    renderOrder(plan, tasks),
    renderStages(plan),
    renderCriticalPath(plan),
    renderCycles(plan),
    renderUnreachable(plan),
    renderAssignments(plan.assignments),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function summarise({ mode, scores, ready, blocked, impactError }: Plan, given: number): readonly string[] {
  const rest = scores.size - ready.length - blocked.size;
  const figures = [
    `${ready.length} ready`,
    `${blocked.size} blocked`,
    ...(rest === 0 ? [] : [`${rest} under way or held`]),
  ];
  return [
    `${scores.size} of ${count(given, "task")} open: ${figures.join(", ")}.`,
    `Mode ${mode}: ${modeWords[mode]}.`,
    ...(impactError === null
      ? []
      : [`How many tasks wait for each is estimated, to some ${Math.ceil(impactError * 100)} %: the backlog is huge.`]),
  ];
}

function renderOrder(
  { order, ready, scores, blocked }: Plan,
  tasks: ReadonlyMap<string, PlannedTask>,
): readonly string[] {
  if (order.length === 0) return ["There is nothing to take."];
  const startable = new Set(ready);
  const table = renderCutTable(["", "task", "title", "score", "effort", "blocked by"], order, (id, place) => {
    const { title, estimateMinutes } = tasks.get(id) ?? { title: "", estimateMinutes: null };
    const effort = estimateMinutes === null ? "not estimated" : describeMinutes(estimateMinutes);
    const idle = startable.has(id) ? "" : "(under way or held)";
    const blockers = blocked.get(id);
    const waits = blockers === undefined ? idle : joinIds(blockers, blockersMax);
    return [place + 1, id, title, scores.get(id) ?? 0, effort, waits];
  });
  return ["Take them in this order:", ...table];
}

function renderStages({ stages }: Plan): readonly string[] {
  if (stages.length === 0) return [];
  return [
    "Stages, each of which can be worked on side by side once those before it are done:",
    ...renderCutList(stages, (ids, stage) => `${stage + 1}. ${joinIds(ids, idsMax)}`),
  ];
}

function renderCriticalPath({ criticalPath: { tasks, minutes } }: Plan): readonly string[] {
  if (tasks.length === 0) return [];
  const length = `${describeMinutes(minutes)} in ${count(tasks.length, "task")}`;
  return [`Critical path, ${length}; everything is done no sooner:`, `  ${joinIds(tasks, idsMax, " → ")}`];
}

function renderCycles({ cycles, cuts }: Plan): readonly string[] {
  if (cycles.length === 0) return [];
  return [
    "These wait for each other in a circle and can never start; take away the dependencies that are named, or others:",
    // The first one again at the end shows that it goes round.
    ...renderCutList(
      cycles,
      (ids, place) => `${joinIds(ids, idsMax, " → ")} → ${joinIds(ids.slice(0, 1), 1)}${renderCut(cuts[place] ?? [])}`,
    ),
  ];
}

function renderCut(cut: Plan["cuts"][number]): string {
  const edges = cut
    .slice(0, idsMax)
    .map(({ blocker, blocked }) => `${joinIds([blocked], 1)} need not wait for ${joinIds([blocker], 1)}`);
  return edges.length === 0 ? "" : `: ${edges.join(", ")}`;
}

/** Open, and in no order: each of them waits for something. */
function renderUnreachable({ order, scores, blocked }: Plan): readonly string[] {
  if (order.length === scores.size) return [];
  const reached = new Set(order);
  const stuck = [...scores.keys()].filter((id) => !reached.has(id));
  return [
    "Left out of the order, because they wait for a circle, or for a task that has failed or was cancelled:",
    ...renderCutList(stuck, (id) => `${joinIds([id], 1)} waits for ${joinIds(blocked.get(id) ?? [], blockersMax)}`),
  ];
}

function renderAssignments(assignments: readonly PlannedAssignment[]): readonly string[] {
  if (assignments.length === 0) return [];
  const table = renderCutTable(["task", "worker", "match", "why"], assignments, ({ task, worker, score, reasons }) => [
    task,
    worker,
    score,
    reasons.note ?? `rank ${reasons.rank} of ${reasons.readyCount} that are ready`,
  ]);
  return ["Who takes what now:", ...table];
}
