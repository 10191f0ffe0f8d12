/**
 * How many ready tasks there are of each kind, where stages or limits tell ready tasks apart. Costs nothing until it is asked for first; it
 * then follows every change of the state, the ones that are taken back too, so that the backlog is never searched.
 */
import { Flags } from "./flags.ts";
import type { Ready } from "./ready-queue.ts";

/** What tasks of one kind have in common. */
export interface Kind {
  /** From 1; null for a task without one, and where stages are no barriers. */
  readonly stage: number | null;
  /** Those that a limit counts. */
  readonly labels: readonly string[];
}

/** How ready tasks are told apart. */
export interface Sorting {
  /** Another one where tasks may be of another kind without having changed themselves. */
  readonly key: string;
  readonly kindOf: (number: number) => Kind;
}

interface Counted {
  readonly kind: Kind;
  readonly count: number;
}

export class ReadyKinds {
  #key: string | null = null;
  readonly #touched: number[] = [];
  readonly #isTouched = new Flags();
  /** By the name of a kind: its place in the two lists. */
  readonly #places = new Map<string, number>();
  readonly #kinds: Kind[] = [];
  readonly #counts: number[] = [];
  /** By task number: the place of its kind, from 1; 0 for a task that is not ready. */
  #placeOf: number[] = [];

  /** The task may have become ready, or stopped being so, or be of another kind. */
  touch(number: number): void {
    if (this.#key === null || number === -1 || this.#isTouched.has(number)) return;
    this.#isTouched.set(number, true);
    this.#touched.push(number);
  }

  /** Makes the counts those of `ready`. */
  sync(ready: Ready, sorting: Sorting): void {
    const isSame = this.#key === sorting.key;
    for (const number of this.#touched) {
      this.#isTouched.set(number, false);
      if (isSame) this.#put(number, ready.hasNumber(number) ? this.#find(sorting.kindOf(number)) : 0);
    }
    this.#touched.length = 0;
    if (isSame) return;
    this.rest();
    this.#key = sorting.key;
    for (const number of ready.numbers()) this.#put(number, this.#find(sorting.kindOf(number)));
  }

  /** The counts without the tasks with these numbers, in the order in which the kinds were met; of none of them any may be left. */
  without(numbers: readonly number[]): readonly Counted[] {
    const counts = this.#counts.slice();
    for (const number of numbers) {
      const place = this.#placeOf[number] ?? 0;
      if (place > 0) counts[place - 1] = (counts[place - 1] as number) - 1;
    }
    return this.#kinds.map((kind, place) => ({ kind, count: counts[place] as number }));
  }

  /** Nobody asks any more. */
  rest(): void {
    if (this.#key === null) return;
    this.#key = null;
    for (const number of this.#touched) this.#isTouched.set(number, false);
    this.#touched.length = 0;
    this.#places.clear();
    this.#kinds.length = 0;
    this.#counts.length = 0;
    this.#placeOf = [];
  }

  #put(number: number, place: number): void {
    while (this.#placeOf.length <= number) this.#placeOf.push(0);
    const before = this.#placeOf[number] as number;
    if (before > 0) this.#counts[before - 1] = (this.#counts[before - 1] as number) - 1;
    if (place > 0) this.#counts[place - 1] = (this.#counts[place - 1] as number) + 1;
    this.#placeOf[number] = place;
  }

  #find(kind: Kind): number {
    const name = kind.labels.length === 0 ? String(kind.stage) : JSON.stringify([kind.stage, ...kind.labels]);
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#counts.push(0);
    const place = this.#kinds.push(kind);
    this.#places.set(name, place);
    return place;
  }
}
