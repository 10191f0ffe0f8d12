/**
 * Reads the state branch: its outline (head, names, blob ids), then the blobs that are not known yet. A cold load asks for
 * outline and texts at once, one request for a usual branch; a warm one that finds nothing new is one, too.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { StoreUnavailable } from "../ports/store.ts";
import { StoreCorrupt } from "./faults.ts";
import {
  assembleLog,
  branchName,
  logFolder,
  type ParsedFile,
  type ParsedLog,
  parseFile,
  parseSchema,
  schemaPath,
  schemaVersion,
  snapshotFolder,
} from "./layout.ts";
import { assertSchemaKnown, migrate } from "./migrate.ts";
import type { StateRequest } from "./request.ts";

/** The branch as it was last seen or written. */
export interface Branch {
  /** Null: there is no branch yet. */
  readonly head: string | null;
  /** Of the head commit. */
  readonly message: string;
  readonly schema: number;
  readonly log: ParsedLog;
  /** Segments and snapshot parts by path, as the current schema has them. */
  readonly files: ReadonlyMap<string, ParsedFile>;
  /** Every file that is on the branch, down to three levels: what may be deleted. */
  readonly paths: ReadonlySet<string>;
}

/** Content that never changes under its blob id. */
export interface Blobs {
  readonly texts: Map<string, string>;
  readonly files: Map<string, ParsedFile>;
}

/** An answer of this size comes well within the ten seconds that GitHub gives a query. */
const answerBytesMax = 6_000_000;

/** `content` is what is asked of each blob of the state, beside its id. */
function outlineQuery(content: string): string {
  return `query($owner: String!, $repo: String!, $ref: String!) {
  repository(owner: $owner, name: $repo) {
    ref(qualifiedName: $ref) {
      target {
        oid
        ... on Commit {
          message
          state: file(path: "state") { object { ... on Tree {
            entries { name type oid size object { ${content} ... on Tree { entries { name type oid size ${content === "" ? "" : `object { ${content} }`} } } } }
          } } }
          tree { entries { name type object { ... on Tree {
            entries { name type object { ... on Tree { entries { name type } } } }
          } } } }
        }
      }
    }
  }
}`;
}

const namesOnly = outlineQuery("");
const withTexts = outlineQuery("... on Blob { text isTruncated }");

const Name = z.object({ name: z.string(), type: z.string() });
const Content = z.object({ text: z.string().nullish(), isTruncated: z.boolean().optional() });
const Sized = Name.extend({ oid: z.string(), size: z.number(), object: Content.nullish() });

/** A folder of `entry`, or the empty object that GraphQL gives for a blob. */
function folderOf<Entry extends z.ZodType>(entry: Entry) {
  return z.object({ entries: z.array(entry).optional() }).nullable();
}

const StateEntry = Sized.extend({ object: Content.extend({ entries: z.array(Sized).optional() }).nullable() });
const StateTree = z.object({ object: folderOf(StateEntry) }).nullable();
const RootTree = z.object({
  entries: z.array(Name.extend({ object: folderOf(Name.extend({ object: folderOf(Name) })) })),
});
const Head = z.object({ oid: z.string(), message: z.string(), state: StateTree, tree: RootTree });
const Outline = z.object({
  repository: z.object({ ref: z.object({ target: Head.nullable() }).nullable() }).nullable(),
});
type Head = z.output<typeof Head>;

interface ListedFile {
  readonly oid: string;
  readonly size: number;
  /** Where it was asked for, and came whole. */
  readonly object?: z.output<typeof Content> | null | undefined;
}

function listPaths(head: Head): Set<string> {
  const paths = new Set<string>();
  for (const root of head.tree.entries) {
    if (root.type === "blob") paths.add(root.name);
    for (const entry of root.object?.entries ?? []) {
      if (entry.type === "blob") paths.add(`${root.name}/${entry.name}`);
      for (const leaf of entry.object?.entries ?? []) paths.add(`${root.name}/${entry.name}/${leaf.name}`);
    }
  }
  return paths;
}

function listState(head: Head): Map<string, ListedFile> {
  const state = new Map<string, ListedFile>();
  for (const entry of head.state?.object?.entries ?? []) {
    const path = `state/${entry.name}`;
    if (entry.type === "blob") state.set(path, entry);
    for (const leaf of entry.object?.entries ?? []) {
      if (leaf.type === "blob") state.set(`${path}/${leaf.name}`, leaf);
    }
  }
  return state;
}

const emptyLog = assembleLog(new Map());

/** A repository without a state branch. */
const absent: Branch = {
  head: null,
  message: "",
  schema: schemaVersion,
  log: emptyLog,
  files: new Map(),
  paths: new Set(),
};

export function createBlobs(): Blobs {
  return { texts: new Map(), files: new Map() };
}

/** The id that git gives to `text`, in the hash of `sample`, an id of the same repository (SHA-1 or SHA-256). */
export function blobIdOf(text: string, sample: string): string {
  const hash = createHash(sample.length === 64 ? "sha256" : "sha1");
  return hash
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest("hex");
}

const RawBlob = z.object({ content: z.string(), encoding: z.literal("base64") });
const TextBlob = z.object({ text: z.string().nullable(), isTruncated: z.boolean() });
const TextBlobs = z.object({ repository: z.record(z.string(), TextBlob.nullable()) });

/** A repository, and the way to its state branch. */
export interface Source {
  readonly request: StateRequest;
  /** `owner/name`. */
  readonly repository: string;
}

async function fetchRaw(source: Source, oid: string): Promise<string> {
  const answer = await source.request.rest({ method: "GET", path: `/repos/${source.repository}/git/blobs/${oid}` });
  return Buffer.from(RawBlob.parse(answer.data).content, "base64").toString("utf8");
}

/** Texts by blob id, each asked for once; what GraphQL cuts is asked for whole. */
export async function fetchTexts(source: Source, oids: readonly string[]): Promise<Map<string, string>> {
  const [owner, repo] = source.repository.split("/");
  // Ids are variables, so that queries of one size have one text: GitHub need not read each anew.
  const declared = oids.map((_, index) => `, $o${index}: GitObjectID!`);
  const aliases = oids.map((_, index) => `b${index}: object(oid: $o${index}) { ...content }`);
  const query = `query($owner: String!, $repo: String!${declared.join("")}) {
    repository(owner: $owner, name: $repo) { ${aliases.join(" ")} }
  }
  fragment content on GitObject { ... on Blob { text isTruncated } }`;
  const variables = Object.fromEntries(oids.map((oid, index) => [`o${index}`, oid]));
  const data = await source.request.graphql(query, { owner, repo, ...variables });
  const blobs = TextBlobs.parse(data).repository;
  const texts = new Map<string, string>();
  for (const [index, oid] of oids.entries()) {
    const blob = blobs[`b${index}`] ?? null;
    const isWhole = blob !== null && blob.text !== null && !blob.isTruncated;
    texts.set(oid, isWhole ? (blob.text ?? "") : await fetchRaw(source, oid));
  }
  return texts;
}

/** Groups what is missing so that no answer gets larger than GitHub likes to give. */
function toBatches(missing: readonly ListedFile[]): string[][] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of missing) {
    if (bytes + file.size > answerBytesMax) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(file.oid);
    bytes += file.size;
  }
  return batches;
}

async function readTexts(source: Source, listed: ReadonlyMap<string, ListedFile>, blobs: Blobs) {
  const known = (file: ListedFile): boolean => blobs.texts.has(file.oid) || blobs.files.has(file.oid);
  const missing = new Map([...listed.values()].filter((file) => !known(file)).map((file) => [file.oid, file]));
  for (const batch of toBatches([...missing.values()])) {
    for (const [oid, text] of await fetchTexts(source, batch)) blobs.texts.set(oid, text);
  }
}

function isLogFile(path: string): boolean {
  return path.startsWith(logFolder) || path.startsWith(snapshotFolder);
}

/** Parsed files by path; what was parsed before is taken from `blobs`. */
function parseListed(listed: ReadonlyMap<string, ListedFile>, blobs: Blobs): Map<string, ParsedFile> {
  const files = new Map<string, ParsedFile>();
  for (const [path, { oid }] of listed) {
    if (!isLogFile(path)) continue;
    const file = blobs.files.get(oid) ?? parseFile(path, blobs.texts.get(oid) ?? "");
    // The parsed form is enough from now on.
    blobs.files.set(oid, file);
    blobs.texts.delete(oid);
    files.set(path, file);
  }
  return files;
}

function parseMigrated(listed: ReadonlyMap<string, ListedFile>, blobs: Blobs, schema: number): Map<string, ParsedFile> {
  const texts = new Map([...listed].map(([path, { oid }]) => [path, blobs.texts.get(oid) ?? ""]));
  return new Map([...migrate(texts, schema)].map(([path, text]) => [path, parseFile(path, text)]));
}

function forget(listed: ReadonlyMap<string, ListedFile>, blobs: Blobs): void {
  const live = new Set([...listed.values()].map((file) => file.oid));
  for (const cache of [blobs.texts, blobs.files]) {
    for (const oid of cache.keys()) if (!live.has(oid)) cache.delete(oid);
  }
}

/** Where the schema version is, and that it can be read, before anything else is looked at. */
async function readSchema(source: Source, state: ReadonlyMap<string, ListedFile>, blobs: Blobs): Promise<number> {
  const listed = state.get(schemaPath);
  if (listed === undefined) {
    if (state.size === 0) return schemaVersion;
    throw new StoreCorrupt(schemaPath, "is missing");
  }
  await readTexts(source, state, blobs);
  const schema = parseSchema(blobs.texts.get(listed.oid) ?? "");
  assertSchemaKnown(schema, source.repository);
  return schema;
}

/**
 * The outline; with the texts, where none is known yet. A state that is too large for one answer is asked for in parts: the
 * second try names only what there is.
 */
async function readOutline(source: Source, blobs: Blobs): Promise<z.output<typeof Outline>> {
  const [owner, repo] = source.repository.split("/");
  const variables = { owner, repo, ref: `refs/heads/${branchName}` };
  if (blobs.texts.size + blobs.files.size === 0) {
    try {
      return Outline.parse(await source.request.graphql(withTexts, variables));
    } catch (error) {
      if (!mayBeTooLarge(error)) throw error;
    }
  }
  return Outline.parse(await source.request.graphql(namesOnly, variables));
}

/** A gateway that gave up on the answer (502, 504), or GitHub that could not put it together. */
function mayBeTooLarge(error: unknown): boolean {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : null;
  return status === 502 || status === 504 || /something went wrong|timed? ?out/i.test(String(error));
}

function noteTexts(state: ReadonlyMap<string, ListedFile>, blobs: Blobs): void {
  for (const { oid, object } of state.values()) {
    if (typeof object?.text === "string" && object.isTruncated === false) blobs.texts.set(oid, object.text);
  }
}

/**
 * Reads the branch. `blobs` is filled with what was fetched and freed of what is gone. Rejects with `StoreTooNew`,
 * `StoreCorrupt`, `StoreUnavailable` when the repository cannot be seen, or as the request does.
 */
export async function loadBranch(source: Source, blobs: Blobs): Promise<Branch> {
  const outline = await readOutline(source, blobs);
  if (outline.repository === null) {
    throw new StoreUnavailable(`GitHub shows no repository ${source.repository}: install the App on it.`);
  }
  const commit = outline.repository.ref?.target ?? null;
  if (commit === null) return absent;
  const state = listState(commit);
  noteTexts(state, blobs);
  const schema = await readSchema(source, state, blobs);
  const files = schema === schemaVersion ? parseListed(state, blobs) : parseMigrated(state, blobs, schema);
  forget(state, blobs);
  return {
    head: commit.oid,
    message: commit.message,
    schema,
    log: assembleLog(files),
    files,
    paths: listPaths(commit),
  };
}
