/** REST routes of branches and file contents. */
import { neededText, param, textOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { shaOf } from "./api-check-routes.ts";
import { ApiProblem, created, invalidField, notFound, ok, pageReply, unprocessable } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, Route } from "./api-router.ts";
import type { TreeEntry } from "./git-types.ts";
import { commitJson } from "./rest-json-code.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./rest-json.ts";

const base = "/repos/:owner/:repo";

function route(method: Method, path: string, handle: Route["handle"]): Route {
  const isRead = method === "GET";
  const level = isRead ? "read" : "write";
  return { method, path: base + path, auth: "token", needs: ["contents"], level, isGitData: !isRead, handle };
}

/** Base64 in lines of 60, as GitHub sends it. */
export function folded(content: Buffer): string {
  return content.toString("base64").replaceAll(/.{1,60}/g, "$&\n");
}

interface Place {
  readonly path: string;
  readonly reference: string;
}

function contentJson(call: ApiCall, entry: TreeEntry, place: Place): Record<string, unknown> {
  const { state } = call;
  const url = `${repositoryUrl(state)}/contents/${place.path}?ref=${encodeURIComponent(place.reference)}`;
  const git = `${repositoryUrl(state)}/git/${entry.type}s/${entry.oid}`;
  const page = `${repositoryHtmlUrl(state)}/${entry.type}/${place.reference}/${place.path}`;
  const isFile = entry.type === "blob";
  return {
    name: place.path.split("/").at(-1) ?? "",
    path: place.path,
    sha: entry.oid,
    size: 0,
    url,
    html_url: page,
    git_url: git,
    download_url: isFile ? `${repositoryHtmlUrl(state)}/raw/${place.reference}/${place.path}` : null,
    type: isFile ? "file" : entry.type === "tree" ? "dir" : "submodule",
    _links: { self: url, git, html: page },
  };
}

async function fileJson(call: ApiCall, entry: TreeEntry, place: Place): Promise<Record<string, unknown>> {
  const object = await call.git.object(entry.oid);
  const content = object?.content ?? Buffer.alloc(0);
  // From 1 MB on the content is left out, and only the raw media type gives it.
  const isLarge = content.length > 1_048_576;
  return {
    ...contentJson(call, entry, place),
    size: content.length,
    content: isLarge ? "" : folded(content),
    encoding: isLarge ? "none" : "base64",
  };
}

async function getContents(call: ApiCall): Promise<Reply> {
  const reference = call.url.searchParams.get("ref") ?? call.state.repository.defaultBranch;
  const sha = shaOf(call, reference.replace(/^refs\/heads\//, ""));
  if (sha === null) throw new ApiProblem(404, `No commit found for the ref ${reference}`);
  const path = (call.params["path"] ?? "").replace(/^\/+|\/+$/g, "");
  const entry = await call.git.entry(sha, path);
  if (entry === null) throw notFound();
  if (entry.type === "blob") {
    if (/\braw\b/.test(call.accept))
      return { status: 200, body: (await call.git.read(sha, path))?.toString("utf8") ?? "" };
    return ok(await fileJson(call, entry, { path, reference }));
  }
  const below = (await call.git.tree(entry.oid)) ?? [];
  const prefix = path === "" ? "" : `${path}/`;
  return ok(below.map((one) => contentJson(call, one, { path: prefix + one.path, reference })));
}

/** Required checks are a branch protection here, which is no rule of a ruleset; a merge queue is one. */
function rulesOf({ state, params }: ApiCall): readonly unknown[] {
  if (state.mergeQueue === null || params["branch"] !== state.repository.defaultBranch) return [];
  return [{ type: "merge_queue", parameters: { merge_method: "MERGE", grouping_strategy: "ALLGREEN" } }];
}

/** Compares the `sha` of the body with the file that is there; only with it a file may be overwritten. */
function checkSha(call: ApiCall, before: TreeEntry | null): void {
  const given = textOf(call, "sha", "Content");
  if (before !== null && given === undefined) throw unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.');
  if (given !== undefined && given !== before?.oid) {
    throw new ApiProblem(409, `${param(call, "path")} does not match ${given}`);
  }
}

/** Writes a file, or deletes it where there is no content. */
async function putContents(call: ApiCall): Promise<Reply> {
  const branch = textOf(call, "branch", "Content") ?? call.state.repository.defaultBranch;
  const path = param(call, "path");
  const message = neededText(call, "message", "Content");
  const head = call.git.head(branch);
  if (head === null) throw new ApiProblem(404, `Branch ${branch} not found`);
  const before = await call.git.entry(head, path);
  const text = textOf(call, "content", "Content");
  if (text === undefined && before === null) throw notFound();
  checkSha(call, before);
  const files = { [path]: text === undefined ? null : Buffer.from(text, "base64") };
  const { sha } = await call.acts.push(call.actor, { branch, expectedHead: head, files, message });
  const commit = await call.git.commit(sha);
  const entry = await call.git.entry(sha, path);
  const body = {
    content: entry === null ? null : await fileJson(call, entry, { path, reference: branch }),
    commit: commit === null ? null : commitJson(call.state, commit),
  };
  return before === null ? created(body) : ok(body);
}

async function branchJson(call: ApiCall, name: string, isWhole: boolean): Promise<unknown> {
  const { git, state } = call;
  const sha = git.head(name) ?? "";
  const commit = isWhole ? await git.commit(sha) : null;
  const isProtected = name === state.repository.defaultBranch && state.requiredChecks.length > 0;
  return {
    name,
    commit: commit === null ? { sha, url: `${repositoryUrl(state)}/commits/${sha}` } : commitJson(state, commit),
    protected: isProtected,
    protection: {
      enabled: isProtected,
      required_status_checks: {
        enforcement_level: isProtected ? "non_admins" : "off",
        contexts: isProtected ? state.requiredChecks : [],
        checks: isProtected ? state.requiredChecks.map((context) => ({ context, app_id: null })) : [],
      },
    },
    protection_url: `${repositoryUrl(state)}/branches/${name}/protection`,
  };
}

async function listBranches(call: ApiCall): Promise<Reply> {
  const names = [...call.git.refs.keys()].filter((name) => name.startsWith("refs/heads/")).toSorted();
  const bodies = await Promise.all(names.map((name) => branchJson(call, name.replace("refs/heads/", ""), false)));
  return pageReply(bodies, call.url, (body) => body);
}

async function getBranch(call: ApiCall): Promise<Reply> {
  const name = param(call, "branch");
  if (call.git.head(name) === null) throw new ApiProblem(404, "Branch not found");
  return ok(await branchJson(call, name, true));
}

async function writeContents(call: ApiCall): Promise<Reply> {
  neededText(call, "content", "Content");
  return await putContents(call);
}

async function deleteContents(call: ApiCall): Promise<Reply> {
  if (call.body["sha"] === undefined) throw invalidField("Content", "sha", "missing_field");
  return await putContents({ ...call, body: { ...call.body, content: undefined } });
}

export const contentRoutes: readonly Route[] = [
  route("GET", "/contents", getContents),
  route("GET", "/contents/*path", getContents),
  route("PUT", "/contents/*path", writeContents),
  route("DELETE", "/contents/*path", deleteContents),
  route("GET", "/branches", listBranches),
  route("GET", "/branches/*branch", getBranch),
  // What protects a branch here is no ruleset.
  {
    ...route("GET", "/rules/branches/*branch", (call) => pageReply(rulesOf(call), call.url, (rule) => rule)),
    needs: ["metadata"],
  },
];
