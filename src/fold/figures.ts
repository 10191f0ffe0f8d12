/** How events change the figures of the day: starts, ends and completions, and what an hour of them comes to. */
import type { AgentId, TaskId } from "../model/ids.ts";
import type { Attempt, FailureReason, Task } from "../model/task.ts";
import { noteDuration } from "./durations.ts";
import { isFoundLater, learn, noteEnd, turnResult, verdictOf } from "./health.ts";
import { estimateOf } from "../state/reach.ts";
import type { Reading } from "../state/records.ts";
import type { State } from "../state/state.ts";
import { keptBy } from "../state/windows.ts";

const micro = 1_000_000;

/** Sums of money are kept in millionths of a US dollar, so that they are exact in any order. */
export function toMicros(usd: number): number {
  return Math.round(usd * micro);
}

export function toUsd(micros: number): number {
  return micros / micro;
}

/** Lets fall off what no window reaches any more at `now`. */
export function forgetOldFigures(state: State, now: number): void {
  const kept = keptBy(state);
  const until = now - kept.starts;
  for (let old = state.starts.shiftUntil(until); old !== undefined; old = state.starts.shiftUntil(until)) {
    state.costMicros -= toMicros(old.costUsd);
    const left = (state.startsOf.get(old.agent) ?? 1) - 1;
    if (left > 0) state.startsOf.set(old.agent, left);
    else state.startsOf.delete(old.agent);
  }
  while (state.ends.shiftUntil(now - kept.ends) !== undefined) continue;
  while (state.completions.shiftUntil(now - kept.completions) !== undefined) continue;
}

/** Returns the number of the record, for the cost that is known only at the end. */
export function noteSessionStart(
  state: State,
  start: { readonly task: TaskId; readonly agent: AgentId; readonly waitedMs: number },
): number {
  state.startsOf.set(start.agent, (state.startsOf.get(start.agent) ?? 0) + 1);
  const { task, agent, waitedMs } = start;
  return state.starts.push({ at: state.at, task, agent, waitedMs, costUsd: 0 });
}

/** What the session cost, and what its end says of worker and agent. */
export function noteSessionEnd(
  state: State,
  task: Task,
  ended: { readonly attempt: Attempt; readonly start: number | null },
): void {
  const { attempt } = ended;
  const start = ended.start === null ? undefined : state.starts.get(ended.start);
  if (start !== undefined && start.costUsd !== attempt.costUsd) {
    state.costMicros += toMicros(attempt.costUsd) - toMicros(start.costUsd);
    const { at, task: id, agent: starter, waitedMs } = start;
    state.starts.replace(ended.start as number, { at, task: id, agent: starter, waitedMs, costUsd: attempt.costUsd });
  }
  const isGood = verdictOf(attempt.result);
  const durationMs = attempt.startedAt === null ? null : state.at - attempt.startedAt;
  const { agent, costUsd } = attempt;
  state.ends.push({ at: state.at, task: task.id, agent, isGood, isSecondThought: false, durationMs, costUsd });
  noteEnd(state, task.id, attempt);
  if (isGood === true && durationMs !== null) noteDuration(state, task, { agent, durationMs });
  // A good end is not yet a good result: that is learned from the completion.
  if (isGood === false) learn(state, task, { agent, lesson: { kind: "failure" } });
}

/** The good end of the last attempt was none: its pull request is red, or never came. Other failures were known at the end. */
export function noteLateFailure(state: State, task: Task, reason: FailureReason): void {
  const last = task.attempts.at(-1);
  if (last === undefined || last.result !== "success" || last.failedLater !== undefined) return;
  if (!isFoundLater(reason)) return;
  task.attempts = [...task.attempts.slice(0, -1), { ...last, failedLater: reason }];
  const { agent } = last;
  const none = { durationMs: null, costUsd: 0 };
  state.ends.push({ at: state.at, task: task.id, agent, isGood: false, isSecondThought: true, ...none });
  turnResult(state, task.id, last);
  learn(state, task, { agent, lesson: { kind: "failure" } });
}

/** The task is done; the agent of its last attempt has learned. */
export function noteCompletion(state: State, task: Task): void {
  const last = task.attempts.at(-1);
  const isAgents = last !== undefined && last.result === "success";
  let minutes = 0;
  let costUsd = 0;
  for (const attempt of task.attempts) {
    if (attempt.startedAt !== null) minutes += (attempt.endedAt - attempt.startedAt) / 60_000;
    costUsd += attempt.costUsd;
  }
  state.completions.push({ at: state.at, task: task.id, agent: isAgents ? last.agent : null, minutes, costUsd });
  if (!isAgents) return;
  const { agent } = last;
  learn(state, task, { agent, lesson: { kind: "success", minutes, timeliness: timelinessOf(task, agent) } });
}

/** What the estimate of the task was of the time that the agent took for it, in hundredths, 100 at most; null where nobody could say. */
function timelinessOf(task: Task, agent: AgentId): number | null {
  const estimate = estimateOf(task);
  let taken = 0;
  for (const attempt of task.attempts) {
    if (attempt.agent === agent && attempt.startedAt !== null) taken += (attempt.endedAt - attempt.startedAt) / 60_000;
  }
  return estimate === null || taken <= 0 ? null : Math.round(100 * Math.min(1, estimate / taken));
}

/** Failures that say of work which was there that it was not good enough. */
const sentBack: ReadonlySet<string> = new Set<FailureReason>(["checks_failed", "validation", "changes_requested"]);

/** The work of the last attempt is sent back to be made better. */
export function noteRework(state: State, task: Task, reason: FailureReason): void {
  const last = task.attempts.at(-1);
  if (last !== undefined && sentBack.has(reason)) learn(state, task, { agent: last.agent, lesson: { kind: "rework" } });
}

const hourMs = 60 * 60_000;

/** The figures of the hour before `at`; `ready`, `inFlight` and `open` as they are. */
export function readingOf(state: State, at: number): Reading {
  const since = at - hourMs;
  let [completed, minutes, micros, waited, started] = [0, 0, 0, 0, 0];
  for (const completion of state.completions.since(since)) {
    completed += 1;
    minutes += completion.minutes;
  }
  for (const start of state.starts.since(since)) {
    started += 1;
    waited += start.waitedMs;
  }
  for (const end of state.ends.since(since)) micros += toMicros(end.costUsd);
  return {
    at,
    throughput: completed,
    durationMinutes: completed === 0 ? null : minutes / completed,
    waitMinutes: started === 0 ? null : waited / started / 60_000,
    costUsd: toUsd(micros),
    ready: state.ready.size,
    inFlight: state.occupied.size,
    open: state.openCount,
    busyMs: busyMsOfAll(state, at),
  };
}

/** By agent, without those that have done nothing: whether their slots were ever asked for is not in a snapshot. */
function busyMsOfAll(state: State, at: number): Reading["busyMs"] {
  const agents = [...state.slots.keys()].toSorted();
  return Object.fromEntries(agents.map((id) => [id, busyMsOf(state, id, at)] as const).filter(([, ms]) => ms > 0));
}

/** How long the slots of `agent` have been taken since the beginning, summed over the slots, milliseconds. */
export function busyMsOf(state: State, agent: AgentId, at: number): number {
  const slots = state.slots.get(agent);
  return slots === undefined ? 0 : slots.busyMs + slots.busyCount * Math.max(0, at - slots.busyAt);
}
