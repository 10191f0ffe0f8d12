/** Whether the acceptance criteria of a task have been seen to: a person ticks them, and what the configuration makes of those that nobody has ticked. */
import type { Config } from "../model/config.ts";
import type { Task, TaskDefinition } from "../model/task.ts";

type Rules = Pick<Config, "finished">;

const shownMax = 3;

/** Criteria whose box is open, as the issue was read last; `[]` where nobody asks for them. */
export function untickedOf({ definition }: { readonly definition: TaskDefinition }, config: Rules): readonly string[] {
  return config.finished.criteria === "off" ? [] : (definition.unticked ?? []);
}

/** Whether its pull request waits for a person, who ticks the rest or merges it: nobody else knows whether the criteria are met. */
export function isUnfinished(task: Pick<Task, "definition">, config: Rules): boolean {
  return config.finished.criteria === "require" && untickedOf(task, config).length > 0;
}

/** One sentence that names them. */
export function describeUnticked(unticked: readonly string[]): string {
  const shown = unticked.slice(0, shownMax).map((line) => `"${line}"`);
  const rest = unticked.length > shownMax ? `, and ${unticked.length - shownMax} more` : "";
  const what = unticked.length === 1 ? "1 acceptance criterion is" : `${unticked.length} acceptance criteria are`;
  return `${what} not ticked: ${shown.join(", ")}${rest}.`;
}
