/** The report of a run: what the embedded GitHub and the vendors saw, as JSON with a schema of its own. */
import { z } from "zod";
import { taskStatuses, type TaskStatus } from "../model/task.ts";
import type { Backlog, BacklogEntry } from "./backlog.ts";
import type { IssueRecord, TimelineEntry } from "./records.ts";
import type { Timeline } from "./timeline.ts";
import type { ApiCounters } from "./world.ts";

export const runOutcomes = ["done", "stuck", "timeout"] as const;
export type Outcome = (typeof runOutcomes)[number];

const ms = z.int().min(0);

export const ReportAttempt = z.strictObject({
  agent: z.string(),
  worker: z.string(),
  session: z.string(),
  startedAt: ms,
  endedAt: ms.nullable(),
  result: z.string().nullable(),
});
export type ReportAttempt = z.output<typeof ReportAttempt>;

export const ReportTask = z.strictObject({
  status: z.enum(taskStatuses),
  readyAt: ms.nullable(),
  completedAt: ms.nullable(),
  attempts: z.array(ReportAttempt),
});
export type ReportTask = z.output<typeof ReportTask>;

export const Violation = z.strictObject({ rule: z.string(), at: ms, target: z.string(), detail: z.string() });
export type Violation = z.output<typeof Violation>;

const actions = [
  "session_started",
  "session_ended",
  "pr_opened",
  "pr_updated",
  "checks",
  "merged",
  "enqueued",
  "dequeued",
  "closed",
  "reopened",
  "comment",
  "label",
  "dispatch",
  "webhook_dropped",
  "crash",
  "restart",
] as const satisfies readonly TimelineEntry["action"][];

export const Report = z.strictObject({
  outcome: z.enum(runOutcomes),
  virtualMs: ms,
  wallMs: ms,
  tasks: z.record(z.string(), ReportTask),
  timeline: z.array(
    z.strictObject({
      at: ms,
      actor: z.string(),
      action: z.enum(actions),
      target: z.string(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  violations: z.array(Violation),
  api: z.strictObject({
    rest: z.int().min(0),
    graphqlPoints: z.number().min(0),
    mutations: z.int().min(0),
    contentCreations: z.int().min(0),
    stateCommits: z.int().min(0),
  }),
  /** Events in the App's log, where it was asked at the end; otherwise the webhooks that were sent. */
  events: z.int().min(0),
});
export type Report = z.output<typeof Report>;

export interface Observed {
  readonly timeline: Timeline;
  readonly backlog: Backlog;
  readonly issue: (number: number) => IssueRecord | null;
  readonly labels: (number: number) => readonly string[];
  /** Since when an issue has a receipt, in virtual milliseconds since the start; null: it has none. */
  readonly receiptAt: (number: number) => number | null;
}

/** Whether a run may end as done: every task is completed or cancelled, as GitHub shows it. */
export function isAllDone(observed: Observed): boolean {
  return observed.backlog.entries.every((entry) => {
    const status = taskStatusOf(observed, entry);
    return status === "completed" || status === "cancelled";
  });
}

function closedStatus(issue: IssueRecord): TaskStatus | null {
  if (issue.state !== "closed") return null;
  return issue.stateReason === "completed" || issue.stateReason === null ? "completed" : "cancelled";
}

/** Open issues: the status label that they carry, else what can be seen of sessions, pull requests and blockers. */
export function taskStatusOf(observed: Observed, entry: BacklogEntry): TaskStatus {
  const issue = observed.issue(entry.number);
  if (issue === null) return "cancelled";
  const closed = closedStatus(issue);
  if (closed !== null) return closed;
  const label = observed
    .labels(entry.number)
    .findLast((name) => name.startsWith("status:"))
    ?.slice("status:".length);
  const said = taskStatuses.find((status) => status === label);
  if (entry.isCancelled) return "cancelled";
  // The App's word alone makes nothing completed or cancelled.
  if (said !== undefined && said !== "completed" && said !== "cancelled") return said;
  if (entry.trustedAt === null) return "pending";
  return blockersOf(observed, entry).some((number) => observed.receiptAt(number) === null) ? "blocked" : "ready";
}

/** The hard blockers that count: they exist, and nobody waived them. Only a receipt satisfies them. */
function blockersOf(observed: Observed, entry: BacklogEntry): readonly number[] {
  const numbers = [...(observed.issue(entry.number)?.blockedBy ?? [])];
  return numbers.filter((number) => !entry.waived.has(number) && observed.issue(number) !== null);
}

/** When a closed issue got its receipt, which may be later than the close of somebody whose word does not count; without one, its close. */
function completedAt(observed: Observed, number: number): number | null {
  const issue = observed.issue(number);
  if (issue === null || issue.closedAt === null || closedStatus(issue) !== "completed") return null;
  return observed.receiptAt(number) ?? Math.max(0, issue.closedAt - observed.timeline.start);
}

/** From when the task could have been started: labelled, and its last hard blocker has its receipt. Null: it never could. */
function readyAt(observed: Observed, entry: BacklogEntry): number | null {
  if (entry.trustedAt === null) return null;
  let latest = Math.max(0, entry.trustedAt - observed.timeline.start);
  for (const number of blockersOf(observed, entry)) {
    const at = observed.receiptAt(number);
    if (at === null) return null;
    latest = Math.max(latest, at);
  }
  return latest;
}

function attemptsOf(timeline: Timeline): ReadonlyMap<string, ReportAttempt[]> {
  const byTask = new Map<string, ReportAttempt[]>();
  for (const { action, at, detail } of timeline.entries) {
    const attempts = byTask.get(String(detail["task"])) ?? [];
    if (action === "session_started") {
      byTask.set(String(detail["task"]), [
        ...attempts,
        {
          agent: String(detail["agent"]),
          worker: String(detail["worker"]),
          session: String(detail["session"]),
          startedAt: at,
          endedAt: null,
          result: null,
        },
      ]);
    }
    if (action !== "session_ended") continue;
    const open = attempts.find((attempt) => attempt.session === detail["session"] && attempt.endedAt === null);
    if (open !== undefined) Object.assign(open, { endedAt: at, result: String(detail["result"]) });
  }
  return byTask;
}

/** Puts the report together from what was seen. */
export function buildReport(options: {
  readonly observed: Observed;
  readonly outcome: Outcome;
  readonly virtualMs: number;
  readonly wallMs: number;
  readonly violations: readonly Violation[];
  readonly api: ApiCounters;
  readonly events: number;
}): Report {
  const { observed } = options;
  const attempts = attemptsOf(observed.timeline);
  const tasks = observed.backlog.entries.map((entry): [string, ReportTask] => [
    entry.issue.key,
    {
      status: taskStatusOf(observed, entry),
      readyAt: readyAt(observed, entry),
      completedAt: completedAt(observed, entry.number),
      attempts: attempts.get(entry.issue.key) ?? [],
    },
  ]);
  const { rest, graphqlPoints, mutations, contentCreations, stateCommits } = options.api;
  return {
    outcome: options.outcome,
    virtualMs: options.virtualMs,
    wallMs: options.wallMs,
    tasks: Object.fromEntries(tasks),
    timeline: observed.timeline.entries.map((entry) => ({ ...entry, detail: { ...entry.detail } })),
    violations: [...options.violations],
    api: { rest, graphqlPoints, mutations, contentCreations, stateCommits },
    events: options.events,
  };
}
