/** What one append writes: which files come and go, in which commits, and the compare-and-swap itself. */
import { z } from "zod";
import type { Append, FileChange } from "../ports/store.ts";
import { renderReadme } from "./bootstrap.ts";
import {
  branchName,
  parseFile,
  readmePath,
  renderSchema,
  renderSegments,
  renderSnapshot,
  schemaPath,
  schemaVersion,
  type StateFile,
} from "./layout.ts";
import type { Branch } from "./load.ts";
import type { StateRequest } from "./request.ts";

export interface Commit {
  readonly additions: readonly StateFile[];
  readonly deletions: readonly string[];
  readonly headline: string;
  /** Names this append in the log and in the commit, to be found again after a lost answer. */
  readonly operation: string;
}

/**
 * When the log is made smaller: many small segments become one (that costs in proportion to them), and a log that has
 * outgrown its snapshot becomes a new snapshot (that costs about what was written since). So no write pays for the
 * backlog, only for itself a few times over.
 */
export interface CompactionBounds {
  /** Small segments that may lie on the branch. */
  readonly smallMax: number;
  /** Bytes of log that are worth a snapshot, however small that is. */
  readonly bytesMin: number;
}

export const defaultBounds: CompactionBounds = { smallMax: 48, bytesMin: 262_144 };

/** A segment of this size is merged with no other: what is written gets rewritten about once. */
const smallBytesMax = 50_000;

/** Reports say that a commit takes about 100 additions. */
const changesMax = 100;

/** Whether the next append writes a snapshot. An older schema version ends with one, whatever the bounds say. */
function isSnapshotDue({ log, schema, head }: Branch, bounds: CompactionBounds): boolean {
  if (head !== null && schema < schemaVersion) return true;
  return log.segmentBytes > Math.max(bounds.bytesMin, log.snapshotBytes);
}

interface SmallRun {
  readonly first: number;
  readonly lines: string[];
  readonly paths: string[];
}

/** Small segments that follow each other; a large one between them ends a run. */
function findSmallRuns({ log, files }: Branch): SmallRun[] {
  const runs: SmallRun[] = [];
  let run: SmallRun | null = null;
  for (const path of [...files.keys()].toSorted()) {
    const file = files.get(path);
    if (file?.kind !== "segment" || file.header.last <= (log.snapshot?.version ?? 0)) continue;
    if (file.bytes >= smallBytesMax) {
      run = null;
      continue;
    }
    if (run === null) runs.push((run = { first: file.header.first, lines: [], paths: [] }));
    run.lines.push(...file.lines);
    run.paths.push(path);
  }
  return runs;
}

/** Neighbouring small segments as one; nothing while there are few. */
function mergeSmall(branch: Branch, bounds: CompactionBounds): FileChange[] {
  const runs = findSmallRuns(branch);
  if (runs.reduce((sum, run) => sum + run.paths.length, 0) <= bounds.smallMax) return [];
  return runs
    .filter((run) => run.paths.length > 1)
    .flatMap((run) => {
      const merged = renderSegments(run.first, "merged", run.lines);
      const kept = new Set(merged.map((file) => file.path));
      const replaced = run.paths.filter((path) => !kept.has(path)).map((path) => ({ path, text: null }));
      return [...merged, ...replaced];
    });
}

/** A commit message can close and mention, on any branch: none of that may come out of a headline. */
function toHeadline(summary: string): string {
  const plain = summary
    .replaceAll(/\p{Cc}+/gu, " ")
    .replaceAll(/#(?=\d)|\bGH-(?=\d)/gi, "no. ")
    .replaceAll(/@(?=\w)/g, "")
    .replaceAll(/\b\w+:\/\/\S+/g, "(link)")
    .trim();
  return plain === "" ? "Record decisions" : Array.from(plain).slice(0, 100).join("");
}

const pathPattern = /^(?!state\/)[\w.-]+(?:\/[\w.-]+){0,2}$/;

function assertAppend(append: Append): void {
  for (const entry of append.entries) {
    if (/[\r\n]/.test(entry))
      throw new Error("An entry of the log must be one line of JSON, and this one has a line break.");
  }
  for (const { path } of append.files) {
    const isPlain = pathPattern.test(path) && !path.split("/").some((part) => part === "." || part === "..");
    if (isPlain && path !== readmePath) continue;
    throw new Error(`"${path}" is no path for a file beside the log: at most three plain names, and not under state/.`);
  }
}

/** The last word on each path. Deletes only what is there: GitHub refuses a commit that deletes what is not. */
function toChanges(files: readonly FileChange[], branch: Branch): FileChange[] {
  const changes = new Map(files.map((file) => [file.path, file]));
  return [...changes.values()].filter((file) => file.text !== null || branch.paths.has(file.path));
}

function toCommit(changes: readonly FileChange[], names: Pick<Commit, "headline" | "operation">): Commit {
  return {
    ...names,
    additions: changes.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }])),
    deletions: changes.flatMap(({ path, text }) => (text === null ? [path] : [])),
  };
}

/** The snapshot at the version of `branch`, in place of all that was under `state/`. */
function foldState(branch: Branch, append: Append): FileChange[] {
  const shards = renderSnapshot(branch.log.version, append.snapshot());
  const kept = new Set([schemaPath, ...shards.map((file) => file.path)]);
  const old = [...branch.paths].filter((path) => path.startsWith("state/") && !kept.has(path));
  return [...shards, ...old.map((path) => ({ path, text: null }))];
}

function toCore(append: Append, operation: string, options: PlanOptions): FileChange[] {
  const { branch, bounds } = options;
  const core: FileChange[] = [
    ...renderSegments(branch.log.version + 1, operation, append.entries),
    ...(isSnapshotDue(branch, bounds) ? foldState(branch, append) : mergeSmall(branch, bounds)),
  ];
  // What could not be read back is not written.
  for (const { path, text } of core) if (text !== null) parseFile(path, text);
  if (!branch.paths.has(schemaPath) || branch.schema < schemaVersion) core.push(renderSchema());
  if (!branch.paths.has(readmePath)) core.push(renderReadme());
  return core;
}

interface PlanOptions {
  readonly branch: Branch;
  readonly bounds: CompactionBounds;
}

/**
 * The commits of an append, in order: the first holds the decisions, whole; the rest are files for people that did not fit
 * into it. Empty when there is nothing to write. Throws when an entry is not a line of JSON or a path is not plain.
 */
export function planCommits(append: Append, operation: string, options: PlanOptions): Commit[] {
  assertAppend(append);
  const changes = toChanges(append.files, options.branch);
  if (append.entries.length === 0 && changes.length === 0) return [];
  const core = toCore(append, operation, options);
  const headline = toHeadline(append.summary);
  const room = Math.max(0, changesMax - core.filter((file) => file.text !== null).length);
  const commits = [toCommit([...core, ...changes.slice(0, room)], { headline, operation })];
  for (let start = room; start < changes.length; start += changesMax) {
    commits.push(toCommit(changes.slice(start, start + changesMax), { headline: "Update task files", operation }));
  }
  return commits;
}

export function trailerOf(operation: string): string {
  return `Orchestrate-Operation: ${operation}`;
}

const mutation = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

const Committed = z.object({ createCommitOnBranch: z.object({ commit: z.object({ oid: z.string() }) }) });

/** Commits when the branch is still at `head`. Returns the new head; rejects as the request does. */
export async function commitOnBranch(
  target: { readonly request: StateRequest; readonly repository: string },
  head: string,
  commit: Commit,
): Promise<string> {
  const data = await target.request.graphql(mutation, {
    input: {
      branch: { repositoryNameWithOwner: target.repository, branchName },
      expectedHeadOid: head,
      message: { headline: commit.headline, body: trailerOf(commit.operation) },
      fileChanges: {
        additions: commit.additions.map(({ path, text }) => ({
          path,
          contents: Buffer.from(text, "utf8").toString("base64"),
        })),
        deletions: commit.deletions.map((path) => ({ path })),
      },
    },
  });
  return Committed.parse(data).createCommitOnBranch.commit.oid;
}
