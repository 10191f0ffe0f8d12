/** The agents as data: what the command line prints and what the HTTP routes answer, from the same reading of the state. */
import { performanceOf } from "../insight/agent-performance.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import { hourAgo, useOfAgents } from "../core/utilisation.ts";
import { toAgentsDocument, type AgentDocument } from "../views/agents-document.ts";
import { toAgentViews } from "./task-views.ts";

/** All agents in force, in the order of the configuration, those that were registered since after them. */
export function agentsDocumentOf(state: State, context: Context): readonly AgentDocument[] {
  return toAgentsDocument(toAgentViews(state, context), {
    loads: useOfAgents(state, context, hourAgo(state, context.now)),
    performances: performanceOf(state, context),
  });
}
