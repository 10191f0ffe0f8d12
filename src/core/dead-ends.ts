/**
 * What one look at the queue has learned: tasks that ask for an agent, a worker or capabilities which nobody free has. Slots only become
 * fewer while work is handed out, so whoever asks for the same need not be matched again, and does not use up `matching.lookAhead`:
 * a thousand tasks for an agent that is off keep nothing from the others.
 */
import type { Wish } from "../matching/fit.ts";
import type { AgentId } from "../model/ids.ts";
import type { Config } from "../model/config.ts";

type Asked = Pick<Wish, "pinnedAgent" | "pinnedWorker" | "needs">;

/** Nobody free can take such a task. */
export interface DeadEnd {
  /** Those that could, and are all full. */
  readonly full: readonly AgentId[];
  /** How many such tasks were looked at, the first one included. */
  looked: number;
}

/** So many times `matching.lookAhead` may be passed over in one look: the bound of its work. */
const passedFactor = 10;

export class DeadEnds {
  readonly #known = new Map<string, DeadEnd>();

  find(wish: Wish): DeadEnd | undefined {
    return this.#known.size === 0 ? undefined : this.#known.get(askedOf(wish));
  }

  add(wish: Wish, end: Omit<DeadEnd, "looked">): void {
    this.#known.set(askedOf(wish), { ...end, looked: 1 });
  }
}

/** Whether a look is over after so many tasks that were matched in vain, and so many that were passed over. */
export function isLookOver(counts: { readonly tried: number; readonly passed: number }, config: Config): boolean {
  const { lookAhead } = config.matching;
  return counts.tried >= lookAhead || counts.passed >= lookAhead * passedFactor;
}

/** Everything of a wish that may keep free slots from it, as one text. */
export function askedOf({ pinnedAgent, pinnedWorker, needs }: Asked): string {
  if (needs.length === 0) return `${pinnedAgent ?? ""} ${pinnedWorker ?? ""}`;
  const asked = needs.map((need) => need.toLowerCase()).toSorted();
  return JSON.stringify([pinnedAgent, pinnedWorker, ...asked]);
}
