/** GET /api/orchestrator/agents and one of them: how each stands and how it has worked, as `orchestrate agents --json` says it. */
import { z } from "zod";
import { agentsDocumentOf } from "../engine/agents-document.ts";
import { agentStatuses } from "../views/agents-document.ts";
import { AgentsDocument, documentOf, leavingOf, OneAgentDocument } from "./agents-document.ts";
import { unknownAgent } from "./agents-refusal.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

export const agentsPath = "/api/orchestrator/agents";
export const agentPath = `${agentsPath}/{id}`;

const wanted = `must be ${agentStatuses.slice(0, -1).join(", ")} or ${agentStatuses.at(-1)}`;
const Input = z.strictObject({ repository: repositoryName, status: z.enum(agentStatuses, wanted).optional() });
const OneInput = z.strictObject({ repository: repositoryName });

export const listAgents: Route = {
  method: "GET",
  path: agentsPath,
  access: "token",
  summary: "The agents with their slots, workers, status and performance",
  input: Input,
  output: AgentsDocument,
  answer: answerAgents,
};

export const showAgent: Route = {
  method: "GET",
  path: agentPath,
  access: "token",
  summary: "One agent with its slots, workers, status and performance",
  input: OneInput,
  output: OneAgentDocument,
  answer: answerAgent,
};

/** Reads what is in memory, and never the store. */
function answerAgents({ input, ground }: Call): unknown {
  const { repository: name, status } = parseInput(Input, input);
  const repository = findRepository(ground, name, "the query parameter `repository`");
  const state = stateOf(repository);
  const context = repository.lane.contextOf(state);
  const agents = agentsDocumentOf(state, context).filter((agent) => status === undefined || agent.status === status);
  return { repository: repository.name, agents, leaving: leavingOf(state, context) };
}

function answerAgent({ input, params, ground }: Call): unknown {
  const { repository: name } = parseInput(OneInput, input);
  const repository = findRepository(ground, name, "the query parameter `repository`");
  const state = stateOf(repository);
  const context = repository.lane.contextOf(state);
  const { id = "" } = params;
  const agent = documentOf(state, context, id);
  const definition = context.config.agents.find((each) => each.id === id);
  if (agent === null || definition === undefined) throw unknownAgent(state, id);
  return { repository: repository.name, agent, definition: ground.agentEntries.write(definition) };
}
