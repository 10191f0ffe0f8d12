/** Everything that the embedded GitHub and the vendors saw, in order, in virtual milliseconds since the start. */
import type { Clock } from "../ports/clock.ts";
import type { TimelineEntry } from "./records.ts";

export type Sighting = Omit<TimelineEntry, "at">;

export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  readonly start: number;
  record(sighting: Sighting): void;
  /** Listeners are called in order of registration, at the moment of the sighting. */
  onEntry(listener: (entry: TimelineEntry) => void): void;
  elapsedMs(): number;
}

/** An empty timeline that begins now. */
export function createTimeline(clock: Clock): Timeline {
  const start = clock.now();
  const entries: TimelineEntry[] = [];
  const listeners: ((entry: TimelineEntry) => void)[] = [];
  const elapsedMs = (): number => clock.now() - start;
  return {
    entries,
    start,
    elapsedMs,
    record(sighting) {
      const { actor, action, target, detail } = sighting;
      const entry: TimelineEntry = { at: elapsedMs(), actor, action, target, detail };
      entries.push(entry);
      for (const listener of listeners) listener(entry);
    },
    onEntry(listener) {
      listeners.push(listener);
    },
  };
}
