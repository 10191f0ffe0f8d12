/** The quick wins that attack mode works through: which tasks they are, which are ready, whether any is in flight. */
import type { Config } from "../model/config.ts";
import type { Assignment, Task } from "../model/task.ts";
import { isQuickWin } from "../ranking/attack.ts";
import { thresholdMinutes } from "./attack-threshold.ts";
import type { Context } from "../model/context.ts";
import { isLookOver } from "./dead-ends.ts";
import { modeOf, readyInOrder } from "./rank-ready.ts";
import { estimateOf } from "../state/reach.ts";
import { isWorkable } from "../state/readiness.ts";
import type { State } from "../state/state.ts";

/** Labelled `quick-win`, or known to need less than the threshold in force. */
export function isAttackModeEligible(state: State, task: Task, config: Config): boolean {
  const input = { quickWin: task.definition.quickWin, estimateMinutes: estimateOf(task) };
  return isQuickWin(input, thresholdMinutes(state, config));
}

function isAttacked(state: State, task: Task, context: Context): boolean {
  return modeOf(state, task, context) === "attack" && isAttackModeEligible(state, task, context.config);
}

/**
 * Ready quick wins of the mode `attack`, in its order, found as they are asked for: not those of which people were told that nobody can
 * take them. Looks at as many tasks of the queue as a pass does, and at those that are backing off: what attack mode ranks first stands
 * at the beginning.
 */
export function* readyQuickWins(state: State, context: Context): IterableIterator<Task> {
  const counts = { tried: 0, passed: 0 };
  for (const { id } of readyInOrder(state, context)) {
    if (isLookOver(counts, context.config)) break;
    const task = state.tasks.get(id);
    if (task === undefined) continue;
    counts[isForNobody(task) ? "passed" : "tried"] += 1;
    if (task.refusals === 0 && isTarget(state, task, context)) yield task;
  }
  // A start that was refused ranks last, whatever the task is.
  for (const id of state.backingOff.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && task.refusals > 0 && isTarget(state, task, context)) yield task;
  }
}

function isTarget(state: State, task: Task, context: Context): boolean {
  return !isForNobody(task) && isAttacked(state, task, context);
}

/** Of a ready task people are told that nobody will take it until somebody changes something; or that its start was refused, which passes. */
function isForNobody(task: Task): boolean {
  return task.escalated !== null && task.refusals === 0;
}

/** Whether attack mode has anything to do: a quick win that somebody can take, or one that is in flight and not left to a person. */
export function hasQuickWin(state: State, context: Context): boolean {
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && !isLeftToPerson(task) && isAttacked(state, task, context)) return true;
  }
  return readyQuickWins(state, context).next().done !== true;
}

/**
 * A pull request that attack mode does not merge, or could not, and a session that goes on only when a person does something, as people
 * were told: these are up to people and do not keep the mode on.
 */
function isLeftToPerson(task: Task): boolean {
  const { assignment } = task;
  if (task.manualReview !== null) return true;
  if (assignment !== null) return isStopped(assignment) && task.escalated !== null;
  const isUnderReview = task.retryAt === null && task.pull?.state === "open";
  return isUnderReview && (!task.definition.quickWin || !isWorkable(task) || task.escalated !== null);
}

function isStopped({ phase }: Assignment): boolean {
  return phase === "waiting" || phase === "ending";
}
