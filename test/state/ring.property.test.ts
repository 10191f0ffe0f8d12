/** The figures of the day against a plain list: caps are counted over them, so one record too many or too few is money. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { PackedList, PlainList, type RecordList, type Row } from "../../src/state/packed-list.ts";
import { Ring } from "../../src/state/ring.ts";
import { UndoLog } from "../../src/state/undo.ts";

interface Item {
  readonly at: number;
  cost: number;
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("push" as const), by: fc.integer({ min: 0, max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("shift" as const), by: fc.integer({ min: 0, max: 6 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("replace" as const), by: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("keep" as const), by: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("mark" as const), by: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("back" as const), by: fc.constant(0) }) },
  ),
  { minLength: 10, maxLength: 80 },
);

type Planned = { readonly kind: "push" | "shift" | "replace" | "keep" | "mark" | "back"; readonly by: number };

/** A ring beside a list that does the same; `found` and `wanted` are what each said. */
class Pair {
  readonly undo = new UndoLog();
  readonly ring: Ring<Item>;
  list: { readonly number: number; readonly item: Item }[] = [];
  readonly marks: { readonly mark: number; readonly list: Pair["list"]; readonly next: number }[] = [];
  readonly found: unknown[] = [];
  readonly wanted: unknown[] = [];
  #next = 0;
  #now = 0;

  constructor(list: RecordList<Item>) {
    this.ring = new Ring<Item>(this.undo, list);
  }

  readonly #acts: Readonly<Record<Planned["kind"], (by: number) => void>> = {
    push: (by) => {
      this.#now += by;
      this.#say(this.ring.push({ at: this.#now, cost: 0 }), this.#next);
      this.list.push({ number: this.#next, item: { at: this.#now, cost: 0 } });
      this.#next += 1;
    },
    shift: (by) => {
      const oldest = this.list.filter(({ item }) => item.at <= this.#now - by)[0];
      this.#say(this.ring.shiftUntil(this.#now - by), oldest?.item);
      this.list = this.list.filter((each) => each !== oldest);
    },
    replace: (by) => {
      const known = this.list.find((each) => each.number === by)?.item ?? { at: 0, cost: 0 };
      const before = this.ring.get(by);
      if (before !== undefined) this.ring.replace(by, { ...before, cost: before.cost + 1 });
      known.cost += 1;
      this.#say(this.ring.get(by) ?? { at: 0, cost: 1 }, known);
    },
    keep: (by) => {
      this.ring.keepLast(by);
      this.list = this.list.slice(Math.max(0, this.list.length - by));
    },
    mark: () => {
      this.marks.push({ mark: this.undo.mark(), list: structuredClone(this.list), next: this.#next });
    },
    back: () => {
      const last = this.marks.pop();
      if (last === undefined) return;
      this.undo.takeBack(last.mark);
      this.list = last.list;
      this.#next = last.next;
    },
  };

  play({ kind, by }: Planned): void {
    this.#acts[kind](by);
    const items = this.list.map((each) => each.item);
    const since = this.#now - 2;
    this.#say([...this.ring], items);
    this.#say([this.ring.size, this.ring.last], [items.length, items.at(-1)]);
    this.#say([...this.ring.since(since)], items.filter((item) => item.at > since).toReversed());
    this.#say(
      [...this.ring.olderThan(since)],
      items.filter((item) => item.at <= since),
    );
  }

  #say(found: unknown, wanted: unknown): void {
    this.found.push(structuredClone(found));
    this.wanted.push(structuredClone(wanted));
  }
}

const row: Row<Item> = {
  width: 2,
  write(numbers, from, { at, cost }) {
    numbers[from] = at;
    numbers[from + 1] = cost;
  },
  read: (numbers, from) => ({ at: numbers[from] as number, cost: numbers[from + 1] as number }),
};

test.each([
  { kept: "as they are", listed: () => new PlainList<Item>() },
  { kept: "as numbers", listed: () => new PackedList(row) },
])(
  "a ring of records $kept holds what a list would, and after a change that was taken back what it held before",
  ({ listed }) => {
    fc.assert(
      fc.property(steps, (planned) => {
        const pair = new Pair(listed());
        for (const each of planned) pair.play(each);
        expect(pair.found).toEqual(pair.wanted);
        const copy = new Ring<Item>(new UndoLog(), listed());
        copy.fill(pair.ring.first, [...pair.ring]);
        expect([...copy]).toEqual([...pair.ring]);
      }),
      { numRuns: 500 },
    );
  },
);
