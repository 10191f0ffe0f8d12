/** REST routes of git data: refs, trees, commits, blobs. */
import { namesOf, neededText, param, textOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { shaOf } from "./api-check-routes.ts";
import { folded } from "./api-content-routes.ts";
import { ApiProblem, created, noContent, notFound, ok, pageReply, unprocessable } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, Route } from "./api-router.ts";
import type { CommitObject, Identification, TreeChange } from "./git-types.ts";
import { identificationJson } from "./rest-json-code.ts";
import { gitNodeId, refNodeId } from "./repository-ids.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./rest-json.ts";

const base = "/repos/:owner/:repo";

function route(method: Method, path: string, handle: Route["handle"]): Route {
  const isRead = method === "GET";
  const level = isRead ? "read" : "write";
  return { method, path: base + path, auth: "token", needs: ["contents"], level, isGitData: !isRead, handle };
}

function refJson(call: ApiCall, name: string): unknown {
  const { state } = call;
  const oid = call.git.refs.get(name) ?? "";
  return {
    ref: name,
    node_id: refNodeId({ repository: state.repository.id, name }),
    url: `${repositoryUrl(state)}/git/${name}`,
    object: { sha: oid, type: "commit", url: `${repositoryUrl(state)}/git/commits/${oid}` },
  };
}

function fullName(call: ApiCall): string {
  return `refs/${param(call, "ref")}`;
}

function getRef(call: ApiCall): Reply {
  const name = fullName(call);
  if (!call.git.refs.has(name)) throw notFound();
  return ok(refJson(call, name));
}

async function createRef(call: ApiCall): Promise<Reply> {
  const name = neededText(call, "ref", "Reference");
  const sha = neededText(call, "sha", "Reference");
  if (!/^refs\/[^/]+\/.+/.test(name))
    throw unprocessable("Reference name must start with 'refs/' and contain at least one more slash.");
  if (call.git.refs.size === 0) throw new ApiProblem(409, "Git Repository is empty.");
  if (call.git.refs.has(name)) throw unprocessable("Reference already exists");
  if (!/^[0-9a-f]{40,64}$/.test(sha) || (await call.git.object(sha)) === null)
    throw unprocessable("Object does not exist");
  await call.acts.moveRef(call.actor, { name, to: sha, before: null });
  return created(refJson(call, name));
}

async function updateRef(call: ApiCall): Promise<Reply> {
  const name = fullName(call);
  const sha = neededText(call, "sha", "Reference");
  const before = call.git.refs.get(name);
  if (before === undefined) throw unprocessable("Reference does not exist");
  if (!/^[0-9a-f]{40,64}$/.test(sha) || (await call.git.object(sha)) === null)
    throw unprocessable("Object does not exist");
  await call.acts.moveRef(call.actor, { name, to: sha, before, force: call.body["force"] === true });
  return ok(refJson(call, name));
}

function changeOf(entry: unknown): TreeChange {
  const { path, mode, sha, content } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<
    string,
    unknown
  >;
  if (typeof path !== "string" || path === "" || path.startsWith("/") || path.split("/").includes("..")) {
    throw unprocessable("tree.path contains a malformed path component");
  }
  const bits = typeof mode === "string" ? mode : "100644";
  if (!["100644", "100755", "040000", "120000", "160000"].includes(bits))
    throw unprocessable("Must supply a valid tree.mode");
  if (typeof content === "string") return { path, content, mode: bits };
  if (sha === null) return { path, oid: null };
  if (typeof sha === "string") return { path, oid: sha, mode: bits };
  throw unprocessable("Must supply either tree.sha or tree.content");
}

async function treeJson(call: ApiCall, oid: string): Promise<unknown> {
  const isDeep = call.url.searchParams.has("recursive");
  const entries = isDeep ? await call.git.files(oid, { trees: true }) : await call.git.tree(oid);
  if (entries === null) throw notFound();
  const url = `${repositoryUrl(call.state)}/git`;
  return {
    sha: oid,
    url: `${url}/trees/${oid}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.oid,
      url: `${url}/${entry.type}s/${entry.oid}`,
    })),
    truncated: false,
  };
}

async function createTree(call: ApiCall): Promise<Reply> {
  const { tree } = call.body;
  if (!Array.isArray(tree) || tree.length === 0) throw unprocessable("Invalid tree info");
  const onto = textOf(call, "base_tree", "Tree") ?? null;
  if (onto !== null && (await call.git.tree(onto)) === null) throw unprocessable("base_tree is not a valid tree oid");
  const oid = await call.git.writeTree(onto, tree.map(changeOf));
  return created(await treeJson(call, oid));
}

async function getTree(call: ApiCall): Promise<Reply> {
  const sha = shaOf(call, param(call, "sha"));
  if (sha === null) throw notFound();
  const commit = await call.git.commit(sha);
  return ok(await treeJson(call, commit?.tree ?? sha));
}

function gitCommitJson(call: ApiCall, commit: CommitObject): unknown {
  const { state } = call;
  const url = `${repositoryUrl(state)}/git`;
  return {
    sha: commit.oid,
    node_id: gitNodeId("C", { repository: state.repository.id, oid: commit.oid }),
    url: `${url}/commits/${commit.oid}`,
    html_url: `${repositoryHtmlUrl(state)}/commit/${commit.oid}`,
    author: identificationJson(commit.author),
    committer: identificationJson(commit.committer),
    message: commit.message.trimEnd(),
    tree: { sha: commit.tree, url: `${url}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${repositoryHtmlUrl(state)}/commit/${sha}`,
    })),
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

/** Who the body says wrote it; the one who asks, when it says nothing. */
function authorOf(call: ApiCall, field: "author" | "committer"): Identification {
  const { actor, body, state } = call;
  const given = (typeof body[field] === "object" && body[field] !== null ? body[field] : {}) as Record<string, unknown>;
  const { name, email, date } = given;
  const at = typeof date === "string" ? Date.parse(date) : Number.NaN;
  const host = new URL(state.htmlUrl).hostname;
  return {
    name: typeof name === "string" ? name : actor.user.login,
    email: typeof email === "string" ? email : `${actor.user.id}+${actor.user.login}@users.noreply.${host}`,
    at: Number.isNaN(at) ? state.now() : at,
  };
}

async function createCommit(call: ApiCall): Promise<Reply> {
  const tree = neededText(call, "tree", "Commit");
  if ((await call.git.tree(tree)) === null) throw unprocessable("Tree SHA does not exist");
  const parents = namesOf(call, "parents", "Commit") ?? [];
  for (const parent of parents) {
    if ((await call.git.commit(parent)) === null)
      throw unprocessable("Parent SHA does not exist or is not a commit object");
  }
  const author = authorOf(call, "author");
  const committer = call.body["committer"] === undefined ? author : authorOf(call, "committer");
  const oid = await call.git.writeCommit({
    tree,
    parents,
    message: neededText(call, "message", "Commit"),
    author,
    committer,
  });
  const commit = await call.git.commit(oid);
  if (commit === null) throw new Error(`The commit ${oid} was written, but cannot be read.`);
  return created(gitCommitJson(call, commit));
}

async function createBlob(call: ApiCall): Promise<Reply> {
  const content = neededText(call, "content", "Blob");
  const isBase64 = call.body["encoding"] === "base64";
  const sha = await call.git.writeBlob(isBase64 ? Buffer.from(content, "base64") : content);
  return created({ sha, url: `${repositoryUrl(call.state)}/git/blobs/${sha}` });
}

async function getBlob(call: ApiCall): Promise<Reply> {
  const sha = param(call, "sha");
  const object = /^[0-9a-f]{40,64}$/.test(sha) ? await call.git.object(sha) : null;
  if (object?.type !== "blob") throw notFound();
  if (call.accept.includes("raw")) return { status: 200, body: object.content.toString("utf8") };
  return ok({
    sha,
    node_id: gitNodeId("B", { repository: call.state.repository.id, oid: sha }),
    size: object.content.length,
    url: `${repositoryUrl(call.state)}/git/blobs/${sha}`,
    content: folded(object.content),
    encoding: "base64",
  });
}

async function getGitCommit(call: ApiCall): Promise<Reply> {
  const commit = await call.git.commit(param(call, "sha"));
  if (commit === null) throw notFound();
  return ok(gitCommitJson(call, commit));
}

async function deleteRef(call: ApiCall): Promise<Reply> {
  const name = fullName(call);
  if (!call.git.refs.has(name)) throw unprocessable("Reference does not exist");
  await call.acts.moveRef(call.actor, { name, to: null, before: call.git.refs.get(name) ?? null });
  return noContent();
}

function matchingRefs(call: ApiCall): Reply {
  const prefix = fullName(call);
  const names = [...call.git.refs.keys()].filter((name) => name.startsWith(prefix)).toSorted();
  return pageReply(names, call.url, (name) => refJson(call, name));
}

export const gitRoutes: readonly Route[] = [
  route("GET", "/git/ref/*ref", getRef),
  route("GET", "/git/matching-refs/*ref", matchingRefs),
  route("POST", "/git/refs", createRef),
  route("PATCH", "/git/refs/*ref", updateRef),
  route("DELETE", "/git/refs/*ref", deleteRef),
  route("POST", "/git/trees", createTree),
  route("GET", "/git/trees/*sha", getTree),
  route("POST", "/git/commits", createCommit),
  route("GET", "/git/commits/:sha", getGitCommit),
  route("POST", "/git/blobs", createBlob),
  route("GET", "/git/blobs/:sha", getBlob),
];
