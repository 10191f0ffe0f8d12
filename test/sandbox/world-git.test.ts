import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createGit } from "../../src/sandbox/git.ts";
import type { Git } from "../../src/sandbox/git-types.ts";

const author = { name: "Maria", email: "maria@example.org", at: Date.UTC(2026, 0, 1) };
const leftovers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of leftovers.splice(0)) await clean();
});

async function givenGit(): Promise<{ readonly git: Git; readonly directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), "embedded-git-"));
  const git = await createGit(directory);
  leftovers.push(async () => {
    expect(git.openCount).toBe(0);
    await git.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { git, directory };
}

async function commit(
  git: Git,
  files: Readonly<Record<string, string | null>>,
  parents: readonly string[] = [],
): Promise<string> {
  const changes = Object.entries(files).map(([path, content]) =>
    content === null ? { path, oid: null } : { path, content },
  );
  const tree = await git.writeTree(parents[0] ?? null, changes);
  return git.writeCommit({ tree, parents, message: "A commit\n", author });
}

test("what is written is sound to git itself, odd names and empty folders included", async () => {
  const { git, directory } = await givenGit();
  const first = await commit(git, { "a/b/c.txt": "deep\n", "a.txt": "", 'odd "name"\n.md': "ö", "a-b": "x", b: "y" });
  const second = await commit(git, { "a/b/c.txt": null, b: null, "b/now-a-folder": "z" }, [first]);
  expect(await git.updateRef({ name: "refs/heads/main", to: second, before: null })).toBe("updated");
  await git.flush();
  const run = (...args: string[]): string =>
    execFileSync("git", ["--git-dir", join(directory, "repository.git"), ...args], { encoding: "utf8" });
  expect(run("fsck", "--strict", "--full")).toBe("");
  expect(run("rev-parse", "refs/heads/main").trim()).toBe(second);
  expect(run("ls-tree", "-r", "--name-only", "-z", "main").split("\0").filter(Boolean)).toEqual(
    (await git.files(second))?.map(({ path }) => path),
  );
  expect((await git.files(second, { trees: true }))?.map(({ path }) => path)).toEqual([
    "a-b",
    "a.txt",
    "b",
    "b/now-a-folder",
    'odd "name"\n.md',
  ]);
  expect(await git.changedPaths(first, second)).toEqual([
    { path: "a/b/c.txt", status: "removed" },
    { path: "b", status: "removed" },
    { path: "b/now-a-folder", status: "added" },
  ]);
  expect(run("show", "-s", "--format=%an %ae %at", "main").trim()).toBe("Maria maria@example.org 1767225600");
});

test("a ref moves only from where it is expected, and a bad name or object breaks nothing", async () => {
  const { git } = await givenGit();
  const first = await commit(git, { a: "1" });
  const second = await commit(git, { a: "2" }, [first]);
  expect(await git.updateRef({ name: "refs/heads/main", to: first, before: null })).toBe("updated");
  expect(await git.updateRef({ name: "refs/heads/main", to: second, before: null })).toBe("conflict");
  expect(await git.updateRef({ name: "refs/heads/main", to: first, before: second })).toBe("conflict");
  expect(await git.updateRef({ name: "refs/heads/main/below", to: first })).toBe("invalid");
  expect(await git.updateRef({ name: "refs/heads/a..b", to: first })).toBe("invalid");
  expect(await git.updateRef({ name: "refs/heads/x\ndelete refs/heads/main", to: first })).toBe("invalid");
  expect(await git.updateRef({ name: "refs/heads/x", to: "1".repeat(40) })).toBe("invalid");
  expect(await git.updateRef({ name: "refs/heads/main", to: second, before: first })).toBe("updated");
  expect(git.head("main")).toBe(second);
  const both = [
    { name: "refs/heads/other", to: first, before: null },
    { name: "refs/heads/main", to: first, before: first },
  ];
  expect(await git.updateRefs(both)).toBe("conflict");
  expect(git.head("other")).toBeNull();
});

test("of many who move a ref from the same place, one wins", async () => {
  const { git } = await givenGit();
  const base = await commit(git, { a: "1" });
  await git.updateRef({ name: "refs/heads/main", to: base, before: null });
  const heads = await Promise.all(["x", "y", "z"].map((content) => commit(git, { a: content }, [base])));
  const outcomes = await Promise.all(heads.map((to) => git.updateRef({ name: "refs/heads/main", to, before: base })));
  expect(outcomes).toEqual(["updated", "conflict", "conflict"]);
});

test("merges are git's own: clean, in conflict, and with conflicts settled for our side", async () => {
  const { git } = await givenGit();
  const base = await commit(git, { "shared.txt": "a\nb\nc\n", "gone.txt": "x\n" });
  const ours = await commit(git, { "shared.txt": "A\nb\nc\n", "gone.txt": null }, [base]);
  const theirs = await commit(git, { "shared.txt": "a\nb\nC\n" }, [base]);
  const clean = await git.merge(ours, theirs);
  expect(clean.conflicts).toEqual([]);
  expect(String(await git.read(clean.tree, "shared.txt"))).toBe("A\nb\nC\n");
  const rival = await commit(git, { "shared.txt": "rival\n", "gone.txt": "changed\n", "new.txt": "n" }, [base]);
  expect((await git.merge(ours, rival)).conflicts).toEqual(["gone.txt", "shared.txt"]);
  const settled = await git.merge(ours, rival, { prefer: "ours" });
  expect((await git.files(settled.tree))?.map(({ path }) => path)).toEqual(["new.txt", "shared.txt"]);
  expect(String(await git.read(settled.tree, "shared.txt"))).toBe("A\nb\nc\n");
  expect(await git.isAncestor(base, ours)).toBe(true);
  expect(await git.isAncestor(ours, base)).toBe(false);
  expect(await git.mergeBase(ours, theirs)).toBe(base);
  expect((await git.log(ours, { not: base })).map(({ oid }) => oid)).toEqual([ours]);
  expect(await git.changedLines(base, theirs)).toEqual([{ path: "shared.txt", additions: 1, deletions: 1 }]);
});

test("a merge that needs no judgement, made without git, is the merge that git makes", async () => {
  const { git, directory } = await givenGit();
  const names = ["a", "a/b", "b/c", "b/c/d", "b/e", "f"];
  const pick = (draw: number, from: number): readonly string[] =>
    names.filter((_, index) => (draw >> (index + from)) & 1);
  const files = (chosen: readonly string[], content: string): Record<string, string> => {
    const isFolder = (name: string): boolean => chosen.some((other) => other.startsWith(`${name}/`));
    return Object.fromEntries(chosen.filter((name) => !isFolder(name)).map((name) => [name, `${content} ${name}\n`]));
  };
  for (let draw = 1; draw < 4096; draw += 293) {
    const base = await commit(git, { keep: "k", ...files(pick(draw * 31, 3), "base") });
    const [ours, theirs] = [
      await commit(git, files(pick(draw, 0), "ours"), [base]),
      await commit(git, files(pick(draw, 6), "theirs"), [base]),
    ];
    const merged = await git.merge(ours, theirs);
    await git.flush();
    const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs];
    const byGit = spawnSync("git", ["--git-dir", join(directory, "repository.git"), ...args], { encoding: "utf8" });
    expect([merged.tree, ...merged.conflicts]).toEqual(byGit.stdout.split("\0").filter(Boolean));
  }
});

test("after merges crosswise, and of unrelated commits, the common ancestor is the one that git names", async () => {
  const { git } = await givenGit();
  const root = await commit(git, { a: "1" });
  const left = await commit(git, { b: "1" }, [root]);
  const right = await commit(git, { c: "1" }, [root]);
  const one = await commit(git, { b: "1", c: "1" }, [left, right]);
  const two = await commit(git, { b: "1", c: "1", d: "1" }, [right, left]);
  const lone = await commit(git, { z: "1" });
  expect(await git.mergeBase(one, right)).toBe(right);
  expect(await git.mergeBase(left, right)).toBe(root);
  expect([left, right]).toContain(await git.mergeBase(one, two));
  expect(await git.mergeBase(root, lone)).toBeNull();
});
