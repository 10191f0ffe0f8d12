/** Which task is meant by what a person writes of it: the number of its issue, or its id. */
import type { State } from "../state/state.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";

const pattern = /^(?:#?(?<number>[1-9]\d{0,9})|(?<id>gh:\d{1,20}:\d{1,20}|linear:[\w-]{1,64}))$/;

/** What can be meant, for whoever wrote something else. */
export const howTasksAreNamed = "the number of its issue, such as 12, or its id, such as gh:123:456";

export type TaskName = { readonly number: number } | { readonly id: TaskId };

/** Null: it is the name of no task. */
export function readTaskName(text: string): TaskName | null {
  const { number, id } = pattern.exec(text.trim())?.groups ?? {};
  if (number !== undefined) return { number: Number(number) };
  return id === undefined ? null : { id: id as TaskId };
}

export function findTask(state: State, name: TaskName): Task | undefined {
  const id = "number" in name ? state.numbers.get(name.number) : name.id;
  return id === undefined ? undefined : state.tasks.get(id);
}

/** As people write it: `#12`, or the id. */
export function toTaskName(name: TaskName): string {
  return "number" in name ? `#${name.number}` : name.id;
}
