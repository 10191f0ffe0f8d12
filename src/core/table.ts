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

/** The last key that was found is remembered: an event is about one task, which is looked up again and again. */
class BaseTable<Key, Value> implements Table<Key, Value> {
  readonly #map = new Map<Key, Value>();
  #lastKey: Key | undefined = undefined;
  #lastValue: Value | undefined = undefined;

  get(key: Key): Value | undefined {
    if (key === this.#lastKey) return this.#lastValue;
    const value = this.#map.get(key);
    if (value !== undefined) {
      this.#lastKey = key;
      this.#lastValue = value;
    }
    return value;
  }
  has(key: Key): boolean {
    return key === this.#lastKey || (this.#map.size > 0 && this.#map.has(key));
  }
  own(key: Key): Value | undefined {
    return this.get(key);
  }
  set(key: Key, value: Value): void {
    this.#map.set(key, value);
    this.#lastKey = key;
    this.#lastValue = value;
  }
  delete(key: Key): void {
    if (this.#map.size === 0) return;
    this.#map.delete(key);
    this.#lastKey = undefined;
    this.#lastValue = undefined;
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

/** What a draft has done with one key: written it, or taken it away. */
const removed = Symbol("removed");

/**
 * What is written is kept in two short lists, because most drafts of most tables write nothing or next to nothing, and looking
 * through a few keys costs less than a map does to make; a map takes over when there are many.
 */
class DraftTable<Key, Value> implements Table<Key, Value> {
  readonly #base: Table<Key, Value>;
  readonly #copy: (value: Value) => Value;
  #keys: Key[] | null = null;
  #values: (Value | typeof removed)[] | null = null;
  #places: Map<Key, number> | null = null;
  #sizeDelta = 0;

  constructor(base: Table<Key, Value>, copy: (value: Value) => Value) {
    this.#base = base;
    this.#copy = copy;
  }

  get(key: Key): Value | undefined {
    if (this.#keys === null) return this.#base.get(key);
    const place = this.#placeOf(key);
    if (place === -1) return this.#base.get(key);
    const own = this.#at(place);
    return own === removed ? undefined : own;
  }
  has(key: Key): boolean {
    if (this.#keys === null) return this.#base.has(key);
    const place = this.#placeOf(key);
    return place === -1 ? this.#base.has(key) : this.#at(place) !== removed;
  }
  own(key: Key): Value | undefined {
    const place = this.#keys === null ? -1 : this.#placeOf(key);
    if (place !== -1) {
      const own = this.#at(place);
      return own === removed ? undefined : own;
    }
    const inherited = this.#base.get(key);
    if (inherited === undefined) return undefined;
    const copied = this.#copy(inherited);
    this.#write(key, copied);
    return copied;
  }
  set(key: Key, value: Value): void {
    if (!this.has(key)) this.#sizeDelta += 1;
    this.#write(key, value);
  }
  delete(key: Key): void {
    if (!this.has(key)) return;
    this.#sizeDelta -= 1;
    this.#write(key, removed);
  }
  *keys(): IterableIterator<Key> {
    for (const [key] of this.entries()) yield key;
  }
  *entries(): IterableIterator<[Key, Value]> {
    for (const entry of this.#base.entries()) {
      const place = this.#placeOf(entry[0]);
      const own = place === -1 ? entry[1] : this.#at(place);
      if (own !== removed) yield place === -1 ? entry : [entry[0], own];
    }
    // What is added meanwhile is come to as well, as in a map.
    for (let place = 0; place < (this.#keys?.length ?? 0); place += 1) {
      const key = this.#keys?.[place] as Key;
      const own = this.#at(place);
      if (own !== removed && !this.#base.has(key)) yield [key, own];
    }
  }
  collectTouched(into: Set<Key>): void {
    this.#base.collectTouched(into);
    if (this.#keys !== null) for (const key of this.#keys) into.add(key);
  }
  get size(): number {
    return this.#base.size + this.#sizeDelta;
  }

  #at(place: number): Value | typeof removed {
    return (this.#values as (Value | typeof removed)[])[place] as Value | typeof removed;
  }

  #placeOf(key: Key): number {
    if (this.#keys === null) return -1;
    if (this.#places !== null) return this.#places.get(key) ?? -1;
    return this.#keys.indexOf(key);
  }

  #write(key: Key, value: Value | typeof removed): void {
    this.#keys ??= [];
    this.#values ??= [];
    const known = this.#placeOf(key);
    if (known !== -1) {
      this.#values[known] = value;
      return;
    }
    this.#keys.push(key);
    this.#values.push(value);
    if (this.#places !== null) this.#places.set(key, this.#keys.length - 1);
    else if (this.#keys.length > shortMax) this.#places = new Map(this.#keys.map((each, place) => [each, place]));
  }
}

/** Up to this many keys are looked through. */
const shortMax = 8;

/** An empty table. Values must not be `undefined`. */
export function createTable<Key, Value>(): Table<Key, Value> {
  return new BaseTable();
}

/** A draft over `base`. `copy` must copy everything that an owner may mutate. */
export function draftTable<Key, Value>(base: Table<Key, Value>, copy: (value: Value) => Value): Table<Key, Value> {
  return new DraftTable(base, copy);
}
