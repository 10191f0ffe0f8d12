/** The quick wins that attack mode works through: which tasks they are, which are ready, whether any is in flight. */
import type { Config } from "../model/config.ts";
import type { Task } from "../model/task.ts";
import { isQuickWin } from "../ranking/attack.ts";
import { thresholdMinutes } from "./attack-threshold.ts";
import type { Context } from "./context.ts";
import { modeOf, readyInOrder } from "./rank-ready.ts";
import { estimateOf } from "./reach.ts";
import type { State } from "./state.ts";

/** Labelled `quick-win`, or known to need less than the threshold in force. */
export function isAttackModeEligible(state: State, task: Task, config: Config): boolean {
  const input = { quickWin: task.definition.quickWin, estimateMinutes: estimateOf(task) };
  return isQuickWin(input, thresholdMinutes(state, config));
}

function isAttacked(state: State, task: Task, context: Context): boolean {
  return modeOf(state, task, context) === "attack" && isAttackModeEligible(state, task, context.config);
}

/**
 * Ready quick wins of the mode `attack`, in its order, found as they are asked for. Looks at no more than `matching.lookAhead`
 * tasks of the queue and at those that are backing off: what attack mode ranks first stands at the beginning.
 */
export function* readyQuickWins(state: State, context: Context): IterableIterator<Task> {
  let looked = 0;
  for (const entry of readyInOrder(state, context)) {
    if ((looked += 1) > context.config.matching.lookAhead) break;
    const task = state.tasks.get(entry.id);
    if (task === undefined || task.refusals > 0) continue;
    if (isAttacked(state, task, context)) yield task;
  }
  // A start that was refused ranks last, whatever the task is.
  for (const id of state.backingOff.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && task.refusals > 0 && isAttacked(state, task, context)) yield task;
  }
}

/** Whether attack mode has anything to do: a quick win that is ready, or one that is in flight and not left to a person. */
export function hasQuickWin(state: State, context: Context): boolean {
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && !isLeftToPerson(task) && isAttacked(state, task, context)) return true;
  }
  return readyQuickWins(state, context).next().done !== true;
}

/** A pull request that attack mode does not merge, or could not, is up to people: it does not keep the mode on. */
function isLeftToPerson(task: Task): boolean {
  if (task.manualReview !== null) return true;
  const isUnderReview = task.assignment === null && task.retryAt === null && task.pull?.state === "open";
  return isUnderReview && (!task.definition.quickWin || task.escalated !== null);
}
