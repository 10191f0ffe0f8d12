/**
 * One agent as matching sees it: slots that are taken, out of use and free, pauses, quotas, what a session costs, and what was learned. It
 * shows itself to one task after another.
 */
import type { AgentCandidate } from "../matching/fit.ts";
import { historyOf, type HistoryShares } from "../matching/history.ts";
import { takesItself, type AgentConfig } from "../model/config-agent.ts";
import { agentOf, slotOf, toAgentId, toWorkerId, type AgentId, type WorkerId } from "../model/ids.ts";
import type { Assignment } from "../model/task.ts";
import { capacityOf, fullCapacityOf, isOverfull, slotCountsOf } from "../state/capacity.ts";
import { quotaLeft } from "./caps.ts";
import type { Context } from "../model/context.ts";
import { toMicros } from "../fold/figures.ts";
import { isOutOfUse, learnedKey } from "../fold/health.ts";
import { firstFree, isFree, offSlots, untouched, type Slots } from "../state/slots.ts";
import type { State } from "../state/state.ts";

/** What of a task changes how agents look to it. */
export interface Facing {
  readonly hands: readonly AgentId[];
  readonly kinds: readonly string[];
  readonly pinned: WorkerId | null;
  /** What it has cost so far, US dollars. */
  readonly spentUsd: number;
}

/** What sessions that are still to start may cost today, all together: one for all agents. */
export interface Budget {
  leftMicros: number;
}

/** What every agent of a pool is made from. */
export interface Ground {
  readonly state: State;
  readonly context: Context;
  readonly budget: Budget;
}

/** One agent. It shows itself to one task after another, because a thousand tasks look at the same ten agents. */
export class Member implements AgentCandidate {
  readonly agent: AgentId;
  readonly type: AgentConfig["type"];
  readonly capabilities: AgentConfig["capabilities"];
  readonly capacity: number;
  busy = 0;
  awaitedBy = 0;
  disabled = 0;
  resting = 0;
  free = 0;
  firstFree: WorkerId | null = null;
  paused: string | null = null;
  quotaLeft: number | null = null;
  isUnattended = false;
  costCap: AgentCandidate["costCap"] = null;
  history: number | null = null;
  cohesion: number | null = null;
  memo: object | undefined = undefined;
  readonly #state: State;
  readonly #context: Context;
  readonly #config: AgentConfig;
  readonly #budget: Budget;
  readonly #costMicros: number;
  /** What is left of `limits.costPerTask` for the task at hand. */
  #taskLeftMicros = Infinity;
  /** All free slots; `free` is what the task at hand may use of them. */
  #freeCount = 0;
  /** The slot that a person wants for the task at hand. */
  #pinned: WorkerId | null = null;
  #isOverfull = false;
  #historyKey: string | null = null;
  #historyValue: number | null = null;

  constructor({ state, context, budget }: Ground, config: AgentConfig) {
    this.#budget = budget;
    this.#costMicros = toMicros(config.cost);
    this.#state = state;
    this.#context = context;
    this.#config = config;
    this.agent = toAgentId(config.id);
    this.type = config.type;
    this.capabilities = config.capabilities;
    this.capacity = capacityOf(state, config);
    this.refresh();
  }

  /** Whether a slot could be given a task: not where it takes its work itself. */
  get isOpen(): boolean {
    if (takesItself(this)) return false;
    if (this.#costMicros > 0 && this.#costMicros > this.#budget.leftMicros) return false;
    return this.#freeCount > 0 && this.paused === null && (this.quotaLeft === null || this.quotaLeft > 0);
  }

  /** An agent without a cost fits into every cap: what is reached stops it elsewhere. */
  reviseCost(): void {
    if (this.#costMicros === 0) return;
    if (this.#costMicros > this.#taskLeftMicros) this.costCap = "cap_cost_per_task";
    else this.costCap = this.#costMicros > this.#budget.leftMicros ? "cap_cost_per_day" : null;
  }

  /** For whoever does not ask for a certain one. */
  get hasFreeSlot(): boolean {
    return this.#freeCount > 0;
  }

  get freeInMs(): number | null {
    return expectedFreeInMs(this.#state, this.agent, { capacity: this.capacity, now: this.#context.now });
  }

  /** Counts the slots again. */
  refresh(): void {
    const slots = this.#state.slots.get(this.agent) ?? untouched;
    const counts = slotCountsOf(this.#state, this.#config);
    this.busy = counts.busy;
    this.resting = counts.off === 0 ? 0 : this.#restingCount(slots, counts.off);
    this.disabled = counts.off - this.resting;
    this.#freeCount = counts.free;
    this.free = this.#usableCount();
    const first = counts.free === 0 ? 0 : firstFree(slots, this.capacity);
    this.firstFree = first === 0 ? null : toWorkerId(this.agent, first);
    this.paused = pauseOf(this.#state, this, this.#context.now);
    this.quotaLeft = quotaLeft(this.#state, this.#context, this.#config);
    this.#isOverfull = isOverfull(this.#state, this.#config);
    this.isUnattended = this.#lacksOperators();
  }

  /** Where operators are away, slots that rest may be beyond those that are left. */
  #restingCount(slots: Slots, off: number): number {
    return Math.min(off, restingSlots(this.#state, this.agent, { slots, capacity: this.capacity }));
  }

  /** Nobody is there for any slot, or for the one that a person wants for the task at hand. */
  #lacksOperators(): boolean {
    if (this.#config.operators === undefined) return false;
    return this.capacity === 0 || this.#isBeyondOperators() || this.#isOverfull;
  }

  #isBeyondOperators(): boolean {
    const pinned = this.#pinned;
    if (pinned === null || agentOf(pinned) !== this.agent) return false;
    return slotOf(pinned) > this.capacity && slotOf(pinned) <= fullCapacityOf(this.#state, this.#config);
  }

  /** What depends on the task: what was learned of its kinds, what it follows on, and the slot that a person wants. */
  face({ hands, kinds, pinned, spentUsd }: Facing): void {
    if (this.#costMicros > 0) {
      this.#taskLeftMicros = toMicros(this.#context.config.limits.costPerTask) - toMicros(spentUsd);
      this.reviseCost();
    }
    this.#pinned = pinned;
    this.free = this.#usableCount();
    this.isUnattended = this.#lacksOperators();
    this.history = this.#historyAt(kinds);
    this.cohesion = cohesionOf(this.agent, hands);
  }

  #usableCount(): number {
    const pinned = this.#pinned;
    return pinned !== null && agentOf(pinned) === this.agent && !this.#canUse(pinned) ? 0 : this.#freeCount;
  }

  /** Of the last kinds of work asked for: nearly always those of the task before. */
  #historyAt(kinds: readonly string[]): number | null {
    const key = kinds.length === 0 ? "" : kinds.join("\n");
    if (this.#historyKey !== key) {
      this.#historyKey = key;
      this.#historyValue = historyFor(this.#state, kinds, {
        agent: this.agent,
        shares: this.#context.config.matching.history,
      });
    }
    return this.#historyValue;
  }

  /** Free, and within a capacity that may have been lowered since a person asked for it. */
  #canUse(worker: WorkerId): boolean {
    const slot = slotOf(worker);
    return slot <= this.capacity && isFree(this.#state.slots.get(this.agent) ?? untouched, slot);
  }
}

/** Of the free slots that are out of use, those that only rest: a person has not switched them off. */
function restingSlots(
  state: State,
  agent: AgentId,
  { slots, capacity }: { readonly slots: Slots; readonly capacity: number },
): number {
  let resting = 0;
  for (const slot of offSlots(slots)) {
    const worker = toWorkerId(agent, slot);
    if (slot > capacity || state.occupied.has(worker) || state.disabledWorkers.has(worker)) continue;
    resting += 1;
  }
  return resting;
}

/** Why the agent takes nothing now. After its pause one start tries the vendor out before the others follow. */
function pauseOf(
  state: State,
  member: { readonly agent: AgentId; readonly capacity: number },
  now: number,
): string | null {
  const record = state.agents.get(member.agent);
  if (record === undefined || record.pausedUntil === null) return null;
  if (record.pausedUntil > now) return record.pauseReason ?? "its vendor refuses to start sessions";
  for (let slot = 1; slot <= member.capacity; slot += 1) {
    const assignment = assignmentOf(state, toWorkerId(member.agent, slot));
    if (assignment === null) continue;
    if (assignment.startedAt === null) return "one start tries out whether its vendor is back";
    if (record.isFailing && assignment.assignedAt >= record.pausedUntil) return "one session tries its vendor out";
  }
  return null;
}

function assignmentOf(state: State, worker: WorkerId): Assignment | null {
  const task = state.occupied.get(worker);
  return task === undefined ? null : (state.tasks.get(task)?.assignment ?? null);
}

/** What was learned of the agent at the kinds of work that the task is, else at any; null where nothing was. */
function historyFor(
  state: State,
  kinds: readonly string[],
  { agent, shares }: { readonly agent: AgentId; readonly shares: HistoryShares },
): number | null {
  const past = { successes: 0, failures: 0, timed: 0, timeliness: 0, reworks: 0 };
  for (const kind of kinds) {
    const learned = state.learned.get(learnedKey(agent, kind));
    if (learned === undefined) continue;
    past.successes += learned.successes;
    past.failures += learned.failures;
    past.timed += learned.timed ?? 0;
    past.timeliness += learned.timeliness ?? 0;
    past.reworks += learned.reworks ?? 0;
  }
  if (past.successes + past.failures > 0) return historyOf(past, shares);
  const all = state.agents.get(agent)?.learned;
  return all === undefined ? null : historyOf(all, shares);
}

/** The share of the task's blockers that this agent worked on last; null where no agent did any. */
function cohesionOf(agent: AgentId, hands: readonly AgentId[]): number | null {
  if (hands.length === 0) return null;
  let own = 0;
  for (const hand of hands) if (hand === agent) own += 1;
  return own / hands.length;
}

/**
 * Until one of the agent's taken slots is expected to be free: the first to end, but where more run than may, as many as that before it. One
 * that is overdue may take for ever; null when nobody can say.
 */
function expectedFreeInMs(
  state: State,
  agent: AgentId,
  at: { readonly capacity: number; readonly now: number },
): number | null {
  const slots = state.slots.get(agent) ?? untouched;
  const surplus = slots.busyCount - at.capacity;
  const lefts: number[] = [];
  let soonest: number | null = null;
  for (let slot = 1; slot <= Math.max(at.capacity, slots.top); slot += 1) {
    const left = leftMs(state, toWorkerId(agent, slot), at.now);
    if (left === null) continue;
    if (surplus > 0) lefts.push(left);
    else if (soonest === null || left < soonest) soonest = left;
  }
  return surplus > 0 ? (lefts.toSorted((one, other) => one - other)[surplus] ?? null) : soonest;
}

/** Null where nothing runs, where it is overdue, and where the worker would get nothing new. */
function leftMs(state: State, worker: WorkerId, now: number): number | null {
  const assignment = assignmentOf(state, worker);
  if (assignment === null || isOutOfUse(state, worker)) return null;
  const left = (assignment.startedAt ?? assignment.assignedAt) + assignment.expectedMs - now;
  return left >= 0 ? left : null;
}
