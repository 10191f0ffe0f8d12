/**
 * The committed state of one stream, cached by version. It is folded only after an append, and read anew whenever
 * somebody else may have written.
 */
import { evolveEntry } from "../core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../core/snapshot.ts";
import { createState, type State } from "../core/state.ts";
import type { Entry } from "../model/event.ts";
import type { FileChange } from "../ports/store.ts";
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

  async function refresh(): Promise<State> {
    const log = await parts.store.read(parts.stream, state?.version);
    const base = log.snapshot === null ? (state ?? createState()) : fromSnapshot(log.snapshot.lines);
    for (const line of log.entries) evolveEntry(base, JSON.parse(line) as Entry);
    state = base;
    return base;
  }

  async function append(entries: readonly Entry[], { files, summary, bringInForce }: Write): Promise<boolean> {
    const base = state ?? (await refresh());
    const outcome = await parts.store.append(parts.stream, base.version, {
      entries: entries.map((entry) => JSON.stringify(entry)),
      files,
      summary,
      snapshot: () => toSnapshot(base),
    });
    if (outcome === "conflict") {
      await refresh();
      return false;
    }
    bringInForce();
    return true;
  }

  return { current: async () => state ?? (await refresh()), peek: () => state, refresh, append };
}
