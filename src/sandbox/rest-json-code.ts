/** Records as REST JSON: pull requests, reviews, commits, checks, statuses, workflows and their runs, the installation. */
import type { CommitObject, Identification } from "./git-types.ts";
import type {
  CheckRunRecord,
  CheckSuiteRecord,
  IssueRecord,
  ReviewRecord,
  StatusRecord,
  WorkflowRecord,
  WorkflowRunRecord,
} from "./records.ts";
import { gitNodeId } from "./repository-ids.ts";
import type { RepositoryState } from "./repository-state.ts";
import { appEvents, appPermissions } from "./app-grants.ts";
import {
  appJson,
  authorAssociation,
  isoTime,
  isoTimeOrNull,
  issueHtmlUrl,
  issueJson,
  repositoryHtmlUrl,
  repositoryJson,
  repositoryUrl,
  userJson,
} from "./rest-json.ts";
import type { Json } from "./rest-json.ts";
import {
  autoMergeJson,
  commitUserJson,
  detailsUrlOf,
  endJson,
  headCommitJson,
  headJson,
  pullAddresses,
  pullFactsJson,
  pullRefsJson,
  runAddresses,
} from "./rest-json-ends.ts";
import type { MergeFacts } from "./rest-json-ends.ts";

/** What only git can tell of a pull request. */
export type PullFacts = MergeFacts;

/** A pull request in full. In lists GitHub leaves out what `facts` would tell; so does `isListed`. */
export function pullJson(
  state: RepositoryState,
  issue: IssueRecord,
  options: { readonly facts?: PullFacts; readonly isListed?: boolean; readonly baseSha?: string | null } = {},
): Json {
  const { pull } = issue;
  if (pull === null) throw new Error(`#${issue.number} is an issue, not a pull request.`);
  const shared = issueJson(state, issue);
  const api = `${repositoryUrl(state)}/pulls/${issue.number}`;
  const links = pullAddresses(state, issue);
  const page = links.html;
  return {
    url: api,
    id: pull.id,
    node_id: issue.node,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: links.issue,
    number: issue.number,
    state: issue.state,
    locked: issue.isLocked,
    title: issue.title,
    user: shared["user"],
    body: shared["body"],
    created_at: shared["created_at"],
    updated_at: shared["updated_at"],
    closed_at: shared["closed_at"],
    merged_at: isoTimeOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeSha,
    assignee: shared["assignee"],
    assignees: shared["assignees"],
    requested_reviewers: pull.requestedReviewers.map((user) => userJson(state, user)),
    requested_teams: [],
    labels: shared["labels"],
    milestone: shared["milestone"],
    draft: pull.isDraft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: headJson(state, issue),
    base: endJson(state, {
      owner: state.repository.owner.login,
      ref: pull.baseBranch,
      sha: options.baseSha ?? pull.baseSha,
    }),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: shared["author_association"],
    auto_merge: autoMergeJson(state, issue),
    active_lock_reason: null,
    ...(options.isListed === true ? {} : pullFactsJson(state, issue, options.facts)),
  };
}

/** `inPayload`: the webhook says the state in lower case, REST in upper. */
export function reviewJson(
  state: RepositoryState,
  of: { readonly pull: IssueRecord; readonly review: ReviewRecord },
  options: { readonly inPayload?: boolean } = {},
): Json {
  const page = `${issueHtmlUrl(state, of.pull)}#pullrequestreview-${of.review.id}`;
  const api = `${repositoryUrl(state)}/pulls/${of.pull.number}`;
  const { review } = of;
  return {
    id: review.id,
    node_id: review.node,
    user: userJson(state, review.user),
    body: review.body === "" && options.inPayload === true ? null : review.body,
    commit_id: review.sha,
    submitted_at: isoTime(review.submittedAt),
    state: options.inPayload === true ? review.state : review.state.toUpperCase(),
    html_url: page,
    pull_request_url: api,
    author_association: authorAssociation(state, review.user),
    _links: { html: { href: page }, pull_request: { href: api } },
  };
}

export function checkRunJson(
  state: RepositoryState,
  run: CheckRunRecord,
  options: { readonly inPayload?: boolean } = {},
): Json {
  const api = `${repositoryUrl(state)}/check-runs/${run.id}`;
  const page = `${repositoryHtmlUrl(state)}/runs/${run.id}`;
  const suite = state.checkSuites.get(run.suite);
  const isWhole = options.inPayload === true && suite !== undefined;
  return {
    id: run.id,
    name: run.name,
    node_id: run.node,
    head_sha: run.sha,
    external_id: "",
    url: api,
    html_url: page,
    details_url: detailsUrlOf(state, run),
    status: run.status,
    conclusion: run.conclusion,
    started_at: isoTime(run.startedAt),
    completed_at: isoTimeOrNull(run.completedAt),
    output: { ...run.output, annotations_count: run.annotations.length, annotations_url: `${api}/annotations` },
    check_suite: isWhole ? checkSuiteJson(state, suite) : { id: run.suite },
    app: appJson(state, run.app),
    pull_requests: pullRefsJson(state, run.sha),
  };
}

/** `withCommit`: the webhooks and the REST API add counts and the head commit. */
export function checkSuiteJson(
  state: RepositoryState,
  suite: CheckSuiteRecord,
  options: { readonly withCommit?: boolean } = {},
): Json {
  const api = `${repositoryUrl(state)}/check-suites/${suite.id}`;
  const runs = [...state.checkRuns.values()].filter((run) => run.suite === suite.id);
  return {
    id: suite.id,
    node_id: suite.node,
    head_branch: suite.headBranch,
    head_sha: suite.sha,
    status: suite.status,
    conclusion: suite.conclusion,
    url: api,
    before: state.commits.get(suite.sha)?.parents[0] ?? null,
    after: suite.sha,
    pull_requests: pullRefsJson(state, suite.sha),
    app: appJson(state, suite.app),
    created_at: isoTime(suite.createdAt),
    updated_at: isoTime(suite.updatedAt),
    ...(options.withCommit === true
      ? {
          rerequestable: true,
          runs_rerequestable: true,
          latest_check_runs_count: runs.length,
          check_runs_url: `${api}/check-runs`,
          head_commit: headCommitJson(state, suite.sha),
        }
      : {}),
  };
}

/** A commit as `GET /commits/{sha}` and the `status` webhook show it. */
export function commitJson(state: RepositoryState, commit: CommitObject): Json {
  const url = `${repositoryUrl(state)}/commits/${commit.oid}`;
  const page = `${repositoryHtmlUrl(state)}/commit/${commit.oid}`;
  return {
    sha: commit.oid,
    node_id: gitNodeId("C", { repository: state.repository.id, oid: commit.oid }),
    commit: {
      author: identificationJson(commit.author),
      committer: identificationJson(commit.committer),
      message: commit.message.trimEnd(),
      tree: { sha: commit.tree, url: `${repositoryUrl(state)}/git/trees/${commit.tree}` },
      url: `${repositoryUrl(state)}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
    },
    url,
    html_url: page,
    comments_url: `${url}/comments`,
    author: commitUserJson(state, commit.author),
    committer: commitUserJson(state, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repositoryUrl(state)}/commits/${sha}`,
      html_url: `${repositoryHtmlUrl(state)}/commit/${sha}`,
    })),
  };
}

export function identificationJson(by: Identification): Json {
  return { name: by.name, email: by.email, date: isoTime(by.at) };
}

export function statusJson(state: RepositoryState, status: StatusRecord): Json {
  return {
    url: `${repositoryUrl(state)}/statuses/${status.sha}`,
    avatar_url: `${state.htmlUrl}/avatars/u/${status.creator.id}?v=4`,
    id: status.id,
    node_id: status.node,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: isoTime(status.createdAt),
    updated_at: isoTime(status.createdAt),
    creator: userJson(state, status.creator),
  };
}

export function workflowJson(state: RepositoryState, workflow: WorkflowRecord): Json {
  return {
    id: workflow.id,
    node_id: workflow.node,
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: isoTime(workflow.createdAt),
    updated_at: isoTime(workflow.createdAt),
    url: `${repositoryUrl(state)}/actions/workflows/${workflow.id}`,
    html_url: `${repositoryHtmlUrl(state)}/blob/${state.repository.defaultBranch}/${workflow.path}`,
    badge_url: `${repositoryHtmlUrl(state)}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
}

export function workflowRunJson(state: RepositoryState, run: WorkflowRunRecord): Json {
  const api = `${repositoryUrl(state)}/actions/runs/${run.id}`;
  const actor = userJson(state, run.actor);
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: run.node,
    check_suite_id: run.suite.id,
    check_suite_node_id: run.suite.node,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    run_number: run.runNumber,
    event: run.event,
    display_title: run.displayTitle,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    url: api,
    html_url: `${repositoryHtmlUrl(state)}/actions/runs/${run.id}`,
    pull_requests: pullRefsJson(state, run.headSha),
    created_at: isoTime(run.createdAt),
    updated_at: isoTime(run.updatedAt),
    actor,
    run_attempt: run.runAttempt,
    referenced_workflows: [],
    run_started_at: isoTime(run.createdAt),
    triggering_actor: actor,
    check_suite_url: `${repositoryUrl(state)}/check-suites/${run.suite.id}`,
    ...runAddresses(api),
    workflow_url: `${repositoryUrl(state)}/actions/workflows/${run.workflow.id}`,
    head_commit: headCommitJson(state, run.headSha),
    repository: repositoryJson(state),
    head_repository: repositoryJson(state),
  };
}

/** The installation; refused when there is none. `inPayload`: webhooks say its times in seconds. */
export function installationJson(state: RepositoryState, options: { readonly inPayload?: boolean } = {}): Json {
  const { installation } = state;
  if (installation === null) throw new Error("The App is not installed on the repository.");
  const { owner } = state.repository;
  const at = options.inPayload === true ? Math.floor(installation.at / 1000) : isoTime(installation.at);
  return {
    id: installation.id,
    node_id: installation.node,
    account: userJson(state, owner),
    repository_selection: "selected",
    access_tokens_url: `${state.apiUrl}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${state.apiUrl}/installation/repositories`,
    html_url: `${state.htmlUrl}/settings/installations/${installation.id}`,
    app_id: state.app.id,
    app_slug: state.app.slug,
    target_id: owner.id,
    target_type: owner.type,
    permissions: appPermissions,
    events: appEvents,
    created_at: at,
    updated_at: at,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}
