/**
 * An agent at somebody's desk asks for a task: the text is read and held against the approved one, the claim is written in an append of
 * its own, and what comes back is what vendors are told at a start. Of two that ask for the same the compare-and-swap lets one have it.
 */
import { criteriaIn } from "../core/criteria.ts";
import { judgeClaim, type ClaimAsk } from "../core/decide-claim-task.ts";
import type { State } from "../state/state.ts";
import type { WaitingReason } from "../core/waiting.ts";
import type { Command } from "../model/command.ts";
import { toCommandId, type TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Assignable } from "../ports/agent.ts";
import type { Brief, Tracker } from "../ports/tracker.ts";
import { toAssignable } from "./brief.ts";
import { createReportingLane } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts } from "./parts.ts";

export interface ClaimRequest extends Pick<ClaimAsk, "task" | "agent" | "worker"> {
  /** In whose name it is claimed. */
  readonly by: string;
}

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };

export type ClaimResult =
  | { readonly kind: "claimed"; readonly task: Assigned; readonly assignable: Assignable }
  /** With reason codes, as of a task that waits. */
  | { readonly kind: "refused"; readonly why: readonly WaitingReason[] };

/** So often another task is looked for after the best one was lost to somebody else, or its text is not the approved one any more. */
const triesMax = 10;

/** Null: nobody has ever written here. Rejects when the state or the issue cannot be read, or the state cannot be written. */
export async function claimTask(
  parts: EngineParts,
  tracker: Pick<Tracker, "brief">,
  request: ClaimRequest,
): Promise<ClaimResult | null> {
  const lane = createReportingLane(parts, { isImpatient: true });
  const except = new Set<TaskId>();
  let last: ClaimResult = { kind: "refused", why: [] };
  for (let tries = 0; tries < triesMax; tries += 1) {
    const state = await lane.stream.current();
    if (state.version === 0) return null;
    const verdict = judgeClaim({ state, context: lane.contextOf(state) }, { ...request, except });
    if (verdict.kind === "refused") return verdict;
    last = await tryClaim({ parts, tracker, lane, request }, verdict.task);
    if (last.kind === "claimed" || request.task !== null) return last;
    except.add(verdict.task.id);
  }
  return last;
}

interface Claiming {
  readonly parts: EngineParts;
  readonly tracker: Pick<Tracker, "brief">;
  readonly lane: Lane;
  readonly request: ClaimRequest;
}

async function tryClaim(
  { parts, tracker, lane, request }: Claiming,
  { id: task, ...found }: Task,
): Promise<ClaimResult> {
  const brief = await tracker.brief(found.definition.number);
  if (brief === null) return refused("no_task", "The issue is gone.");
  if (brief.hash !== found.trust?.hash)
    return refused("needs_approval", "Its text has changed since it was approved, or is about to be read anew.");
  const command = toCommand(lane, { ...request, task }, brief);
  await lane.submit([command]);
  const state = await lane.stream.current();
  const claimed = claimedBy(state, command);
  if (claimed !== null) {
    return {
      kind: "claimed",
      task: claimed,
      assignable: toAssignable(parts, { task: claimed, brief, dossier: state.dossiers.get(task) }),
    };
  }
  const verdict = judgeClaim({ state, context: lane.contextOf(state) }, { ...request, task });
  return verdict.kind === "refused" ? verdict : refused("needs_approval", "Its text has just been approved anew.");
}

/** Kept in the log, so that it counts once, also where the answer to its append was lost. */
function toCommand(lane: Lane, request: ClaimRequest, { hash, body }: Brief): Command {
  const id = toCommandId(lane.nextId("claim").replace(/^~/, ""));
  return { type: "ClaimTask", id, ...request, text: { hash, criteria: criteriaIn(body) } };
}

/** A claim that was refused leaves no entry; so one that is in the log was granted. */
function claimedBy(state: State, { id, ...command }: Command): Assigned | null {
  const task = command.type === "ClaimTask" && command.task !== null ? state.tasks.get(command.task) : undefined;
  return state.seen.has(id) && task !== undefined && task.assignment !== null ? (task as Assigned) : null;
}

function refused(code: string, detail: string): ClaimResult {
  return { kind: "refused", why: [{ code, detail }] };
}
