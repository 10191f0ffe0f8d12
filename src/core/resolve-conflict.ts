/**
 * What is done about a conflict because somebody says so: another agent goes on with the task, it waits until what it conflicts with is
 * over, or a person sees to it. A running session is seen ended first, and that is no failure of its attempt.
 */
import type { Command } from "../model/command.ts";
import type { Conflict } from "../model/conflict.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { conflictsOf } from "./conflicts.ts";
import { changeDependencies } from "./decide-dependencies.ts";
import { reopenTask, requestCancel } from "./decide-outcome.ts";
import { bounded } from "./decide-session.ts";
import type { Decision } from "./decision.ts";
import { uniteEdges } from "./define-task.ts";
import { wouldCircle } from "./instruct-graph.ts";
import { giveOver, whyNotHandedOver } from "./instruct-handoff.ts";
import { assignTo, whyNotAssigned } from "./instruct-task.ts";
import { isEnded, statusOf } from "../state/readiness.ts";
import { findSuccessor } from "./successor.ts";
import { referenceOf } from "./waiting.ts";

type Resolve = Extract<Command, { readonly type: "ResolveConflict" }>;
/** What is wanted, whoever wants it. */
export type Wanted = Pick<Resolve, "task" | "kind" | "resolution" | "target" | "after">;
type Place = Pick<Decision, "state" | "context">;

/** Nothing where it does not apply (any more): whoever asks is told by `whyNotResolved`. */
export function decideResolution(decision: Decision, command: Resolve): void {
  if (whyNotResolved(decision, command) !== null) return;
  const { task: id, kind, resolution, by } = command;
  const task = decision.state.tasks.get(id);
  const conflict = conflictOf(decision, command);
  if (task === undefined || conflict === null) return;
  const reason = command.reason === null ? null : bounded(command.reason);
  decision.emit({ type: "ConflictResolved", task: id, kind, resolution, by, reason });
  if (resolution === "reassign")
    reassign(decision, task, { by, target: command.target ?? findSuccessor(decision, task) ?? "" });
  else if (resolution === "queue") queue(decision, task, { by, on: waitedFor(command, conflict) });
  else escalate(decision, task, { by, reason, what: conflict.detail });
}

/** In words with what holds; null where it can be done. */
export function whyNotResolved(place: Place, wanted: Wanted): string | null {
  const task = place.state.tasks.get(wanted.task);
  const conflict = conflictOf(place, wanted);
  if (task === undefined || conflict === null)
    return `There is no such conflict, or it is over.${standing(place, task)}`;
  if (!conflict.resolutions.includes(wanted.resolution)) {
    return `${wanted.resolution} does not help here: ${conflict.detail} What does is ${conflict.resolutions.join(" or ")}.`;
  }
  if (wanted.resolution === "reassign") return whyNotReassigned(place, task, wanted);
  return wanted.resolution === "queue"
    ? whyNotQueued(place, task, { conflict, on: waitedFor(wanted, conflict) })
    : null;
}

function conflictOf({ state, context }: Place, { task, kind }: Wanted): Conflict | null {
  return conflictsOf(state, task, context).find((each) => each.kind === kind) ?? null;
}

function standing({ state }: Place, task: Task | undefined): string {
  return task === undefined ? "" : ` ${referenceOf(state, task.id)} is ${statusOf(state, task)?.replaceAll("_", " ")}.`;
}

function whyNotReassigned(place: Place, task: Task, wanted: Wanted): string | null {
  const target = wanted.target ?? findSuccessor(place, task);
  if (target === null) return "No other agent or worker can take it: name one with `agent`, or let a person see to it.";
  const { assignment } = task;
  return assignment === null
    ? whyNotAssigned(place, task, target)
    : whyNotHandedOver(place, { ...task, assignment }, target);
}

function reassign(decision: Decision, task: Task, asked: { readonly by: string; readonly target: string }): void {
  const { assignment } = task;
  if (assignment !== null) return void giveOver(decision, { ...task, assignment }, asked);
  takeUp(decision, task, asked.by);
  const current = decision.state.tasks.get(task.id);
  if (current !== undefined) assignTo(decision, current, asked);
}

/** A pull request that waits for people is work for an agent again. */
function takeUp(decision: Decision, task: Task, by: string): void {
  const status = statusOf(decision.state, task);
  if (status === "review" || status === "manual_review") reopenTask(decision, task.id, by);
}

/** What it is to wait for: what is named, else what it conflicts with. */
function waitedFor({ after }: Pick<Wanted, "after">, conflict: Conflict): readonly TaskId[] {
  return after === null ? conflict.with : [after];
}

function whyNotQueued(
  { state }: Place,
  task: Task,
  { conflict, on }: { readonly conflict: Conflict; readonly on: readonly TaskId[] },
): string | null {
  if (on.length === 0 && conflict.kind !== "silence") {
    return "Say with `after` which task it is to wait for: the conflict does not tell.";
  }
  if (on.includes(task.id)) return "A task cannot wait for itself.";
  const unknown = on.find((id) => !state.tasks.has(id) && !task.blockedBy.some((edge) => edge.on === id));
  if (unknown !== undefined) return `${unknown} is no task of this repository.`;
  const over = on.find((id) => isOver(state.tasks.get(id)));
  if (over !== undefined) return `${referenceOf(state, over)} has ended already: there is nothing to wait for.`;
  if (wouldCircle(state, task.id, edgesBehind(task, on))) return "What it is to wait for waits for it already.";
  return null;
}

function isOver(task: Task | undefined): boolean {
  return task !== undefined && isEnded(task);
}

/** It waits until they end, in whatever way; what it depends on anyway stays as it is. */
function edgesBehind(task: Task, on: readonly TaskId[]): Task["blockedBy"] {
  const more = on.filter((id) => !task.blockedBy.some((edge) => edge.on === id));
  return uniteEdges(
    [...task.blockedBy, ...more.map((id) => ({ on: id, kind: "soft", source: "command" }) as const)],
    task.id,
  );
}

function queue(
  decision: Decision,
  task: Task,
  { by, on }: { readonly by: string; readonly on: readonly TaskId[] },
): void {
  const edges = edgesBehind(task, on);
  if (task.assignment !== null) requestCancel(decision, task.id, { reason: "queued", by });
  else if (task.pull?.mergeable === "conflict") takeUp(decision, task, by);
  if (edges.length > task.blockedBy.length) changeDependencies(decision, task.id, edges);
}

/** What runs goes on, and people are told; where nothing runs, nothing is started until a person has seen to it. */
function escalate(
  decision: Decision,
  { id, assignment }: Task,
  asked: { readonly by: string; readonly reason: string | null; readonly what: string },
): void {
  const { by, what } = asked;
  const wish = asked.reason === null ? "." : `: ${asked.reason}`;
  const reason = bounded(`${what} \`${by.replace(/^http:/, "")}\` asks a person to see to it${wish}`);
  if (assignment === null) decision.emit({ type: "ManualReviewRequired", task: id, reason });
  else decision.emit({ type: "TaskEscalated", task: id, reason, by });
}
