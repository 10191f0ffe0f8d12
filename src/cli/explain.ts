/** `orchestrate explain`: everything that `/orchestrate explain` says of one task. Reads only. */
import { demandTask, demandTaskName } from "./demand-task.ts";
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { toExplainedView } from "../engine/task-views.ts";
import { toExplanation } from "../views/explain-json.ts";
import { renderExplain } from "../views/explain.ts";
import { toPlainPage } from "../views/plain-page.ts";

export interface ExplainOptions {
  readonly repository?: string;
  readonly json?: boolean;
}

/** Prints it and returns 0. Rejects with one sentence, also where there is no such task. */
export async function runExplain(wanted: string, options: ExplainOptions): Promise<number> {
  const name = demandTaskName(wanted);
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const view = toExplainedView(found.state, demandTask(found, name, target), found.context);
    if (options.json === true) await printJson({ repository: target.repository, ...toExplanation(view) });
    else await print(toPlainPage(renderExplain(view)));
    return 0;
  });
}
