/**
 * The log looked at, saved and put back from a terminal, each command a process of its own against the embedded GitHub over real HTTP:
 * what they print, what they write, and what they refuse.
 */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { agentWorkflowText, startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type BundledCli } from "../support/bundled-cli.ts";

const stateBranch = "orchestrate/state";

let cli: BundledCli;
let folder: string;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orchestrate-history-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

type Env = Readonly<Record<string, string>>;

function run(words: string, env: Env) {
  return cli.run(words.split(" "), env, folder);
}

function as(server: GithubServer, login = "ann"): Env {
  return { GITHUB_TOKEN: `ghu_${login}`, GITHUB_API_URL: server.apiUrl };
}

/** Two tasks, of which one is with a worker. */
async function start(): Promise<GithubServer> {
  const server = await startGithub({
    files: {
      ".github/orchestrate.yml": "agents:\n  - { id: jules, type: jules, capacity: 1 }\n",
      ".github/workflows/orchestrate-agent.yml": agentWorkflowText,
    },
  });
  const { world } = server;
  world.addUser({ login: "reader", permission: "read" });
  await world.openIssue({ by: "ann", title: "Red \u001B[31m", labels: ["orchestrate", "priority:high"] });
  await world.openIssue({ by: "ann", title: "Second", labels: ["orchestrate"], body: "Blocked by #1" });
  expect(await cli.run(["cycle", "acme/shop"], as(server))).toMatchObject({ code: 0 });
  return server;
}

async function deleteBranch(server: GithubServer): Promise<void> {
  const answer = await fetch(`${server.apiUrl}/repos/acme/shop/git/refs/heads/${stateBranch}`, {
    method: "DELETE",
    headers: { authorization: "Bearer ghu_ann" },
  });
  expect(answer.status).toBe(204);
}

async function ask(server: GithubServer, path: string): Promise<unknown> {
  const headers = { authorization: "Bearer ghu_ann" };
  return (await fetch(`${server.apiUrl}/repos/acme/shop/${path}`, { headers })).json();
}

async function headOf(server: GithubServer): Promise<string> {
  const ref = await ask(server, `git/ref/heads/${stateBranch}`);
  return (ref as { readonly object: { readonly sha: string } }).object.sha;
}

/** Every file of the branch, as a backup has them. */
async function filesOf(server: GithubServer): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const { stdout } = await run("backup acme/shop --out -", as(server));
  return (JSON.parse(stdout) as { readonly files: readonly { readonly path: string; readonly text: string }[] }).files;
}

async function push(server: GithubServer, files: Readonly<Record<string, string>>): Promise<void> {
  await server.world.push({ by: "ann", branch: stateBranch, files, message: "By hand" });
}

/** The last segment with its last event turned into one about a task that was never tracked. */
async function breakLog(server: GithubServer): Promise<string> {
  const segment = (await filesOf(server)).findLast(({ path }) => path.startsWith("state/log/"));
  const lines = (segment?.text ?? "").trimEnd().split("\n");
  const entry = JSON.parse(lines.at(-1) ?? "") as object;
  const events = [{ type: "TaskHeld", task: "gh:1:404", by: "nobody" }];
  const text = [...lines.slice(0, -1), JSON.stringify({ ...entry, events }), ""].join("\n");
  await push(server, { [segment?.path ?? ""]: text });
  return segment?.path ?? "";
}

const backup = "backup acme/shop --out shop.json";

describe("a log that only gets read", () => {
  let server: GithubServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.close());

  test("the modes are compared as /orchestrate simulate does it, for people and for programs, and nothing is written", async () => {
    const { mutations, stateCommits } = server.world.counters;
    const page = await run("simulate acme/shop", as(server, "reader"));
    expect(page.code).toBe(0);
    expect(page.stdout).toMatch(/^acme\/shop:\nPlayed through 2 open tasks\. No order is done sooner than in /);
    expect(page.stdout).toMatch(/balanced \(in force\)/);
    const json = await run("simulate acme/shop --json", as(server));
    const document = JSON.parse(json.stdout) as { readonly modes: readonly { readonly mode: string }[] };
    expect(document).toMatchObject({ repository: "acme/shop", mode: "balanced", openCount: 2, leftOut: 0, tasks: 2 });
    expect(document.modes.map(({ mode }) => mode)).toEqual([
      "priority",
      "blocker",
      "effort",
      "balanced",
      "critical",
      "attack",
    ]);
    const one = await run("simulate acme/shop --mode critical", as(server));
    expect(one.stdout).toMatch(/With \/orchestrate mode critical all is done as soon as in mode balanced/);
    expect(one.stdout).not.toMatch(/\n {2}effort/);
    expect(server.world.counters).toMatchObject({ mutations, stateCommits });
  });

  test("replayed tells each event with its version and instant, the same bytes each time, and that all is sound", async () => {
    const [first, second] = [await run("replay acme/shop", as(server)), await run("replay acme/shop", as(server))];
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).toMatch(/^1 {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}/);
    expect(first.stdout).toMatch(/\n\d+ {2}\S+Z {2}#1 is assigned to jules\/1 /);
    expect(first.stdout).toMatch(
      /\n- Tasks: 1 blocked, 1 assigned\n- Mode: balanced\n- Sessions: #1 with jules\/1; the last fence is 1\n/,
    );
    expect(first.stdout).toMatch(/the same state back, byte by byte\n- All invariants hold\n$/);
    expect(first.stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test("replayed of one task, and up to a version, tells no more than that", async () => {
    const task = await run("replay acme/shop --task 2", as(server));
    const events = task.stdout.split("\n").filter((line) => /^\d+ {2}/.test(line));
    expect(events.length).toBeGreaterThan(1);
    expect(events.every((line) => line.includes("#2"))).toBe(true);
    const json = await run("replay acme/shop --until 1 --json", as(server));
    const document = JSON.parse(json.stdout) as { readonly entries: readonly unknown[] };
    expect(document).toMatchObject({
      version: 1,
      from: 0,
      problem: null,
      sound: { isSameAsSnapshot: true, broken: [] },
    });
    expect(document.entries).toHaveLength(1);
    expect(await run("replay acme/shop --until 999", as(server))).toMatchObject({ code: 2, stdout: "" });
    const none = await run("replay acme/shop --task 77", as(server));
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toMatch(/#77 is no task in the log of acme\/shop/);
  });

  test("is saved in one private file that replay reads without asking anybody, and that is not overwritten", async () => {
    const saved = await run(backup, as(server, "reader"));
    expect(saved).toMatchObject({ code: 0, stderr: "" });
    expect((await stat(join(folder, "shop.json"))).mode & 0o777).toBe(0o600);
    const text = await readFile(join(folder, "shop.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({
      format: "orchestrate-backup",
      formatVersion: 1,
      repository: { name: "acme/shop" },
      branch: stateBranch,
      head: await headOf(server),
      schema: 3,
    });
    const again = await run(backup, as(server));
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toMatch(/shop\.json is there already: name another file, or say --force/);
    expect(await run(`${backup} --force --json`, as(server))).toMatchObject({ code: 0 });
    const [offline, online] = [await run("replay --file shop.json", {}), await run("replay acme/shop", as(server))];
    expect(offline).toEqual(online);
  });

  test("is put back where it is already without a change", async () => {
    await run(backup, as(server));
    const head = await headOf(server);
    const { code, stdout } = await run("restore shop.json acme/shop", as(server));
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/holds this backup already/) });
    expect(await headOf(server)).toBe(head);
  });

  test("is put back by nobody who may only read", async () => {
    await run(backup, as(server));
    const reader = await run("restore shop.json acme/shop", as(server, "reader"));
    expect(reader).toMatchObject({ code: 1, stdout: "" });
    expect(reader.stderr).toMatch(/reader may not restore the state of acme\/shop: it takes write permission/);
  });
});

describe("a log in trouble, from one to the next", () => {
  let server: GithubServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.close());

  test("whose branch was deleted begins anew, paused, with fences that nobody can have", async () => {
    await run(backup, as(server));
    await deleteBranch(server);
    const { code, stdout, stderr } = await run("restore shop.json acme/shop", as(server));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/There was no state branch before\.\n\nOrchestration is paused: /);
    expect(stdout).toMatch(
      /It cannot tell whether these were started, and they wait for their turn again: #1 with jules\/1/,
    );
    const replayed = await run("replay acme/shop --json", as(server));
    const now = JSON.parse(replayed.stdout) as { readonly fence: number; readonly version: number };
    expect(now).toMatchObject({ isPaused: true, sessions: [], counts: { ready: 1, blocked: 1 }, problem: null });
    // Ten a second since 2020.
    expect(now.fence).toBeGreaterThan(1_000_000_000);
    expect(await run("cycle acme/shop", as(server))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Paused/),
    });
  });

  test("that is put back, and would lose newer entries says how many, and does it only with --force", async () => {
    await run(backup, as(server));
    await run("mode effort --repository acme/shop", as(server));
    const head = await headOf(server);
    const refused = await run("restore shop.json acme/shop", as(server));
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /1 entry would be lost; nothing was changed\. No session runs now that it does not know\. Say --force/,
    );
    expect(await headOf(server)).toBe(head);
    const forced = await run("restore shop.json acme/shop --force --json", as(server));
    expect(JSON.parse(forced.stdout)).toMatchObject({ lost: 1, previousHead: head, isPaused: true });
    const mode = await run("mode --repository acme/shop --json", as(server));
    expect(JSON.parse(mode.stdout)).toMatchObject({ mode: "balanced" });
  });

  test("that was broken by hand is shown as far as it goes, and the backup is one commit on top of it", async () => {
    await run("mode effort --repository acme/shop", as(server));
    await run(backup, as(server));
    const path = await breakLog(server);
    const replayed = await run("replay acme/shop", as(server));
    expect(replayed).toMatchObject({ code: 1, stdout: expect.stringMatching(/- All invariants hold\n$/) });
    expect(replayed.stderr).toMatch(
      /^orchestrate: The log of acme\/shop folds up to version \d+ and no further: Entry \d+ in /,
    );
    expect(replayed.stderr).toContain(path);
    expect(replayed.stderr).toMatch(/never tracked\. Restore a backup with `orchestrate restore`/);
    const saved = await run("backup acme/shop --out none.json", as(server));
    expect(saved).toMatchObject({ code: 1, stdout: "" });
    expect(saved.stderr).toMatch(/does not fold, and a backup of it could not be restored/);
    const before = await headOf(server);
    const { code, stdout } = await run("restore shop.json acme/shop --json", as(server));
    const head = await headOf(server);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 0,
      previousHead: before,
      head,
      lost: null,
    });
    expect(await ask(server, `git/commits/${head}`)).toMatchObject({ parents: [{ sha: before }] });
    expect((await run("replay acme/shop", as(server))).code).toBe(0);
  });
});
