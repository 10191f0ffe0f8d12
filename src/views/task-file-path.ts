/** Where the file of a task is on the state branch, and its page. */
import type { TaskView } from "./task-view.ts";

/** Where the file of a task is while it has this status. */
export function taskFilePath(status: TaskView["status"], number: number): string {
  return `tasks/${status}/${number}.md`;
}

/** Statuses without a file: there is nothing left to do. */
export const withoutFile: ReadonlySet<TaskView["status"]> = new Set<TaskView["status"]>(["completed", "cancelled"]);

/** The page of the task's file on GitHub; null where it has none. */
export function taskFileUrl(view: Pick<TaskView, "task" | "status">): string | null {
  const { number, url } = view.task.definition;
  const [, repository] = /^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/issues\/\d+$/.exec(url) ?? [];
  if (repository === undefined || withoutFile.has(view.status)) return null;
  return `${repository}/blob/orchestrate/state/${taskFilePath(view.status, number)}`;
}
