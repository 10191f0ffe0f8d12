/** A binary heap whose entries can be found again: for queues in which things change place. */
import { NumberHeap } from "./number-heap.ts";

/** A binary heap that can move and remove any entry by its key, and be read in order without being changed. */
export class IndexedHeap<Key, Value> {
  readonly #compare: (a: Value, b: Value) => number;
  readonly #entries: Entry<Key, Value>[] = [];
  /** Entries know where they are, so that moving one writes no index. */
  readonly #byKey = new Map<Key, Entry<Key, Value>>();

  private constructor(compare: (a: Value, b: Value) => number) {
    this.#compare = compare;
  }

  /** The heap of these entries, whose keys are distinct; linear in their number. `compare` is below 0 when `a` goes first. */
  static of<Key, Value>(
    compare: (a: Value, b: Value) => number,
    entries: readonly (readonly [Key, Value])[],
  ): IndexedHeap<Key, Value> {
    const heap = new IndexedHeap<Key, Value>(compare);
    for (const [key, value] of entries) heap.#append(key, value);
    for (let place = (entries.length >>> 1) - 1; place >= 0; place -= 1) heap.#sink(place);
    return heap;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Adds the entry, or gives the one with this key another value. */
  put(key: Key, value: Value): void {
    const known = this.#byKey.get(key);
    if (known === undefined) {
      this.#rise(this.#append(key, value));
      return;
    }
    known.value = value;
    this.#settle(known.place);
  }

  /** Removes the entry with this key, if there is one. */
  remove(key: Key): void {
    const entry = this.#byKey.get(key);
    const last = entry === undefined ? undefined : this.#entries.pop();
    if (entry === undefined || last === undefined) return;
    this.#byKey.delete(key);
    if (last === entry) return;
    this.#put(last, entry.place);
    this.#settle(last.place);
  }

  /** Best first. Reading the first n of them costs n log n, whatever the size. The heap must not change meanwhile. */
  *inOrder(): IterableIterator<Value> {
    const [first] = this.#entries;
    if (first === undefined) return;
    const open = new NumberHeap((a, b) => this.#compare(this.#valueAt(a), this.#valueAt(b)) < 0);
    open.push(0);
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const left = 2 * place + 1;
      if (left < this.#entries.length) open.push(left);
      if (left + 1 < this.#entries.length) open.push(left + 1);
      yield this.#valueAt(place);
    }
  }

  #append(key: Key, value: Value): number {
    const entry = { key, value, place: this.#entries.length };
    this.#entries.push(entry);
    this.#byKey.set(key, entry);
    return entry.place;
  }

  #valueAt(place: number): Value {
    return (this.#entries[place] as Entry<Key, Value>).value;
  }

  #put(entry: Entry<Key, Value>, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }

  #settle(place: number): void {
    this.#sink(this.#rise(place));
  }

  /** Returns where it ends up. */
  #rise(from: number): number {
    const entry = this.#entries[from] as Entry<Key, Value>;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      const above = this.#entries[parent] as Entry<Key, Value>;
      if (this.#compare(above.value, entry.value) <= 0) break;
      this.#put(above, place);
      place = parent;
    }
    this.#put(entry, place);
    return place;
  }

  #sink(from: number): void {
    const entry = this.#entries[from] as Entry<Key, Value>;
    const size = this.#entries.length;
    let place = from;
    for (let left = 2 * place + 1; left < size; left = 2 * place + 1) {
      const isRight = left + 1 < size && this.#compare(this.#valueAt(left + 1), this.#valueAt(left)) < 0;
      const child = this.#entries[isRight ? left + 1 : left] as Entry<Key, Value>;
      if (this.#compare(entry.value, child.value) <= 0) break;
      const below = child.place;
      this.#put(child, place);
      place = below;
    }
    this.#put(entry, place);
  }
}

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  place: number;
}
