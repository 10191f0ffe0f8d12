/**
 * Who gets no work for a while: workers that fail rest and are tried out with one task, agents whose vendor refuses or fails
 * are paused as a whole. Decided together with the failure that tells, so that the next assignment already knows.
 */
import { lacksNeed } from "../matching/capability.ts";
import { defaultConfig, type Config } from "../model/config.ts";
import { takesItself, type AgentConfig } from "../model/config-agent.ts";
import { toAgentId, toWorkerId, type AgentId, type TaskId, type WorkerId } from "../model/ids.ts";
import type { Attempt, Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { workerResultsMax } from "../model/limits.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import { newWorkerRecord, type VendorFailure, type WorkerRecord } from "../state/records.ts";
import { countSlots, offSlots } from "../state/slots.ts";
import type { State } from "../state/state.ts";

/** After the last attempt of the task `id` was seen ended, or its good end turned out to be none. */
export function judgeWorker(decision: Decision, id: TaskId): void {
  const task = decision.state.tasks.get(id);
  const attempt = task?.attempts.at(-1);
  if (task === undefined || attempt === undefined) return;
  // It says nothing of the worker, but of the vendor.
  if (attempt.result === "api_error") isVendorsDoing(decision, attempt);
  else judgeResult(decision, task, attempt);
}

function judgeResult(decision: Decision, task: Task, attempt: Attempt): void {
  const { state, context } = decision;
  const record = state.workers.get(attempt.worker);
  const newest = record?.results.at(-1);
  // An end that says nothing of the worker has left no result.
  if (record === undefined || newest?.task !== task.id || newest.at !== context.now) return;
  if (!newest.isGood) judgeFailure(decision, attempt, record);
  // While its pull request is still to come nobody knows what the end was worth.
  else if (record.isOnTrial && task.pullDueAt === null) restoreWorker(decision, attempt.worker, "orchestrate");
}

function judgeFailure(decision: Decision, attempt: Attempt, record: WorkerRecord): void {
  if (record.restsUntil !== null) return;
  if (attempt.result === "vendor_failed" && isVendorsDoing(decision, attempt)) return;
  const reason = restReason(decision, record);
  if (reason === null) return;
  const until = decision.context.now + decision.context.config.health.rest;
  decision.emit({ type: "WorkerRested", worker: attempt.worker, until, reason });
}

/** Why a worker with this record rests; null while it goes on. Both rules need their sample. */
function restReason({ state, context }: Decision, record: WorkerRecord): string | null {
  if (record.isOnTrial) return "The task that tried it out after its rest failed as well.";
  const { failures, within, failureRate, sample } = context.config.health;
  const recent = record.results.filter((result) => !result.isGood && result.at >= context.now - within);
  // One bad task, tried again and again, is no bad worker.
  const failed = [...new Set(recent.map((result) => result.task))];
  if (failed.length >= failures) {
    const names = failed.map((id) => `#${state.tasks.get(id)?.definition.number ?? id}`);
    return `It failed ${countOf(failed.length, "task")} within ${spanOf(within)}: ${names.join(", ")}.`;
  }
  const size = Math.min(sample, workerResultsMax);
  const last = record.results.slice(-size);
  const bad = last.filter((result) => !result.isGood).length;
  if (last.length < size || bad / size <= failureRate) return null;
  return `${bad} of its last ${size} attempts failed, which is more than ${Math.round(failureRate * 100)} %.`;
}

/**
 * Sessions of several workers at several tasks that fail at the vendor, or as many at its API, with none that ends well in between,
 * are the vendor's outage: the agent is paused, and no worker rests for it.
 */
function isVendorsDoing(decision: Decision, { agent, detail }: Attempt): boolean {
  const { health } = decision.context.config;
  const { now } = decision.context;
  const record = decision.state.agents.get(agent);
  if (record === undefined) return false;
  if (record.pausedUntil !== null) {
    if (record.isFailing && record.pausedUntil <= now) {
      pauseAgent(decision, agent, { cause: "failures", reason: `A session still fails after the pause: ${detail}` });
    }
    return true;
  }
  const recent = record.failures.filter((failure) => failure.at >= now - health.within);
  const what = outageOf(recent, health.refusals);
  if (what === null) return false;
  const reason = `${what} within ${spanOf(health.within)}, the last with: ${detail}`;
  pauseAgent(decision, agent, { cause: "failures", reason });
  return true;
}

/** What has failed, in words, where it is an outage; null where it is none. */
function outageOf(failures: readonly VendorFailure[], needed: number): string | null {
  const ofApi = failures.filter((failure) => failure.isOfApi);
  if (ofApi.length >= needed && isOfSeveral(ofApi, needed))
    return `${countOf(ofApi.length, "session")} failed at the API of the vendor`;
  const workers = new Set(failures.map((failure) => failure.worker)).size;
  const tasks = new Set(failures.map((failure) => failure.task)).size;
  return Math.min(workers, tasks) < needed ? null : `Sessions of ${countOf(workers, "worker")} failed at the vendor`;
}

/** After a start was refused by the vendor of `agent`, or its run ended before it started anything. */
export function judgeVendor(
  decision: Decision,
  agent: AgentId,
  refusal: { readonly reason: string; readonly retryAfterMs: number | null },
): void {
  const { health } = decision.context.config;
  const { now } = decision.context;
  const record = decision.state.agents.get(agent);
  if (record === undefined) return;
  const { pausedUntil } = record;
  // It was on its way when the pause began.
  if (pausedUntil !== null && pausedUntil > now) return;
  const refused = record.refusals.filter((each) => each.at >= now - health.within);
  // One task that no vendor would take is no outage: it waits longer every time, and the others go on.
  const isOutage = refused.length >= health.refusals && isOfSeveral(refused, health.refusals);
  if (pausedUntil === null && !isOutage) return;
  const what =
    pausedUntil === null
      ? `${countOf(refused.length, "refused start")} within ${spanOf(health.within)}, the last with`
      : "The start that tried it out after the pause was refused";
  pauseAgent(decision, agent, {
    cause: "refusals",
    reason: `${what}: ${refusal.reason}`,
    wishMs: refusal.retryAfterMs ?? 0,
  });
}

/** Whether it was more than one task; a configuration that takes one for an outage means any. */
function isOfSeveral(refused: readonly { readonly task: TaskId }[], needed: number): boolean {
  return needed === 1 || refused.some((each) => each.task !== refused[0]?.task);
}

/** Doubles with every pause in a row, and is no shorter than the vendor wishes, up to `health.pauseMax`. */
function pauseAgent(
  decision: Decision,
  agent: AgentId,
  why: { readonly cause: "refusals" | "failures"; readonly reason: string; readonly wishMs?: number },
): void {
  const { pause, pauseMax } = decision.context.config.health;
  const pauses = decision.state.agents.get(agent)?.pauses ?? 0;
  // Twenty doublings are a million times: beyond there is only the maximum.
  const doubled = pause * 2 ** Math.min(pauses, 20);
  const ms = Math.min(pauseMax, Math.max(doubled, why.wishMs ?? 0));
  const { cause, reason } = why;
  decision.emit({ type: "AgentPaused", agent, until: decision.context.now + ms, reason, cause });
}

/** Lets the workers whose rest is over try again; in proportion to those that are out of use. */
export function decideHealth(decision: Decision): void {
  for (const { worker, until } of restingWorkers(decision.state)) {
    if (until <= decision.context.now) decision.emit({ type: "WorkerTried", worker });
  }
}

/** The instants at which a rest or a pause is over. A pause that is over has no event: the next start tries the vendor out. */
export function healthDueAt({ state, context }: Pick<Decision, "state" | "context">): readonly number[] {
  const instants = restingWorkers(state).map((resting) => resting.until);
  for (const [, { pausedUntil }] of state.agents.entries()) {
    if (pausedUntil !== null && pausedUntil > context.now) instants.push(pausedUntil);
  }
  return instants;
}

function restingWorkers(state: State): readonly { readonly worker: WorkerId; readonly until: number }[] {
  const resting: { readonly worker: WorkerId; readonly until: number }[] = [];
  for (const agent of Array.from(state.slots.keys()).toSorted()) {
    const slots = state.slots.get(agent);
    for (const slot of slots === undefined ? [] : offSlots(slots)) {
      const worker = toWorkerId(agent, slot);
      const until = state.workers.get(worker)?.restsUntil ?? null;
      if (until !== null) resting.push({ worker, until });
    }
  }
  return resting;
}

/** Trusted again, with a clean record; nothing where it neither rests nor is tried out. */
export function restoreWorker(decision: Decision, worker: WorkerId, by: string): void {
  const record = decision.state.workers.get(worker);
  if (record === undefined || (record.restsUntil === null && !record.isOnTrial)) return;
  decision.emit({ type: "WorkerRestored", worker, by });
}

/** A person says that the vendor is back; nothing where the agent is not paused. */
export function resumeAgent(decision: Decision, agent: AgentId, by: string): void {
  if ((decision.state.agents.get(agent)?.pausedUntil ?? null) === null) return;
  decision.emit({ type: "AgentResumed", agent, by });
}

/** The agents that could be given `task`, now or when they are free: not paused, with workers in use, able to do it. */
export function agentsInService(state: State, context: Context, task: Task): readonly AgentId[] {
  const { needs, pinnedAgent } = task.definition;
  return context.config.agents.flatMap((config) => {
    const agent = toAgentId(config.id);
    const isWanted = pinnedAgent === agent || (pinnedAgent === null && !takesItself(config));
    const isPaused = (state.agents.get(agent)?.pausedUntil ?? 0) > context.now;
    return isWanted && !isPaused && hasWorkers(state, config) && !lacksNeed(config, { needs }) ? [agent] : [];
  });
}

function hasWorkers(state: State, agent: AgentConfig): boolean {
  // Operators come back: who is away for now is no reason to look elsewhere.
  const capacity = fullCapacityOf(state, agent);
  const slots = state.slots.get(toAgentId(agent.id));
  return slots === undefined ? capacity > 0 : countSlots(slots, capacity).off < capacity;
}

export interface Health {
  readonly isResting: boolean;
  /** When the rest is over; null while it does not rest. */
  readonly until: number | null;
  readonly reason: string | null;
  readonly isOnTrial: boolean;
  /** Failures, and the attempts that they are counted over: those of the sample that there are. */
  readonly failuresOfLast: readonly [failures: number, attempts: number];
}

/** How a worker is at `now`. One that nobody knows yet is well. */
export function healthOf(state: State, worker: WorkerId, now: number): Health {
  const { results, restsUntil, restReason, isOnTrial } = state.workers.get(worker) ?? newWorkerRecord();
  const { sample } = (state.configuration?.config ?? defaultConfig).health;
  const last = results.slice(-sample);
  const isResting = restsUntil !== null && restsUntil > now;
  return {
    isResting,
    until: isResting ? restsUntil : null,
    reason: isResting ? restReason : null,
    isOnTrial,
    failuresOfLast: [last.filter((result) => !result.isGood).length, last.length],
  };
}

/**
 * Whether the session of `task` has been silent for longer than its agent may be: `agents[].heartbeat`, or `health.heartbeat` for
 * one that has sent a heartbeat (`beatAt`) without being configured to. Other agents have no such time. The vendor is asked then, and the
 * slot stays taken until it has answered.
 */
export function isUnresponsive(
  task: Task,
  agent: AgentConfig,
  { now, beatAt, health }: { readonly now: number; readonly beatAt: number | null; readonly health: Config["health"] },
): boolean {
  const limitMs = silenceLimitMs(agent, beatAt, health);
  if (limitMs === null || task.assignment === null) return false;
  return now - Math.max(task.assignment.heardAt, beatAt ?? 0) > limitMs;
}

/** How long an agent may be silent; null where it is not known to send heartbeats. One that takes its work itself is. */
export function silenceLimitMs(
  agent: AgentConfig,
  beatAt: number | null,
  { heartbeat }: Pick<Config["health"], "heartbeat">,
): number | null {
  return agent.heartbeat ?? (beatAt === null && !takesItself(agent) ? null : heartbeat);
}

function countOf(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`;
}

/** `10 min`, `90 s`. */
function spanOf(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1_000)} s`;
}
