/** What `orchestrate complete`, `fail` and `handoff` print: how the task is now, and what the slash command would have answered. */
import { toPlainLine } from "./markdown.ts";
import { describeNextStep } from "./next-step.ts";
import { toPlainWords } from "./plain-page.ts";
import type { TaskView } from "./task-view.ts";
import { describeStatus } from "./words.ts";

export interface Ordered {
  readonly repository: string;
  /** The task as it is now. */
  readonly view: TaskView;
  /** The answer of the slash command, as Markdown of our own; null: there is nothing more to say. */
  readonly answer: string | null;
  readonly isChanged: boolean;
}

/** Lines of plain text. */
export function renderOrderedPage({ repository, view, answer, isChanged }: Ordered): string {
  const { task, status } = view;
  const { number, title } = task.definition;
  const asBefore = isChanged ? "" : " as before: nothing was changed";
  const head = `${toPlainLine(repository)}#${number} ${toPlainLine(title)} is ${describeStatus(status, task)}${asBefore}.`;
  return [head, toPlainWords(answer ?? describeNextStep(view)), ...(isChanged ? [whoActs] : [])].join("\n");
}

const whoActs =
  "It is in the log. What follows from it on GitHub and with agents is done by the App as soon as it has seen it, else by the next cycle.";

/** The keys are a contract. */
export function toOrderedDocument({ repository, view, answer, isChanged }: Ordered): Readonly<Record<string, unknown>> {
  const { task, status } = view;
  return {
    repository,
    task: task.id,
    reference: `#${task.definition.number}`,
    status,
    answer: answer === null ? null : toPlainWords(answer),
    isChanged,
  };
}
