/**
 * What one look at the queue has learned: tasks that ask for an agent, a worker or capabilities which nobody free has. Slots only become
 * fewer while work is handed out, so whoever asks for the same need not be matched again, and does not use up `matching.lookAhead`:
 * a thousand tasks for an agent that is off keep nothing from the others.
 */
import type { Wish } from "../matching/fit.ts";
import type { Config } from "../model/config.ts";

type Asked = Pick<Wish, "pinnedAgent" | "pinnedWorker" | "needs" | "costUsd">;

/** So many times `matching.lookAhead` may be passed over in one look: the bound of its work. */
const passedFactor = 10;

export class DeadEnds {
  readonly #known = new Set<string>();

  /** Whether nobody free could take one before it that asked for the same. */
  has(wish: Asked): boolean {
    return this.#known.size > 0 && this.#known.has(askedOf(wish));
  }

  add(wish: Asked): void {
    this.#known.add(askedOf(wish));
  }
}

/** Whether a look is over after so many tasks that were matched in vain, and so many that were passed over. */
export function isLookOver(counts: { readonly tried: number; readonly passed: number }, config: Config): boolean {
  const { lookAhead } = config.matching;
  return counts.tried >= lookAhead || counts.passed >= lookAhead * passedFactor;
}

/** Everything of a wish that may keep free slots from it, as one text. */
export function askedOf({ pinnedAgent, pinnedWorker, needs, costUsd = 0 }: Asked): string {
  if (needs.length === 0 && costUsd === 0) return `${pinnedAgent ?? ""} ${pinnedWorker ?? ""}`;
  const asked = needs.map((need) => need.toLowerCase()).toSorted();
  return JSON.stringify([pinnedAgent, pinnedWorker, costUsd, ...asked]);
}
