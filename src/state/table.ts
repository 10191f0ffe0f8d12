/**
 * Keyed collections of the state. They own their values, which are mutated in place; while the state notes its changes (undo.ts), a
 * value is copied before it is mutated, so that a change costs what it touches and can be taken back.
 */
import type { Undoable, UndoLog } from "./undo.ts";

export interface Table<Key, Value> {
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  /** The value for mutation, noted as it is now. */
  own(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /** In no order that a decision may depend on: what was taken out and put back may stand elsewhere. */
  keys(): IterableIterator<Key>;
  entries(): IterableIterator<[Key, Value]>;
  readonly size: number;
}

/** The last key that was found is remembered: an event is about one task, which is looked up again and again. */
class MapTable<Key, Value> implements Table<Key, Value>, Undoable {
  readonly #map = new Map<Key, Value>();
  readonly #undo: UndoLog;
  readonly #copy: (value: Value) => Value;
  #lastKey: Key | undefined = undefined;
  #lastValue: Value | undefined = undefined;
  /** The value that was noted last, and the stamp it was noted under. */
  #notedKey: Key | undefined = undefined;
  #notedStamp = -1;

  constructor(undo: UndoLog, copy: (value: Value) => Value) {
    this.#undo = undo;
    this.#copy = copy;
  }

  get(key: Key): Value | undefined {
    if (key === this.#lastKey) return this.#lastValue;
    if (this.#map.size === 0) return undefined;
    const value = this.#map.get(key);
    if (value !== undefined) {
      this.#lastKey = key;
      this.#lastValue = value;
    }
    return value;
  }
  has(key: Key): boolean {
    return this.get(key) !== undefined;
  }
  own(key: Key): Value | undefined {
    const value = this.get(key);
    if (value !== undefined && this.#undo.isOn && !this.#isNoted(key)) this.#undo.note(this, key, this.#copy(value));
    return value;
  }
  set(key: Key, value: Value): void {
    if (this.#undo.isOn) this.#undo.note(this, key, this.get(key));
    this.#put(key, value);
  }
  delete(key: Key): void {
    const value = this.get(key);
    if (value === undefined) return;
    if (this.#undo.isOn) this.#undo.note(this, key, value);
    this.#put(key, undefined);
  }
  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }
  entries(): IterableIterator<[Key, Value]> {
    return this.#map.entries();
  }
  exchange(key: Key, saved: Value | undefined): Value | undefined {
    const value = this.#map.get(key);
    this.#put(key, saved);
    return value;
  }
  get size(): number {
    return this.#map.size;
  }

  #put(key: Key, value: Value | undefined): void {
    if (value === undefined) {
      this.#map.delete(key);
      this.#lastKey = undefined;
    } else {
      this.#map.set(key, value);
      this.#lastKey = key;
    }
    this.#lastValue = value;
  }

  #isNoted(key: Key): boolean {
    if (this.#notedStamp === this.#undo.stamp && this.#notedKey === key) return true;
    this.#notedStamp = this.#undo.stamp;
    this.#notedKey = key;
    return false;
  }
}

const same = <Value>(value: Value): Value => value;

/** An empty table. Values must not be `undefined`. `copy` must copy everything that an owner may mutate. */
export function createTable<Key, Value>(undo: UndoLog, copy: (value: Value) => Value = same): Table<Key, Value> {
  return new MapTable(undo, copy);
}
