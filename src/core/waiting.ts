/** Why a task is not moving: reason codes with their details, recomputed from the state. Silence is a bug. */
import { chooseAgent } from "../matching/choose-agent.ts";
import { takesItself } from "../model/config-agent.ts";
import { agentOf } from "../model/ids.ts";
import type { RejectedCandidate, Task } from "../model/task.ts";
import { describeLacks, lacksOf } from "../planning/definition-of-ready.ts";
import { agentConfigOf } from "./agent-config.ts";
import { spentCapOf, spentCaps } from "./caps.ts";
import type { Context } from "../model/context.ts";
import { DeadEnds, isLookOver } from "./dead-ends.ts";
import { isFeedbackAwaited } from "./decide-feedback.ts";
import { describeShortage } from "../state/operators.ts";
import { Pool } from "./pool.ts";
import { describeExternal } from "./externals.ts";
import { mergeReasons } from "./merge-reasons.ts";
import { rankReady, readyInOrder } from "./rank-ready.ts";
import { blockerState, isEnded, isReady, openBlockers } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { isStockDue } from "./stock.ts";
import { policyOf, wishOf } from "./wish.ts";
import { fairShare, openWorkLimits, type WorkLimits } from "./work-limits.ts";

export interface WaitingReason {
  readonly code: string;
  readonly detail: string;
}

/** Every reason that holds `task` back now, most telling first; `[]` when it runs, waits for a person to merge it, or has ended. */
export function waitingReasons(state: State, task: Task, context: Context): readonly WaitingReason[] {
  if (isEnded(task) || task.assignment !== null) return [];
  return [
    ...personReasons(state, task),
    ...graphReasons(state, task),
    ...mergeReasons(state, task, { context, nameOf: (id) => referenceOf(state, id) }),
    ...readyReasons(state, task, context),
  ];
}

/** What only a person can lift. */
function personReasons(state: State, task: Task): readonly WaitingReason[] {
  const reasons: WaitingReason[] = [];
  if (task.pendingReason !== null) reasons.push({ code: "needs_approval", detail: task.pendingReason });
  else if (task.trust === null)
    reasons.push({ code: "not_trusted", detail: "Nobody who may start work has selected it." });
  const lacks = lacksOf(task);
  if (lacks.length > 0) reasons.push({ code: "not_ready", detail: describeLacks(lacks) });
  const other = task.duplicateOf ?? null;
  if (other !== null) reasons.push({ code: "duplicate", detail: `It says the same as ${referenceOf(state, other)}.` });
  if (task.manualReview !== null) reasons.push({ code: "manual_review", detail: task.manualReview });
  if (task.split === "proposed")
    reasons.push({ code: "split_proposed", detail: "A split into pieces is proposed and waits for approval." });
  if (task.isHeld || task.definition.heldByLabel) reasons.push({ code: "held", detail: "It is on hold." });
  return reasons;
}

function graphReasons(state: State, task: Task): readonly WaitingReason[] {
  const reasons: WaitingReason[] = [];
  if (task.cycle !== null) reasons.push({ code: "cycle", detail: cycleText(state, task.cycle) });
  if (task.upstreamFailed !== null) {
    reasons.push({ code: "upstream_failed", detail: `${referenceOf(state, task.upstreamFailed)} has failed.` });
  }
  for (const edge of openBlockers(state, task)) {
    const blocker = blockerState(state, edge);
    const external = state.tasks.has(edge.on) ? undefined : state.externals.get(edge.on);
    const words = external === undefined ? null : describeExternal(external);
    reasons.push({
      code: blocker === "open" ? "blocked" : `blocker_${blocker}`,
      detail: `${referenceOf(state, edge.on)} is ${words ?? blocker.replaceAll("_", " ")}.`,
    });
  }
  if (task.split === "opening")
    reasons.push({ code: "split_opening", detail: "Its pieces are being opened as issues." });
  else if (task.definition.isContainer)
    reasons.push({ code: "container", detail: "It completes with its last sub-issue." });
  return reasons;
}

function cycleText(state: State, cycle: readonly Task["id"][]): string {
  const names = cycle.map((id) => referenceOf(state, id));
  return `These wait for each other: ${[...names, names[0] ?? ""].join(" → ")}.`;
}

/** `#12`, or the way an external blocker is written. */
export function referenceOf(state: State, id: Task["id"]): string {
  const task = state.tasks.get(id);
  if (task !== undefined) return `#${task.definition.number}`;
  return state.externals.get(id)?.reference ?? id;
}

function readyReasons(state: State, task: Task, context: Context): readonly WaitingReason[] {
  if (!isReady(state, task)) return [];
  const reasons = startReasons(state, task, context);
  return reasons.length > 0 ? reasons : workerReasons(state, task, context);
}

/** What keeps a ready task from being started by anybody: a pause, a cap, a limit, an attempt that is still to come. */
export function startReasons(state: State, task: Task, context: Context): readonly WaitingReason[] {
  const reasons: WaitingReason[] = [];
  if (context.config.agents.length === 0)
    reasons.push({ code: "no_agents", detail: "The configuration names no agent." });
  if (state.isPaused) reasons.push({ code: "paused", detail: "Orchestration is paused." });
  if (isStockDue(state))
    reasons.push({ code: "restored", detail: "The state was restored: everything is looked at first." });
  if (task.retryAt !== null && task.retryAt > context.now) {
    reasons.push({ code: "backoff", detail: `The next attempt starts at ${new Date(task.retryAt).toISOString()}.` });
  }
  if (isFeedbackAwaited(state, task, context.now))
    reasons.push({ code: "feedback", detail: "What its checks and reviewers said is being read." });
  reasons.push(...spentCaps(state, context));
  const cap = spentCapOf(task, context);
  if (cap !== null) reasons.push(cap);
  const limit = openWorkLimits(state, context.config).blocks(task) ?? shareLimit(state, task, context);
  if (limit !== null) reasons.push(limit);
  return reasons;
}

/** Whether milestones take turns and it is the turn of another one. */
function shareLimit(state: State, task: Task, context: Context): WaitingReason | null {
  const { limits, matching } = context.config;
  if (!limits.fairShare) return null;
  const ahead = rankReady(state, context, matching.lookAhead).flatMap(({ id }) => state.tasks.get(id) ?? []);
  return fairShare(state, context, ahead).blocks(task);
}

/** Somebody could take it: at once, unless so much that fits nobody free stands before it that the schedule does not come to it. */
function freeReason(state: State, task: Task, context: Context): WaitingReason {
  const { lookAhead } = context.config.matching;
  const look = openLook(state, context);
  for (const { id } of readyInOrder(state, context)) {
    if (id === task.id) break;
    const before = state.tasks.get(id);
    if (before === undefined || (before.retryAt ?? 0) > context.now) continue;
    lookAt(look, before);
    if (!isLookOver(look, context.config)) continue;
    const detail = `A worker is free, but ${lookAhead} tasks (matching.lookAhead) that fit nobody free stand before it, or ten times as many that ask for the same in vain.`;
    return { code: "look_ahead", detail };
  }
  return { code: "next_pass", detail: "It is next: a worker is free." };
}

/** A look at the queue as the schedule has it, with nothing handed out. */
interface Look {
  readonly state: State;
  readonly context: Context;
  readonly pool: Pool;
  readonly limits: WorkLimits;
  readonly deadEnds: DeadEnds;
  tried: number;
  passed: number;
}

function openLook(state: State, context: Context): Look {
  const limits = openWorkLimits(state, context.config);
  return { state, context, limits, pool: new Pool(state, context), deadEnds: new DeadEnds(), tried: 0, passed: 0 };
}

function lookAt(look: Look, task: Task): void {
  const { state, context, deadEnds } = look;
  const wish = wishOf(state, task, context);
  const isKnown = spentCapOf(task, context) !== null || look.limits.blocks(task) !== null || deadEnds.has(wish);
  if (isKnown) {
    look.passed += 1;
    return;
  }
  look.tried += 1;
  const choice = chooseAgent(wish, look.pool.candidatesFor(task), policyOf(state, task, context));
  if (choice.kind === "none") deadEnds.add(wish);
}

/** Counts per reason code over all workers. */
function workerReasons(state: State, task: Task, context: Context): readonly WaitingReason[] {
  const candidates = new Pool(state, context).candidatesFor(task);
  const choice = chooseAgent(wishOf(state, task, context), candidates, policyOf(state, task, context));
  if (choice.kind === "assign") return [freeReason(state, task, context)];
  if (choice.kind === "wait") return [{ code: "better_worker", detail: choice.note }];
  return Object.entries(choice.rejectedCount).map(([code, count]) => ({
    code,
    detail: workerWords(code, count, { state, task, context, rejected: choice.rejected }),
  }));
}

interface Case {
  readonly state: State;
  readonly task: Task;
  readonly context: Context;
  readonly rejected: readonly RejectedCandidate[];
}

/** Why so many workers do not take the task. */
function workerWords(code: string, count: number, { state, task, context, rejected }: Case): string {
  if (code === "no_operator") return operatorWords(state, context, rejected);
  const counted = `${count} ${count === 1 ? "worker" : "workers"}`;
  if (code !== "takes_itself") return `${counted}: ${costWords[code] ?? code.replaceAll("_", " ")}.`;
  const { number } = task.definition;
  const agent = rejected.find((each) => each.code === code);
  const name = agent === undefined ? selfTakingAgent(context) : agentOf(agent.worker);
  return `${counted}: ${count === 1 ? "takes its" : "take their"} work ${count === 1 ? "itself" : "themselves"}, with orchestrate claim ${number} --agent ${name}.`;
}

/** Of five rejected ones none may be such an agent. */
function selfTakingAgent({ config }: Context): string {
  return config.agents.find(takesItself)?.id ?? "";
}

/** Who is away, agent by agent. */
function operatorWords(state: State, { config }: Context, rejected: readonly RejectedCandidate[]): string {
  const sentences = rejected.flatMap(({ worker, code }) => {
    const agent = code === "no_operator" ? agentConfigOf(config, agentOf(worker)) : undefined;
    return agent === undefined ? [] : [`${describeShortage(state, agent)}.`];
  });
  return sentences.join(" ");
}

const costWords: Readonly<Record<string, string>> = {
  cap_cost_per_task: "a session there would cost it more than limits.costPerTask allows",
  cap_cost_per_day: "a session there costs more than is left of limits.costPerDay",
};
