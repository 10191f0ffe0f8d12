/** Resolvers of git objects and refs: commits, trees, blobs. An object is its oid until somebody asks for more. */
import type { CommitObject, Git, TreeEntry } from "./git-types.ts";
import { rollupOf } from "./graphql-check-fields.ts";
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { demand } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import { gitNodeId, refNodeId } from "./repository-ids.ts";
import type { RepositoryState } from "./repository-state.ts";

/** A git object that may not have been read yet. */
export interface GitSource {
  readonly __typename: "Commit" | "Tree" | "Blob";
  readonly oid: string;
}

interface CommitSource extends GitSource {
  readonly __typename: "Commit";
  loaded?: Promise<CommitObject>;
}

interface BlobSource extends GitSource {
  readonly __typename: "Blob";
  loaded?: Promise<Buffer>;
}

export interface RefSource {
  readonly __typename: "Ref";
  /** Full name. */
  readonly name: string;
}

/** GitHub gives the text of a blob up to this size. */
const textMost = 512_000;

async function readCommit(git: Git, oid: string): Promise<CommitObject> {
  const commit = await git.commit(oid);
  if (commit === null)
    throw new Error(`The commit ${oid} is named by a ref or a parent, but is not in the repository.`);
  return commit;
}

async function load(source: CommitSource, { git }: GraphqlContext): Promise<CommitObject> {
  source.loaded ??= readCommit(git, source.oid);
  return await source.loaded;
}

async function content(source: BlobSource, { git }: GraphqlContext): Promise<Buffer> {
  source.loaded ??= git.object(source.oid).then((object) => object?.content ?? Buffer.alloc(0));
  return await source.loaded;
}

/** A commit as a source. */
export function commitSource(oid: string): GitSource {
  return { __typename: "Commit", oid };
}

function blobSource(oid: string, content: Buffer): BlobSource {
  return { __typename: "Blob", oid, loaded: Promise.resolve(content) };
}

/** A full ref name as a source; null when there is no such ref. */
export function refSource(name: string, git: Git): RefSource | null {
  return git.refs.has(name) ? { __typename: "Ref", name } : null;
}

function typeOfEntry(entry: TreeEntry): GitSource {
  const names = { blob: "Blob", tree: "Tree", commit: "Commit" } as const;
  return { __typename: names[entry.type], oid: entry.oid };
}

function linkTo(kind: string, oid: string, state: RepositoryState): string {
  return `/${state.repository.fullName}/${kind}/${oid}`;
}

function objectFields(prefix: "C" | "T" | "B", kind: "commit" | "tree" | "blob"): Fields<GitSource> {
  return {
    abbreviatedOid: (source) => source.oid.slice(0, 7),
    commitResourcePath: (source, _args, { state }) => linkTo(kind, source.oid, state),
    commitUrl: (source, _args, { state }) => state.htmlUrl + linkTo(kind, source.oid, state),
    id: (source, _args, { state }) => gitNodeId(prefix, { repository: state.repository.id, oid: source.oid }),
    oid: (source) => source.oid,
    repository: (_source, _args, { state }) => state.repository,
  };
}

function gitActor(who: CommitObject["author"], { state }: GraphqlContext): unknown {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\./.exec(who.email)?.[1] ?? who.name;
  const user = state.findUser(login);
  return {
    avatarUrl: `${state.htmlUrl}/avatars/u/0?v=4`,
    date: new Date(who.at).toISOString().replace(".000Z", "Z"),
    email: who.email,
    name: who.name,
    user: user?.type === "User" ? user : null,
  };
}

export const commitFields: Fields<CommitSource> = {
  ...objectFields("C", "commit"),
  associatedPullRequests: ({ oid }, args: PageArgs, { state }) =>
    connect(
      state.pulls().filter((issue) => issue.pull.headSha === oid || issue.pull.mergeSha === oid),
      args,
      "associatedPullRequests",
    ),
  author: async (source, _args, context) => gitActor((await load(source, context)).author, context),
  authoredDate: async (source, _args, context) =>
    new Date((await load(source, context)).author.at).toISOString().replace(".000Z", "Z"),
  committedDate: async (source, _args, context) =>
    new Date((await load(source, context)).committer.at).toISOString().replace(".000Z", "Z"),
  committer: async (source, _args, context) => gitActor((await load(source, context)).committer, context),
  checkSuites: ({ oid }, args: PageArgs, { state }) =>
    connect(
      [...state.checkSuites.values()].filter((suite) => suite.sha === oid),
      args,
      "checkSuites",
    ),
  file: async ({ oid }, { path }: { readonly path: string }, { git }) => {
    const entry = await git.entry(oid, path.replace(/^\/+|\/+$/g, ""));
    return entry === null ? null : { entry, path };
  },
  history: async ({ oid }, args: PageArgs & { readonly path?: string | null }, { git }) => {
    const commits = await git.log(oid, { limit: 500 });
    return connect(
      commits.map((commit) => commitSource(commit.oid)),
      args,
      "history",
    );
  },
  message: async (source, _args, context) => (await load(source, context)).message.replace(/\n$/, ""),
  messageBody: async (source, _args, context) =>
    (await load(source, context)).message.split("\n").slice(1).join("\n").trim(),
  messageHeadline: async (source, _args, context) => (await load(source, context)).message.split("\n")[0] ?? "",
  parents: async (source, args: PageArgs, context) =>
    connect((await load(source, context)).parents.map(commitSource), args, "parents"),
  resourcePath: ({ oid }, _args, { state }) => linkTo("commit", oid, state),
  status: ({ oid }, _args, context) => {
    demand(context, ["statuses"], "read");
    const contexts = context.state.statusesOf(oid);
    if (contexts.length === 0) return null;
    return {
      commit: commitSource(oid),
      contexts,
      context: ({ name }: { readonly name: string }) => contexts.find((status) => status.context === name) ?? null,
      id: gitNodeId("C", { repository: context.state.repository.id, oid: `status:${oid}` }),
      state: statusState(contexts.map((status) => status.state)),
    };
  },
  statusCheckRollup: ({ oid }, _args, context) => rollupOf(oid, context),
  tree: async (source, _args, context) => ({ __typename: "Tree", oid: (await load(source, context)).tree }),
  treeUrl: ({ oid }, _args, { state }) => state.htmlUrl + linkTo("tree", oid, state),
  url: ({ oid }, _args, { state }) => state.htmlUrl + linkTo("commit", oid, state),
};

function statusState(states: readonly string[]): string {
  for (const worst of ["error", "failure", "pending"]) if (states.includes(worst)) return worst.toUpperCase();
  return "SUCCESS";
}

export const treeFields: Fields<GitSource> = {
  ...objectFields("T", "tree"),
  entries: async ({ oid }, _args, { git }) =>
    (await git.tree(oid))?.map((entry) => ({ entry, path: entry.path })) ?? null,
};

/** An entry of a tree; `path` is the whole one where it is known. */
interface EntrySource {
  readonly entry: TreeEntry;
  readonly path: string;
}

/** Sizes of blobs, which never change: the program asks for those of its whole log at every start. */
const sizes = new WeakMap<Git, Map<string, number>>();

async function sizeOf(oid: string, git: Git): Promise<number> {
  const known = sizes.get(git) ?? new Map<string, number>();
  sizes.set(git, known);
  const size = known.get(oid) ?? (await git.object(oid))?.content.length ?? 0;
  known.set(oid, size);
  return size;
}

export const treeEntryFields: Fields<EntrySource> = {
  extension: ({ path }) => /\.[^./]+$/.exec(path)?.[0] ?? "",
  mode: ({ entry }) => Number.parseInt(entry.mode, 8),
  name: ({ path }) => path.split("/").at(-1) ?? path,
  object: ({ entry }) => typeOfEntry(entry),
  oid: ({ entry }) => entry.oid,
  path: ({ path }) => path,
  repository: (_source, _args, { state }) => state.repository,
  size: async ({ entry }, _args, { git }) => (entry.type === "blob" ? await sizeOf(entry.oid, git) : 0),
  type: ({ entry }) => entry.type,
};

export const blobFields: Fields<BlobSource> = {
  ...objectFields("B", "blob"),
  byteSize: async (source, _args, context) => (await content(source, context)).length,
  isBinary: async (source, _args, context) => (await content(source, context)).subarray(0, 8_000).includes(0),
  isTruncated: async (source, _args, context) => (await content(source, context)).length > textMost,
  text: async (source, _args, context) => {
    const bytes = await content(source, context);
    return bytes.subarray(0, 8_000).includes(0) ? null : bytes.subarray(0, textMost).toString("utf8");
  },
};

const prefixOfRef = /^(refs\/(?:heads|tags)\/|refs\/)/;

export const refFields: Fields<RefSource> = {
  associatedPullRequests: ({ name }, args: PageArgs & { readonly states?: readonly string[] | null }, { state }) => {
    const branch = name.replace("refs/heads/", "");
    const pulls = state.pulls().filter((issue) => {
      const status = issue.pull.isMerged ? "MERGED" : issue.state.toUpperCase();
      return issue.pull.headBranch === branch && (args.states ?? [status]).includes(status);
    });
    return connect(pulls, args, "associatedPullRequests");
  },
  id: ({ name }, _args, { state }) => refNodeId({ repository: state.repository.id, name }),
  name: ({ name }) => name.replace(prefixOfRef, ""),
  prefix: ({ name }) => prefixOfRef.exec(name)?.[1] ?? "",
  repository: (_source, _args, { state }) => state.repository,
  target: ({ name }, _args, { git }) => {
    const oid = git.refs.get(name);
    return oid === undefined ? null : commitSource(oid);
  },
};

/** The commit, or any oid, that a revision names. */
function oidOf(revision: string, git: Git): { readonly oid: string; readonly isRef: boolean } | null {
  const candidates =
    revision === "HEAD" ? ["refs/heads/main"] : [revision, `refs/heads/${revision}`, `refs/tags/${revision}`];
  for (const candidate of candidates) {
    const oid = git.refs.get(candidate);
    if (oid !== undefined) return { oid, isRef: true };
  }
  return /^[0-9a-f]{40,64}$/.test(revision) ? { oid: revision, isRef: false } : null;
}

/** `main`, `main:path`, `refs/heads/main:path`, an oid: what `git rev-parse` would take. Null when there is nothing. */
export async function resolveExpression(expression: string, git: Git): Promise<GitSource | null> {
  const [revision = "", ...rest] = expression.split(":");
  const found = oidOf(revision, git);
  if (found === null) return null;
  const { oid, isRef } = found;
  if (rest.length > 0) {
    const entry = await git.entry(oid, rest.join(":"));
    return entry === null ? null : typeOfEntry(entry);
  }
  if (isRef) return commitSource(oid);
  const object = await git.object(oid);
  if (object === null || object.type === "tag") return null;
  if (object.type === "blob") return blobSource(oid, object.content);
  return { __typename: object.type === "tree" ? "Tree" : "Commit", oid };
}
