/** `orchestrate complete`, `fail` and `handoff` against the embedded GitHub over real HTTP: what they say, what they write, and what the next cycle makes of it. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { agentWorkflowText, startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

const config = "agents:\n  - { id: jules, type: jules, capacity: 1 }\n  - { id: cursor, type: cursor, capacity: 1 }\n";

/** What moves a cursor, hides or reorders text on a terminal; line ends are ours. */
const obeyed = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

interface Ground {
  readonly server: GithubServer;
  readonly run: (words: string, login?: string) => Promise<Answer>;
}

/** #1 is with jules, #2 waits for it. */
async function given(): Promise<Ground> {
  const server = await startGithub({
    files: { ".github/orchestrate.yml": config, ".github/workflows/orchestrate-agent.yml": agentWorkflowText },
  });
  onTestFinished(() => server.close());
  const { world } = server;
  world.addUser({ login: "reader", permission: "read" });
  await world.openIssue({ by: "ann", title: "First \u001B[31m", labels: ["orchestrate", "agent:jules"] });
  await world.openIssue({ by: "ann", title: "Second", labels: ["orchestrate"], body: "Blocked by #1" });
  const GITHUB_API_URL = server.apiUrl;
  const run = (words: string, login = "ann") =>
    cli.run(words.split(" "), { GITHUB_TOKEN: `ghu_${login}`, GITHUB_API_URL, GITHUB_REPOSITORY: "acme/shop" });
  expect(await run("cycle")).toMatchObject({ code: 0 });
  return { server, run };
}

/** Where the state branch is. */
async function headOf({ apiUrl }: GithubServer): Promise<unknown> {
  const answer = await fetch(`${apiUrl}/repos/acme/shop/git/ref/heads/orchestrate/state`, {
    headers: { authorization: "Bearer ghu_ann" },
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

/** All that Orchestrate and people have said on an issue. */
function saidOn({ world }: GithubServer, number: number): string {
  return world
    .issue(number)
    .comments.map(({ body }) => body)
    .join("\n");
}

test("a task that is completed at a terminal frees who waits for it: the next cycle starts that, and says who has said so", async () => {
  const { server, run } = await given();
  const first = await run("complete 1");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(
    /^acme\/shop#1 First .* is completed\.\nann declared it complete at .*\nIt is in the log\. /,
  );
  expect(first.stdout).not.toMatch(obeyed);
  const again = await run("complete #1 --json");
  expect(JSON.parse(again.stdout)).toEqual({
    repository: "acme/shop",
    task: expect.stringMatching(/^gh:/),
    reference: "#1",
    status: "completed",
    answer: null,
    isChanged: false,
  });
  const cycle = await run("cycle");
  expect(cycle.stdout).toMatch(/1 task started/);
  expect(cycle.stdout).toMatch(/#2 Second +(jules|cursor)/);
  expect(saidOn(server, 1)).toMatch(/Orchestrate: completed\.\*\* `ann` declared it complete/);
}, 60_000);

test("a task fails with the reason that was given, once; what waits for it says so", async () => {
  const { run } = await given();
  const { code, stdout } = await run("fail 1 the API  has changed");
  expect({ code, said: /is failed\.\nann said: the API has changed\. /.test(stdout) }).toEqual({ code: 0, said: true });
  const again = await run("fail 1 once more --json");
  expect(again).toEqual({ code: 1, stdout: "", stderr: "orchestrate: #1: It has ended already.\n" });
  const waiting = await run("explain 2 --json");
  expect(JSON.parse(waiting.stdout)).toMatchObject({ status: "upstream_failed", upstream: "#1" });
}, 60_000);

test("a task is handed over by the rules of the slash command: the answer is told at the terminal and not on the issue", async () => {
  const { server, run } = await given();
  const { code, stdout } = await run("handoff 1 Cursor --json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    reference: "#1",
    answer: expect.stringMatching(/^cursor takes over from jules\/1 once its session is seen ended, /),
    isChanged: true,
  });
  const again = await run("handoff 1 cursor");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toMatch(/as before: nothing was changed\.\nIt is being handed over to cursor already\.\n$/);
  await run("cycle");
  expect(saidOn(server, 1)).toMatch(/It is handed over to `cursor`, as `ann` asked/);
  expect(saidOn(server, 1)).not.toMatch(/takes over from/);
}, 60_000);

test("what is refused leaves the log as it is where nobody may ask, and is one sentence everywhere", async () => {
  const { server, run } = await given();
  const head = await headOf(server);
  const reader = await run("complete 1", "reader");
  expect(reader).toMatchObject({ code: 1, stdout: "" });
  expect(reader.stderr).toMatch(
    /^orchestrate: reader may not complete tasks of acme\/shop: it takes write permission; .*\n$/,
  );
  const unknown = await run("fail 7 because");
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toMatch(/^orchestrate: #7 is no task of acme\/shop\. An open issue becomes one when .*\n$/);
  expect(await headOf(server)).toEqual(head);
  const nobody = await run("handoff 1 nobody");
  expect(nobody).toEqual({
    code: 1,
    stdout: "",
    stderr: "orchestrate: #1: There is no agent or worker nobody. The agents are: jules, cursor.\n",
  });
}, 60_000);
