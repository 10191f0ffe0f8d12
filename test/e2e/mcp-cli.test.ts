/** An agent over MCP: a real client starts the built program as its documentation says, against the embedded GitHub over real HTTP. */
import { readFile } from "node:fs/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { tools } from "../../src/mcp/tools.ts";
import { startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

interface Called {
  readonly isError: boolean;
  readonly text: string;
  readonly document: Record<string, unknown>;
}

interface Ground {
  readonly server: GithubServer;
  readonly env: Record<string, string>;
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<Called>;
}

/** The words that the documentation starts the server with. */
async function documented(): Promise<readonly string[]> {
  const page = await readFile("docs/mcp.md", "utf8");
  const json = /```json\n(?<json>[^`]+)```/.exec(page)?.groups?.["json"] ?? "";
  const { args } = JSON.parse(json).mcpServers.orchestrate as { readonly args: readonly string[] };
  return args.slice(1);
}

async function given(): Promise<Ground> {
  const config = "agents: [{ id: desk, type: pull, capacity: 2 }]\n";
  const server = await startGithub({ files: { ".github/orchestrate.yml": config } });
  onTestFinished(() => server.close());
  const env = { PATH: process.env["PATH"] ?? "", GITHUB_API_URL: server.apiUrl, GITHUB_TOKEN: "ghu_ann" };
  const client = new Client({ name: "a-client", version: "1" });
  const args = [cli.file, ...(await documented())];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "ignore" }));
  onTestFinished(() => client.close());
  const call: Ground["call"] = async (name, given_ = {}) => {
    const result = await client.callTool({ name, arguments: given_ });
    const [first] = result.content as readonly { readonly text: string }[];
    return {
      isError: result.isError === true,
      text: first?.text ?? "",
      document: (result.structuredContent ?? {}) as Record<string, unknown>,
    };
  };
  return { server, env: { ...env, GITHUB_REPOSITORY: "acme/shop" }, call };
}

test("an agent over MCP takes a task from its creation to its review, and is told when it asks for what is not to be had", async () => {
  const { server, env, call } = await given();
  const { world } = server;
  expect(await call("status")).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^Orchestrate has not run on acme\/shop yet/),
  });
  expect((await cli.run(["cycle"], env)).code).toBe(0);
  const created = await call("create_task", { title: "Search orders", estimate: "30m" });
  expect(created).toMatchObject({ isError: false, document: { number: 1 } });
  const prepared = await call("prepare_task", {
    task: "1",
    goal: "Orders can be found.",
    criteria: ["Finds by number"],
  });
  expect(prepared.document).toMatchObject({ criteria: ["Finds by number"], status: "ready" });
  expect((await call("next_tasks", { agent: "desk" })).text).toContain("Search orders");

  const claimed = await call("claim_task");
  expect(claimed.text).toContain("Orders can be found.");
  expect(claimed.document).toMatchObject({ reference: "#1", worker: "desk/1", fence: 1 });
  expect(await call("claim_task", { task: "1" })).toMatchObject({
    isError: true,
    text: expect.stringMatching(/#1: It is with desk\/1 since /),
  });
  expect(await call("heartbeat", { task: "1", note: "the tests are red" })).toMatchObject({
    document: { stop: false },
  });

  expect(await call("review_task", { task: "1" })).toMatchObject({
    isError: true,
    text: expect.stringMatching(/It has no open pull request/),
  });
  const branch = `${String(claimed.document["branch"])}search`;
  await world.push({ by: "ann", branch, files: { "search.txt": "found\n" }, message: "Search" });
  await world.openPull({ by: "ann", branch, title: "Search", body: "Fixes #1" });
  expect((await call("review_task", { task: "1" })).document).toMatchObject({ status: "review" });
  expect((await call("explain_task", { task: "1" })).document).toMatchObject({ status: "review" });
}, 300_000);

test("a task that an agent gives up is told to whoever takes it next, and one that does not exist is no end of the server", async () => {
  const { server, env, call } = await given();
  expect((await cli.run(["cycle"], env)).code).toBe(0);
  await server.world.openIssue({ by: "ann", title: "First", labels: ["orchestrate"] });
  await call("prepare_task", { task: "1", goal: "Search", criteria: ["Finds by number"] });
  expect((await call("claim_task", { task: "1" })).isError).toBe(false);
  expect(await call("claim_task", { task: "99" })).toMatchObject({
    isError: true,
    text: expect.stringMatching(/#99 is no task of acme\/shop/),
  });
  expect(await call("fail_task", { task: "1", reason: "the schema is not there" })).toMatchObject({ isError: false });
  expect((await call("explain_task", { task: "1" })).text).toContain("the schema is not there");
  expect((await call("list_agents")).text).toContain("desk");
}, 300_000);

test("what is wrong with the start is one sentence before anything is served", async () => {
  expect(await cli.run(["mcp"], { GITHUB_TOKEN: "ghu_ann" })).toMatchObject({
    code: 2,
    stdout: "",
    stderr: "orchestrate: Say which repository, as owner/name, or set GITHUB_REPOSITORY.\n",
  });
  expect(await cli.run(["mcp", "--repository", "acme/shop"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/GITHUB_TOKEN/),
  });
}, 60_000);

test("the documentation names every tool", async () => {
  const page = await readFile("docs/mcp.md", "utf8");
  const named = [...page.matchAll(/^\| `(?<name>\w+)` \|/gm)].map(({ groups }) => groups?.["name"]);
  expect(named).toEqual(Object.keys(tools));
});
