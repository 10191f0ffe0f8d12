/**
 * Lists of records. The figures of the day are hundreds of thousands of small records which nothing points to: as rows of numbers they
 * take a third of the memory, and the engine has nothing to walk through and to move.
 */
import type { AgentId, TaskId } from "../model/ids.ts";
import type { Numbering } from "./dense-table.ts";
import type { Completion, SessionEnd, SessionStart } from "./records.ts";

/** What a ring keeps its records in; places count from 0. */
export interface RecordList<Item> {
  readonly length: number;
  at(place: number): Item;
  /** The instant of the record. */
  instantAt(place: number): number;
  set(place: number, item: Item): void;
  push(item: Item): void;
  /** Takes the last record off and returns it. */
  pop(): Item;
  /** Lets go of the first `count` records. */
  drop(count: number): void;
}

/** How a record is written as numbers, its instant first, one after the other from `from` on, and read again. */
export interface Row<Item> {
  readonly width: number;
  write(numbers: Float64Array, from: number, item: Item): void;
  read(numbers: Float64Array, from: number): Item;
}

const firstCapacity = 16;

export class PackedList<Item> implements RecordList<Item> {
  readonly #row: Row<Item>;
  #numbers: Float64Array;
  length = 0;

  constructor(row: Row<Item>) {
    this.#row = row;
    this.#numbers = new Float64Array(firstCapacity * row.width);
  }

  at(place: number): Item {
    return this.#row.read(this.#numbers, place * this.#row.width);
  }

  instantAt(place: number): number {
    return this.#numbers[place * this.#row.width] as number;
  }

  set(place: number, item: Item): void {
    this.#row.write(this.#numbers, place * this.#row.width, item);
  }

  push(item: Item): void {
    if (this.#numbers.length < (this.length + 1) * this.#row.width) this.#grow();
    this.length += 1;
    this.set(this.length - 1, item);
  }

  pop(): Item {
    this.length -= 1;
    return this.at(this.length);
  }

  drop(count: number): void {
    this.#numbers = this.#numbers.slice(count * this.#row.width);
    this.length -= count;
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(firstCapacity * this.#row.width, this.#numbers.length * 2));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

/** The records as they are. */
export class PlainList<Item extends { readonly at: number }> implements RecordList<Item> {
  #items: Item[] = [];

  get length(): number {
    return this.#items.length;
  }
  at(place: number): Item {
    return this.#items[place] as Item;
  }
  instantAt(place: number): number {
    return this.at(place).at;
  }
  set(place: number, item: Item): void {
    this.#items[place] = item;
  }
  push(item: Item): void {
    this.#items.push(item);
  }
  pop(): Item {
    return this.#items.pop() as Item;
  }
  drop(count: number): void {
    this.#items = this.#items.slice(count);
  }
}

/** The numbers that ids stand as. */
export interface Ids {
  readonly tasks: Numbering<TaskId>;
  readonly agents: Numbering<AgentId>;
}

const nobody = -1;
const unknown = -1;

export function startRow({ tasks, agents }: Ids): Row<SessionStart> {
  return {
    width: 5,
    write(numbers, from, { at, task, agent, waitedMs, costUsd }) {
      numbers[from] = at;
      numbers[from + 1] = tasks.number(task);
      numbers[from + 2] = agents.number(agent);
      numbers[from + 3] = waitedMs;
      numbers[from + 4] = costUsd;
    },
    read: (numbers, from) => ({
      at: numbers[from] as number,
      task: tasks.keyOf(numbers[from + 1] as number),
      agent: agents.keyOf(numbers[from + 2] as number),
      waitedMs: numbers[from + 3] as number,
      costUsd: numbers[from + 4] as number,
    }),
  };
}

export function endRow({ tasks, agents }: Ids): Row<SessionEnd> {
  return {
    width: 7,
    write(numbers, from, { at, task, agent, isGood, isSecondThought, durationMs, costUsd }) {
      numbers[from] = at;
      numbers[from + 1] = tasks.number(task);
      numbers[from + 2] = agents.number(agent);
      numbers[from + 3] = isGood === null ? unknown : Number(isGood);
      numbers[from + 4] = Number(isSecondThought);
      numbers[from + 5] = durationMs ?? Number.NaN;
      numbers[from + 6] = costUsd;
    },
    read(numbers, from) {
      const isGood = numbers[from + 3] as number;
      const durationMs = numbers[from + 5] as number;
      return {
        at: numbers[from] as number,
        task: tasks.keyOf(numbers[from + 1] as number),
        agent: agents.keyOf(numbers[from + 2] as number),
        isGood: isGood === unknown ? null : isGood === 1,
        isSecondThought: numbers[from + 4] === 1,
        durationMs: Number.isNaN(durationMs) ? null : durationMs,
        costUsd: numbers[from + 6] as number,
      };
    },
  };
}

export function completionRow({ tasks, agents }: Ids): Row<Completion> {
  return {
    width: 5,
    write(numbers, from, { at, task, agent, minutes, costUsd }) {
      numbers[from] = at;
      numbers[from + 1] = tasks.number(task);
      numbers[from + 2] = agent === null ? nobody : agents.number(agent);
      numbers[from + 3] = minutes;
      numbers[from + 4] = costUsd;
    },
    read(numbers, from) {
      const agent = numbers[from + 2] as number;
      return {
        at: numbers[from] as number,
        task: tasks.keyOf(numbers[from + 1] as number),
        agent: agent === nobody ? null : agents.keyOf(agent),
        minutes: numbers[from + 3] as number,
        costUsd: numbers[from + 4] as number,
      };
    },
  };
}
