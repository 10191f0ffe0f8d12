/** History folded once more, entry by entry, for people who want to see or check it: where it leads, and whether that is sound. */
import { allBrokenInvariants } from "../core/invariants.ts";
import { evolveEntry } from "../core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../fold/snapshot.ts";
import { createState, type State } from "../state/state.ts";
import type { Entry } from "../model/event.ts";

export interface HistoryEntry {
  readonly version: number;
  /** The file that it is in. */
  readonly path: string;
  readonly line: string;
}

export interface History {
  readonly snapshot: { readonly version: number; readonly lines: readonly string[]; readonly path: string } | null;
  entries(): Iterable<HistoryEntry>;
}

/** An entry, or the snapshot, is not what the program could have written there. */
export class HistoryBroken extends Error {
  override readonly name = "HistoryBroken";
  readonly path: string;
  /** Of the entry, or of the snapshot. */
  readonly version: number;
  constructor(at: { readonly path: string; readonly version: number; readonly what: string }, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${at.what} in ${at.path} does not follow from what is before it: ${reason}`, { cause });
    this.path = at.path;
    this.version = at.version;
  }
}

export interface FoldOptions {
  /** The last version to fold; left out: all. */
  readonly until?: number;
  /** Told of each entry with the state after it. */
  readonly onEntry?: (entry: Entry, version: number, state: State) => void;
}

/** The state that the history leads to. Throws `HistoryBroken`, or what its entries throw while they are read. */
export function foldHistory(history: History, { until, onEntry }: FoldOptions = {}): State {
  const state = beginning(history);
  if (until !== undefined && state.version >= until) return state;
  for (const { version, path, line } of history.entries()) {
    const entry = foldLine(state, { version, path, line });
    onEntry?.(entry, version, state);
    // What comes after it is not looked at: it may be damaged.
    if (version === until) break;
  }
  return state;
}

function beginning({ snapshot }: History): State {
  if (snapshot === null) return createState();
  const { version, path, lines } = snapshot;
  const at = { path, version, what: `The snapshot of version ${version}` };
  try {
    const state = fromSnapshot(lines);
    if (state.version === version) return state;
    throw new Error(`it holds the state of version ${state.version}`);
  } catch (error) {
    throw new HistoryBroken(at, error);
  }
}

function foldLine(state: State, { version, path, line }: HistoryEntry): Entry {
  try {
    const entry = JSON.parse(line) as Entry;
    evolveEntry(state, entry);
    return entry;
  } catch (error) {
    throw new HistoryBroken({ path, version, what: `Entry ${version}` }, error);
  }
}

export interface Soundness {
  /** A snapshot of the state gives back a state with the same snapshot, byte by byte. */
  readonly isSameAsSnapshot: boolean;
  /** Sentences that are not true of the state and should be; `[]` when all is well. */
  readonly broken: readonly string[];
}

/** Looks at the whole state. */
export function examineState(state: State): Soundness {
  const lines = toSnapshot(state);
  const again = toSnapshot(fromSnapshot(lines));
  const isSameAsSnapshot = lines.length === again.length && lines.every((line, index) => line === again[index]);
  return { isSameAsSnapshot, broken: allBrokenInvariants(state) };
}
