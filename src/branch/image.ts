/** Every file of the state branch at one commit, byte by byte: what a backup holds. */
import { z } from "zod";
import { StoreUnavailable } from "../ports/store.ts";
import { classifyFault } from "./faults.ts";
import { branchName } from "./layout.ts";
import { blobIdOf, fetchTexts, type Source } from "./load.ts";

export interface BranchImage {
  /** The commit. */
  readonly head: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Small enough for GitHub to answer within its ten seconds. */
const filesPerQuery = 100;
const bytesPerQuery = 4_000_000;

const Ref = z.object({ object: z.object({ sha: z.string() }) });
const Entry = z.object({ path: z.string(), type: z.string(), sha: z.string(), size: z.number().optional() });
const Tree = z.object({ tree: z.array(Entry), truncated: z.boolean() });
type Entry = z.output<typeof Entry>;
const RawBlob = z.object({ content: z.string(), encoding: z.literal("base64") });

/** The commit that the branch is at; null where there is no branch. Rejects as the request does. */
export async function readHead({ request, repository }: Source, now: number): Promise<string | null> {
  try {
    const path = `/repos/${repository}/git/ref/heads/${branchName}`;
    return Ref.parse((await request.rest({ method: "GET", path })).data).object.sha;
  } catch (error) {
    const fault = classifyFault(error, now);
    // 409: a repository without a commit.
    if (fault.kind === "refused" && (fault.status === 404 || fault.status === 409)) return null;
    throw error;
  }
}

/** Null where there is no branch. Rejects with `StoreUnavailable` when there is too much to be listed, else as the request does. */
export async function readImage(source: Source, now: number): Promise<BranchImage | null> {
  const head = await readHead(source, now);
  if (head === null) return null;
  const path = `/repos/${source.repository}/git/trees/${head}?recursive=1`;
  const { tree, truncated } = Tree.parse((await source.request.rest({ method: "GET", path })).data);
  if (truncated)
    throw new StoreUnavailable(`The branch ${branchName} has more files than GitHub lists: copy it with git clone.`);
  const blobs = tree.filter(({ type }) => type === "blob");
  const contents = new Map<string, Buffer>();
  for (const batch of toBatches(blobs)) {
    for (const [oid, content] of await fetchContents(source, batch)) contents.set(oid, content);
  }
  return { head, files: new Map(blobs.map((blob) => [blob.path, contents.get(blob.sha) ?? Buffer.alloc(0)])) };
}

function toBatches(blobs: readonly Entry[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let [files, bytes] = [filesPerQuery, 0];
  for (const { sha, size = 0 } of new Map(blobs.map((blob) => [blob.sha, blob])).values()) {
    if (files === filesPerQuery || bytes + size > bytesPerQuery) {
      batches.push([]);
      [files, bytes] = [0, 0];
    }
    batches.at(-1)?.push(sha);
    files += 1;
    bytes += size;
  }
  return batches;
}

/** What is no text is not the same as a text any more: its id tells, and it is asked for as it is. */
async function fetchContents(source: Source, oids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (const [oid, text] of await fetchTexts(source, oids)) {
    contents.set(oid, blobIdOf(text, oid) === oid ? Buffer.from(text) : await fetchBytes(source, oid));
  }
  return contents;
}

async function fetchBytes({ request, repository }: Source, oid: string): Promise<Buffer> {
  const answer = await request.rest({ method: "GET", path: `/repos/${repository}/git/blobs/${oid}` });
  return Buffer.from(RawBlob.parse(answer.data).content, "base64");
}
