/** A report in words for a terminal: how it ended, how long it took, what it cost, and one line a task. */
import type { Report, ReportTask } from "./report.ts";

/** `2h 05m`, `4m 10s`, `12s`. */
export function renderDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (minutes >= 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  return minutes > 0 ? `${minutes}m ${two(seconds % 60)}s` : `${seconds}s`;
}

/** From the start to the last completion; null when nothing was completed. */
export function makespanMs(report: Report): number | null {
  const ends = Object.values(report.tasks).flatMap((task) => task.completedAt ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

function attemptCount(report: Report): { readonly all: number; readonly failed: number } {
  const attempts = Object.values(report.tasks).flatMap((task) => task.attempts);
  return { all: attempts.length, failed: attempts.filter((attempt) => attempt.result !== "success").length };
}

function taskRow(key: string, task: ReportTask): readonly string[] {
  const workMs = task.attempts.reduce(
    (sum, attempt) => sum + ((attempt.endedAt ?? attempt.startedAt) - attempt.startedAt),
    0,
  );
  return [
    key,
    task.status,
    task.readyAt === null ? "-" : renderDuration(task.readyAt),
    task.completedAt === null ? "-" : renderDuration(task.completedAt),
    String(task.attempts.length),
    renderDuration(workMs),
    task.attempts.at(-1)?.worker ?? "-",
  ];
}

function renderTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

function renderFaults(report: Report): string | null {
  const count = (action: string): number => report.timeline.filter((entry) => entry.action === action).length;
  const dropped = count("webhook_dropped");
  const crashes = count("crash");
  return dropped + crashes === 0 ? null : `Faults       ${dropped} webhooks lost, ${crashes} crashes of the App`;
}

/** The summary of a report; ends without a line break. */
export function renderSummary(report: Report): string {
  const { api } = report;
  const span = makespanMs(report);
  const attempts = attemptCount(report);
  const done = Object.values(report.tasks).filter((task) => task.status === "completed").length;
  const total = Object.keys(report.tasks).length;
  const faults = renderFaults(report);
  const rows = Object.entries(report.tasks).map(([key, task]) => taskRow(key, task));
  return [
    `Outcome      ${report.outcome}: ${done} of ${total} tasks completed`,
    `Makespan     ${span === null ? "-" : renderDuration(span)} of virtual time, in ${(report.wallMs / 1_000).toFixed(1)} s`,
    `Attempts     ${attempts.all}${attempts.failed === 0 ? "" : `, ${attempts.failed} without success`}`,
    `API          ${api.rest} REST requests, ${api.graphqlPoints} GraphQL points, ${api.mutations} writes, ` +
      `${api.contentCreations} content creations, ${api.stateCommits} state commits`,
    ...(faults === null ? [] : [faults]),
    `Violations   ${report.violations.length === 0 ? "none" : report.violations.length}`,
    ...report.violations.map(
      (found) => `  ${renderDuration(found.at)}  ${found.rule}  ${found.target}: ${found.detail}`,
    ),
    "",
    ...renderTable([["task", "status", "ready", "completed", "attempts", "work", "worker"], ...rows]),
  ].join("\n");
}
