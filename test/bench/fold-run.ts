/** How fast history becomes state: events that are in memory, and a log as text. */
import { evolve, evolveEntry } from "../../src/core/evolve.ts";
import { createState } from "../../src/state/state.ts";
import type { Entry } from "../../src/model/event.ts";
import { firstEntries, playBacklog } from "./backlog-run.ts";

export interface FoldFigures {
  readonly inMemory: number;
  readonly fromText: number;
  readonly parseOnly: number;
  /** The same events into a Map of small objects, which knows nothing of tasks: what the memory of this machine allows. */
  readonly bare: number;
}

const runs = 3;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Events a second, medians of three. */
export function measureFold(tasks: number): FoldFigures {
  const entries: readonly Entry[] = [...firstEntries(tasks), ...playBacklog(tasks, true).entries];
  const events = entries.reduce((sum, entry) => sum + entry.events.length, 0);
  const lines = entries.map((entry) => JSON.stringify(entry));
  const perSecond = (act: () => void): number => {
    const samples = Array.from({ length: runs }, () => {
      const from = performance.now();
      act();
      return (events / (performance.now() - from)) * 1_000;
    });
    return median(samples);
  };
  return {
    inMemory: perSecond(() => {
      const state = createState();
      for (const entry of entries) {
        state.at = entry.at;
        for (const event of entry.events) evolve(state, event);
      }
    }),
    fromText: perSecond(() => {
      const state = createState();
      for (const line of lines) evolveEntry(state, JSON.parse(line) as Entry);
    }),
    parseOnly: perSecond(() => {
      for (const line of lines) JSON.parse(line);
    }),
    bare: perSecond(() => foldBare(entries)),
  };
}

interface Touched {
  count: number;
  last: string;
}

function foldBare(entries: readonly Entry[]): ReadonlyMap<string, Touched> {
  const tasks = new Map<string, Touched>();
  for (const { events } of entries) {
    for (const event of events) {
      if (!("task" in event) || event.task === null) continue;
      const touched = tasks.get(event.task) ?? { count: 0, last: "" };
      if (touched.count === 0) tasks.set(event.task, touched);
      touched.count += 1;
      touched.last = event.type;
    }
  }
  return tasks;
}
