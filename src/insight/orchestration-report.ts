/** The report on the whole: health, tasks, figures of the day, what holds things up and what can be done. A pure read of the state. */
import { toAgentId } from "../model/ids.ts";
import type { Bottleneck, OrchestrationReport, Recommendation } from "../model/orchestration-report.ts";
import { taskOfWarning } from "../model/warning.ts";
import { performanceOf } from "./agent-performance.ts";
import { detectAnomalies } from "../core/anomalies.ts";
import { detectBottlenecks } from "../core/bottlenecks.ts";
import { slotCountsOf } from "../state/capacity.ts";
import { figuresOfTheDay } from "../core/caps.ts";
import type { Context } from "../model/context.ts";
import { openLook, pausedUntil, type Finding, type Look } from "../core/finding.ts";
import { forecastOf } from "./forecast.ts";
import { openWarnings } from "./metrics.ts";
import { blockedCount } from "../core/queue-depth.ts";
import { modeInForce } from "../core/rank-ready.ts";
import { priorityOf, reachOf } from "../state/reach.ts";
import { isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { systemHealthOf } from "../core/system-health.ts";
import { dayOf, keptBy } from "../state/windows.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** At the instant of `context`. Walks all tasks and the figures of the day once: for people who ask, and once a day. */
export function orchestrationReportOf(state: State, context: Context): OrchestrationReport {
  const { now, config } = context;
  const kept = keptBy(state);
  const windowMs = Math.min(dayMs, kept.ends, kept.completions);
  const look = openLook(state, context);
  const day = figuresOfTheDay(state, now);
  const stock = takeStock(state);
  const bottlenecks = detectBottlenecks(look);
  const forecast = forecastOf(state, context);
  return {
    at: toIso(now),
    windowMinutes: windowMs / minuteMs,
    systemHealth: systemHealthOf(state, context),
    mode: modeInForce(state, context),
    isPaused: state.isPaused,
    agents: agentsOf(look),
    tasks: {
      total: state.tasks.size,
      open: state.openCount,
      inProgress: state.occupied.size,
      inReview: stock.inReview,
      ready: state.ready.size,
      blocked: blockedCount(state),
      failed: stock.failed,
      critical: stock.critical,
      completedToday: completedSince(state, now - windowMs),
    },
    performance: performanceToday(state, context, windowMs),
    cost: {
      usd: day.costUsd,
      maxUsd: config.limits.costPerDay,
      sessions: day.sessions,
      sessionsMax: config.limits.sessionsPerDay,
      dayMinutes: dayOf(state) / minuteMs,
    },
    forecast: {
      ...forecast,
      doneAt: forecast.doneAt === null ? null : toIso(forecast.doneAt),
      criticalMinutes: stock.longestMinutes,
    },
    bottlenecks: bottlenecks.flatMap((finding) => toBottleneck(state, finding)),
    recommendations: toRecommendations([...detectAnomalies(look), ...bottlenecks]),
    warnings: openWarnings(state).map((warning) => ({ ...warning, since: toIso(warning.since) })),
  };
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}

/** What no index counts. */
function takeStock(state: State) {
  let [inReview, failed, critical, longestMinutes] = [0, 0, 0, 0];
  for (const [id, task] of state.tasks.entries()) {
    if (task.outcome === "failed") failed += 1;
    if (isEnded(task)) continue;
    if (priorityOf(task) === 1) critical += 1;
    if (task.assignment === null && state.active.has(id) && !state.ready.has(id)) inReview += 1;
    longestMinutes = Math.max(longestMinutes, reachOf(state, id)?.tailMinutes ?? 0);
  }
  return { inReview, failed, critical, longestMinutes };
}

function agentsOf(look: Look): OrchestrationReport["agents"] {
  let [active, paused, workers, workersBusy] = [0, 0, 0, 0];
  const { agents } = look.context.config;
  for (const agent of agents) {
    const { capacity, busy } = slotCountsOf(look.state, agent);
    if (busy > 0) active += 1;
    if (pausedUntil(look, toAgentId(agent.id)) !== null) paused += 1;
    workers += capacity;
    workersBusy += busy;
  }
  return { configured: agents.length, active, paused, workers, workersBusy };
}

function completedSince(state: State, since: number): number {
  let completed = 0;
  for (const _completion of state.completions.since(since)) completed += 1;
  return completed;
}

function performanceToday(state: State, context: Context, windowMs: number): OrchestrationReport["performance"] {
  let [completed, failed, minutes] = [0, 0, 0];
  for (const { recent } of performanceOf(state, context).values()) {
    completed += recent.completed;
    failed += recent.failed;
    minutes += (recent.meanMinutes ?? 0) * recent.completed;
  }
  let [goodMs, allMs] = [0, 0];
  for (const { isGood, durationMs } of state.ends.since(context.now - windowMs)) {
    allMs += durationMs ?? 0;
    if (isGood === true) goodMs += durationMs ?? 0;
  }
  return {
    averageMinutes: ratio(minutes, completed),
    successRate: ratio(completed, completed + failed),
    efficiency: ratio(goodMs, allMs),
  };
}

/** To four places; null where there is nothing to divide by. */
function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function toBottleneck(state: State, { subject, words }: Finding): readonly Bottleneck[] {
  const id = taskOfWarning({ subject });
  const task = id === null ? undefined : state.tasks.get(id);
  if (task === undefined) return [];
  const { number, url, title } = task.definition;
  return [{ task: task.id, reference: `#${number}`, url, title, ...words() }];
}

const severities: readonly Finding["severity"][] = ["critical", "warning", "notice"];

/** What is suggested for several findings alike is said once, for the most serious of them. */
function toRecommendations(findings: readonly Finding[]): readonly Recommendation[] {
  const bySuggestion = new Map<string, Recommendation>();
  const sorted = severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  for (const { code, subject, severity, words } of sorted) {
    const { detail, suggestion } = words();
    if (!bySuggestion.has(suggestion)) bySuggestion.set(suggestion, { code, subject, severity, detail, suggestion });
  }
  return [...bySuggestion.values()];
}
