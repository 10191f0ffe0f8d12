/** Parts of the JSON of pull requests, checks and runs: both ends of a pull request, its addresses, short forms. */
import type { Identification } from "./git-types.ts";
import type { CheckRunRecord, IssueRecord, UserRecord } from "./records.ts";
import { actionsApp } from "./repository-state.ts";
import type { RepositoryState } from "./repository-state.ts";
import { isoTime, issueHtmlUrl, repositoryHtmlUrl, repositoryJson, repositoryUrl, userJson } from "./rest-json.ts";
import type { Json } from "./rest-json.ts";

/** All addresses of a pull request, as `_links` names them. */
export function pullAddresses(state: RepositoryState, issue: IssueRecord) {
  const api = `${repositoryUrl(state)}/pulls/${issue.number}`;
  return {
    self: api,
    html: issueHtmlUrl(state, issue),
    issue: `${repositoryUrl(state)}/issues/${issue.number}`,
    comments: `${repositoryUrl(state)}/issues/${issue.number}/comments`,
    review_comments: `${api}/comments`,
    review_comment: `${repositoryUrl(state)}/pulls/comments{/number}`,
    commits: `${api}/commits`,
    statuses: `${repositoryUrl(state)}/statuses/${issue.pull?.headSha ?? ""}`,
  };
}

/** The head, which may lie in a fork. */
export function headJson(state: RepositoryState, issue: IssueRecord): Json {
  const { pull } = issue;
  const [owner = "", name = ""] = (pull?.headRepository ?? "").split("/");
  const ref = pull?.headBranch ?? "";
  const sha = pull?.headSha ?? "";
  if (`${owner}/${name}` === state.repository.fullName) return endJson(state, { owner, ref, sha });
  const forker = state.findUser(owner);
  const whole = repositoryJson(state);
  const repo = {
    ...whole,
    id: state.repository.id + 1_000_003,
    node_id: `${state.repository.node}F`,
    full_name: `${owner}/${name}`,
    fork: true,
    owner: forker === undefined ? null : userJson(state, forker),
    url: `${state.apiUrl}/repos/${owner}/${name}`,
    html_url: `${state.htmlUrl}/${owner}/${name}`,
  };
  return { label: `${owner}:${ref}`, ref, sha, user: forker === undefined ? null : userJson(state, forker), repo };
}

/** An end that lies in the repository itself. */
export function endJson(
  state: RepositoryState,
  end: { readonly owner: string; readonly ref: string; readonly sha: string },
): Json {
  return {
    label: `${end.owner}:${end.ref}`,
    ref: end.ref,
    sha: end.sha,
    user: userJson(state, state.repository.owner),
    repo: repositoryJson(state),
  };
}

export function autoMergeJson(state: RepositoryState, issue: IssueRecord): Json | null {
  const autoMerge = issue.pull?.autoMerge ?? null;
  if (autoMerge === null) return null;
  return { enabled_by: userJson(state, autoMerge.by), merge_method: "merge", commit_title: null, commit_message: null };
}

/** The short form in checks and workflow runs. Pull requests of forks are not listed there. */
export function pullRefsJson(state: RepositoryState, sha: string): readonly Json[] {
  const { repository } = state;
  const repo = { id: repository.id, url: repositoryUrl(state), name: repository.name };
  return state
    .pulls()
    .filter((issue) => issue.state === "open" && issue.pull.headSha === sha)
    .filter((issue) => issue.pull.headRepository === repository.fullName)
    .map((issue) => ({
      url: `${repositoryUrl(state)}/pulls/${issue.number}`,
      id: issue.pull.id,
      number: issue.number,
      head: { ref: issue.pull.headBranch, sha, repo },
      base: { ref: issue.pull.baseBranch, sha: issue.pull.baseSha, repo },
    }));
}

/** The short form of a commit in checks, runs and pushes. */
export function headCommitJson(state: RepositoryState, sha: string): Json {
  const commit = state.commits.get(sha);
  const by = (who: Identification | undefined): Json => ({ name: who?.name ?? "", email: who?.email ?? "" });
  return {
    id: sha,
    tree_id: commit?.tree ?? "",
    message: commit?.message.trimEnd() ?? "",
    timestamp: isoTime(commit?.committer.at ?? 0),
    author: by(commit?.author),
    committer: by(commit?.committer),
  };
}

/** The short form of an organization in webhook payloads. */
export function organizationJson(state: RepositoryState, organization: UserRecord): Json {
  const url = `${state.apiUrl}/orgs/${organization.login}`;
  return {
    login: organization.login,
    id: organization.id,
    node_id: organization.node,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${state.htmlUrl}/avatars/u/${organization.id}?v=4`,
    description: "",
  };
}

/** What only git can tell of a pull request. Left out, it is not computed yet, which GitHub says with null. */
export interface MergeFacts {
  readonly mergeable: boolean | null;
  readonly mergeableState: string;
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

/** What GitHub says before it has looked. */
const unknownFacts: MergeFacts = {
  mergeable: null,
  mergeableState: "unknown",
  commits: 1,
  additions: 0,
  deletions: 0,
  changedFiles: 0,
};

export function pullFactsJson(state: RepositoryState, issue: IssueRecord, facts: MergeFacts = unknownFacts): Json {
  const mergedBy = issue.pull?.mergedBy ?? null;
  return {
    merged: issue.pull?.isMerged ?? false,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: facts.mergeableState,
    merged_by: mergedBy === null ? null : userJson(state, mergedBy),
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: facts.commits,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.changedFiles,
  };
}

/** The user behind a name in a commit; null when nobody here has it. */
export function commitUserJson(state: RepositoryState, by: Identification): Json | null {
  const user = state.findUser(by.name);
  return user === undefined ? null : userJson(state, user);
}

/** What can be asked of a workflow run, below its API address. */
export function runAddresses(api: string): Json {
  return {
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: null,
  };
}

/** Where a check run is explained. One of Actions is a job, and its page names it; the run of a job is not played here. */
export function detailsUrlOf(state: RepositoryState, run: CheckRunRecord): string {
  const base = repositoryHtmlUrl(state);
  return run.app.id === actionsApp.id ? `${base}/actions/runs/${run.suite}/job/${run.id}` : `${base}/runs/${run.id}`;
}
