/**
 * Selected issues that are no tasks for want of room: remembered, so that the oldest of them come in as soon as there is some,
 * without a whole look. A restart finds them again with its first look.
 */
import type { Context } from "../model/context.ts";
import { refusalNow } from "../core/intake.ts";
import type { State } from "../state/state.ts";
import type { TaskId } from "../model/ids.ts";
import type { Observation } from "../model/observation.ts";

/** What lies beyond is found by the next whole look. */
const rememberedMax = 50_000;

export class Outside {
  readonly #issues = new Map<number, TaskId>();

  has(issue: number): boolean {
    return this.#issues.has(issue);
  }

  /**
   * Takes in what a look has found, once it is decided. Returns the number to be told of, after a whole look, with the first one
   * outside and when nobody is left; null when there is nothing to tell.
   */
  note(observation: Observation, state: State): number | null {
    const before = this.#issues.size;
    if (observation.isComplete) this.#issues.clear();
    this.#forget(observation);
    for (const facts of observation.issues) {
      const isOut = facts.selectedBy !== null && facts.state === "open" && !state.tasks.has(facts.id);
      if (!isOut) this.#issues.delete(facts.number);
      else if (this.#issues.size < rememberedMax) this.#issues.set(facts.number, facts.id);
    }
    const { size } = this.#issues;
    return observation.isComplete || (before === 0) !== (size === 0) ? size : null;
  }

  /** What is not there any more, and what cannot be read: it would stand in the way of the others. */
  #forget({ unreadable, gone }: Observation): void {
    for (const { number } of unreadable) this.#issues.delete(number);
    if (gone.length === 0) return;
    const ids = new Set(gone.map(({ id }) => id));
    for (const [number, id] of this.#issues) if (ids.has(id)) this.#issues.delete(number);
  }

  /** Those that there is room for now, the oldest first. */
  admissible(state: State, context: Context): readonly number[] {
    if (this.#issues.size === 0 || refusalNow(state, context) !== null) return [];
    const room = context.config.limits.queue - state.openCount;
    return [...this.#issues.keys()].toSorted((a, b) => a - b).slice(0, room);
  }
}
