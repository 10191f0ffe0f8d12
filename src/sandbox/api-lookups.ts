/** Indexes over the world's state for the API alone, so that a page of 100 issues does not walk every event and pull request 100 times. */
import { closingReferences } from "./closing-reference.ts";
import type { IssueEventRecord, IssueRecord } from "./records.ts";
import { authorAssociation } from "./rest-json.ts";
import type { RepositoryState } from "./repository-state.ts";
import type { UserRecord } from "./records.ts";

/** `OWNER`, `NONE`, …: a hint only. */
export function associationOf(user: UserRecord, state: RepositoryState): string {
  return authorAssociation(state, user);
}

/** Events of one issue, from the feed that only grows. */
export function createEventIndex(state: RepositoryState): (issue: number) => readonly IssueEventRecord[] {
  const byIssue = new Map<number, IssueEventRecord[]>();
  let read = 0;
  return (issue) => {
    // A deleted issue takes its events out of the feed: then the index is built anew.
    if (read > state.issueEvents.length) {
      byIssue.clear();
      read = 0;
    }
    for (; read < state.issueEvents.length; read += 1) {
      const event = state.issueEvents[read];
      if (event === undefined) break;
      const known = byIssue.get(event.issue);
      if (known === undefined) byIssue.set(event.issue, [event]);
      else known.push(event);
    }
    return byIssue.get(issue) ?? [];
  };
}

const parsed = new WeakMap<IssueRecord, { readonly body: string; readonly numbers: readonly number[] }>();

function numbersOf(pull: IssueRecord, state: RepositoryState): readonly number[] {
  const known = parsed.get(pull);
  if (known?.body === pull.body) return known.numbers;
  const numbers = closingReferences(pull.body, state.repository.fullName);
  parsed.set(pull, { body: pull.body, numbers });
  return numbers;
}

/** The issues that a pull request closes by its description; none unless it goes to the default branch. */
export function closingIssues(pull: IssueRecord, state: RepositoryState): readonly IssueRecord[] {
  if (pull.pull?.baseBranch !== state.repository.defaultBranch) return [];
  return numbersOf(pull, state).flatMap((number) => {
    const issue = state.issues.get(number);
    return issue === undefined || issue.pull !== null ? [] : [issue];
  });
}

/** The pull requests that close an issue, oldest first. */
export function closedByPulls(issue: IssueRecord, state: RepositoryState): readonly IssueRecord[] {
  return state
    .pulls()
    .filter(
      (pull) =>
        pull.pull.baseBranch === state.repository.defaultBranch && numbersOf(pull, state).includes(issue.number),
    );
}
