/** The figures of the day as numbers: what comes back has to be what went in, or caps and velocities are wrong. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Numbering } from "../../src/state/dense-table.ts";
import { completionRow, endRow, PackedList, startRow, type Row } from "../../src/state/packed-list.ts";
import type { Completion, SessionEnd, SessionStart } from "../../src/state/records.ts";
import { UndoLog } from "../../src/state/undo.ts";
import { toAgentId, type AgentId, type TaskId } from "../../src/model/ids.ts";
import { taskId } from "../support/build.ts";

const undo = new UndoLog();
const ids = { tasks: new Numbering<TaskId>(undo), agents: new Numbering<AgentId>(undo) };
const at = fc.integer({ min: 0, max: 2_000_000_000_000 });
const task = fc.integer({ min: 1, max: 50 }).map((number) => taskId(number));
const agent = fc.constantFrom("jules", "cursor", "bifrost").map((name) => toAgentId(name));
const amount = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);

const start: fc.Arbitrary<SessionStart> = fc.record({ at, task, agent, waitedMs: fc.nat(), costUsd: amount });
const end: fc.Arbitrary<SessionEnd> = fc.record({
  at,
  task,
  agent,
  isGood: fc.constantFrom(null, true, false),
  isSecondThought: fc.boolean(),
  durationMs: fc.option(fc.nat()),
  costUsd: amount,
});
const completion: fc.Arbitrary<Completion> = fc.record({
  at,
  task,
  agent: fc.option(agent),
  minutes: amount,
  costUsd: amount,
});

function comesBack<Item>(row: Row<Item>, items: readonly Item[]): void {
  const list = new PackedList(row);
  for (const item of items) list.push(item);
  expect(items.map((_, place) => list.at(place))).toEqual(items);
  list.drop(Math.floor(items.length / 2));
  for (const item of items.slice(Math.floor(items.length / 2)).toReversed()) expect(list.pop()).toEqual(item);
  expect(list.length).toBe(0);
}

test("a start, an end and a completion come back as they were written", () => {
  fc.assert(fc.property(fc.array(start, { maxLength: 60 }), (items) => comesBack(startRow(ids), items)));
  fc.assert(fc.property(fc.array(end, { maxLength: 60 }), (items) => comesBack(endRow(ids), items)));
  fc.assert(fc.property(fc.array(completion, { maxLength: 60 }), (items) => comesBack(completionRow(ids), items)));
});
