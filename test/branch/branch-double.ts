/**
 * One branch of one repository, with the answers that GitHub gives to the requests of the branch store, in memory and
 * with faults on demand. The embedded GitHub runs the same contract; this one is for histories that git is too slow for.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { RestAnswer, RestCall, StateRequest } from "../../src/branch/request.ts";

type Files = ReadonlyMap<string, string>;

interface CommitRecord {
  readonly files: Files;
  readonly message: string;
}

/** Rejects like Octokit for a REST call. */
export class RestFailure extends Error {
  readonly status: number;
  readonly response: { readonly headers: Readonly<Record<string, string>> };
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.response = { headers };
  }
}

/** Rejects like Octokit for GraphQL errors in an answer of 200. */
export class GraphqlFailure extends Error {
  readonly errors: readonly { readonly type?: string; readonly message: string }[];
  constructor(type: string | null, message: string) {
    super(message);
    this.errors = [type === null ? { message } : { type, message }];
  }
}

/** `before` sees a request before its effect, `after` when the effect has landed; either may throw. */
export interface Interference {
  before?(kind: RequestKind): void | Promise<void>;
  after?(kind: RequestKind): void | Promise<void>;
}

export type RequestKind = "outline" | "blobs" | "commit" | "tree" | "root" | "ref" | "blob" | "head";

const CommitInput = z.object({
  input: z.object({
    expectedHeadOid: z.string(),
    message: z.object({ headline: z.string(), body: z.string() }),
    fileChanges: z.object({
      additions: z.array(z.object({ path: z.string(), contents: z.string() })),
      deletions: z.array(z.object({ path: z.string() })),
    }),
  }),
});
const TreeInput = z.object({ tree: z.array(z.object({ path: z.string(), content: z.string() })) });

function blobId(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}

export class BranchDouble {
  head: string | null = null;
  isEmpty = false;
  interference: Interference = {};
  /** Texts of more bytes come cut, as GraphQL does with large blobs. */
  truncateAbove = Number.POSITIVE_INFINITY;
  readonly requests: RequestKind[] = [];
  /** Bytes of each write. */
  readonly written: number[] = [];
  readonly #commits = new Map<string, CommitRecord>();
  readonly #trees = new Map<string, Files>();

  get files(): Files {
    return this.head === null ? new Map() : (this.#commits.get(this.head)?.files ?? new Map());
  }

  get message(): string {
    return this.head === null ? "" : (this.#commits.get(this.head)?.message ?? "");
  }

  get commitCount(): number {
    return this.#commits.size;
  }

  /** Puts a commit on the branch by somebody else's hand. */
  push(files: Files, message = "By hand"): void {
    this.head = this.#record({ files, message });
  }

  readonly request: StateRequest = {
    graphql: async (query, variables) => {
      const kind = query.startsWith("mutation") ? "commit" : query.includes("ref(") ? "outline" : "blobs";
      return this.#perform(kind, () => {
        if (kind === "commit") return this.#commitOnBranch(variables);
        return { repository: kind === "outline" ? { ref: this.#outline() } : this.#blobs(variables) };
      });
    },
    rest: async (call) => {
      const kind = restKind(call);
      return this.#perform(kind, () => this.#rest(kind, call));
    },
  };

  async #perform<Answer>(kind: RequestKind, effect: () => Answer): Promise<Answer> {
    this.requests.push(kind);
    await this.interference.before?.(kind);
    // The network: others get their turn.
    await new Promise((resolve) => setImmediate(resolve));
    const answer = effect();
    await this.interference.after?.(kind);
    return answer;
  }

  #record(commit: CommitRecord): string {
    const oid = createHash("sha1").update(`${this.#commits.size} ${commit.message}`).digest("hex");
    this.#commits.set(oid, commit);
    return oid;
  }

  #commitOnBranch(variables: unknown): unknown {
    const { input } = CommitInput.parse(variables);
    if (this.head === null) throw new GraphqlFailure("NOT_FOUND", "Could not resolve to a branch");
    if (this.head !== input.expectedHeadOid) {
      const message = `Expected branch to point to "${input.expectedHeadOid}" but it did not.  Pull and try again.`;
      throw new GraphqlFailure("STALE_DATA", message);
    }
    const files = new Map(this.files);
    for (const { path } of input.fileChanges.deletions) {
      if (!files.delete(path)) throw new GraphqlFailure("UNPROCESSABLE", `A path was requested for deletion: ${path}`);
    }
    for (const { path, contents } of input.fileChanges.additions) {
      files.set(path, Buffer.from(contents, "base64").toString("utf8"));
    }
    this.written.push(JSON.stringify(input).length);
    this.push(files, `${input.message.headline}\n\n${input.message.body}`);
    return { createCommitOnBranch: { commit: { oid: this.head } } };
  }

  #outline(): unknown {
    if (this.head === null) return null;
    const tree = toTree([...this.files].map(([path, text]) => ({ path: path.split("/"), text })));
    const state = tree.find((entry) => entry.name === "state") ?? null;
    return { target: { oid: this.head, message: this.message, state, tree: { entries: tree } } };
  }

  /** What is asked for is in variables: `o3` for the alias `b3`. */
  #blobs(variables: Readonly<Record<string, unknown>>): unknown {
    const texts = new Map<string, string>();
    for (const { files } of this.#commits.values()) for (const text of files.values()) texts.set(blobId(text), text);
    const asked = Object.entries(variables).filter(([name]) => /^o\d+$/.test(name));
    return Object.fromEntries(
      asked.map(([name, oid]) => {
        const alias = name.replace("o", "b");
        const text = texts.get(String(oid));
        const isTruncated = text !== undefined && Buffer.byteLength(text) > this.truncateAbove;
        return [alias, text === undefined ? null : { text: isTruncated ? text.slice(0, 9) : text, isTruncated }];
      }),
    );
  }

  #rest(kind: RequestKind, { path, body, etag }: RestCall): RestAnswer {
    if (this.isEmpty && kind !== "head") throw new RestFailure(409, "Git Repository is empty.");
    if (kind === "tree") {
      const sha = `tree${this.#trees.size}`;
      this.#trees.set(sha, new Map(TreeInput.parse(body).tree.map((file) => [file.path, file.content])));
      return { status: 201, etag: null, data: { sha } };
    }
    if (kind === "root") {
      const input = z.object({ message: z.string(), tree: z.string(), parents: z.tuple([]) }).parse(body);
      const sha = this.#record({ files: this.#trees.get(input.tree) ?? new Map(), message: input.message });
      return { status: 201, etag: null, data: { sha } };
    }
    if (kind === "ref") {
      const input = z.object({ ref: z.literal("refs/heads/orchestrate/state"), sha: z.string() }).parse(body);
      if (this.head !== null) throw new RestFailure(422, "Reference already exists");
      this.head = input.sha;
      return { status: 201, etag: null, data: {} };
    }
    if (kind === "blob") {
      const text = [...this.files.values()].find((each) => path.endsWith(blobId(each))) ?? "";
      return { status: 200, etag: null, data: { encoding: "base64", content: Buffer.from(text).toString("base64") } };
    }
    if (this.head === null) throw new RestFailure(404, "Not Found");
    if (etag === `"${this.head}"`) return { status: 304, etag, data: null };
    return { status: 200, etag: `"${this.head}"`, data: { object: { sha: this.head } } };
  }
}

function restKind({ method, path }: RestCall): RequestKind {
  if (path.includes("/git/blobs/")) return "blob";
  if (method === "GET") return "head";
  if (path.endsWith("/git/trees")) return "tree";
  return path.endsWith("/git/commits") ? "root" : "ref";
}

interface TreeRow {
  readonly name: string;
  readonly type: string;
  readonly oid: string;
  readonly size: number;
  readonly object: { readonly entries?: readonly TreeRow[] };
}

function toTree(files: readonly { readonly path: readonly string[]; readonly text: string }[]): TreeRow[] {
  const names = new Set(files.map((file) => file.path[0] ?? ""));
  return [...names].map((name) => {
    const inside = files.filter((file) => file.path[0] === name);
    const blob = inside.find((file) => file.path.length === 1);
    if (blob !== undefined) {
      return { name, type: "blob", oid: blobId(blob.text), size: Buffer.byteLength(blob.text), object: {} };
    }
    const entries = toTree(inside.map((file) => ({ path: file.path.slice(1), text: file.text })));
    return { name, type: "tree", oid: "0", size: 0, object: { entries } };
  });
}
