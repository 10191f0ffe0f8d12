/** Before a session goes on with a branch: which files stand in the way of merging the base into it, as a sentence of feedback. */
import type { Task } from "../model/task.ts";
import type { EngineParts, World } from "./parts.ts";

/** So many are named; the agent finds the others when it merges. */
const pathsMax = 20;
const pathLengthMax = 200;

/** `[]` where there is nothing to go on with, no conflict, or nobody can say. Costs two requests where there may be one. */
export async function conflictWords(
  { defaultBranch }: Pick<EngineParts, "defaultBranch">,
  { conflicts }: Pick<World, "conflicts">,
  task: Task,
): Promise<readonly string[]> {
  const branch = branchInDoubt(task);
  if (conflicts === undefined || branch === null) return [];
  const paths = await conflicts.find({ head: branch, base: defaultBranch });
  if (paths === null || paths.length === 0) return [];
  const named = paths.slice(0, pathsMax).map(toPlainPath).join(", ");
  const more = paths.length > pathsMax ? ` and ${paths.length - pathsMax} more` : "";
  return [
    `Both your branch and ${toPlainPath(defaultBranch)} have changed these files: ${named}${more}. Merge the base branch first.`,
  ];
}

/** The branch of a pull request that conflicts, or one that was begun earlier, of which nobody has told anything. */
function branchInDoubt({ pull, assignment }: Task): string | null {
  if (pull?.state === "open") return pull.mergeable === "conflict" && pull.branch !== "" ? pull.branch : null;
  return assignment?.continues?.isBegun === true ? assignment.continues.branch : null;
}

/** A path is text from outside: in quotes, on one line, and not longer than a path that people read. */
function toPlainPath(path: string): string {
  return JSON.stringify(path.slice(0, pathLengthMax).replaceAll(/[\p{C}`<>]/gu, "?"));
}
