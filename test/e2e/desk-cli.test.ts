/** Agents that take their work themselves, from a terminal against the embedded GitHub over real HTTP: from the issue to its merge. */
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
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: /It is with desk\/\d since / });
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
