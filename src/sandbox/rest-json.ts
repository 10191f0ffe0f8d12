/**
 * Records as REST JSON: users, the repository, issues and what hangs on them. Webhook payloads and the REST API share
 * these, because GitHub does. Times are ISO 8601 in whole seconds.
 */
import { appEvents, appPermissions } from "./app-grants.ts";
import { repositoryLinks } from "./repository-links.ts";
import { isPull } from "./repository-state.ts";
import type { AppRecord, RepositoryState } from "./repository-state.ts";
import type {
  CommentRecord,
  IssueEventRecord,
  IssueRecord,
  LabelRecord,
  MilestoneRecord,
  ReactionRecord,
  UserRecord,
} from "./records.ts";

import { edgesJson, pullLinks, reactionsJson } from "./rest-json-edges.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Whole seconds, as GitHub writes times. */
export function isoTime(at: number): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

export function isoTimeOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

export function repositoryUrl(state: RepositoryState): string {
  return `${state.apiUrl}/repos/${state.repository.fullName}`;
}

export function repositoryHtmlUrl(state: RepositoryState): string {
  return `${state.htmlUrl}/${state.repository.fullName}`;
}

/** The page of an issue or pull request. */
export function issueHtmlUrl(state: RepositoryState, issue: IssueRecord): string {
  return `${repositoryHtmlUrl(state)}/${isPull(issue) ? "pull" : "issues"}/${issue.number}`;
}

export function userJson(state: RepositoryState, user: UserRecord): Json {
  const url = `${state.apiUrl}/users/${encodeURIComponent(user.login)}`;
  const page = user.type === "Bot" ? `apps/${user.login.replace(/\[bot\]$/, "")}` : user.login;
  return {
    login: user.login,
    id: user.id,
    node_id: user.node,
    avatar_url: `${state.htmlUrl}/avatars/u/${user.id}?v=4`,
    gravatar_id: "",
    url,
    html_url: `${state.htmlUrl}/${page}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** What GitHub says of the author: a hint only, never a proof of permission. */
export function authorAssociation(state: RepositoryState, user: UserRecord): string {
  if (user.id === state.repository.owner.id) return "OWNER";
  if (user.type === "Bot") return "NONE";
  const permission = state.permission(user);
  if (permission !== "none")
    return state.repository.isOrganization && permission !== "read" ? "MEMBER" : "COLLABORATOR";
  const hasMerged = state.pulls().some((issue) => issue.pull.isMerged && issue.author.id === user.id);
  return hasMerged ? "CONTRIBUTOR" : "NONE";
}

export function labelJson(state: RepositoryState, label: LabelRecord): Json {
  return {
    id: label.id,
    node_id: label.node,
    url: `${repositoryUrl(state)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description === "" ? null : label.description,
  };
}

export function milestoneJson(state: RepositoryState, milestone: MilestoneRecord): Json {
  const url = `${repositoryUrl(state)}/milestones/${milestone.number}`;
  const issues = [...state.issues.values()].filter((issue) => issue.milestone === milestone.number);
  const openCount = issues.filter((issue) => issue.state === "open").length;
  return {
    url,
    html_url: `${repositoryHtmlUrl(state)}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: milestone.node,
    number: milestone.number,
    title: milestone.title,
    description: milestone.description === "" ? null : milestone.description,
    creator: userJson(state, state.repository.owner),
    open_issues: openCount,
    closed_issues: issues.length - openCount,
    state: milestone.state,
    created_at: isoTime(state.repository.createdAt),
    updated_at: isoTime(state.repository.createdAt),
    due_on: isoTimeOrNull(milestone.dueOn),
    closed_at: null,
  };
}

export function reactionJson(state: RepositoryState, reaction: ReactionRecord): Json {
  return {
    id: reaction.id,
    node_id: reaction.node,
    user: userJson(state, reaction.user),
    content: reaction.content,
    created_at: isoTime(reaction.createdAt),
  };
}

/** The App behind an id: ours, or GitHub Actions; null for people. */
function viaAppJson(state: RepositoryState, viaApp: number | null): Json | null {
  if (viaApp === null) return null;
  return appJson(state, viaApp === state.app.id ? state.app : { id: viaApp, slug: "github-actions" });
}

/** An App as checks and comments show it. */
export function appJson(state: RepositoryState, app: Pick<AppRecord, "id" | "slug">): Json {
  const isOurs = app.id === state.app.id;
  return {
    id: app.id,
    slug: app.slug,
    node_id: isOurs ? state.app.node : `A_${app.id}`,
    client_id: `Iv1.${app.id.toString(16).padStart(16, "0")}`,
    owner: userJson(state, state.repository.owner),
    name: app.slug,
    description: "",
    external_url: `${state.htmlUrl}/apps/${app.slug}`,
    html_url: `${state.htmlUrl}/apps/${app.slug}`,
    created_at: isoTime(state.repository.createdAt),
    updated_at: isoTime(state.repository.createdAt),
    permissions: isOurs ? appPermissions : { actions: "write", checks: "write", contents: "write", metadata: "read" },
    events: isOurs ? appEvents : [],
  };
}

/** An issue, or a pull request as the issues API shows it. `withRepository` is for lists that cross repositories. */
export function issueJson(
  state: RepositoryState,
  issue: IssueRecord,
  options: { readonly withRepository?: boolean } = {},
): Json {
  const url = `${repositoryUrl(state)}/issues/${issue.number}`;
  const assignees = [...issue.assignees]
    .flatMap((id) => state.users.get(id) ?? [])
    .map((user) => userJson(state, user));
  const milestone = issue.milestone === null ? undefined : state.milestones.get(issue.milestone);
  return {
    url,
    repository_url: repositoryUrl(state),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: issueHtmlUrl(state, issue),
    id: issue.id,
    node_id: issue.node,
    number: issue.number,
    title: issue.title,
    user: userJson(state, issue.author),
    labels: state.labelsOf(issue).map((label) => labelJson(state, label)),
    state: issue.state,
    locked: issue.isLocked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: milestone === undefined ? null : milestoneJson(state, milestone),
    comments: issue.comments.length,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: isoTimeOrNull(issue.closedAt),
    author_association: authorAssociation(state, issue.author),
    active_lock_reason: null,
    body: issue.body === "" ? null : issue.body,
    closed_by: issue.closedBy === null ? null : userJson(state, issue.closedBy),
    reactions: reactionsJson(url, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: viaAppJson(state, issue.viaApp),
    state_reason: issue.stateReason,
    ...(isPull(issue)
      ? pullLinks(issue, {
          api: repositoryUrl(state),
          page: issueHtmlUrl(state, issue),
          mergedAt: isoTimeOrNull(issue.pull.mergedAt),
        })
      : edgesJson(state, issue, repositoryUrl(state))),
    ...(options.withRepository === true ? { repository: repositoryJson(state) } : {}),
  };
}

export function commentJson(state: RepositoryState, comment: CommentRecord): Json {
  const url = `${repositoryUrl(state)}/issues/comments/${comment.id}`;
  const issue = state.issues.get(comment.issue);
  const page = issue === undefined ? repositoryHtmlUrl(state) : issueHtmlUrl(state, issue);
  return {
    url,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(state)}/issues/${comment.issue}`,
    id: comment.id,
    node_id: comment.node,
    user: userJson(state, comment.author),
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    author_association: authorAssociation(state, comment.author),
    body: comment.body,
    reactions: reactionsJson(url, comment.reactions),
    performed_via_github_app: viaAppJson(state, comment.viaApp),
  };
}

/** What belongs to one sort of event only. */
function eventDetail(state: RepositoryState, event: IssueEventRecord): Json {
  switch (event.event) {
    case "labeled":
    case "unlabeled": {
      const name = event.label ?? "";
      return { label: { name, color: state.findLabel(name)?.color ?? "ededed" } };
    }
    case "closed":
    case "reopened":
      return { state_reason: event.stateReason ?? null };
    case "renamed":
      return { rename: event.rename };
    case "milestoned":
    case "demilestoned":
      return { milestone: { title: event.milestone } };
    case "assigned":
    case "unassigned": {
      const assignee = event.assignee === undefined ? null : userJson(state, event.assignee);
      return { assignee, assigner: userJson(state, event.actor) };
    }
    default:
      return {};
  }
}

/** An entry of the issue-events feed. In the repository's feed each names its issue (`withIssue`). */
export function issueEventJson(
  state: RepositoryState,
  event: IssueEventRecord,
  options: { readonly withIssue?: boolean } = {},
): Json {
  const issue = state.issues.get(event.issue);
  return {
    id: event.id,
    node_id: event.node,
    url: `${repositoryUrl(state)}/issues/events/${event.id}`,
    actor: userJson(state, event.actor),
    event: event.event,
    commit_id: event.commit ?? null,
    commit_url: event.commit === undefined ? null : `${repositoryUrl(state)}/commits/${event.commit}`,
    created_at: isoTime(event.createdAt),
    performed_via_github_app: viaAppJson(state, event.viaApp),
    ...eventDetail(state, event),
    ...(options.withIssue === true && issue !== undefined ? { issue: issueJson(state, issue) } : {}),
  };
}

export function repositoryJson(state: RepositoryState): Json {
  const { repository } = state;
  const url = repositoryUrl(state);
  const page = repositoryHtmlUrl(state);
  const openCount = [...state.issues.values()].filter((issue) => issue.state === "open").length;
  return {
    id: repository.id,
    node_id: repository.node,
    name: repository.name,
    full_name: repository.fullName,
    private: false,
    owner: userJson(state, repository.owner),
    html_url: page,
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(repositoryLinks.map(([key, path]) => [key, `${url}/${path}`])),
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.updatedAt),
    pushed_at: isoTime(repository.pushedAt),
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: openCount,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    custom_properties: {},
    visibility: "public",
    forks: 0,
    open_issues: openCount,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}
