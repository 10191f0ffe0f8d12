/** The line from a job to the App, where the App has an address that jobs can reach. Types only. */
import type { TaskId, WorkerId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";

/** Which assignment is spoken of. */
export interface AssignmentName {
  readonly task: TaskId;
  readonly worker: WorkerId;
  readonly fence: number;
  readonly attempt: number;
}

/**
 * `taken`: it is in the log. `not_live`: the App says that the assignment is no longer in force, so there is nothing to write.
 * `not_taken`: it could not be reached, or does not take reports of this job.
 */
export type EndAnswer = "taken" | "not_live" | "not_taken";

export interface AppLine {
  /** Tells how a session has ended; `durationMs` since its start. Tries for some minutes, and never rejects. */
  tellEnd(assignment: AssignmentName, report: SessionReport, durationMs: number): Promise<EndAnswer>;
  /** Says that the session goes on. Takes seconds at most, and never rejects. */
  beat(assignment: AssignmentName): Promise<void>;
}
