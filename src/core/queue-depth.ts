/** How much work waits: how many tasks are ready or blocked, how long the oldest has been ready. Pure reads of the state. */
import type { TaskId } from "../model/ids.ts";
import type { Context } from "./context.ts";
import { isEnded } from "./readiness.ts";
import type { State } from "./state.ts";
import { lookBefore } from "./transaction.ts";

export interface QueueDepth {
  /** Tasks that could start now, those in a backoff included. */
  readonly ready: number;
  /** Open tasks that are neither ready nor in hand: they wait for others, for an approval or for a person. */
  readonly blocked: number;
  /** The task that has been ready for longest, and for how long; null when none is ready. */
  readonly oldest: { readonly task: TaskId; readonly waitedMs: number } | null;
  /** `warning` above `alerts.queueDepth` ready tasks. */
  readonly health: "ok" | "warning";
}

/** Looks at every ready task and everything in flight: for people who ask, and once when the queue becomes too long. */
export function queueDepthOf(state: State, { now, config }: Context): QueueDepth {
  return {
    ready: state.ready.size,
    blocked: state.openCount - state.ready.size - inHand(state),
    oldest: oldestReady(state, now),
    health: state.ready.size > config.alerts.queueDepth ? "warning" : "ok",
  };
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

function oldestReady(state: State, now: number): QueueDepth["oldest"] {
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
 * Ready tasks that the last pass has left over. What becomes ready in this one is not counted: it may find a worker before
 * the pass ends.
 */
export function leftOver(state: State): number {
  return Math.min(
    state.ready.size,
    lookBefore(state, (before) => before.ready.size),
  );
}

/** Those of them that a free worker could take now: not in a backoff. */
export function startable(state: State, now: number): number {
  let resting = 0;
  for (const id of state.backingOff.keys()) if ((state.tasks.get(id)?.retryAt ?? 0) > now) resting += 1;
  return Math.max(0, leftOver(state) - resting);
}
