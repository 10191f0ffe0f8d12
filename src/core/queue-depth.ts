/** How much work waits: how many tasks are ready, held back or blocked, how long the oldest has been ready. Pure reads of the state. */
import type { TaskId } from "../model/ids.ts";
import type { Context } from "../model/context.ts";
import { leastRoom, startableWithin } from "./held-back.ts";
import { isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { lookBefore } from "../state/transaction.ts";
import { openWorkLimits, roomOf } from "./work-limits.ts";

export interface QueueDepth {
  /** Ready tasks, those in a backoff included. */
  readonly ready: number;
  /** Those of them that an earlier stage or a limit on work in progress keeps from being started, however many workers are free. */
  readonly heldBack: number;
  /** Open tasks that are neither ready nor in hand: they wait for others, for an approval or for a person. */
  readonly blocked: number;
  /** The task that has been ready for longest, and for how long; null when none is ready. */
  readonly oldest: { readonly task: TaskId; readonly waitedMs: number } | null;
  /** `warning` above `alerts.queueDepth` ready tasks that are not held back. */
  readonly health: "ok" | "warning";
}

/** Looks at every ready task and everything in flight: for people who ask. */
export function queueDepthOf(state: State, context: Context): QueueDepth {
  const { now, config } = context;
  const depth = depthOf(state, context);
  return {
    ready: state.ready.size,
    heldBack: state.ready.size - depth,
    blocked: blockedCount(state),
    oldest: oldestReady(state, now),
    health: depth > config.alerts.queueDepth ? "warning" : "ok",
  };
}

/** Ready tasks that are not held back. Looks at what is in flight, and at no more of the backlog than has changed. */
export function depthOf(state: State, context: Context): number {
  return startableWithin(state, context, { room: roomOf(state, context.config) });
}

/** How long that of them has been ready which has been so for longest. Looks at every ready task: for people. */
export function longestWaitMs(state: State, { now, config }: Context): number {
  const limits = openWorkLimits(state, config);
  let first = now;
  for (const number of state.ready.numbers()) {
    const task = state.tasks.at(number);
    if (task === undefined || task.readySince === null || task.readySince >= first) continue;
    if (limits.blocks(task) === null) first = task.readySince;
  }
  return now - first;
}

/** Open tasks that are neither ready nor in hand. Looks at what is in flight. */
export function blockedCount(state: State): number {
  return state.openCount - state.ready.size - inHand(state);
}

/** Open tasks with a session or a pull request, but for those that are ready to be gone on with. */
function inHand(state: State): number {
  let count = 0;
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && !isEnded(task) && !state.ready.has(id)) count += 1;
  }
  return count;
}

/** The task that has been ready for longest. Looks at every ready task. */
export function oldestReady(state: State, now: number): QueueDepth["oldest"] {
  let oldest: { readonly task: TaskId; readonly since: number } | null = null;
  for (const id of state.ready.keys()) {
    const since = state.tasks.get(id)?.readySince ?? null;
    if (since === null) continue;
    if (oldest === null || since < oldest.since || (since === oldest.since && id < oldest.task))
      oldest = { task: id, since };
  }
  return oldest === null ? null : { task: oldest.task, waitedMs: now - oldest.since };
}

/**
 * Ready tasks that the last pass has left over for want of a worker. What becomes ready in this one is not counted: it may find a worker before
 * the pass ends. Nor is what limits hold back now or held back then; of an earlier stage only what it is now is known.
 */
export function leftOver(state: State, context: Context): number {
  return leftOverWithout(state, context, []);
}

/** Those of them that a free worker could take now: not in a backoff. */
export function startable(state: State, context: Context): number {
  const resting: number[] = [];
  for (const number of state.backingOff.numbers()) {
    if ((state.tasks.at(number)?.retryAt ?? 0) > context.now) resting.push(number);
  }
  return leftOverWithout(state, context, resting);
}

function leftOverWithout(state: State, context: Context, aside: readonly number[]): number {
  const { config } = context;
  const before = lookBefore(state, (then) => ({ ready: then.ready.size, room: roomOf(then, config) }));
  const room = leastRoom(roomOf(state, config), before.room);
  return Math.max(0, Math.min(before.ready - aside.length, startableWithin(state, context, { room, aside })));
}
