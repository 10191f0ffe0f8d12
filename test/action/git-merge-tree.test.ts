/** Real git, a real remote on disk, a real clone: what a checkout can say about a merge. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGitConflicts } from "../../src/action/git-merge-tree.ts";

const run = promisify(execFile);
const who = { GIT_AUTHOR_NAME: "w", GIT_AUTHOR_EMAIL: "w@x", GIT_COMMITTER_NAME: "w", GIT_COMMITTER_EMAIL: "w@x" };

let folder: string;
let work: string;
let checkout: string;

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...who, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  return (await run("git", [...args], { cwd, env })).stdout;
}

/** Commits files to a branch of the remote, which begins at `from` where it is new. */
async function push(branch: string, files: Readonly<Record<string, string>>, from = "main"): Promise<void> {
  await git(work, "checkout", "-q", "-B", branch, (await has(branch)) ? branch : from);
  for (const [path, text] of Object.entries(files)) await writeFile(join(work, path), text);
  await git(work, "add", "-A");
  await git(work, "commit", "-q", "-m", `Change ${branch}`);
  await git(work, "push", "-q", "origin", branch);
}

async function has(branch: string): Promise<boolean> {
  return (await git(work, "branch", "--list", branch)).trim() !== "";
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orchestrate-merge-"));
  work = join(folder, "work");
  checkout = join(folder, "checkout");
  await git(folder, "init", "-q", "--bare", "-b", "main", "remote.git");
  await git(folder, "init", "-q", "-b", "main", "work");
  await git(work, "remote", "add", "origin", join(folder, "remote.git"));
  await writeFile(join(work, "shared.txt"), "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
  await git(work, "add", "-A");
  await git(work, "commit", "-q", "-m", "Begin");
  await git(work, "push", "-q", "origin", "main");
  await git(folder, "clone", "-q", join(folder, "remote.git"), "checkout");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pair = { head: "orchestrate/1-topic", base: "main" };
const lines = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

describe("the files that stand in the way of a merge, by git", () => {
  test("are those that git cannot merge, of branches that were pushed after the checkout", async () => {
    await push(pair.head, { "shared.txt": lines.replace("four", "ours"), "ö b.txt": "ours\n" });
    await push("main", { "shared.txt": lines.replace("four", "theirs"), "ö b.txt": "theirs\n" });
    expect(await createGitConflicts(checkout).find(pair)).toEqual(["shared.txt", "ö b.txt"]);
  });

  test("are none where both sides have changed one file in different places: the API could not tell", async () => {
    await push(pair.head, { "shared.txt": lines.replace("one", "ours") });
    await push("main", { "shared.txt": lines.replace("seven", "theirs") });
    expect(await createGitConflicts(checkout).find(pair)).toEqual([]);
  });

  test("are asked for without touching what is checked out", async () => {
    await push(pair.head, { "shared.txt": lines.replace("four", "ours") });
    await push("main", { "shared.txt": lines.replace("four", "theirs") });
    const before = await git(checkout, "rev-parse", "HEAD");
    await createGitConflicts(checkout).find(pair);
    expect(await git(checkout, "status", "--porcelain")).toBe("");
    expect(await git(checkout, "rev-parse", "HEAD")).toBe(before);
    expect((await git(checkout, "branch", "--list")).trim()).toBe("* main");
  });

  test("are not known of a branch that is gone, nor where there is no checkout", async () => {
    expect(await createGitConflicts(checkout).find(pair)).toBeNull();
    expect(await createGitConflicts(join(folder, "nowhere")).find(pair)).toBeNull();
  });

  test("are not known in a checkout without history", async () => {
    await push(pair.head, { "shared.txt": lines.replace("four", "ours") });
    await push("main", { "shared.txt": lines.replace("four", "theirs") });
    await git(folder, "clone", "-q", "--depth=1", `file://${join(folder, "remote.git")}`, "shallow");
    expect(await createGitConflicts(join(folder, "shallow")).find(pair)).toBeNull();
  });

  test("are not asked for where the branch has a name that git would not allow: nothing is run with it", async () => {
    const head = `--upload-pack=touch ${join(folder, "touched")};`;
    for (const name of [head, "a b", "a..b", "a:b", "", "a\nb", "/a", "a.lock", "a~1", "-a"])
      expect(await createGitConflicts(checkout).find({ ...pair, head: name })).toBeNull();
    expect(await readdir(folder)).not.toContain("touched");
  });
});
