/**
 * The commands of whoever looks after a repository, each a process of its own against the embedded GitHub over real HTTP: what they
 * print, what they write, and how they end.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { agentWorkflowText, startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

const stateBranch = "orchestrate/state";

type Env = Readonly<Record<string, string>>;

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

const run: BundledCli["run"] = (...how) => cli.run(...how);

const config = "agents:\n  - { id: jules, type: jules, capacity: 1, capabilities: { typescript: 0.9 } }\n";
/** A title that would colour the terminal, name its window, and turn what follows round. */
const hostileTitle = "Red \u001B[31m \u001B]0;owned\u0007 \u009B2J \u202Ednuor | `x` [a](https://evil.example)";

async function start(files: Readonly<Record<string, string>> = {}): Promise<GithubServer> {
  const server = await startGithub({
    files: {
      ".github/orchestrate.yml": config,
      ".github/workflows/orchestrate-agent.yml": agentWorkflowText,
      ...files,
    },
  });
  server.world.addUser({ login: "reader", permission: "read" });
  return server;
}

async function given(files?: Readonly<Record<string, string>>): Promise<GithubServer> {
  const server = await start(files);
  onTestFinished(() => server.close());
  return server;
}

/** With the token of a person, who may write unless it is another. */
function as(server: GithubServer, login = "ann"): Env {
  return { GITHUB_TOKEN: `ghu_${login}`, GITHUB_API_URL: server.apiUrl };
}

/** Where the state branch is, whoever has moved it. */
async function headOf({ apiUrl }: GithubServer): Promise<unknown> {
  const headers = { authorization: "Bearer ghu_ann" };
  const answer = await fetch(`${apiUrl}/repos/acme/shop/git/ref/heads/${stateBranch}`, { headers });
  expect(answer.status).toBe(200);
  return answer.json();
}

/** As a shell parts them; quotes hold one together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"(?<quoted>[^"]*)"|(?<plain>\S+)/g)].map(
    ({ groups }) => groups?.["quoted"] ?? groups?.["plain"] ?? "",
  );
}

/** What may move a cursor, hide or reorder text on a terminal; line ends are ours. */
const obeyed = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

describe("a repository at work", () => {
  let server: GithubServer;
  let first: Answer;
  beforeAll(async () => {
    server = await start();
    const { world } = server;
    await world.openIssue({ by: "ann", title: hostileTitle, labels: ["orchestrate", "priority:high"] });
    await world.openIssue({ by: "ann", title: "Second", labels: ["orchestrate"], body: "Blocked by #1" });
    await world.openIssue({ by: "ann", title: "Third", labels: ["orchestrate", "estimate:20m"] });
    await world.openIssue({ by: "eve", title: "Not asked for" });
    first = await run(["cycle", "acme/shop", "--verbose"], as(server));
  }, 60_000);
  afterAll(() => server.close());

  test("is begun by a cycle, which starts what is ready and says so on a page for a terminal", () => {
    const { code, stdout, stderr } = first;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^acme\/shop:\n1 task started\.\n/);
    expect(stdout).toMatch(/^ {2}#1 Red .* jules {2}jules\/1 {2}rank 1 of 2 by balanced/m);
    expect(stdout).toMatch(/^ {2}#2 Second .*#1 is open\./m);
    expect(stdout).not.toMatch(/mermaid|\*\*|^\||^Graph:/m);
    expect(stderr).toMatch(/#1 is assigned to jules\/1/);
    expect(`${stdout}${stderr}`).not.toMatch(obeyed);
  });

  test("has another cycle tell the outputs of the Action, and nothing beside them", async () => {
    const { code, stdout, stderr } = await run(["cycle", "acme/shop", "--json", "--budget", "20s"], as(server));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "working", started: 0, "in-flight": 1, "is-complete": true });
  });

  test("shows its status: what runs, what is next, what waits, the mode and the caps", async () => {
    const { code, stdout } = await run(["status", "acme/shop"], as(server, "reader"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^acme\/shop:\n- Tasks: 1 blocked, 1 ready, 1 assigned\n- Workers: 1 of 1 busy/);
    expect(stdout).toMatch(/\n- Mode: balanced /);
    expect(stdout).toMatch(/\nRunning:\n- #1 Red /);
    expect(stdout).toMatch(/\nNext:\n- #3 Third \(ready\)/);
    expect(stdout).toMatch(/\nWaits:\n- #2 Second \(blocked\): #1 is open\.\n/);
    expect(stdout).toMatch(/\nCaps:\n- In the last 24 h: 0 of 100 sessions, \$0\.00 of \$200\.00\n$/);
    expect(stdout).not.toMatch(obeyed);
  });

  test("gives programs the document of GET /orchestrator/status", async () => {
    const { code, stdout } = await run(["status", "acme/shop", "--json"], as(server));
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document).toMatchObject({
      repository: "acme/shop",
      mode: "balanced",
      setBy: null,
      isPaused: false,
      readyQueueLength: 1,
      blockedQueueLength: 1,
      assignedTasks: 1,
      availableWorkers: 0,
      utilisation: { byAgent: [{ agent: "jules", capacity: 1, busy: 1 }] },
    });
    expect(Object.keys(document).slice(0, 9)).toEqual([
      "repository",
      "mode",
      "setBy",
      "isPaused",
      "readyQueueLength",
      "blockedQueueLength",
      "assignedTasks",
      "availableWorkers",
      "lastUpdate",
    ]);
  });

  test("is reported on as a page and as the document of GET /orchestrator/report, and looked back at", async () => {
    const place = ["acme/shop"];
    const [page, json, back] = await Promise.all([
      run(["report", ...place], as(server, "reader")),
      run(["report", ...place, "--json"], as(server)),
      run(["retrospective", ...place, "--last", "5"], as(server)),
    ]);
    expect([page.code, json.code, back.code]).toEqual([0, 0, 0]);
    expect(page.stdout).toMatch(/^Orchestration report, \d{4}-\d\d-\d\d:\n\nacme\/shop at /);
    expect(page.stdout).toMatch(/\n- System health: 1\.00\n- Agents: 1 of 1 at work; 1 of 1 worker busy\n/);
    expect(page.stdout).toMatch(/\nTasks:\n- 3 tasks, 3 open: 1 in progress, 0 in review, 1 ready, 1 blocked\n/);
    expect(JSON.parse(json.stdout)).toMatchObject({ repository: "acme/shop", tasks: { total: 3, completedToday: 0 } });
    expect(back.stdout).toMatch(
      /\nacme\/shop: no task has been completed yet\.\n\nNext:\n1\. #3 Third\n2\. #2 Second\n$/,
    );
    expect(`${page.stdout}${back.stdout}`).not.toMatch(obeyed);
    const wrong = await run(["retrospective", ...place, "--last", "0"], as(server));
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
  });

  test("explains a task by its number, with why it waits", async () => {
    const { code, stdout } = await run(["explain", "#2", "--repository", "acme/shop"], as(server));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^#2 Second is blocked\./);
    expect(stdout).toMatch(/\nWhy it waits:\n- #1 is open\.\n/);
    expect(stdout).toMatch(/\nDepends on 1 issue, 1 open:\n- ⏳ #1 Red /);
    expect(stdout).not.toMatch(obeyed);
  });

  test("explains a task by its id as data: rank, score, blockers, and whom it was not given to", async () => {
    const byNumber = await run(["explain", "1", "--repository", "acme/shop", "--json"], as(server));
    const { task } = JSON.parse(byNumber.stdout) as { readonly task: string };
    const { code, stdout } = await run(["explain", task, "--repository", "acme/shop", "--json"], as(server));
    expect(code).toBe(0);
    expect(stdout).toBe(byNumber.stdout);
    expect(stdout).not.toMatch(obeyed);
    expect(JSON.parse(stdout)).toMatchObject({
      repository: "acme/shop",
      reference: "#1",
      title: hostileTitle,
      status: "assigned",
      blockers: [],
      waiting: [],
      inputs: { priority: { value: 2, by: "issue" }, estimateMinutes: { value: null, by: "issue" } },
      assignment: { agent: "jules", worker: "jules/1", attempt: 1 },
      reasons: { algorithm: "balanced", rank: 1, readyCount: 2 },
    });
    const waiting = await run(["explain", "3", "--repository", "acme/shop", "--json"], as(server));
    expect(JSON.parse(waiting.stdout)).toMatchObject({
      status: "ready",
      standing: { rank: 1, readyCount: 1, algorithm: "balanced" },
      waiting: [{ code: expect.stringMatching(/^[a-z_]+$/), text: expect.stringMatching(/\.$/) }],
      expectedStart: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test.each(["4", "gh:1:2"])("says of %s, which is no task, how an issue becomes one", async (task) => {
    const { code, stdout, stderr } = await run(["explain", task, "--repository", "acme/shop"], as(server));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/ is no task of acme\/shop\. An open issue becomes one when .*label orchestrate/);
  });

  test("lists its agents with slots and load, for people and for programs", async () => {
    const [page, json] = await Promise.all([
      run(["agents", "acme/shop"], as(server)),
      run(["agents", "acme/shop", "--json"], as(server)),
    ]);
    expect([page.code, json.code]).toEqual([0, 0]);
    expect(page.stdout).toMatch(/^jules \(jules, dispatch workflow\): 1 of 1 busy, \d+ % used in the last hour/);
    expect(page.stdout).toMatch(/\n {2}capabilities: typescript 0\.9\n {2}jules\/1 {2}#1\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      repository: "acme/shop",
      agents: [
        {
          id: "jules",
          capacity: 1,
          busy: 1,
          free: 0,
          off: 0,
          pause: null,
          workers: [{ id: "jules/1", isEnabled: true, task: "#1", rest: null, attempts: 0, success: null }],
        },
      ],
    });
  });

  test("says what would be started next, with whom and why; where nothing can be, why not", async () => {
    const { code, stdout } = await run(["next", "acme/shop"], as(server, "reader"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^acme\/shop, in mode balanced \(.*\)\.\n\nNext:\n/);
    expect(stdout).toMatch(/^ {2}1 {2}#3 Third +balanced .* jules +about .* UTC +1 worker: at capacity\.$/m);
    expect(stdout).toMatch(/\nNothing would be started now:\n- #2: blocked, It waits for an open blocker\./);
    expect(stdout).not.toMatch(obeyed);
    const own = await run(["next", "acme/shop", "--agent", "jules/1", "--count", "1", "--json"], as(server));
    expect(JSON.parse(own.stdout)).toMatchObject({
      repository: "acme/shop",
      target: "jules/1",
      readyCount: 1,
      next: [{ reference: "#3", agent: "jules", startsNow: false, waiting: [{ code: "at_capacity" }] }],
    });
    const nobody = await run(["next", "acme/shop", "--agent", "nobody"], as(server));
    expect(nobody).toMatchObject({ code: 1, stdout: "" });
    expect(nobody.stderr).toBe("orchestrate: There is no agent or worker nobody. The agents are: jules.\n");
  });

  test("is only read by all of these: not one of their requests writes", async () => {
    const before = { ...server.world.counters };
    const head = await headOf(server);
    const place = ["--repository", "acme/shop"];
    for (const args of [
      ["status", "acme/shop"],
      ["agents", "acme/shop"],
      ["report", "acme/shop"],
      ["retrospective", "acme/shop"],
      ["explain", "1", ...place],
      ["mode", ...place],
      ["next", "acme/shop"],
      ["simulate", "acme/shop"],
      ["replay", "acme/shop"],
      ["backup", "acme/shop", "--out", "-"],
    ]) {
      expect(await run(args, as(server))).toMatchObject({ code: 0 });
    }
    const { mutations, stateCommits } = server.world.counters;
    expect({ mutations, stateCommits }).toEqual({ mutations: before.mutations, stateCommits: before.stateCommits });
    expect(await headOf(server)).toEqual(head);
  });

  test("takes another mode from somebody who may write, tells what is in force, and says when nothing changed", async () => {
    const place = ["--repository", "acme/shop"];
    const before = await run(["mode", ...place], as(server));
    expect(before.stdout).toMatch(/^acme\/shop: balanced \(.*\)\.\nThe configuration says so, or leaves it out\.\n$/);
    const switched = await run(["mode", "effort", ...place], as(server));
    expect(switched).toMatchObject({ code: 0, stderr: "" });
    expect(switched.stdout).toMatch(
      /^acme\/shop: effort, from the next decision on .*\nann has asked for it\. The conf/,
    );
    const commits = server.world.counters.stateCommits;
    const again = await run(["mode", "effort", ...place, "--json"], as(server));
    expect(JSON.parse(again.stdout)).toEqual({
      repository: "acme/shop",
      mode: "effort",
      setBy: "ann",
      cause: "command",
      configured: "balanced",
      note: null,
      isChanged: false,
    });
    expect(server.world.counters.stateCommits).toBe(commits);
    const reset = await run(["mode", "--reset", ...place, "--json"], as(server));
    expect(JSON.parse(reset.stdout)).toMatchObject({ mode: "balanced", setBy: null, isChanged: true });
  });

  test("refuses a mode and a cycle of somebody who may only read, and the mode of a token that is nobody's", async () => {
    const commits = server.world.counters.stateCommits;
    const place = ["--repository", "acme/shop"];
    const mode = await run(["mode", "effort", ...place], as(server, "reader"));
    expect(mode).toMatchObject({ code: 1, stdout: "" });
    expect(mode.stderr).toMatch(
      /reader may not switch the mode of acme\/shop: it takes write permission; reader has read/,
    );
    const cycle = await run(["cycle", "acme/shop"], as(server, "reader"));
    expect(cycle).toMatchObject({ code: 1, stdout: "" });
    expect(cycle.stderr).toMatch(/reader may not run a cycle on acme\/shop/);
    const job = await run(["mode", "effort", ...place], { ...as(server), GITHUB_TOKEN: server.world.jobToken(1) });
    expect(job).toMatchObject({ code: 1, stdout: "" });
    expect(job.stderr).toMatch(/This token belongs to no person/);
    expect(server.world.counters.stateCommits).toBe(commits);
  });

  test("is what the examples of the documentation are about: each works as it is written", async () => {
    const page = await readFile("docs/cli.md", "utf8");
    const examples = [...page.matchAll(/^npx orchestrate (?<words>.+)$/gm)].map(
      ({ groups }) => groups?.["words"] ?? "",
    );
    expect(examples.length).toBeGreaterThan(15);
    const folder = await mkdtemp(join(tmpdir(), "orchestrate-examples-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (const words of examples) {
      const { code, stderr } = await run(wordsOf(words.replace("12", "2")), as(server), folder);
      expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
    }
    // A process for each of them.
  }, 90_000);

  test("is found by the remote of the checkout that one stands in", async () => {
    const folder = await mkdtemp(join(tmpdir(), "orchestrate-checkout-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: folder });
    await git("init", "--quiet");
    await git("remote", "add", "origin", `${new URL(server.apiUrl).origin}/acme/shop.git`);
    const found = await run(["agents", "--json"], as(server), folder);
    expect(JSON.parse(found.stdout)).toMatchObject({ repository: "acme/shop" });
    await git("remote", "set-url", "origin", "https://elsewhere.example/acme/shop.git");
    expect(await run(["agents"], as(server), folder)).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("with the key of the App", () => {
  test("a cycle runs, and a mode is the operator's own to switch", async () => {
    const server = await given();
    server.world.installApp();
    const env = { APP_ID: String(server.appId), PRIVATE_KEY: server.privateKey, GITHUB_API_URL: server.apiUrl };
    expect(await run(["cycle", "acme/shop"], env)).toMatchObject({ code: 0 });
    const { code, stdout } = await run(["mode", "critical", "--repository", "acme/shop", "--json"], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ mode: "critical", setBy: "cli:app", isChanged: true });
  });
});

test("where Orchestrate has never run, every command but a cycle says what to do, and begins nothing", async () => {
  const server = await given();
  const place = ["--repository", "acme/shop"];
  const commands = [
    ["status", "acme/shop"],
    ["report", "acme/shop"],
    ["retrospective", "acme/shop"],
    ["agents", "acme/shop"],
    ["explain", "1", ...place],
    ["mode", "effort", ...place],
    ["complete", "1", ...place],
    ["dlq", ...place],
    ["dlq", "drop", "e1", ...place],
    ["next", "acme/shop"],
    ["simulate", "acme/shop"],
    ["replay", "acme/shop"],
    ["backup", "acme/shop", "--out", "-"],
  ];
  for (const { code, stdout, stderr } of await Promise.all(commands.map((args) => run(args, as(server))))) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      "orchestrate: Orchestrate has not run on acme/shop yet: start the App there, or run `orchestrate cycle acme/shop` once; `orchestrate doctor acme/shop` says what is missing.\n",
    );
  }
  expect(server.world.counters).toMatchObject({ mutations: 0, stateCommits: 0 });
});

describe("a configuration that is refused", () => {
  test("fails a cycle, whose page says what is wrong at which line", async () => {
    const server = await given({ ".github/orchestrate.yml": "agents:\n  - { id: jules, type: julez }\n" });
    const { code, stdout, stderr } = await run(["cycle", "acme/shop"], as(server));
    expect(code).toBe(1);
    expect(stdout).toMatch(/The configuration was refused.*:\n- line 2: .*julez/);
    expect(stderr).toMatch(/^The configuration was refused; .*julez.*\n$/);
  });
});

describe("what cannot be reached", () => {
  const commands = ["mode effort --repository acme/shop", "cycle acme/shop"];
  const rateLimited = {
    status: 403,
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-limit": "5000", "x-ratelimit-reset": "4102444800" },
    body: { message: "API rate limit exceeded for user ID 1." },
  };
  const answers = {
    "a spent rate limit": {
      answer: rateLimited,
      words: /rate limit for these credentials is spent: run this again after /,
    },
    "another server": {
      answer: { status: 200, headers: {}, body: { hello: 1 } },
      words: /is not GitHub: check GITHUB_API_URL/,
    },
    "no repository": {
      answer: { status: 404, headers: {}, body: { message: "Not Found" } },
      words: /There is no repository acme/,
    },
    "a refused token": {
      answer: { status: 401, headers: {}, body: { message: "Bad credentials" } },
      words: /refuses the credentials/,
    },
  } as const;

  test.each(Object.keys(answers) as (keyof typeof answers)[])(
    "because of %s ends each command with one sentence",
    async (what) => {
      const { answer, words } = answers[what];
      const server = createServer((_request, response) => {
        response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
        response.end(JSON.stringify(answer.body));
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const env = { GITHUB_TOKEN: "ghp_secret0123456789", GITHUB_API_URL: `http://127.0.0.1:${port}` };
      for (const { code, stdout, stderr } of await Promise.all(commands.map((words) => run(words.split(" "), env)))) {
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toMatch(/^orchestrate: [^\n]+\n$/);
        expect(stderr).toMatch(words);
        expect(stderr).not.toMatch(/secret|\bat .*\.ts:/);
      }
    },
  );

  test("because nobody listens ends with one sentence", async () => {
    const env = { GITHUB_TOKEN: "ghp_secret0123456789", GITHUB_API_URL: "http://127.0.0.1:1" };
    const { code, stderr } = await run(["status", "acme/shop"], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^orchestrate: GitHub does not answer at http:\/\/127\.0\.0\.1:1 \([^\n]+ then run this again\.\n$/,
    );
  });

  test("a state that a newer version wrote is refused with what to do, and left as it is", async () => {
    const server = await given();
    const files = { "state/schema.json": '{"version":99}\n' };
    await server.world.push({ by: "ann", branch: stateBranch, files, message: "A newer version" });
    for (const words of ["status acme/shop", "mode effort --repository acme/shop"]) {
      const { code, stderr } = await run(words.split(" "), as(server));
      expect(code).toBe(1);
      expect(stderr).toMatch(/schema version 99.*Update Orchestrate/);
    }
    expect(server.world.counters.stateCommits).toBe(0);
  });
});

describe("bad usage is told in one sentence, and nothing is asked of GitHub", () => {
  const token = { GITHUB_TOKEN: "ghp_x", GITHUB_API_URL: "http://127.0.0.1:1" };
  test.each<readonly [string, Env, RegExp]>([
    ["status", token, /Say which repository, as owner\/name, or set GITHUB_REPOSITORY\./],
    ["status acme/shop/main", token, /Say which repository/],
    ["status acme/shop extra", token, /too many arguments/],
    ["cycle acme/shop", {}, /Set GITHUB_TOKEN, or APP_ID and PRIVATE_KEY/],
    ["agents acme/shop", { ...token, GITHUB_API_URL: "nowhere" }, /GITHUB_API_URL is not an address/],
    ["explain", token, /missing required argument 'task'/],
    ["explain twelve --repository acme/shop", token, /Name the task by the number of its issue/],
    ["complete twelve --repository acme/shop", token, /Name the task by the number of its issue/],
    ["fail 12 --repository acme/shop", token, /missing required argument 'reason'/],
    ["handoff 12 --repository acme/shop", token, /missing required argument 'target'/],
    ["handoff 12 jules/0 --repository acme/shop", token, /jules\/0 is neither an agent, such as jules, nor a worker/],
    [
      "mode efort --repository acme/shop",
      token,
      /"efort" is not a mode\. Did you mean effort\? The modes are priority, blocker, effort, balanced, critical, attack\./,
    ],
    ["mode effort --reset --repository acme/shop", token, /not both/],
    ["simulate acme/shop --mode efort", token, /--mode "efort" is not a mode\. Did you mean effort\?/],
    ["create --repository acme/shop", token, /Say --title, or --template\./],
    ["create --title x --body y --body-file z", token, /Say --body or --body-file; not both\./],
    ["create --title x --body-file missing.md", token, /missing\.md is not there: name the file of a description\./],
    [
      "create --title x --label status:done",
      token,
      /--label is not to be submitted \(status:done\): Orchestrate writes/,
    ],
    ["create --title x --label agent:jules", token, /--label is not to be submitted \(agent:jules\): use --agent\./],
    ["create --title x --label mode:attack", token, /switch the mode of the repository with `orchestrate mode`\./],
    ["create --title x --priority soon", token, /--priority must be urgent, high, medium, low or none/],
    ["create --title x --estimate 99d", token, /--estimate must be a duration such as 90s or 25m, at most 30d/],
    ["create --title x --blocked-by twelve", token, /--blocked-by must be at most 50 tasks of this repository/],
    ["create --title x --body <!--orchestrate:sticky-->", token, /--body must not have a mark of Orchestrate in it/],
    ["next acme/shop --count none", token, /Write a whole number from 1 on/],
    ["replay acme/shop --until 0", token, /Write a whole number from 1 on/],
    ["replay acme/shop --task twelve", token, /Name the task by the number of its issue/],
    ["backup acme/shop", token, /required option '--out <file>' not specified/],
    ["restore", token, /missing required argument 'file'/],
    ["restore missing.json acme/shop", token, /missing\.json is not there: name the file of a backup\./],
    ["cycle acme/shop --budget soon", token, /--budget is "soon"\. Write a duration such as 45s\./],
  ])("orchestrate %s", async (words, env, said) => {
    const { code, stdout, stderr } = await run(words.split(" "), env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(said);
  });
});

test.each([
  "status",
  "explain",
  "mode",
  "create",
  "complete",
  "fail",
  "handoff",
  "next",
  "cycle",
  "agents",
  "simulate",
  "replay",
  "backup",
  "restore",
  "doctor",
  "token",
])("`orchestrate %s --help` shows its options and an example", async (command) => {
  const { code, stdout } = await run([command, "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/--json/);
  expect(stdout).toMatch(new RegExp(`Example:\\n  orchestrate ${command} `));
});
