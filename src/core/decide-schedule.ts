/**
 * Which ready task goes to which free worker, by the mode in force and every so often by who has waited for longest, under the caps; and
 * who gives way when nobody is free.
 */
import { chooseAgent } from "../matching/choose-agent.ts";
import type { Choice } from "../matching/fit.ts";
import type { AssignmentReasons, Task } from "../model/task.ts";
import { agentConfigOf } from "./agent-config.ts";
import { toAssigned } from "./assigned.ts";
import { batchLimit } from "./attack-threshold.ts";
import { spentCapOf, spentCaps } from "./caps.ts";
import { isFeedbackAwaited } from "./decide-feedback.ts";
import { judgeChanged } from "./decide-rejudge.ts";
import { decideUrgent } from "./decide-urgent.ts";
import { DeadEnds, isLookOver } from "./dead-ends.ts";
import type { Decision } from "./decision.ts";
import { Pool } from "./pool.ts";
import { rankedAt, rankReady, takeInOrder, type RankedTask } from "./rank-ready.ts";
import { isTurnOfStarving, starvingInOrder } from "./starving.ts";
import { isAtRest } from "./stock.ts";
import { missingFrom, swarming } from "./swarm.ts";
import { isHeldUpByVendor } from "../state/vendor-trouble.ts";
import { policyOf, wishOf } from "./wish.ts";
import { fairShare, openWorkLimits, type WorkLimits } from "./work-limits.ts";

/** Assigns ready tasks to free workers, best first, until the batch is full, nobody is free, or nothing fits. */
export function decideSchedule(decision: Decision): void {
  const { state, context } = decision;
  if (isAtRest(state) || context.config.agents.length === 0 || state.ready.size === 0) return;
  judgeChanged(decision);
  const round = openRound(decision);
  // What is assigned meanwhile has been read by then, and the rest of the queue stays as it is.
  for (const entry of takeInOrder(state, context)) {
    if (!entry.goesFirst) startBeforeRank(round);
    if (isOver(round)) break;
    if (!state.ready.hasNumber(entry.number)) continue;
    round.looked += 1;
    tryTurn(round, { entry, rank: round.looked });
  }
  startBeforeRank(round);
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
  /** Nobody free can take a starving task: while work is handed out slots only become fewer. */
  isStarvedInVain: boolean;
  hasSwarmed: boolean;
}

interface Turn {
  readonly entry: RankedTask;
  readonly rank: number;
  /** How long the task has been ready, where that is why it is looked at. */
  readonly starvedMs?: number;
  /** The number of the issue that a swarm was called for, where that is why it is looked at. */
  readonly swarm?: number;
}

/** What became of a task that was looked at; `passed` was known to be in vain without matching it. */
type Placing = "started" | "tried" | "passed";

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
    isStarvedInVain: false,
    hasSwarmed: false,
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
  else if (place(round, task, turn) === "passed") round.passed += 1;
}

/** What goes before others whatever its rank: first what a swarm was called for, then what has waited for too long. */
function startBeforeRank(round: Round): void {
  if (!round.hasSwarmed) startSwarms(round);
  round.hasSwarmed = true;
  feedStarving(round);
}

/** Puts free workers on the sub-issues that a swarm was called for, as many as are missing from it. */
function startSwarms(round: Round): void {
  const { state } = round.decision;
  for (const parent of swarming(state)) {
    const { workers, ready } = missingFrom(state, parent);
    const why = { swarm: parent.definition.number };
    let missing = workers;
    for (const part of ready) {
      if (missing === 0 || isFull(round)) break;
      if (!mayStartNow(round, part)) continue;
      if (place(round, part, turnBeforeRank(round, part, why)) !== "started") continue;
      round.looked += 1;
      missing -= 1;
    }
  }
}

/** Gives starving tasks the starts that are offered to them first, as far as somebody free can take them. */
function feedStarving(round: Round): void {
  const { state, context } = round.decision;
  while (!round.isStarvedInVain && isTurnOfStarving(state, context) && !isFull(round)) {
    round.isStarvedInVain = !startStarving(round);
  }
}

/** Starts the starving task that has waited for longest of those that somebody free can take; they are looked for no further than others. */
function startStarving(round: Round): boolean {
  const { state, context } = round.decision;
  const look = { tried: 0, passed: 0 };
  for (const task of starvingInOrder(state, context)) {
    if (isLookOver(look, context.config)) return false;
    const isFair = round.fairness.blocks(task) === null;
    const placing =
      isFair && mayStartNow(round, task)
        ? place(round, task, turnBeforeRank(round, task, { starvedMs: context.now - (task.readySince ?? context.now) }))
        : "passed";
    if (placing !== "started") {
      look[placing] += 1;
      continue;
    }
    round.looked += 1;
    return true;
  }
  return false;
}

function mayStartNow({ decision: { state, context }, limits }: Round, task: Task): boolean {
  if ((task.retryAt ?? 0) > context.now || isFeedbackAwaited(state, task, context.now)) return false;
  if (isHeldUpByVendor(state, task) || spentCapOf(task, context) !== null) return false;
  return limits.blocks(task) === null;
}

/** What puts it where it stands is found only where it is started: many may be tried. */
function turnBeforeRank(
  { decision: { state, context }, looked }: Round,
  task: Task,
  why: Pick<Turn, "starvedMs" | "swarm">,
): Turn {
  return {
    ...why,
    get entry() {
      return rankedAt(state, context, state.numbering.find(task.id));
    },
    rank: looked + 1,
  };
}

/** Nobody else could use the slots that are left. They have been looked at already, so the look ahead does not count here. */
function comeBack(round: Round): void {
  for (const turn of round.passedOver) {
    if (isFull(round)) return;
    const { state } = round.decision;
    const task = state.tasks.at(turn.entry.number);
    if (task === undefined || !state.ready.has(task.id) || round.limits.blocks(task) !== null) continue;
    place(round, task, turn);
  }
}

/** Assigns the task where somebody can take it now; else it waits. */
function place(round: Round, task: Task, turn: Turn): Placing {
  const { decision, pool } = round;
  const { state, context } = decision;
  const wish = wishOf(state, task, context);
  if (round.deadEnds.has(wish)) return "passed";
  const choice = chooseAgent(wish, pool.candidatesFor(task), policyOf(state, task, context));
  if (choice.kind === "assign") return assign(round, task, { choice, turn }) ? "started" : "tried";
  if (choice.kind === "wait") pool.expect(choice.agent);
  else round.deadEnds.add(wish);
  return "tried";
}

type Assigning = { readonly choice: Choice & { readonly kind: "assign" }; readonly turn: Turn };

/** False where the worker that was asked for is not there after all. */
function assign(round: Round, task: Task, { choice, turn }: Assigning): boolean {
  const { decision, pool } = round;
  const { context } = decision;
  const worker = pool.slotFor(choice.agent, task, task.assignTo?.worker ?? null);
  const agent = agentConfigOf(context.config, choice.agent);
  if (worker === null || agent === undefined) return false;
  decision.emit(toAssigned(decision, task, { agent, worker, reasons: reasonsOf(round, choice, turn) }));
  round.assigned += 1;
  round.limits.take(task);
  round.fairness.take(task);
  pool.refresh(choice.agent);
  return true;
}

function reasonsOf(
  round: Round,
  choice: Assigning["choice"],
  { entry, rank, starvedMs, swarm }: Turn,
): AssignmentReasons {
  return {
    algorithm: entry.algorithm,
    score: entry.score,
    parts: entry.parts,
    rank,
    readyCount: round.readyCount,
    ...(starvedMs === undefined ? {} : { starvedMs }),
    ...(swarm === undefined ? {} : { swarm }),
    rejected: choice.rejected,
    rejectedCount: choice.rejectedCount,
    match: choice.score,
    matchParts: choice.parts,
    note: choice.note,
  };
}
