/**
 * The files of the state branch: where they are, how they are written, how they are read back. A segment holds entries
 * `first` to `last`, a snapshot holds the state at a version in parts; each opens with a header line that says so, so that
 * a cut or missing file is noticed.
 */
import { z } from "zod";
import { StoreCorrupt } from "./faults.ts";

export const branchName = "orchestrate/state";
export const schemaVersion = 3;
export const schemaPath = "state/schema.json";
export const readmePath = "README.md";
export const logFolder = "state/log/";
export const snapshotFolder = "state/snapshot/";

/** GraphQL cuts the text of large blobs (`isTruncated`); at this size it has not been seen to. */
const fileBytesMax = 200_000;
/** A commit takes about 100 additions; a snapshot leaves room for the rest of the write. */
const snapshotPartsMax = 60;

export interface StateFile {
  readonly path: string;
  readonly text: string;
}

const SegmentHeader = z.object({
  operation: z.string(),
  first: z.number().int().min(1),
  last: z.number().int().min(1),
});
type SegmentHeader = z.output<typeof SegmentHeader>;

const SnapshotHeader = z.object({
  version: z.number().int().min(0),
  part: z.number().int().min(1),
  parts: z.number().int().min(1),
});
type SnapshotHeader = z.output<typeof SnapshotHeader>;

export type ParsedFile =
  | {
      readonly kind: "segment";
      readonly header: SegmentHeader;
      readonly lines: readonly string[];
      readonly bytes: number;
    }
  | {
      readonly kind: "snapshot";
      readonly header: SnapshotHeader;
      readonly lines: readonly string[];
      readonly bytes: number;
    };

/** What the files of the branch amount to. */
export interface ParsedLog {
  readonly version: number;
  readonly snapshot: { readonly version: number; readonly lines: readonly string[] } | null;
  readonly entries: readonly string[];
  readonly operations: readonly string[];
  readonly segmentBytes: number;
  readonly snapshotBytes: number;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

function toText(header: SegmentHeader | SnapshotHeader, lines: readonly string[]): string {
  return `${[JSON.stringify(header), ...lines].join("\n")}\n`;
}

/** Cuts lines into runs of at most `bytesMax`; a longer line is a run of its own. At least one run, perhaps empty. */
function toRuns(lines: readonly string[], bytesMax: number): string[][] {
  const runs: string[][] = [[]];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line) + 1;
    const isFull = bytes > 0 && bytes + size > bytesMax;
    if (isFull) {
      runs.push([]);
      bytes = 0;
    }
    runs.at(-1)?.push(line);
    bytes += size;
  }
  return runs;
}

/** The segment files for `entries`, the first of which is entry number `first`; none for none. */
export function renderSegments(first: number, operation: string, entries: readonly string[]): StateFile[] {
  if (entries.length === 0) return [];
  const files: StateFile[] = [];
  let next = first;
  for (const run of toRuns(entries, fileBytesMax)) {
    const header = { operation, first: next, last: next + run.length - 1 };
    const path = `${logFolder}${padded(header.first, 10)}-${padded(header.last, 10)}.ndjson`;
    files.push({ path, text: toText(header, run) });
    next = header.last + 1;
  }
  return files;
}

/** The parts of the snapshot of the state at `version`. */
export function renderSnapshot(version: number, lines: readonly string[]): StateFile[] {
  const total = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const runs = toRuns(lines, Math.max(fileBytesMax, Math.ceil(total / snapshotPartsMax)));
  return runs.map((run, index) => ({
    path: `${snapshotFolder}${padded(version, 10)}-${padded(index + 1, 3)}.ndjson`,
    text: toText({ version, part: index + 1, parts: runs.length }, run),
  }));
}

export function renderSchema(): StateFile {
  return { path: schemaPath, text: `${JSON.stringify({ version: schemaVersion })}\n` };
}

function parseJson(path: string, line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new StoreCorrupt(path, `is not readable: ${place} is not JSON`, { cause: error });
  }
}

const SchemaFile = z.object({ version: z.number().int().min(1) });

/** The schema version that `state/schema.json` names. Throws `StoreCorrupt` when it names none. */
export function parseSchema(text: string): number {
  const parsed = SchemaFile.safeParse(parseJson(schemaPath, text, "its content"));
  if (!parsed.success) throw new StoreCorrupt(schemaPath, "names no schema version", { cause: parsed.error });
  return parsed.data.version;
}

/** The lines of a file, each checked to be JSON. Throws `StoreCorrupt` when the file is cut or is something else. */
export function parseLines(path: string, text: string): string[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new StoreCorrupt(path, "is cut off: its last line has no end");
  const lines = text.slice(0, -1).split("\n");
  for (const [index, line] of lines.entries()) parseJson(path, line, `line ${index + 1}`);
  return lines;
}

/** Reads one segment or part of a snapshot. Throws `StoreCorrupt`. */
export function parseFile(path: string, text: string): ParsedFile {
  const [first, ...lines] = parseLines(path, text);
  if (first === undefined) throw new StoreCorrupt(path, "is empty");
  const bytes = Buffer.byteLength(text);
  const start: unknown = JSON.parse(first);
  if (path.startsWith(snapshotFolder)) {
    const header = SnapshotHeader.safeParse(start);
    if (!header.success) throw new StoreCorrupt(path, "has no snapshot header", { cause: header.error });
    return { kind: "snapshot", header: header.data, lines, bytes };
  }
  const header = SegmentHeader.safeParse(start);
  if (!header.success) throw new StoreCorrupt(path, "has no segment header", { cause: header.error });
  const expected = header.data.last - header.data.first + 1;
  if (lines.length !== expected) {
    throw new StoreCorrupt(path, `should hold ${expected} entries and holds ${lines.length}`);
  }
  return { kind: "segment", header: header.data, lines, bytes };
}

type Parsed<Kind extends ParsedFile["kind"]> = readonly [string, Extract<ParsedFile, { readonly kind: Kind }>];

function assembleSnapshot(parts: readonly Parsed<"snapshot">[]) {
  const version = Math.max(...parts.map(([, part]) => part.header.version));
  const own = parts.filter(([, part]) => part.header.version === version);
  own.sort(([, a], [, b]) => a.header.part - b.header.part);
  const count = own[0]?.[1].header.parts ?? 0;
  for (let index = 0; index < count; index += 1) {
    const part = own[index];
    if (part?.[1].header.part === index + 1) continue;
    throw new StoreCorrupt(
      `${snapshotFolder}${padded(version, 10)}-${padded(index + 1, 3)}.ndjson`,
      `is missing: the snapshot of version ${version} has ${count} parts`,
    );
  }
  return {
    version,
    lines: own.flatMap(([, part]) => part.lines),
    bytes: own.reduce((sum, [, part]) => sum + part.bytes, 0),
  };
}

/** Throws `StoreCorrupt` when the segment at `path`, which begins with entry `first`, does not go on after `version`. */
export function assertFollows(path: string, first: number, version: number): void {
  if (first === version + 1) return;
  const problem = `does not follow: it starts at entry ${first}, but entry ${version + 1} is due`;
  throw new StoreCorrupt(path, `${problem}; a segment before it is missing or damaged`);
}

/** Puts the files together. Throws `StoreCorrupt` naming the file that is missing or does not fit. */
export function assembleLog(files: ReadonlyMap<string, ParsedFile>): ParsedLog {
  const parts: Parsed<"snapshot">[] = [];
  const segments: Parsed<"segment">[] = [];
  for (const [path, file] of files) {
    if (file.kind === "snapshot") parts.push([path, file]);
    else segments.push([path, file]);
  }
  const snapshot = parts.length === 0 ? null : assembleSnapshot(parts);
  segments.sort(([, a], [, b]) => a.header.first - b.header.first);
  // A segment that the snapshot covers wholly is a leftover: the next compaction removes it.
  const live = segments.filter(([, segment]) => segment.header.last > (snapshot?.version ?? 0));
  let version = snapshot?.version ?? 0;
  for (const [path, segment] of live) {
    assertFollows(path, segment.header.first, version);
    version = segment.header.last;
  }
  return {
    version,
    snapshot: snapshot === null ? null : { version: snapshot.version, lines: snapshot.lines },
    entries: live.flatMap(([, segment]) => segment.lines),
    operations: live.map(([, segment]) => segment.header.operation),
    segmentBytes: live.reduce((sum, [, segment]) => sum + segment.bytes, 0),
    snapshotBytes: snapshot?.bytes ?? 0,
  };
}
