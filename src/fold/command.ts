/** How the last command of a task, and of the whole, is kept while it can be taken back. */
import type { TaskId } from "../model/ids.ts";
import type { LastCommand } from "../model/last-command.ts";
import type { Receipt } from "../model/task.ts";
import type { State } from "../state/state.ts";

/** The key of the last command about everything. */
export const wholeKey = "*";

/** Only the last one counts. */
export function noteLastCommand(state: State, kept: LastCommand | undefined): void {
  if (kept === undefined) return;
  state.lastCommands.set(kept.of ?? wholeKey, { ...kept, order: state.eventCount });
}

/** The task is done, and not because a command said so: nothing that was said before can be taken back. */
export function forgetLastCommand(state: State, task: TaskId, receipt: Receipt | null): void {
  if (receipt?.kind !== "command" && state.lastCommands.has(task)) state.lastCommands.delete(task);
}
