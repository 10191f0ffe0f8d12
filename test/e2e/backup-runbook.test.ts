/**
 * Backups by the clock and the drill of the runbook: the commands of the page and of the example workflow, as they are written, each a
 * process of its own against the embedded GitHub over real HTTP.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { agentWorkflowText, startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
let server: GithubServer;
let folder: string;
/** One for all: whatever a test does to the log, the next one finds a log that is sound. */
beforeAll(async () => {
  cli = await makeCli();
  server = await startGithub({
    files: {
      ".github/orchestrate.yml": "agents:\n  - { id: jules, type: jules, capacity: 1 }\n",
      ".github/workflows/orchestrate-agent.yml": agentWorkflowText,
    },
  });
  await server.world.openIssue({ by: "ann", title: "First", labels: ["orchestrate"] });
  await server.world.openIssue({ by: "ann", title: "Second", labels: ["orchestrate"], body: "Blocked by #1" });
  const { code, stderr } = await cli.run(["cycle", "acme/shop"], env());
  if (code !== 0) throw new Error(stderr);
}, 60_000);
afterAll(async () => {
  await server.close();
  await cli.remove();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orchestrate-runbook-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const env = () => ({ GITHUB_TOKEN: "ghu_ann", GITHUB_API_URL: server.apiUrl });

/** As a shell does: quotes and variables go, a star is the files that fit. */
async function wordsOf(line: string): Promise<readonly string[]> {
  const words: string[] = [];
  for (const word of line.replaceAll('"$REPOSITORY"', "acme/shop").split(" ")) {
    const [place = "", ending] = word.split("/*");
    if (ending === undefined) words.push(word);
    else
      words.push(
        ...(await readdir(join(folder, place)))
          .filter((name) => name.endsWith(ending))
          .map((name) => join(place, name)),
      );
  }
  return words;
}

async function run(line: string): Promise<Answer> {
  return cli.run(await wordsOf(line), env(), folder);
}

/** One line of the page; what is not ours is done as it says. */
async function perform(line: string): Promise<Answer> {
  if (line.startsWith("cp ")) {
    await promisify(execFile)("sh", ["-c", line], { cwd: folder });
    return { code: 0, stdout: "", stderr: "" };
  }
  const deleted = /^gh api --method DELETE (?<path>\S+)$/.exec(line)?.groups?.["path"];
  if (deleted === undefined) return run(line.replace(/^npx orchestrate /, ""));
  const headers = { authorization: "Bearer ghu_ann" };
  const { status } = await fetch(`${server.apiUrl}/${deleted}`, { method: "DELETE", headers });
  return { code: status === 204 ? 0 : 1, stdout: "", stderr: "" };
}

async function blocksOf(heading: string): Promise<readonly (readonly string[])[]> {
  const page = await readFile("docs/backup.md", "utf8");
  const part = page.slice(page.indexOf(`\n## ${heading}\n`)).split(/\n## /)[1] ?? "";
  return [...part.matchAll(/```sh\n(?<text>[^]*?)```/g)].map(({ groups }) =>
    (groups?.["text"] ?? "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  );
}

async function backups(): Promise<readonly string[]> {
  return (await readdir(join(folder, "backups"))).toSorted();
}

test("the steps of a recovery work as they are written, also where the branch goes on beyond the backup", async () => {
  const [taken = []] = await blocksOf("Take them by the clock");
  const steps = (await blocksOf("Put one back")).flat();
  expect([...taken, ...steps]).toHaveLength(5);
  // The newest of several.
  for (const line of taken) await perform(line);
  for (const line of [...taken, ...steps])
    expect({ line, ...(await perform(line)) }).toMatchObject({ code: 0, stderr: "" });
  expect(await run("mode effort --repository acme/shop")).toMatchObject({ code: 0 });
  expect(await perform(steps.at(-1) ?? "")).toMatchObject({ code: 1, stderr: expect.stringMatching(/would be lost/) });
}, 60_000);

test("the example workflow saves with its own commands, and what it uploads is one file that is whole", async () => {
  const workflow = parse(await readFile("docs/examples/backup.yml", "utf8")) as {
    readonly jobs: {
      readonly backup: { readonly permissions: unknown; readonly steps: readonly Readonly<Record<string, unknown>>[] };
    };
  };
  const { permissions, steps } = workflow.jobs.backup;
  expect(permissions).toEqual({ contents: "read" });
  const lines = steps.flatMap(({ run: text }) => (typeof text === "string" ? text.trim().split("\n") : []));
  expect(lines[0]).toBe("npm ci");
  for (const line of lines.slice(1)) expect({ line, ...(await perform(line)) }).toMatchObject({ code: 0, stderr: "" });
  const { path = "" } = (steps.at(-1)?.["with"] ?? {}) as { readonly path?: string };
  expect(path).toBe("backups/*.backup.json");
  expect(await wordsOf(path)).toHaveLength(1);
});

describe("a folder of backups", () => {
  const line = "backup acme/shop --out backups --keep 2";

  test("has the newest ones alone, named by repository and time, and readable by nobody else", async () => {
    const removed: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      const { code, stdout } = await run(`${line} --json`);
      expect(code).toBe(0);
      removed.push((JSON.parse(stdout) as { readonly removed: readonly string[] }).removed);
    }
    const names = await backups();
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^acme\+shop\+\d{8}T\d{9}Z\.backup\.json$/);
    expect((await stat(join(folder, "backups"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "backups", names[0] ?? ""))).mode & 0o777).toBe(0o600);
    expect(removed.map((each) => (each as readonly string[]).length)).toEqual([0, 0, 1, 1]);
    expect((await run(line)).stdout).toMatch(/\n1 older backup removed\.\n$/);
  }, 60_000);

  test("keeps whatever it has not made itself, other repositories' backups too", async () => {
    const others = [
      "acme+shop+20200101T000000000Z.backup.json.bak",
      "acme+shop+notes.backup.json",
      "acme+shop-two+20200101T000000000Z.backup.json",
      "notes.txt",
    ];
    await mkdir(join(folder, "backups", "acme+shop+20200101T000000001Z.backup.json"), { recursive: true });
    const old = "acme+shop+20200101T000000000Z.backup.json";
    for (const name of [...others, old]) await writeFile(join(folder, "backups", name), "x");
    expect(await run("backup acme/shop --out backups --keep 1")).toMatchObject({ code: 0, stderr: "" });
    const names = await backups();
    expect(names).toEqual(expect.arrayContaining(others));
    expect(names).toContain("acme+shop+20200101T000000001Z.backup.json");
    expect(names).not.toContain(old);
  }, 60_000);

  test("loses nothing where the new one cannot be taken", async () => {
    expect(await run("backup acme/shop --out backups --keep 1")).toMatchObject({ code: 0 });
    const before = await backups();
    const denied = await cli.run(line.split(" "), { ...env(), GITHUB_API_URL: "http://127.0.0.1:9" }, folder);
    expect(denied.code).not.toBe(0);
    expect(await backups()).toEqual(before);
  }, 60_000);
});

test("the drill of the page loses the branch and has it back, paused and sound", async () => {
  const [lines = []] = await blocksOf("The drill");
  expect(lines.length).toBeGreaterThan(4);
  const answers: Answer[] = [];
  for (const line of lines) answers.push(await perform(line));
  expect(answers.map(({ code, stderr }) => ({ code, stderr }))).toEqual(lines.map(() => ({ code: 0, stderr: "" })));
  const [, before, , restored, after, status] = answers.map(({ stdout }) => stdout);
  expect(before).toContain("All invariants hold");
  expect(restored).toMatch(/There was no state branch before\.\n\nOrchestration is paused: /);
  expect(after).toContain("All invariants hold");
  expect(status).toMatch(/[Pp]aused/);
}, 60_000);
