/**
 * The agents of the configuration with what matching asks of each: slots that are taken, out of use and free, pauses, quotas,
 * and what was learned. Made once a decision; an assignment changes only the agent that it goes to.
 */
import type { AgentCandidate } from "../matching/fit.ts";
import { historyOf } from "../matching/history.ts";
import type { AgentConfig } from "../model/config.ts";
import { toAgentId, toWorkerId, type AgentId, type WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { quotaLeft } from "./caps.ts";
import type { Context } from "./decision.ts";
import { anyKind, kindsOf, learnedKey, slotOf } from "./fold-health.ts";
import { countSlots, firstFree, isFree, newSlots, type SlotCounts, type Slots } from "./slots.ts";
import type { State } from "./state.ts";

const untouched: Slots = newSlots();

/** Slots of the agent now: the configuration's, or what scaling or the vendor has made of them. */
export function capacityOf(state: State, agent: AgentConfig): number {
  return state.agents.get(toAgentId(agent.id))?.capacity ?? agent.capacity;
}

interface Member {
  readonly id: AgentId;
  readonly config: AgentConfig;
  readonly capacity: number;
  counts: SlotCounts;
  paused: string | null;
  quota: number | null;
}

export class Pool {
  readonly #state: State;
  readonly #context: Context;
  readonly #members: readonly Member[];

  constructor(state: State, context: Context) {
    this.#state = state;
    this.#context = context;
    this.#members = context.config.agents.map((config) => {
      const id = toAgentId(config.id);
      const capacity = capacityOf(state, config);
      return { id, config, capacity, ...standing(state, context, { id, config, capacity }) };
    });
  }

  /** Whether any slot could take a task. */
  hasFree(): boolean {
    return this.#members.some((member) => isOpen(member));
  }

  /** All slots, and those that are taken. */
  totals(): { readonly capacity: number; readonly busy: number; readonly free: number } {
    let [capacity, busy, free] = [0, 0, 0];
    for (const member of this.#members) {
      capacity += member.capacity;
      busy += member.counts.busy;
      if (isOpen(member)) free += member.counts.free;
    }
    return { capacity, busy, free };
  }

  /** Everything again for the agent that has just been given a task. */
  refresh(agent: AgentId): void {
    const member = this.#members.find((each) => each.id === agent);
    if (member !== undefined) Object.assign(member, standing(this.#state, this.#context, member));
  }

  /** One candidate an agent, in the order of the configuration, as `task` sees them. */
  candidatesFor(task: Task): readonly AgentCandidate[] {
    return this.#members.map((member) => this.#candidate(member, task));
  }

  /** The slot of the chosen agent: the one that a person asked for, one that did a blocker of the task, or the first free. */
  slotFor(agent: AgentId, task: Task, pinned: WorkerId | null): WorkerId | null {
    const member = this.#members.find((each) => each.id === agent);
    if (member === undefined) return null;
    const slots = this.#state.slots.get(agent) ?? untouched;
    const wished = pinned ?? lastHand(this.#state, task, agent);
    if (wished !== null && slotOf(wished) <= member.capacity && isFree(slots, slotOf(wished))) return wished;
    const slot = pinned === null ? firstFree(slots, member.capacity) : 0;
    return slot === 0 ? null : toWorkerId(agent, slot);
  }

  #candidate(member: Member, task: Task): AgentCandidate {
    const { id, config, capacity, counts, paused, quota } = member;
    const state = this.#state;
    const now = this.#context.now;
    const isPinnedFree = (worker: WorkerId): boolean => isFree(state.slots.get(id) ?? untouched, slotOf(worker));
    const pinned = task.assignTo?.worker ?? null;
    const first = counts.free === 0 ? 0 : firstFree(state.slots.get(id) ?? untouched, capacity);
    return {
      agent: id,
      type: config.type,
      capabilities: config.capabilities,
      capacity,
      busy: counts.busy,
      disabled: counts.off,
      resting: 0,
      free: pinned !== null && pinned.startsWith(`${id}/`) && !isPinnedFree(pinned) ? 0 : counts.free,
      firstFree: first === 0 ? null : toWorkerId(id, first),
      paused,
      quotaLeft: quota,
      history: historyFor(state, id, task),
      cohesion: cohesionFor(state, id, task),
      get freeInMs() {
        return expectedFreeInMs(state, id, { capacity, now });
      },
    };
  }
}

function isOpen(member: Member): boolean {
  return member.counts.free > 0 && member.paused === null && (member.quota === null || member.quota > 0);
}

function standing(
  state: State,
  context: Context,
  member: { readonly id: AgentId; readonly config: AgentConfig; readonly capacity: number },
): Pick<Member, "counts" | "paused" | "quota"> {
  const slots = state.slots.get(member.id);
  const counts = slots === undefined ? { busy: 0, off: 0, free: member.capacity } : countSlots(slots, member.capacity);
  return { counts, paused: pauseOf(state, member, context.now), quota: quotaLeft(state, context, member.config) };
}

/** Why the agent takes nothing now. After its pause one start tries the vendor out before the others follow. */
function pauseOf(
  state: State,
  member: { readonly id: AgentId; readonly capacity: number },
  now: number,
): string | null {
  const record = state.agents.get(member.id);
  if (record === undefined || record.pausedUntil === null) return null;
  if (record.pausedUntil > now) return record.pauseReason ?? "its vendor refuses to start sessions";
  for (let slot = 1; slot <= member.capacity; slot += 1) {
    const task = state.occupied.get(toWorkerId(member.id, slot));
    const assignment = task === undefined ? null : (state.tasks.get(task)?.assignment ?? null);
    if (assignment !== null && assignment.startedAt === null) return "one start tries out whether its vendor is back";
  }
  return null;
}

/** What was learned of the agent at the kinds of work that the task is, else at any; null where nothing was. */
function historyFor(state: State, agent: AgentId, task: Task): number | null {
  let [successes, failures] = [0, 0];
  for (const kind of kindsOf(task)) {
    const learned = state.learned.get(learnedKey(agent, kind));
    if (learned === undefined) continue;
    successes += learned.successes;
    failures += learned.failures;
  }
  if (successes + failures > 0) return historyOf({ successes, failures });
  const all = state.learned.get(learnedKey(agent, anyKind));
  return all === undefined ? null : historyOf(all);
}

/** The share of the task's blockers that this agent worked on last; null where no agent did any. */
function cohesionFor(state: State, agent: AgentId, task: Task): number | null {
  let [own, all] = [0, 0];
  for (const edge of task.blockedBy) {
    const last = state.tasks.get(edge.on)?.attempts.at(-1);
    if (last === undefined) continue;
    all += 1;
    if (last.agent === agent) own += 1;
  }
  return all === 0 ? null : own / all;
}

/** The worker of this agent that did a blocker of the task last: it knows the ground. */
function lastHand(state: State, task: Task, agent: AgentId): WorkerId | null {
  for (const edge of task.blockedBy) {
    const last = state.tasks.get(edge.on)?.attempts.at(-1);
    if (last?.agent === agent) return last.worker;
  }
  return null;
}

/** Until the first of the agent's taken slots is expected to be free; 0 when one is overdue, null when none is taken. */
function expectedFreeInMs(
  state: State,
  agent: AgentId,
  at: { readonly capacity: number; readonly now: number },
): number | null {
  let soonest: number | null = null;
  for (let slot = 1; slot <= at.capacity; slot += 1) {
    const id = state.occupied.get(toWorkerId(agent, slot));
    const assignment = id === undefined ? null : (state.tasks.get(id)?.assignment ?? null);
    if (assignment === null) continue;
    const left = Math.max(0, (assignment.startedAt ?? assignment.assignedAt) + assignment.expectedMs - at.now);
    if (soonest === null || left < soonest) soonest = left;
  }
  return soonest;
}
