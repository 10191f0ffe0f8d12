/**
 * A task that nobody can ever take is told of once, as soon as it is ready, whatever is busy and wherever it ranks; and the telling is
 * taken back as soon as it is no longer so: when another configuration comes into force, when the issue is revised, when a person asks
 * for another agent.
 */
import type { Config } from "../model/config.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { Able } from "./able.ts";
import { spentCapOf } from "./caps.ts";
import { escalateUnplaceable } from "./decide-escalation.ts";
import type { Decision } from "./decision.ts";
import { judgedMax } from "../model/limits.ts";
import { isEnded } from "../state/readiness.ts";
import { wishOf } from "./wish.ts";

/**
 * Judges the ready tasks that something happened to since the last time, by the configuration alone. At most `judgedMax` of them are
 * told of, the others with the next schedule.
 */
export function judgeChanged(decision: Decision): void {
  const { state, context } = decision;
  const able = new Able(context.config);
  const found: Task[] = [];
  for (const number of state.unjudged.take(state.ready, keyOf(context.config))) {
    // Most have been touched because they were started or done: they need no look.
    const task = state.ready.hasNumber(number) ? (state.tasks.at(number) ?? null) : null;
    // The capacity of its agent may come and go.
    state.unjudged.watch(number, asksForWorker(task));
    if (task !== null && mayBeUnplaceable(decision, task, able)) found.push(task);
  }
  if (found.length === 0) return;
  let untold = 0;
  for (const task of found.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    untold += task.escalated === null ? 1 : 0;
    if (task.escalated !== null || untold <= judgedMax) judge(decision, task, able);
    else state.unjudged.touch(state.numbering.find(task.id));
  }
}

function asksForWorker(task: Task | null): boolean {
  return task !== null && task.assignTo !== null && task.assignTo.worker !== null;
}

/** Or was, and a person knows of it. */
function mayBeUnplaceable(decision: Decision, task: Task, able: Able): boolean {
  if (able.isAnybodyAffordable && asksForNothing(task)) return false;
  return asksForWorker(task) || task.escalated !== null || !isEmpty(lackOf(decision, task, able));
}

/** Nearly every task: any agent can take it, and nothing was told of it. */
function asksForNothing({ definition, assignTo, pull, attempts, escalated }: Task): boolean {
  const isPlain = definition.needs.length === 0 && definition.pinnedAgent === null && assignTo === null;
  return isPlain && pull === null && attempts.length === 0 && escalated === null;
}

const keys = new WeakMap<Config, string>();

/** Everything of the configuration that says who can take a task, as one text. */
function keyOf(config: Config): string {
  let key = keys.get(config);
  if (key === undefined) {
    const agents = config.agents.map(({ id, capabilities, cost }) => [id, capabilities, cost]);
    key = JSON.stringify([agents, config.retry, config.limits.costPerTask, config.limits.attemptsPerTask]);
    keys.set(config, key);
  }
  return key;
}

/** Judges every task anew that was told of. The tasks are walked through once for it, which is once for each configuration. */
export function rejudgeAll(decision: Decision): void {
  rejudge(decision, decision.state.tasks.keys());
}

/**
 * Judges those of the tasks `ids` anew that were told of because nobody can take them, by the configuration of the decision. What is
 * still so is not told again, what is so for another reason is told with that one. Only those that were told of are looked at.
 */
export function rejudge(decision: Decision, ids: Iterable<TaskId>): void {
  const { tasks } = decision.state;
  const told: TaskId[] = [];
  for (const id of ids) {
    const task = tasks.get(id);
    if (task !== undefined && isToldUnplaceable(task)) told.push(id);
  }
  if (told.length === 0) return;
  const able = new Able(decision.context.config);
  for (const id of told.toSorted()) {
    const task = tasks.get(id);
    if (task !== undefined) judge(decision, task, able);
  }
}

/** Tells of the task where nobody can ever take it, and takes it back where somebody can. */
function judge(decision: Decision, task: Task, able: Able): void {
  if (escalateUnplaceable(decision, task, lackOf(decision, task, able))) return;
  if (isToldUnplaceable(task)) decision.emit({ type: "EscalationLifted", task: task.id });
}

/** Without a session, and without a pull request that waits for people, there is nothing else that a person is told of. */
function isToldUnplaceable(task: Task): boolean {
  if (task.escalated === null || task.assignment !== null || isEnded(task)) return false;
  // Vendors that refuse it are another matter: that is over with the next start.
  if (task.refusals > 0) return false;
  return task.pull?.state !== "open" || task.retryAt !== null;
}

const nothing: Readonly<Record<string, number>> = {};

/** What keeps the task from every agent, whatever the time; nothing where one of them may and can take it. */
function lackOf({ state, context }: Decision, task: Task, able: Able): Readonly<Record<string, number>> {
  const cap = spentCapOf(task, context);
  if (cap !== null) return { [cap.code]: 1 };
  const { agents, lack } = able.for(wishOf(state, task, context));
  return agents.length === 0 ? lack : nothing;
}

function isEmpty(lack: Readonly<Record<string, number>>): boolean {
  return Object.keys(lack).length === 0;
}
