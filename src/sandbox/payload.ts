/**
 * The bodies of webhooks about issues and what hangs on them, without the envelope (action, repository, organization,
 * installation, sender), which the ground adds to all alike.
 */
import type { CommentRecord, IssueRecord, LabelRecord, MilestoneRecord, UserRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import { commentJson, issueJson, labelJson, milestoneJson, repositoryJson, userJson } from "./rest-json.ts";
import type { Json } from "./rest-json.ts";
import { pullJson } from "./rest-json-code.ts";

/** What an act changed, beside the issue itself. */
export interface IssueExtras {
  readonly label?: LabelRecord;
  readonly milestone?: MilestoneRecord;
  readonly assignee?: UserRecord;
  readonly changes?: Json;
}

/** `issues`, or `pull_request` when the record is one; `name` is the event with its action. */
export function issuePayload(
  state: RepositoryState,
  issue: IssueRecord,
  act: IssueExtras & { readonly action: string },
): { readonly name: string; readonly body: Json } {
  const { action, ...extras } = act;
  const more = {
    ...(extras.label === undefined ? {} : { label: labelJson(state, extras.label) }),
    ...(extras.milestone === undefined ? {} : { milestone: milestoneJson(state, extras.milestone) }),
    ...(extras.assignee === undefined ? {} : { assignee: userJson(state, extras.assignee) }),
    ...(extras.changes === undefined ? {} : { changes: extras.changes }),
  };
  if (issue.pull === null) return { name: `issues.${action}`, body: { issue: issueJson(state, issue), ...more } };
  return { name: `pull_request.${action}`, body: pullBody(state, issue, more) };
}

/** The body of every `pull_request` webhook. */
export function pullBody(state: RepositoryState, issue: IssueRecord, more: Json = {}): Json {
  return { number: issue.number, pull_request: pullJson(state, issue), ...more };
}

export function commentBody(
  state: RepositoryState,
  of: { readonly issue: IssueRecord; readonly comment: CommentRecord },
  more: Json = {},
): Json {
  return { issue: issueJson(state, of.issue), comment: commentJson(state, of.comment), ...more };
}

/** `issue_dependencies`: the family `blocked_by` names the blocker's repository, `blocking` that of the blocked. */
export function dependencyBody(
  state: RepositoryState,
  of: { readonly blocked: IssueRecord; readonly blocking: IssueRecord; readonly family: "blocked_by" | "blocking" },
): Json {
  return {
    blocked_issue_id: of.blocked.id,
    blocked_issue: issueJson(state, of.blocked),
    blocking_issue_id: of.blocking.id,
    blocking_issue: issueJson(state, of.blocking),
    [of.family === "blocked_by" ? "blocking_issue_repo" : "blocked_issue_repo"]: repositoryJson(state),
  };
}

/** `sub_issues`: the family `sub_issue` names the child's repository, `parent_issue` that of the parent. */
export function subIssueBody(
  state: RepositoryState,
  of: { readonly parent: IssueRecord; readonly child: IssueRecord; readonly family: "sub_issue" | "parent_issue" },
): Json {
  return {
    sub_issue_id: of.child.id,
    sub_issue: issueJson(state, of.child),
    parent_issue_id: of.parent.id,
    parent_issue: issueJson(state, of.parent),
    [of.family === "sub_issue" ? "sub_issue_repo" : "parent_issue_repo"]: repositoryJson(state),
  };
}
