import { expect, test } from "vitest";
import { IssueNode } from "../../src/github/answers.ts";
import { readIssue, toIssueFacts } from "../../src/github/issue-facts.ts";
import { ghost } from "../../src/github/permissions.ts";

const place = { owner: "ada", name: "shop", id: 7, host: "github.test" };

function milestoneOf(milestone: object | null) {
  const node = IssueNode.parse({
    id: "I_1",
    fullDatabaseId: "1001",
    number: 1,
    url: "https://github.test/ada/shop/issues/1",
    title: "Planned",
    body: "",
    createdAt: "2026-01-05T09:00:00Z",
    updatedAt: "2026-01-05T09:00:00Z",
    state: "OPEN",
    viewerDidAuthor: false,
    repository: { databaseId: 7 },
    milestone,
    blockedBy: { nodes: [] },
    subIssues: { nodes: [] },
    acts: { pageInfo: { hasPreviousPage: false }, nodes: [] },
    renames: { nodes: [] },
  });
  const issue = readIssue(node, { place, selectLabels: ["orchestrate"] });
  return toIssueFacts(issue, {
    place,
    toActor: () => ghost,
    resolved: new Map(),
    waits: new Map(),
    unproven: new Set(),
  }).milestone;
}

test("a milestone tells its mode and from when to when it runs", () => {
  const milestone = {
    title: "1.0",
    description: "The first one.\nmode:effort",
    createdAt: "2026-01-01T00:00:00Z",
    dueOn: "2026-02-01T00:00:00Z",
  };
  expect(milestoneOf(milestone)).toEqual({
    title: "1.0",
    labels: ["mode:effort"],
    createdAt: Date.UTC(2026, 0, 1),
    dueAt: Date.UTC(2026, 1, 1),
  });
});

test("a milestone without a due date says so, and no milestone is none", () => {
  expect(milestoneOf({ title: "Some day", createdAt: "2026-01-01T00:00:00Z", dueOn: null })?.dueAt).toBeNull();
  expect(milestoneOf(null)).toBeNull();
});
