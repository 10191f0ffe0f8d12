/** Those who wait until something is so in the state: asked after every pass. */
import type { State } from "../state/state.ts";

export interface Watched<Found> {
  readonly found: Promise<Found>;
  /** Waits no longer; `found` never resolves then. */
  stop(): void;
}

export class Watchers {
  readonly #watching = new Set<(state: State) => void>();

  /** Resolves with the first that `find` returns that is not null, beginning with the state as it is now, if it is known. */
  until<Found>(now: State | null, find: (state: State) => Found | null): Watched<Found> {
    let resolve: (found: Found) => void = () => undefined;
    const found = new Promise<Found>((settle) => (resolve = settle));
    const look = (state: State): void => {
      const seen = find(state);
      if (seen === null) return;
      this.#watching.delete(look);
      resolve(seen);
    };
    this.#watching.add(look);
    if (now !== null) look(now);
    return { found, stop: () => void this.#watching.delete(look) };
  }

  /** A pass has ended with this state. */
  note(state: State): void {
    for (const look of this.#watching) look(state);
  }
}
