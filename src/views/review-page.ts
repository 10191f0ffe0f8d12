/** What `orchestrate review` prints: how the task is now, its pull request, and who is asked to look. */
import type { PullFacts } from "../model/observation.ts";
import { toPlainLine } from "./markdown.ts";
import { describeNextStep } from "./next-step.ts";
import { toPlainWords } from "./plain-page.ts";
import type { TaskView } from "./task-view.ts";
import { describeStatus } from "./words.ts";

export interface Reviewed {
  readonly repository: string;
  /** The task as it is now. */
  readonly view: TaskView;
  readonly pull: Pick<PullFacts, "number" | "url">;
  readonly wasDraft: boolean;
  readonly reviewers: readonly string[];
}

/** Lines of plain text. */
export function renderReviewPage({ repository, view, pull, wasDraft, reviewers }: Reviewed): string {
  const { task, status } = view;
  const { number, title } = task.definition;
  const what = wasDraft ? `Pull request #${pull.number} is no draft any more` : `Pull request #${pull.number} is open`;
  const who =
    reviewers.length === 0 ? "" : `; ${reviewers.map((login) => toPlainLine(login)).join(", ")} asked to look`;
  return [
    `${toPlainLine(repository)}#${number} ${toPlainLine(title)} is ${describeStatus(status, task)}.`,
    `${what}${who}: ${toPlainLine(pull.url, 300)}`,
    toPlainWords(describeNextStep(view)),
  ].join("\n");
}

/** The keys are a contract. */
export function toReviewDocument(reviewed: Reviewed): Readonly<Record<string, unknown>> {
  const { repository, view, pull, wasDraft, reviewers } = reviewed;
  const { task, status } = view;
  return {
    repository,
    task: task.id,
    reference: `#${task.definition.number}`,
    status,
    pull: { number: pull.number, url: pull.url, wasDraft },
    reviewers,
  };
}
