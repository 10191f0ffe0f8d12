/** Records in the order of time of which the oldest fall off: the sessions and completions of the last day. */

/** Fallen records are let go of when there are so many, and more of them than of the others. */
const slackMax = 1_024;

/**
 * Each record has a number that only grows. A draft lies over the ring that it was drafted from: it holds what it has added, and
 * copies of what it has owned.
 */
export class Ring<Item extends { readonly at: number }> {
  readonly #below: Ring<Item> | null;
  #items: Item[];
  /** The number of the first of `#items`. */
  #offset: number;
  /** The number of the oldest record that has not fallen off. */
  #first: number;
  #owned: Map<number, Item> | null = null;

  private constructor(below: Ring<Item> | null, items: Item[], numbers: { offset: number; first: number }) {
    this.#below = below;
    this.#items = items;
    this.#offset = numbers.offset;
    this.#first = numbers.first;
  }

  static empty<Item extends { readonly at: number }>(): Ring<Item> {
    return Ring.of<Item>(0, []);
  }

  /** The ring with these records, the oldest of which has the number `first`. */
  static of<Item extends { readonly at: number }>(first: number, items: readonly Item[]): Ring<Item> {
    return new Ring<Item>(null, [...items], { offset: first, first });
  }

  /** A draft; the ring itself stays as it is. */
  draft(): Ring<Item> {
    return new Ring<Item>(this, [], { offset: this.#next, first: this.#first });
  }

  /** Adds the newest record and returns its number. */
  push(item: Item): number {
    this.#items.push(item);
    return this.#next - 1;
  }

  /** The record for mutation; undefined when it has fallen off. */
  own(number: number): Item | undefined {
    const item = this.get(number);
    if (item === undefined || number >= this.#offset || this.#owned?.has(number) === true) return item;
    const copy = { ...item };
    this.#owned ??= new Map();
    this.#owned.set(number, copy);
    return copy;
  }

  get(number: number): Item | undefined {
    if (number < this.#first || number >= this.#next) return undefined;
    if (number >= this.#offset) return this.#items[number - this.#offset];
    return this.#owned?.get(number) ?? this.#below?.get(number);
  }

  /** Takes off and returns the oldest record if it is not newer than `until`; undefined otherwise. */
  shiftUntil(until: number): Item | undefined {
    const oldest = this.get(this.#first);
    if (oldest === undefined || oldest.at > until) return undefined;
    this.#dropTo(this.#first + 1);
    return oldest;
  }

  /** Lets the oldest fall off until no more than `count` are left. */
  keepLast(count: number): void {
    if (this.size > count) this.#dropTo(this.#next - count);
  }

  /** Oldest first, as long as they are not newer than `until`. */
  *olderThan(until: number): IterableIterator<Item> {
    for (let number = this.#first; number < this.#next; number += 1) {
      const item = this.get(number);
      if (item === undefined || item.at > until) return;
      yield item;
    }
  }

  /** Newest first, as long as they are newer than `since`. */
  *since(since: number): IterableIterator<Item> {
    for (let number = this.#next - 1; number >= this.#first; number -= 1) {
      const item = this.get(number);
      if (item === undefined || item.at <= since) return;
      yield item;
    }
  }

  /** Oldest first. */
  *[Symbol.iterator](): IterableIterator<Item> {
    for (let number = this.#first; number < this.#next; number += 1) yield this.get(number) as Item;
  }

  /** The newest record. */
  get last(): Item | undefined {
    return this.get(this.#next - 1);
  }

  get first(): number {
    return this.#first;
  }

  get size(): number {
    return this.#next - this.#first;
  }

  /** The number that the next record will get. */
  get #next(): number {
    return this.#offset + this.#items.length;
  }

  #dropTo(first: number): void {
    this.#first = first;
    const fallen = first - this.#offset;
    if (this.#below !== null || fallen < slackMax || fallen < this.#items.length / 2) return;
    this.#items = this.#items.slice(fallen);
    this.#offset = first;
  }
}
