/** What stands in the way of work that is in flight, and what may be done about it. */
import type { AgentId, TaskId } from "./ids.ts";

export const resolutions = ["reassign", "queue", "escalate"] as const;
/** Another agent goes on with it; it waits until what it conflicts with is over; a person sees to it. */
export type Resolution = (typeof resolutions)[number];

/**
 * `merge`: its pull request conflicts with the base. `overlap`: another merge that is on its way changes the same file. `claim`: a second run
 * was dispatched for what one has claimed. `dependency`: a session is at it, and what it depends on is not done. `silence`: its session
 * takes far longer than expected. `duplicate`: it says the same as another open task, and is held.
 */
export const conflictKinds = ["merge", "overlap", "claim", "dependency", "silence", "duplicate"] as const;
export type ConflictKind = (typeof conflictKinds)[number];

export interface Conflict {
  /** `<kind>:<task>`: the same as long as the conflict lasts, and on every machine. */
  readonly id: string;
  readonly kind: ConflictKind;
  readonly task: TaskId;
  /** The tasks, or what else it waits for, that it conflicts with; `[]` where that is no task. */
  readonly with: readonly TaskId[];
  /** As far as they are known. */
  readonly files: readonly string[];
  readonly detail: string;
  /** Epoch milliseconds; null where nobody can say. */
  readonly since: number | null;
  readonly resolutions: readonly Resolution[];
}

/** What is told of a conflict when it is first seen. */
export interface ConflictSeen extends Pick<Conflict, "kind" | "with" | "files" | "detail"> {
  /** Who is at the task, or was at it last. */
  readonly agent: AgentId | null;
}

/** What somebody has said is to be done about a conflict. */
export interface ConflictOrder {
  readonly kind: ConflictKind;
  readonly resolution: Resolution;
  readonly by: string;
  readonly reason: string | null;
}
