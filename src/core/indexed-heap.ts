/** A binary heap that can move and remove any entry by its key, and be read in order without being changed. */
export class IndexedHeap<Key, Value> {
  readonly #compare: (a: Value, b: Value) => number;
  readonly #keys: Key[] = [];
  readonly #values: Value[] = [];
  readonly #places = new Map<Key, number>();

  private constructor(compare: (a: Value, b: Value) => number) {
    this.#compare = compare;
  }

  /** The heap of these entries, whose keys are distinct; linear in their number. `compare` is below 0 when `a` goes first. */
  static of<Key, Value>(
    compare: (a: Value, b: Value) => number,
    entries: readonly (readonly [Key, Value])[],
  ): IndexedHeap<Key, Value> {
    const heap = new IndexedHeap<Key, Value>(compare);
    for (const [key, value] of entries) {
      heap.#places.set(key, heap.#keys.length);
      heap.#keys.push(key);
      heap.#values.push(value);
    }
    for (let place = (entries.length >>> 1) - 1; place >= 0; place -= 1) heap.#sink(place);
    return heap;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Adds the entry, or gives the one with this key another value. */
  put(key: Key, value: Value): void {
    const known = this.#places.get(key);
    if (known !== undefined) {
      this.#values[known] = value;
      this.#settle(known);
      return;
    }
    this.#keys.push(key);
    this.#values.push(value);
    this.#places.set(key, this.#keys.length - 1);
    this.#rise(this.#keys.length - 1);
  }

  /** Removes the entry with this key, if there is one. */
  remove(key: Key): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    const last = this.#keys.length - 1;
    if (place !== last) this.#swap(place, last);
    this.#keys.pop();
    this.#values.pop();
    this.#places.delete(key);
    if (place !== last) this.#settle(place);
  }

  /** Best first. Reading the first n of them costs n log n, whatever the size. The heap must not change meanwhile. */
  *inOrder(): IterableIterator<Value> {
    if (this.#keys.length === 0) return;
    const places = new PlaceHeap((a, b) => this.#compare(this.#values[a] as Value, this.#values[b] as Value));
    places.push(0);
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      for (const child of [2 * place + 1, 2 * place + 2]) if (child < this.#keys.length) places.push(child);
      yield this.#values[place] as Value;
    }
  }

  #settle(place: number): void {
    this.#rise(place);
    this.#sink(place);
  }

  #rise(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (this.#isOrdered(parent, place)) return;
      this.#swap(parent, place);
      place = parent;
    }
  }

  #sink(from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#keys.length) return;
      const right = left + 1;
      const child = right < this.#keys.length && !this.#isOrdered(left, right) ? right : left;
      if (this.#isOrdered(place, child)) return;
      this.#swap(place, child);
      place = child;
    }
  }

  #isOrdered(a: number, b: number): boolean {
    return this.#compare(this.#values[a] as Value, this.#values[b] as Value) <= 0;
  }

  #swap(a: number, b: number): void {
    const [key, value] = [this.#keys[a] as Key, this.#values[a] as Value];
    this.#keys[a] = this.#keys[b] as Key;
    this.#values[a] = this.#values[b] as Value;
    this.#keys[b] = key;
    this.#values[b] = value;
    this.#places.set(this.#keys[a] as Key, a);
    this.#places.set(key, b);
  }
}

/** A small heap of places in another heap. */
class PlaceHeap {
  readonly #compare: (a: number, b: number) => number;
  readonly #places: number[] = [];

  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  push(place: number): void {
    const places = this.#places;
    places.push(place);
    let at = places.length - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#compare(places[parent] as number, places[at] as number) <= 0) return;
      [places[parent], places[at]] = [places[at] as number, places[parent] as number];
      at = parent;
    }
  }

  pop(): number | undefined {
    const places = this.#places;
    const top = places[0];
    const last = places.pop();
    if (top === undefined || last === undefined || places.length === 0) return top;
    places[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= places.length) return top;
      const right = left + 1;
      const isRight = right < places.length && this.#compare(places[right] as number, places[left] as number) < 0;
      const child = isRight ? right : left;
      if (this.#compare(places[at] as number, places[child] as number) <= 0) return top;
      [places[at], places[child]] = [places[child] as number, places[at] as number];
      at = child;
    }
  }
}
