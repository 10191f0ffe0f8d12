/** Git's own text and binary forms, read: commits, trees, the answers of `cat-file`. Written only as input for git. */
import type { TakeAnswer } from "./git-child.ts";
import type { CommitObject, GitObject, Identification, TreeEntry } from "./git-types.ts";

const oidBytes = 20;

/** One answer of `cat-file --batch`. */
export const takeObject: TakeAnswer<GitObject | null> = (bytes) => {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return null;
  const [oid, type, size] = bytes.toString("utf8", 0, end).split(" ");
  if (oid === undefined || size === undefined || !isObjectType(type)) return { answer: null, used: end + 1 };
  const stop = end + 1 + Number(size);
  if (bytes.length < stop + 1) return null;
  return { answer: { oid, type, content: Buffer.from(bytes.subarray(end + 1, stop)) }, used: stop + 1 };
};

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

/** The text of a commit for `hash-object -t commit`, which checks it before it is written. */
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

/** The lines of `ls-tree -z`, as `mktree -z --batch` wants them, closed by an empty one. */
export function renderTree(entries: Iterable<TreeEntry>): string {
  let lines = "";
  for (const entry of entries) lines += `${entry.mode} ${entry.type} ${entry.oid}\t${entry.path}\0`;
  return `${lines}\0`;
}
