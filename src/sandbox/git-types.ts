/** The bare repository as its users see it: git's own objects and refs, one operation after another. */
export interface RefUpdate {
  /** The full name, `refs/heads/main`. */
  readonly name: string;
  readonly to: string | null;
  readonly before?: string | null;
}

/** `conflict`: it is not at `before`. `invalid`: no such object, or a name that git does not take. */
export type RefOutcome = "updated" | "conflict" | "invalid";

export interface TreeEntry {
  /** `100644`, `100755`, `040000`, `120000`, `160000`. */
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly oid: string;
  /** One segment in `tree`, the whole path in `files`. */
  readonly path: string;
}

export interface Identification {
  readonly name: string;
  readonly email: string;
  /** Epoch milliseconds; git keeps seconds. */
  readonly at: number;
}

export interface CommitObject {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identification;
  readonly committer: Identification;
  readonly message: string;
}

export interface GitObject {
  readonly oid: string;
  readonly type: "blob" | "tree" | "commit" | "tag";
  readonly content: Buffer;
}

/** A path to bytes, to a blob or tree that is there already, or to nothing (it is deleted). */
export type TreeChange =
  | { readonly path: string; readonly content: string | Uint8Array; readonly mode?: string }
  | { readonly path: string; readonly oid: string; readonly mode: string }
  | { readonly path: string; readonly oid: null };

export interface ChangedPath {
  readonly path: string;
  readonly status: "added" | "modified" | "removed";
}

export interface ChangedLines {
  readonly path: string;
  readonly additions: number;
  readonly deletions: number;
}

export interface Git {
  /** Operations that have not answered yet. */
  readonly openCount: number;

  /** Full ref names to oids; nobody else writes any. */
  readonly refs: ReadonlyMap<string, string>;
  /** The commit of `refs/heads/<branch>`. */
  head(branch: string): string | null;
  /** Compare-and-swap. `before: null` means that it must not exist, undefined is not compared; `to: null` deletes. */
  updateRef(ref: RefUpdate): Promise<RefOutcome>;
  /** All or none of several refs. */
  updateRefs(refs: readonly RefUpdate[]): Promise<RefOutcome>;

  /** Any object; null when there is none. */
  object(oid: string): Promise<GitObject | null>;
  commit(oid: string): Promise<CommitObject | null>;
  /** One level. `of` is a commit or a tree. Null when it is neither. */
  tree(of: string): Promise<readonly TreeEntry[] | null>;
  /** The entry at a path of a commit or tree, without reading its content. An empty path is the tree itself. */
  entry(of: string, path: string): Promise<TreeEntry | null>;
  /** All blobs below, with whole paths; with `trees`, the folders too. */
  files(of: string, options?: { readonly trees?: boolean }): Promise<readonly TreeEntry[] | null>;
  /** The content of the file at a path. */
  read(of: string, path: string): Promise<Buffer | null>;

  writeBlob(content: string | Uint8Array): Promise<string>;
  /** A tree from changes on `base` (a commit or tree; null: from nothing). Folders that become empty go. */
  writeTree(base: string | null, changes: readonly TreeChange[]): Promise<string>;
  /** No parents: a root commit. */
  writeCommit(commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly author: Identification;
    readonly committer?: Identification;
  }): Promise<string>;

  isAncestor(ancestor: string, of: string): Promise<boolean>;
  mergeBase(a: string, b: string): Promise<string | null>;
  /** A real three-way merge; nothing is committed. `prefer` settles conflicts for that side. */
  merge(
    ours: string,
    theirs: string,
    options?: { readonly prefer?: "ours" },
  ): Promise<{ readonly tree: string; readonly conflicts: readonly string[] }>;
  /** Commits of `from`, newest first, that `not` has not. */
  log(from: string, options?: { readonly not?: string; readonly limit?: number }): Promise<readonly CommitObject[]>;
  /** Paths that differ between two commits or trees; null is the empty tree. */
  changedPaths(a: string | null, b: string): Promise<readonly ChangedPath[]>;
  /** The same with line counts. */
  changedLines(a: string, b: string): Promise<readonly ChangedLines[]>;
  /** Brings all objects and refs to disk, for whoever looks at the folder. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
