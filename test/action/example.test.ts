/** The steps of docs/examples/custom-agent.yml as a runner's shell runs them: real git, a stand-in for `gh`. */
import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { parseInputs } from "../../src/action/inputs.ts";

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

const example = parse(await readFile(resolve(import.meta.dirname, "../../docs/examples/custom-agent.yml"), "utf8")) as {
  readonly jobs: { readonly agent: { readonly steps: readonly Step[] } };
};
const { steps } = example.jobs.agent;

function hasTools(): boolean {
  try {
    for (const tool of ["bash"]) execFileSync(tool, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A folder with `runner/` and `bin/`, gone after the test. */
async function givenFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orchestrate-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "runner"));
  return folder;
}

/** Runs the commands of a step as GitHub does, with nothing but this environment. Rejects when they fail. */
async function runStep(step: Step | undefined, cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const missing = Object.keys(step?.env ?? {}).filter((name) => env[name] === undefined);
  if (step?.run === undefined || missing.length > 0)
    throw new Error(`The step needs ${missing.join(", ") || "commands"}.`);
  const file = join(cwd, "..", "step.sh");
  await writeFile(file, step.run);
  await promisify(execFile)("bash", ["-e", file], { cwd, env: { HOME: cwd, ...env }, timeout: 20_000 });
}

describe.runIf(hasTools())("the example of an agent of one's own", () => {
  test("pushes its work to the branch that it was told, and opens one pull request", async () => {
    const folder = await givenFolder();
    const [origin, work] = [join(folder, "origin.git"), join(folder, "work")];
    const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8", stdio: "pipe" });
    git("init", "--bare", "--initial-branch=main", origin);
    git("clone", "--quiet", origin, work);
    git("-C", work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "Begin");
    git("-C", work, "push", "--quiet", "origin", "HEAD:main");
    const gh = join(folder, "bin", "gh");
    const log = join(folder, "gh.log");
    await writeFile(gh, `#!/bin/bash\necho "$@" >> "${log}"\ncase "$*" in\n*view*) exit 1 ;;\nesac\n`);
    await chmod(gh, 0o755);
    const output = join(folder, "output");
    await writeFile(join(folder, "prompt.md"), "Do `this` and $(touch pwned).");
    const env = {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      RUNNER_TEMP: join(folder, "runner"),
      GITHUB_OUTPUT: output,
      ISSUE: "12",
      BRANCH: "orchestrate/12-",
      PROMPT_FILE: join(folder, "prompt.md"),
      TASK: "gh:7:1012",
      ATTEMPT: "1",
      FENCE: "3",
      GH_TOKEN: "t",
    };
    await runStep(
      steps.find(({ id }) => id === "work"),
      work,
      env,
    );
    expect(git("-C", origin, "log", "--format=%s", "orchestrate/12-custom-agent-3")).toBe("Work on #12\nBegin\n");
    expect(await readFile(join(folder, "runner", "description.md"), "utf8")).toBe(
      "Fixes #12\n\n<!-- orchestrate:task=gh:7:1012 attempt=1 fence=3 -->\n",
    );
    expect(await readFile(output, "utf8")).toMatch(/^seconds=\d+\n$/);
    expect((await readFile(log, "utf8")).split("\n").filter((line) => line.startsWith("pr create"))).toHaveLength(1);
  });

  test.each([
    ["success", "true"],
    ["failure", "false"],
  ])("reports a step that ended with %s through the Action", (outcome, isSuccess) => {
    const report = steps.at(-1)?.with ?? {};
    const values: Readonly<Record<string, string>> = {
      "inputs.task": "gh:7:1012",
      "inputs.fence": "3",
      "steps.claim.outputs.worker": "mine/1",
      "steps.work.outcome == 'success'": String(outcome === "success"),
      "steps.work.outputs.seconds || '0'": "90",
      "vars.ORCHESTRATE_URL": "",
    };
    const told = { ...report, token: "ghs_1" } as Readonly<Record<string, string>>;
    const read = (name: string): string =>
      (told[name] ?? "").replaceAll(
        /\$\{\{ (?<what>.+?) \}\}/g,
        (_all, what: string) => values[what] ?? `unknown ${what}`,
      );
    expect(parseInputs(read)).toMatchObject({
      kind: "valid",
      inputs: {
        mode: "report",
        report: { kind: "complete", worker: "mine/1", durationMs: 90_000, isSuccess: isSuccess === "true" },
        fence: 3,
        url: null,
      },
    });
  });
});
