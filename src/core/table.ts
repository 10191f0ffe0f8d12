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
  readonly size: number;
}

export function createTable<Key, Value>(): Table<Key, Value> {
  const map = new Map<Key, Value>();
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    own: (key) => map.get(key),
    set: (key, value) => void map.set(key, value),
    delete: (key) => void map.delete(key),
    keys: () => map.keys(),
    entries: () => map.entries(),
    get size() {
      return map.size;
    },
  };
}

/** A draft over `base`. `copy` must copy everything that an owner may mutate. */
export function draftTable<Key, Value>(base: Table<Key, Value>, copy: (value: Value) => Value): Table<Key, Value> {
  const written = new Map<Key, Value>();
  const removed = new Set<Key>();
  let sizeDelta = 0;

  function get(key: Key): Value | undefined {
    if (written.has(key)) return written.get(key);
    return removed.has(key) ? undefined : base.get(key);
  }
  function has(key: Key): boolean {
    return written.has(key) || (!removed.has(key) && base.has(key));
  }
  function set(key: Key, value: Value): void {
    if (!has(key)) sizeDelta += 1;
    removed.delete(key);
    written.set(key, value);
  }
  function* entries(): IterableIterator<[Key, Value]> {
    for (const [key, value] of base.entries()) {
      if (removed.has(key)) continue;
      const own = written.get(key);
      yield [key, own ?? value];
    }
    for (const [key, value] of written) if (!base.has(key)) yield [key, value];
  }

  return {
    get,
    has,
    set,
    entries,
    own(key) {
      const own = written.get(key);
      if (own !== undefined || removed.has(key)) return own;
      const inherited = base.get(key);
      if (inherited === undefined) return undefined;
      const copied = copy(inherited);
      written.set(key, copied);
      return copied;
    },
    delete(key) {
      if (!has(key)) return;
      sizeDelta -= 1;
      written.delete(key);
      removed.add(key);
    },
    *keys() {
      for (const [key] of entries()) yield key;
    },
    get size() {
      return base.size + sizeDelta;
    },
  };
}
