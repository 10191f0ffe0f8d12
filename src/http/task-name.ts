/** How a request names a task: by the number of its issue or by its id. */
import { z } from "zod";
import { howTasksAreNamed, readTaskName, type TaskName } from "../engine/find-task.ts";

const wanted = `must be ${howTasksAreNamed}`;

function toName(value: string | number, context: z.RefinementCtx, message: string): TaskName {
  const name = readTaskName(String(value));
  if (name !== null) return name;
  context.addIssue(message);
  return z.NEVER;
}

/** In the address, where everything is text. */
export const taskParameter = z.string(wanted).transform((value, context) => toName(value, context, wanted));

/** In a body, where a number may stand as such. `message` says what is wanted, where it is more than a task. */
export function taskField(message: string = wanted) {
  return z.union([z.string(), z.number()], message).transform((value, context) => toName(value, context, message));
}
