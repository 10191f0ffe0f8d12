/**
 * Index: the open tasks of each milestone, and the minutes that they are taken to need. Costs nothing until somebody first asks; from then on it
 * follows every change of the state, the ones that are taken back too, so that no backlog is walked for a milestone.
 */
import { Flags } from "./flags.ts";
import { effortOf } from "./reach.ts";
import { isEnded } from "./readiness.ts";
import type { Task } from "../model/task.ts";

/** What is known of the open tasks of one milestone. */
export interface MilestoneWork {
  /** Their numbers, in no order. */
  readonly numbers: ReadonlySet<number>;
  /** What all of them need, those that have begun included; what a parent needs are its children. */
  readonly minutes: number;
}

interface Tasks {
  at(number: number): Task | undefined;
}

interface Entry {
  readonly milestone: string;
  readonly minutes: number;
}

interface Work {
  readonly numbers: Set<number>;
  minutes: number;
}

const nothing: MilestoneWork = { numbers: new Set(), minutes: 0 };

export class MilestoneTasks {
  #isOn = false;
  readonly #touched: number[] = [];
  readonly #isTouched = new Flags();
  readonly #entries = new Map<number, Entry>();
  readonly #works = new Map<string, Work>();

  /** The task may have come, gone, opened, ended, or be of another milestone or effort; also where that was taken back. */
  touch(number: number): void {
    if (!this.#isOn || number === -1 || this.#isTouched.has(number)) return;
    this.#isTouched.set(number, true);
    this.#touched.push(number);
  }

  /** The work of the milestone of this title; `count` is how many tasks were ever numbered. */
  workOf(milestone: string, tasks: Tasks, count: number): MilestoneWork {
    this.#settle(tasks, count);
    return this.#works.get(milestone) ?? nothing;
  }

  /** Nobody asks any more. */
  rest(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    for (const number of this.#touched) this.#isTouched.set(number, false);
    this.#touched.length = 0;
    this.#entries.clear();
    this.#works.clear();
  }

  #settle(tasks: Tasks, count: number): void {
    if (!this.#isOn) {
      this.#isOn = true;
      for (let number = 0; number < count; number += 1) this.#place(number, tasks.at(number));
    }
    for (const number of this.#touched) {
      this.#isTouched.set(number, false);
      this.#place(number, tasks.at(number));
    }
    this.#touched.length = 0;
  }

  #place(number: number, task: Task | undefined): void {
    const before = this.#entries.get(number);
    const now = entryOf(task);
    if (before?.milestone === now?.milestone && before?.minutes === now?.minutes) return;
    if (before !== undefined) this.#takeOut(number, before);
    if (now !== null) this.#putIn(number, now);
  }

  #takeOut(number: number, { milestone, minutes }: Entry): void {
    this.#entries.delete(number);
    const work = this.#works.get(milestone);
    if (work === undefined) return;
    work.numbers.delete(number);
    work.minutes -= minutes;
    if (work.numbers.size === 0) this.#works.delete(milestone);
  }

  #putIn(number: number, entry: Entry): void {
    const { milestone, minutes } = entry;
    this.#entries.set(number, entry);
    const work = this.#works.get(milestone) ?? { numbers: new Set(), minutes: 0 };
    work.numbers.add(number);
    work.minutes += minutes;
    this.#works.set(milestone, work);
  }
}

/** Whole minutes, so that a sum does not depend on the order in which it came about. */
function entryOf(task: Task | undefined): Entry | null {
  if (task === undefined || isEnded(task) || task.definition.milestone === null) return null;
  const { milestone, isContainer } = task.definition;
  return { milestone, minutes: isContainer ? 0 : Math.round(effortOf(task)) };
}
