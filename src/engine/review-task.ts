/**
 * Whoever works on a task says that it is there to be looked at: its open pull request is found, looked at and written down, so that the
 * task is in review. Whose a pull request is, is judged as ever.
 */
import { deskAgentOf } from "../core/desk.ts";
import { matchPull } from "../core/match-pull.ts";
import type { Command } from "../model/command.ts";
import type { TaskId } from "../model/ids.ts";
import type { Observation, PullFacts } from "../model/observation.ts";
import type { Task } from "../model/task.ts";
import type { Tracker } from "../ports/tracker.ts";
import type { AtHand } from "./at-hand.ts";
import { createReportingLane } from "./job.ts";
import type { EngineParts } from "./parts.ts";

const nothing = { everything: false, issues: [], pulls: [], commits: [], tracked: [] } as const;

/** The open pull request that is the task's. A text: there is none among those that were looked at, and why not, as a sentence. */
export function pullOf({ state, context }: AtHand, task: Task, pulls: readonly PullFacts[]): PullFacts | string {
  const { number } = task.definition;
  const own = pulls.filter((facts) => matchPull(state, context, facts)?.task === task.id);
  const open = own.find((facts) => facts.state === "open");
  if (open !== undefined) return open;
  const [ended] = own;
  if (ended !== undefined) return `Pull request #${ended.number} is ${ended.state}.`;
  const [other] = pulls;
  if (other === undefined) return `It has no open pull request: push a branch orchestrate/${number}-… and open one.`;
  if (!other.isSameRepository)
    return `Pull request #${other.number} comes from a fork, which proves nothing of whose work it is.`;
  if (task.attempts.length === 0 && task.assignment === null)
    return `Pull request #${other.number} is nobody's work on it: no agent has had it yet. orchestrate claim ${number} takes it.`;
  return `Pull request #${other.number} does not belong to it: its branch has to begin with orchestrate/${number}-, or one of the task's agents has to be its author.`;
}

/** The tracker, as far as a review needs it. */
type Looking = Pick<Tracker, "look">;

export async function lookAtPulls(tracker: Looking, pulls: readonly number[]): Promise<readonly PullFacts[]> {
  return (await tracker.look({ ...nothing, pulls })).pulls;
}

/** Writes down what a look at issue and pull request shows. Rejects when either cannot be read or written. */
export async function noteReview(
  parts: EngineParts,
  tracker: Looking,
  { task: id, pull }: { readonly task: TaskId; readonly pull: number },
): Promise<AtHand> {
  const lane = createReportingLane(parts, { isImpatient: true });
  const task = (await lane.stream.current()).tasks.get(id);
  const observation = await tracker.look({ ...nothing, pulls: [pull] });
  const context = lane.contextOf(await lane.stream.current());
  const isAtDesk = task !== undefined && deskAgentOf(task, context) !== null;
  const end = isAtDesk && goesOn(task) ? [toEnd(lane.nextId("report"), task)] : [];
  const look: {
    readonly type: "Observe";
    readonly id: ReturnType<typeof lane.nextId>;
    readonly observation: Observation;
  } = { type: "Observe", id: lane.nextId("review"), observation };
  await lane.submit([...end, look]);
  await lane.flush();
  const state = await lane.stream.current();
  return { state, context: lane.contextOf(state) };
}

/** A session that goes on with a pull request that was open before ends because its agent says so: the look cannot tell. */
function goesOn({ assignment }: Task): boolean {
  return assignment !== null && assignment.continues !== null && assignment.continues.isBegun !== true;
}

function toEnd(id: Command["id"], { id: task, assignment }: Task): Command {
  const empty = { session: null, pullUrl: null, branch: null, question: null, reason: null, costUsd: null };
  return { type: "ReportSession", id, task, fence: assignment?.fence ?? 0, report: { ...empty, state: "succeeded" } };
}
