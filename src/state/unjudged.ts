/**
 * Which ready tasks are to be judged anew, whether anybody can ever take them: those that something happened to since, and all of them
 * where the configuration says something else of it. It follows every change of the state, the ones that are taken back too, so that
 * the backlog is never searched. Tasks are known by their numbers.
 */
import { Flags } from "./flags.ts";
import type { Ready } from "./ready-queue.ts";

export class Unjudged {
  #key: string | null = null;
  #touched: number[] = [];
  readonly #isTouched = new Flags();
  readonly #watched = new Set<number>();

  /** Something about the task may have changed what it asks for, or whether it is ready. */
  touch(number: number): void {
    if (this.#key === null || number === -1 || this.#isTouched.has(number)) return;
    this.#isTouched.set(number, true);
    this.#touched.push(number);
  }

  /** Whether the task is judged each time, because what it asks for may go without anything happening to it. */
  watch(number: number, isWatched: boolean): void {
    if (isWatched) this.#watched.add(number);
    else this.#watched.delete(number);
  }

  /** Those that are judged each time, as of the last time. */
  watched(): readonly number[] {
    return [...this.#watched];
  }

  /** Those to be judged, who count as judged from then on; all of `ready` where `key`, which stands for the configuration, is another one. */
  take(ready: Ready, key: string): readonly number[] {
    const touched = this.#touched;
    this.#touched = [];
    for (const number of touched) this.#isTouched.set(number, false);
    if (this.#key === key) return this.#watched.size === 0 ? touched : [...new Set([...touched, ...this.#watched])];
    this.#key = key;
    return ready.numbers().slice();
  }
}
