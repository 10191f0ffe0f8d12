/** Conflicts are told once when they are first seen and once when they have passed, for whoever follows the log; what is done about each is decided elsewhere. */
import type { Conflict } from "../model/conflict.ts";
import type { AgentId } from "../model/ids.ts";
import { findConflicts, readConflictId } from "./conflicts.ts";
import type { Decision } from "./decision.ts";
import type { State } from "../state/state.ts";

/** More paths than these tell nobody more. */
const filesMax = 20;

/** Once in each half minute, as the warnings are. Work in proportion to what is in flight and to the conflicts that stand. */
export function decideConflicts(decision: Decision): void {
  const { state, context } = decision;
  const found = new Map(findConflicts(state, context).map((conflict) => [conflict.id, conflict]));
  const told = [...state.conflicts.keys()].toSorted();
  for (const id of told) {
    const named = found.has(id) ? null : readConflictId(id);
    if (named !== null) decision.emit({ type: "ConflictPassed", task: named.task, kind: named.kind });
  }
  for (const conflict of found.values()) if (!state.conflicts.has(conflict.id)) tell(decision, conflict);
}

function tell(decision: Decision, { task, kind, files, detail, ...conflict }: Conflict): void {
  decision.emit({
    type: "ConflictDetected",
    task,
    kind,
    with: conflict.with,
    agent: agentOf(decision.state, task),
    files: files.slice(0, filesMax),
    detail,
  });
}

/** Who is at the task, or was at it last. */
function agentOf(state: State, id: Conflict["task"]): AgentId | null {
  const task = state.tasks.get(id);
  return task?.assignment?.agent ?? task?.attempts.at(-1)?.agent ?? null;
}
