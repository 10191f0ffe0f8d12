/** Any history of a split: each piece is opened once and after its approval, and nobody is at work on what is being split. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { toSnapshot } from "../../src/fold/snapshot.ts";
import type { Entry } from "../../src/model/event.ts";
import { playHistory, replay } from "./play-history.ts";
import { splitHistories } from "./split-histories.ts";

test("no history opens a piece twice, starts what is being split, or ends a parent before its pieces are there", () => {
  fc.assert(
    fc.property(splitHistories, fc.nat(20), (history, at) => {
      const { problems, lines, state } = playHistory(history);
      expect({ problems, log: problems.length === 0 ? [] : lines.slice(-6) }).toEqual({ problems: [], log: [] });
      expect(toSnapshot(replay(lines))).toEqual(toSnapshot(state));
      expect(playHistory(history, at % history.length).lines).toEqual(lines);
    }),
    { numRuns: 15 },
  );
});

test("the histories are about splits: everything that can become of one happens in them", () => {
  const seen = new Set<string>();
  for (const history of fc.sample(splitHistories, { numRuns: 20, seed: 7 })) {
    const entries = playHistory(history).lines.map((line) => JSON.parse(line) as Entry);
    for (const event of entries.flatMap(({ events }) => events)) seen.add(event.type);
  }
  const wanted = ["SplitProposed", "SplitWithdrawn", "SplitApproved", "PieceOpened", "SplitSettled", "TaskAssigned"];
  expect(wanted.filter((type) => !seen.has(type))).toEqual([]);
});
