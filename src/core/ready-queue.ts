/**
 * The ready tasks in the order of the mode in force: one binary heap a group of tasks that are ranked alike. It
 * follows every change of the state, the ones that are taken back too. Asking for the best few never looks at the rest, and a
 * switch of the mode sorts anew once.
 */
import type { TaskId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import { comparePlaces, type Placed } from "../ranking/rank.ts";
import { IndexedHeap } from "./indexed-heap.ts";

/** How ready tasks are ranked: everything that a change of puts them in another order. */
export interface Ordering {
  /** Equal for equal orderings. */
  readonly key: string;
  /** Which tasks are ranked together, by a mode. */
  readonly modeOf: (id: TaskId) => Mode;
  readonly placeOf: (id: TaskId, mode: Mode) => Placed<TaskId>;
}

export class ReadyQueue {
  #key: string | null = null;
  readonly #heaps = new Map<Mode, IndexedHeap<TaskId, Placed<TaskId>>>();
  readonly #touched = new Set<TaskId>();

  /** Something about the task may put it elsewhere, or take it out. */
  touch(id: TaskId): void {
    if (this.#key !== null) this.#touched.add(id);
  }

  /** Makes the queue that of `ready` in this ordering. */
  sync(ready: { keys(): Iterable<TaskId>; has(id: TaskId): boolean }, ordering: Ordering): void {
    if (this.#key === ordering.key) {
      for (const id of this.#touched) this.#place(id, ready.has(id), ordering);
      this.#touched.clear();
      return;
    }
    this.#key = ordering.key;
    this.#heaps.clear();
    this.#touched.clear();
    const groups = new Map<Mode, [TaskId, Placed<TaskId>][]>();
    for (const id of ready.keys()) {
      const mode = ordering.modeOf(id);
      const group = groups.get(mode);
      if (group === undefined) groups.set(mode, [[id, ordering.placeOf(id, mode)]]);
      else group.push([id, ordering.placeOf(id, mode)]);
    }
    for (const [mode, group] of groups)
      this.#heaps.set(mode, IndexedHeap.of<TaskId, Placed<TaskId>>(comparePlaces, group));
  }

  /** The modes that have ready tasks, in the order of their names. */
  modes(): readonly Mode[] {
    return [...this.#heaps.keys()].filter((mode) => (this.#heaps.get(mode)?.size ?? 0) > 0).toSorted();
  }

  /** The tasks of one mode, best first, found as they are asked for. */
  best(mode: Mode): IterableIterator<Placed<TaskId>> {
    return this.#heaps.get(mode)?.inOrder() ?? [].values();
  }

  #place(id: TaskId, isReady: boolean, ordering: Ordering): void {
    const mode = isReady ? ordering.modeOf(id) : undefined;
    for (const [other, heap] of this.#heaps) if (other !== mode) heap.remove(id);
    if (mode === undefined) return;
    let heap = this.#heaps.get(mode);
    if (heap === undefined) {
      heap = IndexedHeap.of<TaskId, Placed<TaskId>>(comparePlaces, []);
      this.#heaps.set(mode, heap);
    }
    heap.put(id, ordering.placeOf(id, mode));
  }
}
