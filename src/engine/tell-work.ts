/**
 * What a job says of the work that it was given, written onto the state by the job itself: the way of agents that run where
 * there is no App to tell. Only the assignment that is in force, and that is this job's, can be ended so.
 */
import type { TaskId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Assignment } from "../model/task.ts";
import { createReportingLane } from "./job.ts";
import type { EngineParts } from "./parts.ts";

export interface WorkTold {
  readonly task: TaskId;
  /** Who had the task, `<agent>/<n>`. */
  readonly worker: string;
  /** The number of the assignment, where the job knows it. */
  readonly fence: number | null;
  /** Id of the workflow run that tells. */
  readonly run: string;
  readonly report: SessionReport;
}

/** `not_ours`: the task has another worker, another assignment, or none; nothing was written. */
export type WorkResult = "recorded" | "not_ours";

/** Rejects when the state cannot be read or written. */
export async function tellWork(parts: EngineParts, told: WorkTold): Promise<WorkResult> {
  const lane = createReportingLane(parts);
  await lane.refresh();
  const assignment = (await lane.stream.current()).tasks.get(told.task)?.assignment ?? null;
  if (assignment === null || !isOwn(assignment, told)) return "not_ours";
  const { task, report } = told;
  // The same report again, from a run that was run again, decides nothing.
  await lane.submit([{ type: "ReportSession", id: lane.nextId("report"), task, fence: assignment.fence, report }]);
  return "recorded";
}

/** Whoever names the assignment has it; else it must have been claimed by, or dispatched to, this very run. */
function isOwn(assignment: Assignment, { worker, fence, run }: WorkTold): boolean {
  if (assignment.worker !== worker) return false;
  return fence === null ? assignment.claimedBy === run || assignment.run === run : assignment.fence === fence;
}
