/**
 * More workers for attack mode: only Sprites can be had as they are needed, so only agents of the type `bifrost` with a
 * `maxCapacity` are raised. What was raised is taken back without ending a session: a slot above the capacity runs out.
 */
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { warningKey } from "../model/warning.ts";
import { quotaLeft, spentCaps } from "./caps.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { clear, raise } from "./decide-warnings.ts";
import { raisedTo, type AgentRecord } from "../state/records.ts";
import { capacityOf, fullCapacityOf } from "../state/capacity.ts";
import { attendedSlots } from "../state/operators.ts";
import { Pool } from "./pool.ts";
import { leftOver } from "./queue-depth.ts";
import { readyQuickWins } from "./quick-wins.ts";
import { modeInForce } from "./rank-ready.ts";
import type { State } from "../state/state.ts";
import { isAtRest } from "./stock.ts";
import { lookBefore } from "../state/transaction.ts";
import { openWorkLimits } from "./work-limits.ts";

/** What attack mode would do with more workers. */
interface ScalingAdvice {
  /** Workers in all that it wants. */
  readonly target: number;
  /** Why, in words for people. */
  readonly reason: string;
}

/** Raises what may be raised, says so where nothing may, and takes it back while nothing waits. */
export function decideScaling(decision: Decision): void {
  const { state, context } = decision;
  const recommended = shouldScaleWorkers(state, context);
  const advice = recommended ?? shouldSpawnWorker(state, context);
  const isRaised = advice !== null && follow(decision, advice);
  if (recommended !== null && !isRaised) warn(decision, recommended);
  else if (isRaised || !isLongQueue(decision)) clear(decision, "scaling", "all");
  for (const agent of context.config.agents) keepWithin(decision, agent);
}

/** Whether more tasks are left over than attack mode scales for; looked at only while somebody was told that it would. */
function isLongQueue({ state, context }: Decision): boolean {
  const isOpen = state.warnings.has(warningKey({ code: "scaling", subject: "all" }));
  return isOpen && leftOver(state, context) > context.config.attack.scale.ready;
}

/** Raises agents, in the order of the configuration, until the target is met; false when none may have more. */
function follow(decision: Decision, { target, reason }: ScalingAdvice): boolean {
  const { state, context } = decision;
  let wanted = target - new Pool(state, context).totals().capacity;
  let isRaised = false;
  for (const agent of context.config.agents) {
    const more = Math.min(wanted, roomOf(state, context, agent));
    if (more <= 0) continue;
    const capacity = capacityOf(state, agent) + more;
    decision.emit({ type: "CapacityChanged", agent: toAgentId(agent.id), capacity, reason, isScaled: true });
    wanted -= more;
    isRaised = true;
  }
  return isRaised;
}

/** Ends what scaling did, for `reason`. Emits nothing where it did nothing. */
export function takeScalingBack(decision: Decision, reason: string): void {
  for (const agent of decision.context.config.agents) {
    if (raisedTo(recordOf(decision.state, agent)) !== null) restore(decision, agent, reason);
  }
  clear(decision, "scaling", "all");
}

/** At most once in `attack.scale.every`, also where the queue was shorter for a moment. */
function warn(decision: Decision, advice: ScalingAdvice): void {
  const { state, context } = decision;
  const { recommendedAt } = state.watch;
  if (recommendedAt !== undefined && context.now - recommendedAt < context.config.attack.scale.every) return;
  raise(decision, {
    code: "scaling",
    subject: "all",
    detail: `Attack mode wants ${advice.target} workers and no agent may have more: ${advice.reason}.`,
    suggestion: suggestionFor(decision),
    severity: "notice",
  });
}

/** A larger `maxCapacity` helps nobody whose vendor runs, or whose operators look after, no more sessions. */
function suggestionFor({ state, context }: Decision): string {
  const unattended = context.config.agents.find(
    (agent) => agent.maxCapacity !== undefined && attendedSlots(state, agent) < agent.maxCapacity,
  );
  if (unattended !== undefined)
    return `The operators of ${unattended.id} look after no more sessions at once: name more of them, or raise perOperator in .github/orchestrate.yml.`;
  const limited = context.config.agents.find(
    (agent) => agent.maxCapacity !== undefined && isLimitedByVendor(recordOf(state, agent)),
  );
  return limited === undefined
    ? "Raise maxCapacity of an agent of the type bifrost in .github/orchestrate.yml."
    : `The vendor of ${limited.id} runs no more sessions at once: ask it for a higher limit, which counts as soon as it tells of it.`;
}

/**
 * The recommendation to scale: attack mode, more ready tasks than `attack.scale.ready` that are not held back, and every worker taken; null otherwise, and
 * within `attack.scale.every` of the last time. Judged by what the last pass left over, because a worker that has just become
 * free may be taken before this one ends. The target is what brings the queue down to that many.
 */
export function shouldScaleWorkers(state: State, context: Context): ScalingAdvice | null {
  const { ready } = context.config.attack.scale;
  if (state.ready.size <= ready || !isShort(state, context)) return null;
  const waiting = leftOver(state, context);
  if (waiting <= ready) return null;
  const { capacity } = new Pool(state, context).totals();
  return { target: capacity + waiting - ready, reason: `${waiting} tasks are ready and every worker is taken` };
}

/** One worker more where quick wins that are not held back pile up beside a session that takes long; null otherwise. */
function shouldSpawnWorker(state: State, context: Context): ScalingAdvice | null {
  const { after, tasks } = context.config.attack.spawn;
  const since = longestSince(state);
  if (since === null || context.now - since < after || !isShort(state, context)) return null;
  const limits = openWorkLimits(state, context.config);
  let count = 0;
  for (const task of readyQuickWins(state, context)) {
    if (task.readySince === null || task.readySince < since || limits.blocks(task) !== null) continue;
    limits.take(task);
    if ((count += 1) >= tasks) break;
  }
  if (count < tasks) return null;
  const { capacity } = new Pool(state, context).totals();
  const minutes = Math.floor((context.now - since) / 60_000);
  return { target: capacity + 1, reason: `${tasks} quick wins wait beside a session of ${minutes} minutes` };
}

/** When the session began that has run for longest. */
function longestSince(state: State): number | null {
  let first: number | null = null;
  for (const id of state.active.keys()) {
    const startedAt = state.tasks.get(id)?.assignment?.startedAt ?? null;
    if (startedAt !== null && (first === null || startedAt < first)) first = startedAt;
  }
  return first;
}

/** Whether more workers would help: attack mode, all that there are taken, no cap reached, and not just raised. */
function isShort(state: State, context: Context): boolean {
  if (modeInForce(state, context) !== "attack" || isAtRest(state) || spentCaps(state, context).length > 0) return false;
  const { every } = context.config.attack.scale;
  for (const agent of context.config.agents) {
    const scaledAt = recordOf(state, agent)?.scaledAt ?? null;
    if (scaledAt !== null && context.now - scaledAt < every) return false;
  }
  return lookBefore(state, (before) => {
    const pool = new Pool(before, context);
    return !pool.hasFree() && pool.totals().busy > 0;
  });
}

/** Slots that the agent may have beside those it has. */
function roomOf(state: State, context: Context, agent: AgentConfig): number {
  const record = recordOf(state, agent);
  if (agent.type !== "bifrost" || agent.maxCapacity === undefined) return 0;
  // Its vendor has an outage, or has said itself how much it can take.
  if ((record?.pausedUntil ?? null) !== null || isLimitedByVendor(record)) return 0;
  const quota = quotaLeft(state, context, agent) ?? agent.maxCapacity;
  return Math.min(Math.min(agent.maxCapacity, attendedSlots(state, agent)) - capacityOf(state, agent), quota);
}

function isLimitedByVendor(record: AgentRecord | undefined): boolean {
  return record !== undefined && record.capacity !== null && record.capacity !== raisedTo(record);
}

/** While nothing waits a raised agent with a free slot has what the configuration says; it never has more than it may have at most. */
function keepWithin(decision: Decision, agent: AgentConfig): void {
  const { state, context } = decision;
  const raised = raisedTo(recordOf(state, agent));
  if (raised === null) return;
  const most = agent.type === "bifrost" ? (agent.maxCapacity ?? agent.capacity) : agent.capacity;
  const reason = "the configuration has changed";
  if (raised <= agent.capacity || most <= agent.capacity) restore(decision, agent, reason);
  else if (raised > most) {
    const capacity = Math.min(fullCapacityOf(state, agent), most);
    decision.emit({ type: "CapacityChanged", agent: toAgentId(agent.id), capacity, reason, raisedTo: most });
  } else if (state.ready.size === 0 && lookBefore(state, (before) => hasIdleSlot(before, context, agent))) {
    restore(decision, agent, "nothing waits any more");
  }
}

function hasIdleSlot(state: State, context: Context, agent: AgentConfig): boolean {
  return new Pool(state, { ...context, config: { ...context.config, agents: [agent] } }).hasFree();
}

/** To the slots of the configuration, or to the fewer that the vendor allows. */
function restore(decision: Decision, agent: AgentConfig, reason: string): void {
  const record = recordOf(decision.state, agent);
  const slots = fullCapacityOf(decision.state, agent);
  const capacity = isLimitedByVendor(record) && slots < agent.capacity ? slots : null;
  decision.emit({ type: "CapacityChanged", agent: toAgentId(agent.id), capacity, reason });
}

function recordOf(state: State, agent: AgentConfig): AgentRecord | undefined {
  return state.agents.get(toAgentId(agent.id));
}
