/** `orchestrate retrospective`: a look back at the last completed tasks, whenever it is asked for. Reads only. */
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { lastCompleted, retrospectiveOf } from "../insight/retrospective.ts";
import { defaultConfig } from "../model/config.ts";
import { toPlainPage } from "../views/plain-page.ts";
import { renderRetrospective, toRetrospectiveDocument } from "../views/retrospective.ts";

export interface RetrospectiveOptions {
  /** Left out: as many as `reports.retrospective` says. */
  readonly last?: number;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Prints it and returns 0, also where nothing was completed yet. Rejects with one sentence, also where Orchestrate has never run. */
export function runRetrospective(name: string | undefined, options: RetrospectiveOptions): Promise<number> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const { repository } = target;
    const usual = context.config.reports.retrospective || defaultConfig.reports.retrospective;
    const facts = retrospectiveOf(state, context, lastCompleted(state, options.last ?? usual));
    if (options.json === true) {
      await printJson({ repository, ...toRetrospectiveDocument(facts) });
      return 0;
    }
    const page = renderRetrospective(repository, null, facts);
    await print(options.markdown === true ? page.trimEnd() : toPlainPage(page));
    return 0;
  });
}
