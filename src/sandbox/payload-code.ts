/** The bodies of webhooks about code: pushes, reviews, checks, statuses, workflow runs, and the installation itself. */
import type { ChangedPath, CommitObject } from "./git-types.ts";
import type {
  CheckRunRecord,
  CheckSuiteRecord,
  IssueRecord,
  ReviewRecord,
  StatusRecord,
  UserRecord,
  WorkflowRunRecord,
} from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import { isoTime, repositoryHtmlUrl, repositoryJson, repositoryUrl, userJson } from "./rest-json.ts";
import type { Json } from "./rest-json.ts";
import {
  checkRunJson,
  checkSuiteJson,
  commitJson,
  installationJson,
  pullJson,
  reviewJson,
  statusJson,
  workflowJson,
  workflowRunJson,
} from "./rest-json-code.ts";
import { headCommitJson } from "./rest-json-ends.ts";
import type { Actor } from "./world-acts.ts";

/** No commit: the side of a push where the ref did not exist. */
const noCommit = "0".repeat(40);

export interface PushFacts {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly isForced: boolean;
  /** New commits, oldest first, with what each changed. */
  readonly commits: readonly { readonly commit: CommitObject; readonly paths: readonly ChangedPath[] }[];
}

export function pushBody(state: RepositoryState, actor: Actor, push: PushFacts): Json {
  const commits = push.commits.map((pushed) => pushedCommitJson(state, pushed));
  const range = `${push.before ?? noCommit}...${push.after ?? noCommit}`;
  const by = actor.user;
  return {
    ref: push.ref,
    before: push.before ?? noCommit,
    after: push.after ?? noCommit,
    created: push.before === null,
    deleted: push.after === null,
    forced: push.isForced,
    base_ref: null,
    compare: `${repositoryHtmlUrl(state)}/compare/${range}`,
    commits,
    head_commit: push.after === null ? null : (commits.at(-1) ?? pushedHeadJson(state, push.after)),
    pusher: { name: by.login, email: noreplyAddress(by) },
    repository: pushedRepositoryJson(state),
  };
}

function noreplyAddress(user: UserRecord): string {
  return `${user.id}+${user.login}@users.noreply.github.com`;
}

/** In pushes alone the repository's times are in seconds, and its owner has a name and an address. */
function pushedRepositoryJson(state: RepositoryState): Json {
  const { repository } = state;
  const { owner } = repository;
  return {
    ...repositoryJson(state),
    owner: { name: owner.login, email: noreplyAddress(owner), ...userJson(state, owner) },
    created_at: Math.floor(repository.createdAt / 1000),
    pushed_at: Math.floor(repository.pushedAt / 1000),
  };
}

/** The head of a push that brings no new commit. */
function pushedHeadJson(state: RepositoryState, sha: string): Json | null {
  const commit = state.commits.get(sha);
  return commit === undefined ? null : pushedCommitJson(state, { commit, paths: [] });
}

function pushedCommitJson(state: RepositoryState, pushed: PushFacts["commits"][number]): Json {
  const { commit, paths } = pushed;
  const those = (status: ChangedPath["status"]): readonly string[] =>
    paths.filter((path) => path.status === status).map((path) => path.path);
  return {
    ...headCommitJson(state, commit.oid),
    distinct: true,
    url: `${repositoryHtmlUrl(state)}/commit/${commit.oid}`,
    author: { name: commit.author.name, email: commit.author.email, username: commit.author.name },
    committer: { name: commit.committer.name, email: commit.committer.email, username: commit.committer.name },
    added: those("added"),
    removed: those("removed"),
    modified: those("modified"),
  };
}

export function reviewBody(
  state: RepositoryState,
  of: { readonly pull: IssueRecord; readonly review: ReviewRecord },
): Json {
  return {
    review: reviewJson(state, of, { inPayload: true }),
    pull_request: pullJson(state, of.pull, { isListed: true }),
  };
}

export function checkRunBody(state: RepositoryState, run: CheckRunRecord): Json {
  return { check_run: checkRunJson(state, run, { inPayload: true }) };
}

export function checkSuiteBody(state: RepositoryState, suite: CheckSuiteRecord): Json {
  return { check_suite: checkSuiteJson(state, suite, { withCommit: true }) };
}

export function statusBody(state: RepositoryState, status: StatusRecord, branches: readonly string[]): Json {
  const commit = state.commits.get(status.sha);
  const { creator: _creator, url: _url, node_id: _node, ...shown } = statusJson(state, status);
  return {
    ...shown,
    sha: status.sha,
    name: state.repository.fullName,
    avatar_url: `${state.htmlUrl}/avatars/u/${status.creator.id}?v=4`,
    commit: commit === undefined ? null : commitJson(state, commit),
    branches: branches.map((name) => ({
      name,
      commit: { sha: status.sha, url: `${repositoryUrl(state)}/commits/${status.sha}` },
      protected: name === state.repository.defaultBranch,
    })),
    created_at: isoTime(status.createdAt),
    updated_at: isoTime(status.createdAt),
  };
}

export function workflowRunBody(state: RepositoryState, run: WorkflowRunRecord): Json {
  const workflow = state.workflows.get(run.workflow.id);
  return {
    workflow_run: workflowRunJson(state, run),
    workflow: workflow === undefined ? null : workflowJson(state, workflow),
  };
}

/** `installation.created`. */
export function installationBody(state: RepositoryState): Json {
  return {
    installation: installationJson(state, { inPayload: true }),
    repositories: [shortRepositoryJson(state)],
    requester: null,
  };
}

/** `installation_repositories.added`. */
export function installationRepositoriesBody(state: RepositoryState, by: Actor): Json {
  return {
    installation: installationJson(state, { inPayload: true }),
    repository_selection: "selected",
    repositories_added: [shortRepositoryJson(state)],
    repositories_removed: [],
    requester: userJson(state, by.user),
  };
}

function shortRepositoryJson(state: RepositoryState): Json {
  const { id, node, name, fullName } = state.repository;
  return { id, node_id: node, name, full_name: fullName, private: false };
}
