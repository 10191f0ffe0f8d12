/** A decision in the making: events so far, and the state in which they have already happened. */
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "./context.ts";
import { evolve } from "./evolve.ts";
import type { State } from "./state.ts";

export interface Decision {
  /** The state as it is after the events so far. */
  readonly state: State;
  readonly context: Context;
  readonly events: readonly Event[];
  emit(event: Event): void;
}

/** Told of each event when it has been folded. */
export type EventListener = (event: Event) => void;

/** Opens a decision, whose events are folded into `state` as they are emitted. */
export function openDecision(state: State, context: Context, onEvent?: EventListener): Decision {
  state.at = context.now;
  const events: Event[] = [];
  return {
    state,
    context,
    events,
    emit(event) {
      events.push(event);
      evolve(state, event);
      onEvent?.(event);
    },
  };
}

export type AssignedTask = Task & { assignment: NonNullable<Task["assignment"]> };

/** The task, when it has a live assignment of exactly this fence. A report with another fence changes nothing. */
export function fencedTask(state: State, id: TaskId, fence: number): AssignedTask | null {
  const task = state.tasks.get(id);
  if (task === undefined || task.assignment === null || task.assignment.fence !== fence) return null;
  return task as AssignedTask;
}
