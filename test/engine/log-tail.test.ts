/** What is kept of a log: the newest entries, within bounds, and never with a hole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LogTail } from "../../src/engine/log-tail.ts";

function keptBy(tail: LogTail): readonly (string | null)[] {
  return Array.from({ length: tail.version - tail.since + 1 }, (_, index) => tail.at(tail.since + index));
}

test("entries are found by their version, and read again they are not kept twice", () => {
  const tail = new LogTail();
  tail.note(2, ["a", "b"]);
  tail.note(3, ["a", "b", "c"]);
  tail.note(3, ["c"]);
  expect([tail.since, tail.version, keptBy(tail)]).toEqual([1, 3, ["a", "b", "c"]]);
  expect([tail.at(0), tail.at(4)]).toEqual([null, null]);
});

test("more entries than the bound push the oldest out, which are known to be missing", () => {
  const tail = new LogTail({ entries: 2, bytes: 100 });
  tail.note(1, ["a"]);
  tail.note(3, ["b", "c"]);
  expect([tail.since, keptBy(tail)]).toEqual([2, ["b", "c"]]);
  expect(tail.at(1)).toBeNull();
});

test("an entry that is larger than all that may be kept is not kept, and nothing before it pretends to reach the next", () => {
  const tail = new LogTail({ entries: 10, bytes: 4 });
  tail.note(1, ["a"]);
  tail.note(2, ["ééé"]);
  expect([tail.since, tail.version, keptBy(tail)]).toEqual([3, 2, []]);
  tail.note(3, ["b"]);
  expect([tail.since, keptBy(tail)]).toEqual([3, ["b"]]);
});

test("after a snapshot that skips entries only what follows it is kept", () => {
  const tail = new LogTail();
  tail.note(2, ["a", "b"]);
  tail.note(9, ["i"]);
  expect([tail.since, keptBy(tail)]).toEqual([9, ["i"]]);
});

test("a log that was set back ends those who follow it, for what they have was taken back", () => {
  const tail = new LogTail();
  const told: string[] = [];
  tail.note(2, ["a", "b"]);
  const unfollow = tail.follow({ grown: () => void told.push("grown"), ended: () => void told.push("ended") });
  tail.note(2, []);
  tail.note(3, ["c"]);
  tail.note(1, ["a"]);
  unfollow();
  tail.note(2, ["x"]);
  tail.end();
  expect(told).toEqual(["grown", "ended"]);
  expect(keptBy(tail)).toEqual(["a", "x"]);
});

test("however the log comes, what is kept is the end of it, and within the bounds", () => {
  const steps = fc.array(fc.record({ lengths: fc.array(fc.nat(12), { maxLength: 8 }), overlap: fc.nat(3) }));
  fc.assert(
    fc.property(steps, (reads) => {
      const tail = new LogTail({ entries: 4, bytes: 20 });
      const log: string[] = [];
      for (const { lengths, overlap } of reads) {
        const again = Math.min(overlap, log.length);
        log.push(...lengths.map((length, index) => `${index}`.padEnd(length, "é")));
        tail.note(log.length, log.slice(log.length - lengths.length - again));
        const kept = keptBy(tail);
        expect(kept).toEqual(log.slice(log.length - kept.length));
        expect(kept.length).toBeLessThanOrEqual(4);
        expect(Buffer.byteLength(kept.join(""))).toBeLessThanOrEqual(20);
        const next = log[log.length - kept.length - 1];
        const isFull = kept.length === 4 || Buffer.byteLength(kept.join("") + (next ?? "")) > 20;
        expect(next === undefined || isFull || kept.length === 0 || hasLarge(log)).toBe(true);
      }
    }),
  );
});

function hasLarge(log: readonly string[]): boolean {
  return log.some((line) => Buffer.byteLength(line) > 8);
}
