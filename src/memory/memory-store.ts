/** The event store in memory: for tests, `plan` and the demo without a repository. It forgets when the process ends. */
import type { StreamId } from "../model/ids.ts";
import type { Append, EventStore, Log } from "../ports/store.ts";

interface Stream {
  snapshot: { readonly version: number; readonly lines: readonly string[] } | null;
  entries: string[];
}

export interface MemoryStoreOptions {
  /** Entries after which the log is folded into a snapshot; never by default. */
  readonly compactAfter?: number;
}

function startOf(stream: Stream): number {
  return stream.snapshot?.version ?? 0;
}

function versionOf(stream: Stream): number {
  return startOf(stream) + stream.entries.length;
}

function assertEntry(entry: string): void {
  if (/[\r\n]/.test(entry)) throw new Error("An entry of the log must be one line of JSON; this one has a line break.");
  try {
    JSON.parse(entry);
  } catch (error) {
    throw new Error("An entry of the log must be one line of JSON, and this one is not JSON.", { cause: error });
  }
}

/** A store whose streams live as long as it does. It never is unavailable, and nothing is too new for it. */
export function createMemoryStore({ compactAfter = Number.POSITIVE_INFINITY }: MemoryStoreOptions = {}): EventStore {
  const streams = new Map<StreamId, Stream>();

  function find(id: StreamId): Stream {
    return streams.get(id) ?? { snapshot: null, entries: [] };
  }

  async function read(id: StreamId, since?: number): Promise<Log> {
    const stream = find(id);
    const version = versionOf(stream);
    const start = startOf(stream);
    const hasSince = since !== undefined && since >= start && since <= version;
    if (hasSince) return { version, snapshot: null, entries: stream.entries.slice(since - start) };
    return { version, snapshot: stream.snapshot, entries: [...stream.entries] };
  }

  async function append(
    id: StreamId,
    expectedVersion: number,
    { entries, snapshot }: Append,
  ): Promise<"appended" | "conflict"> {
    const stream = find(id);
    if (versionOf(stream) !== expectedVersion) return "conflict";
    for (const entry of entries) assertEntry(entry);
    if (entries.length > 0 && stream.entries.length >= compactAfter) {
      stream.snapshot = { version: expectedVersion, lines: [...snapshot()] };
      stream.entries = [];
    }
    stream.entries.push(...entries);
    streams.set(id, stream);
    return "appended";
  }

  return { read, append, peek: async (id) => versionOf(find(id)) };
}
