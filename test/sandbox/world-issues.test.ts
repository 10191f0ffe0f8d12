import { verify } from "@octokit/webhooks-methods";
import { describe, expect, test } from "vitest";
import { givenWorld, webhookSecret } from "./world-support.ts";

describe("Acts on issues", () => {
  test("opening with labels tells of the issue first and of each label after it", async () => {
    const { world, heard, payload, timeline } = await givenWorld();
    const issue = await world.openIssue({
      by: "maria",
      title: "Add a basket",
      body: "Please.",
      labels: ["orchestrate", "priority:high"],
    });
    expect(heard()).toEqual(["issues.opened", "issues.labeled", "issues.labeled"]);
    expect(payload("issues.labeled")).toMatchObject({
      action: "labeled",
      label: { name: "priority:high" },
      issue: { number: issue.number, labels: [{ name: "orchestrate" }, { name: "priority:high" }], state: "open" },
      repository: { full_name: "octo/shop" },
      sender: { login: "maria", type: "User" },
    });
    expect(payload("issues.opened")["organization"]).toBeUndefined();
    expect(timeline.map(({ action, target }) => [action, target])).toEqual([
      ["label", "#1"],
      ["label", "#1"],
    ]);
  });

  test("a stranger's labels are dropped, and a stranger cannot label or close what is not theirs", async () => {
    const { world, heard } = await givenWorld();
    const theirs = await world.openIssue({ by: "eve", title: "Mine", labels: ["orchestrate"] });
    expect(theirs.labels.size).toBe(0);
    await expect(world.addLabel({ by: "eve", number: 1, label: "orchestrate" })).rejects.toMatchObject({ status: 403 });
    await world.openIssue({ by: "maria", title: "Not theirs" });
    await expect(world.closeIssue({ by: "eve", number: 2 })).rejects.toMatchObject({ status: 403 });
    await world.closeIssue({ by: "eve", number: 1 });
    await world.addLabel({ by: "tom", number: 2, label: "orchestrate" });
    expect(heard()).toEqual(["issues.opened", "issues.opened", "issues.closed", "issues.labeled"]);
  });

  test("editing says what was there before and leaves who and when", async () => {
    const { world, heard, payload, clock } = await givenWorld();
    await world.openIssue({ by: "maria", title: "Old", body: "before" });
    clock.moveTo(clock.now() + 5_000);
    await world.editIssue({ by: "maria", number: 1, title: "New", body: "after" });
    expect(heard()).toEqual(["issues.opened", "issues.edited"]);
    expect(payload("issues.edited")["changes"]).toEqual({ title: { from: "Old" }, body: { from: "before" } });
    expect(world.issue(1)).toMatchObject({
      editedAt: clock.now(),
      updatedAt: clock.now(),
      editedBy: { login: "maria" },
    });
    await world.editIssue({ by: "maria", number: 1, title: "New" });
    expect(heard()).toEqual([]);
  });

  test("closing and reopening keep the reason, the closer and the time", async () => {
    const { world, payload, heard } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    await world.closeIssue({ by: "maria", number: 1, reason: "not_planned" });
    expect(payload("issues.closed")["issue"]).toMatchObject({
      state: "closed",
      state_reason: "not_planned",
      closed_by: { login: "maria" },
    });
    await world.reopenIssue({ by: "tom", number: 1 });
    expect(payload("issues.reopened")["issue"]).toMatchObject({
      state: "open",
      state_reason: "reopened",
      closed_at: null,
    });
    await world.reopenIssue({ by: "tom", number: 1 });
    expect(heard()).toEqual(["issues.opened", "issues.closed", "issues.reopened"]);
  });

  test("a deleted issue is gone with its edges; a transferred one says where it went", async () => {
    const { world, heard, payload } = await givenWorld();
    for (const title of ["One", "Two", "Three"]) await world.openIssue({ by: "maria", title });
    await world.addDependency({ by: "maria", number: 2, blockedBy: 1 });
    await world.comment({ by: "eve", number: 1, body: "hello" });
    await expect(world.deleteIssue({ by: "maria", number: 1 })).rejects.toMatchObject({ status: 403 });
    heard();
    await world.deleteIssue({ by: "ann", number: 1 });
    expect(() => world.issue(1)).toThrow("There is no issue");
    expect(world.issue(2).blockedBy.size).toBe(0);
    await world.transferIssue({ by: "maria", number: 3, to: "octo/depot" });
    expect(heard()).toEqual(["issues.deleted", "issues.transferred"]);
    expect(payload("issues.transferred")["changes"]).toMatchObject({
      new_issue: { number: 1, url: "https://github.test/api/v3/repos/octo/depot/issues/1" },
      new_repository: { full_name: "octo/depot" },
    });
    expect((await world.openIssue({ by: "maria", title: "Four" })).number).toBe(4);
  });

  test("database ids are never issue numbers, and node ids look like GitHub's", async () => {
    const { world, payload } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One", labels: ["orchestrate"] });
    await world.comment({ by: "maria", number: 1, body: "hello" });
    const { issue, comment, repository, sender } = payload("issue_comment.created");
    const ids = [issue.id, comment.id, repository.id, sender.id, issue.labels[0].id];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toBeGreaterThan(100_000);
    expect(issue.node_id).toMatch(/^I_kwDO/);
    expect(comment.node_id).toMatch(/^IC_kwDO/);
    expect(issue.labels[0].node_id).toMatch(/^LA_kwDO/);
    expect(repository.node_id).toMatch(/^R_kgDO/);
    expect(sender.node_id).toMatch(/^U_kgDO/);
  });

  test("every delivery carries a signature over its exact bytes", async () => {
    const { world, deliveries } = await givenWorld();
    await world.openIssue({ by: "maria", title: "Größe ✓" });
    expect(deliveries.map(({ event }) => event)).toEqual(["installation", "installation_repositories", "issues"]);
    for (const { id, body, signature, headers, event } of deliveries) {
      expect(await verify(webhookSecret, body, signature)).toBe(true);
      expect(headers).toMatchObject({
        "x-github-delivery": id,
        "x-github-event": event,
        "x-hub-signature-256": signature,
        "x-github-hook-installation-target-id": "4242",
      });
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  test("only an organization's repository names an organization", async () => {
    const { world, payload } = await givenWorld({ isOrganization: true });
    await world.openIssue({ by: "maria", title: "One" });
    expect(payload("issues.opened")).toMatchObject({
      organization: { login: "octo" },
      repository: { owner: { type: "Organization" } },
    });
  });
});

describe("Edges between issues", () => {
  test("a dependency is told in both families, counted on both ends, and bumps nothing", async () => {
    const { world, heard, payload, clock } = await givenWorld();
    await world.openIssue({ by: "maria", title: "Blocker" });
    await world.openIssue({ by: "maria", title: "Blocked" });
    const before = world.issues().map(({ updatedAt }) => updatedAt);
    heard();
    clock.moveTo(clock.now() + 60_000);
    await world.addDependency({ by: "maria", number: 2, blockedBy: 1 });
    expect(heard()).toEqual(["issue_dependencies.blocked_by_added", "issue_dependencies.blocking_added"]);
    expect(payload("issue_dependencies.blocked_by_added")).toMatchObject({
      blocked_issue_id: world.issue(2).id,
      blocking_issue_id: world.issue(1).id,
      blocked_issue: { number: 2, issue_dependencies_summary: { blocked_by: 1, total_blocked_by: 1, blocking: 0 } },
      blocking_issue: { number: 1, issue_dependencies_summary: { blocking: 1, total_blocking: 1, blocked_by: 0 } },
      blocking_issue_repo: { full_name: "octo/shop" },
    });
    expect(payload("issue_dependencies.blocking_added")["blocked_issue_repo"]).toBeDefined();
    expect(world.issues().map(({ updatedAt }) => updatedAt)).toEqual(before);
    await world.closeIssue({ by: "maria", number: 1 });
    expect(heard()).toEqual(["issues.closed"]);
    await world.comment({ by: "maria", number: 2, body: "hi" });
    expect(payload("issue_comment.created")["issue"]["issue_dependencies_summary"]).toMatchObject({
      blocked_by: 0,
      total_blocked_by: 1,
    });
    heard();
    await world.removeDependency({ by: "maria", number: 2, blockedBy: 1 });
    expect(heard()).toEqual(["issue_dependencies.blocked_by_removed", "issue_dependencies.blocking_removed"]);
  });

  test("a dependency twice, on itself, or by a stranger is refused", async () => {
    const { world } = await givenWorld();
    await world.openIssue({ by: "maria", title: "One" });
    await world.openIssue({ by: "maria", title: "Two" });
    await world.addDependency({ by: "tom", number: 2, blockedBy: 1 });
    await expect(world.addDependency({ by: "tom", number: 2, blockedBy: 1 })).rejects.toMatchObject({ status: 422 });
    await expect(world.addDependency({ by: "tom", number: 2, blockedBy: 2 })).rejects.toMatchObject({ status: 422 });
    await expect(world.addDependency({ by: "eve", number: 1, blockedBy: 2 })).rejects.toMatchObject({ status: 403 });
  });

  test("a sub-issue is told in both families and shows in the summary and the parent's address", async () => {
    const { world, heard, payload } = await givenWorld();
    for (const title of ["Parent", "Child", "Other"]) await world.openIssue({ by: "maria", title });
    heard();
    await world.addSubIssue({ by: "maria", parent: 1, child: 2 });
    expect(heard()).toEqual(["sub_issues.sub_issue_added", "sub_issues.parent_issue_added"]);
    expect(payload("sub_issues.parent_issue_added")).toMatchObject({
      parent_issue: { number: 1, sub_issues_summary: { total: 1, completed: 0, percent_completed: 0 } },
      sub_issue: { number: 2, parent_issue_url: "https://github.test/api/v3/repos/octo/shop/issues/1" },
    });
    await expect(world.addSubIssue({ by: "maria", parent: 3, child: 2 })).rejects.toMatchObject({ status: 422 });
    await expect(world.addSubIssue({ by: "maria", parent: 2, child: 1 })).rejects.toMatchObject({ status: 422 });
  });
});
