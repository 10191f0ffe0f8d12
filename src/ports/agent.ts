/** An agent system as the program sees it: start, watch, cancel. Every call is safe to repeat. */
import type { Feedback } from "../model/feedback.ts";
import type { AgentId, TaskId, WorkerId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Continuation, Session } from "../model/task.ts";
import type { WorkKind } from "../planning/classify.ts";

/** Everything a vendor is told about an assignment. */
export interface Assignable {
  readonly task: TaskId;
  readonly number: number;
  readonly agent: AgentId;
  readonly worker: WorkerId;
  readonly attempt: number;
  readonly fence: number;
  /** `owner/name`. */
  readonly repository: string;
  readonly defaultBranch: string;
  readonly title: string;
  /** Hostile text: it goes into a delimited block of the prompt and nowhere else. */
  readonly body: string;
  readonly url: string;
  /** What sort of work it asks for, which says how to go about it; left out: nobody has looked. */
  readonly work?: WorkKind;
  /** What earlier attempts left: failing checks, a conflict, the vendor's reason. Our own words, one line each. */
  readonly feedback: readonly string[];
  /** What checks printed and reviewers wrote of the open pull request: text of others, for a block of data of its own. */
  readonly said?: Feedback | null;
  /** Where the task's file is on the state branch while the session runs: `tasks/in_progress/12.md`. */
  readonly taskFile?: string;
  /** What this attempt goes on with. */
  readonly continues: Continuation | null;
}

export type StartOutcome =
  | { readonly kind: "started"; readonly session: Session }
  /** The vendor said no, and it is not a passing fault of the network: no attempt is counted. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfterMs: number | null }
  /** It may or may not have started: start again, which finds it. */
  | { readonly kind: "unknown"; readonly reason: string };

export type CancelOutcome =
  | { readonly kind: "ended"; readonly report: SessionReport }
  /** Accepted; a later watch shows the end. */
  | { readonly kind: "requested" }
  | { readonly kind: "cannot"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface Agent {
  /**
   * Starts the session of (task, fence), or finds the one that an earlier call started: by a client-chosen id, a unique
   * name, or the title. Never rejects for an answer of the vendor; faults come back as `unknown`.
   */
  start(assignable: Assignable): Promise<StartOutcome>;
  /** How the session is. `unknown` when the vendor could not be asked. */
  watch(session: Session): Promise<SessionReport>;
  /** How many sessions the vendor runs at once for this key, where that varies and can be asked; null: no limit.
   * Rejects when the vendor does not answer. */
  readonly runningLimit?: () => Promise<number | null>;
  /** Asks for the end. `cannot` where the vendor has no way to. */
  cancel(session: Session): Promise<CancelOutcome>;
}

/** The agents of a configuration that this process holds keys for. */
export interface Agents {
  /** With the fence of a session: the system that it was started at, where the id is that of another one by now. */
  find(agent: AgentId, fence?: number): Agent | null;
}
