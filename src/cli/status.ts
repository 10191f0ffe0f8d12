/** `orchestrate status`: what GET /orchestrator/status and `/orchestrate status` tell, read from the state branch. Reads only. */
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { toCockpitView } from "../engine/cockpit-view.ts";
import { toOverview } from "../engine/task-views.ts";
import { toStatusDocument } from "../http/status.ts";
import { renderStatusPage } from "../views/status-page.ts";

/** Prints it and returns 0. Rejects with one sentence, also where Orchestrate has never run. */
export function runStatus(name: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const { repository } = target;
    if (options.json === true) await printJson(toStatusDocument(repository, state, context));
    else await print(renderStatusPage(repository, toOverview(state, context), toCockpitView(state, context)));
    return 0;
  });
}
