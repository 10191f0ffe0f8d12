/** A look back at completed tasks: what was done how, what went well, what to do better, and what is next. Facts; the words are the views'. */
import type { FailureReason, Receipt } from "./task.ts";

/** The next tasks that a retrospective names. */
export const retrospectiveNext = 3;

/** A task by its name. */
export interface TaskHead {
  readonly task: string;
  readonly reference: string;
  readonly url: string;
  readonly title: string;
}

/** A way in which attempts failed, and how often. */
export interface FailureCount {
  readonly reason: FailureReason;
  readonly times: number;
}

export interface LookBack extends TaskHead {
  /** ISO 8601. */
  readonly completedAt: string;
  /** What its completion goes by. */
  readonly receipt: Receipt["kind"];
  /** Those that reached an agent, as far as they are kept. */
  readonly attempts: number;
  /** Who took part, in the order in which they did. */
  readonly agents: readonly string[];
  /** Of agent work, all attempts together. */
  readonly minutes: number;
  readonly estimateMinutes: number | null;
  /** The most frequent first. */
  readonly failures: readonly FailureCount[];
  /** How often work that had ended well was sent back: by red checks, a reviewer, or a conflict. */
  readonly sentBack: number;
  readonly costUsd: number;
}

/** What one agent did at these tasks. */
export interface AgentPart {
  readonly agent: string;
  readonly tasks: number;
  readonly attempts: number;
  readonly failed: number;
  readonly minutes: number;
  readonly costUsd: number;
}

/** What went well. */
export type Success =
  | { readonly code: "first_attempt"; readonly count: number; readonly of: number }
  | { readonly code: "no_failure"; readonly attempts: number }
  | { readonly code: "on_time"; readonly count: number; readonly of: number }
  | { readonly code: "not_sent_back"; readonly tasks: number };

/** What to do better; `tasks` are references. */
export type Improvement =
  | {
      readonly code: "same_failure";
      readonly reason: FailureReason;
      readonly times: number;
      readonly tasks: readonly string[];
    }
  | { readonly code: "underestimated" | "overestimated"; readonly tasks: readonly string[] }
  | { readonly code: "failing_agent"; readonly agent: string; readonly failed: number; readonly attempts: number }
  | { readonly code: "sent_back"; readonly times: number; readonly tasks: readonly string[] }
  | { readonly code: "many_attempts"; readonly tasks: readonly string[] };

export interface Retrospective {
  /** ISO 8601. */
  readonly at: string;
  /** In the order in which they were completed. */
  readonly tasks: readonly LookBack[];
  /** By name. */
  readonly agents: readonly AgentPart[];
  readonly wentWell: readonly Success[];
  readonly improvements: readonly Improvement[];
  /** The ready tasks that come first, in their order; where these are too few, those that what is in hand will make ready. */
  readonly next: readonly TaskHead[];
}
