/** Builders for tests of the branch store: time that stands until somebody sleeps, ids that count, a journal that keeps. */
import { type BranchStoreOptions, createBranchStore } from "../../src/branch/branch-store.ts";
import type { StateRequest } from "../../src/branch/request.ts";
import type { Chance } from "../../src/ports/chance.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Journal } from "../../src/ports/journal.ts";
import type { EventStore } from "../../src/ports/store.ts";

export interface SteppedClock extends Clock {
  advance(ms: number): void;
  readonly slept: number[];
}

/** A clock that jumps over every sleep. */
export function createSteppedClock(): SteppedClock {
  let now = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    after() {
      throw new Error("The branch store needs no timers.");
    },
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

let ids = 0;

/** Ids that are unique in the test run; no chance in it. */
export const countingChance: Chance = {
  next: () => 0.5,
  id() {
    ids += 1;
    return `op${ids}`;
  },
};

export interface KeptJournal extends Journal {
  readonly lines: { readonly level: string; readonly message: string; readonly data: unknown }[];
}

export function createKeptJournal(): KeptJournal {
  const lines: KeptJournal["lines"] = [];
  function keep(level: string) {
    return (message: string, data?: unknown): void => void lines.push({ level, message, data });
  }
  return { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}

/** A store on `request`, without a gap between commits unless the test is about it. */
export function givenStore(request: StateRequest, options: Partial<BranchStoreOptions> = {}): EventStore {
  return createBranchStore({
    request,
    repository: "octo/shop",
    clock: createSteppedClock(),
    chance: countingChance,
    journal: createKeptJournal(),
    minGapMs: 0,
    ...options,
  });
}

/** Compaction after a few writes, so that a short test sees it. */
export const earlyCompaction = { smallMax: 3, bytesMin: 1_000 };
