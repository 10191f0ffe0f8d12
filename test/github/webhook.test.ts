import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHints } from "../../src/github/webhook.ts";

const own = { appId: 7, login: "orchestrate[bot]" };
const repository = { id: 10, full_name: "acme/shop", default_branch: "main" };
const ada = { login: "ada", id: 1, type: "User" };
const us = { login: own.login, id: 2, type: "Bot" };

const examples = createRequire(import.meta.url)("@octokit/webhooks-examples/api.github.com/index.json") as {
  readonly name: string;
  readonly examples: readonly unknown[];
}[];

function comment(body: string, user = ada): Record<string, unknown> {
  return {
    action: "created",
    repository,
    sender: user,
    issue: { id: 900, number: 9 },
    comment: { id: 5, node_id: "IC_5", body, user, performed_via_github_app: null },
  };
}

describe("a webhook", () => {
  test("of every kind in GitHub's own examples is taken without an error", () => {
    const heard = new Set<string>();
    for (const { name, examples: payloads } of examples) {
      for (const payload of payloads) for (const hint of toHints(name, payload, own)) heard.add(`${name}:${hint.kind}`);
    }
    expect([...heard].toSorted()).toEqual([
      "check_run:pull",
      "check_suite:commit",
      "check_suite:pull",
      "installation:everything",
      "installation_repositories:everything",
      "issues:issue",
      "merge_group:pull",
      "pull_request:pull",
      "pull_request_review:pull",
      "status:commit",
      "workflow_run:commit",
      "workflow_run:run",
    ]);
  });

  test("of any shape gives no hint and no error", () => {
    const names = fc.constantFrom("issues", "issue_comment", "push", "check_suite", "workflow_run", "toString", "x");
    const property = fc.property(names, fc.jsonValue(), (name, payload) => {
      expect(toHints(name, payload, own)).toEqual([]);
    });
    fc.assert(property);
  });

  test("with an action that is not known yet is ignored", () => {
    expect(toHints("issues", { action: "polished", issue: { number: 1 }, repository }, own)).toEqual([]);
  });
});

describe("our own echo", () => {
  test("of labels and comments gives no hint, so that a write does not cause a read", () => {
    expect(toHints("issues", { action: "labeled", issue: { number: 1 }, repository, sender: us }, own)).toEqual([]);
    expect(toHints("issue_comment", comment("/orchestrate retry", us), own)).toEqual([]);
  });

  test("of a closed issue or pull request does, because it changes what others wait for", () => {
    const closed = { action: "closed", issue: { number: 1 }, pull_request: { number: 2 }, repository, sender: us };
    expect(toHints("issues", closed, own)).toEqual([{ kind: "issue", number: 1 }]);
    expect(toHints("pull_request", closed, own)).toEqual([{ kind: "pull", number: 2 }]);
  });
});

describe("a comment", () => {
  test("whose first line asks for us is heard, whoever wrote it", () => {
    expect(toHints("issue_comment", comment("\n\n  /orchestrate retry\nplease"), own)).toEqual([
      {
        kind: "comment",
        comment: "IC_5",
        databaseId: 5,
        number: 9,
        task: "gh:10:900",
        author: { login: "ada", id: 1, isBot: false },
        body: "/orchestrate retry\nplease",
      },
    ]);
  });

  test.each(["hello\n/orchestrate retry", "> /orchestrate retry", "/orchestrated", "", " ".repeat(1_000_000)])(
    "that does not begin with it is nobody's business",
    (body) => {
      expect(toHints("issue_comment", comment(body), own)).toEqual([]);
    },
  );

  test("that was edited is not a new command", () => {
    expect(toHints("issue_comment", { ...comment("/orchestrate retry"), action: "edited" }, own)).toEqual([]);
  });

  test("of a megabyte is only looked at by its beginning", () => {
    const [hint] = toHints("issue_comment", comment(`/orchestrate fail ${"x".repeat(1_000_000)}`), own);
    expect(hint?.kind === "comment" ? hint.body.length : 0).toBe(1_000);
  });
});

describe("an edge", () => {
  test("between two issues of the repository points at both, once", () => {
    const payload = {
      action: "blocked_by_added",
      repository,
      blocked_issue: { number: 3 },
      blocking_issue: { number: 4 },
    };
    expect(toHints("issue_dependencies", payload, own)).toEqual([
      { kind: "issue", number: 3 },
      { kind: "issue", number: 4 },
    ]);
  });

  test("to another repository points at our end only", () => {
    const payload = {
      action: "blocked_by_added",
      repository,
      blocked_issue: { number: 3 },
      blocking_issue: { number: 4 },
      blocking_issue_repo: { id: 99 },
    };
    expect(toHints("issue_dependencies", payload, own)).toEqual([{ kind: "issue", number: 3 }]);
  });

  test("of a parent and its child points at both", () => {
    const payload = { action: "sub_issue_added", repository, parent_issue: { number: 1 }, sub_issue: { number: 2 } };
    expect(toHints("sub_issues", payload, own)).toEqual([
      { kind: "issue", number: 1 },
      { kind: "issue", number: 2 },
    ]);
  });
});

describe("a push", () => {
  const commits = [{ added: [], modified: [".github/orchestrate.yml"], removed: [] }];

  test("that touches the configuration on the default branch says so", () => {
    expect(toHints("push", { ref: "refs/heads/main", repository, commits }, own)).toEqual([{ kind: "configuration" }]);
    expect(toHints("push", { ref: "refs/heads/topic", repository, commits }, own)).toEqual([]);
  });

  test("to the state branch says that the state moved", () => {
    const payload = { ref: "refs/heads/orchestrate/state", repository, commits: [] };
    expect(toHints("push", payload, own)).toEqual([expect.objectContaining({ kind: "state" })]);
  });

  test("of anything else on the default branch says nothing", () => {
    const other = [{ added: ["a.ts"], modified: [], removed: [] }];
    expect(toHints("push", { ref: "refs/heads/main", repository, commits: other }, own)).toEqual([]);
  });
});

describe("checks and runs", () => {
  const check = { head_sha: "abc", pull_requests: [{ number: 5, base: { repo: { id: 10 } } }], app: { id: 15368 } };

  test("of a pull request point at it, of a fork at the commit", () => {
    expect(toHints("check_suite", { action: "completed", repository, check_suite: check }, own)).toEqual([
      { kind: "pull", number: 5 },
    ]);
    const fork = { ...check, pull_requests: [] };
    expect(toHints("check_run", { action: "completed", repository, check_run: fork }, own)).toEqual([
      { kind: "commit", sha: "abc" },
    ]);
  });

  test("that we made ourselves say nothing", () => {
    const ours = { ...check, app: { id: own.appId } };
    expect(toHints("check_run", { action: "completed", repository, check_run: ours }, own)).toEqual([]);
  });

  test("of the agent workflow name the run and how it is", () => {
    const run = { id: 77, path: ".github/workflows/orchestrate-agent.yml@main", status: "completed", head_sha: "abc" };
    expect(toHints("workflow_run", { action: "completed", repository, workflow_run: run }, own)).toEqual([
      { kind: "run", run: "77", state: "ended" },
    ]);
  });

  test("of any other workflow that was dispatched may be an agent's of the repository's own", () => {
    const run = { id: 77, path: ".github/workflows/mine.yml", status: "completed", head_sha: "abc" };
    const hints = (event: string): readonly unknown[] =>
      toHints("workflow_run", { action: "completed", repository, workflow_run: { ...run, event } }, own);
    expect(hints("push")).toEqual([{ kind: "commit", sha: "abc" }]);
    expect(hints("workflow_dispatch")).toEqual([
      { kind: "commit", sha: "abc" },
      { kind: "run", run: "77", state: "ended" },
    ]);
  });

  test("of a merge queue point at the pull request that its branch is named after", () => {
    const group = { head_sha: "abc", head_ref: "refs/heads/gh-readonly-queue/main/pr-12-def" };
    expect(toHints("merge_group", { action: "checks_requested", repository, merge_group: group }, own)).toEqual([
      { kind: "pull", number: 12 },
    ]);
  });
});
