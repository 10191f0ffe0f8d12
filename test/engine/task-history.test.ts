/** What the log still says of one task, put together from the store and from what this copy remembers. */
import { expect, test } from "vitest";
import { createState } from "../../src/state/state.ts";
import { LogTail } from "../../src/engine/log-tail.ts";
import { eventsOf, knownAtHand, knownTogether } from "../../src/engine/task-history.ts";
import type { Log } from "../../src/ports/store.ts";
import { toTaskId } from "../../src/model/ids.ts";

const id = toTaskId(7, 1001);
const other = toTaskId(7, 10011);

function lineOf(version: number, task = id): string {
  const events = [{ type: "TaskHeld", task, by: `v${version}` }];
  return JSON.stringify({ id: `c${version}`, command: "Instruct", at: version, events, effects: [] });
}

/** Entries `from` to `until`. */
function lines(from: number, until: number): readonly string[] {
  return Array.from({ length: until - from + 1 }, (_, index) => lineOf(from + index));
}

function logFrom(from: number, until: number): Log {
  const snapshot = from === 1 ? null : { version: from - 1, lines: [] };
  return { version: until, snapshot, entries: lines(from, until) };
}

function tailOf(from: number, until: number): LogTail {
  const tail = new LogTail();
  tail.note(until, lines(from, until));
  return tail;
}

const versionsOf = (log: Log, tail: LogTail) =>
  eventsOf(id, knownTogether(log, tail), createState()).events.map(({ version }) => version);

test.each<[string, { readonly log: Log; readonly tail: LogTail; readonly told: readonly number[] }]>([
  [
    "remembered entries before the snapshot come first",
    { log: logFrom(5, 7), tail: tailOf(3, 6), told: [3, 4, 5, 6, 7] },
  ],
  [
    "what is remembered up to the snapshot fits to it",
    { log: logFrom(5, 7), tail: tailOf(3, 4), told: [3, 4, 5, 6, 7] },
  ],
  ["with a hole between them only the store's are told", { log: logFrom(5, 7), tail: tailOf(2, 3), told: [5, 6, 7] }],
  ["a store that reaches back further has it all", { log: logFrom(2, 4), tail: tailOf(3, 4), told: [2, 3, 4] }],
  [
    "a store that has only a snapshot is completed by what is remembered",
    { log: logFrom(8, 7), tail: tailOf(6, 7), told: [6, 7] },
  ],
])("%s", (_what, { log, tail, told }) => {
  expect(versionsOf(log, tail)).toEqual(told);
  const { since, isComplete } = eventsOf(id, knownTogether(log, tail), createState());
  expect([since, isComplete]).toEqual([told[0], false]);
});

test("nobody asks the store for a log that is remembered from its first entry on", () => {
  expect(knownAtHand(tailOf(2, 4))).toBeNull();
  const known = knownAtHand(tailOf(1, 4));
  expect(known === null ? null : eventsOf(id, known, createState())).toMatchObject({ since: 1, isComplete: true });
});

test("events of a task whose id begins the same are not its own", () => {
  const log = { version: 2, snapshot: null, entries: [lineOf(1, other), lineOf(2)] };
  expect(versionsOf(log, new LogTail())).toEqual([2]);
});

test("of more events than anybody reads the newest are told, and that there were others", () => {
  const told = eventsOf(id, { since: 1, lines: lines(1, 1_200) }, createState());
  expect(told.events).toHaveLength(1_000);
  expect(told).toMatchObject({ since: 201, isComplete: false });
});
