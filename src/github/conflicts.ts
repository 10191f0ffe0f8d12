/**
 * The files that stand in the way of a merge, without git: those that were changed on both sides since they parted. GitHub's API says
 * no more; a file that both sides changed in different places is among them.
 */
import { z } from "zod";
import type { BranchPair, Conflicts } from "../ports/conflicts.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

const Comparison = z.object({
  files: z.array(z.object({ filename: z.string(), previous_filename: z.string().nullish() })).nullish(),
});

/** GitHub names no more files of a comparison. */
const filesMax = 300;

interface ConflictParts {
  readonly client: GithubClient;
  readonly place: Place;
}

/** Two requests for a question. */
export function createApiConflicts(parts: ConflictParts): Conflicts {
  return {
    async find({ head, base }) {
      try {
        const [theirs, ours] = [
          await changedOn(parts, { base: head, head: base }),
          await changedOn(parts, { base, head }),
        ];
        return theirs === null || ours === null ? null : [...ours].filter((path) => theirs.has(path)).toSorted();
      } catch {
        // The branch is gone, GitHub is down, or its answer has a form that is not known: then nobody can say.
        return null;
      }
    },
  };
}

/** What `head` changes since it parted from `base`; null where GitHub does not name everything. */
async function changedOn({ client, place }: ConflictParts, { base, head }: BranchPair): Promise<Set<string> | null> {
  const answer = await client.read("GET /repos/{owner}/{repo}/compare/{basehead}", {
    ...routeOf(place),
    basehead: `${base}...${head}`,
    per_page: 1,
  });
  const files = Comparison.parse(answer.data).files ?? [];
  if (files.length >= filesMax) return null;
  return new Set(files.flatMap((file) => [file.filename, ...(file.previous_filename ? [file.previous_filename] : [])]));
}
