/** `orchestrate agents`: the agents with their slots, load, health and pauses. Reads only. */
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { metricsOf } from "../core/metrics.ts";
import { toAgentViews } from "../engine/task-views.ts";
import { renderAgentsPage, toAgentsDocument } from "../views/agents-page.ts";

/** Prints them and returns 0. Rejects with one sentence, also where Orchestrate has never run. */
export function runAgents(name: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const agents = toAgentViews(state, context);
    const { byAgent } = metricsOf(state, context).utilisation;
    const { repository } = target;
    if (options.json === true) await printJson({ repository, agents: toAgentsDocument(agents, byAgent) });
    else await print(renderAgentsPage(agents, byAgent));
    return 0;
  });
}
