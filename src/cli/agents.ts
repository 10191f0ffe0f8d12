/** `orchestrate agents`: the agents with their slots, load, health and pauses. Reads only. */
import { readState, withRepository } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { hourAgo, useOfAgents } from "../core/utilisation.ts";
import { agentsDocumentOf } from "../engine/agents-document.ts";
import { toLeavingViews } from "../engine/leaving-views.ts";
import { toAgentViews } from "../engine/task-views.ts";
import { renderAgentsPage } from "../views/agents-page.ts";

/** Rejects with one sentence, also where Orchestrate has never run. */
export function agents(name: string | undefined): Promise<Answer> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const { repository } = target;
    const leaving = toLeavingViews(state, context.config);
    const loads = useOfAgents(state, context, hourAgo(state, context.now));
    return {
      document: { repository, agents: agentsDocumentOf(state, context), leaving },
      page: renderAgentsPage(toAgentViews(state, context), { loads, leaving }),
    };
  });
}
