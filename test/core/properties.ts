/** What holds of every history; asserted with few runs in every test run and with many in the long one. */
import fc from "fast-check";
import { expect } from "vitest";
import { toSnapshot } from "../../src/fold/snapshot.ts";
import { histories } from "./histories.ts";
import { playHistory, replay } from "./play-history.ts";

/** No rule of the documentation is broken after any pass, and deciding leaves its input as it was. */
export function assertRulesHold(runs: number): void {
  fc.assert(
    fc.property(histories, (history) => {
      const { problems, lines } = playHistory(history);
      // The end of the log says what led there, which the shrunk history does not.
      expect({ problems, log: problems.length === 0 ? [] : lines.slice(-6) }).toEqual({ problems: [], log: [] });
    }),
    { numRuns: runs },
  );
}

/** The log read again is the state; the same history is the same log, byte for byte. */
export function assertReplays(runs: number): void {
  fc.assert(
    fc.property(histories, (history) => {
      const played = playHistory(history);
      expect(toSnapshot(replay(played.lines))).toEqual(toSnapshot(played.state));
      expect(playHistory(history).lines).toEqual(played.lines);
    }),
    { numRuns: runs },
  );
}

/** A process that starts from a snapshot decides what one that has been there all along decides. */
export function assertSnapshotsAreTheState(runs: number): void {
  fc.assert(
    fc.property(histories, fc.nat(25), (history, at) => {
      const played = playHistory(history);
      const reloaded = playHistory(history, at % history.length);
      expect(reloaded.problems).toEqual([]);
      expect(reloaded.lines).toEqual(played.lines);
      expect(toSnapshot(reloaded.state)).toEqual(toSnapshot(played.state));
    }),
    { numRuns: runs },
  );
}
