/** The answer to `/orchestrate status`: this task in one line, then the whole repository at a glance. */
import { taskStatuses } from "../model/task.ts";
import { renderWarnings } from "./alerts.ts";
import { escapeText, toReference } from "./markdown.ts";
import { renderFigures } from "./metrics.ts";
import { describeNextStep } from "./next-step.ts";
import type { OverviewView, TaskLine, TaskView } from "./task-view.ts";
import { count, describeCost, describeSpan, describeStatus, modeWords, statusWords } from "./words.ts";

/** Ten lines a list: an answer, not a report. */
const linesMax = 10;
/** A day of the caps where nothing else is said. */
const dayMs = 24 * 60 * 60_000;

/** Markdown; `task` is the task of the issue that was asked on, null where it is none. */
export function renderStatus(overview: OverviewView, task: TaskView | null): string {
  const head = task === null ? "This issue is not a task of Orchestrate." : renderTask(task);
  return `${head}\n\n${renderOverview(overview)}`;
}

/** The same without a task: the whole repository. */
export function renderOverview(overview: OverviewView): string {
  const parts = [
    renderSummary(overview),
    renderConfiguration(overview.configurationProblems),
    titled("Warnings", renderWarnings(overview.warnings ?? [], linesMax)),
    renderList("Needs a person", overview.attention),
    renderList("Running", overview.running),
    renderList("Next", overview.next),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function renderTask(view: TaskView): string {
  const { definition } = view.task;
  return `${toReference(`#${definition.number}`, definition.url)} is **${describeStatus(view.status, view.task)}**. ${describeNextStep(view)}`;
}

function renderSummary(overview: OverviewView): string {
  const counts = taskStatuses
    .map((status) => ({ status, amount: overview.counts[status] ?? 0 }))
    .filter(({ amount }) => amount > 0)
    .map(({ status, amount }) => `${amount} ${statusWords[status]}`);
  const spent = `${count(overview.sessionsToday, "session")} and ${describeCost(overview.costTodayUsd)} in the last ${describeDay(overview.dayMs ?? dayMs)}`;
  return [
    overview.isPaused ? "**Paused**: nothing new is started until `/orchestrate resume`.\n" : "",
    `- Tasks: ${counts.length === 0 ? "none" : counts.join(", ")}`,
    `- Workers: ${overview.workersBusy} of ${overview.workersTotal} busy; ${spent}`,
    describeMode(overview),
    ...(overview.figures === undefined ? [] : renderFigures(overview.figures)),
    describeCockpit(overview.cockpit ?? null),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function describeDay(ms: number): string {
  return ms === dayMs ? "day" : describeSpan(ms);
}

/** Where to see all of it, or how to get it back. */
function describeCockpit(cockpit: NonNullable<OverviewView["cockpit"]> | null): string {
  if (cockpit === null) return "";
  const link = toReference(cockpit.reference, cockpit.url);
  switch (cockpit.end) {
    case "closed":
      return `- Cockpit: ${link} is closed; reopen it to get it back`;
    case "gone":
      return "- Cockpit: it is gone; commit `cockpit: false`, then `cockpit: true`, for another one";
    case "off":
      return "";
    case null:
      return `- Cockpit: ${link} shows all of it and takes orders by its boxes`;
  }
}

/** `- Mode: attack (…), set by wanda; quick wins are below 18 min`. */
function describeMode({ mode, modeBy = null, quickWinMinutes = null }: OverviewView): string {
  const by = modeBy === null ? "" : `, set by ${escapeText(modeBy, 60)}`;
  const threshold = quickWinMinutes === null ? "" : `; tasks below ${quickWinMinutes} min are quick wins`;
  return `- Mode: ${mode} (${modeWords[mode]})${by}${threshold}`;
}

function renderConfiguration(problems: readonly string[]): string {
  if (problems.length === 0) return "";
  const lines = problems.slice(0, linesMax).map((problem) => `- ${escapeText(problem, 400)}`);
  return `**The configuration was refused; the last good one is in force**\n\n${lines.join("\n")}`;
}

function renderList(title: string, lines: readonly TaskLine[]): string {
  if (lines.length === 0) return "";
  const shown = lines.slice(0, linesMax).map((line) => `- ${describeLine(line)}`);
  if (lines.length > linesMax) shown.push(`- and ${lines.length - linesMax} more`);
  return titled(title, shown.join("\n"));
}

function titled(title: string, list: string): string {
  return list === "" ? "" : `**${title}**\n\n${list}`;
}

function describeLine(line: TaskLine): string {
  const detail = line.detail === "" ? "" : `: ${escapeText(line.detail)}`;
  return `${toReference(line.reference, line.url)} ${escapeText(line.title)} (${statusWords[line.status]})${detail}`;
}
