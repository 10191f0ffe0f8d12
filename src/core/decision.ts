/** A decision in the making: events so far, and a draft in which they have already happened. */
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "./context.ts";
import { evolve } from "./evolve.ts";
import { draftState, type State } from "./state.ts";

export interface Decision {
  /** The state as it will be after the events so far. */
  readonly state: State;
  readonly context: Context;
  readonly events: readonly Event[];
  emit(event: Event): void;
}

/** Opens a decision on `state`, which stays as it is. */
export function openDecision(state: State, context: Context): Decision {
  const draft = draftState(state);
  draft.at = context.now;
  const events: Event[] = [];
  return {
    state: draft,
    context,
    events,
    emit(event) {
      events.push(event);
      evolve(draft, event);
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
