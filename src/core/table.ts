/**
 * Keyed collections of the state, in two kinds with one face: the base, which owns its values and mutates them in place,
 * and the draft, a thin layer over another table that copies a value when it is first owned. A draft costs what it
 * touches; throwing it away undoes everything. That is how a decision sees its own consequences without a copy of the state.
 */
export interface Table<Key, Value> {
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  /** The value for mutation: the base's own, or this draft's copy. */
  own(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  keys(): IterableIterator<Key>;
  entries(): IterableIterator<[Key, Value]>;
  /** Adds to `into` every key that a draft has written or removed; a base has none. */
  collectTouched(into: Set<Key>): void;
  readonly size: number;
}

class BaseTable<Key, Value> implements Table<Key, Value> {
  readonly #map = new Map<Key, Value>();

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }
  has(key: Key): boolean {
    return this.#map.has(key);
  }
  own(key: Key): Value | undefined {
    return this.#map.get(key);
  }
  set(key: Key, value: Value): void {
    this.#map.set(key, value);
  }
  delete(key: Key): void {
    this.#map.delete(key);
  }
  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }
  entries(): IterableIterator<[Key, Value]> {
    return this.#map.entries();
  }
  collectTouched(): void {
    // A base is what drafts are compared with.
  }
  get size(): number {
    return this.#map.size;
  }
}

/** Its maps are made when they are first needed: most drafts of most tables are never written. */
class DraftTable<Key, Value> implements Table<Key, Value> {
  readonly #base: Table<Key, Value>;
  readonly #copy: (value: Value) => Value;
  #written: Map<Key, Value> | null = null;
  #removed: Set<Key> | null = null;
  #sizeDelta = 0;

  constructor(base: Table<Key, Value>, copy: (value: Value) => Value) {
    this.#base = base;
    this.#copy = copy;
  }

  get(key: Key): Value | undefined {
    if (this.#written !== null) {
      const own = this.#written.get(key);
      if (own !== undefined) return own;
    }
    return this.#removed !== null && this.#removed.has(key) ? undefined : this.#base.get(key);
  }
  has(key: Key): boolean {
    if (this.#written !== null && this.#written.has(key)) return true;
    return !(this.#removed !== null && this.#removed.has(key)) && this.#base.has(key);
  }
  own(key: Key): Value | undefined {
    const own = this.#written?.get(key);
    if (own !== undefined) return own;
    if (this.#removed !== null && this.#removed.has(key)) return undefined;
    const inherited = this.#base.get(key);
    if (inherited === undefined) return undefined;
    const copied = this.#copy(inherited);
    this.#write(key, copied);
    return copied;
  }
  set(key: Key, value: Value): void {
    if (!this.has(key)) this.#sizeDelta += 1;
    this.#removed?.delete(key);
    this.#write(key, value);
  }
  delete(key: Key): void {
    if (!this.has(key)) return;
    this.#sizeDelta -= 1;
    this.#written?.delete(key);
    this.#removed ??= new Set();
    this.#removed.add(key);
  }
  *keys(): IterableIterator<Key> {
    for (const [key] of this.entries()) yield key;
  }
  *entries(): IterableIterator<[Key, Value]> {
    for (const entry of this.#base.entries()) {
      if (this.#removed?.has(entry[0]) === true) continue;
      const own = this.#written?.get(entry[0]);
      yield own === undefined ? entry : [entry[0], own];
    }
    if (this.#written === null) return;
    for (const entry of this.#written) if (!this.#base.has(entry[0])) yield entry;
  }
  collectTouched(into: Set<Key>): void {
    this.#base.collectTouched(into);
    if (this.#written !== null) for (const key of this.#written.keys()) into.add(key);
    if (this.#removed !== null) for (const key of this.#removed) into.add(key);
  }
  get size(): number {
    return this.#base.size + this.#sizeDelta;
  }

  #write(key: Key, value: Value): void {
    this.#written ??= new Map();
    this.#written.set(key, value);
  }
}

/** An empty table. Values must not be `undefined`. */
export function createTable<Key, Value>(): Table<Key, Value> {
  return new BaseTable();
}

/** A draft over `base`. `copy` must copy everything that an owner may mutate. */
export function draftTable<Key, Value>(base: Table<Key, Value>, copy: (value: Value) => Value): Table<Key, Value> {
  return new DraftTable(base, copy);
}
