/** The REST route that compares two commits: what the one has that the other has not, and the files that it changes. */
import { shaOf } from "./api-check-routes.ts";
import type { ApiCall } from "./api-call.ts";
import { notFound, ok } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Route } from "./api-router.ts";
import type { CommitObject } from "./git-types.ts";
import { commitJson } from "./rest-json-code.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./rest-json.ts";

/** GitHub names no more files, and all of them on the first page of commits. */
const filesMax = 300;
const perPageMax = 100;

interface Sides {
  readonly base: string;
  readonly head: string;
}

/** `main...topic`, each a branch or a commit. */
function sidesOf(call: ApiCall): Sides {
  const range = call.params["range"] ?? "";
  const at = range.indexOf("...");
  const base = at < 0 ? null : shaOf(call, range.slice(0, at));
  const head = at < 0 ? null : shaOf(call, range.slice(at + 3));
  if (base === null || head === null) throw notFound();
  return { base, head };
}

async function filesOf(call: ApiCall, from: string, head: string): Promise<readonly unknown[]> {
  const changes = await call.git.changedLines(from, head);
  return changes
    .slice(0, filesMax)
    .map(({ path, ...change }) => ({ filename: path, ...change, changes: change.additions + change.deletions }));
}

function statusOf(ahead: readonly CommitObject[], behind: readonly CommitObject[]): string {
  if (ahead.length === 0) return behind.length === 0 ? "identical" : "behind";
  return behind.length === 0 ? "ahead" : "diverged";
}

async function compare(call: ApiCall): Promise<Reply> {
  const { git, state, url } = call;
  const { base, head } = sidesOf(call);
  const from = await git.mergeBase(base, head);
  if (from === null) throw notFound();
  const ahead = (await git.log(head, { not: base })).toReversed();
  const behind = await git.log(base, { not: head });
  const perPage = Math.min(perPageMax, Math.max(1, Number(url.searchParams.get("per_page") ?? 30) || 30));
  const page = Math.max(1, Number(url.searchParams.get("page") ?? 1) || 1);
  const range = call.params["range"] ?? "";
  return ok({
    url: `${repositoryUrl(state)}/compare/${range}`,
    html_url: `${repositoryHtmlUrl(state)}/compare/${range}`,
    status: statusOf(ahead, behind),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: ahead.slice((page - 1) * perPage, page * perPage).map((commit) => commitJson(state, commit)),
    ...(page === 1 ? { files: await filesOf(call, from, head) } : {}),
  });
}

export const compareRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/:owner/:repo/compare/*range",
    auth: "token",
    needs: ["contents"],
    level: "read",
    handle: compare,
  },
];
