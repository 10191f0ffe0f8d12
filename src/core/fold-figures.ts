/** How events change the figures of the day: starts, ends, completions and the readings taken of them. */
import type { AgentId, TaskId } from "../model/ids.ts";
import type { Attempt, Task } from "../model/task.ts";
import { learn, noteResult, verdictOf } from "./fold-health.ts";
import { dayMs } from "./limits.ts";
import type { Reading } from "./records.ts";
import type { State } from "./state.ts";

const micro = 1_000_000;

/** Sums of money are kept in millionths of a US dollar, so that they are exact in any order. */
export function toMicros(usd: number): number {
  return Math.round(usd * micro);
}

export function toUsd(micros: number): number {
  return micros / micro;
}

/** Lets fall off what is older than a day at `now`. */
export function forgetOldFigures(state: State, now: number): void {
  for (let old = state.starts.shiftUntil(now - dayMs); old !== undefined; old = state.starts.shiftUntil(now - dayMs)) {
    state.costMicros -= toMicros(old.costUsd);
    const left = (state.startsOf.get(old.agent) ?? 1) - 1;
    if (left > 0) state.startsOf.set(old.agent, left);
    else state.startsOf.delete(old.agent);
  }
  while (state.ends.shiftUntil(now - dayMs) !== undefined) continue;
  while (state.completions.shiftUntil(now - dayMs) !== undefined) continue;
}

/** Returns the number of the record, for the cost that is known only at the end. */
export function noteSessionStart(
  state: State,
  start: { readonly task: TaskId; readonly agent: AgentId; readonly waitedMs: number },
): number {
  state.startsOf.set(start.agent, (state.startsOf.get(start.agent) ?? 0) + 1);
  return state.starts.push({ at: state.at, ...start, costUsd: 0 });
}

/** What the session cost, and what its end says of worker and agent. */
export function noteSessionEnd(state: State, task: Task, attempt: Attempt & { readonly start: number | null }): void {
  const start = attempt.start === null ? undefined : state.starts.own(attempt.start);
  if (start !== undefined) {
    state.costMicros += toMicros(attempt.costUsd) - toMicros(start.costUsd);
    start.costUsd = attempt.costUsd;
  }
  const isGood = verdictOf(attempt.result);
  if (isGood === null) return;
  const durationMs = attempt.startedAt === null ? null : state.at - attempt.startedAt;
  const { agent, costUsd } = attempt;
  state.ends.push({ at: state.at, task: task.id, agent, isGood, durationMs, costUsd });
  noteResult(state, attempt.worker, isGood);
  // A good end is not yet a good result: that is learned from the completion.
  if (!isGood) learn(state, task, { agent, isGood, minutes: 0 });
}

/** The pull request of the last attempt was red: its good end was none. */
export function noteRedPull(state: State, task: Task): void {
  const last = task.attempts.at(-1);
  if (last === undefined) return;
  noteResult(state, last.worker, false);
  learn(state, task, { agent: last.agent, isGood: false, minutes: 0 });
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
  if (isAgents) learn(state, task, { agent: last.agent, isGood: true, minutes });
}

/** How many readings are kept, and how far apart they are at least, where the configuration has not said. */
const readingsKept = 100;
const readingGapMs = 5 * 60_000;
const hourMs = 60 * 60_000;

/** Takes a reading when the last one is long enough ago; at entries only, so that the same log gives the same readings. */
export function takeReading(state: State): void {
  const config = state.configuration?.config.metrics ?? { every: readingGapMs, keep: readingsKept };
  const last = state.readings.last;
  if (last !== undefined && state.at - last.at < config.every) return;
  state.readings.push(readingOf(state));
  state.readings.keepLast(config.keep);
}

function readingOf(state: State): Reading {
  let [completed, minutes, costUsd, waited, started] = [0, 0, 0, 0, 0];
  for (const completion of state.completions.since(state.at - hourMs)) {
    completed += 1;
    minutes += completion.minutes;
  }
  for (const start of state.starts.since(state.at - hourMs)) {
    started += 1;
    waited += start.waitedMs;
    costUsd += start.costUsd;
  }
  return {
    at: state.at,
    throughput: completed,
    durationMinutes: completed === 0 ? null : minutes / completed,
    waitMinutes: started === 0 ? null : waited / started / 60_000,
    costUsd,
    ready: state.ready.size,
    inFlight: state.occupied.size,
    open: state.openCount,
  };
}
