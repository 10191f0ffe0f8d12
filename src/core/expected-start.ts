/**
 * When a waiting task is expected to be started, if everything takes as long as it is expected to: the queue before it is
 * played onto the slots there are, and whoever it waits for is followed first. An estimate for people, never a decision.
 */
import { toAgentId, toWorkerId, type TaskId, type WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { spentCaps } from "./caps.ts";
import type { Context } from "./context.ts";
import { capacityOf } from "./capacity.ts";
import { expectedMs, readyInOrder } from "./rank-ready.ts";
import { isEnded, openBlockers } from "./readiness.ts";
import { barrierIn, type Barrier } from "./stages.ts";
import type { State } from "./state.ts";

/** How far down the queue, and how far up the chain of blockers, it is worth guessing. */
const queueMax = 1_000;
const chainMax = 100;

/** Epoch milliseconds; null where it cannot be said: paused, at a cap, held back by a person or an earlier stage, in a cycle, or too far off. */
export function expectedStart(state: State, task: Task, context: Context): number | null {
  if (state.isPaused || isEnded(task) || task.assignment !== null) return null;
  if (spentCaps(state, context).length > 0) return null;
  const forecast = new Forecast(state, context);
  return forecast.startOf(task);
}

class Forecast {
  readonly #state: State;
  readonly #context: Context;
  readonly #queued: ReadonlyMap<TaskId, number>;
  readonly #following = new Set<TaskId>();
  readonly #barrier: Barrier | null;

  constructor(state: State, context: Context) {
    this.#state = state;
    this.#context = context;
    this.#queued = playQueue(state, context);
    this.#barrier = barrierIn(state, context.config);
  }

  startOf(task: Task): number | null {
    if (this.#isHeldBack(task)) return null;
    const queued = this.#queued.get(task.id);
    if (queued !== undefined) return Math.max(queued, task.retryAt ?? 0);
    if (this.#state.ready.has(task.id) || !isWaitingForTasks(task)) return null;
    return this.#afterBlockers(task);
  }

  #isHeldBack({ id }: Task): boolean {
    const { numbering, stages } = this.#state;
    return this.#barrier !== null && stages.isBehind(numbering.find(id), this.#barrier);
  }

  /** A blocked task starts when the last of its blockers has ended. */
  #afterBlockers(task: Task): number | null {
    if (this.#following.has(task.id) || this.#following.size >= chainMax) return null;
    this.#following.add(task.id);
    let latest: number | null = this.#context.now;
    for (const edge of openBlockers(this.#state, task)) {
      const end = this.#endOf(edge.on);
      latest = end === null || latest === null ? null : Math.max(latest, end);
      if (latest === null) break;
    }
    this.#following.delete(task.id);
    return latest;
  }

  #endOf(id: TaskId): number | null {
    const task = this.#state.tasks.get(id);
    if (task === undefined) return null;
    if (task.assignment !== null) {
      const { startedAt, assignedAt } = task.assignment;
      return Math.max(this.#context.now, (startedAt ?? assignedAt) + task.assignment.expectedMs);
    }
    // Its pull request is open: what is left of it is up to people.
    if (task.pull?.state === "open" && task.retryAt === null) return this.#context.now;
    const start = this.startOf(task);
    return start === null ? null : start + expectedMs(task);
  }
}

/** Held back by nothing but the tasks that it waits for. */
function isWaitingForTasks(task: Task): boolean {
  return (
    task.trust !== null &&
    task.pendingReason === null &&
    !task.isHeld &&
    !task.definition.heldByLabel &&
    task.manualReview === null &&
    task.upstreamFailed === null &&
    task.cycle === null
  );
}

/** The instant at which each task of the queue gets a slot, best first, each slot being taken for as long as is expected. */
function playQueue(state: State, context: Context): ReadonlyMap<TaskId, number> {
  const free = slotTimes(state, context);
  const starts = new Map<TaskId, number>();
  if (free.length === 0) return starts;
  for (const entry of readyInOrder(state, context)) {
    const task = state.tasks.get(entry.id);
    if (starts.size >= queueMax || task === undefined) break;
    const at = Math.max(free[0] ?? context.now, task.retryAt ?? 0);
    starts.set(entry.id, at);
    replaceFirst(free, at + expectedMs(task));
  }
  return starts;
}

/** When each slot in use is free, soonest first: after its session, its rest, and the pause of its agent. */
function slotTimes(state: State, context: Context): number[] {
  const times: number[] = [];
  for (const config of context.config.agents) {
    const agent = toAgentId(config.id);
    const from = Math.max(context.now, state.agents.get(agent)?.pausedUntil ?? 0);
    const capacity = capacityOf(state, config);
    for (let slot = 1; slot <= capacity; slot += 1) {
      const worker = toWorkerId(agent, slot);
      if (state.disabledWorkers.has(worker)) continue;
      times.push(Math.max(from, endOfSession(state, worker), state.workers.get(worker)?.restsUntil ?? 0));
    }
  }
  return times.toSorted((a, b) => a - b);
}

function endOfSession(state: State, worker: WorkerId): number {
  const id = state.occupied.get(worker);
  const assignment = id === undefined ? null : (state.tasks.get(id)?.assignment ?? null);
  return assignment === null ? 0 : (assignment.startedAt ?? assignment.assignedAt) + assignment.expectedMs;
}

/** Puts `time` where it belongs in the sorted times, for the first of them. */
function replaceFirst(times: number[], time: number): void {
  times.shift();
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  times.splice(low, 0, time);
}
