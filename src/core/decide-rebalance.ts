/**
 * Balance, where `matching.rebalance` asks for it: of an agent that is used far more than the mean a task is handed over to one that is used far less
 * and suits it. What has not started goes first; a session that runs is seen ended before, as in every handoff, and its work is kept.
 */
import { capabilityOf, foldCase } from "../matching/capability.ts";
import { toContender, toShare } from "../matching/contender.ts";
import type { AgentCandidate, Wish } from "../matching/fit.ts";
import { agentRejection } from "../matching/rejection.ts";
import { takesItself } from "../model/config-agent.ts";
import type { AgentId } from "../model/ids.ts";
import { spentCaps } from "./caps.ts";
import { cascadeOf } from "./cascade.ts";
import { mayBeInterrupted } from "./decide-preempt.ts";
import type { AssignedTask, Decision } from "./decision.ts";
import { openLook, pausedUntil, percentOf, type Look } from "./finding.ts";
import { giveOver, whyNotHandedOver } from "./instruct-handoff.ts";
import { wantsApproval } from "./instruct-task.ts";
import { Pool } from "./pool.ts";
import { isAtRest } from "./stock.ts";
import { readingBefore, useOfAgents, type AgentUse } from "./utilisation.ts";
import { policyOf, wishOf } from "./wish.ts";

/** Hands over at most one task from each agent that is used too much to each that is used too little. Work in proportion to agents and what is in flight. */
export function decideRebalance(decision: Decision): void {
  const { state, context } = decision;
  if (!context.config.matching.rebalance.enabled || !isTime(decision)) return;
  if (isAtRest(state) || spentCaps(state, context).length > 0 || cascadeOf(state, context) !== null) return;
  const look = openLook(state, context);
  const balance = balanceOf(look);
  if (balance === null) return;
  const move: Move = { decision, balance, pool: new Pool(state, context), due: dueIn(look) };
  for (const from of balance.over) relieve(move, from, transferable(look, from.agent));
}

/** No pass of this stretch of `alerts.every` has left an entry; what was handed over is one. */
function isTime({ state, context: { now, config } }: Decision): boolean {
  const { every } = config.alerts;
  return Math.floor(now / every) !== Math.floor(state.watch.tickedAt / every);
}

interface Balance {
  readonly over: readonly AgentUse[];
  readonly under: readonly AgentUse[];
  /** Mean use of the agents, 0 to 1. */
  readonly mean: number;
}

/** Of the agents that are at work, over `alerts.every` or longer; null while nothing is out of balance, or not known for as long. */
function balanceOf(look: Look): Balance | null {
  const { state, context } = look;
  const { over, under } = context.config.matching.rebalance;
  const from = readingBefore(state, context.now, context.config.alerts.every);
  if (from === null) return null;
  const uses = useOfAgents(state, context, from).filter(
    (use) => !takesItself(use) && use.busy + use.free > 0 && pausedUntil(look, use.agent) === null,
  );
  const mean = uses.reduce((sum, use) => sum + use.utilisation, 0) / Math.max(1, uses.length);
  const balance = {
    over: uses.filter((use) => use.utilisation > mean * over),
    under: uses.filter((use) => use.utilisation < mean * under && use.free > 0),
    mean,
  };
  return balance.over.length === 0 || balance.under.length === 0 ? null : balance;
}

interface Move {
  readonly decision: Decision;
  readonly balance: Balance;
  readonly pool: Pool;
  /** How many tasks more each agent will have when those that are on their way from one to another have arrived. */
  readonly due: Map<AgentId, number>;
}

function dueIn({ inFlight }: Look): Map<AgentId, number> {
  const due = new Map<AgentId, number>();
  for (const { assignment } of inFlight) {
    const { agent, handedTo = null } = assignment;
    if (handedTo !== null) note(due, agent, handedTo.agent);
  }
  return due;
}

function note(due: Map<AgentId, number>, from: AgentId, to: AgentId): void {
  due.set(from, (due.get(from) ?? 0) - 1);
  due.set(to, (due.get(to) ?? 0) + 1);
}

function relieve(move: Move, from: AgentUse, tasks: readonly AssignedTask[]): void {
  const relieved = new Set<AgentId>();
  for (const task of tasks) {
    const others = move.balance.under.filter((to) => !relieved.has(to.agent) && isRelief(move, from, to));
    if (others.length === 0) return;
    const to = recipientFor(move, task, others);
    if (to === null) continue;
    const { mean } = move.balance;
    const reason = `${from.agent} is used to ${percentOf(from.utilisation)} and ${to.agent} to ${percentOf(to.utilisation)}, where the mean is ${percentOf(mean)}.`;
    giveOver(move.decision, task, { by: "orchestrate", target: to.agent, reason });
    relieved.add(to.agent);
    note(move.due, from.agent, to.agent);
  }
}

/** One task more leaves it less taken than the other is: else the two would only change places. */
function isRelief({ due }: Move, from: AgentUse, to: AgentUse): boolean {
  const taken = (use: AgentUse, more: number): number =>
    (use.busy + (due.get(use.agent) ?? 0) + more) / (use.busy + use.free);
  return taken(to, 1) < taken(from, 0);
}

/** Of the agents that are used too little and suit the task, the one that suits it best; null where none does. */
function recipientFor({ decision, pool }: Move, task: AssignedTask, others: readonly AgentUse[]): AgentUse | null {
  const { state, context } = decision;
  const wish = wishOf(state, task, context);
  const policy = policyOf(state, task, context);
  let best: AgentUse | null = null;
  let most = context.config.matching.bar;
  for (const candidate of pool.candidatesFor(task)) {
    const use = others.find(({ agent }) => agent === candidate.agent);
    const capability = use === undefined ? null : capabilityFor(wish, candidate);
    if (use === undefined || capability === null) continue;
    if (whyNotHandedOver(decision, task, candidate.agent) !== null) continue;
    const fit = toShare(toContender(candidate, capability, policy).fit);
    if (fit < most || (fit === most && best !== null)) continue;
    best = use;
    most = fit;
  }
  return best;
}

/** Null where it may not or cannot take the task, or has failed at it. */
function capabilityFor(wish: Wish, candidate: AgentCandidate): number | null {
  const asked = foldCase(wish);
  const capability = capabilityOf(candidate, asked);
  if (wish.avoidedAgents.includes(candidate.agent)) return null;
  return agentRejection(asked, candidate, capability) === null ? capability : null;
}

/** The tasks of the agent that may be moved: those that have not started, then those that have run for the shortest time. */
function transferable({ inFlight, context }: Look, agent: AgentId): readonly AssignedTask[] {
  return inFlight
    .filter((task) => task.assignment.agent === agent && mayMove(task) && mayBeInterrupted(task, context))
    .toSorted((one, other) => beganAt(other) - beganAt(one) || one.definition.number - other.definition.number);
}

/** Nobody asked for its agent or has it in hand, and it was not moved before: what goes to and fro is never done. */
function mayMove(task: AssignedTask): boolean {
  const { assignment } = task;
  if (task.isRebalanced === true || wantsApproval(task) || task.isHeld || assignment.cancelReason !== null)
    return false;
  if (assignment.phase === "waiting" || assignment.phase === "ending" || assignment.personAsked) return false;
  return assignment.reasons.rejectedCount["not_pinned"] === undefined;
}

function beganAt({ assignment: { startedAt } }: AssignedTask): number {
  return startedAt ?? Number.MAX_SAFE_INTEGER;
}
