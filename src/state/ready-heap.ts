/**
 * A binary heap of task numbers by the places that a mode gives them. Any of them can be moved and taken out, because the heap knows where
 * each is. The places are rows of numbers in the order of the heap: what is compared lies side by side, also among a hundred thousand.
 */
import { NumberHeap } from "../graph/number-heap.ts";
import type { Placed } from "../ranking/rank.ts";

/** What of a place is a number, in the order in which it counts; the id is asked for where all of them tie. */
const width = 6;
const firstCapacity = 16;

/** What of a place can be compared with places that another mode has given. */
export type Rank = Pick<Placed, "tier" | "priority">;

export class ReadyHeap {
  readonly #idOf: (number: number) => string;
  /** Task numbers, each before the two at twice its place and one and two more. */
  readonly #numbers: number[] = [];
  /** The row of each, in the same order, and one beyond the last for whoever is on the way. */
  #rows = new Float64Array(firstCapacity * width);
  /** By task number: where in the heap it is, from 1; 0 where it is not. */
  readonly #places: number[] = [];

  /** Takes how the id of a number is found. */
  constructor(idOf: (number: number) => string) {
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#numbers.length;
  }

  /** Adds the number, without putting the heap in order: many are added before one `order`. */
  add(number: number, placed: Placed): void {
    while (this.#places.length <= number) this.#places.push(0);
    const at = this.#numbers.push(number) - 1;
    if (this.#rows.length < (at + 2) * width) this.#grow();
    this.#places[number] = at + 1;
    this.#write(at, placed);
  }

  /** Puts a heap in order to which numbers were only added; linear in their number. */
  order(): void {
    for (let at = (this.#numbers.length >>> 1) - 1; at >= 0; at -= 1) this.#sink(at);
  }

  /** Adds the number, or gives it another place. */
  put(number: number, placed: Placed): void {
    const at = this.#find(number);
    if (at === -1) {
      this.add(number, placed);
      this.#rise(this.#numbers.length - 1);
      return;
    }
    this.#write(at, placed);
    this.#sink(this.#rise(at));
  }

  remove(number: number): void {
    const at = this.#find(number);
    if (at !== -1) this.#takeOut(at);
  }

  /** Takes the best number out and returns it; -1 when there is none. */
  take(): number {
    const [best] = this.#numbers;
    if (best === undefined) return -1;
    this.#takeOut(0);
    return best;
  }

  /** Best first, each found when it is asked for: the first n cost n log n. The heap must not change meanwhile. */
  *inOrder(): IterableIterator<number> {
    if (this.size === 0) return;
    const open = new NumberHeap((one, other) => this.#isBefore(one, this.#numbers[one] as number, other));
    open.push(0);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const left = 2 * at + 1;
      if (left < this.size) open.push(left);
      if (left + 1 < this.size) open.push(left + 1);
      yield this.#numbers[at] as number;
    }
  }

  /** The rank of a number that is in the heap. */
  rankOf(number: number): Rank {
    return this.#rankAt(this.#find(number));
  }

  /** The rank of the best number; undefined when there is none. */
  get bestRank(): Rank | undefined {
    return this.#numbers.length === 0 ? undefined : this.#rankAt(0);
  }

  #rankAt(at: number): Rank {
    const from = at * width;
    return { tier: this.#rows[from] as number, priority: this.#rows[from + 3] as number };
  }

  #find(number: number): number {
    return number < this.#places.length ? (this.#places[number] as number) - 1 : -1;
  }

  #grow(): void {
    const larger = new Float64Array(this.#rows.length * 2);
    larger.set(this.#rows);
    this.#rows = larger;
  }

  #write(at: number, { tier, first, second, priority, created, position }: Placed): void {
    const rows = this.#rows;
    const from = at * width;
    rows[from] = tier;
    rows[from + 1] = first;
    rows[from + 2] = second;
    rows[from + 3] = priority;
    rows[from + 4] = created;
    rows[from + 5] = position;
  }

  #takeOut(at: number): void {
    const number = this.#numbers[at] as number;
    const lastAt = this.#numbers.length - 1;
    const last = this.#numbers.pop() as number;
    this.#places[number] = 0;
    if (last === number) return;
    this.#move(lastAt, at);
    this.#numbers[at] = last;
    this.#places[last] = at + 1;
    this.#sink(this.#rise(at));
  }

  /** Copies the row at `from` to `to`. */
  #move(from: number, to: number): void {
    const rows = this.#rows;
    const source = from * width;
    const target = to * width;
    for (let column = 0; column < width; column += 1) rows[target + column] = rows[source + column] as number;
  }

  /** Puts the number at `from` with its row to `to`. */
  #shift(from: number, to: number): void {
    const number = this.#numbers[from] as number;
    this.#move(from, to);
    this.#numbers[to] = number;
    this.#places[number] = to + 1;
  }

  /** Puts the number that was taken out of the heap, whose row is beyond the last, to `at`. */
  #settle(number: number, at: number): void {
    this.#move(this.#numbers.length, at);
    this.#numbers[at] = number;
    this.#places[number] = at + 1;
  }

  /** Whether the row at `one`, of `number`, goes before that at `other`. */
  #isBefore(one: number, number: number, other: number): boolean {
    const rows = this.#rows;
    const left = one * width;
    const right = other * width;
    for (let column = 0; column < width; column += 1) {
      const a = rows[left + column] as number;
      const b = rows[right + column] as number;
      if (a !== b) return a < b;
    }
    // By code unit: a locale's order would differ between machines.
    return this.#idOf(number) < this.#idOf(this.#numbers[other] as number);
  }

  /** Returns where the number ends up. */
  #rise(from: number): number {
    const number = this.#numbers[from] as number;
    const spare = this.#numbers.length;
    this.#move(from, spare);
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#isBefore(spare, number, parent)) break;
      this.#shift(parent, at);
      at = parent;
    }
    this.#settle(number, at);
    return at;
  }

  #sink(from: number): void {
    const number = this.#numbers[from] as number;
    const size = this.#numbers.length;
    this.#move(from, size);
    let at = from;
    for (let left = 2 * at + 1; left < size; left = 2 * at + 1) {
      const right = left + 1;
      const isRight = right < size && this.#isBefore(right, this.#numbers[right] as number, left);
      const child = isRight ? right : left;
      if (this.#isBefore(size, number, child)) break;
      this.#shift(child, at);
      at = child;
    }
    this.#settle(number, at);
  }
}
