/** REST routes of commits and what is reported on them: check runs, check suites, statuses. */
import { neededText, numberParam, param, textOf, wordOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { ApiProblem, countedPage, created, notFound, ok, pageReply, unprocessable } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, PermissionName, Route } from "./api-router.ts";
import { latestRuns } from "./graphql-check-fields.ts";
import type { CommitObject } from "./git-types.ts";
import type { CheckRunRecord } from "./records.ts";
import { checkRunJson, checkSuiteJson, commitJson, pullJson, statusJson } from "./rest-json-code.ts";
import { repositoryJson, repositoryUrl } from "./rest-json.ts";
import type { CheckOutput } from "./world-acts.ts";

const base = "/repos/:owner/:repo";

function route(
  method: Method,
  path: string,
  of: { readonly needs: PermissionName; readonly handle: Route["handle"] },
): Route {
  const level = method === "GET" ? "read" : "write";
  return { method, path: base + path, auth: "token", needs: [of.needs], level, handle: of.handle };
}

/** A branch, a full ref or a sha, as the oid of a commit. */
export function shaOf(call: ApiCall, reference: string): string | null {
  const { refs } = call.git;
  const candidates = [`refs/heads/${reference}`, `refs/tags/${reference}`, `refs/${reference}`, reference];
  for (const name of candidates) {
    const oid = refs.get(name);
    if (oid !== undefined) return oid;
  }
  if (reference === "HEAD") return call.git.head(call.state.repository.defaultBranch);
  return /^[0-9a-f]{40,64}$/.test(reference) ? reference : null;
}

async function commitOf(call: ApiCall): Promise<CommitObject> {
  const reference = param(call, "ref");
  const sha = shaOf(call, reference);
  const commit = sha === null ? null : await call.git.commit(sha);
  if (commit === null) throw unprocessable(`No commit found for SHA: ${reference}`);
  return commit;
}

async function listRuns(call: ApiCall): Promise<Reply> {
  const { oid } = await commitOf(call);
  const query = call.url.searchParams;
  const all = query.get("filter") === "all" ? call.state.checksOf(oid) : latestRuns(oid, call.state);
  const found = all.filter(
    (run) =>
      (query.get("check_name") ?? run.name) === run.name &&
      (query.get("status") ?? run.status) === run.status &&
      (query.get("app_id") ?? String(run.app.id)) === String(run.app.id),
  );
  return countedPage(found, call.url, { name: "check_runs", render: (run) => checkRunJson(call.state, run) });
}

async function listSuites(call: ApiCall): Promise<Reply> {
  const { oid } = await commitOf(call);
  const found = [...call.state.checkSuites.values()].filter((suite) => suite.sha === oid);
  return countedPage(found, call.url, {
    name: "check_suites",
    render: (suite) => checkSuiteJson(call.state, suite, { withCommit: true }),
  });
}

async function combinedStatus(call: ApiCall): Promise<Reply> {
  const { state } = call;
  const { oid } = await commitOf(call);
  const statuses = state.statusesOf(oid);
  const states = statuses.map((status) => status.state);
  const isFailed = states.includes("failure") || states.includes("error");
  const isGreen = states.length > 0 && states.every((one) => one === "success");
  return ok({
    state: isFailed ? "failure" : isGreen ? "success" : "pending",
    statuses: statuses.map((status) => statusJson(state, status)),
    sha: oid,
    total_count: statuses.length,
    repository: repositoryJson(state),
    commit_url: `${repositoryUrl(state)}/commits/${oid}`,
    url: `${repositoryUrl(state)}/commits/${oid}/status`,
  });
}

async function pullsOf(call: ApiCall): Promise<Reply> {
  const { state } = call;
  const { oid } = await commitOf(call);
  const pulls = state.pulls();
  const heads = pulls.filter((issue) => issue.pull.headSha === oid || issue.pull.mergeSha === oid);
  return pageReply(heads, call.url, (issue) => pullJson(state, issue, { isListed: true }));
}

const conclusions = ["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"] as const;

function changeOf(call: ApiCall): {
  readonly status?: "queued" | "in_progress" | "completed";
  readonly conclusion?: string | null;
  readonly output?: CheckOutput;
} {
  const status = wordOf(call, "status", ["queued", "in_progress", "completed"]);
  const conclusion = wordOf(call, "conclusion", conclusions);
  const { output } = call.body;
  if (status === "completed" && conclusion === undefined) {
    throw new ApiProblem(422, "Invalid request.\n\nA conclusion is needed when the status is completed.");
  }
  const said =
    typeof output === "object" && output !== null
      ? (output as { title?: unknown; summary?: unknown; text?: unknown })
      : null;
  const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
  // A conclusion completes the run by itself.
  const settled = conclusion === undefined ? status : "completed";
  return {
    ...(settled === undefined ? {} : { status: settled }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(said === null
      ? {}
      : { output: { title: textOrNull(said.title), summary: textOrNull(said.summary), text: textOrNull(said.text) } }),
  };
}

async function createRun(call: ApiCall): Promise<Reply> {
  const { acts, credential, state } = call;
  // GitHub Apps only; a person's token is refused.
  if (credential.viaApp === null) throw new ApiProblem(403, "You must authenticate via a GitHub App.");
  const change = changeOf(call);
  const sha = neededText(call, "head_sha", "CheckRun");
  if ((await call.git.commit(sha)) === null) throw unprocessable(`No commit found for SHA: ${sha}`);
  const run = await acts.check({
    sha,
    name: neededText(call, "name", "CheckRun"),
    ...change,
    status: change.status ?? "queued",
    app:
      credential.viaApp === state.app.id
        ? { id: state.app.id, slug: state.app.slug }
        : { id: credential.viaApp, slug: "github-actions" },
    isNew: true,
  });
  return created(checkRunJson(state, run));
}

function runOf(call: ApiCall): CheckRunRecord {
  const run = call.state.checkRuns.get(numberParam(call, "run"));
  if (run === undefined) throw notFound();
  return run;
}

async function updateRun(call: ApiCall): Promise<Reply> {
  const run = runOf(call);
  // An App may change its own runs only.
  if (run.app.id !== call.credential.viaApp) {
    throw new ApiProblem(
      403,
      `Invalid app_id \`${call.credential.viaApp}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  return ok(checkRunJson(call.state, await call.acts.updateCheck(run.id, changeOf(call))));
}

async function createStatus(call: ApiCall): Promise<Reply> {
  const sha = param(call, "sha");
  const state = wordOf(call, "state", ["pending", "success", "failure", "error"]);
  if (state === undefined) throw unprocessable("Validation Failed");
  if ((await call.git.commit(sha)) === null) throw unprocessable(`No commit found for SHA: ${sha}`);
  const status = await call.acts.status(call.actor, {
    sha,
    state,
    context: textOf(call, "context", "Status") ?? "default",
    description: textOf(call, "description", "Status") ?? null,
    targetUrl: textOf(call, "target_url", "Status") ?? null,
  });
  return created(statusJson(call.state, status));
}

async function listCommits(call: ApiCall): Promise<Reply> {
  const reference = call.url.searchParams.get("sha") ?? call.state.repository.defaultBranch;
  const sha = shaOf(call, reference);
  if (sha === null) throw notFound();
  return pageReply(await call.git.log(sha, { limit: 500 }), call.url, (commit) => commitJson(call.state, commit));
}

export const checkRoutes: readonly Route[] = [
  route("GET", "/commits", { needs: "contents", handle: listCommits }),
  route("GET", "/commits/:ref", {
    needs: "contents",
    handle: async (call) => ok(commitJson(call.state, await commitOf(call))),
  }),
  route("GET", "/commits/:ref/check-runs", { needs: "checks", handle: listRuns }),
  route("GET", "/commits/:ref/check-suites", { needs: "checks", handle: listSuites }),
  route("GET", "/commits/:ref/status", { needs: "statuses", handle: combinedStatus }),
  route("GET", "/commits/:ref/statuses", {
    needs: "statuses",
    handle: async (call) => {
      const { oid } = await commitOf(call);
      const found = call.state.statuses.filter((status) => status.sha === oid).toReversed();
      return pageReply(found, call.url, (status) => statusJson(call.state, status));
    },
  }),
  route("GET", "/commits/:ref/pulls", { needs: "pull_requests", handle: pullsOf }),
  route("POST", "/check-runs", { needs: "checks", handle: createRun }),
  route("GET", "/check-runs/:run", { needs: "checks", handle: (call) => ok(checkRunJson(call.state, runOf(call))) }),
  route("PATCH", "/check-runs/:run", { needs: "checks", handle: updateRun }),
  route("GET", "/check-suites/:suite", {
    needs: "checks",
    handle: (call) => {
      const suite = call.state.checkSuites.get(numberParam(call, "suite"));
      if (suite === undefined) throw notFound();
      return ok(checkSuiteJson(call.state, suite, { withCommit: true }));
    },
  }),
  route("POST", "/statuses/:sha", { needs: "statuses", handle: createStatus }),
];
