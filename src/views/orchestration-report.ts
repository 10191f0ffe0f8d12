/** The orchestration report as a page of Markdown. It says the same for the same report, however often it is rendered. */
import type { Bottleneck, OrchestrationReport, Recommendation } from "../model/orchestration-report.ts";
import { renderWarnings, type WarningView } from "./alerts.ts";
import { describeForecast } from "./cockpit-lines.ts";
import { cutLines, defuse, escapeText, toCode, toReference } from "./markdown.ts";
import { describeHealth } from "./metrics.ts";
import { warningWords } from "./warning-words.ts";
import { count, describeCost, describeInstant, describeMinutes, modeWords } from "./words.ts";

/** Lines of a list: a report, not a log. */
const linesMax = 20;
const detailMax = 600;
/** Long lists are cut before; this holds whatever names and sentences are made of. */
const lengthMax = 60_000;

/** `reports/2026-11-22.md`: where the report of this day is on the state branch. */
export function reportFilePath(at: number): string {
  return `reports/${dateOf(at)}.md`;
}

/** `2026-11-22`, of UTC. */
export function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The whole page; ends with a line break. */
export function renderOrchestrationReport(
  repository: string,
  report: OrchestrationReport,
  warnings: readonly WarningView[],
): string {
  const parts = [
    `# Orchestration report, ${report.at.slice(0, 10)}`,
    `${escapeText(repository)} at ${describeInstant(Date.parse(report.at))}. What was done is that of the ${describeWindow(report.windowMinutes)} before.`,
    renderWhole(report),
    titled("Tasks", renderTasks(report)),
    titled("Performance", renderPerformance(report)),
    titled("Bottlenecks", renderList(report.bottlenecks, describeBottleneck)),
    titled("Recommendations", renderList(report.recommendations, describeRecommendation)),
    titled("Open warnings", renderWarnings(warnings, linesMax)),
  ];
  return cutLines(`${parts.filter((part) => part !== "").join("\n\n")}\n`, lengthMax);
}

function titled(title: string, text: string): string {
  return text === "" ? "" : `## ${title}\n\n${text}`;
}

function renderWhole({ systemHealth, agents, mode, isPaused }: OrchestrationReport): string {
  const { configured, active, paused, workers, workersBusy } = agents;
  const resting = paused === 0 ? "" : `, ${paused} paused`;
  return [
    ...(isPaused ? ["- **Paused**: nothing new is started until `/orchestrate resume`."] : []),
    `- System health: ${describeHealth(systemHealth)}`,
    `- Agents: ${active} of ${configured} at work${resting}; ${workersBusy} of ${count(workers, "worker")} busy`,
    `- Mode: ${mode} (${modeWords[mode]})`,
  ].join("\n");
}

function renderTasks({ tasks, forecast }: OrchestrationReport): string {
  const { total, open, inProgress, inReview, ready, blocked, failed, critical, completedToday } = tasks;
  const doneAt = forecast.doneAt === null ? null : Date.parse(forecast.doneAt);
  return [
    `- ${count(total, "task")}, ${open} open: ${inProgress} in progress, ${inReview} in review, ${ready} ready, ${blocked} blocked`,
    `- ${completedToday} completed`,
    ...(failed === 0 ? [] : [`- ${failed} failed`]),
    ...(critical === 0 ? [] : [`- ${critical} open and urgent`]),
    `- ${describeForecast({ ...forecast, doneAt })}`,
  ].join("\n");
}

function renderPerformance({ performance, cost }: OrchestrationReport): string {
  const { averageMinutes, successRate, efficiency } = performance;
  const nothing = [averageMinutes, successRate, efficiency].every((each) => each === null);
  return [
    ...(nothing ? ["- Nothing has ended."] : []),
    ...(averageMinutes === null ? [] : [`- ${describeMinutes(averageMinutes)} of agent work for a task`]),
    ...(successRate === null
      ? []
      : [`- Success rate: ${percent(successRate)}, tasks completed by agents over those and failed attempts`]),
    ...(efficiency === null
      ? []
      : [`- Efficiency: ${percent(efficiency)} of the agents' time was in sessions that ended well`]),
    `- In the last ${describeWindow(cost.dayMinutes)}: ${describeCost(cost.usd)} of ${describeCost(cost.maxUsd)}, ${cost.sessions} of ${count(cost.sessionsMax, "session")}`,
  ].join("\n");
}

/** As people say it of a day. */
function describeWindow(minutes: number): string {
  return minutes === 24 * 60 ? "24 h" : describeMinutes(minutes);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function renderList<Item>(items: readonly Item[], describe: (item: Item) => string): string {
  const lines = items.slice(0, linesMax).map((item) => `- ${describe(item)}`);
  if (items.length > linesMax) lines.push(`- and ${items.length - linesMax} more`);
  return lines.join("\n");
}

function describeBottleneck({ reference, url, title, detail, suggestion }: Bottleneck): string {
  return `${toReference(reference, url)} ${escapeText(title)}: ${escapeText(detail, detailMax)} ${ofOurs(suggestion)}`;
}

function describeRecommendation({ code, subject, suggestion }: Recommendation): string {
  // A task is named among the bottlenecks or the warnings, an id tells nobody anything.
  const about = subject === "all" || subject.includes(":") ? "" : `, ${toCode(subject)}`;
  return `**${warningWords[code]}**${about}: ${ofOurs(suggestion)}`;
}

function ofOurs(suggestion: string): string {
  return defuse(suggestion).replaceAll(/\s+/g, " ").trim();
}
