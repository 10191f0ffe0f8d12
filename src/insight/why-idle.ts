/** Why nothing is started: a reason code for each task that could be next, and for those behind it. Silence is a bug. */
import type { Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { askedOf } from "../core/dead-ends.ts";
import { readyInOrder } from "../core/rank-ready.ts";
import { isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { waitingReasons } from "../core/waiting.ts";
import { wishOf } from "../core/wish.ts";

interface IdleTask {
  readonly number: number;
  /** Most telling first. */
  readonly codes: readonly string[];
}

export interface Idleness {
  /** The best ready tasks, then others in the order in which they came; each with its reasons. */
  readonly tasks: readonly IdleTask[];
  /** Open tasks that are not named. */
  readonly more: number;
}

/** At most `max` tasks are named, and few more looked at, however large the backlog is. */
export function whyIdle(state: State, context: Context, max: number): Idleness {
  const tasks: IdleTask[] = [];
  const reasons = new Reasons(state, context);
  const name = (task: Task | undefined): void => {
    if (task === undefined || isEnded(task)) return;
    const codes = reasons.of(task);
    if (codes.length > 0) tasks.push({ number: task.definition.number, codes });
  };
  for (const { number } of readyInOrder(state, context)) {
    if (tasks.length >= max) break;
    name(state.tasks.at(number));
  }
  for (const id of state.tasks.keys()) {
    if (tasks.length >= max) break;
    if (!state.ready.has(id)) name(state.tasks.get(id));
  }
  return { tasks, more: state.openCount - state.occupied.size - tasks.length };
}

/** What is said of those for whom somebody is free; where a task stands, and how long it has waited, matters to it. */
const ownCodes: ReadonlySet<string> = new Set(["next_pass", "look_ahead", "better_worker"]);

/** The reasons of tasks: those of ready ones that ask for the same in vain are found once. */
class Reasons {
  readonly #state: State;
  readonly #context: Context;
  readonly #known = new Map<string, readonly string[]>();

  constructor(state: State, context: Context) {
    this.#state = state;
    this.#context = context;
  }

  of(task: Task): readonly string[] {
    const key = this.#keyOf(task);
    const known = key === null ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const codes = [...new Set(waitingReasons(this.#state, task, this.#context).map((reason) => reason.code))];
    if (key !== null && !codes.some((code) => ownCodes.has(code))) this.#known.set(key, codes);
    return codes;
  }

  /** Everything that the reasons of a ready task follow from which has never been tried; null for others. */
  #keyOf(task: Task): string | null {
    if (task.readySince === null || task.retryAt !== null || task.attempts.length > 0 || task.pull !== null)
      return null;
    const { limits } = this.#context.config;
    const labels = Object.keys(limits.labels).length === 0 ? [] : task.definition.labels;
    const milestone = limits.fairShare ? task.definition.milestone : null;
    const { quickWin } = task.definition;
    return JSON.stringify([askedOf(wishOf(this.#state, task, this.#context)), labels, quickWin, milestone]);
  }
}
