/** `orchestrate explain`: everything that `/orchestrate explain` says of one task. Reads only. */
import { CommandFailed } from "./failure.ts";
import { readState, withRepository, type Target } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { describeUnselected } from "../core/intake.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { findTask, howTasksAreNamed, readTaskName, toTaskName, type TaskName } from "../engine/find-task.ts";
import { toExplainedView } from "../engine/task-views.ts";
import { UsageError } from "../usage-error.ts";
import { toExplanation } from "../views/explain-json.ts";
import { renderExplain } from "../views/explain.ts";
import { toPlainPage, toPlainWords } from "../views/plain-page.ts";

export interface ExplainOptions {
  readonly repository?: string;
  readonly json?: boolean;
}

/** Prints it and returns 0. Rejects with one sentence, also where there is no such task. */
export async function runExplain(wanted: string, options: ExplainOptions): Promise<number> {
  const name = readTaskName(wanted);
  if (name === null) throw new UsageError(`Name the task by ${howTasksAreNamed}.`);
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const task = findTask(found.state, name) ?? noTask(name, found, target);
    const view = toExplainedView(found.state, task, found.context);
    if (options.json === true) await printJson({ repository: target.repository, ...toExplanation(view) });
    else await print(toPlainPage(renderExplain(view)));
    return 0;
  });
}

function noTask(name: TaskName, { context }: AtHand, { repository }: Target): never {
  const how = toPlainWords(describeUnselected(context.config)).replace(/^This issue is not a task\. /, "");
  throw new CommandFailed(`${toTaskName(name)} is no task of ${repository}. ${how}`);
}
