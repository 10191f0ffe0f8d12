/**
 * The assignments of tasks, for whoever changes one: while changes are noted, the task gets a copy of its own first. Most reports move
 * nothing else of a task, so the task need not be copied for them.
 */
import type { TaskId } from "../model/ids.ts";
import type { Assignment, Task } from "../model/task.ts";
import type { DenseTable } from "./dense-table.ts";
import { copyAssignment } from "./task-record.ts";
import type { Undoable, UndoLog } from "./undo.ts";

export class LiveAssignments implements Undoable {
  readonly #tasks: DenseTable<TaskId, Task>;
  readonly #undo: UndoLog;
  /** By the number of the task: the stamp under which its assignment was copied last. */
  readonly #stamps: number[] = [];

  constructor(tasks: DenseTable<TaskId, Task>, undo: UndoLog) {
    this.#tasks = tasks;
    this.#undo = undo;
  }

  /** The assignment of the task with this number, for mutation; null where it has none. */
  own(number: number): Assignment | null {
    const task = this.#tasks.at(number);
    const assignment = task?.assignment ?? null;
    if (task === undefined || assignment === null || !this.#undo.isOn) return assignment;
    if (this.#stamps[number] === this.#undo.stamp) return assignment;
    while (this.#stamps.length <= number) this.#stamps.push(-1);
    this.#stamps[number] = this.#undo.stamp;
    this.#undo.note(this, number, assignment);
    task.assignment = copyAssignment(assignment);
    return task.assignment;
  }

  exchange(number: number, saved: Assignment | null): Assignment | null {
    const task = this.#tasks.at(number) as Task;
    const { assignment } = task;
    task.assignment = saved;
    return assignment;
  }
}
