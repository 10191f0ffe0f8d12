/**
 * Index: the tasks that say the same, and which of them are held for it. Derived, never stored: built when somebody first asks, from then on
 * it follows every change of what a task says, also one that is taken back, so that an observation costs the same whatever the backlog.
 * Tasks that have ended stay in it, and count no more: an end, which comes to every task, costs nothing here.
 */
import { sameKeyOf, type SameBy } from "../planning/duplicates.ts";
import { Flags } from "./flags.ts";
import { isEnded } from "./readiness.ts";
import type { State } from "./state.ts";

const nobody: readonly number[] = [];

export class SameText {
  #by: SameBy | null = null;
  #touched: number[] = [];
  readonly #isTouched = new Flags();
  readonly #groups = new Groups<string>();
  /** By the number of the task that goes on: those that are held for it. */
  readonly #held = new Groups<number>();

  /** The task may say something else, or be held or no more. */
  touch(number: number): void {
    if (this.#by === null || number === -1 || this.#isTouched.has(number)) return;
    this.#isTouched.set(number, true);
    this.#touched.push(number);
  }

  /** The numbers of the open tasks that say what the task with this number says, itself among them; `[]` where it is none. */
  likeOf(state: State, number: number, by: SameBy): readonly number[] {
    this.#sync(state, by);
    const like = this.#groups.like(number).filter((each) => isOpenAt(state, each));
    return like.includes(number) ? like : nobody;
  }

  /** Whether nobody is held for it, it is held for nobody, and, while it is open, no other says the same: nearly every task is. */
  isAlone(state: State, number: number, by: SameBy): boolean {
    this.#sync(state, by);
    const task = state.tasks.at(number);
    if ((task?.duplicateOf ?? null) !== null || this.#held.of(number).length > 0) return false;
    return task === undefined || isEnded(task) || this.#groups.like(number).length < 2;
  }

  /** The numbers of those that are held for the task with this number. */
  heldFor(state: State, number: number, by: SameBy): readonly number[] {
    this.#sync(state, by);
    return this.#held.of(number);
  }

  /** All that are held, in no order. */
  held(state: State, by: SameBy): readonly number[] {
    this.#sync(state, by);
    return this.#held.members();
  }

  #sync(state: State, by: SameBy): void {
    if (this.#by !== by) this.#rebuild(state, by);
    const touched = this.#touched;
    if (touched.length === 0) return;
    this.#touched = [];
    for (const number of touched) {
      this.#isTouched.set(number, false);
      this.#place(state, number, by);
    }
  }

  #rebuild(state: State, by: SameBy): void {
    this.#by = by;
    this.#groups.clear();
    this.#held.clear();
    for (const id of state.tasks.keys()) this.#place(state, state.numbering.find(id), by);
  }

  #place(state: State, number: number, by: SameBy): void {
    const task = state.tasks.at(number);
    this.#groups.put(number, task === undefined ? null : sameKeyOf(task.definition, by));
    const of = task?.duplicateOf ?? null;
    this.#held.put(number, of === null ? null : state.numbering.find(of));
  }
}

function isOpenAt(state: State, number: number): boolean {
  const task = state.tasks.at(number);
  return task !== undefined && !isEnded(task);
}

/** Members by a key; nearly always one, which then takes no list of its own. */
class Groups<Key> {
  readonly #byKey = new Map<Key, number | readonly number[]>();
  /** By member: numbers are dense, and a map of all tasks would be five megabytes more at 100,000. */
  #keys: (Key | undefined)[] = [];

  of(key: Key): readonly number[] {
    const found = this.#byKey.get(key);
    if (found === undefined) return nobody;
    return typeof found === "number" ? [found] : found;
  }

  like(member: number): readonly number[] {
    const key = this.#keys[member];
    return key === undefined ? nobody : this.of(key);
  }

  members(): readonly number[] {
    return [...this.#byKey.keys()].flatMap((key) => this.of(key));
  }

  put(member: number, key: Key | null): void {
    const before = this.#keys[member];
    if (before === (key ?? undefined)) return;
    if (before !== undefined) this.#take(member, before);
    if (key === null) return;
    this.#keys[member] = key;
    const others = this.of(key);
    this.#byKey.set(key, others.length === 0 ? member : [...others, member]);
  }

  clear(): void {
    this.#byKey.clear();
    this.#keys = [];
  }

  #take(member: number, key: Key): void {
    this.#keys[member] = undefined;
    if (this.#byKey.get(key) === member) {
      this.#byKey.delete(key);
      return;
    }
    const others = this.of(key).filter((each) => each !== member);
    if (others.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, others.length === 1 ? (others[0] as number) : others);
  }
}
