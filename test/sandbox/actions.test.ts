import { describe, expect, test } from "vitest";
import { evaluateExpression, renderTemplate } from "../../src/sandbox/workflow-expression.ts";
import { nextCronAt, triggeredBy, type RepositoryEvent } from "../../src/sandbox/workflow-triggers.ts";

describe("expressions of workflow files", () => {
  const contexts = {
    github: { event_name: "issues", event: { labels: [{ name: "Bug" }, { name: "work" }] } },
    vars: {},
  };
  test.each([
    ["github.event_name == 'ISSUES'", true],
    ["github.event_name != 'issues'", false],
    ["contains(github.event.labels.*.name, 'bug')", true],
    ["contains(github.event.labels.*.name, 'bu')", false],
    ["startsWith(github.event_name, 'iss') && !github.event.missing", true],
    ["github.event.missing.deeper || 'fallback'", "fallback"],
    ["vars.NOTHING != ''", false],
    ["(1 == 2 || 'a' == 'a') && true", true],
    ["format('{0}-{1}', 'x', github.event_name)", "x-issues"],
    ["'it''s'", "it's"],
  ])("%s is %j", (text, value) => {
    expect(evaluateExpression(text, contexts)).toBe(value);
  });
  test("what is no expression is refused and not guessed", () => {
    expect(() => evaluateExpression("github.event_name ==", contexts)).toThrow("ends too early");
    expect(() => evaluateExpression("a ? b", contexts)).toThrow("no part of an expression");
    expect(() => evaluateExpression("hashFiles('x')", contexts)).toThrow("no function hashFiles");
  });
  test("text of others stays text: an expression in a title is not evaluated", () => {
    const github = { title: "${{ github.token }}", token: "secret" };
    expect(renderTemplate("say ${{ github.title }}", { github })).toBe("say ${{ github.token }}");
  });
});

describe("what sets a workflow off", () => {
  const event = (name: string, action: string | null, payload = {}): RepositoryEvent => ({
    name,
    action,
    payload,
    isByJob: false,
    actor: "mona",
  });
  test("the types that it names, and GitHub's own where it names none", () => {
    const on = { issues: { types: ["labeled"] }, pull_request_target: null };
    expect(triggeredBy(on, event("issues", "labeled"))).toBe("issues");
    expect(triggeredBy(on, event("issues", "edited"))).toBe(null);
    expect(triggeredBy(on, event("pull_request", "opened"))).toBe("pull_request_target");
    expect(triggeredBy(on, event("pull_request", "closed"))).toBe(null);
  });
  test("runs of the workflows that it names", () => {
    const on = { workflow_run: { workflows: ["CI"], types: ["completed"] } };
    expect(triggeredBy(on, event("workflow_run", "completed", { workflow: { name: "CI" } }))).toBe("workflow_run");
    expect(triggeredBy(on, event("workflow_run", "completed", { workflow: { name: "Lint" } }))).toBe(null);
  });
  test("pushes to its branches that touch its paths", () => {
    const on = { push: { branches: ["main"], paths: [".github/orchestrate.yml"] } };
    const pushed = (ref: string, path: string) => event("push", null, { ref, commits: [{ added: [path] }] });
    expect(triggeredBy(on, pushed("refs/heads/main", ".github/orchestrate.yml"))).toBe("push");
    expect(triggeredBy(on, pushed("refs/heads/main", "README.md"))).toBe(null);
    expect(triggeredBy(on, pushed("refs/heads/other", ".github/orchestrate.yml"))).toBe(null);
  });
  test.each([
    ["7,17,27,37,47,57 * * * *", "2026-01-05T08:57:00Z", "2026-01-05T09:07:00Z"],
    ["*/15 * * * *", "2026-01-05T08:00:30Z", "2026-01-05T08:15:00Z"],
    ["30 6 * * 1-5", "2026-01-09T06:30:00Z", "2026-01-12T06:30:00Z"],
  ])("the schedule %s after %s is due at %s", (cron, after, at) => {
    expect(new Date(nextCronAt(cron, Date.parse(after))).toISOString()).toBe(at.replace("Z", ".000Z"));
  });
});
