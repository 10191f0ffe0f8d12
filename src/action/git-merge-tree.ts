/**
 * The files that stand in the way of a merge, as git itself finds them, in a checkout with history. Branch names come from outside:
 * they are checked, passed as arguments and never seen by a shell.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Conflicts } from "../ports/conflicts.ts";

const run = promisify(execFile);

const timeoutMs = 60_000;
const outputMax = 10_000_000;

/** What git allows in the name of a branch, but for a leading dash, which no option can be mistaken for. */
const branchPattern = /^(?!-)(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|\.$|\/$))(?![./])[^\p{Cc} ~^:?*[\\]{1,250}$/u;

/** What git needs to find itself and its credentials. The keys of vendors are nothing to it, nor to what it may start. */
const passedOn = ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK"];

function environment(): NodeJS.ProcessEnv {
  const { env } = process;
  return {
    ...Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}

/** Answers from the repository at `directory`, whose `remote` is fetched first. Null where it has no history to merge with. */
export function createGitConflicts(directory: string, remote = "origin"): Conflicts {
  async function git(...args: readonly string[]): Promise<string> {
    const options = { cwd: directory, env: environment(), timeout: timeoutMs, maxBuffer: outputMax };
    return (await run("git", ["-c", "core.hooksPath=/dev/null", ...args], options)).stdout;
  }

  /** Kept under a name of ours, so that what is checked out stays as it is. */
  async function fetchBranch(branch: string, role: "head" | "base"): Promise<string> {
    const kept = `refs/orchestrate/merge-${role}`;
    const refspec = `+refs/heads/${branch}:${kept}`;
    await git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--end-of-options", remote, refspec);
    return (await git("rev-parse", "--verify", "--end-of-options", `${kept}^{commit}`)).trim();
  }

  return {
    async find({ head, base }) {
      if (!branchPattern.test(head) || !branchPattern.test(base)) return null;
      try {
        const [theirs, ours] = [await fetchBranch(base, "base"), await fetchBranch(head, "head")];
        return await mergeTree(git, ours, theirs);
      } catch {
        // No such branch, no such remote, or a checkout without history: then it cannot say.
        return null;
      }
    },
  };
}

/** The paths in which two commits conflict; rejects where git cannot say. It ends with 1 where there are any: the tree, then each path, ended by zeros. */
export async function mergeTree(
  git: (...args: readonly string[]) => Promise<string>,
  ours: string,
  theirs: string,
): Promise<readonly string[]> {
  try {
    await git("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs);
    return [];
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: unknown };
    if (code !== 1 || typeof stdout !== "string") throw error;
    return [
      ...new Set(
        stdout
          .split("\0")
          .slice(1)
          .filter((path) => path !== ""),
      ),
    ];
  }
}
