/**
 * The first step of a workflow of the repository's own: its run has the claim, and is handed what it is to do. The session is the run
 * itself, so nothing is started and nothing is watched here.
 */
import type { Dossier } from "../state/records.ts";
import type { Command } from "../model/command.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Assignable } from "../ports/agent.ts";
import type { Conflicts } from "../ports/conflicts.ts";
import type { Tracker } from "../ports/tracker.ts";
import { withBrief } from "./brief.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts } from "./parts.ts";

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };

export interface HandOut {
  readonly parts: EngineParts;
  readonly tracker: Pick<Tracker, "brief">;
  readonly conflicts: Conflicts | undefined;
  readonly lane: Lane;
  readonly task: Assigned;
  /** What is kept of the task for its agents. */
  readonly dossier: Dossier | undefined;
  /** Told what the run is to do. */
  readonly onClaim: (assignable: Assignable) => void;
}

/** Hands the work to the run that has the claim. Where it may not be done any more, the session ends with the reason. */
export async function handOut({ parts, lane, onClaim, ...reading }: HandOut): Promise<"claimed" | "refused"> {
  const { task } = reading;
  if (task.assignment.phase === "ending") {
    await end(lane, task, "It was cancelled before the run began to work.");
    return "refused";
  }
  for (;;) {
    let given: Assignable | null = null;
    const outcome = await withBrief(parts, reading, async (assignable) => {
      given = assignable;
      return { kind: "done" };
    });
    if (given !== null) {
      onClaim(given);
      return "claimed";
    }
    if (outcome.kind !== "delayed") {
      const why = outcome.kind === "refused" ? outcome.reason : "The text changed after it was approved.";
      await end(lane, task, `${why} The run did nothing.`);
      return "refused";
    }
    parts.journal.warn("The issue could not be read; trying again.", { reason: outcome.reason });
    await parts.clock.sleep(outcome.retryAfterMs, "start");
  }
}

async function end(lane: Lane, { id, assignment }: Assigned, reason: string): Promise<void> {
  await lane.submit([reportEnd(lane, { task: id, fence: assignment.fence, reason })]);
}

function reportEnd(
  lane: Lane,
  { task, fence, reason }: { readonly task: TaskId; readonly fence: number; readonly reason: string },
): Command {
  const nothing = { session: null, pullUrl: null, branch: null, question: null };
  const report = { ...nothing, state: "cancelled" as const, reason, costUsd: 0 };
  return { type: "ReportSession", id: lane.nextId("report"), task, fence, report };
}
