/**
 * One agent over the time to come, for an estimate: when its slots are free again if everything takes as long as expected, when its pause
 * is over, and how many sessions its quota still lets it start.
 */
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId, toWorkerId, type AgentId, type WorkerId } from "../model/ids.ts";
import type { Assignment } from "../model/task.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import type { Context } from "../model/context.ts";
import { NumberHeap } from "../graph/number-heap.ts";
import { attendedAt } from "../state/operators.ts";
import type { State } from "../state/state.ts";
import { dayOf } from "../state/windows.ts";

export class Lane {
  readonly agent: AgentId;
  /** Its slots, those included that operators who are away now will look after. */
  readonly slots: number;
  /** The first instant at which it can take anything at all, with nothing handed out until then; infinite where it never can. */
  readonly first: number;
  readonly #from: number;
  readonly #quota: Quota;
  /** By slot, of those that are in use. */
  readonly #freeAt = new Map<number, number>();
  readonly #free = new Set<number>();
  readonly #busy = new NumberHeap((one, other) => this.#timeOf(one) < this.#timeOf(other));

  constructor(state: State, context: Context, config: AgentConfig) {
    this.agent = toAgentId(config.id);
    this.slots = fullCapacityOf(state, config);
    this.#from = Math.max(context.now, state.agents.get(this.agent)?.pausedUntil ?? 0);
    let unstarted = 0;
    for (let slot = 1; slot <= this.slots; slot += 1) {
      const worker = toWorkerId(this.agent, slot);
      const assignment = assignmentOf(state, worker);
      if (assignment !== null && assignment.startedAt === null) unstarted += 1;
      const attended = attendedAt(state, config, slot);
      if (attended === Infinity || state.disabledWorkers.has(worker)) continue;
      const endsAt = assignment === null ? context.now : expectedEnd(assignment, context.now);
      this.#freeAt.set(slot, Math.max(endsAt, attended, state.workers.get(worker)?.restsUntil ?? 0));
      this.#busy.push(slot);
    }
    this.#quota = new Quota(state, context, { config, unstarted });
    this.first = Math.max(this.#from, this.#timeOf(this.#busy.peek() ?? 0), this.#quota.nextAt(context.now));
  }

  /** Time goes on to `at`. */
  advance(at: number): void {
    for (let slot = this.#busy.peek(); slot !== undefined && this.#timeOf(slot) <= at; slot = this.#busy.peek()) {
      this.#free.add(slot);
      this.#busy.pop();
    }
    this.#quota.advance(at);
  }

  /** When something changes after `at`; infinite when nothing does. */
  nextAt(at: number): number {
    const slot = this.#busy.peek();
    const freeAt = slot === undefined ? Number.POSITIVE_INFINITY : this.#timeOf(slot);
    const changes = [this.#from, this.#quota.nextAt(at)].filter((each) => each > at);
    return Math.min(freeAt, ...changes);
  }

  /** Whether a slot, or this one, can take a task at the instant that was advanced to. */
  canStart(slot: number | null, at: number): boolean {
    if (at < this.#from || this.#quota.isSpent) return false;
    return slot === null ? this.#free.size > 0 : this.#free.has(slot);
  }

  /** A slot, or this one, is taken from `at` until `end`. */
  start(slot: number | null, at: number, end: number): void {
    const [first = 0] = this.#free;
    const taken = slot ?? first;
    this.#free.delete(taken);
    this.#freeAt.set(taken, end);
    this.#busy.push(taken);
    this.#quota.take(at);
  }

  get freeShare(): number {
    return this.#free.size / this.slots;
  }

  #timeOf(slot: number): number {
    return this.#freeAt.get(slot) ?? Number.POSITIVE_INFINITY;
  }
}

/** How many sessions may start: each is counted for a day. */
class Quota {
  readonly #dayMs: number;
  #left: number;
  /** When those that count no longer do, soonest first. */
  readonly #ends: number[] = [];
  #ended = 0;

  constructor(
    state: State,
    { now }: Context,
    { config, unstarted }: { readonly config: AgentConfig; readonly unstarted: number },
  ) {
    this.#dayMs = dayOf(state);
    this.#left = Number.POSITIVE_INFINITY;
    if (config.quota === undefined) return;
    for (const { agent, at } of state.starts) {
      if (agent === config.id && at + this.#dayMs > now) this.#ends.push(at + this.#dayMs);
    }
    for (let count = 0; count < unstarted; count += 1) this.#ends.push(now + this.#dayMs);
    this.#left = config.quota - this.#ends.length;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  advance(at: number): void {
    for (let end = this.#ends[this.#ended]; end !== undefined && end <= at; end = this.#ends[this.#ended]) {
      this.#ended += 1;
      this.#left += 1;
    }
  }

  /** When the next session may start: at once where the quota is not spent. */
  nextAt(at: number): number {
    if (this.#left > 0) return at;
    return this.#ends[this.#ended - this.#left] ?? Number.POSITIVE_INFINITY;
  }

  take(at: number): void {
    if (this.#left === Number.POSITIVE_INFINITY) return;
    this.#left -= 1;
    this.#ends.push(at + this.#dayMs);
  }
}

function assignmentOf(state: State, worker: WorkerId): Assignment | null {
  const id = state.occupied.get(worker);
  return id === undefined ? null : (state.tasks.get(id)?.assignment ?? null);
}

/** When the session is expected to end: now where it was asked to, or should have ended already. */
export function expectedEnd(assignment: Assignment, now: number): number {
  if (assignment.phase === "ending") return now;
  return Math.max(now, (assignment.startedAt ?? assignment.assignedAt) + assignment.expectedMs);
}
