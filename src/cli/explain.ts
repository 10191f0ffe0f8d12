/** `orchestrate explain`: everything that `/orchestrate explain` says of one task. Reads only. */
import { demandTask, demandTaskName } from "./demand-task.ts";
import { readState, withRepository } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { toExplainedView } from "../engine/task-views.ts";
import { toExplanation } from "../views/explain-json.ts";
import { renderExplain } from "../views/explain.ts";
import { toPlainPage } from "../views/plain-page.ts";

export interface ExplainOptions {
  readonly repository?: string;
}

/** Rejects with one sentence, also where there is no such task. */
export async function explain(wanted: string, options: ExplainOptions): Promise<Answer> {
  const name = demandTaskName(wanted);
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const view = toExplainedView(found.state, demandTask(found, name, target), found.context);
    const document = { repository: target.repository, ...toExplanation(view) };
    return { document, page: toPlainPage(renderExplain(view)) };
  });
}
