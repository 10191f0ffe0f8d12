/** The part of an issue's JSON that depends on whether it is a pull request: its links, or its edges to other issues; and counts of reactions. */
import type { IssueRecord, ReactionRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";

type Json = Readonly<Record<string, unknown>>;

/** `urls` are the API address of the repository and the page of the pull request. */
export function pullLinks(
  issue: IssueRecord,
  urls: { readonly api: string; readonly page: string; readonly mergedAt: string | null },
): Json {
  const { api, page, mergedAt } = urls;
  return {
    draft: issue.pull?.isDraft ?? false,
    pull_request: {
      url: `${api}/pulls/${issue.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: mergedAt,
    },
  };
}

/** `api` is the API address of the repository. */
export function edgesJson(state: RepositoryState, issue: IssueRecord, api: string): Json {
  const parent = issue.parent === null ? {} : { parent_issue_url: `${api}/issues/${issue.parent}` };
  const blockers = state.blockersOf(issue);
  const blocked = state.blockedOf(issue);
  const children = state.subIssuesOf(issue);
  const completed = children.filter((child) => child.state === "closed").length;
  return {
    type: null,
    sub_issues_summary: {
      total: children.length,
      completed,
      percent_completed: children.length === 0 ? 0 : Math.floor((completed * 100) / children.length),
    },
    // `blocked_by` and `blocking` count open issues only.
    issue_dependencies_summary: {
      blocked_by: blockers.filter((blocker) => blocker.state === "open").length,
      total_blocked_by: blockers.length,
      blocking: blocked.filter((waiting) => waiting.state === "open").length,
      total_blocking: blocked.length,
    },
    ...parent,
  };
}

/** The count of reactions to an issue or comment; `url` is its API address. */
export function reactionsJson(url: string, reactions: readonly ReactionRecord[]): Json {
  const count = (content: string): number => reactions.filter((reaction) => reaction.content === content).length;
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    "+1": count("+1"),
    "-1": count("-1"),
    laugh: count("laugh"),
    hooray: count("hooray"),
    confused: count("confused"),
    heart: count("heart"),
    rocket: count("rocket"),
    eyes: count("eyes"),
  };
}
