/**
 * What was there before each change of a state, so that a decision that is given up leaves no trace, and one that was taken back
 * while it is being written can be brought in force again. Taking back and bringing back are the same walk: every step swaps.
 */

/** Something that a state holds and that can be put back. */
export interface Undoable {
  /** Puts `saved` where `key` says, and returns what was there: given back to it, that undoes the undoing. */
  exchange(key: unknown, saved: unknown): unknown;
}

export class UndoLog {
  /** Whether changes are noted: from the first mark on, until that is kept or taken back. */
  isOn = false;
  /** Another number after each mark: what was noted under the same one need not be noted again. */
  stamp = 0;
  /** How many marks have not ended. */
  depth = 0;
  #size = 0;
  /** How far the lists have been written since they were let go of last. */
  #high = 0;
  /** Each is longer than `#size` by what earlier marks have noted: a list that shrinks and grows with every decision costs more than one that stays. */
  readonly #targets: Undoable[] = [];
  readonly #keys: unknown[] = [];
  readonly #saved: unknown[] = [];

  /** Begins to note, or goes on under a mark of its own. Each mark is ended once, the last one first. */
  mark(): number {
    this.isOn = true;
    this.depth += 1;
    this.stamp += 1;
    return this.#size;
  }

  /** `saved` was at `key` of `target`, which is about to change. Only while `isOn`. */
  note(target: Undoable, key: unknown, saved: unknown): void {
    const at = this.#size;
    this.#targets[at] = target;
    this.#keys[at] = key;
    this.#saved[at] = saved;
    this.#size = at + 1;
  }

  /** Ends the mark; what was changed since stays. */
  keep(): void {
    this.depth -= 1;
    this.stamp += 1;
    if (this.depth === 0) this.#close(0);
  }

  /** Ends the mark; everything is as it was then. */
  takeBack(mark: number): void {
    this.#swapBack(mark);
    this.depth -= 1;
    this.stamp += 1;
    this.#close(mark);
  }

  /** Ends the outermost mark as `takeBack` does. Returns how to bring it all back, which is for once and for the same state. */
  suspend(): () => void {
    this.#swapBack(0);
    const [targets, keys, saved] = [this.#targets, this.#keys, this.#saved].map((list) =>
      list.slice(0, this.#size),
    ) as [Undoable[], unknown[], unknown[]];
    this.depth -= 1;
    this.stamp += 1;
    this.#close(0);
    return () => {
      for (const [at, target] of targets.entries()) target.exchange(keys[at], saved[at]);
    };
  }

  /** What `look` sees when everything since the outermost mark has not happened yet. */
  before<Seen>(look: () => Seen): Seen {
    this.#swapBack(0);
    this.isOn = false;
    try {
      return look();
    } finally {
      this.isOn = this.depth > 0;
      for (let at = 0; at < this.#size; at += 1) this.#swap(at);
    }
  }

  #swapBack(mark: number): void {
    for (let at = this.#size - 1; at >= mark; at -= 1) this.#swap(at);
  }

  #swap(at: number): void {
    this.#saved[at] = (this.#targets[at] as Undoable).exchange(this.#keys[at], this.#saved[at]);
  }

  #close(mark: number): void {
    if (this.#size > this.#high) this.#high = this.#size;
    this.#size = mark;
    this.isOn = this.depth > 0;
    if (!this.isOn && this.#high > heldMax) this.#letGo();
  }

  /** What was noted stays in the lists until it is written over, but not that of a large decision, which would be kept alive by it. */
  #letGo(): void {
    this.#targets.fill(nothing, 0, this.#high);
    this.#keys.fill(undefined, 0, this.#high);
    this.#saved.fill(undefined, 0, this.#high);
    this.#high = 0;
    if (this.#targets.length <= lengthMax) return;
    this.#targets.length = 0;
    this.#keys.length = 0;
    this.#saved.length = 0;
  }
}

/** So many notes that are over may be held on to. */
const heldMax = 64;
/** Lists that have grown beyond are let go of themselves. */
const lengthMax = 65_536;

const nothing: Undoable = { exchange: () => undefined };
