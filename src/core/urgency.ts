/** How urgent tasks are, and the ready ones in that order, whatever the mode ranks them by: who could make another task give way. */
import type { Priority, Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { priorityOf, reachOf, settleReach } from "../state/reach.ts";
import type { Ordering, Ready } from "../state/ready-queue.ts";
import type { State } from "../state/state.ts";

/** The least urgent priority: a task of it never takes a worker from anybody. */
export const lowestPriority = 5;

/** The task's own priority, or that of the most urgent work that waits for it. */
export function urgencyOf(state: State, task: Task, context: Context): Priority {
  return context.config.blockers.inherit ? (reachOf(state, task.id)?.priority ?? priorityOf(task)) : priorityOf(task);
}

/** The ready tasks that are not of the lowest priority, the most urgent first, then the oldest. Good until the state changes but by events. */
export function* urgentInOrder(state: State, context: Context): IterableIterator<Task> {
  settleReach(state);
  const { inherit } = context.config.blockers;
  const urgencyAt = (number: number): Priority => urgencyWithin(state, number, inherit);
  state.urgent.sync(urgentOf(state.ready, urgencyAt), orderingOf(state, { inherit, urgencyAt }));
  const reader = state.urgent.look();
  for (let number = reader.take("priority"); number !== -1; number = reader.take("priority")) {
    const task = state.tasks.at(number);
    if (task !== undefined) yield task;
  }
}

/** The same for a number, as of the last settled reach. */
export function urgencyWithin(state: State, number: number, inherits: boolean): Priority {
  const inherited = inherits ? state.reach.at(number)?.priority : undefined;
  if (inherited !== undefined) return inherited;
  const task = state.tasks.at(number);
  return task === undefined ? lowestPriority : priorityOf(task);
}

function urgentOf(ready: Ready, urgencyAt: (number: number) => Priority): Ready {
  return {
    numbers: () => ready.numbers().filter((number) => urgencyAt(number) < lowestPriority),
    hasNumber: (number) => ready.hasNumber(number) && urgencyAt(number) < lowestPriority,
  };
}

function orderingOf(
  state: State,
  by: { readonly inherit: boolean; readonly urgencyAt: (number: number) => Priority },
): Ordering {
  return {
    key: String(by.inherit),
    modeOf: () => "priority",
    placeOf(number) {
      const id = state.numbering.keyOf(number);
      const definition = state.tasks.at(number)?.definition;
      const [created, position] = [definition?.createdAt ?? Number.POSITIVE_INFINITY, definition?.number ?? 0];
      const priority = by.urgencyAt(number);
      return { tier: 0, first: priority, second: 0, priority, created, position, id };
    },
  };
}
