/** How events change what is known of workers and agents: results, rests, pauses, capacity, and what was learned. */
import type { EventOf } from "../model/event.ts";
import { agentOf, slotOf, type AgentId, type TaskId, type WorkerId } from "../model/ids.ts";
import type { Attempt, FailureReason, Task } from "../model/task.ts";
import { workerResultsMax } from "../model/limits.ts";
import { newLearned, newWorkerRecord, type Learned, type WorkerRecord, type WorkerResult } from "../state/records.ts";
import { Slots } from "../state/slots.ts";
import type { State } from "../state/state.ts";
import { endPause, isVendorFailure, ownAgent, reviseAgent } from "../state/vendor-trouble.ts";

/** Ends that say nothing of the worker: a person's doing, the base's, or the vendor's. */
const neutral: ReadonlySet<string> = new Set<FailureReason>([
  "cancelled",
  "preempted",
  "stopped",
  "handed_over",
  "queued",
  "pull_closed",
  "conflict",
  "changes_requested",
  "api_error",
  "needs_input",
]);

/** Failures that show only after a session has ended well. */
const foundLater: ReadonlySet<string> = new Set<FailureReason>(["checks_failed", "no_result", "validation"]);

export function isFoundLater(reason: FailureReason): boolean {
  return foundLater.has(reason);
}

/** Whether a result counts for or against the worker; null when it says nothing of it. */
export function verdictOf(result: Attempt["result"]): boolean | null {
  if (result === "success") return true;
  return neutral.has(result) ? null : false;
}

/** The key of what was learned of an agent at one kind of work. */
export function learnedKey(agent: AgentId, kind: string): string {
  return `${agent}|${kind}`;
}

/** The kinds of work that a task is. */
export function kindsOf(task: Task): readonly string[] {
  return task.definition.labels;
}

/** The slots of an agent, which note their changes themselves. */
export function slotsOf(state: State, agent: AgentId): Slots {
  const known = state.slots.get(agent);
  if (known !== undefined) return known;
  const slots = new Slots(state.undo);
  state.slots.set(agent, slots);
  return slots;
}

function ownWorker(state: State, worker: WorkerId): WorkerRecord {
  const known = state.workers.own(worker);
  if (known !== undefined) return known;
  const record = newWorkerRecord();
  state.workers.set(worker, record);
  return record;
}

/** While a person has disabled it or it rests. */
export function isOutOfUse(state: State, worker: WorkerId): boolean {
  return state.disabledWorkers.has(worker) || (state.workers.get(worker)?.restsUntil ?? null) !== null;
}

export function reviseSlot(state: State, worker: WorkerId): void {
  slotsOf(state, agentOf(worker)).markOff(slotOf(worker), isOutOfUse(state, worker));
}

/** What the end of a session says of its worker and of the vendor; nothing where it is neither's doing. */
export function noteEnd(state: State, task: TaskId, attempt: Attempt): void {
  if (isVendorFailure(attempt.result)) noteVendorFailure(state, task, attempt);
  const isGood = verdictOf(attempt.result);
  if (isGood === null) return;
  const record = ownWorker(state, attempt.worker);
  record.results = withResult(record.results, { at: state.at, task, isGood });
  if (isGood) noteGoodEnd(state, attempt.agent);
}

/** The newest goes last, and the oldest falls off. */
function withResult(results: readonly WorkerResult[], result: WorkerResult): readonly WorkerResult[] {
  if (results.length < workerResultsMax) return results.concat(result);
  // One list, as long as it must be: one that is cut and then grows is made twice, at the end of every session.
  const kept = results.slice();
  for (let index = 1; index < kept.length; index += 1) kept[index - 1] = kept[index] as WorkerResult;
  kept[kept.length - 1] = result;
  return kept;
}

/** The vendor has brought a session to a good end: that it failed others is over. */
function noteGoodEnd(state: State, agent: AgentId): void {
  const known = state.agents.get(agent);
  if (known === undefined || (known.failures.length === 0 && !known.isFailing)) return;
  reviseAgent(state, agent, (record) => {
    record.failures = [];
    if (record.isFailing) endPause(record);
  });
}

function noteVendorFailure(state: State, task: TaskId, { agent, worker, result }: Attempt): void {
  const failure = { at: state.at, task, worker, ...(result === "api_error" ? { isOfApi: true as const } : {}) };
  reviseAgent(state, agent, (record) => {
    record.failures = [...record.failures.slice(1 - workerResultsMax), failure];
  });
}

/**
 * A good end turned out to be none: of the attempt there is still one result, a bad one, known as of now. One from before the
 * worker rested has been paid for.
 */
export function turnResult(state: State, task: TaskId, attempt: Attempt): void {
  const record = ownWorker(state, attempt.worker);
  const index = record.results.findLastIndex(
    (result) => result.task === task && result.at === attempt.endedAt && result.isGood,
  );
  if (index < 0) return;
  record.results = [...record.results.toSpliced(index, 1), { at: state.at, task, isGood: false }];
}

/** What there is to learn: a task that was completed, an attempt that failed, or work that was sent back. */
export type Lesson =
  | {
      readonly kind: "success";
      readonly minutes: number;
      /** What the estimate was of the time that the agent took, in hundredths, 100 at most; null where nobody could say. */
      readonly timeliness: number | null;
    }
  | { readonly kind: "failure" }
  | { readonly kind: "rework" };

/** The agent has learned at a task of these kinds. */
export function learn(state: State, task: Task, { agent, lesson }: { agent: AgentId; lesson: Lesson }): void {
  tally(ownAgent(state, agent).learned, lesson);
  for (const kind of kindsOf(task)) {
    const key = learnedKey(agent, kind);
    let learned = state.learned.own(key);
    if (learned === undefined) {
      learned = newLearned();
      state.learned.set(key, learned);
    }
    tally(learned, lesson);
  }
}

function tally(learned: Learned, lesson: Lesson): void {
  if (lesson.kind === "failure") learned.failures += 1;
  else if (lesson.kind === "rework") learned.reworks = (learned.reworks ?? 0) + 1;
  else {
    learned.successes += 1;
    learned.minutes += lesson.minutes;
    if (lesson.timeliness === null) return;
    learned.timed = (learned.timed ?? 0) + 1;
    learned.timeliness = (learned.timeliness ?? 0) + lesson.timeliness;
  }
}

/** The vendor has taken a session: if it refused them before, it is back. */
export function noteStart(state: State, agent: AgentId): void {
  const known = state.agents.get(agent);
  if (known === undefined || (known.refusals.length === 0 && known.pausedUntil === null && known.pauses === 0)) return;
  reviseAgent(state, agent, (record) => {
    record.refusals = [];
    if (!record.isFailing) endPause(record);
  });
}

/** The vendor has refused a start. */
export function noteRefusal(state: State, task: Task, agent: AgentId): void {
  reviseAgent(state, agent, (record) => {
    record.refusals = [...record.refusals.slice(1 - workerResultsMax), { at: state.at, task: task.id }];
  });
}

export function foldWorkerRested(state: State, event: EventOf<"WorkerRested">): void {
  const record = ownWorker(state, event.worker);
  record.restsUntil = event.until;
  record.restReason = event.reason;
  record.isOnTrial = false;
  reviseSlot(state, event.worker);
}

export function foldWorkerTried(state: State, event: EventOf<"WorkerTried">): void {
  const record = ownWorker(state, event.worker);
  record.restsUntil = null;
  record.isOnTrial = true;
  // What it was rested for has been paid for: only what follows counts.
  record.results = [];
  reviseSlot(state, event.worker);
}

export function foldWorkerRestored(state: State, event: EventOf<"WorkerRestored">): void {
  const record = ownWorker(state, event.worker);
  record.restsUntil = null;
  record.restReason = null;
  record.isOnTrial = false;
  record.results = [];
  reviseSlot(state, event.worker);
}

export function foldAgentPaused(state: State, event: EventOf<"AgentPaused">): void {
  reviseAgent(state, event.agent, (record) => {
    record.pausedUntil = event.until;
    record.pauseReason = event.reason;
    record.pauses += 1;
    record.refusals = [];
    record.failures = [];
    record.isFailing ||= event.cause === "failures";
  });
}

export function foldAgentResumed(state: State, event: EventOf<"AgentResumed">): void {
  reviseAgent(state, event.agent, (record) => {
    endPause(record);
    record.refusals = [];
    record.failures = [];
  });
}

export function foldCapacityChanged(state: State, event: EventOf<"CapacityChanged">): void {
  const record = ownAgent(state, event.agent);
  if (event.isScaled === true) record.scaledAt = state.at;
  record.raisedTo = event.raisedTo ?? (event.isScaled === true ? event.capacity : null);
  record.isScaled = record.raisedTo !== null;
  record.capacity = event.capacity;
  record.capacityReason = event.reason;
}

export function foldOperatorsChanged(state: State, event: EventOf<"OperatorsChanged">): void {
  ownAgent(state, event.agent).operators = event.operators;
}

export function foldWorkerDisabled(state: State, event: EventOf<"WorkerDisabled">): void {
  state.disabledWorkers.set(event.worker, event.by);
  reviseSlot(state, event.worker);
}

export function foldWorkerEnabled(state: State, event: EventOf<"WorkerEnabled">): void {
  state.disabledWorkers.delete(event.worker);
  reviseSlot(state, event.worker);
}
