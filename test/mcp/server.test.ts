/** The MCP server with a real client beside it in memory: what it offers, what it hands on, and what a client is told when something fails. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { expect, onTestFinished, test } from "vitest";
import { createMcpServer } from "../../src/mcp/server.ts";
import { tools, type Acts, type ToolAnswer } from "../../src/mcp/tools.ts";

type Handed = readonly [name: string, input: unknown];

interface Ground {
  readonly client: Client;
  readonly handed: Handed[];
}

const answered: ToolAnswer = { document: { reference: "#12" }, page: "acme/shop#12 is with desk/1." };

async function given({ isReadOnly = false, fault }: { isReadOnly?: boolean; fault?: unknown } = {}): Promise<Ground> {
  const handed: Handed[] = [];
  const acts = Object.fromEntries(
    Object.keys(tools).map((name) => [
      name,
      (input: unknown) => {
        handed.push([name, input]);
        return fault === undefined ? Promise.resolve(answered) : Promise.reject(fault as Error);
      },
    ]),
  ) as unknown as Acts;
  const server = createMcpServer({ acts, isReadOnly, version: "abc" });
  const client = new Client({ name: "a-client", version: "1" });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(near), client.connect(far)]);
  onTestFinished(() => client.close());
  return { client, handed };
}

test("a client finds every tool, with what goes in and whether it changes anything", async () => {
  const { client } = await given();
  const listed = (await client.listTools()).tools;
  expect(listed.map(({ name }) => name)).toEqual(Object.keys(tools));
  const [claim] = listed.filter(({ name }) => name === "claim_task");
  expect(claim).toMatchObject({
    title: "Claim a task",
    annotations: { readOnlyHint: false, idempotentHint: false, destructiveHint: false },
    inputSchema: { type: "object", properties: { task: { type: "string" }, agent: { type: "string" } } },
  });
  const reading = listed.filter(({ annotations }) => annotations?.readOnlyHint === true).map(({ name }) => name);
  expect(reading).toEqual(["status", "list_agents", "next_tasks", "explain_task"]);
  const ending = listed.filter(({ annotations }) => annotations?.destructiveHint === true).map(({ name }) => name);
  expect(ending).toEqual(["complete_task", "fail_task", "hand_off_task"]);
  expect(client.getInstructions()).toMatch(/claim_task.*heartbeat.*review_task/s);
  expect((await client.getPrompt({ name: "work" })).messages[0]?.content).toMatchObject({
    text: expect.stringMatching(/claim_task/),
  });
});

test("what a tool is given reaches its act, and page and document come back", async () => {
  const { client, handed } = await given();
  const result = await client.callTool({ name: "claim_task", arguments: { task: "12" } });
  expect(handed).toEqual([["claim_task", { task: "12" }]]);
  expect(result).toEqual({
    content: [{ type: "text", text: answered.page }],
    structuredContent: { reference: "#12" },
  });
});

test.each([
  ["claim_task", { task: "" }, /task/],
  ["claim_task", { task: 12 }, /task/],
  ["fail_task", { task: "12" }, /reason/],
  ["prepare_task", { task: "12", goal: "Search", criteria: [] }, /criteria/],
  ["next_tasks", { count: 0 }, /count/],
  ["create_task", { title: "x".repeat(257) }, /title/],
  ["heartbeat", { task: "12", note: "x".repeat(501) }, /note/],
])("%s that does not fit is refused with the field, and nothing is done", async (name, given_, field) => {
  const { client, handed } = await given();
  const result = await client.callTool({ name, arguments: given_ });
  expect(result).toMatchObject({ isError: true, content: [{ type: "text", text: expect.stringMatching(field) }] });
  expect(handed).toEqual([]);
});

test("what cannot be done is told as the result of the tool, and the next call is answered", async () => {
  const { client } = await given({ fault: new Error("Nothing was claimed. #12: It is with desk/1.") });
  const refused = await client.callTool({ name: "claim_task", arguments: {} });
  expect(refused).toEqual({
    isError: true,
    content: [{ type: "text", text: "Nothing was claimed. #12: It is with desk/1." }],
  });
  expect(await client.callTool({ name: "status", arguments: {} })).toMatchObject({ isError: true });
});

test("a server that only reads has no tool that changes anything, and refuses one that is called all the same", async () => {
  const { client, handed } = await given({ isReadOnly: true });
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names).toEqual(["status", "list_agents", "next_tasks", "explain_task"]);
  expect(await client.callTool({ name: "claim_task", arguments: {} })).toMatchObject({ isError: true });
  expect(handed).toEqual([]);
});
