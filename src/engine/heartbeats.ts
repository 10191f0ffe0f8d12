/**
 * When agents were last heard of: heartbeats, which are no events. They are kept in memory by this copy of the program alone; a copy
 * that has not heard one asks for the run instead, which changes nothing where it goes on.
 */
import type { TaskId, WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";

interface Beat {
  readonly task: TaskId;
  readonly fence: number;
  readonly at: number;
}

/** The last heartbeat of each worker: as many as there are workers, however often they come. */
export class Heartbeats {
  readonly #beats = new Map<WorkerId, Beat>();

  /** The agent of the live assignment of `task` was heard of at `now`. Nothing where the task has none. */
  note({ id, assignment }: Pick<Task, "id" | "assignment">, now: number): void {
    if (assignment === null) return;
    this.#beats.set(assignment.worker, { task: id, fence: assignment.fence, at: now });
  }

  /** When this copy last had a heartbeat for the live assignment of `task`; null where it never had one. */
  lastOf({ id, assignment }: Pick<Task, "id" | "assignment">): number | null {
    const beat = assignment === null ? undefined : this.#beats.get(assignment.worker);
    return beat !== undefined && beat.task === id && beat.fence === assignment?.fence ? beat.at : null;
  }
}
