/**
 * The ready tasks in the order of the mode in force: one binary heap a group of tasks that are ranked alike. It
 * follows every change of the state, the ones that are taken back too. Asking for the best few never looks at the rest, and a
 * switch of the mode sorts anew once. Tasks are known by their numbers.
 */
import type { Mode } from "../model/mode.ts";
import type { Placed } from "../ranking/rank.ts";
import { Flags } from "./flags.ts";
import { ReadyHeap, type Rank } from "./ready-heap.ts";

/** How ready tasks are ranked: everything that a change of puts them in another order. */
export interface Ordering {
  /** Equal for equal orderings. */
  readonly key: string;
  /** Which tasks are ranked together, by a mode. */
  readonly modeOf: (number: number) => Mode;
  readonly placeOf: (number: number, mode: Mode) => Placed;
}

/** Which tasks are ready. */
export interface Ready {
  numbers(): readonly number[];
  hasNumber(number: number): boolean;
}

/** Gives the ready tasks of each mode, best first. */
export interface QueueReader {
  /** The rank of the best task of the mode; undefined when there is none. */
  bestRank(mode: Mode): Rank | undefined;
  /** The number of the best task of the mode, which is not given again; -1 when there is none. */
  take(mode: Mode): number;
}

/** Reads the queue and leaves it as it is, so that several may read at the same time. */
class Look implements QueueReader {
  readonly #heapOf: (mode: Mode) => ReadyHeap;
  readonly #read = new Map<Mode, Reading>();

  constructor(heapOf: (mode: Mode) => ReadyHeap) {
    this.#heapOf = heapOf;
  }

  bestRank(mode: Mode): Rank | undefined {
    const { head } = this.#reading(mode);
    return head === undefined ? undefined : this.#heapOf(mode).rankOf(head);
  }

  take(mode: Mode): number {
    const reading = this.#reading(mode);
    const { head } = reading;
    if (head === undefined) return -1;
    reading.head = nextOf(reading.rest);
    return head;
  }

  #reading(mode: Mode): Reading {
    const known = this.#read.get(mode);
    if (known !== undefined) return known;
    const rest = this.#heapOf(mode).inOrder();
    const reading = { rest, head: nextOf(rest) };
    this.#read.set(mode, reading);
    return reading;
  }
}

interface Reading {
  readonly rest: IterableIterator<number>;
  head: number | undefined;
}

function nextOf(numbers: IterableIterator<number>): number | undefined {
  const next = numbers.next();
  return next.done === true ? undefined : next.value;
}

export class ReadyQueue implements QueueReader {
  readonly #idOf: (number: number) => string;
  #key: string | null = null;
  #longest = 0;
  readonly #heaps = new Map<Mode, ReadyHeap>();
  readonly #touched: number[] = [];
  readonly #isTouched = new Flags();

  /** Takes how the id of a number is found. */
  constructor(idOf: (number: number) => string) {
    this.#idOf = idOf;
  }

  /** Something about the task may put it elsewhere, or take it out. */
  touch(number: number): void {
    if (this.#key === null || number === -1 || this.#isTouched.has(number)) return;
    this.#isTouched.set(number, true);
    this.#touched.push(number);
  }

  /** Tells how long the longest path is: where it is another one than before, the tasks that have failed may stand elsewhere. */
  measure(longest: number, failed: Pick<Ready, "numbers">): void {
    if (this.#longest === longest) return;
    this.#longest = longest;
    for (const number of failed.numbers()) this.touch(number);
  }

  /** Makes the queue that of `ready` in this ordering. */
  sync(ready: Ready, ordering: Ordering): void {
    const isSame = this.#key === ordering.key;
    for (const number of this.#touched) {
      this.#isTouched.set(number, false);
      if (isSame) this.#place(number, ready.hasNumber(number), ordering);
    }
    this.#touched.length = 0;
    if (!isSame) this.#build(ready, ordering);
  }

  /** The modes that have ready tasks, in the order of their names. */
  modes(): readonly Mode[] {
    return [...this.#heaps.keys()].filter((mode) => this.#heapOf(mode).size > 0).toSorted();
  }

  /** Reads without changing anything; good until the next `sync` or `take` that does. */
  look(): QueueReader {
    return new Look((mode) => this.#heapOf(mode));
  }

  /**
   * Takes the task out of the queue, for whoever is about to assign it: cheaper than to look at it and to remove it then. It is back
   * with the next `sync`, if it is still ready then.
   */
  take(mode: Mode): number {
    const number = this.#heapOf(mode).take();
    this.touch(number);
    return number;
  }

  bestRank(mode: Mode): Rank | undefined {
    return this.#heapOf(mode).bestRank;
  }

  #build(ready: Ready, ordering: Ordering): void {
    this.#key = ordering.key;
    this.#heaps.clear();
    for (const number of ready.numbers()) {
      const mode = ordering.modeOf(number);
      this.#heapOf(mode).add(number, ordering.placeOf(number, mode));
    }
    for (const heap of this.#heaps.values()) heap.order();
  }

  #place(number: number, isReady: boolean, ordering: Ordering): void {
    const mode = isReady ? ordering.modeOf(number) : undefined;
    for (const [other, heap] of this.#heaps) if (other !== mode) heap.remove(number);
    if (mode !== undefined) this.#heapOf(mode).put(number, ordering.placeOf(number, mode));
  }

  #heapOf(mode: Mode): ReadyHeap {
    const known = this.#heaps.get(mode);
    if (known !== undefined) return known;
    const heap = new ReadyHeap(this.#idOf);
    this.#heaps.set(mode, heap);
    return heap;
  }
}
