/**
 * A bare repository in a folder, kept by git itself through children that stay open. Operations run one after another in
 * the order they were asked, so that the same run has the same order on every machine.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GitChild, runGit, takeLine } from "./git-child.ts";
import type { GitChildOptions, TakeAnswer } from "./git-child.ts";
import { parseCommit, parseTree, renderCommit, renderTree, takeObject } from "./git-objects.ts";
import { createTrees } from "./git-trees.ts";
import type { Trees } from "./git-trees.ts";
import type { ChangedLines, CommitObject, Git, GitObject, RefOutcome, RefUpdate, TreeEntry } from "./git-types.ts";

const zero = "0".repeat(40);
const oidPattern = /^[0-9a-f]{40}$/;
/** Names that need no asking; for all others git is asked. */
const plainRefName = /^refs(?:\/[A-Za-z0-9_-]+){2,}$/;
/** Trees and merges are kept while they are new; a long run of state commits would fill the memory otherwise. */
const keptTreesMax = 2000;

/** Makes `repository.git` in the folder. Rejects when git is missing or the folder cannot be written. */
export async function createGit(directory: string): Promise<Git> {
  const gitDirectory = join(directory, "repository.git");
  const options: GitChildOptions = { directory, gitDirectory };
  mkdirSync(join(directory, "incoming"), { recursive: true });
  mkdirSync(gitDirectory, { recursive: true });
  await runGit(
    ["init", "--quiet", "--bare", "--object-format=sha1", "--initial-branch=main", "--template=", gitDirectory],
    options,
  );
  return new BareRepository(options);
}

class BareRepository implements Git {
  readonly refs = new Map<string, string>();
  readonly #options: GitChildOptions;
  readonly #children = new Map<string, GitChild>();
  readonly #commits = new Map<string, CommitObject>();
  readonly #keptTrees = new Map<string, readonly TreeEntry[]>();
  readonly #merges = new Map<string, { readonly tree: string; readonly conflicts: readonly string[] }>();
  readonly #trees: Trees;
  #tail: Promise<unknown> = Promise.resolve();
  #openCount = 0;

  constructor(options: GitChildOptions) {
    this.#options = options;
    this.#trees = createTrees({
      read: (oid) => this.#readTree(oid),
      write: (entries) => this.#writeTree(entries),
      writeBlob: (content) => this.#hash("blob", content),
    });
  }

  get openCount(): number {
    return this.#openCount;
  }

  head(branch: string): string | null {
    return this.refs.get(`refs/heads/${branch}`) ?? null;
  }

  updateRef(ref: RefUpdate): Promise<RefOutcome> {
    return this.updateRefs([ref]);
  }

  updateRefs(refs: readonly RefUpdate[]): Promise<RefOutcome> {
    return this.#turn(() => this.#updateRefs(refs));
  }

  object(oid: string): Promise<GitObject | null> {
    return this.#turn(() => this.#object(oid));
  }

  commit(oid: string): Promise<CommitObject | null> {
    return this.#turn(() => this.#commit(oid));
  }

  tree(of: string): Promise<readonly TreeEntry[] | null> {
    return this.#turn(() => this.#treeOf(of));
  }

  entry(of: string, path: string): Promise<TreeEntry | null> {
    return this.#turn(async () => this.#trees.entry(await this.#rootOf(of), path));
  }

  files(of: string, options: { readonly trees?: boolean } = {}): Promise<readonly TreeEntry[] | null> {
    return this.#turn(async () => {
      const root = await this.#rootOf(of);
      return root === null ? null : this.#trees.files(root, options.trees ?? false);
    });
  }

  read(of: string, path: string): Promise<Buffer | null> {
    return this.#turn(async () => {
      const entry = await this.#trees.entry(await this.#rootOf(of), path);
      if (entry === null || entry.type !== "blob") return null;
      return (await this.#object(entry.oid))?.content ?? null;
    });
  }

  writeBlob(content: string | Uint8Array): Promise<string> {
    return this.#turn(() => this.#hash("blob", content));
  }

  writeTree(base: string | null, changes: Parameters<Git["writeTree"]>[1]): Promise<string> {
    return this.#turn(async () => this.#trees.edit(base === null ? null : await this.#rootOf(base), changes));
  }

  writeCommit(commit: Parameters<Git["writeCommit"]>[0]): Promise<string> {
    return this.#turn(async () => {
      const text = renderCommit({ ...commit, committer: commit.committer ?? commit.author });
      const oid = await this.#hash("commit", text);
      this.#commits.set(oid, parseCommit(oid, text));
      return oid;
    });
  }

  isAncestor(ancestor: string, of: string): Promise<boolean> {
    return this.#turn(async () => {
      // Commits are kept in memory, so this walk is faster than a child.
      const seen = new Set<string>();
      const waiting = [of];
      for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
        if (oid === ancestor) return true;
        if (seen.has(oid)) continue;
        seen.add(oid);
        waiting.push(...((await this.#commit(oid))?.parents ?? []));
      }
      return false;
    });
  }

  mergeBase(a: string, b: string): Promise<string | null> {
    return this.#turn(async () => {
      const { code, output } = await this.#run(["merge-base", a, b], [0, 1]);
      return code === 0 ? output.toString("utf8").trim() : null;
    });
  }

  merge(ours: string, theirs: string, options: { readonly prefer?: "ours" } = {}): ReturnType<Git["merge"]> {
    return this.#turn(async () => {
      const merged = await this.#merge(ours, theirs);
      if (options.prefer === undefined || merged.conflicts.length === 0) return merged;
      const root = await this.#rootOf(ours);
      const changes = [];
      for (const path of merged.conflicts) {
        const kept = await this.#trees.entry(root, path);
        changes.push(kept === null ? { path, oid: null } : { path, oid: kept.oid, mode: kept.mode });
      }
      return { tree: await this.#trees.edit(merged.tree, changes), conflicts: [] };
    });
  }

  log(
    from: string,
    options: { readonly not?: string; readonly limit?: number } = {},
  ): Promise<readonly CommitObject[]> {
    return this.#turn(async () => {
      const limit = options.limit === undefined ? [] : [`--max-count=${options.limit}`];
      const not = options.not === undefined ? [] : [`^${options.not}`];
      const { output } = await this.#run(["rev-list", "--topo-order", ...limit, from, ...not], [0]);
      const commits: CommitObject[] = [];
      for (const oid of output.toString("utf8").split("\n")) {
        const commit = oid === "" ? null : await this.#commit(oid);
        if (commit !== null) commits.push(commit);
      }
      return commits;
    });
  }

  changedPaths(a: string | null, b: string): ReturnType<Git["changedPaths"]> {
    return this.#turn(async () =>
      this.#trees.changedPaths(a === null ? null : await this.#rootOf(a), await this.#rootOf(b)),
    );
  }

  changedLines(a: string, b: string): Promise<readonly ChangedLines[]> {
    return this.#turn(async () => {
      const { output } = await this.#run(["diff-tree", "-r", "-z", "--no-renames", "--numstat", a, b], [0]);
      return output
        .toString("utf8")
        .split("\0")
        .flatMap((line) => {
          const [additions, deletions, path] = line.split("\t");
          // Binary files have dashes for numbers.
          if (path === undefined) return [];
          return [{ path, additions: Number(additions) || 0, deletions: Number(deletions) || 0 }];
        });
    });
  }

  async close(): Promise<void> {
    await this.#tail;
    await Promise.all([...this.#children.values()].map((child) => child.close()));
    this.#children.clear();
  }

  async #turn<Result>(operation: () => Promise<Result>): Promise<Result> {
    this.#openCount += 1;
    const before = this.#tail;
    let leave = (): void => undefined;
    this.#tail = new Promise<void>((resolve) => {
      leave = resolve;
    });
    try {
      await before;
      return await operation();
    } finally {
      this.#openCount -= 1;
      leave();
    }
  }

  #ask<Answer>(args: readonly string[], request: string, take: TakeAnswer<Answer>): Promise<Answer> {
    const key = args.join(" ");
    let child = this.#children.get(key);
    if (child === undefined || child.isClosed) {
      child = new GitChild(args, this.#options);
      this.#children.set(key, child);
    }
    return child.ask(request, take);
  }

  #run(args: readonly string[], accept: readonly number[]): ReturnType<typeof runGit> {
    return runGit(args, { ...this.#options, accept });
  }

  /** `hash-object` reads from a path; the same file serves for all, because operations come one after another. */
  #hash(type: "blob" | "commit", content: string | Uint8Array): Promise<string> {
    writeFileSync(join(this.#options.directory, "incoming", type), content);
    return this.#ask(
      ["hash-object", "-w", "--no-filters", "-t", type, "--stdin-paths"],
      `incoming/${type}\n`,
      takeLine,
    );
  }

  async #object(oid: string): Promise<GitObject | null> {
    return oidPattern.test(oid) ? this.#ask(["cat-file", "--batch"], `${oid}\n`, takeObject) : null;
  }

  async #commit(oid: string): Promise<CommitObject | null> {
    const kept = this.#commits.get(oid);
    if (kept !== undefined) return kept;
    const object = await this.#object(oid);
    if (object?.type !== "commit") return null;
    const commit = parseCommit(oid, object.content.toString("utf8"));
    this.#commits.set(oid, commit);
    return commit;
  }

  /** The oid of the tree of a commit, or of a tree itself. */
  async #rootOf(of: string): Promise<string | null> {
    if (this.#keptTrees.has(of)) return of;
    const commit = await this.#commit(of);
    if (commit !== null) return commit.tree;
    return (await this.#readTree(of)) === null ? null : of;
  }

  async #treeOf(of: string): Promise<readonly TreeEntry[] | null> {
    const root = await this.#rootOf(of);
    return root === null ? null : this.#readTree(root);
  }

  async #readTree(oid: string): Promise<readonly TreeEntry[] | null> {
    const kept = this.#keptTrees.get(oid);
    if (kept !== undefined) return kept;
    const object = await this.#object(oid);
    if (object?.type !== "tree") return null;
    const entries = parseTree(object.content);
    this.#keepTree(oid, entries);
    return entries;
  }

  async #writeTree(entries: readonly TreeEntry[]): Promise<string> {
    const oid = await this.#ask(["mktree", "--batch", "--missing", "-z"], renderTree(entries), takeLine);
    this.#keepTree(oid, entries);
    return oid;
  }

  #keepTree(oid: string, entries: readonly TreeEntry[]): void {
    this.#keptTrees.set(oid, entries);
    const oldest = this.#keptTrees.size > keptTreesMax ? this.#keptTrees.keys().next().value : undefined;
    if (oldest !== undefined) this.#keptTrees.delete(oldest);
  }

  async #merge(
    ours: string,
    theirs: string,
  ): Promise<{ readonly tree: string; readonly conflicts: readonly string[] }> {
    const key = `${ours} ${theirs}`;
    const kept = this.#merges.get(key);
    if (kept !== undefined) return kept;
    const { output } = await this.#run(
      ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "--allow-unrelated-histories", ours, theirs],
      [0, 1],
    );
    const [tree = "", ...conflicts] = output
      .toString("utf8")
      .split("\0")
      .filter((part) => part !== "");
    const merged = { tree, conflicts };
    this.#merges.set(key, merged);
    return merged;
  }

  async #updateRefs(refs: readonly RefUpdate[]): Promise<RefOutcome> {
    for (const ref of refs) {
      const now = this.refs.get(ref.name) ?? null;
      if (ref.before !== undefined && ref.before !== now) return "conflict";
      if (!(await this.#canBe(ref))) return "invalid";
    }
    const lines = refs.map(({ name, to }) => {
      const now = this.refs.get(name);
      if (to === null) return now === undefined ? "" : `delete ${name} ${now}\n`;
      return `update ${name} ${to} ${now ?? zero}\n`;
    });
    const request = `start\n${lines.join("")}prepare\ncommit\n`;
    await this.#ask(["update-ref", "--stdin"], request, takeCommitted);
    for (const { name, to } of refs) {
      if (to === null) this.refs.delete(name);
      else this.refs.set(name, to);
    }
    return "updated";
  }

  /** `update-ref` dies of a bad name or a missing object, so these are found out before. */
  async #canBe(ref: RefUpdate): Promise<boolean> {
    if (ref.to === null) return true;
    if (!this.#commits.has(ref.to) && (await this.#object(ref.to)) === null) return false;
    if (this.refs.has(ref.name)) return true;
    for (const name of this.refs.keys()) {
      if (name.startsWith(`${ref.name}/`) || ref.name.startsWith(`${name}/`)) return false;
    }
    if (!ref.name.startsWith("refs/")) return false;
    if (plainRefName.test(ref.name)) return true;
    const { code } = await this.#run(["check-ref-format", ref.name], [0, 1]);
    return code === 0;
  }
}

const takeCommitted: TakeAnswer<true> = (bytes) => {
  const text = bytes.toString("utf8");
  const end = text.indexOf("commit: ok\n");
  return end === -1 ? null : { answer: true, used: end + "commit: ok\n".length };
};
