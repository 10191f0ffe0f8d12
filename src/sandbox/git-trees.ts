/** Trees of a repository by path: look up, list, compare, and edit. Objects are read and written through a store. */
import { sortEntries, typeOfMode } from "./git-objects.ts";
import type { ChangedPath, TreeChange, TreeEntry } from "./git-types.ts";

export interface Trees {
  entry(root: string | null, path: string): TreeEntry | null;
  files(root: string, withTrees: boolean): readonly TreeEntry[];
  changedPaths(a: string | null, b: string | null): readonly ChangedPath[];
  edit(base: string | null, changes: readonly TreeChange[]): string;
}

export interface TreeStore {
  read(oid: string): readonly TreeEntry[] | null;
  /** Takes the entries in git's order. */
  write(entries: readonly TreeEntry[]): string;
  writeBlob(content: string | Uint8Array): string;
}

/** What becomes of one name in a folder: an entry, nothing, or changes below it. */
interface Branching {
  leaf: TreeEntry | "gone" | null;
  readonly below: Map<string, Branching>;
}

/** Trees over a store of objects. */
export function createTrees(store: TreeStore): Trees {
  return new StoredTrees(store);
}

class StoredTrees implements Trees {
  readonly #store: TreeStore;

  constructor(store: TreeStore) {
    this.#store = store;
  }

  entry(root: string | null, path: string): TreeEntry | null {
    if (root === null) return null;
    let found: TreeEntry = { mode: "040000", type: "tree", oid: root, path: "" };
    for (const segment of segmentsOf(path)) {
      const entries = found.type === "tree" ? this.#store.read(found.oid) : null;
      const next = entries?.find((candidate) => candidate.path === segment);
      if (next === undefined) return null;
      found = next;
    }
    return { ...found, path };
  }

  files(root: string, withTrees: boolean, prefix = ""): readonly TreeEntry[] {
    const all: TreeEntry[] = [];
    for (const child of this.#children(root)) {
      const whole = { ...child, path: `${prefix}${child.path}` };
      if (child.type !== "tree" || withTrees) all.push(whole);
      if (child.type === "tree") all.push(...this.files(child.oid, withTrees, `${whole.path}/`));
    }
    return all;
  }

  changedPaths(a: string | null, b: string | null, prefix = ""): readonly ChangedPath[] {
    if (a === b) return [];
    const before = byName(this.#children(a));
    const after = byName(this.#children(b));
    const changes: ChangedPath[] = [];
    for (const name of [...new Set([...before.keys(), ...after.keys()])].toSorted()) {
      const [old, now] = [before.get(name), after.get(name)];
      if (old?.oid === now?.oid && old?.mode === now?.mode) continue;
      const path = `${prefix}${name}`;
      const status = statusOf(old, now);
      if (status !== null) changes.push({ path, status });
      changes.push(...this.changedPaths(treeOid(old), treeOid(now), `${path}/`));
    }
    return changes;
  }

  edit(base: string | null, changes: readonly TreeChange[]): string {
    const root: Branching = { leaf: null, below: new Map() };
    for (const change of changes) place(root, change.path, this.#toLeaf(change));
    return this.#rebuild(base, root) ?? this.#store.write([]);
  }

  #children(oid: string | null): readonly TreeEntry[] {
    return oid === null ? [] : (this.#store.read(oid) ?? []);
  }

  #toLeaf(change: TreeChange): TreeEntry | "gone" {
    if ("content" in change) {
      const oid = this.#store.writeBlob(change.content);
      return { mode: change.mode ?? "100644", type: "blob", oid, path: change.path };
    }
    if (change.oid === null) return "gone";
    return { mode: change.mode, type: typeOfMode(change.mode), oid: change.oid, path: change.path };
  }

  /** The oid of the edited tree; null when nothing is left in it. */
  #rebuild(base: string | null, changes: Branching): string | null {
    const entries = byName(this.#children(base));
    for (const [name, change] of changes.below) {
      const made = this.#child(entries.get(name), name, change);
      if (made === null) entries.delete(name);
      else entries.set(name, made);
    }
    return entries.size === 0 ? null : this.#store.write(sortEntries(entries.values()));
  }

  #child(old: TreeEntry | undefined, name: string, change: Branching): TreeEntry | null {
    const { leaf, below } = change;
    if (below.size === 0) return leaf === null || leaf === "gone" ? null : { ...leaf, path: name };
    const under = leaf === "gone" ? null : treeOid(leaf ?? old);
    const oid = this.#rebuild(under, change);
    return oid === null ? null : { mode: "040000", type: "tree", oid, path: name };
  }
}

function byName(entries: readonly TreeEntry[]): Map<string, TreeEntry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** How a name changed as a file; null when it is a folder before and after. */
function statusOf(old: TreeEntry | undefined, now: TreeEntry | undefined): ChangedPath["status"] | null {
  if (isFile(old)) return isFile(now) ? "modified" : "removed";
  return isFile(now) ? "added" : null;
}

/** Whether git takes a path: relative, and without names that stand for something else. */
export function isKeptPath(path: string): boolean {
  const isStrange = (segment: string): boolean => ["", ".", ".."].includes(segment) || segment.toLowerCase() === ".git";
  return !path.includes("\0") && !path.split("/").some(isStrange);
}

function place(root: Branching, path: string, leaf: TreeEntry | "gone"): void {
  if (!isKeptPath(path)) throw new Error(`"${path}" is not a path that git keeps.`);
  let at = root;
  for (const segment of segmentsOf(path)) {
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
