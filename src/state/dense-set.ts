/** Sets of tasks over the numbers that tables of tasks share: in and out cost nothing but a place in a list, whatever the size. */
import type { Numbering } from "./dense-table.ts";
import { Flags } from "./flags.ts";
import type { Table } from "./table.ts";
import type { Undoable, UndoLog } from "./undo.ts";

/** How a set is kept: changes are noted, and whoever follows them is told of those that are taken back or brought back. */
interface Care {
  readonly undo: UndoLog;
  readonly onExchange?: (number: number) => void;
}

/** Iterates in no order that anybody may depend on: who leaves is replaced by the last. */
export class DenseSet<Key extends string> implements Table<Key, true>, Undoable {
  readonly #numbering: Numbering<Key>;
  readonly #undo: UndoLog;
  readonly #onExchange: ((number: number) => void) | undefined;
  readonly #members: number[] = [];
  readonly #isIn = new Flags();
  /** Where each member stands among them; of others it says nothing. */
  readonly #places: number[] = [];

  constructor(numbering: Numbering<Key>, { undo, onExchange }: Care) {
    this.#numbering = numbering;
    this.#undo = undo;
    this.#onExchange = onExchange;
  }

  get size(): number {
    return this.#members.length;
  }

  has(key: Key): boolean {
    const number = this.#numbering.find(key);
    return number !== -1 && this.hasNumber(number);
  }

  hasNumber(number: number): boolean {
    return this.#isIn.has(number);
  }

  get(key: Key): true | undefined {
    return this.has(key) ? true : undefined;
  }

  own(key: Key): true | undefined {
    return this.get(key);
  }

  set(key: Key, _isIn: true): void {
    this.mark(this.#numbering.number(key), true);
  }

  delete(key: Key): void {
    const number = this.#numbering.find(key);
    if (number !== -1) this.mark(number, false);
  }

  /** Puts the key with this number in, or takes it out. */
  mark(number: number, isIn: boolean): void {
    if (this.hasNumber(number) === isIn) return;
    if (this.#undo.isOn) this.#undo.note(this, number, !isIn);
    this.#put(number, isIn);
  }

  /** The numbers of all that are in; not to be gone through while any is put in or taken out. */
  numbers(): readonly number[] {
    return this.#members;
  }

  /** Of those that are in when it is asked for: whoever goes through them may take them out. */
  *keys(): IterableIterator<Key> {
    for (const number of this.#members.slice()) yield this.#numbering.keyOf(number);
  }

  *entries(): IterableIterator<[Key, true]> {
    for (const number of this.#members.slice()) yield [this.#numbering.keyOf(number), true];
  }

  exchange(number: number, isIn: boolean): boolean {
    this.#put(number, isIn);
    this.#onExchange?.(number);
    return !isIn;
  }

  #put(number: number, isIn: boolean): void {
    const members = this.#members;
    const places = this.#places;
    this.#isIn.set(number, isIn);
    if (isIn) {
      while (places.length <= number) places.push(0);
      places[number] = members.push(number) - 1;
      return;
    }
    const place = places[number] as number;
    const last = members.pop() as number;
    if (last === number) return;
    members[place] = last;
    places[last] = place;
  }
}
