/**
 * The pages under `reports/` on the state branch. They ride on an append that is written anyway, and which append that is follows from the
 * log alone: so they cost no commit of their own, and whoever writes, each is written once.
 */
import { configOf } from "../state/config-in-force.ts";
import type { Context } from "../model/context.ts";
import { orchestrationReportOf } from "../insight/orchestration-report.ts";
import { retrospectiveOf } from "../insight/retrospective.ts";
import type { State } from "../state/state.ts";
import { defaultConfig } from "../model/config.ts";
import { reportsKeptMax } from "../model/config-reports.ts";
import type { FileChange } from "../ports/store.ts";
import { dateOf, renderOrchestrationReport, reportFilePath } from "../views/orchestration-report.ts";
import { renderRetrospective, retrospectiveFilePath } from "../views/retrospective.ts";
import type { Pass } from "./pass.ts";
import { toOpenWarnings } from "./warning-views.ts";

const dayMs = 24 * 60 * 60_000;

/** The pages that come and go with this pass; `[]` with nearly all of them. */
export function reportFiles(pass: Pass, repository: string): readonly FileChange[] {
  return [...dailyReport(pass, repository), ...retrospective(pass, repository)];
}

/** The instant of the pass and the configuration of the log, so that the same log gives the same page. */
function contextAt(state: State): Context {
  return { now: state.at, config: configOf(state, defaultConfig) };
}

/** With the first pass of a day of UTC. Only passes with a tick count: a job that adds what it saw writes no report. */
function dailyReport({ state, before }: Pass, repository: string): readonly FileChange[] {
  const context = contextAt(state);
  const { daily, keep } = context.config.reports;
  const today = dateOf(state.watch.tickedAt);
  const last = before((earlier) => earlier.watch.tickedAt);
  // Before the first pass of all there is nothing to report.
  if (!daily || last === 0 || dateOf(last) === today) return [];
  const report = orchestrationReportOf(state, context);
  const text = renderOrchestrationReport(repository, report, toOpenWarnings(state));
  return [{ path: reportFilePath(state.at), text }, ...oldReports(state.at, keep)];
}

/** The store leaves out deletions of what is not there, so days without a report are no matter. */
function oldReports(at: number, keep: number): readonly FileChange[] {
  return Array.from({ length: reportsKeptMax }, (_, index) => ({
    path: reportFilePath(at - (keep + index) * dayMs),
    text: null,
  }));
}

/** Where the pass has closed one, the tasks of it are in the state. */
function retrospective({ state, before }: Pass, repository: string): readonly FileChange[] {
  const closed = state.watch.retrospection;
  const known = before((earlier) => earlier.watch.retrospection?.count ?? 0);
  if (closed === undefined || closed.count === known) return [];
  const context = contextAt(state);
  const text = renderRetrospective(repository, closed.count, retrospectiveOf(state, context, closed.last));
  return [
    { path: retrospectiveFilePath(closed.count), text },
    ...oldRetrospectives(closed.count - context.config.reports.keep),
  ];
}

/** Up to the number `last`; the store leaves out deletions of what is not there. */
function oldRetrospectives(last: number): readonly FileChange[] {
  const first = Math.max(1, last - reportsKeptMax + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => ({
    path: retrospectiveFilePath(first + index),
    text: null,
  }));
}
