/**
 * What balanced scores are measured on: the highest impact, effort and path over all open tasks, each rounded up to a power of
 * two, so that one completion rarely re-ranks anything. Kept as counts per power, because a maximum alone cannot go down.
 */
import type { Reach } from "./records.ts";
import type { Undoable, UndoLog } from "./undo.ts";

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

export class OpenScale implements Undoable {
  readonly #undo: UndoLog;
  /** Counts per measure and power. */
  readonly #counts = new Int32Array(measures.length * powersMax);

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  /** Counts one open task in (`by` 1) or out (-1). */
  count(reach: Reach, by: 1 | -1): void {
    if (this.#undo.isOn) this.#undo.note(this, reach, by);
    this.#add(0, reach.transitive, by);
    this.#add(1, reach.minutes, by);
    this.#add(2, reach.tailMinutes, by);
  }

  exchange(reach: Reach, by: 1 | -1): number {
    const back = by === 1 ? -1 : 1;
    this.#add(0, reach.transitive, back);
    this.#add(1, reach.minutes, back);
    this.#add(2, reach.tailMinutes, back);
    return back;
  }

  peaks(): Peaks {
    return { transitive: this.#peak(0), minutes: this.#peak(1), tail: this.#peak(2) };
  }

  #add(measure: number, value: number, by: number): void {
    const place = measure * powersMax + powerOf(value);
    this.#counts[place] = (this.#counts[place] ?? 0) + by;
  }

  #peak(measure: number): number {
    for (let power = powersMax - 1; power > 0; power -= 1) {
      if ((this.#counts[measure * powersMax + power] ?? 0) > 0) return 2 ** power;
    }
    return 1;
  }
}

function powerOf(value: number): number {
  return value <= 1 ? 0 : Math.min(powersMax - 1, Math.ceil(Math.log2(value)));
}
