/**
 * What the ranks are measured on, over all open tasks: the highest impact and effort, rounded up to powers of two, so that one
 * completion rarely re-ranks anything, and the longest remaining path as it is. Kept as counts, because a maximum alone cannot go down.
 */
import { NumberHeap } from "../graph/number-heap.ts";
import type { Reach } from "./records.ts";
import type { Undoable, UndoLog } from "./undo.ts";

/** The powers of two that a count or a number of minutes is rounded up to. */
const powersMax = 48;

type Measure = "transitive" | "minutes";
const measures: readonly Measure[] = ["transitive", "minutes"];

/** The highest values: of impact and effort rounded up to powers of two, at least 1. */
export interface Peaks {
  readonly transitive: number;
  readonly minutes: number;
  /** The longest remaining path, minutes; 0 where nothing is open. */
  readonly tail: number;
}

export class OpenScale implements Undoable {
  readonly #undo: UndoLog;
  /** Counts per measure and power. */
  readonly #counts = new Int32Array(measures.length * powersMax);
  /** How many tasks have a path of so many minutes, of every length that is in `#lengths`. */
  readonly #tails = new Map<number, number>();
  /** Longest first; lengths that nobody has any more leave when they come to the top. */
  readonly #lengths = new NumberHeap((one, other) => one > other);

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  /** Counts one open task in (`by` 1) or out (-1). */
  count(reach: Reach, by: 1 | -1): void {
    if (this.#undo.isOn) this.#undo.note(this, reach, by);
    this.#countIn(reach, by);
  }

  exchange(reach: Reach, by: 1 | -1): number {
    const back = by === 1 ? -1 : 1;
    this.#countIn(reach, back);
    return back;
  }

  peaks(): Peaks {
    return { transitive: this.#peak(0), minutes: this.#peak(1), tail: this.#longest() };
  }

  #longest(): number {
    for (let length = this.#lengths.peek(); length !== undefined; length = this.#lengths.peek()) {
      if (this.#tails.get(length) !== 0) return length;
      this.#lengths.pop();
      this.#tails.delete(length);
    }
    return 0;
  }

  #countIn(reach: Reach, by: 1 | -1): void {
    this.#add(0, reach.transitive, by);
    this.#add(1, reach.minutes, by);
    this.#addTail(reach.tailMinutes, by);
  }

  #addTail(minutes: number, by: 1 | -1): void {
    const count = this.#tails.get(minutes);
    if (count === undefined) this.#lengths.push(minutes);
    this.#tails.set(minutes, (count ?? 0) + by);
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
