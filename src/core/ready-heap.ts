/** A binary heap of task numbers by the places that a mode gives them. Any of them can be moved and taken out, because the heap knows where each is. */
import { comparePlaces, type Placed } from "../ranking/rank.ts";

export class ReadyHeap {
  /** Numbers, each before the two at twice its place and one and two more. */
  readonly #heap: number[] = [];
  /** By number: its place in the order, and where in the heap it is, from 1; 0 where it is not. */
  readonly #placed: (Placed | undefined)[] = [];
  readonly #places: number[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** Adds the number, without putting the heap in order: many are added before one `order`. */
  add(number: number, placed: Placed): void {
    while (this.#places.length <= number) {
      this.#places.push(0);
      this.#placed.push(undefined);
    }
    this.#placed[number] = placed;
    this.#places[number] = this.#heap.push(number);
  }

  /** Puts a heap in order to which numbers were only added; linear in their number. */
  order(): void {
    for (let at = (this.#heap.length >>> 1) - 1; at >= 0; at -= 1) this.#sink(at);
  }

  /** Adds the number, or gives it another place. */
  put(number: number, placed: Placed): void {
    const at = this.#find(number);
    if (at === -1) {
      this.add(number, placed);
      this.#rise(this.#heap.length - 1);
      return;
    }
    this.#placed[number] = placed;
    this.#sink(this.#rise(at));
  }

  remove(number: number): void {
    const at = this.#find(number);
    if (at !== -1) this.#takeOut(at);
  }

  /** Takes the best number out and returns it; -1 when there is none. */
  take(): number {
    const [best] = this.#heap;
    if (best === undefined) return -1;
    this.#takeOut(0);
    return best;
  }

  /** The place of the best number; undefined when there is none. */
  peek(): Placed | undefined {
    const [best] = this.#heap;
    return best === undefined ? undefined : this.#placed[best];
  }

  #find(number: number): number {
    return number < this.#places.length ? (this.#places[number] as number) - 1 : -1;
  }

  #takeOut(at: number): void {
    const number = this.#heap[at] as number;
    const last = this.#heap.pop() as number;
    this.#places[number] = 0;
    this.#placed[number] = undefined;
    if (last === number) return;
    this.#set(at, last);
    this.#sink(this.#rise(at));
  }

  #set(at: number, number: number): void {
    this.#heap[at] = number;
    this.#places[number] = at + 1;
  }

  #isBefore(one: number, other: number): boolean {
    return comparePlaces(this.#placed[one] as Placed, this.#placed[other] as Placed) < 0;
  }

  /** Returns where the number ends up. */
  #rise(from: number): number {
    const number = this.#heap[from] as number;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = this.#heap[parent] as number;
      if (!this.#isBefore(number, above)) break;
      this.#set(at, above);
      at = parent;
    }
    this.#set(at, number);
    return at;
  }

  #sink(from: number): void {
    const number = this.#heap[from] as number;
    const size = this.#heap.length;
    let at = from;
    for (let left = 2 * at + 1; left < size; left = 2 * at + 1) {
      const right = left + 1;
      const isRight = right < size && this.#isBefore(this.#heap[right] as number, this.#heap[left] as number);
      const below = isRight ? right : left;
      const child = this.#heap[below] as number;
      if (!this.#isBefore(child, number)) break;
      this.#set(at, child);
      at = below;
    }
    this.#set(at, number);
  }
}
