/** REST routes of pull requests. */
import { namesOf, neededText, pullIssueOf, textOf, wordOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { created, invalidField, noContent, notFound, ok, pageReply } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, Route } from "./api-router.ts";
import type { IssueRecord } from "./records.ts";
import { commitJson, pullJson, reviewJson } from "./rest-json-code.ts";
import type { PullFacts } from "./rest-json-code.ts";

const pulls = "/repos/:owner/:repo/pulls";

function route(method: Method, path: string, handle: Route["handle"]): Route {
  const level = method === "GET" ? "read" : "write";
  return { method, path: pulls + path, auth: "token", needs: ["pull_requests"], level, handle };
}

function baseOf({ git }: ApiCall, issue: IssueRecord): string | null {
  const base = issue.state === "open" ? git.head(issue.pull?.baseBranch ?? "") : (issue.pull?.baseSha ?? null);
  return base;
}

interface Change {
  readonly path: string;
  readonly status: "added" | "modified" | "removed";
  readonly additions: number;
  readonly deletions: number;
}

async function changesOf(call: ApiCall, issue: IssueRecord): Promise<readonly Change[]> {
  const head = issue.pull?.headSha ?? "";
  const base = baseOf(call, issue);
  const from = base === null ? null : await call.git.mergeBase(base, head);
  if (from === null) return [];
  const lines = new Map((await call.git.changedLines(from, head)).map((change) => [change.path, change] as const));
  return (await call.git.changedPaths(from, head)).map(({ path, status }) => {
    const { additions = 0, deletions = 0 } = lines.get(path) ?? {};
    return { path, status, additions, deletions };
  });
}

async function commitsOf(call: ApiCall, issue: IssueRecord): ReturnType<ApiCall["git"]["log"]> {
  const base = baseOf(call, issue);
  const head = issue.pull?.headSha ?? "";
  const commits = await call.git.log(head, base === null ? { limit: 250 } : { not: base, limit: 250 });
  return commits.toReversed();
}

async function factsOf(call: ApiCall, issue: IssueRecord): Promise<PullFacts> {
  const isOpen = issue.state === "open";
  const mergeable = isOpen ? await call.acts.mergeable(issue.number) : "unknown";
  const changes = await changesOf(call, issue);
  return {
    mergeable: mergeable === "unknown" ? null : mergeable === "yes",
    mergeableState: isOpen ? await call.acts.mergeState(issue.number) : "unknown",
    commits: (await commitsOf(call, issue)).length,
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changedFiles: changes.length,
  };
}

async function whole(call: ApiCall, issue: IssueRecord): Promise<unknown> {
  return pullJson(call.state, issue, { facts: await factsOf(call, issue) });
}

function listPulls({ state, url }: ApiCall): Reply {
  const query = url.searchParams;
  const status = query.get("state") ?? "open";
  if (!["open", "closed", "all"].includes(status)) throw invalidField("PullRequest", "state");
  const head = query.get("head");
  const base = query.get("base");
  const found = state
    .pulls()
    .filter(
      (issue) =>
        (status === "all" || issue.state === status) &&
        (head === null || `${issue.pull.headRepository.split("/")[0]}:${issue.pull.headBranch}` === head) &&
        (base === null || issue.pull.baseBranch === base),
    );
  const isByUpdate = query.get("sort") === "updated";
  const up = isByUpdate ? found.toSorted((a, b) => a.updatedAt - b.updatedAt || a.number - b.number) : found;
  // The newest first by default, but the oldest when a sort other than `created` is asked for.
  const direction = query.get("direction") ?? (query.has("sort") && query.get("sort") !== "created" ? "asc" : "desc");
  return pageReply(direction === "asc" ? up : up.toReversed(), url, (issue) =>
    pullJson(state, issue, { isListed: true }),
  );
}

async function createPull(call: ApiCall): Promise<Reply> {
  const issue = await call.acts.openPull(call.actor, {
    head: neededText(call, "head", "PullRequest"),
    base: neededText(call, "base", "PullRequest"),
    title: neededText(call, "title", "PullRequest"),
    body: textOf(call, "body", "PullRequest") ?? "",
    isDraft: call.body["draft"] === true,
  });
  return created(await whole(call, issue));
}

async function updatePull(call: ApiCall): Promise<Reply> {
  const { acts, actor } = call;
  const issue = pullIssueOf(call);
  const title = textOf(call, "title", "PullRequest");
  const body = textOf(call, "body", "PullRequest");
  const change = { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) };
  if (Object.keys(change).length > 0) acts.editIssue(actor, issue.number, change);
  const to = wordOf(call, "state", ["open", "closed"]);
  if (to === "closed" && issue.state === "open") acts.closeIssue(actor, issue.number);
  if (to === "open" && issue.state === "closed") acts.reopenIssue(actor, issue.number);
  return ok(await whole(call, issue));
}

async function merge(call: ApiCall): Promise<Reply> {
  const issue = pullIssueOf(call);
  const title = textOf(call, "commit_title", "PullRequest");
  const message = textOf(call, "commit_message", "PullRequest");
  const expectedHead = textOf(call, "sha", "PullRequest");
  const { sha } = await call.acts.mergePull(call.actor, issue.number, {
    method: wordOf(call, "merge_method", ["merge", "squash", "rebase"]) ?? "merge",
    ...(expectedHead === undefined ? {} : { expectedHead }),
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : { message }),
  });
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}

/** GitHub does it a moment later; here it is done when the answer is given. */
async function updateBranch(call: ApiCall): Promise<Reply> {
  const issue = pullIssueOf(call);
  await call.acts.updateBranch(call.actor, issue.number, textOf(call, "expected_head_sha", "PullRequest"));
  const url = `${call.state.htmlUrl}/${call.state.repository.fullName}/pull/${issue.number}`;
  return { status: 202, body: { message: "Updating pull request branch.", url } };
}

function createReview(call: ApiCall): Reply {
  const pull = pullIssueOf(call);
  const events = { APPROVE: "approved", REQUEST_CHANGES: "changes_requested", COMMENT: "commented" } as const;
  const event = wordOf(call, "event", ["APPROVE", "REQUEST_CHANGES", "COMMENT"]) ?? "COMMENT";
  const body = textOf(call, "body", "PullRequestReview") ?? "";
  const review = call.acts.review(call.actor, pull.number, { state: events[event], body });
  return ok(reviewJson(call.state, { pull, review }));
}

async function requestReviewers(call: ApiCall): Promise<Reply> {
  const issue = pullIssueOf(call);
  const logins = namesOf(call, "reviewers", "PullRequest") ?? [];
  return created(await whole(call, call.acts.requestReviewers(call.actor, issue.number, logins)));
}

export const pullRoutes: readonly Route[] = [
  route("GET", "", listPulls),
  { ...route("POST", "", createPull), isContent: true },
  route("GET", "/:number", async (call) => ok(await whole(call, pullIssueOf(call)))),
  route("PATCH", "/:number", updatePull),
  route("GET", "/:number/merge", (call) => {
    if (pullIssueOf(call).pull?.isMerged !== true) throw notFound();
    return noContent();
  }),
  { method: "PUT", path: `${pulls}/:number/merge`, auth: "token", needs: ["contents"], level: "write", handle: merge },
  route("PUT", "/:number/update-branch", updateBranch),
  route("GET", "/:number/files", async (call) => {
    const changes = await changesOf(call, pullIssueOf(call));
    return pageReply(changes, call.url, ({ path, ...change }) => ({
      filename: path,
      ...change,
      changes: change.additions + change.deletions,
    }));
  }),
  route("GET", "/:number/commits", async (call) =>
    pageReply(await commitsOf(call, pullIssueOf(call)), call.url, (commit) => commitJson(call.state, commit)),
  ),
  route("GET", "/:number/reviews", (call) => {
    const pull = pullIssueOf(call);
    return pageReply(pull.pull?.reviews ?? [], call.url, (review) => reviewJson(call.state, { pull, review }));
  }),
  { ...route("POST", "/:number/reviews", createReview), isContent: true },
  { ...route("POST", "/:number/requested_reviewers", requestReviewers), isContent: true },
];
