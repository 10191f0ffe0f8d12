import type { components } from "@octokit/openapi-webhooks-types";
import { expect, test } from "vitest";
import { givenWorld } from "./world-support.ts";

type Schemas = components["schemas"];

/** All keys of a schema that are always there. A record over them does not compile when one is forgotten or wrong. */
type RequiredKeys<Schema> = { [Key in keyof Schema]-?: object extends Pick<Schema, Key> ? never : Key }[keyof Schema];
type Checklist<Schema> = Readonly<Record<RequiredKeys<Schema>, true>>;
type AllKeys<Schema> = Readonly<Record<keyof Schema, true>>;

const issueKeys: Checklist<Schemas["issue"]> = {
  assignee: true,
  closed_at: true,
  comments: true,
  comments_url: true,
  created_at: true,
  events_url: true,
  html_url: true,
  id: true,
  labels: true,
  labels_url: true,
  locked: true,
  milestone: true,
  node_id: true,
  number: true,
  repository_url: true,
  state: true,
  title: true,
  updated_at: true,
  url: true,
  user: true,
};

// `organization` is asked for by the schema, but a repository of a user has none.
const dependencyKeys: Omit<AllKeys<Schemas["webhook-issue-dependencies-blocked-by-added"]>, "organization"> = {
  action: true,
  blocked_issue: true,
  blocked_issue_id: true,
  blocking_issue: true,
  blocking_issue_id: true,
  blocking_issue_repo: true,
  installation: true,
  repository: true,
  sender: true,
};

const subIssueKeys: Omit<AllKeys<Schemas["webhook-sub-issues-parent-issue-added"]>, "organization"> = {
  action: true,
  installation: true,
  parent_issue: true,
  parent_issue_id: true,
  parent_issue_repo: true,
  repository: true,
  sender: true,
  sub_issue: true,
  sub_issue_id: true,
};

const summaryKeys: AllKeys<Schemas["issue-dependencies-summary"]> & AllKeys<Schemas["sub-issues-summary"]> = {
  blocked_by: true,
  blocking: true,
  total_blocked_by: true,
  total_blocking: true,
  total: true,
  completed: true,
  percent_completed: true,
};

test("edges are told with every key of the published schemas, for which there are no examples", async () => {
  const { world, payload } = await givenWorld();
  for (const title of ["One", "Two"]) await world.openIssue({ by: "maria", title });
  await world.addDependency({ by: "maria", number: 2, blockedBy: 1 });
  await world.addSubIssue({ by: "maria", parent: 1, child: 2 });
  const dependency = payload("issue_dependencies.blocked_by_added");
  const subIssue = payload("sub_issues.parent_issue_added");
  expect(Object.keys(dependency).toSorted()).toEqual(Object.keys(dependencyKeys).toSorted());
  expect(Object.keys(subIssue).toSorted()).toEqual(Object.keys(subIssueKeys).toSorted());
  const { blocked_issue: issue } = dependency;
  expect(Object.keys(issueKeys).filter((key) => !(key in issue))).toEqual([]);
  const summaries = { ...issue.issue_dependencies_summary, ...issue.sub_issues_summary };
  expect(Object.keys(summaries).toSorted()).toEqual(Object.keys(summaryKeys).toSorted());
});
