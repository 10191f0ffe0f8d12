/** Agents that take their work themselves, from a terminal against the embedded GitHub over real HTTP: from the issue to its merge. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

interface Ground {
  readonly server: GithubServer;
  readonly run: (words: readonly string[], login?: string) => Promise<Answer>;
}

async function given(config = "agents: [{ id: desk, type: pull, capacity: 2 }]\n"): Promise<Ground> {
  const server = await startGithub({ files: { ".github/orchestrate.yml": config } });
  onTestFinished(() => server.close());
  server.world.addUser({ login: "reader", permission: "read" });
  const base = { GITHUB_API_URL: server.apiUrl, GITHUB_REPOSITORY: "acme/shop" };
  return { server, run: (words, login = "ann") => cli.run(words, { ...base, GITHUB_TOKEN: `ghu_${login}` }) };
}

async function jsonOf(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await answer;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test("of agents that claim at the same moment each gets another task, and one too many is told that there is none", async () => {
  const { server, run } = await given("agents: [{ id: desk, type: pull, capacity: 5 }]\n");
  for (const title of ["First", "Second"]) await server.world.openIssue({ by: "ann", title, labels: ["orchestrate"] });
  expect((await run(["cycle"])).code).toBe(0);
  const answers = await Promise.all([1, 2, 3].map(() => run(["claim", "--agent", "desk", "--json"])));
  const won = answers
    .filter(({ code }) => code === 0)
    .map(({ stdout }) => JSON.parse(stdout) as { task: string; fence: number });
  expect(new Set(won.map(({ task }) => task)).size).toBe(2);
  expect(new Set(won.map(({ fence }) => fence))).toEqual(new Set([1, 2]));
  const lost = answers.filter(({ code }) => code !== 0);
  expect(lost).toEqual([
    {
      code: 1,
      stdout: "",
      stderr: "orchestrate: Nothing was claimed. There is nothing for desk now: 0 tasks are ready.\n",
    },
  ]);
  const racing = await Promise.all([1, 2].map(() => run(["claim", "1", "--agent", "desk"])));
  for (const { code, stderr } of racing)
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/It is with desk\/\d since /) });
}, 120_000);

test("a claim prints the whole prompt, a heartbeat is written now and then, and what is refused is one sentence", async () => {
  const { server, run } = await given();
  await server.world.openIssue({ by: "ann", title: "First", labels: ["orchestrate"], body: "Do it." });
  await run(["cycle"]);
  const waiting = await run(["explain", "1"]);
  expect(waiting.stdout).toContain("2 workers: take their work themselves, with orchestrate claim 1 --agent desk.");
  const claimed = await run(["claim", "1", "--agent", "desk"]);
  expect(claimed).toMatchObject({ code: 0, stderr: "" });
  expect(claimed.stdout).toMatch(
    /^acme\/shop#1 First is with desk\/1 \(attempt 1, fence 1\)\.\nBranch: orchestrate\/1- and /,
  );
  for (const part of ["Fixes #1", "## The task", "Do it.", "orchestrate:task="]) expect(claimed.stdout).toContain(part);
  const beat = await jsonOf(run(["heartbeat", "1", "--agent", "desk", "--json"]));
  expect(beat).toMatchObject({
    worker: "desk/1",
    fence: 1,
    stop: false,
    reason: null,
    isWritten: false,
    paceSeconds: 200,
  });
  const refused: readonly [readonly string[], string, RegExp, number][] = [
    [["claim", "1", "--agent", "desk"], "ann", /#1: It is with desk\/1 since /, 1],
    [["claim", "--agent", "desk"], "reader", /reader may not claim tasks of acme\/shop: it takes write/, 1],
    [["claim", "--agent", "nobody"], "ann", /There is no agent or worker nobody\. The agents are: desk\./, 1],
    [["claim", "x", "--agent", "desk"], "ann", /Name the task by /, 2],
    [["claim"], "ann", /--agent/, 2],
    [["heartbeat", "1", "--agent", "desk/2"], "ann", /#1: It is with desk\/1, and not with desk\/2: stop\./, 1],
    [["heartbeat", "1", "--agent", "desk", "--fence", "9"], "ann", /has fence 1, and this is of fence 9: stop\./, 1],
    [["heartbeat", "1", "--agent", "desk", "--note", " "], "ann", /Write what the note says/, 2],
  ];
  for (const [words, login, sentence, code] of refused) {
    const answer = await run(words, login);
    expect(answer).toMatchObject({ code, stdout: "" });
    expect(answer.stderr).toMatch(sentence);
  }
  const stopped = await jsonOf(run(["heartbeat", "1", "--agent", "desk", "--stopped", "--json"]));
  expect(stopped).toMatchObject({ stop: true, isWritten: true });
  expect((await run(["heartbeat", "1", "--agent", "desk"])).stderr).toMatch(/#1: It has no live session: stop, /);
}, 120_000);

async function bodyOf({ apiUrl }: GithubServer, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${apiUrl}/repos/acme/shop/${path}`, { headers: { authorization: "Bearer ghu_ann" } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

/** Pushes the branch that the prompt names, and opens the pull request that it asks for. */
async function work({ world }: GithubServer, claimed: Record<string, unknown>, isDraft: boolean) {
  const branch = `${String(claimed["branch"])}search`;
  const files = { "search.txt": "found\n" };
  const { sha } = await world.push({ by: "ann", branch, files, message: "Search" });
  const body = String(claimed["prompt"]).match(/^ {2}Fixes #\d+\n {2}<!-- .* -->\n {2}`.*`$/m)?.[0] ?? "";
  const pull = await world.openPull({ by: "ann", branch, title: "Search", body, isDraft });
  return { pull: pull.number, sha };
}

test("an issue goes from its creation to its merge by an agent at a desk, and who waits for it is unblocked", async () => {
  const { server, run } = await given();
  const { world } = server;
  world.addUser({ login: "rita", permission: "triage" });
  expect((await run(["cycle"])).code).toBe(0);
  await jsonOf(run(["create", "--title", "Search orders", "--body", "As said.", "--json"]));
  const details = [
    "--criterion",
    "Finds by number",
    "--criterion",
    "Finds by name",
    "--estimate",
    "2h",
    "--needs",
    "ui",
  ];
  const prep = ["prep", "1", "--goal", "Orders can be found.", ...details, "--json"];
  const prepared = await jsonOf(run(prep));
  expect(prepared).toMatchObject({
    number: 1,
    criteria: ["Finds by number", "Finds by name"],
    labels: ["estimate:120m", "needs:ui"],
    status: "ready",
    isChanged: true,
  });
  expect(await jsonOf(run(prep))).toMatchObject({ isChanged: false, status: "ready" });
  expect((await bodyOf(server, "issues/1"))["body"]).toMatch(
    /## Acceptance criteria\n\n- \[ \] Finds by number\n[^]*As said\.$/,
  );
  await world.openIssue({ by: "ann", title: "Next", labels: ["orchestrate"], body: "Blocked by #1" });
  expect((await run(["cycle"])).code).toBe(0);

  const none = await run(["review", "1"]);
  expect(none).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/#1: It has no open pull request: push a branch orchestrate\/1-… and open one\.\n$/),
  });
  const claimed = await jsonOf(run(["claim", "--agent", "desk", "--json"]));
  expect(claimed).toMatchObject({
    reference: "#1",
    worker: "desk/1",
    fence: 1,
    branch: "orchestrate/1-",
    isNewBranch: true,
  });
  const explained = JSON.parse((await run(["explain", "1", "--json"])).stdout);
  expect(explained).toMatchObject({ status: "in_progress", assignment: { agent: "desk", worker: "desk/1" } });
  expect(await jsonOf(run(["heartbeat", "1", "--agent", "desk", "--json"]))).toMatchObject({ stop: false });
  const { pull, sha } = await work(server, claimed, true);

  const other = await world.openPull({ by: "ann", branch: await elsewhere(server), title: "Other", body: "" });
  const foreign = await run(["review", "1", "--pull", String(other.number)]);
  expect(foreign).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/does not belong to it: its branch has to begin with orchestrate\/1-/),
  });
  const reviewed = await jsonOf(run(["review", "1", "--reviewer", "rita", "--json"]));
  expect(reviewed).toMatchObject({ status: "review", pull: { number: pull, wasDraft: true }, reviewers: ["rita"] });
  expect(await bodyOf(server, `pulls/${pull}`)).toMatchObject({
    draft: false,
    requested_reviewers: [{ login: "rita" }],
  });
  const stranger = await run(["review", "1", "--reviewer", "eve"]);
  expect(stranger).toMatchObject({ code: 1, stderr: expect.stringMatching(/GitHub does not ask eve: .*collaborator/) });

  await world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
  expect(await world.mergePull({ by: "ann", number: pull })).toHaveProperty("sha");
  expect((await run(["cycle"])).code).toBe(0);
  expect(JSON.parse((await run(["explain", "1", "--json"])).stdout)).toMatchObject({ status: "completed" });
  expect(JSON.parse((await run(["explain", "2", "--json"])).stdout)).toMatchObject({
    status: "ready",
    waiting: [{ code: "takes_itself" }],
  });
  expect(server.requests.some((request) => request.endsWith("dispatches"))).toBe(false);
}, 300_000);

async function elsewhere({ world }: GithubServer): Promise<string> {
  await world.push({ by: "ann", branch: "elsewhere", files: { "other.txt": "x\n" }, message: "Other" });
  return "elsewhere";
}

test("an agent that falls silent has a person asked and keeps its worker; a late heartbeat makes it live again", async () => {
  const { server, run } = await given("agents: [{ id: desk, type: pull, heartbeat: 1s }]\n");
  for (const title of ["First", "Second"]) await server.world.openIssue({ by: "ann", title, labels: ["orchestrate"] });
  await run(["cycle"]);
  const claimed = await jsonOf(run(["claim", "1", "--agent", "desk", "--json"]));
  expect(claimed).toMatchObject({ worker: "desk/1" });
  expect((await run(["explain", "1"])).code).toBe(0);
  expect((await run(["cycle"])).code).toBe(0);
  const said = server.world
    .issue(1)
    .comments.map(({ body }) => body)
    .join("\n");
  expect(said).toMatch(/Nothing has been heard of desk\/1 since .* there is no vendor that could be asked/);
  expect(JSON.parse((await run(["explain", "1", "--json"])).stdout)).toMatchObject({ status: "needs_input" });
  expect((await run(["claim", "--agent", "desk"])).stderr).toMatch(
    /now: 1 task is ready, of which it could have #2 at best\. The worker has a task already\.\n$/,
  );
  const beat = await jsonOf(run(["heartbeat", "1", "--agent", "desk", "--note", "back again", "--json"]));
  expect(beat).toMatchObject({ stop: false, isWritten: true });
  expect((await run(["replay", "--task", "1"])).stdout).toMatch(
    /the agent goes on\n.*the agent is still at it: back again/,
  );
  expect((await run(["fail", "1", "not", "worth", "it"])).code).toBe(0);
  expect(await jsonOf(run(["claim", "--agent", "desk", "--json"]))).toMatchObject({
    reference: "#2",
    worker: "desk/1",
  });
}, 300_000);

test("the examples of the documentation work as they are written, one after the other", async () => {
  const { server, run } = await given();
  await server.world.openIssue({ by: "ann", title: "Search orders", labels: ["orchestrate"] });
  await run(["cycle"]);
  const page = await readFile("docs/desk.md", "utf8");
  const examples = [...page.matchAll(/^npx orchestrate (?<words>.+)$/gm)].map(({ groups }) => groups?.["words"] ?? "");
  expect(examples.map((words) => words.split(" ")[0])).toEqual(["prep", "claim", "heartbeat", "review"]);
  let last = "";
  for (const words of examples) {
    if (words.startsWith("review")) await work(server, { branch: "orchestrate/1-", prompt: "" }, false);
    const parts = [...words.replace(" 12 ", " 1 ").matchAll(/"(?<quoted>[^"]*)"|\S+/g)];
    const { code, stderr, stdout } = await run(parts.map((part) => part.groups?.["quoted"] ?? part[0]));
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
    last = stdout;
  }
  expect(last).toMatch(/^acme\/shop#1 Search orders is in review\.\nPull request #\d is open: /);
}, 300_000);
