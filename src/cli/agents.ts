/** `orchestrate agents`: the agents with their slots, load, health and pauses. Reads only. */
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { hourAgo, useOfAgents } from "../core/utilisation.ts";
import { agentsDocumentOf } from "../engine/agents-document.ts";
import { toLeavingViews } from "../engine/leaving-views.ts";
import { toAgentViews } from "../engine/task-views.ts";
import { renderAgentsPage } from "../views/agents-page.ts";

/** Prints them and returns 0. Rejects with one sentence, also where Orchestrate has never run. */
export function runAgents(name: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const { repository } = target;
    const leaving = toLeavingViews(state, context.config);
    if (options.json === true) await printJson({ repository, agents: agentsDocumentOf(state, context), leaving });
    else
      await print(
        renderAgentsPage(toAgentViews(state, context), {
          loads: useOfAgents(state, context, hourAgo(state, context.now)),
          leaving,
        }),
      );
    return 0;
  });
}
