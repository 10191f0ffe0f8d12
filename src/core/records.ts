/** What the state remembers beside the tasks: how workers and agents have fared, what was learned, and the figures of the day. */
import type { AgentId, TaskId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";

/** One session that reached a vendor; kept for a day, for the caps. */
export interface SessionStart {
  readonly at: number;
  readonly task: TaskId;
  readonly agent: AgentId;
  /** From the instant it became ready to the claim. */
  readonly waitedMs: number;
  costUsd: number;
}

/** One session that ended; kept for a day. */
export interface SessionEnd {
  readonly at: number;
  readonly task: TaskId;
  readonly agent: AgentId;
  readonly isGood: boolean;
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

/** How one worker has fared: rests after failures, and is tried out with one task before it is trusted again. */
export interface WorkerRecord {
  /** The last attempts, oldest first. */
  results: readonly { readonly at: number; readonly isGood: boolean }[];
  restsUntil: number | null;
  restReason: string | null;
  /** The rest is over and one task tries it out. */
  isOnTrial: boolean;
}

/** How one agent and its vendor have fared. */
export interface AgentRecord {
  /** Instants of refused starts since the last good one, oldest first. */
  refusals: readonly number[];
  pausedUntil: number | null;
  pauseReason: string | null;
  /** Pauses in a row; each doubles the next. */
  pauses: number;
  /** Slots, where they differ from the configuration. */
  capacity: number | null;
  capacityReason: string | null;
  /** When the capacity was last raised. */
  scaledAt: number | null;
  /** What it last worked on, newest last. */
  recent: readonly TaskId[];
}

/** What was learned of one agent at one kind of work. */
export interface Learned {
  successes: number;
  failures: number;
  /** Of the successes. */
  minutes: number;
}

/** One reading of the figures; see `metrics`. */
export interface Reading {
  readonly at: number;
  /** Completed in the last hour. */
  readonly throughput: number;
  /** Means of the last hour; null where nothing was completed. */
  readonly durationMinutes: number | null;
  readonly waitMinutes: number | null;
  readonly costUsd: number;
  readonly ready: number;
  readonly inFlight: number;
  readonly open: number;
}

/** Attack mode while it is on. */
export interface Attack {
  readonly since: number;
  /** What to go back to. */
  readonly before: Mode | null;
  /** Who switched it on: a login, `schedule`, `configuration`. */
  readonly by: string;
  thresholdMinutes: number;
  adjustedAt: number;
}

/** One pattern: merged tasks counted since the last series, and the series asked for so far. */
export interface PatternRecord {
  merged: number;
  series: number;
}

export function newWorkerRecord(): WorkerRecord {
  return { results: [], restsUntil: null, restReason: null, isOnTrial: false };
}

export function newAgentRecord(): AgentRecord {
  return {
    refusals: [],
    pausedUntil: null,
    pauseReason: null,
    pauses: 0,
    capacity: null,
    capacityReason: null,
    scaledAt: null,
    recent: [],
  };
}
