/** `orchestrate report`: the orchestration report, as the state branch has it of each day, of this moment. Reads only. */
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { orchestrationReportOf } from "../insight/orchestration-report.ts";
import { toOpenWarnings } from "../engine/warning-views.ts";
import { renderOrchestrationReport } from "../views/orchestration-report.ts";
import { toPlainPage } from "../views/plain-page.ts";

export interface ReportOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Prints it and returns 0. Rejects with one sentence, also where Orchestrate has never run. */
export function runReport(name: string | undefined, { json, markdown }: ReportOptions): Promise<number> {
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const { repository } = target;
    const report = orchestrationReportOf(state, context);
    if (json === true) {
      await printJson({ repository, ...report });
      return 0;
    }
    const page = renderOrchestrationReport(repository, report, toOpenWarnings(state));
    await print(markdown === true ? page.trimEnd() : toPlainPage(page));
    return 0;
  });
}
