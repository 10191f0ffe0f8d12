/**
 * Vendors that refuse starts or at which sessions fail: whom they hold up, and when such troubles are over. What they hold up stands
 * elsewhere in the queue, so whoever changes the record of an agent does it here.
 */
import { defaultConfig } from "../model/config.ts";
import type { AgentId } from "../model/ids.ts";
import type { Attempt, FailureReason, Task } from "../model/task.ts";
import { configOf } from "./config-in-force.ts";
import { newAgentRecord, type AgentRecord } from "./records.ts";
import type { State } from "./state.ts";

/** Failures that are the doing of the vendor: its sessions fail, or its API does. */
const vendorsDoing: ReadonlySet<string> = new Set<FailureReason>(["vendor_failed", "api_error"]);

export function isVendorFailure(result: Attempt["result"]): boolean {
  return vendorsDoing.has(result);
}

/** The record of the agent for mutation, where what changes keeps nobody from anything. */
export function ownAgent(state: State, agent: AgentId): AgentRecord {
  const known = state.agents.own(agent);
  if (known !== undefined) return known;
  const record = newAgentRecord();
  state.agents.set(agent, record);
  return record;
}

/** Whether its vendor refuses: from a refused start, or a pause, until something was started, it is long ago, or a person says so. */
function isRefusing(state: State, agent: AgentId): boolean {
  const record = state.agents.get(agent);
  return record !== undefined && (record.refusals.length > 0 || record.pausedUntil !== null);
}

/** Whether sessions fail at its vendor: from such an end, or a pause, until one ended well, it is long ago, or a person says so. */
function isFailing(state: State, agent: AgentId): boolean {
  const record = state.agents.get(agent);
  return record !== undefined && (record.failures.length > 0 || record.pausedUntil !== null);
}

/** Whether the task did not get done because of a vendor that has not recovered since. */
export function isHeldUpByVendor(state: State, { refusedBy, failuresInRow, attempts }: Task): boolean {
  if (refusedBy !== null && isRefusing(state, refusedBy)) return true;
  const last = failuresInRow > 0 ? attempts.at(-1) : undefined;
  return last !== undefined && isVendorFailure(last.result) && isFailing(state, last.agent);
}

/** Changes what is known of an agent. The tasks that its vendor holds up stand elsewhere in the queue once it does so no more. */
export function reviseAgent(state: State, agent: AgentId, revise: (record: AgentRecord) => void): void {
  const [wasRefusing, wasFailing] = [isRefusing(state, agent), isFailing(state, agent)];
  revise(ownAgent(state, agent));
  if (isRefusing(state, agent) !== wasRefusing) {
    for (const number of state.backingOff.numbers()) {
      if (state.tasks.at(number)?.refusedBy === agent) state.queue.touch(number);
    }
  }
  if (isFailing(state, agent) !== wasFailing) {
    for (const number of state.failed.numbers()) {
      if (state.tasks.at(number)?.attempts.at(-1)?.agent === agent) state.queue.touch(number);
    }
  }
}

/**
 * Forgets the troubles of an agent that is not paused once the newest is older than `health.within`: nobody may have gone to that
 * vendor since, and nobody would ever find out that it is back. Those of an agent that is configured no more are over, and so is its pause.
 */
export function forgetOldTroubles(state: State): void {
  const { health, agents } = configOf(state, defaultConfig);
  for (const [agent, record] of state.agents.entries()) {
    if (!isInTrouble(record)) continue;
    const isNamed = state.configuration === null || agents.some(({ id }) => id === agent);
    const isOver = record.pausedUntil === null && newestTrouble(record) < state.at - health.within;
    if (isNamed && !isOver) continue;
    reviseAgent(state, agent, (own) => {
      own.refusals = [];
      own.failures = [];
      if (!isNamed) endPause(own);
    });
  }
}

function isInTrouble({ refusals, failures, pausedUntil }: AgentRecord): boolean {
  return refusals.length > 0 || failures.length > 0 || pausedUntil !== null;
}

function newestTrouble({ refusals, failures }: AgentRecord): number {
  return Math.max(refusals.at(-1)?.at ?? 0, failures.at(-1)?.at ?? 0);
}

export function endPause(record: AgentRecord): void {
  record.pausedUntil = null;
  record.pauseReason = null;
  record.pauses = 0;
  record.isFailing = false;
}
