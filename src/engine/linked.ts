/** What belongs to a wanted look without being named: an issue and its pull request are read together. */
import type { State } from "../state/state.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Wanted } from "../ports/tracker.ts";

/**
 * A look at an issue looks at its pull request too, so that a merge is recognised as one, and a look at a pull request at
 * its issue, so that the merge and the closing are one entry. Only a full read, which names all tasks, walks over them.
 */
export function withLinked(state: State, wanted: Wanted): Wanted {
  const issues = new Set(wanted.issues);
  const pulls = new Set(wanted.pulls);
  for (const number of wanted.pulls) {
    const task = taskOf(state, state.pulls.get(number));
    if (task !== null && openPullOf(task) === number) issues.add(task.definition.number);
  }
  for (const number of wanted.issues) addPull(pulls, taskOf(state, state.numbers.get(number)));
  if (wanted.everything) for (const id of state.active.keys()) addPull(pulls, taskOf(state, id));
  return { ...wanted, issues: [...issues], pulls: [...pulls], tracked: wanted.everything ? allTasks(state) : [] };
}

function taskOf(state: State, id: TaskId | undefined): Task | null {
  return (id === undefined ? undefined : state.tasks.get(id)) ?? null;
}

function openPullOf({ pull }: Task): number | null {
  return pull?.state === "open" ? pull.number : null;
}

function addPull(pulls: Set<number>, task: Task | null): void {
  const pull = task === null ? null : openPullOf(task);
  if (pull !== null) pulls.add(pull);
}

function allTasks(state: State): Wanted["tracked"] {
  return [...state.tasks.entries()].map(([id, { definition }]) => {
    const { number, node } = definition;
    return { id, number, node };
  });
}
