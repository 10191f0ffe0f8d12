/** Which ready task goes to which free worker, by the mode in force, under the caps; and who gives way when nobody is free. */
import { chooseAgent } from "../matching/choose-agent.ts";
import type { Choice } from "../matching/fit.ts";
import type { AssignmentReasons, Task } from "../model/task.ts";
import { agentConfigOf } from "./agent-config.ts";
import { batchLimit } from "./attack-threshold.ts";
import { spentCapOf, spentCaps } from "./caps.ts";
import { isFeedbackAwaited } from "./decide-feedback.ts";
import { judgeChanged } from "./decide-rejudge.ts";
import { decideUrgent } from "./decide-urgent.ts";
import { usualMs } from "./durations.ts";
import { DeadEnds, isLookOver } from "./dead-ends.ts";
import type { Decision } from "./decision.ts";
import { Pool } from "./pool.ts";
import { expectedMs, rankReady, takeInOrder, type RankedTask } from "./rank-ready.ts";
import { attemptsUsed, timeoutFor } from "./retry-policy.ts";
import { continuationOf, policyOf, wishOf } from "./wish.ts";
import { fairShare, openWorkLimits, type WorkLimits } from "./work-limits.ts";

/** Assigns ready tasks to free workers, best first, until the batch is full, nobody is free, or nothing fits. */
export function decideSchedule(decision: Decision): void {
  const { state, context } = decision;
  if (state.isPaused || context.config.agents.length === 0 || state.ready.size === 0) return;
  judgeChanged(decision);
  const round = openRound(decision);
  // What is assigned meanwhile has been read by then, and the rest of the queue stays as it is.
  for (const entry of takeInOrder(state, context)) {
    if (isOver(round)) break;
    round.looked += 1;
    tryTurn(round, { entry, rank: round.looked });
  }
  comeBack(round);
  decideUrgent(decision, round);
}

/** One schedule: what it has done so far, and what it goes by. */
interface Round {
  readonly decision: Decision;
  readonly pool: Pool;
  readonly limits: WorkLimits;
  readonly fairness: WorkLimits;
  readonly batch: number;
  readonly readyCount: number;
  looked: number;
  readonly deadEnds: DeadEnds;
  /** Those of them whose retry is still to come: they do not use up the look ahead. */
  backingOff: number;
  /** Those of them that a limit or their own pin or needs keep from every free worker, as is known without matching them. */
  passed: number;
  assigned: number;
  /** Passed over so that other milestones get their share first. */
  readonly passedOver: Turn[];
}

interface Turn {
  readonly entry: RankedTask;
  readonly rank: number;
}

function openRound(decision: Decision): Round {
  const { state, context } = decision;
  return {
    decision,
    pool: new Pool(state, context),
    limits: openWorkLimits(state, context.config),
    fairness: fairShare(state, context, lookedAhead(decision)),
    batch: batchLimit(state, context),
    readyCount: state.ready.size,
    looked: 0,
    deadEnds: new DeadEnds(),
    backingOff: 0,
    passed: 0,
    assigned: 0,
    passedOver: [],
  };
}

/** The tasks that fairness is judged over; none where there is none. */
function lookedAhead({ state, context }: Decision): readonly Task[] {
  if (!context.config.limits.fairShare) return [];
  return rankReady(state, context, context.config.matching.lookAhead).flatMap(({ id }) => state.tasks.get(id) ?? []);
}

function isOver(round: Round): boolean {
  const { looked, backingOff, passed, assigned } = round;
  const tried = looked - backingOff - passed - assigned;
  return isLookOver({ tried, passed }, round.decision.context.config) || isFull(round);
}

/** The batch is full, a cap is reached, or nobody is free. */
function isFull({ decision: { state, context }, assigned, batch, pool }: Round): boolean {
  return assigned >= batch || spentCaps(state, context).length > 0 || !pool.hasFree();
}

function tryTurn(round: Round, turn: Turn): void {
  const { state, context } = round.decision;
  const task = state.tasks.at(turn.entry.number);
  if (task === undefined) return;
  if ((task.retryAt ?? 0) > context.now || isFeedbackAwaited(state, task, context.now)) {
    round.backingOff += 1;
    return;
  }
  if (spentCapOf(task, context) !== null || round.limits.blocks(task) !== null) {
    round.passed += 1;
    return;
  }
  if (round.fairness.blocks(task) !== null) round.passedOver.push(turn);
  else place(round, task, turn);
}

/** Nobody else could use the slots that are left. They have been looked at already, so the look ahead does not count here. */
function comeBack(round: Round): void {
  for (const turn of round.passedOver) {
    if (isFull(round)) return;
    const task = round.decision.state.tasks.at(turn.entry.number);
    if (task !== undefined && round.limits.blocks(task) === null) place(round, task, turn);
  }
}

/** Assigns the task where somebody can take it now; else it waits. */
function place(round: Round, task: Task, turn: Turn): void {
  const { decision, pool } = round;
  const { state, context } = decision;
  const wish = wishOf(state, task, context);
  if (round.deadEnds.has(wish)) {
    round.passed += 1;
    return;
  }
  const choice = chooseAgent(wish, pool.candidatesFor(task), policyOf(state, task, context));
  if (choice.kind === "assign") assign(round, task, { choice, turn });
  else if (choice.kind === "wait") pool.expect(choice.agent);
  else round.deadEnds.add(wish);
}

type Assigning = { readonly choice: Choice & { readonly kind: "assign" }; readonly turn: Turn };

function assign(round: Round, task: Task, { choice, turn }: Assigning): void {
  const { decision, pool } = round;
  const { state, context } = decision;
  const worker = pool.slotFor(choice.agent, task, task.assignTo?.worker ?? null);
  const agent = agentConfigOf(context.config, choice.agent);
  if (worker === null || agent === undefined) return;
  const usual = usualMs(state, task, { agent: choice.agent, stale: context.config.stale });
  decision.emit({
    type: "TaskAssigned",
    task: task.id,
    agent: choice.agent,
    worker,
    attempt: attemptsUsed(task) + 1,
    fence: state.fence + 1,
    continues: continuationOf(task, choice.agent),
    timeoutMs: timeoutFor(task, agent, context.config),
    expectedMs: expectedMs(task),
    ...(usual === null ? {} : { usualMs: usual }),
    reasons: reasonsOf(round, choice, turn),
  });
  round.assigned += 1;
  round.limits.take(task);
  round.fairness.take(task);
  pool.refresh(choice.agent);
}

function reasonsOf(round: Round, choice: Assigning["choice"], { entry, rank }: Turn): AssignmentReasons {
  return {
    algorithm: entry.algorithm,
    score: entry.score,
    parts: entry.parts,
    rank,
    readyCount: round.readyCount,
    rejected: choice.rejected,
    rejectedCount: choice.rejectedCount,
    match: choice.score,
    matchParts: choice.parts,
    note: choice.note,
  };
}
