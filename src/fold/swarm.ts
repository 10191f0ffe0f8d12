/** How swarms change the state: one is called, called off, or over with its issue. */
import type { EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { State } from "../state/state.ts";

export function foldSwarmCalled(state: State, { task, workers, by }: EventOf<"SwarmCalled">): void {
  if (workers === 0) state.swarms.delete(task);
  else state.swarms.set(task, { workers, by });
}

/** The issue has ended or is no task any more. */
export function endSwarm(state: State, task: TaskId): void {
  if (state.swarms.size > 0) state.swarms.delete(task);
}
