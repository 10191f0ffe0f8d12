/** The git clone that one stands in, asked through git itself: names are passed as arguments and never seen by a shell. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { CommandFailed } from "./failure.ts";

const run = promisify(execFile);

/** What asks only files is quick; what asks a remote is not. */
const patienceMs = 60_000;
const outputMax = 10_000_000;

export interface Clone {
  /** Of the work tree that one stands in. */
  readonly root: string;
  /** The git directory that all work trees of the clone share. */
  readonly shared: string;
  /** What git prints, without blanks around. Rejects where it fails. */
  git(...args: readonly string[]): Promise<string>;
  /** Null where git fails, which is how it says that there is no such thing. */
  ask(...args: readonly string[]): Promise<string | null>;
}

/** Rejects with a sentence outside of a clone, and in one without a work tree. */
export async function findClone(directory: string): Promise<Clone> {
  // A hook is told by git's own variables which repository it runs in; so is what it asks.
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
  const at =
    (cwd: string) =>
    async (...args: readonly string[]) => {
      const options = { cwd, env, timeout: patienceMs, maxBuffer: outputMax };
      return (await run("git", [...args], options)).stdout;
    };
  try {
    const root = (await at(directory)("rev-parse", "--show-toplevel")).replace(/\n$/, "");
    if (root === "") throw new Error("There is no work tree.");
    const git = at(root);
    const shared = resolve(root, (await git("rev-parse", "--git-common-dir")).replace(/\n$/, ""));
    return {
      root,
      shared,
      git,
      ask: (...args) =>
        git(...args).then(
          (text) => text.trim(),
          () => null,
        ),
    };
  } catch (error) {
    throw new CommandFailed("This is no git clone with files in it: change into one, then run this again.", {
      cause: error,
    });
  }
}

/** The name of the branch that is checked out; null: none is. */
export async function branchOf(clone: Clone): Promise<string | null> {
  return clone.ask("symbolic-ref", "--quiet", "--short", "HEAD");
}

/** The issue that the branch of an agent is for; null: it is no such branch. */
export function issueOf(branch: string | null): number | null {
  const number = /^orchestrate\/(?<number>[1-9]\d{0,9})-/.exec(branch ?? "")?.groups?.["number"];
  return number === undefined ? null : Number(number);
}

/** What the user has said for this clone; empty: nothing. */
export async function settingOf(clone: Clone, key: string): Promise<string> {
  return (await clone.ask("config", "--get", key)) ?? "";
}
