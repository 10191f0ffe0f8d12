/** Git's own text and binary forms, read and written: loose objects, commits, trees. */
import type { CommitObject, GitObject, Identification, TreeEntry } from "./git-types.ts";

const oidBytes = 20;

/** The object in a loose file, decompressed. Throws when it is none. */
export function takeObject(oid: string, bytes: Buffer): GitObject {
  const end = bytes.indexOf(0x00);
  const [type] = bytes.toString("utf8", 0, end).split(" ");
  if (!isObjectType(type)) throw new Error(`The object ${oid} is damaged.`);
  return { oid, type, content: bytes.subarray(end + 1) };
}

function isObjectType(type: string | undefined): type is GitObject["type"] {
  return type === "blob" || type === "tree" || type === "commit" || type === "tag";
}

/** The entries of a tree object. */
export function parseTree(content: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0x00, space);
    const mode = content.toString("utf8", at, space).padStart(6, "0");
    const oid = content.toString("hex", end + 1, end + 1 + oidBytes);
    entries.push({ mode, type: typeOfMode(mode), oid, path: content.toString("utf8", space + 1, end) });
    at = end + 1 + oidBytes;
  }
  return entries;
}

export function typeOfMode(mode: string): TreeEntry["type"] {
  if (mode === "040000") return "tree";
  return mode === "160000" ? "commit" : "blob";
}

/** A commit object. Signatures and other headers are left aside. */
export function parseCommit(oid: string, text: string): CommitObject {
  const split = text.indexOf("\n\n");
  const headers = text.slice(0, split).split("\n");
  const values = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const author = parseIdentification(values("author")[0] ?? "");
  return {
    oid,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author,
    committer: parseIdentification(values("committer")[0] ?? ""),
    message: text.slice(split + 2),
  };
}

function parseIdentification(line: string): Identification {
  const found = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  return { name: found?.[1] ?? "", email: found?.[2] ?? "", at: Number(found?.[3] ?? 0) * 1000 };
}

/** The content of a commit object. */
export function renderCommit(commit: {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identification;
  readonly committer: Identification;
  readonly message: string;
}): string {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${renderIdentification(commit.author)}`,
    `committer ${renderIdentification(commit.committer)}`,
  ];
  return `${lines.join("\n")}\n\n${commit.message.replaceAll("\0", "")}`;
}

function renderIdentification(by: Identification): string {
  // Git takes no angle brackets or line ends in a name; it drops them itself when it gets them from its environment.
  const clean = (text: string): string => text.replace(/[<>\n\r\0]/g, "").trim();
  return `${clean(by.name)} <${clean(by.email)}> ${Math.floor(by.at / 1000)} +0000`;
}

/** Entries in git's own order, in which a folder counts as if its name ended with a slash. */
export function sortEntries(entries: Iterable<TreeEntry>): readonly TreeEntry[] {
  const keyed = Array.from(entries, (entry) => ({
    entry,
    key: Buffer.from(entry.type === "tree" ? `${entry.path}/` : entry.path),
  }));
  return keyed.toSorted((left, right) => left.key.compare(right.key)).map(({ entry }) => entry);
}

/** The content of a tree object; takes the entries in git's order. */
export function renderTree(entries: Iterable<TreeEntry>): Buffer {
  const parts: Buffer[] = [];
  for (const { mode, oid, path } of entries) {
    parts.push(Buffer.from(`${mode.replace(/^0+/, "")} ${path}\0`), Buffer.from(oid, "hex"));
  }
  return Buffer.concat(parts);
}
