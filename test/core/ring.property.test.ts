/** The figures of the day against a plain list: caps are counted over them, so one record too many or too few is money. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Ring } from "../../src/core/ring.ts";

interface Item {
  readonly at: number;
  cost: number;
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("push" as const), by: fc.integer({ min: 0, max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("shift" as const), by: fc.integer({ min: 0, max: 6 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("own" as const), by: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("keep" as const), by: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("draft" as const), by: fc.constant(0) }) },
  ),
  { minLength: 10, maxLength: 80 },
);

test("a ring and its drafts hold what a list would, and a draft changes nothing below it", () => {
  fc.assert(
    fc.property(steps, (planned) => {
      let ring = Ring.empty<Item>();
      let list: { number: number; item: Item }[] = [];
      const below: { ring: Ring<Item>; was: string }[] = [];
      let next = 0;
      let now = 0;
      for (const { kind, by } of planned) {
        if (kind === "push") {
          now += by;
          expect(ring.push({ at: now, cost: 0 })).toBe(next);
          list.push({ number: next, item: { at: now, cost: 0 } });
          next += 1;
        } else if (kind === "shift") {
          const first = list[0];
          const isOld = first !== undefined && first.item.at <= now - by;
          expect(ring.shiftUntil(now - by)).toEqual(isOld ? first.item : undefined);
          if (isOld) list = list.slice(1);
        } else if (kind === "own") {
          const known = list.find((each) => each.number === by);
          const owned = ring.own(by);
          expect(owned).toEqual(known?.item);
          if (owned !== undefined && known !== undefined) {
            owned.cost += 1;
            known.item.cost += 1;
          }
        } else if (kind === "keep") {
          ring.keepLast(by);
          list = by === 0 ? [] : list.slice(-by);
        } else {
          below.push({ ring, was: JSON.stringify([...ring]) });
          ring = ring.draft();
          list = structuredClone(list);
        }
        expect([...ring]).toEqual(list.map((each) => each.item));
        expect(ring.size).toBe(list.length);
        expect(ring.last).toEqual(list.at(-1)?.item);
        expect([...ring.since(now - 2)]).toEqual(
          list
            .map((each) => each.item)
            .filter((item) => item.at > now - 2)
            .toReversed(),
        );
        expect([...ring.olderThan(now - 2)]).toEqual(
          list.map((each) => each.item).filter((item) => item.at <= now - 2),
        );
      }
      for (const each of below) expect(JSON.stringify([...each.ring])).toBe(each.was);
      expect([...Ring.of(ring.first, [...ring])]).toEqual([...ring]);
    }),
    { numRuns: 500 },
  );
});
