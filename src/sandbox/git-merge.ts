/**
 * Merges that need no judgement, so that no child of git is needed for them: both sides only add and change files, and
 * not the same ones. The result is what git's own merge gives.
 */
import type { Trees } from "./git-trees.ts";
import type { ChangedPath, CommitObject } from "./git-types.ts";

type CommitOf = (oid: string) => CommitObject | null;

/** A commit and all that it follows; `isEnough` ends the walk along a line. */
function* history(
  commitOf: CommitOf,
  from: string,
  isEnough = (oid: string): boolean => oid === "",
): Generator<string> {
  const seen = new Set<string>();
  const waiting = [from];
  for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    yield oid;
    if (!isEnough(oid)) waiting.push(...(commitOf(oid)?.parents ?? []));
  }
}

/** Whether one commit is the other or comes before it. */
export function isAncestor(commitOf: CommitOf, ancestor: string, of: string): boolean {
  for (const oid of history(commitOf, of)) if (oid === ancestor) return true;
  return false;
}

/** The best common ancestors of two commits: mostly one, none of unrelated ones, several after merges crosswise. */
export function mergeBases(commitOf: CommitOf, a: string, b: string): readonly string[] {
  const ofA = new Set(history(commitOf, a));
  const isOfA = (oid: string): boolean => ofA.has(oid);
  const common = [...history(commitOf, b, isOfA)].filter(isOfA);
  return common.filter((oid) => !common.some((other) => other !== oid && isAncestor(commitOf, oid, other)));
}

/** The merged tree of trees (`base` is that of the common ancestor); null when git must judge. */
export function mergePlainly(
  trees: Trees,
  { base, ours, theirs }: { readonly base: string; readonly ours: string; readonly theirs: string },
): string | null {
  const ourChanges = trees.changedPaths(base, ours);
  const theirChanges = trees.changedPaths(base, theirs);
  // What is gone may have been renamed, and only git finds that out.
  if ([...ourChanges, ...theirChanges].some(({ status }) => status === "removed")) return null;
  if (theirChanges.some((change) => ourChanges.some((other) => isInTheWay(change, other)))) return null;
  const entries = theirChanges.map(({ path }) => trees.entry(theirs, path)).filter((entry) => entry !== null);
  return trees.edit(ours, entries);
}

function isInTheWay({ path: left }: ChangedPath, { path: right }: ChangedPath): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}
