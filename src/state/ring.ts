/** Records in the order of time of which the oldest fall off: the sessions and completions of the last day. */
import { PlainList, type RecordList } from "./packed-list.ts";
import type { Undoable, UndoLog } from "./undo.ts";

/** Fallen records are let go of when there are so many, and more of them than of the others. */
const slackMax = 1_024;

/** What a change of the ring was, where it was not that of a record: then the key is its number. */
const pushed = "pushed";
const fallen = "fallen";

/** Each record has a number that only grows. */
export class Ring<Item extends { readonly at: number }> implements Undoable {
  readonly #undo: UndoLog;
  readonly #items: RecordList<Item>;
  /** The number of the first of `#items`. */
  #offset = 0;
  /** The number of the oldest record that has not fallen off. */
  #first = 0;

  constructor(undo: UndoLog, items: RecordList<Item> = new PlainList()) {
    this.#undo = undo;
    this.#items = items;
  }

  /** Makes the ring one of these records, the oldest of which has the number `first`. Cannot be taken back. */
  fill(first: number, items: readonly Item[]): void {
    this.#items.drop(this.#items.length);
    for (const item of items) this.#items.push(item);
    this.#offset = first;
    this.#first = first;
  }

  /** Adds the newest record and returns its number. */
  push(item: Item): number {
    // Noted last: what the list notes itself, ids that are new to it, has to be there when the record comes back.
    this.#items.push(item);
    if (this.#undo.isOn) this.#undo.note(this, pushed, undefined);
    return this.#next - 1;
  }

  /** Puts another record in the place of one that has not fallen off. */
  replace(number: number, item: Item): void {
    const before = this.get(number);
    this.#items.set(number - this.#offset, item);
    if (this.#undo.isOn) this.#undo.note(this, number, before);
  }

  get(number: number): Item | undefined {
    return number < this.#first || number >= this.#next ? undefined : this.#items.at(number - this.#offset);
  }

  /** Takes off and returns the oldest record if it is not newer than `until`; undefined otherwise. */
  shiftUntil(until: number): Item | undefined {
    if (!this.isOlderThan(until)) return undefined;
    const oldest = this.get(this.#first);
    this.#dropTo(this.#first + 1);
    return oldest;
  }

  /** Lets the oldest fall off until no more than `count` are left. */
  keepLast(count: number): void {
    if (this.size > count) this.#dropTo(this.#next - count);
  }

  /** Lets go of what has fallen off. Not while a change may be taken back. */
  compact(): void {
    const gone = this.#first - this.#offset;
    if (gone < slackMax || gone < this.#items.length / 2) return;
    this.#items.drop(gone);
    this.#offset = this.#first;
  }

  /** Whether the oldest record is not newer than `until`. */
  isOlderThan(until: number): boolean {
    return this.size > 0 && this.#items.instantAt(this.#first - this.#offset) <= until;
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

  exchange(key: number | typeof pushed | typeof fallen, saved: unknown): unknown {
    if (key === pushed) return this.#exchangeLast(saved as Item | undefined);
    if (key === fallen) {
      const first = this.#first;
      this.#first = saved as number;
      return first;
    }
    const item = this.#items.at(key - this.#offset);
    this.#items.set(key - this.#offset, saved as Item);
    return item;
  }

  /** The newest record. */
  get last(): Item | undefined {
    return this.get(this.#next - 1);
  }

  /** The oldest record that has not fallen off. */
  get oldest(): Item | undefined {
    return this.get(this.#first);
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

  #exchangeLast(saved: Item | undefined): Item | undefined {
    if (saved === undefined) return this.#items.pop();
    this.#items.push(saved);
    return undefined;
  }

  #dropTo(first: number): void {
    if (this.#undo.isOn) this.#undo.note(this, fallen, this.#first);
    this.#first = first;
    if (!this.#undo.isOn) this.compact();
  }
}
