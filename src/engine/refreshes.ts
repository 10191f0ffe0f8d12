/** The refreshes of this copy of the program: how many there were, and what the last one found. No events: an idle one writes nothing. */
import type { Tally } from "./scout.ts";

export interface Refresh extends Readonly<Tally> {
  /** When the tracker was asked. */
  readonly at: number;
  /** Refreshes since the process began, this one included. */
  readonly count: number;
}

export class Refreshes {
  #last: Refresh | null = null;

  /** The refresh that began at `at` is over, and has changed so much of the backlog. */
  note(at: number, { added, removed, changed }: Readonly<Tally>): Refresh {
    this.#last = { at, count: (this.#last?.count ?? 0) + 1, added, removed, changed };
    return this.#last;
  }

  /** Null before the first one is over. */
  get last(): Refresh | null {
    return this.#last;
  }
}
