/**
 * The agents of the configuration with what matching asks of each: slots that are taken, out of use and free, pauses, quotas,
 * and what was learned. Made once a decision; an assignment changes only the agent that it goes to.
 */
import type { AgentCandidate } from "../matching/fit.ts";
import { takesItself } from "../model/config-agent.ts";
import { slotOf, type AgentId, type WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { costOf, roomOfDay } from "./caps.ts";
import type { Context } from "../model/context.ts";
import { kindsOf } from "../fold/health.ts";
import { Member, type Budget } from "./pool-member.ts";
import { isFree, untouched } from "../state/slots.ts";
import type { State } from "../state/state.ts";

export class Pool {
  readonly #state: State;
  readonly #context: Context;
  readonly #members: readonly Member[];
  readonly #budget: Budget;
  /** The members have faced a task of no kind, that follows on nothing and that nobody wants at a certain worker. */
  #areFacingPlain = false;

  constructor(state: State, context: Context) {
    this.#state = state;
    this.#context = context;
    this.#budget = { leftMicros: roomOfDay(state, context) };
    this.#members = context.config.agents.map((config) => new Member({ state, context, budget: this.#budget }, config));
  }

  /** Whether any slot could be given a task. */
  hasFree(): boolean {
    for (const member of this.#members) if (member.isOpen) return true;
    return false;
  }

  /** The agents that are given work whose slots are all taken, but for those that are out of use. */
  takenAgents(): readonly AgentId[] {
    const taken = this.#members.filter((member) => member.busy > 0 && !member.hasFreeSlot && !takesItself(member));
    return taken.map((member) => member.agent);
  }

  /** All slots that work is given to, and those of them that are taken. */
  totals(): { readonly capacity: number; readonly busy: number } {
    let [capacity, busy] = [0, 0];
    for (const member of this.#members) {
      if (takesItself(member)) continue;
      capacity += member.capacity;
      busy += member.busy;
    }
    return { capacity, busy };
  }

  /** Everything again for the agent that has just been given a task, and what is left of the day's cost for all. */
  refresh(agent: AgentId): void {
    if (this.#budget.leftMicros !== Infinity) {
      this.#budget.leftMicros = roomOfDay(this.#state, this.#context);
      for (const member of this.#members) member.reviseCost();
    }
    this.#members.find((each) => each.agent === agent)?.refresh();
  }

  /** A task waits for the next free slot of this agent: the one after it would wait for the slot after that. */
  expect(agent: AgentId): void {
    const member = this.#members.find((each) => each.agent === agent);
    if (member !== undefined) member.awaitedBy += 1;
  }

  /** One candidate an agent, in the order of the configuration, as `task` sees them; good until the next call. */
  candidatesFor(task: Task): readonly AgentCandidate[] {
    const hands = handsBefore(this.#state, task);
    const kinds = kindsOf(task);
    const pinned = task.assignTo?.worker ?? null;
    const spentUsd = task.attempts.length === 0 ? 0 : costOf(task);
    const isPlain = hands.length === 0 && kinds.length === 0 && pinned === null && spentUsd === 0;
    // One such task sees what the one before has seen; a member that has changed since has shown itself again.
    if (!isPlain || !this.#areFacingPlain) {
      for (const member of this.#members) member.face({ hands, kinds, pinned, spentUsd });
    }
    this.#areFacingPlain = isPlain;
    return this.#members;
  }

  /** The slot of the chosen agent: the one that a person asked for, one that did a blocker of the task, or the first free. */
  slotFor(agent: AgentId, task: Task, pinned: WorkerId | null): WorkerId | null {
    const member = this.#members.find((each) => each.agent === agent);
    if (member === undefined) return null;
    const slots = this.#state.slots.get(agent) ?? untouched;
    const wished = pinned ?? lastHand(this.#state, task, agent);
    if (wished !== null && slotOf(wished) <= member.capacity && isFree(slots, slotOf(wished))) return wished;
    return pinned === null ? member.firstFree : null;
  }
}

const nobody: readonly AgentId[] = [];

/** The agents that worked last on what the task waited for. */
function handsBefore(state: State, task: Task): readonly AgentId[] {
  if (task.blockedBy.length === 0) return nobody;
  const hands: AgentId[] = [];
  for (const number of state.blockers.get(task.id) ?? []) {
    const hand = state.hands.at(number);
    if (hand !== undefined) hands.push(hand.agent);
  }
  return hands;
}

/** The worker of this agent that did a blocker of the task last: it knows the ground. */
function lastHand(state: State, task: Task, agent: AgentId): WorkerId | null {
  if (task.blockedBy.length === 0) return null;
  for (const number of state.blockers.get(task.id) ?? []) {
    const hand = state.hands.at(number);
    if (hand?.agent === agent) return hand.worker;
  }
  return null;
}
