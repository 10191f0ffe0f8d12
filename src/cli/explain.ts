/** `orchestrate explain`: everything that `/orchestrate explain` says of one task. Reads only. */
import { CommandFailed } from "./failure.ts";
import { readState, withRepository, type Target } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { describeUnselected } from "../core/intake.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { toExplainedView } from "../engine/task-views.ts";
import type { Task } from "../model/task.ts";
import { UsageError } from "../usage-error.ts";
import { toExplanation } from "../views/explain-json.ts";
import { renderExplain } from "../views/explain.ts";
import { toPlainPage, toPlainWords } from "../views/plain-page.ts";

export interface ExplainOptions {
  readonly repository?: string;
  readonly json?: boolean;
}

const taskPattern = /^(?:#?(?<number>[1-9]\d{0,9})|(?<id>gh:\d{1,20}:\d{1,20}))$/;

/** Prints it and returns 0. Rejects with one sentence, also where there is no such task. */
export async function runExplain(wanted: string, options: ExplainOptions): Promise<number> {
  const match = taskPattern.exec(wanted.trim());
  if (match === null)
    throw new UsageError("Name the task by the number of its issue, such as 12, or by its id, such as gh:123:456.");
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const task = findTask(found, match[0]) ?? noTask(match[0], found, target);
    const view = toExplainedView(found.state, task, found.context);
    if (options.json === true) await printJson({ repository: target.repository, ...toExplanation(view) });
    else await print(toPlainPage(renderExplain(view)));
    return 0;
  });
}

/** One walk over the tasks: it ends with the process. */
function findTask({ state }: AtHand, wanted: string): Task | undefined {
  const number = Number(wanted.replace("#", ""));
  for (const [id, task] of state.tasks.entries()) if (id === wanted || task.definition.number === number) return task;
  return undefined;
}

function noTask(wanted: string, { context }: AtHand, { repository }: Target): never {
  const name = wanted.startsWith("gh:") ? wanted : `#${wanted.replace("#", "")}`;
  const how = toPlainWords(describeUnselected(context.config)).replace(/^This issue is not a task\. /, "");
  throw new CommandFailed(`${name} is no task of ${repository}. ${how}`);
}
