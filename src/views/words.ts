/** The words for statuses, failures, times and amounts, the same in comments, task files and log lines. */
import type { Mode } from "../model/mode.ts";
import type { AssignmentReasons, Attempt, FailureReason, Priority, Task, TaskStatus } from "../model/task.ts";
import { priorityWords } from "../model/priority.ts";

/** A status as a person says it. */
export const statusWords: Readonly<Record<TaskStatus, string>> = {
  pending: "pending",
  blocked: "blocked",
  ready: "ready",
  assigned: "assigned",
  in_progress: "in progress",
  review: "in review",
  needs_input: "needs input",
  manual_review: "needs a person",
  completed: "completed",
  failed: "failed",
  upstream_failed: "a blocker failed",
  cancelled: "cancelled",
};

type Standing = Pick<Task, "isHeld" | "definition"> &
  Partial<Pick<Task, "trust" | "pendingReason" | "duplicateOf" | "split">>;

/** The status with the reason that people ask for first: pending is a hold, a missing approval, or an issue that should be another one. */
export function describeStatus(status: TaskStatus, task: Standing): string {
  if (status !== "pending") return statusWords[status];
  if (task.split === "proposed") return "a split is proposed";
  if (task.isHeld || task.definition.heldByLabel) return "on hold";
  return isApproved(task) ? describeDoubt(task) : "waits for approval";
}

function isApproved({ trust = null, pendingReason = null }: Standing): boolean {
  return trust !== null && pendingReason === null;
}

function describeDoubt({ duplicateOf = null, definition }: Standing): string {
  if (duplicateOf !== null) return "held as a duplicate";
  return (definition.lacks ?? []).length > 0 ? "not ready" : "waits for approval";
}

/** Why an attempt ended, after "it ended because". */
export const failureWords: Readonly<Record<FailureReason, string>> = {
  timeout: "the session took longer than the agent's timeout",
  validation: "the result did not pass validation",
  api_error: "the agent's API refused or failed",
  no_result: "the session ended without a pull request",
  needs_input: "nobody answered the agent's question",
  checks_failed: "checks failed",
  changes_requested: "a reviewer asked for changes",
  conflict: "the branch conflicts with its base",
  vendor_failed: "the agent reported a failure",
  cancelled: "it was cancelled",
  pull_closed: "the pull request was closed without a merge",
  reported: "a person reported it as failed",
  preempted: "it gave way to more important work",
  stopped: "everything was stopped by a person",
  handed_over: "it was handed over",
  queued: "it was put back to wait for something else",
};

export const modeWords: Readonly<Record<Mode, string>> = {
  priority: "most urgent first",
  blocker: "what unblocks the most first",
  effort: "smallest first",
  balanced: "priority, unblocking and effort weighed together",
  critical: "the longest remaining chain first",
  attack: "everything at once, with relaxed review of low-risk work",
};

export function describePriority(priority: Priority): string {
  return priority === 5 ? "no priority" : `priority ${priorityWords[priority]}`;
}

/** `2026-11-21 05:30 UTC`: the instant itself, so that the text stays the same however late it is read. */
export function describeInstant(at: number): string {
  const text = toIso(at);
  return text === null ? "an unknown time" : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** ISO 8601, or null for a number that is no instant. */
export function toIso(at: number): string | null {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : null;
}

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`: two units at most. */
export function describeSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return withRest(Math.floor(minutes / 60), "h", { rest: minutes % 60, unit: "min" });
  const hours = Math.round(minutes / 60);
  return withRest(Math.floor(hours / 24), "d", { rest: hours % 24, unit: "h" });
}

function withRest(whole: number, unit: string, small: { readonly rest: number; readonly unit: string }): string {
  return small.rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${small.rest} ${small.unit}`;
}

export function describeMinutes(minutes: number): string {
  return describeSpan(minutes * 60_000);
}

/** Why it was its turn: `rank 2 of 5 by balanced`, or what goes before rank, such as `starving after 8 d`. */
export function describeTurn({ rank, readyCount, algorithm, starvedMs, swarm }: AssignmentReasons): string {
  if (swarm !== undefined) return `for the swarm of #${swarm}`;
  return starvedMs === undefined
    ? `rank ${rank} of ${readyCount} by ${algorithm}`
    : `starving after ${describeSpan(starvedMs)}`;
}

/** How an attempt ended. */
export function describeResult(result: Attempt["result"]): string {
  return result === "success" ? "ended well" : failureWords[result];
}

/** How long an attempt ran; empty when it never did. */
export function describeAttemptSpan(attempt: Attempt): string {
  return attempt.startedAt === null ? "" : describeSpan(attempt.endedAt - attempt.startedAt);
}

export function describeCost(costUsd: number): string {
  return `$${costUsd.toFixed(2)}`;
}

/** `1 task`, `2 tasks`. */
export function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`;
}

/** The first characters of a commit or file id, as git shows them. */
export function toShortSha(sha: string): string {
  return sha.slice(0, 7);
}
