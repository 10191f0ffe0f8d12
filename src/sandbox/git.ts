/**
 * A bare repository in a folder. Its objects and refs are git's own, made in this process and brought to disk when a
 * child of git is asked what only git can answer. Operations run one after another in the order they were asked, so that
 * the same run has the same order on every machine.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runGit } from "./git-child.ts";
import type { GitChildOptions } from "./git-child.ts";
import { isAncestor, mergeBases, mergePlainly } from "./git-merge.ts";
import { parseCommit, parseTree, renderCommit, renderTree } from "./git-objects.ts";
import { createTrees } from "./git-trees.ts";
import type { Trees } from "./git-trees.ts";
import { createRefs } from "./git-refs.ts";
import type { Refs } from "./git-refs.ts";
import { createObjectStore } from "./object-store.ts";
import type { ObjectStore } from "./object-store.ts";
import type { ChangedLines, CommitObject, Git, GitObject, RefOutcome, RefUpdate, TreeEntry } from "./git-types.ts";

const oidPattern = /^[0-9a-f]{40}$/;
/** Trees and merges are kept while they are new; a long run of state commits would fill the memory otherwise. */
const keptTreesMax = 2000;

type Merged = Awaited<ReturnType<Git["merge"]>>;

/** Makes `repository.git` in the folder. Rejects when git is missing or the folder cannot be written. */
export async function createGit(directory: string): Promise<Git> {
  const gitDirectory = join(directory, "repository.git");
  const options: GitChildOptions = { directory, gitDirectory };
  mkdirSync(gitDirectory, { recursive: true });
  await runGit(
    ["init", "--quiet", "--bare", "--object-format=sha1", "--initial-branch=main", "--template=", gitDirectory],
    options,
  );
  return new BareRepository(options);
}

class BareRepository implements Git {
  readonly #refs: Refs;
  readonly #options: GitChildOptions;
  readonly #objects: ObjectStore;
  readonly #commits = new Map<string, CommitObject>();
  readonly #keptTrees = new Map<string, readonly TreeEntry[]>();
  readonly #merges = new Map<string, Merged>();
  readonly #trees: Trees;
  readonly #commitOf = (oid: string): CommitObject | null => this.#commit(oid);
  #tail: Promise<unknown> = Promise.resolve();
  #openCount = 0;

  constructor(options: GitChildOptions) {
    this.#options = options;
    this.#objects = createObjectStore(join(options.gitDirectory, "objects"));
    this.#refs = createRefs({
      isObject: (oid) => this.#object(oid) !== null,
      isCommit: (oid) => this.#commit(oid) !== null,
      isName: async (name) => (await this.#run(["check-ref-format", name], { accept: [0, 1] })).code === 0,
    });
    this.#trees = createTrees({
      read: (oid) => this.#readTree(oid),
      write: (entries) => this.#writeTree(entries),
      writeBlob: (content) => this.#objects.write("blob", content),
    });
  }

  get refs(): ReadonlyMap<string, string> {
    return this.#refs.all;
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
    return this.#turn(() => this.#refs.update(refs));
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
    return this.#turn(() => this.#trees.entry(this.#rootOf(of), path));
  }

  files(of: string, options: { readonly trees?: boolean } = {}): Promise<readonly TreeEntry[] | null> {
    return this.#turn(() => {
      const root = this.#rootOf(of);
      return root === null ? null : this.#trees.files(root, options.trees ?? false);
    });
  }

  read(of: string, path: string): Promise<Buffer | null> {
    return this.#turn(() => {
      const entry = this.#trees.entry(this.#rootOf(of), path);
      if (entry === null || entry.type !== "blob") return null;
      return this.#object(entry.oid)?.content ?? null;
    });
  }

  writeBlob(content: string | Uint8Array): Promise<string> {
    return this.#turn(() => this.#objects.write("blob", content));
  }

  writeTree(base: string | null, changes: Parameters<Git["writeTree"]>[1]): Promise<string> {
    return this.#turn(() => this.#trees.edit(base === null ? null : this.#rootOf(base), changes));
  }

  writeCommit(commit: Parameters<Git["writeCommit"]>[0]): Promise<string> {
    return this.#turn(() => {
      const text = renderCommit({ ...commit, committer: commit.committer ?? commit.author });
      const oid = this.#objects.write("commit", text);
      this.#commits.set(oid, parseCommit(oid, text));
      return oid;
    });
  }

  isAncestor(ancestor: string, of: string): Promise<boolean> {
    return this.#turn(() => isAncestor(this.#commitOf, ancestor, of));
  }

  mergeBase(a: string, b: string): Promise<string | null> {
    return this.#turn(async () => {
      const [only = null, ...more] = mergeBases(this.#commitOf, a, b);
      if (more.length === 0) return only;
      const { output } = await this.#run(["merge-base", a, b], { about: [a, b] });
      return output.toString("utf8").trim();
    });
  }

  merge(ours: string, theirs: string, options: { readonly prefer?: "ours" } = {}): ReturnType<Git["merge"]> {
    return this.#turn(async () => {
      const merged = await this.#merge(ours, theirs);
      if (options.prefer === undefined || merged.conflicts.length === 0) return merged;
      const root = this.#rootOf(ours);
      const changes = [];
      for (const path of merged.conflicts) {
        const kept = this.#trees.entry(root, path);
        changes.push(kept === null ? { path, oid: null } : { path, oid: kept.oid, mode: kept.mode });
      }
      return { tree: this.#trees.edit(merged.tree, changes), conflicts: [] };
    });
  }

  log(
    from: string,
    options: { readonly not?: string; readonly limit?: number } = {},
  ): Promise<readonly CommitObject[]> {
    return this.#turn(async () => {
      const limit = options.limit === undefined ? [] : [`--max-count=${options.limit}`];
      const not = options.not === undefined ? [] : [`^${options.not}`];
      const about = options.not === undefined ? [from] : [from, options.not];
      const { output } = await this.#run(["rev-list", "--topo-order", ...limit, from, ...not], { about });
      const commits: CommitObject[] = [];
      for (const oid of output.toString("utf8").split("\n")) {
        const commit = oid === "" ? null : this.#commit(oid);
        if (commit !== null) commits.push(commit);
      }
      return commits;
    });
  }

  changedPaths(a: string | null, b: string): ReturnType<Git["changedPaths"]> {
    return this.#turn(() => this.#trees.changedPaths(a === null ? null : this.#rootOf(a), this.#rootOf(b)));
  }

  changedLines(a: string, b: string): Promise<readonly ChangedLines[]> {
    return this.#turn(async () => {
      const args = ["diff-tree", "-r", "-z", "--no-renames", "--numstat", a, b];
      const { output } = await this.#run(args, { about: [a, b] });
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

  flush(): Promise<void> {
    return this.#turn(() => {
      this.#objects.persistAll();
      const lines = [...this.refs].map(([name, oid]) => `${oid} ${name}\n`);
      writeFileSync(join(this.#options.gitDirectory, "packed-refs"), lines.join(""));
    });
  }

  async close(): Promise<void> {
    await this.#tail;
  }

  async #turn<Result>(operation: () => Promise<Result> | Result): Promise<Result> {
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

  /** Runs a child that looks at the objects that it is `about`. */
  #run(
    args: readonly string[],
    { about = [], accept = [0] }: { readonly about?: readonly string[]; readonly accept?: readonly number[] },
  ): ReturnType<typeof runGit> {
    for (const oid of about) this.#objects.persist(oid);
    return runGit(args, { ...this.#options, accept });
  }

  #object(oid: string): GitObject | null {
    return oidPattern.test(oid) ? this.#objects.read(oid) : null;
  }

  #commit(oid: string): CommitObject | null {
    const kept = this.#commits.get(oid);
    if (kept !== undefined) return kept;
    const object = this.#object(oid);
    if (object?.type !== "commit") return null;
    const commit = parseCommit(oid, object.content.toString("utf8"));
    this.#commits.set(oid, commit);
    return commit;
  }

  /** The oid of the tree of a commit, or of a tree itself. */
  #rootOf(of: string): string | null {
    if (this.#keptTrees.has(of)) return of;
    const commit = this.#commit(of);
    if (commit !== null) return commit.tree;
    return this.#readTree(of) === null ? null : of;
  }

  #treeOf(of: string): readonly TreeEntry[] | null {
    const root = this.#rootOf(of);
    return root === null ? null : this.#readTree(root);
  }

  #readTree(oid: string): readonly TreeEntry[] | null {
    const kept = this.#keptTrees.get(oid);
    if (kept !== undefined) return kept;
    const object = this.#object(oid);
    if (object?.type !== "tree") return null;
    const entries = parseTree(object.content);
    this.#keepTree(oid, entries);
    return entries;
  }

  #writeTree(entries: readonly TreeEntry[]): string {
    const oid = this.#objects.write("tree", renderTree(entries));
    this.#keepTree(oid, entries);
    return oid;
  }

  #keepTree(oid: string, entries: readonly TreeEntry[]): void {
    this.#keptTrees.set(oid, entries);
    const oldest = this.#keptTrees.size > keptTreesMax ? this.#keptTrees.keys().next().value : undefined;
    if (oldest !== undefined) this.#keptTrees.delete(oldest);
  }

  async #merge(ours: string, theirs: string): Promise<Merged> {
    const key = `${ours} ${theirs}`;
    const kept = this.#merges.get(key);
    if (kept !== undefined) return kept;
    const merged = this.#mergePlainly(ours, theirs) ?? (await this.#mergeByGit(ours, theirs));
    this.#merges.set(key, merged);
    return merged;
  }

  #mergePlainly(ours: string, theirs: string): Merged | null {
    const [first, ...more] = mergeBases(this.#commitOf, ours, theirs);
    const base = first === undefined || more.length > 0 ? null : this.#rootOf(first);
    const roots = { ours: this.#rootOf(ours), theirs: this.#rootOf(theirs) };
    if (base === null || roots.ours === null || roots.theirs === null) return null;
    const tree = mergePlainly(this.#trees, { base, ours: roots.ours, theirs: roots.theirs });
    return tree === null ? null : { tree, conflicts: [] };
  }

  async #mergeByGit(ours: string, theirs: string): Promise<Merged> {
    const { output } = await this.#run(
      ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "--allow-unrelated-histories", ours, theirs],
      { about: [ours, theirs], accept: [0, 1] },
    );
    const [tree = "", ...conflicts] = output
      .toString("utf8")
      .split("\0")
      .filter((part) => part !== "");
    return { tree, conflicts };
  }
}
