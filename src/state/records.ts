/** What the state remembers beside the tasks: how workers and agents have fared, what was learned, and the figures of the day. */
import type { Cursor } from "../model/cursor.ts";
import type { AgentId, TaskId, WorkerId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { OperatorFacts } from "../model/operator.ts";
import type { Feedback } from "../model/feedback.ts";
import type { OpenedPiece, Proposal } from "../model/split.ts";
import type { Submission } from "../model/submission.ts";
import type { Priority } from "../model/task.ts";
import type { Warning } from "../model/warning.ts";

/** One session that reached a vendor; kept for a day, for the caps. */
export interface SessionStart {
  readonly at: number;
  readonly task: TaskId;
  readonly agent: AgentId;
  /** From the instant it became ready to the claim. */
  readonly waitedMs: number;
  readonly costUsd: number;
}

/** One session that ended; kept for a day. */
export interface SessionEnd {
  readonly at: number;
  readonly task: TaskId;
  readonly agent: AgentId;
  /** Null where the end says nothing of the worker: a cancel, a conflict, the vendor's own trouble. */
  readonly isGood: boolean | null;
  /** No further end: the pull request of one that was good has turned red. */
  readonly isSecondThought: boolean;
  /** From the start at the vendor; null where it never started. */
  readonly durationMs: number | null;
  readonly costUsd: number;
}

/** One task that was completed; kept for a day. */
export interface Completion {
  readonly at: number;
  readonly task: TaskId;
  /** Whose attempt it was; null where a person did it. */
  readonly agent: AgentId | null;
  /** Minutes of agent work, all attempts. */
  readonly minutes: number;
  readonly costUsd: number;
}

/** What one attempt says of its worker. */
export interface WorkerResult {
  readonly at: number;
  readonly task: TaskId;
  readonly isGood: boolean;
}

/** How one worker has fared: rests after failures, and is tried out with one task before it is trusted again. */
export interface WorkerRecord {
  /** The last attempts, oldest first, each as it is known by now. */
  results: readonly WorkerResult[];
  restsUntil: number | null;
  restReason: string | null;
  /** The rest is over and one task tries it out. */
  isOnTrial: boolean;
}

/** A session that failed at the vendor. */
export interface VendorFailure {
  readonly at: number;
  readonly task: TaskId;
  readonly worker: WorkerId;
  /** It was the API that failed, whichever worker asked. */
  readonly isOfApi?: true;
}

/** How one agent and its vendor have fared. */
export interface AgentRecord {
  /** Refused starts since the last good one, oldest first. */
  refusals: readonly { readonly at: number; readonly task: TaskId }[];
  /** Sessions that failed at the vendor since the last one that ended well, oldest first. */
  failures: readonly VendorFailure[];
  /** It was paused because its sessions fail: a session that ends well, not a start, tells that the vendor is back. */
  isFailing: boolean;
  pausedUntil: number | null;
  pauseReason: string | null;
  /** Pauses in a row; each doubles the next. */
  pauses: number;
  /** Slots, where they differ from the configuration. */
  capacity: number | null;
  capacityReason: string | null;
  /** Attack mode has raised the capacity. */
  isScaled: boolean;
  /** What it has raised it to, also while the vendor allows fewer; null where it has not. Left out by older versions. */
  raisedTo?: number | null;
  /** When attack mode last raised the capacity. */
  scaledAt: number | null;
  /** What GitHub said last of its operators. Left out before it was asked. */
  operators?: readonly OperatorFacts[];
  /** At all of its work, whatever its kind. */
  readonly learned: Learned;
}

/** What was learned of one agent at one kind of work. */
export interface Learned {
  successes: number;
  failures: number;
  /** Of the successes. */
  minutes: number;
  /** The successes at tasks with an estimate, and the sum of what the estimate was of the time taken, in hundredths, 100 at most each. Left out by older versions. */
  timed?: number;
  timeliness?: number;
  /** How often work was sent back: by red checks, a validation, or a reviewer. Left out likewise. */
  reworks?: number;
}

export function newLearned(): Learned {
  return { successes: 0, failures: 0, minutes: 0, timed: 0, timeliness: 0, reworks: 0 };
}

/** What older versions have left out is nothing. */
export function copyLearned(from: Learned): Learned {
  const { successes, failures, minutes, timed = 0, timeliness = 0, reworks = 0 } = from;
  return { successes, failures, minutes, timed, timeliness, reworks };
}

/** One reading of the figures; see `metrics`. */
export interface Reading {
  /** When the hour ended. */
  readonly at: number;
  /** Tasks completed in it, by whatever receipt. */
  readonly throughput: number;
  /** Mean minutes of agent work, all attempts together, of the tasks completed in it; null where there are none. */
  readonly durationMinutes: number | null;
  /** Mean minutes from the instant a task became ready to its claim, of the sessions started in it; null where there are none. */
  readonly waitMinutes: number | null;
  /** US dollars that the sessions which ended in it have cost: the cost rate. */
  readonly costUsd: number;
  /** Ready tasks, taken workers and open tasks at its end. */
  readonly ready: number;
  readonly inFlight: number;
  readonly open: number;
  /** Open tasks that are neither ready nor in hand. Left out by older versions, and of an hour that is not over. */
  readonly blocked?: number;
  /** The share of all slots' time that was taken in it, 0 to 1. Left out likewise. */
  readonly utilisation?: number;
  /** For how long the task had been ready that had been so for longest; null where none was, or too many. Left out likewise. */
  readonly oldestWaitMinutes?: number | null;
  /** `busyMs` of each agent at the instant of the reading; none is 0. */
  readonly busyMs: Readonly<Record<AgentId, number>>;
}

/** What warnings are judged by that no other record tells. */
export interface Watch {
  /** The last pass with a tick that has left an entry. */
  readonly tickedAt: number;
  /** Since when no worker was free at the end of a pass; null while one was. */
  readonly fullSince: number | null;
  /** The last warnings that have passed, newest first. */
  readonly passed: readonly (Warning & { readonly since: number; readonly until: number })[];
  /** When attack mode last said that it wants more workers than it may have. Left out before the first time. */
  readonly recommendedAt?: number;
  /** How far the tracker was read by whoever keeps no cursor of its own, and when everything was. */
  readonly readUpTo?: { readonly cursor: Cursor; readonly wholeAt: number };
  /** When a backup was restored last: what was read before is not what this state has seen. Left out where none ever was. */
  readonly restoredAt?: number;
  /** Nobody has looked at everything since. */
  readonly isStockDue?: true;
}

/** A time rule that was taken note of, and what to go back to when it ends. */
export interface TimeRule {
  readonly key: string;
  readonly before: Mode | null;
  readonly beforeBy: string | null;
  /** Where that is attack mode: what it goes back to when it is over. Left out by older versions. */
  readonly attackBefore?: Mode | null;
}

/** From when to when a milestone runs. */
export interface MilestoneSpan {
  readonly from: number;
  readonly to: number;
}

/** Attack mode while it is on. */
export interface Attack {
  readonly since: number;
  /** What to go back to. */
  readonly before: Mode | null;
  /** Who switched it on: a login, `schedule`, `configuration`. */
  readonly by: string;
  readonly thresholdMinutes: number;
  readonly adjustedAt: number;
}

/** One pattern: merged tasks counted since the last series, and the series asked for so far. */
export interface PatternRecord {
  merged: number;
  series: number;
  /** The issue of the last series, once it is there. */
  issue?: number;
}

/** What was submitted from outside, and what became of it. */
export interface SubmissionRecord {
  readonly at: number;
  /** Who asked for it. */
  readonly by: string;
  /** Until its issue is there, or will never be. */
  readonly asked?: Submission;
  readonly issue?: number;
  /** Why there will be none. */
  readonly refusal?: string;
}

/** How a task is split: while pieces wait for approval or for their issues, and then while it is open. */
export interface SplitRecord {
  /** Without the texts once every piece is an issue. */
  readonly proposal: Proposal;
  /** Who asked for it. */
  readonly by: string;
  readonly at: number;
  /** Null: it waits for approval. */
  readonly approvedBy: string | null;
  /** By position; null: not yet. */
  readonly opened: readonly (OpenedPiece | null)[];
  /** When the last of them was. */
  readonly openedAt: number | null;
  /** Positions of those that GitHub would not take, until they are asked for again. */
  readonly refused: readonly number[];
}

/** What waits behind an open task over hard edges; a function of the graph alone. */
export interface Reach {
  readonly direct: number;
  /** Counted up to `impactMax`. */
  readonly transitive: number;
  /** The longest remaining path from it on, its own effort included, minutes. */
  readonly tailMinutes: number;
  /** Its own effort. */
  readonly minutes: number;
  /** The most urgent priority of itself and of what waits for it. */
  readonly priority: Priority;
}

const newcomer: WorkerRecord = { results: [], restsUntil: null, restReason: null, isOnTrial: false };

export function newWorkerRecord(): WorkerRecord {
  return copyWorker(newcomer);
}

/** A copy for whoever changes the record; its results are replaced. */
export function copyWorker({ results, restsUntil, restReason, isOnTrial }: WorkerRecord): WorkerRecord {
  return { results, restsUntil, restReason, isOnTrial };
}

const unknownAgent: AgentRecord = {
  refusals: [],
  failures: [],
  isFailing: false,
  pausedUntil: null,
  pauseReason: null,
  pauses: 0,
  capacity: null,
  capacityReason: null,
  isScaled: false,
  raisedTo: null,
  scaledAt: null,
  learned: newLearned(),
};

export function newAgentRecord(): AgentRecord {
  return copyAgent(unknownAgent);
}

/** What attack mode has raised the capacity to; null where it has not. */
export function raisedTo(record: AgentRecord | undefined): number | null {
  return record?.isScaled === true ? (record.raisedTo ?? record.capacity) : null;
}

/** A copy of everything that an owner of the record may mutate. */
export function copyAgent(from: AgentRecord): AgentRecord {
  return {
    refusals: from.refusals,
    failures: from.failures,
    isFailing: from.isFailing,
    pausedUntil: from.pausedUntil,
    pauseReason: from.pauseReason,
    pauses: from.pauses,
    capacity: from.capacity,
    capacityReason: from.capacityReason,
    isScaled: from.isScaled,
    raisedTo: raisedTo(from),
    scaledAt: from.scaledAt,
    ...(from.operators === undefined ? {} : { operators: from.operators }),
    learned: copyLearned(from.learned),
  };
}

/** What is kept of an open task for its agents, beside what the issue itself says. */
export interface Dossier {
  /** When something came into it last. */
  readonly at: number;
  /** The acceptance criteria, as they stood in the approved text when it was read last; empty where it names none. */
  readonly criteria: readonly string[];
  /** What checks and reviewers said last of its pull request; null: nothing. */
  readonly feedback: Feedback | null;
}

/** What `/orchestrate swarm` asked for. */
export interface Swarm {
  /** From 1. */
  readonly workers: number;
  readonly by: string;
}
