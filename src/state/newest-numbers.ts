/** The newest few of a row of numbers: a number that is noted takes the place of the oldest, and nothing is copied or moved for it. */
import type { Undoable, UndoLog } from "./undo.ts";

export class NewestNumbers implements Undoable {
  readonly #undo: UndoLog;
  /** By how many had been noted before, modulo how many are kept. */
  readonly #values: Float64Array;
  #noted = 0;
  /** What `sorted` has found; a thousand may ask before the next number comes. */
  #sorted: Float64Array | null = null;

  /** Keeps the newest `max`, of which `values` are there already, oldest first. */
  constructor(undo: UndoLog, max: number, values: readonly number[] = []) {
    this.#undo = undo;
    this.#values = new Float64Array(max);
    for (const value of values) this.#put(value);
  }

  note(value: number): void {
    if (this.#undo.isOn) this.#undo.note(this, this.#noted, this.#values[this.#place(this.#noted)]);
    this.#put(value);
  }

  /** Oldest first; another list each time. */
  list(): readonly number[] {
    const list: number[] = [];
    for (let noted = this.#noted - this.size; noted < this.#noted; noted += 1) {
      list.push(this.#values[this.#place(noted)] as number);
    }
    return list;
  }

  /** Lowest first. */
  sorted(): Float64Array {
    // The order in the row does not matter, so its beginning is enough, wherever the oldest stands.
    this.#sorted ??= this.#values.slice(0, this.size).sort();
    return this.#sorted;
  }

  /** As a list in a snapshot. */
  toJSON(): readonly number[] {
    return this.list();
  }

  get size(): number {
    return Math.min(this.#noted, this.#values.length);
  }

  /** Takes back, or brings back, the number that was noted when `noted` had been before it. */
  exchange(noted: number, saved: number): number {
    const place = this.#place(noted);
    const value = this.#values[place] as number;
    this.#values[place] = saved;
    this.#noted = this.#noted === noted ? noted + 1 : noted;
    this.#sorted = null;
    return value;
  }

  #put(value: number): void {
    this.#values[this.#place(this.#noted)] = value;
    this.#noted += 1;
    this.#sorted = null;
  }

  #place(noted: number): number {
    return noted % this.#values.length;
  }
}
