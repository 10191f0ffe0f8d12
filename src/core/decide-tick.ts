/** What time alone brings: sessions over their timeout, pull requests that never came. Work in proportion to what is in flight. */
import { capsDueAt } from "./caps.ts";
import { decideAttack } from "./decide-attack.ts";
import { decideConflicts } from "./decide-conflicts.ts";
import { decideHealth, healthDueAt } from "./decide-health.ts";
import { decideSilence, silentAt } from "./desk.ts";
import { decideEscalation, decideSpentCaps, nextEscalationAt } from "./decide-escalation.ts";
import { decideModes, modesDueAt } from "./decide-modes.ts";
import { failAttempt, requestCancel } from "./decide-outcome.ts";
import { decideOperatorsBack, nextOperatorAt } from "./decide-operators.ts";
import { decidePatterns } from "./decide-patterns.ts";
import { decideWarnings, isJudged } from "./decide-warnings.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { decideDates, nextDateAt } from "./externals.ts";
import type { Task } from "../model/task.ts";
import type { State } from "../state/state.ts";

export function decideTick(decision: Decision): void {
  decideDates(decision);
  decideHealth(decision);
  decideOperatorsBack(decision);
  decideModes(decision);
  decideAttack(decision);
  for (const id of Array.from(decision.state.active.keys()).toSorted()) {
    const task = decision.state.tasks.get(id);
    if (task === undefined) continue;
    if (task.assignment !== null) decideTimeout(decision, task);
    else if (task.pullDueAt !== null && task.pullDueAt <= decision.context.now) decideMissingPull(decision, task);
    decideEscalation(decision, id);
  }
  decideSpentCaps(decision);
  decidePatterns(decision);
  if (isJudged(decision)) decideConflicts(decision);
  decideWarnings(decision);
}

/** A session that waits for a person is not silent. The end is asked for, and nothing else starts until it is seen. */
function decideTimeout(decision: Decision, task: Task): void {
  if (decideSilence(decision, task)) return;
  const timeoutAt = timeoutOf(task);
  if (timeoutAt === null || decision.context.now < timeoutAt) return;
  requestCancel(decision, task.id, { reason: "timeout", by: "orchestrate" });
}

function decideMissingPull(decision: Decision, task: Task): void {
  // The red commit has been answered once; what is answered now is that the answer changed nothing.
  const detail =
    task.pull?.state === "open"
      ? `The session ended well and left pull request #${task.pull.number} as it was.`
      : "The session ended well and opened no pull request.";
  failAttempt(decision, task.id, { reason: "no_result", detail });
}

/** When the next thing that time alone brings is due; null when there is none. */
export function nextDueAt({ state, context }: Pick<Decision, "state" | "context">): number | null {
  const ofAll = [
    nextDateAt(state),
    modesDueAt(state, context),
    capsDueAt(state, context),
    nextOperatorAt(state, context),
  ];
  const next = Math.min(
    ...ofAll.map((at) => at ?? Infinity),
    ...healthDueAt({ state, context }),
    nextOfActive(state, context),
    nextRetryAt(state, context.now),
  );
  return next === Infinity ? null : next;
}

/** Infinite where nothing is due. */
function nextOfActive(state: State, context: Context): number {
  let next = Infinity;
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task === undefined) continue;
    next = Math.min(
      next,
      ...dueTimesOf(task),
      silentAt(task, context) ?? Infinity,
      nextEscalationAt(state, task, context) ?? Infinity,
    );
  }
  return next;
}

/** Infinite where no task waits for its next attempt. */
function nextRetryAt(state: State, now: number): number {
  let next = Infinity;
  for (const id of state.backingOff.keys()) {
    const retryAt = state.tasks.get(id)?.retryAt ?? null;
    if (retryAt !== null && retryAt > now) next = Math.min(next, retryAt);
  }
  return next;
}

function dueTimesOf(task: Task): readonly number[] {
  return [task.pullDueAt, timeoutOf(task)].filter((at) => at !== null);
}

/** When the live session is over its time; null while it waits for a person, ends already, or has not started. */
function timeoutOf({ assignment }: Task): number | null {
  if (assignment === null || assignment.phase !== "running" || assignment.startedAt === null) return null;
  return assignment.startedAt + assignment.timeoutMs;
}
