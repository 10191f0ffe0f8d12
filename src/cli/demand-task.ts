/** The task that a command names: how its name is read, and what is said where there is no such task. */
import { CommandFailed } from "./failure.ts";
import type { Target } from "./reach.ts";
import { describeUnselected } from "../core/intake.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { findTask, howTasksAreNamed, readTaskName, toTaskName, type TaskName } from "../engine/find-task.ts";
import type { Task } from "../model/task.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainWords } from "../views/plain-page.ts";

/** Throws a UsageError for what can be the name of no task. */
export function demandTaskName(text: string): TaskName {
  const name = readTaskName(text);
  if (name === null) throw new UsageError(`Name the task by ${howTasksAreNamed}.`);
  return name;
}

/** Throws a sentence that says how an issue becomes a task, where it is none. */
export function demandTask({ state, context }: AtHand, name: TaskName, { repository }: Target): Task {
  const task = findTask(state, name);
  if (task !== undefined) return task;
  const how = toPlainWords(describeUnselected(context.config)).replace(/^This issue is not a task\. /, "");
  throw new CommandFailed(`${toTaskName(name)} is no task of ${repository}. ${how}`);
}
