/** A table by issue number. These are dense, so a list with gaps takes a tenth of the memory of a map. */
import type { Table } from "./table.ts";
import type { Undoable, UndoLog } from "./undo.ts";

/** Keys are whole numbers from 0. Iterates in their order. */
export class NumberTable<Value> implements Table<number, Value>, Undoable {
  readonly #undo: UndoLog;
  readonly #values: (Value | undefined)[] = [];
  #size = 0;

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  get size(): number {
    return this.#size;
  }

  get(key: number): Value | undefined {
    return this.#values[key];
  }

  has(key: number): boolean {
    return this.#values[key] !== undefined;
  }

  own(key: number): Value | undefined {
    return this.#values[key];
  }

  set(key: number, value: Value): void {
    this.#note(key);
    this.#put(key, value);
  }

  delete(key: number): void {
    if (!this.has(key)) return;
    this.#note(key);
    this.#put(key, undefined);
  }

  *keys(): IterableIterator<number> {
    for (const [key] of this.entries()) yield key;
  }

  *entries(): IterableIterator<[number, Value]> {
    for (const key of Object.keys(this.#values)) {
      const value = this.#values[Number(key)];
      if (value !== undefined) yield [Number(key), value];
    }
  }

  exchange(key: number, saved: Value | undefined): Value | undefined {
    const value = this.#values[key];
    this.#put(key, saved);
    return value;
  }

  #note(key: number): void {
    if (this.#undo.isOn) this.#undo.note(this, key, this.#values[key]);
  }

  #put(key: number, value: Value | undefined): void {
    if (this.has(key) !== (value !== undefined)) this.#size += value === undefined ? -1 : 1;
    this.#values[key] = value;
  }
}
