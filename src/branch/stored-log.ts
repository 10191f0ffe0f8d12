/**
 * The log as it lies in the files of the state branch, entry by entry with the file that each is in: for whoever looks at history as
 * such. What the program goes on from is read by load.ts.
 */
import { StoreCorrupt } from "./faults.ts";
import { assembleLog, assertFollows, logFolder, parseFile, parseSchema, type ParsedFile } from "./layout.ts";
import { schemaPath, schemaVersion, snapshotFolder } from "./layout.ts";
import { assertSchemaKnown, migrate, type StateTexts } from "./migrate.ts";

export interface StoredEntry {
  readonly version: number;
  /** The segment that it is in; of an older schema, the one that it would be in. */
  readonly path: string;
  readonly line: string;
}

export interface StoredLog {
  /** As it was written. */
  readonly schema: number;
  /** What the entries go on from; null: from nothing. */
  readonly snapshot: { readonly version: number; readonly lines: readonly string[]; readonly path: string } | null;
  /** Throws `StoreCorrupt` at the file where the log cannot be read any further. */
  entries(): IterableIterator<StoredEntry>;
}

/**
 * Reads the files of a branch, text by path. Throws `StoreTooNew`, or `StoreCorrupt` when the schema or the snapshot cannot be read; what
 * is wrong behind these is told when the entries are asked for.
 */
export function openLog(files: StateTexts, repository: string): StoredLog {
  const own = new Map([...files].filter(([path]) => path.startsWith("state/")));
  const text = own.get(schemaPath);
  if (text === undefined) throw new StoreCorrupt(schemaPath, "is missing");
  const schema = parseSchema(text);
  assertSchemaKnown(schema, repository);
  const current = schema === schemaVersion ? own : migrate(own, schema);
  const snapshot = readSnapshot(current);
  return { schema, snapshot, entries: () => walk(current, snapshot?.version ?? 0) };
}

function readSnapshot(texts: StateTexts): StoredLog["snapshot"] {
  const parts = new Map<string, ParsedFile>();
  for (const [path, text] of texts) if (path.startsWith(snapshotFolder)) parts.set(path, parseFile(path, text));
  const { snapshot } = assembleLog(parts);
  if (snapshot === null) return null;
  const [path = snapshotFolder] = [...parts].flatMap(([name, part]) =>
    part.kind === "snapshot" && part.header.version === snapshot.version ? [name] : [],
  );
  return { ...snapshot, path };
}

function* walk(texts: StateTexts, from: number): IterableIterator<StoredEntry> {
  let version = from;
  const paths = [...texts.keys()].filter((path) => path.startsWith(logFolder)).toSorted();
  for (const path of paths) {
    const file = parseFile(path, texts.get(path) ?? "");
    // What the snapshot covers wholly is a leftover.
    if (file.kind !== "segment" || file.header.last <= from) continue;
    assertFollows(path, file.header.first, version);
    for (const line of file.lines) {
      version += 1;
      yield { version, path, line };
    }
  }
}

const rangePattern = /-(\d{1,15})\.ndjson$/;

/** The last version that the names of the files speak of, also where their content is damaged; 0 where none does. */
export function lastNamedVersion(paths: Iterable<string>): number {
  let last = 0;
  for (const path of paths) {
    const [, version] = (path.startsWith(logFolder) ? rangePattern.exec(path) : null) ?? [];
    if (version !== undefined) last = Math.max(last, Number(version));
  }
  return last;
}
