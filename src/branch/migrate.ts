/**
 * The schema versions of the state branch. Migrations are numbered, go forward only, and work on what was read; the
 * branch itself changes with the next append.
 *
 * 1: all entries in `state/log.ndjson`, no headers, no snapshots.
 * 2: segments and snapshots with headers (layout.ts).
 * 3: tasks know their kinds of work, times and preemptions; the sessions of the day are figures of their own.
 */
import { StoreTooNew } from "../ports/store.ts";
import { upgradeEntry, upgradeSnapshotLine } from "./upgrade.ts";
import { logFolder, parseLines, renderSegments, schemaVersion, snapshotFolder } from "./layout.ts";

/** Path to text, of every file under `state/` but the schema itself. */
export type StateTexts = ReadonlyMap<string, string>;

function splitSingleLog(texts: StateTexts): StateTexts {
  const path = "state/log.ndjson";
  const entries = parseLines(path, texts.get(path) ?? "");
  return new Map(renderSegments(1, "migrated-from-1", entries).map((file) => [file.path, file.text]));
}

/** Line by line behind each header; numbers of entries and parts stay as they are. */
function completeRecords(texts: StateTexts): StateTexts {
  const records = [...texts].filter(([path]) => path.startsWith(snapshotFolder) || path.startsWith(logFolder));
  return new Map(records.map(([path, text]) => [path, completeFile(path, text)]));
}

function completeFile(path: string, text: string): string {
  const [header, ...lines] = parseLines(path, text);
  if (header === undefined) return text;
  const completed = path.startsWith(snapshotFolder)
    ? lines.flatMap((line) => upgradeSnapshotLine(line))
    : lines.map((line) => upgradeEntry(line));
  return `${[header, ...completed].join("\n")}\n`;
}

/** What brings a branch from the version that is its key to the next. */
const migrations: ReadonlyMap<number, (texts: StateTexts) => StateTexts> = new Map([
  [1, splitSingleLog],
  [2, completeRecords],
]);

/** Throws `StoreTooNew` when the branch was written by a newer program. */
export function assertSchemaKnown(version: number, repository: string): void {
  if (version <= schemaVersion) return;
  throw new StoreTooNew(
    `The state branch of ${repository} has schema version ${version}, and this version of Orchestrate knows versions up to ` +
      `${schemaVersion}. Update Orchestrate to the version that wrote it; until then nothing is read or written.`,
  );
}

/** The files as the current version would have written them. */
export function migrate(texts: StateTexts, from: number): StateTexts {
  let current = texts;
  for (let version = from; version < schemaVersion; version += 1) {
    current = migrations.get(version)?.(current) ?? current;
  }
  return current;
}
