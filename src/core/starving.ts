/**
 * A task that has been ready for longer than `ageing.starvingAfter` is starving. Every `ageing.everyNthStart`-th start is offered to these
 * first, the longest wait before the others, so that no mode keeps a task waiting for ever behind better ones that go on coming.
 */
import type { Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { settleReach } from "../state/reach.ts";
import type { Ordering } from "../state/ready-queue.ts";
import type { State } from "../state/state.ts";
import { urgencyWithin } from "./urgency.ts";

/** Whether the next start is offered to starving tasks first; it stays so until one of them could take it. */
export function isTurnOfStarving(state: State, { config }: Context): boolean {
  return state.fence + 1 - state.starvingFence >= config.ageing.everyNthStart;
}

/** The starving tasks, first who has waited for longest. Good until the state changes. */
export function* starvingInOrder(state: State, context: Context): IterableIterator<Task> {
  const { ageing, blockers } = context.config;
  const bound = context.now - ageing.starvingAfter;
  if (!state.waits.mayReachBefore(bound)) return;
  settleReach(state);
  for (const number of state.waits.inOrder(state.ready, byWait(state, blockers.inherit))) {
    const task = state.tasks.at(number);
    if (task === undefined || task.readySince === null || task.readySince >= bound) return;
    yield task;
  }
}

/** How many starving tasks have waited for longer than this one; null where it is not starving. Looks at each of them: for people who ask. */
export function starvingBefore(state: State, task: Task, context: Context): number | null {
  let before = 0;
  for (const { id } of starvingInOrder(state, context)) {
    if (id === task.id) return before;
    before += 1;
  }
  return null;
}

/** Since when a task is ready, then as everywhere: priority, age, number. */
function byWait(state: State, inherits: boolean): Ordering {
  return {
    key: String(inherits),
    modeOf: () => "priority",
    placeOf(number) {
      const task = state.tasks.at(number);
      return {
        tier: 0,
        first: task?.readySince ?? Number.POSITIVE_INFINITY,
        second: 0,
        priority: urgencyWithin(state, number, inherits),
        created: task?.definition.createdAt ?? Number.POSITIVE_INFINITY,
        position: task?.definition.number ?? 0,
        id: state.numbering.keyOf(number),
      };
    },
  };
}
