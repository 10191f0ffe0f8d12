/** `orchestrate mcp`: the commands of an agent at a desk as tools, for a client that speaks MCP over standard input and output. */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { agents } from "./agents.ts";
import { partSoon } from "./answer.ts";
import { create } from "./create.ts";
import { beat, claim } from "./desk.ts";
import { explain } from "./explain.ts";
import { next } from "./next.ts";
import { complete, fail, handOff } from "./order-task.ts";
import { prep } from "./prep.ts";
import { reach } from "./reach.ts";
import { review } from "./review.ts";
import { status } from "./status.ts";
import { createMcpServer } from "../mcp/server.ts";
import type { Acts } from "../mcp/tools.ts";
import { findBuild } from "../running-build.ts";
import { UsageError } from "../usage-error.ts";

export interface McpOptions {
  /** The agent that claims and reports where a call does not name one. */
  readonly agent?: string;
  readonly readOnly?: boolean;
  readonly repository?: string;
}

/** Serves until the client closes its end. Rejects before, with one sentence, where no repository or no credentials are named. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const { repository } = await reach(options.repository);
  const version = findBuild(process.env) ?? "unknown";
  const acts = toActs(repository, options.agent);
  const server = createMcpServer({ acts, isReadOnly: options.readOnly === true, version });
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once("end", () => void server.close());
  });
  await server.connect(new StdioServerTransport());
  process.stderr.write(`orchestrate: serving ${repository} to an MCP client on standard input and output.\n`);
  await closed;
  partSoon();
}

/** Each tool is the command of its name. */
function toActs(repository: string, own: string | undefined): Acts {
  const here = { repository };
  const withAgent = (agent: string | undefined) => ({ agent: agent ?? own ?? demandAgent() });
  return {
    status: () => status(repository),
    list_agents: () => agents(repository),
    next_tasks: (asked) => next(repository, asked),
    explain_task: ({ task }) => explain(task, here),
    create_task: ({ labels, ...issue }) => create({ ...here, ...issue, label: labels }),
    prepare_task: ({ task, criteria, ...rest }) => prep(task, { ...here, ...rest, criterion: criteria }),
    claim_task: ({ task, agent }) => claim(task, { ...here, ...withAgent(agent) }),
    heartbeat: ({ task, agent, ...said }) => beat(task, { ...here, ...said, ...withAgent(agent) }),
    review_task: ({ task, pull, reviewers }) => review(task, { ...here, pull, reviewer: reviewers }),
    complete_task: ({ task }) => complete(task, here),
    fail_task: ({ task, reason }) => fail(task, [reason], here),
    hand_off_task: ({ task, to }) => handOff(task, to, here),
  };
}

function demandAgent(): never {
  throw new UsageError("Say which agent you are, as `agent`, or start this server with --agent.");
}
