/**
 * Puts a whole state onto the branch: all of its files in one commit, on top of the commit that was looked at, so that history keeps what
 * was there before. Git's own rule is the compare-and-swap: a branch that has moved meanwhile does not go forward to this commit.
 */
import { z } from "zod";
import { createBranch, explainEmpty, renderReadme } from "./bootstrap.ts";
import { classifyFault } from "./faults.ts";
import { readHead } from "./image.ts";
import { branchName, readmePath, renderSchema, renderSegments, renderSnapshot, type StateFile } from "./layout.ts";
import type { Source } from "./load.ts";
import { trailerOf } from "./commit.ts";

/** A tree is made in steps of this size: GitHub gives each request ten seconds. */
const filesPerRequest = 200;
const bytesPerRequest = 4_000_000;

/** Plain names only: what begins with a dot, such as `.github/workflows`, means something to GitHub. */
const pathPattern = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*){0,2}$/;

export interface WholeState {
  readonly version: number;
  /** The state at `version`. */
  readonly snapshot: readonly string[];
  /** What follows it. */
  readonly entries: readonly string[];
  /** The files for people beside it, as they were; those of the state are left out. */
  readonly beside: ReadonlyMap<string, string>;
}

/** The files of the branch, in order. What somebody else has put beside the state, under a name that is not plain, is left out. */
export function renderWholeState({ version, snapshot, entries, beside }: WholeState, operation: string): StateFile[] {
  const others = [...beside].filter(([path]) => !path.startsWith("state/") && pathPattern.test(path));
  return [
    renderSchema(),
    ...renderSnapshot(version, snapshot),
    ...renderSegments(version + 1, operation, entries),
    ...(beside.has(readmePath) ? [] : [renderReadme()]),
    ...others.map(([path, text]) => ({ path, text })),
  ];
}

export interface Replacement {
  /** The commit that was looked at; null: there was no branch. */
  readonly head: string | null;
  readonly files: readonly StateFile[];
  readonly headline: string;
  /** Names this write in its commit. */
  readonly operation: string;
  readonly now: number;
}

const Sha = z.object({ sha: z.string() });

/** Returns the new commit; "moved" when the branch is no longer where it was looked at. Rejects as the request does. */
export async function replaceBranch(
  source: Source,
  replacement: Replacement,
): Promise<{ readonly head: string } | "moved"> {
  const { head, now } = replacement;
  const message = `${replacement.headline}\n\n${trailerOf(replacement.operation)}`;
  const tree = await createTree(source, replacement);
  const body = { message, tree, parents: head === null ? [] : [head] };
  const path = `/repos/${source.repository}/git/commits`;
  const { sha } = Sha.parse((await source.request.rest({ method: "POST", path, body })).data);
  const hasLanded = head === null ? await begin(source, { sha, message, now }) : await pointTo(source, sha, now);
  return hasLanded ? { head: sha } : "moved";
}

/** Each step on the tree of the one before. */
async function createTree({ request, repository }: Source, { files, now }: Replacement): Promise<string> {
  const path = `/repos/${repository}/git/trees`;
  let tree: string | null = null;
  try {
    for (const batch of toBatches(files)) {
      const entries = batch.map((file) => ({ path: file.path, mode: "100644", type: "blob", content: file.text }));
      const base: { readonly base_tree?: string } = tree === null ? {} : { base_tree: tree };
      const { data } = await request.rest({ method: "POST", path, body: { tree: entries, ...base } });
      tree = Sha.parse(data).sha;
    }
  } catch (error) {
    throw explainEmpty(error, repository, now);
  }
  return tree ?? "";
}

function toBatches(files: readonly StateFile[]): readonly (readonly StateFile[])[] {
  const batches: StateFile[][] = [[]];
  let bytes = 0;
  for (const file of files) {
    const size = Buffer.byteLength(file.text);
    const last = batches.at(-1) ?? [];
    if (last.length > 0 && (last.length === filesPerRequest || bytes + size > bytesPerRequest)) {
      batches.push([file]);
      bytes = size;
      continue;
    }
    last.push(file);
    bytes += size;
  }
  return batches;
}

async function begin(
  source: Source,
  { sha, message, now }: { readonly sha: string; readonly message: string; readonly now: number },
): Promise<boolean> {
  try {
    return (await createBranch({ ...source, files: [], message }, sha, now)) === "created";
  } catch (error) {
    return foundAt(source, sha, { error, now });
  }
}

/** Forward only: without `force`, GitHub refuses a commit that the branch's own is no parent of. */
async function pointTo(source: Source, sha: string, now: number): Promise<boolean> {
  try {
    const path = `/repos/${source.repository}/git/refs/heads/${branchName}`;
    await source.request.rest({ method: "PATCH", path, body: { sha, force: false } });
    return true;
  } catch (error) {
    return foundAt(source, sha, { error, now });
  }
}

/** After an answer that is no success: where the branch is now. Throws what was answered, where that is no sign of somebody else. */
async function foundAt(
  source: Source,
  sha: string,
  { error, now }: { readonly error: unknown; readonly now: number },
): Promise<boolean> {
  const fault = classifyFault(error, now);
  const isConflict = fault.kind === "refused" && (fault.status === 422 || fault.status === 409);
  if (fault.kind !== "lost" && !isConflict) throw error;
  if ((await readHead(source, now)) === sha) return true;
  if (isConflict && isRace(error)) return false;
  throw error;
}

/** A rule that protects the branch is answered with the same status. */
function isRace(error: unknown): boolean {
  return error instanceof Error && /fast.?forward|already exists|does not exist/i.test(error.message);
}
