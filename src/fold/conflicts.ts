/** Which conflicts were told, and since when they are known. */
import type { ConflictKind } from "../model/conflict.ts";
import type { EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { State } from "../state/state.ts";

/** `<kind>:<task>`: the id of a conflict, the same as long as it lasts and on every machine. */
export function toConflictId(kind: ConflictKind, task: TaskId): string {
  return `${kind}:${task}`;
}

export function foldConflictDetected(state: State, { kind, task }: EventOf<"ConflictDetected">): void {
  state.conflicts.set(toConflictId(kind, task), state.at);
}

export function foldConflictPassed(state: State, { kind, task }: EventOf<"ConflictPassed">): void {
  state.conflicts.delete(toConflictId(kind, task));
}
