/**
 * What balanced scores are measured on: the highest impact, effort and path over all open tasks, each rounded up to a power of
 * two, so that one completion rarely re-ranks anything. Kept as counts per power, because a maximum alone cannot go down.
 */
import type { Reach } from "./records.ts";

/** The powers of two that a count or a number of minutes is rounded up to. */
const powersMax = 48;

type Measure = "transitive" | "minutes" | "tail";
const measures: readonly Measure[] = ["transitive", "minutes", "tail"];

/** The highest values, rounded up to powers of two; at least 1. */
export interface Peaks {
  readonly transitive: number;
  readonly minutes: number;
  readonly tail: number;
}

export class OpenScale {
  readonly #base: OpenScale | null;
  /** Counts per measure and power; in a draft, what it changes of them. Made when first written. */
  #counts: Int32Array | null = null;

  constructor(base: OpenScale | null = null) {
    this.#base = base;
  }

  draft(): OpenScale {
    return new OpenScale(this);
  }

  /** Counts one open task in (`by` 1) or out (-1). */
  count(reach: Reach, by: 1 | -1): void {
    this.#counts ??= new Int32Array(measures.length * powersMax);
    const values = [reach.transitive, reach.minutes, reach.tailMinutes];
    for (let measure = 0; measure < values.length; measure += 1) {
      const place = measure * powersMax + powerOf(values[measure] ?? 0);
      this.#counts[place] = (this.#counts[place] ?? 0) + by;
    }
  }

  peaks(): Peaks {
    return { transitive: this.#peak(0), minutes: this.#peak(1), tail: this.#peak(2) };
  }

  #peak(measure: number): number {
    for (let power = powersMax - 1; power > 0; power -= 1) {
      if (this.#at(measure * powersMax + power) > 0) return 2 ** power;
    }
    return 1;
  }

  #at(place: number): number {
    return (this.#counts?.[place] ?? 0) + (this.#base === null ? 0 : this.#base.#at(place));
  }
}

function powerOf(value: number): number {
  return value <= 1 ? 0 : Math.min(powersMax - 1, Math.ceil(Math.log2(value)));
}
