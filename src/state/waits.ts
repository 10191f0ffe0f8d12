/**
 * The ready tasks by how long they have been ready, whatever the mode. Costs nothing while none can have waited for so long that it
 * matters: until then only the first instant at which any became ready is known.
 */
import { ReadyQueue, type Ordering, type Ready } from "./ready-queue.ts";

export class Waits {
  readonly #queue: ReadyQueue;
  #first = Number.POSITIVE_INFINITY;

  /** Takes how the id of a number is found. */
  constructor(idOf: (number: number) => string) {
    this.#queue = new ReadyQueue(idOf);
  }

  /** A task has been ready since then. Never taken back: an instant that is too early costs a look, one that is too late an answer. */
  note(since: number): void {
    if (since < this.#first) this.#first = since;
  }

  /** The task may have become ready, or stopped being so, or wait more urgently than others that have waited for as long. */
  touch(number: number): void {
    this.#queue.touch(number);
  }

  /** Whether any task may be ready since before `instant`. */
  mayReachBefore(instant: number): boolean {
    return this.#first < instant;
  }

  /** The numbers of `ready`, first who has waited for longest; each found as it is asked for. The state must not change meanwhile. */
  *inOrder(ready: Ready, ordering: Ordering): IterableIterator<number> {
    this.#queue.sync(ready, ordering);
    const reader = this.#queue.look();
    for (const mode of this.#queue.modes()) {
      for (let number = reader.take(mode); number !== -1; number = reader.take(mode)) yield number;
    }
  }
}
