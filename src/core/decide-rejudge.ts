/**
 * A task that nobody can take is told of once, and the telling is taken back as soon as it is no longer so: when another configuration
 * comes into force, when the issue is revised, when a person asks for another agent.
 */
import { chooseAgent } from "../matching/choose-agent.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { isCostCapSpent } from "./caps.ts";
import { escalateUnplaceable } from "./decide-escalation.ts";
import type { Decision } from "./decision.ts";
import { Pool } from "./pool.ts";
import { isEnded } from "./readiness.ts";
import { policyOf, wishOf } from "./wish.ts";

/** Takes back what was told of a task that nobody could take: the schedule has just found that somebody can. */
export function liftEscalation(decision: Decision, task: Task): void {
  if (isToldUnplaceable(task)) decision.emit({ type: "EscalationLifted", task: task.id });
}

/** Judges every task anew that was told of. The tasks are walked through once for it, which is once for each configuration. */
export function rejudgeAll(decision: Decision): void {
  rejudge(decision, decision.state.tasks.keys());
}

/**
 * Judges those of the tasks `ids` anew that were told of because nobody can take them, by the configuration of the decision. What is
 * still so is not told again, what is so for another reason is told with that one. Only those that were told of are matched.
 */
export function rejudge(decision: Decision, ids: Iterable<TaskId>): void {
  const { tasks } = decision.state;
  const told: TaskId[] = [];
  for (const id of ids) {
    const task = tasks.get(id);
    if (task !== undefined && isToldUnplaceable(task)) told.push(id);
  }
  if (told.length === 0) return;
  const pool = new Pool(decision.state, decision.context);
  for (const id of told.toSorted()) {
    const task = tasks.get(id);
    if (task === undefined || escalateUnplaceable(decision, task, lackOf(decision, task, pool))) continue;
    liftEscalation(decision, task);
  }
}

/** Without a session, and without a pull request that waits for people, there is nothing else that a person is told of. */
function isToldUnplaceable(task: Task): boolean {
  if (task.escalated === null || task.assignment !== null || isEnded(task)) return false;
  // Vendors that refuse it are another matter: that is over with the next start.
  if (task.refusals > 0) return false;
  return task.pull?.state !== "open" || task.retryAt !== null;
}

/** What keeps the task from every worker; nothing where somebody can take it. */
function lackOf({ state, context }: Decision, task: Task, pool: Pool): Readonly<Record<string, number>> {
  if (isCostCapSpent(task, context)) return { cap_cost_per_task: 1 };
  const choice = chooseAgent(wishOf(state, task, context), pool.candidatesFor(task), policyOf(state, task, context));
  return choice.kind === "none" ? choice.rejectedCount : {};
}
