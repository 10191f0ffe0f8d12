/** A plan as Markdown, for the page of a run: the order, the graph, what is stuck, and who takes what. */
import type { Plan } from "../model/plan.ts";
import type { DependencyKind, TaskStatus } from "../model/task.ts";
import { renderGraph } from "./graph-mermaid.ts";
import type { GraphTask } from "./graph-task.ts";
import { cutLines, escapeText, renderTable, toCode } from "./markdown.ts";
import { count, describeMinutes, modeWords } from "./words.ts";

/** What the summary says of a task beside its place in the plan. */
export interface SummarisedTask {
  readonly id: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly estimateMinutes: number | null;
  readonly blockedBy: readonly { readonly on: string; readonly kind: DependencyKind }[];
}

const rowsMax = 100;
const idsMax = 8;
/** GitHub refuses a summary over 1 MiB; a letter takes at most three bytes. */
const lengthMax = 340_000;

/** Markdown of at most a mebibyte; `tasks` holds those of the input by id. */
export function renderPlanSummary(plan: Plan, tasks: ReadonlyMap<string, SummarisedTask>): string {
  const parts = [
    `## Plan\n\n${renderHead(plan, tasks.size)}`,
    renderOrder(plan, tasks),
    renderCycles(plan),
    renderAssignments(plan),
    renderGraph(toGraph(plan, tasks)),
  ];
  return cutLines(`${parts.filter((part) => part !== "").join("\n\n")}\n`, lengthMax);
}

function renderHead({ mode, scores, ready, blocked, stages, criticalPath }: Plan, given: number): string {
  return [
    `**${scores.size} of ${count(given, "task")} open: ${ready.length} ready, ${blocked.size} blocked.**\n`,
    `- Mode: ${mode} (${modeWords[mode]})`,
    `- Stages, each of which can be worked on side by side: ${stages.length}`,
    ...(criticalPath.tasks.length === 0
      ? []
      : [`- Critical path, ${describeMinutes(criticalPath.minutes)}: ${joinIds(criticalPath.tasks, " → ")}`]),
  ].join("\n");
}

function renderOrder({ order, blocked, scores }: Plan, tasks: ReadonlyMap<string, SummarisedTask>): string {
  if (order.length === 0) return "There is nothing to take.";
  const rows = order.slice(0, rowsMax).map((id, place) => {
    const task = tasks.get(id);
    const minutes = task?.estimateMinutes ?? null;
    return [
      String(place + 1),
      toCode(id, 60),
      escapeText(task?.title ?? ""),
      String(Math.round((scores.get(id) ?? 0) * 1_000) / 1_000),
      minutes === null ? "not estimated" : describeMinutes(minutes),
      joinIds(blocked.get(id) ?? []),
    ];
  });
  const rest = order.length > rowsMax ? `\n\nand ${order.length - rowsMax} more` : "";
  return `${renderTable(["", "Task", "Title", "Score", "Effort", "Waits for"], rows)}${rest}`;
}

function renderCycles({ cycles, cuts }: Plan): string {
  if (cycles.length === 0) return "";
  const lines = cycles.slice(0, rowsMax).map((ids, place) => {
    const cut = (cuts[place] ?? []).slice(0, idsMax);
    const advice = cut.map(({ blocker, blocked }) => `${toCode(blocked, 60)} need not wait for ${toCode(blocker, 60)}`);
    const way = joinIds([...ids.slice(0, idsMax), ...ids.slice(0, 1)], " → ");
    return `- ${way}${advice.length === 0 ? "" : `: ${advice.join(", ")}`}`;
  });
  return `**These wait for each other in a circle and can never start; take away the dependencies that are named, or others**\n\n${lines.join("\n")}`;
}

function renderAssignments({ assignments }: Plan): string {
  if (assignments.length === 0) return "";
  const rows = assignments
    .slice(0, rowsMax)
    .map(({ task, worker, score, reasons }) => [
      toCode(task, 60),
      toCode(worker),
      `${Math.round(score * 100)} %`,
      escapeText(reasons.note ?? `rank ${reasons.rank} of ${reasons.readyCount} that are ready`),
    ]);
  return `**Who takes what now**\n\n${renderTable(["Task", "Worker", "Match", "Why"], rows)}`;
}

function toGraph(plan: Plan, tasks: ReadonlyMap<string, SummarisedTask>): readonly GraphTask[] {
  const circular = new Set(plan.cycles.flat());
  const ready = new Set(plan.ready);
  return [...tasks.values()].map(({ id, title, status, blockedBy }) => ({
    reference: id,
    title,
    status: plan.blocked.has(id) ? "blocked" : ready.has(id) ? "ready" : status,
    group: null,
    blockedBy: blockedBy.map(({ on, kind }) => ({ reference: on, kind })),
    isInCycle: circular.has(id),
  }));
}

function joinIds(ids: readonly string[], separator = ", "): string {
  const shown = ids.slice(0, idsMax + 1).map((id) => toCode(id, 60));
  return ids.length > shown.length
    ? `${shown.join(separator)}${separator}and ${ids.length - shown.length} more`
    : shown.join(separator);
}
