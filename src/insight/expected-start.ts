/**
 * When a waiting task is expected to be started, if everything takes as long as it is expected to: the queue before it is
 * played onto the slots there are, and whoever it waits for is followed first. An estimate for people, never a decision.
 */
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { spentCapOf, spentCaps } from "../core/caps.ts";
import type { Context } from "../model/context.ts";
import { expectedEnd } from "./lanes.ts";
import { QueuePlay, type QueuedStart } from "./play-queue.ts";
import { expectedMs } from "../core/rank-ready.ts";
import { isEnded, isDoubtful, openBlockers } from "../state/readiness.ts";
import { barrierIn, type Barrier } from "../state/stages.ts";
import type { State } from "../state/state.ts";
import { isAtRest } from "../core/stock.ts";

/** How far up the chain of blockers it is worth guessing. */
const chainMax = 100;

/**
 * Epoch milliseconds, by the order of the mode alone: a task may be started sooner because it is starving. Null where it cannot be said:
 * paused, at a cap or beyond one, held back by a person or an earlier stage, in a cycle, too far off, or nobody can ever take it.
 */
export function expectedStart(state: State, task: Task, context: Context): number | null {
  if (isAtRest(state) || isEnded(task) || task.assignment !== null) return null;
  if (spentCaps(state, context).length > 0 || spentCapOf(task, context) !== null) return null;
  const forecast = new Forecast(state, context);
  return forecast.startOf(task);
}

/**
 * The same for several ready tasks at once, with the agent that is expected to take each: the queue is played once. Who is not in it cannot be
 * said.
 */
export function expectedStarts(
  state: State,
  tasks: readonly Task[],
  context: Context,
): ReadonlyMap<TaskId, QueuedStart> {
  if (isAtRest(state) || spentCaps(state, context).length > 0) return new Map();
  const forecast = new Forecast(state, context);
  return new Map(
    tasks.flatMap((task) => {
      const start = forecast.queuedStartOf(task);
      return start === null ? [] : [[task.id, start] as const];
    }),
  );
}

class Forecast {
  readonly #state: State;
  readonly #context: Context;
  readonly #queue: QueuePlay;
  readonly #following = new Set<TaskId>();
  readonly #barrier: Barrier | null;

  constructor(state: State, context: Context) {
    this.#state = state;
    this.#context = context;
    this.#queue = new QueuePlay(state, context);
    this.#barrier = barrierIn(state, context.config);
  }

  startOf(task: Task): number | null {
    if (this.#isHeldBack(task)) return null;
    const queued = this.#queue.startOf(task.id);
    if (queued !== undefined) return queued.at;
    if (this.#state.ready.has(task.id) || !isWaitingForTasks(task)) return null;
    return this.#afterBlockers(task);
  }

  /** As the queue is played; null for a task that does not stand in it. */
  queuedStartOf(task: Task): QueuedStart | null {
    return this.#isHeldBack(task) ? null : (this.#queue.startOf(task.id) ?? null);
  }

  #isHeldBack({ id }: Task): boolean {
    const { numbering, stages } = this.#state;
    return this.#barrier !== null && stages.isBehind(numbering.find(id), this.#barrier);
  }

  /** A blocked task starts when the last of its blockers has ended, and not before anybody who can take it is there. */
  #afterBlockers(task: Task): number | null {
    if (this.#following.has(task.id) || this.#following.size >= chainMax) return null;
    this.#following.add(task.id);
    let latest = this.#queue.firstFor(task);
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
    if (task.assignment !== null) return expectedEnd(task.assignment, this.#context.now);
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
    !isDoubtful(task) &&
    task.split !== "proposed" &&
    task.manualReview === null &&
    task.upstreamFailed === null &&
    task.cycle === null
  );
}
