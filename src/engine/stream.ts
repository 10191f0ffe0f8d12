/**
 * The committed state of one stream, cached by version. It is folded only after an append, and read anew whenever
 * somebody else may have written.
 */
import { evolveEntry } from "../core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../fold/snapshot.ts";
import { createState, type State } from "../state/state.ts";
import type { Entry } from "../model/event.ts";
import type { FileChange, Log } from "../ports/store.ts";
import { LogTail } from "./log-tail.ts";
import type { EngineParts } from "./parts.ts";

export interface Stream {
  /** The state as last read or appended. Loads it the first time. Rejects as the store does. */
  current(): Promise<State>;
  /** The state without waiting; null before the first load. */
  peek(): State | null;
  /** Reads what others have written since. */
  refresh(): Promise<State>;
  /** Appends entries that were decided on the current state; false: somebody else wrote, and the state was read anew. */
  append(entries: readonly Entry[], write: Write): Promise<boolean>;
  /** The newest entries, as they were read or appended. */
  readonly tail: LogTail;
  /** The log as far as the store has it; the state stays as it is. Rejects as the store does. */
  readLog(): Promise<Log>;
}

/** What goes with the entries of an append. */
export interface Write {
  readonly files: readonly FileChange[];
  /** The headline of the commit. */
  readonly summary: string;
  /** Folds the entries into the state that they were decided on. */
  readonly bringInForce: () => void;
}

export function createStream(parts: EngineParts): Stream {
  let state: State | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let loading: Promise<State> | null = null;
  const tail = new LogTail();

  /**
   * Reads and appends go one after another. An entry is folded only into the state that it follows: two reads at a time would bring the
   * same entries twice, and one beside an append what that brings in force.
   */
  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const done = turn.then(act);
    // Whoever asked hears of it; the next one begins all the same.
    turn = done.catch(() => undefined);
    return done;
  }

  async function read(): Promise<State> {
    const log = await parts.store.read(parts.stream, state?.version);
    const base = log.snapshot === null ? (state ?? createState()) : fromSnapshot(log.snapshot.lines);
    // What a broken entry leaves is half of it: where one throws, the log is read from its beginning the next time.
    state = null;
    for (const line of log.entries) evolveEntry(base, JSON.parse(line) as Entry);
    state = base;
    tail.note(base.version, log.entries);
    return base;
  }

  /** Everybody who asks before the state is there waits for the same reading. */
  function load(): Promise<State> {
    loading ??= inTurn(async () => state ?? (await read())).finally(() => {
      loading = null;
    });
    return loading;
  }

  function append(entries: readonly Entry[], { files, summary, bringInForce }: Write): Promise<boolean> {
    const decidedOn = state?.version ?? null;
    return inTurn(async () => {
      const base = state ?? (await read());
      // What others wrote was read while this waited.
      if (decidedOn !== null && base.version !== decidedOn) return false;
      const lines = entries.map((entry) => JSON.stringify(entry));
      const outcome = await parts.store.append(parts.stream, base.version, {
        entries: lines,
        files,
        summary,
        snapshot: () => toSnapshot(base),
      });
      if (outcome === "conflict") {
        await read();
        return false;
      }
      bringInForce();
      tail.note(base.version, lines);
      return true;
    });
  }

  return {
    current: async () => state ?? (await load()),
    peek: () => state,
    refresh: () => inTurn(read),
    append,
    tail,
    readLog: createLogReader(parts),
  };
}

/** One reading for all who ask while it is under way. */
function createLogReader({ store, stream }: EngineParts): () => Promise<Log> {
  let reading: Promise<Log> | null = null;
  return () => {
    reading ??= store.read(stream).finally(() => {
      reading = null;
    });
    return reading;
  };
}
