/** Records in the order of time of which the oldest fall off: the sessions and completions of the last day. */
import { createTable, draftTable, type Table } from "./table.ts";

export class Ring<Item extends { readonly at: number }> {
  readonly #items: Table<number, Item>;
  /** The number of the oldest record, and the one that the next will get. */
  #first: number;
  #next: number;

  private constructor(items: Table<number, Item>, first: number, next: number) {
    this.#items = items;
    this.#first = first;
    this.#next = next;
  }

  static empty<Item extends { readonly at: number }>(): Ring<Item> {
    return new Ring<Item>(createTable(), 0, 0);
  }

  /** A draft; the ring itself stays as it is. */
  draft(): Ring<Item> {
    return new Ring(
      draftTable(this.#items, (item) => ({ ...item })),
      this.#first,
      this.#next,
    );
  }

  /** Adds the newest record and returns its number. */
  push(item: Item): number {
    this.#items.set(this.#next, item);
    this.#next += 1;
    return this.#next - 1;
  }

  /** The record for mutation; undefined when it has fallen off. */
  own(number: number): Item | undefined {
    return this.#items.own(number);
  }

  get(number: number): Item | undefined {
    return this.#items.get(number);
  }

  /** Takes off and returns the oldest record if it is not newer than `until`; undefined otherwise. */
  shiftUntil(until: number): Item | undefined {
    const oldest = this.#first < this.#next ? this.#items.get(this.#first) : undefined;
    if (oldest === undefined || oldest.at > until) return undefined;
    this.#items.delete(this.#first);
    this.#first += 1;
    return oldest;
  }

  /** Oldest first, as long as they are not newer than `until`. */
  *olderThan(until: number): IterableIterator<Item> {
    for (let number = this.#first; number < this.#next; number += 1) {
      const item = this.#items.get(number);
      if (item === undefined || item.at > until) return;
      yield item;
    }
  }

  /** Newest first, as long as they are newer than `since`. */
  *since(since: number): IterableIterator<Item> {
    for (let number = this.#next - 1; number >= this.#first; number -= 1) {
      const item = this.#items.get(number);
      if (item === undefined || item.at <= since) return;
      yield item;
    }
  }

  /** Oldest first. */
  *[Symbol.iterator](): IterableIterator<Item> {
    for (let number = this.#first; number < this.#next; number += 1) {
      const item = this.#items.get(number);
      if (item !== undefined) yield item;
    }
  }

  /** The newest record. */
  get last(): Item | undefined {
    return this.#first < this.#next ? this.#items.get(this.#next - 1) : undefined;
  }

  /** Lets the oldest fall off until no more than `count` are left. */
  keepLast(count: number): void {
    while (this.size > count) {
      this.#items.delete(this.#first);
      this.#first += 1;
    }
  }

  get first(): number {
    return this.#first;
  }

  get size(): number {
    return this.#next - this.#first;
  }

  /** The ring with these records, the oldest of which has the number `first`. */
  static of<Item extends { readonly at: number }>(first: number, items: readonly Item[]): Ring<Item> {
    const ring = new Ring<Item>(createTable(), first, first);
    for (const item of items) ring.push(item);
    return ring;
  }
}
