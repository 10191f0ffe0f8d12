/**
 * The event store: one stream a repository, compare-and-swap on its version. It keeps entries and snapshots as lines of
 * JSON and does not read them, so a store needs no knowledge of the core.
 *
 * The version of a stream is the number of entries ever appended. An append is all or nothing.
 */
import type { StreamId } from "../model/ids.ts";

export interface Log {
  readonly version: number;
  /** The state at `snapshot.version`, as lines; null when the entries reach back to the first. */
  readonly snapshot: { readonly version: number; readonly lines: readonly string[] } | null;
  /** Entries after the snapshot, or after `since`, in order; one line of JSON each. */
  readonly entries: readonly string[];
}

/** A file for people beside the log (task files, README); a view, never read back. */
export interface FileChange {
  readonly path: string;
  /** Null deletes. */
  readonly text: string | null;
}

export interface Append {
  readonly entries: readonly string[];
  readonly files: readonly FileChange[];
  /** One line for people: the headline of the commit. */
  readonly summary: string;
  /** The state at the expected version, asked for only when the store wants to compact. */
  readonly snapshot: () => readonly string[];
}

export interface EventStore {
  /**
   * Reads the stream. With `since`, returns the entries after that version when the store still has them, else a
   * snapshot and what follows. An unknown stream has version 0. Rejects with `StoreTooNew` when the stream was written
   * by a newer version of the program, with `StoreUnavailable` when it cannot be reached.
   */
  read(stream: StreamId, since?: number): Promise<Log>;
  /**
   * Appends when the stream is still at `expectedVersion`. "conflict": somebody else wrote, or the answer was lost and
   * nobody knows: read again; ids in the log tell what landed. Rejects with `StoreUnavailable`, then it may have landed.
   */
  append(stream: StreamId, expectedVersion: number, append: Append): Promise<"appended" | "conflict">;
  /**
   * The version without the content, as cheap as the store can; null when it cannot be told cheaply. `seenHead` is the
   * head that somebody was told of: when it is one of this store's own appends, nothing is asked.
   */
  peek(stream: StreamId, seenHead?: string | null): Promise<number | null>;
}

/** The stream was written by a newer program. Nothing is read or written until this one is updated. */
export class StoreTooNew extends Error {
  override readonly name = "StoreTooNew";
}

/** The store could not be reached, or refused for a reason that passes. `retryAfterMs` is its wish, where known. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  readonly retryAfterMs: number | null;
  constructor(message: string, options: { cause?: unknown; retryAfterMs?: number | null } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
