/** `orchestrate create` against the embedded GitHub over real HTTP: the issue that it opens, and what the next cycle makes of it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { agentWorkflowText, startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

const config = "select: { labels: [todo, orchestrate] }\nagents:\n  - { id: j, type: jules, capacity: 1 }\n";

interface Ground {
  readonly server: GithubServer;
  readonly run: (words: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Answer>;
}

async function given(configuration = config): Promise<Ground> {
  const server = await startGithub({
    files: { ".github/orchestrate.yml": configuration, ".github/workflows/orchestrate-agent.yml": agentWorkflowText },
  });
  onTestFinished(() => server.close());
  server.world.addUser({ login: "reader", permission: "read" });
  const base = { GITHUB_TOKEN: "ghu_ann", GITHUB_API_URL: server.apiUrl, GITHUB_REPOSITORY: "acme/shop" };
  return { server, run: (words, env = {}) => cli.run(words, { ...base, ...env }) };
}

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orchestrate-create-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "body.md");
  await writeFile(file, text);
  return file;
}

/** As anybody reads it. */
async function issueOf({ apiUrl }: GithubServer, number: number) {
  const headers = { authorization: "Bearer ghu_ann" };
  const answer = await fetch(`${apiUrl}/repos/acme/shop/issues/${number}`, { headers });
  const read = z.object({
    body: z.string().nullable(),
    user: z.object({ login: z.string() }),
    labels: z.array(z.object({ name: z.string() })),
  });
  const { body, user, labels } = read.parse(await answer.json());
  return { body, by: user.login, labels: labels.map(({ name }) => name).toSorted() };
}

test("work that is created is an issue of the person's, with the labels in force, and the next cycle takes it in", async () => {
  const { server, run } = await given();
  await server.world.openIssue({ by: "ann", title: "First", labels: ["todo"] });
  await run(["cycle"]);
  const body = ["--body-file", await fileOf("Do it well.\n")];
  const words = ["--priority", "P1", "--estimate", "2h", "--label", "backend", "--label", "Todo", "--agent", "jules"];
  const made = await run(["create", "--title", "  Second ", ...body, ...words, "--blocked-by", "#1", "--json"]);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const labels = ["backend", "todo", "priority:high", "estimate:120m", "agent:j"];
  const { number } = JSON.parse(made.stdout) as { readonly number: number };
  expect(JSON.parse(made.stdout)).toEqual({
    repository: "acme/shop",
    number,
    url: expect.stringMatching(/\/acme\/shop\/issues\/\d+$/),
    title: "Second",
    labels,
    blockedBy: [1],
    classification: { kind: "functional", reasons: [] },
  });
  expect(await issueOf(server, number)).toEqual({
    body: "Blocked by #1.\n\nDo it well.",
    by: "ann",
    labels: labels.toSorted(),
  });
  expect(await run(["cycle"])).toMatchObject({ code: 0 });
  const told = await run(["explain", String(number), "--json"]);
  expect(JSON.parse(told.stdout)).toMatchObject({
    status: "blocked",
    inputs: { priority: { value: 2 }, estimateMinutes: { value: 120 } },
    blockers: [{ reference: "#1" }],
  });
}, 60_000);

test("where Orchestrate has never run the issue has the label that everybody begins with", async () => {
  const { server, run } = await given();
  const { code, stdout } = await run(["create", "--title", "Only one"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^acme\/shop#1 Only one: http\S+\/issues\/1\nIt becomes a task when /);
  expect(await issueOf(server, 1)).toMatchObject({ by: "ann", labels: ["orchestrate"] });
}, 60_000);

test("nothing is opened for somebody who may not, for nobody, for an agent that is not there, and where there is no room", async () => {
  const { server, run } = await given(`limits: { queue: 1 }\n${config}`);
  const create = ["create", "--title", "Work"];
  const refused: readonly [RegExp, readonly string[], Readonly<Record<string, string>>][] = [
    [/^orchestrate: reader may not open tasks in acme\/shop: it takes write/, create, { GITHUB_TOKEN: "ghu_reader" }],
    [/This token belongs to no person/, create, { GITHUB_TOKEN: server.world.jobToken(1) }],
    [/There is no agent or worker jules\. The agents are: none yet\./, [...create, "--agent", "jules"], {}],
    [/--blocked-by names gh:1:2, which is no task of this repository\./, [...create, "--blocked-by", "gh:1:2"], {}],
  ];
  for (const [words, args, env] of refused) {
    const answer = await run(args, env);
    expect(answer).toMatchObject({ code: 1, stdout: "" });
    expect(answer.stderr).toMatch(words);
  }
  server.world.installApp();
  const app = { APP_ID: String(server.appId), PRIVATE_KEY: server.privateKey };
  expect((await run(create, app)).stderr).toMatch(/An issue is opened in the name of a person/);
  expect(server.world.issues()).toEqual([]);
  await server.world.openIssue({ by: "ann", title: "First", labels: ["todo"] });
  await run(["cycle"]);
  const count = server.world.issues().length;
  const full = await run(create);
  expect(full).toMatchObject({ code: 1, stdout: "" });
  expect(full.stderr).toMatch(/^orchestrate: Nothing was opened\. /);
  expect(server.world.issues()).toHaveLength(count);
}, 60_000);

test("work that does not meet the definition of ready is not opened, and the answer says what is missing", async () => {
  const { server, run } = await given(`${config}ready: { criteria: true, estimate: true }\n`);
  await server.world.openIssue({ by: "ann", title: "First", labels: ["todo"] });
  await run(["cycle"]);
  const refused = await run(["create", "--title", "Second", "--body", "Do it."]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/Nothing was opened\. .* it lacks acceptance criteria .* and an estimate/);
  const made = await run(["create", "--title", "Second", "--body", "- [ ] It works", "--estimate", "1h"]);
  expect(made).toMatchObject({ code: 0, stderr: "" });
}, 60_000);
