/** The first commit of the state branch: an orphan, so that it shares no history with the code and starts no workflow. */
import { z } from "zod";
import { StoreUnavailable } from "../ports/store.ts";
import { classifyFault } from "./faults.ts";
import { branchName, readmePath, type StateFile } from "./layout.ts";
import type { StateRequest } from "./request.ts";

const readme = `# The state of Orchestrate

This branch is the memory of Orchestrate, which works through the issues of this
repository with coding agents. It shares no history with the code. **Do not edit, merge or delete it.**

| Folder | What it holds |
|---|---|
| \`state/log/\` | everything that was decided, in order; one file a write |
| \`state/snapshot/\` | the sum of what was decided before the log's first file |
| \`state/schema.json\` | the version of this layout |
| \`tasks/<status>/<number>.md\` | one file an open task, to read. Edits are overwritten and never acted on |
| \`plans/<number>.md\` | the pieces that an open task is split into, proposed or in force. Edits likewise |
| \`reports/<date>.md\` | how things stood with the whole, once a day |
| \`reports/retrospective-<n>.md\` | a look back at some completed tasks |

The pinned issue *Orchestrate: cockpit* shows how things stand, and takes orders by its boxes.
To change something, comment \`/orchestrate help\` on an issue. Deleting the branch makes Orchestrate forget what it
started: \`orchestrate backup\` saves it, and \`orchestrate restore\` brings the memory back.
`;

export function renderReadme(): StateFile {
  return { path: readmePath, text: readme };
}

const Created = z.object({ sha: z.string() });

interface FirstCommit {
  readonly request: StateRequest;
  /** `owner/name`. */
  readonly repository: string;
  readonly files: readonly StateFile[];
  readonly message: string;
}

async function createCommit({ request, repository, files, message }: FirstCommit): Promise<string> {
  const tree = await request.rest({
    method: "POST",
    path: `/repos/${repository}/git/trees`,
    body: { tree: files.map((file) => ({ path: file.path, mode: "100644", type: "blob", content: file.text })) },
  });
  const commit = await request.rest({
    method: "POST",
    path: `/repos/${repository}/git/commits`,
    body: { message, tree: Created.parse(tree.data).sha, parents: [] },
  });
  return Created.parse(commit.data).sha;
}

function isStatus(error: unknown, status: number, now: number): boolean {
  const fault = classifyFault(error, now);
  return fault.kind === "refused" && fault.status === status;
}

/**
 * Makes the commit, which nothing shows before the branch points to it. Returns its id. Rejects with `StoreUnavailable`
 * when the repository is empty, else as the request does.
 */
export async function createFirstCommit(first: FirstCommit, now: number): Promise<string> {
  try {
    return await createCommit(first);
  } catch (error) {
    throw explainEmpty(error, first.repository, now);
  }
}

/** What to throw instead of `error`, which making a tree was rejected with: GitHub makes none in an empty repository. */
export function explainEmpty(error: unknown, repository: string, now: number): unknown {
  if (!isStatus(error, 409, now)) return error;
  return new StoreUnavailable(
    `${repository} is empty, and GitHub keeps no branch in an empty repository: push a first commit to it.`,
    { cause: error },
  );
}

/** Points the branch to its first commit. "exists": somebody else was first. Rejects as the request does. */
export async function createBranch(first: FirstCommit, sha: string, now: number): Promise<"created" | "exists"> {
  try {
    const body = { ref: `refs/heads/${branchName}`, sha };
    await first.request.rest({ method: "POST", path: `/repos/${first.repository}/git/refs`, body });
    return "created";
  } catch (error) {
    const isRace = isStatus(error, 422, now) && error instanceof Error && /already exists/i.test(error.message);
    if (isRace) return "exists";
    throw error;
  }
}
