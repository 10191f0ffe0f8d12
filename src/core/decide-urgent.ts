/**
 * Work that waits is weighed against what runs: once everything is handed out that can be, the most urgent tasks are looked at, in the
 * order of their urgency and not of the mode, to see whether somebody gives way to them.
 */
import type { Task } from "../model/task.ts";
import { spentCapOf, spentCaps } from "./caps.ts";
import { askedOf } from "./dead-ends.ts";
import { isFeedbackAwaited } from "./decide-feedback.ts";
import { decidePreemption, fullAgents, isPromised, urgencyToBeat } from "./decide-preempt.ts";
import type { Decision } from "./decision.ts";
import { preemptLookMax, preemptPassMax } from "../model/limits.ts";
import type { Pool } from "./pool.ts";
import { urgencyOf, urgentInOrder } from "./urgency.ts";
import { wishOf } from "./wish.ts";
import type { WorkLimits } from "./work-limits.ts";

interface Weighing {
  readonly decision: Decision;
  readonly pool: Pool;
  readonly limits: WorkLimits;
  /** What was asked for in vain, and how urgently: whoever asks for the same need not be weighed. */
  readonly inVain: Set<string>;
  tried: number;
  passed: number;
}

/** Lets less urgent tasks give way to those that found every worker that could take them taken. */
export function decideUrgent(decision: Decision, left: { readonly pool: Pool; readonly limits: WorkLimits }): void {
  const { state, context } = decision;
  if (!context.config.preemption.enabled || state.ready.size === 0 || spentCaps(state, context).length > 0) return;
  const weighing: Weighing = { decision, ...left, inVain: new Set(), tried: 0, passed: 0 };
  const beaten = urgencyToBeat(decision, left.pool.takenAgents());
  if (beaten !== null) weighUrgent(weighing, beaten);
  weighWatched(weighing);
}

/** Those that are more urgent than `beaten`: nobody gives way to others. */
function weighUrgent(weighing: Weighing, beaten: number): void {
  const { state, context } = weighing.decision;
  for (const task of urgentInOrder(state, context)) {
    if (isOver(weighing) || urgencyOf(state, task, context) >= beaten) return;
    weigh(weighing, task);
  }
}

/** For those that ask for one worker it is enough that this one has long been busy. They are few: a person asked for each. */
function weighWatched(weighing: Weighing): void {
  const { state, context } = weighing.decision;
  const watched = state.unjudged.watched().flatMap((number) => state.tasks.at(number) ?? []);
  const waiting = watched.filter((task) => state.ready.has(task.id));
  const urgencyFirst = (one: Task, other: Task): number =>
    urgencyOf(state, one, context) - urgencyOf(state, other, context) ||
    one.definition.createdAt - other.definition.createdAt ||
    (one.id < other.id ? -1 : 1);
  for (const task of waiting.toSorted(urgencyFirst)) {
    if (isOver(weighing)) return;
    weigh(weighing, task);
  }
}

function isOver({ tried, passed }: Weighing): boolean {
  return tried >= preemptLookMax || passed >= preemptPassMax;
}

function weigh(weighing: Weighing, task: Task): void {
  const { decision, pool, inVain } = weighing;
  const { state, context } = decision;
  const wish = wishOf(state, task, context);
  const asked = `${urgencyOf(state, task, context)} ${askedOf(wish)}`;
  if (inVain.has(asked) || isPromised(state, task) || !mayStart(weighing, task)) {
    weighing.passed += 1;
    return;
  }
  weighing.tried += 1;
  const full = fullAgents(wish, pool.candidatesFor(task));
  if (full.length === 0 || !decidePreemption(decision, task, full)) inVain.add(asked);
}

function mayStart({ decision, limits }: Weighing, task: Task): boolean {
  const { state, context } = decision;
  if ((task.retryAt ?? 0) > context.now || isFeedbackAwaited(state, task, context.now)) return false;
  return spentCapOf(task, context) === null && limits.blocks(task) === null;
}
