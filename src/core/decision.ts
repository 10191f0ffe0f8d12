/** A decision in the making: events so far, and the state in which they have already happened. */
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { evolve } from "./evolve.ts";
import type { State } from "../state/state.ts";

/** Told of each event when it has been folded. */
export type EventListener = (event: Event) => void;

/** What a decision is made on and where its events go. */
interface Ground {
  /** The state as it is after the events so far. */
  readonly state: State;
  readonly events: Event[];
  readonly onEvent: EventListener | undefined;
}

export class Decision {
  readonly context: Context;
  readonly #ground: Ground;

  constructor(ground: Ground, context: Context) {
    this.context = context;
    this.#ground = ground;
  }

  get state(): State {
    return this.#ground.state;
  }

  get events(): readonly Event[] {
    return this.#ground.events;
  }

  /** Folds the event into the state. */
  emit(event: Event): void {
    const { state, events, onEvent } = this.#ground;
    events.push(event);
    evolve(state, event);
    onEvent?.(event);
  }

  /** The same decision, by another context. */
  under(context: Context): Decision {
    return new Decision(this.#ground, context);
  }
}

/** Opens a decision, whose events are folded into `state` as they are emitted. */
export function openDecision(state: State, context: Context, onEvent?: EventListener): Decision {
  state.at = context.now;
  return new Decision({ state, events: [], onEvent }, context);
}

export type AssignedTask = Task & { assignment: NonNullable<Task["assignment"]> };

/** The task, when it has a live assignment of exactly this fence. A report with another fence changes nothing. */
export function fencedTask(state: State, id: TaskId, fence: number): AssignedTask | null {
  const task = state.tasks.get(id);
  if (task === undefined || task.assignment === null || task.assignment.fence !== fence) return null;
  return task as AssignedTask;
}
