/** `orchestrate status`: what GET /orchestrator/status and `/orchestrate status` tell, read from the state branch. Reads only. */
import { readState, withRepository } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { toCockpitView } from "../engine/cockpit-view.ts";
import { toOverview } from "../engine/task-views.ts";
import { toStatusDocument } from "../http/status.ts";
import { renderStatusPage } from "../views/status-page.ts";

/** Rejects with one sentence, also where Orchestrate has never run. */
export function status(name: string | undefined): Promise<Answer> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const { repository } = target;
    const page = renderStatusPage(repository, toOverview(state, context), toCockpitView(state, context));
    return { document: toStatusDocument(repository, state, context), page };
  });
}
