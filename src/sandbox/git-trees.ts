/** Trees of a repository by path: look up, list, compare, and edit. Objects are read and written through git. */
import { sortEntries } from "./git-objects.ts";
import type { ChangedPath, TreeChange, TreeEntry } from "./git-types.ts";

export interface Trees {
  entry(root: string | null, path: string): Promise<TreeEntry | null>;
  files(root: string, withTrees: boolean): Promise<readonly TreeEntry[]>;
  changedPaths(a: string | null, b: string | null): Promise<readonly ChangedPath[]>;
  edit(base: string | null, changes: readonly TreeChange[]): Promise<string>;
}

export interface TreeStore {
  read(oid: string): Promise<readonly TreeEntry[] | null>;
  /** Takes the entries in git's order. */
  write(entries: readonly TreeEntry[]): Promise<string>;
  writeBlob(content: string | Uint8Array): Promise<string>;
}

/** What becomes of one name in a folder: an entry, nothing, or changes below it. */
interface Branching {
  leaf: TreeEntry | "gone" | null;
  readonly below: Map<string, Branching>;
}

export function createTrees(store: TreeStore): Trees {
  async function entry(root: string | null, path: string): Promise<TreeEntry | null> {
    if (root === null) return null;
    let found: TreeEntry = { mode: "040000", type: "tree", oid: root, path: "" };
    for (const segment of segmentsOf(path)) {
      const entries = found.type === "tree" ? await store.read(found.oid) : null;
      const next = entries?.find((candidate) => candidate.path === segment);
      if (next === undefined) return null;
      found = next;
    }
    return { ...found, path };
  }

  async function files(root: string, withTrees: boolean, prefix = ""): Promise<readonly TreeEntry[]> {
    const all: TreeEntry[] = [];
    for (const child of (await store.read(root)) ?? []) {
      const whole = { ...child, path: `${prefix}${child.path}` };
      if (child.type !== "tree" || withTrees) all.push(whole);
      if (child.type === "tree") all.push(...(await files(child.oid, withTrees, `${whole.path}/`)));
    }
    return all;
  }

  async function changedPaths(a: string | null, b: string | null, prefix = ""): Promise<readonly ChangedPath[]> {
    if (a === b) return [];
    const before = new Map((a === null ? [] : ((await store.read(a)) ?? [])).map((old) => [old.path, old]));
    const after = new Map((b === null ? [] : ((await store.read(b)) ?? [])).map((now) => [now.path, now]));
    const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
    const changes: ChangedPath[] = [];
    for (const name of names) {
      const [old, now] = [before.get(name), after.get(name)];
      if (old?.oid === now?.oid && old?.mode === now?.mode) continue;
      const path = `${prefix}${name}`;
      const [oldFile, nowFile] = [isFile(old), isFile(now)];
      if (oldFile && nowFile) changes.push({ path, status: "modified" });
      else if (oldFile) changes.push({ path, status: "removed" });
      else if (nowFile) changes.push({ path, status: "added" });
      changes.push(...(await changedPaths(treeOid(old), treeOid(now), `${path}/`)));
    }
    return changes;
  }

  async function edit(base: string | null, changes: readonly TreeChange[]): Promise<string> {
    const root: Branching = { leaf: null, below: new Map() };
    for (const change of changes) place(root, change.path, await toLeaf(change));
    return (await rebuild(base, root)) ?? store.write([]);
  }

  async function toLeaf(change: TreeChange): Promise<TreeEntry | "gone"> {
    if ("content" in change) {
      const oid = await store.writeBlob(change.content);
      return { mode: change.mode ?? "100644", type: "blob", oid, path: change.path };
    }
    if (change.oid === null) return "gone";
    return { mode: change.mode, type: change.mode === "040000" ? "tree" : "blob", oid: change.oid, path: change.path };
  }

  /** The oid of the edited tree; null when nothing is left in it. */
  async function rebuild(base: string | null, changes: Branching): Promise<string | null> {
    const entries = new Map(
      (base === null ? [] : ((await store.read(base)) ?? [])).map((child) => [child.path, child]),
    );
    for (const [name, change] of changes.below) {
      const made = await child(entries.get(name), name, change);
      if (made === null) entries.delete(name);
      else entries.set(name, made);
    }
    return entries.size === 0 ? null : store.write(sortEntries(entries.values()));
  }

  async function child(old: TreeEntry | undefined, name: string, change: Branching): Promise<TreeEntry | null> {
    if (change.below.size === 0) {
      return change.leaf === null || change.leaf === "gone" ? null : { ...change.leaf, path: name };
    }
    const under = change.leaf === null ? treeOid(old) : change.leaf === "gone" ? null : treeOid(change.leaf);
    const oid = await rebuild(under, change);
    return oid === null ? null : { mode: "040000", type: "tree", oid, path: name };
  }

  return {
    entry,
    files: (root, withTrees) => files(root, withTrees),
    changedPaths: (a, b) => changedPaths(a, b),
    edit,
  };
}

function place(root: Branching, path: string, leaf: TreeEntry | "gone"): void {
  const segments = segmentsOf(path);
  if (segments.length === 0 || segments.some((segment) => segment === "." || segment === ".." || segment === ".git")) {
    throw new Error(`"${path}" is not a path that git keeps.`);
  }
  let at = root;
  for (const segment of segments) {
    const next = at.below.get(segment) ?? { leaf: null, below: new Map<string, Branching>() };
    at.below.set(segment, next);
    at = next;
  }
  at.leaf = leaf;
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function isFile(entry: TreeEntry | undefined): boolean {
  return entry !== undefined && entry.type !== "tree";
}

function treeOid(entry: TreeEntry | undefined): string | null {
  return entry?.type === "tree" ? entry.oid : null;
}
