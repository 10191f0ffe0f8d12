/**
 * The objects of the repository: hashed and kept in this process, and written as git's own loose files only when a child
 * of git is about to look at them. A child takes longer for one object than all the rest of a request.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { parseCommit, parseTree, takeObject } from "./git-objects.ts";
import type { GitObject } from "./git-types.ts";

export interface ObjectStore {
  /** Returns the oid. */
  write(type: "blob" | "tree" | "commit", content: string | Uint8Array): string;
  /** Null when there is no such object. */
  read(oid: string): GitObject | null;
  /** Puts an object, and everything that it leads to, where git finds it. */
  persist(oid: string): void;
  /** The same with all objects. */
  persistAll(): void;
}

/** A long run keeps no more in memory than this; the rest is read from disk again. */
const keptBytesMax = 64 * 1024 * 1024;

/** A store over the `objects` folder of a repository. */
export function createObjectStore(directory: string): ObjectStore {
  return new LooseStore(directory);
}

class LooseStore implements ObjectStore {
  readonly #directory: string;
  readonly #kept = new Map<string, GitObject>();
  readonly #unwritten = new Set<string>();
  #keptBytes = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  write(type: "blob" | "tree" | "commit", content: string | Uint8Array): string {
    const bytes = Buffer.from(content);
    const oid = createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
    if (this.#kept.has(oid)) return oid;
    this.#unwritten.add(oid);
    this.#keep({ oid, type, content: bytes });
    return oid;
  }

  read(oid: string): GitObject | null {
    const kept = this.#kept.get(oid);
    if (kept !== undefined) return kept;
    const file = this.#load(oid);
    if (file === null) return null;
    const object = takeObject(oid, inflateSync(file));
    this.#keep(object);
    return object;
  }

  persist(oid: string): void {
    const waiting = [oid];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const object = this.#unwritten.has(next) ? this.#kept.get(next) : undefined;
      if (object === undefined) continue;
      this.#save(object);
      waiting.push(...leadsTo(object));
    }
  }

  persistAll(): void {
    for (const oid of this.#unwritten) this.persist(oid);
  }

  #keep(object: GitObject): void {
    this.#kept.set(object.oid, object);
    this.#keptBytes += object.content.length;
    if (this.#keptBytes <= keptBytesMax) return;
    this.persistAll();
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  #pathOf(oid: string): string {
    return join(this.#directory, oid.slice(0, 2), oid.slice(2));
  }

  #load(oid: string): Buffer | null {
    try {
      return readFileSync(this.#pathOf(oid));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  }

  #save({ oid, type, content }: GitObject): void {
    this.#unwritten.delete(oid);
    const path = this.#pathOf(oid);
    if (existsSync(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    // Not compressed: the repository lives as long as a run.
    writeFileSync(
      path,
      deflateSync(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]), { level: 0 }),
    );
  }
}

function leadsTo({ oid, type, content }: GitObject): readonly string[] {
  if (type === "tree") return parseTree(content).map((entry) => entry.oid);
  if (type !== "commit") return [];
  const { tree, parents } = parseCommit(oid, content.toString("utf8"));
  return [tree, ...parents];
}
