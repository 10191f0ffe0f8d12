/**
 * What most events change of a task without changing anything else of it: its assignment, and since when it is ready. While
 * changes are noted each is noted by itself, so that the task need not be copied for it.
 */
import type { TaskId } from "../model/ids.ts";
import type { Assignment, Task } from "../model/task.ts";
import type { DenseTable } from "./dense-table.ts";
import { copyAssignment } from "./task-record.ts";
import type { Undoable, UndoLog } from "./undo.ts";

/** Tasks are named by their numbers, and must be in the table. */
export class TaskCells {
  readonly #tasks: DenseTable<TaskId, Task>;
  readonly #undo: UndoLog;
  /** By number: the stamp under which the assignment was copied last. */
  readonly #stamps: number[] = [];
  readonly #assignments: Undoable = {
    exchange: (number: number, saved: Assignment | null) => {
      const task = this.#taskAt(number);
      const { assignment } = task;
      task.assignment = saved;
      return assignment;
    },
  };
  readonly #readiness: Undoable = {
    exchange: (number: number, saved: number | null) => {
      const task = this.#taskAt(number);
      const { readySince } = task;
      task.readySince = saved;
      return readySince;
    },
  };

  constructor(tasks: DenseTable<TaskId, Task>, undo: UndoLog) {
    this.#tasks = tasks;
    this.#undo = undo;
  }

  /** The assignment of the task, for mutation; null where it has none. */
  ownAssignment(number: number): Assignment | null {
    const task = this.#taskAt(number);
    const { assignment } = task;
    if (assignment === null || !this.#undo.isOn || this.#stamps[number] === this.#undo.stamp) return assignment;
    while (this.#stamps.length <= number) this.#stamps.push(-1);
    this.#stamps[number] = this.#undo.stamp;
    this.#undo.note(this.#assignments, number, assignment);
    task.assignment = copyAssignment(assignment);
    return task.assignment;
  }

  setAssignment(number: number, assignment: Assignment | null): void {
    const task = this.#taskAt(number);
    if (this.#undo.isOn) this.#undo.note(this.#assignments, number, task.assignment);
    task.assignment = assignment;
  }

  setReadySince(number: number, at: number | null): void {
    const task = this.#taskAt(number);
    if (this.#undo.isOn) this.#undo.note(this.#readiness, number, task.readySince);
    task.readySince = at;
  }

  #taskAt(number: number): Task {
    return this.#tasks.at(number) as Task;
  }
}
